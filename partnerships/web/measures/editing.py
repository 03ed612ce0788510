"""Editing measures: a new one of a result or of a partnership, and a change; with its groups and its owners."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.core.plain import plain
from partnerships.measurement import actions, queries
from partnerships.measurement.choices import MeasureKind
from partnerships.measurement.groups import with_sets
from partnerships.measurement.models import Measure
from partnerships.measurement.rules import may_write_measure
from partnerships.measurement.sums import could_be_parts
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_lead_with, parties_visible_to
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, raw, rows_to_send, saved, throwaway, typed, version_of
from partnerships.web.forms import measures as made
from partnerships.web.measures.editing_results import SAME

FIELDS = made.MeasureForm.Meta.fields
TARGET_IS_WORSE = "The target is worse than the baseline. If that is not meant, edit the two, or which way is better."
MOST_SHOWN = 200  # measures to pick from
_BODIES = ("organization", "department", "jurisdiction", "partnership")


class Sheet:
    """All forms of the editing page for one measure; of a new one its result or partnership is set already."""

    def __init__(self, request, record, data=None):
        self.request, self.record, self.person = request, record, request.user
        self.form = made.MeasureForm(data, instance=throwaway(record), kinds=made.kinds_for(record.result_id))
        groups = [made.group_initial(row) for row in record.groups.all()] if record.pk else []
        self.groups = made.GroupFormSet(data, prefix="groups", initial=groups)
        self.sets = made.AddSetForm(data, prefix="add")
        self.owners = made.OwnersForm(data, prefix="owned", parties=self._parties(), initial=self._owned())
        self.parts = made.PartsForm(data, prefix="sum", measures=self._could_add_up(), linked=self._linked())

    def _parties(self):
        tables = (
            [self.record.partnership_id] if self.record.partnership_id else self.record.result.partnerships.values("pk")
        )
        rows = parties_visible_to(self.person).filter(partnership__in=tables).select_related(*_BODIES)
        return list(rows.order_by("partnership", "position", "pk"))

    def _owned(self):
        rows = list(self.record.owners.all()) if self.record.pk else []
        return {
            "owners": [str(row.party_id) for row in rows],
            "supplies": [str(row.party_id) for row in rows if row.supplies],
        }

    def _could_add_up(self):
        return list(could_be_parts(self.record)[:MOST_SHOWN]) if self.record.pk else []

    def _linked(self):
        found = self.record.sums.prefetch_related("parts") if self.record.pk else ()
        return [" + ".join(part.title for part in one.parts.all()) for one in found]

    def all_forms(self):
        return [self.form, self.groups, self.sets, self.owners, self.parts]

    def is_valid(self):
        return not [form for form in self.all_forms() if not form.is_valid()]

    def rows(self):
        """The groups as the action takes them."""
        return with_sets(rows_to_send(self.groups), self.sets.cleaned_data["sets"])

    def save(self, leave_out=()):
        values = {name: self.form.cleaned_data[name] for name in FIELDS if name not in leave_out}
        if not self.record.pk:
            of = self.record.result if self.record.result_id else self.record.partnership
            values |= {"lead": of.lead, "result": self.record.result, "partnership": self.record.partnership}
        return actions.save_measure(
            parts=self.parts.cleaned_data["parts"],
            measure=self.record if self.record.pk else None,
            by=self.person,
            fields=values,
            groups=None if "groups" in leave_out else self.rows(),
            owners=None if "owners" in leave_out else self._owner_rows(),
            version=version_of(self.request) if self.record.pk else None,
            why=self.form.cleaned_data["why"],
        )

    def _owner_rows(self):
        """Each owner keeps its row; one whose party she may not see stays as it is."""
        there = {row.party_id: row for row in self.record.owners.select_related("party")} if self.record.pk else {}
        shown = {party.pk for party in self.owners.by_key.values()}
        rows = [
            row | ({"id": there[row["party"].pk].pk} if row["party"].pk in there else {}) for row in self.owners.rows()
        ]
        kept = [row for pk, row in there.items() if pk not in shown]
        return rows + [{"id": row.pk, "party": row.party, "supplies": row.supplies} for row in kept]

    def mine(self):
        """What was typed, in the words that `comparable` makes of a snapshot."""
        return typed(self.form, FIELDS) | {
            "groups": [group_line(row) for row in self.rows()],
            "owners": [owner_line(row) for row in self._owner_rows()],
        }


def comparable(shot):
    """A snapshot with its groups and owners as lines of words."""
    return dict(shot) | {
        "groups": [group_line(row) for row in shot["groups"]],
        "owners": [owner_line(row) for row in shot["owners"]],
    }


def group_line(row) -> str:
    return " · ".join(
        filter(None, [row["name"], row["dimension"], "the others are compared" if row["is_reference"] else ""])
    )


def owner_line(row) -> str:
    return f"{plain(row['party'])}{' · brings its data' if row['supplies'] else ''}"


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new_indicator(request, public_id):
    result = queries.result(request.user, public_id)
    require(may_lead_with(request.user, result.lead))
    blank = Measure(result=result, lead=result.lead, kind=MeasureKind.INDICATOR)
    return _new(request, blank, f"Add an indicator: {result.title}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new_measure(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_lead_with(request.user, partnership.lead))
    blank = Measure(partnership=partnership, lead=partnership.lead)
    return _new(request, blank, f"Add a measure: {partnership.title}")


def _new(request, blank, title):
    sheet = Sheet(request, blank, request.POST or None)
    if request.method == "POST" and sheet.is_valid():
        try:
            after = sheet.save()
        except ValidationError as problem:
            _place(problem, sheet)
        else:
            return saved(request, _said("Added. Its numbers can be entered now.", after), _page(after))
    return _show(request, sheet, title)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    record = queries.measure(request.user, public_id)
    require(may_write_measure(request.user, record))
    sheet, conflict = Sheet(request, record, request.POST or None), None
    if request.method == "POST" and sheet.is_valid():
        try:
            after = sheet.save(conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            sheet, conflict = _meet(request, sheet, stale)
        except ValidationError as problem:
            _place(problem, sheet)
        else:
            is_other = after.version != record.version or sheet.parts.cleaned_data["parts"]
            words = _said("Saved.", after) if is_other else SAME
            return saved(request, words, _page(after))
    return _show(request, sheet, f"Edit: {record.title}", conflict)


def _said(words, measure):
    return f"{words} {TARGET_IS_WORSE}" if measure.is_target_worse else words


def _place(problem, sheet):
    place_errors(problem, sheet.form, {"groups": sheet.groups})


def _meet(request, sheet, stale):
    """After a stale save: the forms again with what merges by itself taken over, and the clashes."""
    labels = {name: field.label for name, field in sheet.form.fields.items()}
    now, mine = actions.snapshot_measure(stale.current), sheet.mine()
    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=comparable)
    data, fresh = request.POST.copy(), Sheet(request, stale.current)
    for name in conflict.theirs & set(FIELDS):
        data.setlist(name, raw(fresh.form[name]))
    merged = Sheet(request, stale.current, data)
    if "groups" in conflict.theirs:
        merged.groups, merged.sets = fresh.groups, fresh.sets
    if "owners" in conflict.theirs:
        merged.owners = fresh.owners
    return merged, conflict


def _show(request, sheet, title, conflict=None):
    unjudged(request, sheet.all_forms())
    record = sheet.record
    of = record.result if record.result_id else record.partnership
    context = {
        "title": title,
        "record": record,
        "form": sheet.form,
        "groups": sheet.groups,
        "sets": sheet.sets,
        "owners": sheet.owners,
        "parts": sheet.parts,
        "all_forms": sheet.all_forms(),
        "has_data": bool(record.pk and actions.has_data(record)),
        "conflict": conflict,
        "version": version_shown(request, record, conflict.version if conflict else 0),
        "back": _page(record) if record.pk else reverse(of._meta.model_name, args=[of.public_id]),
        "crumbs": _crumbs(request.user, record),
    }
    wrong = any(form.is_bound and not form.is_valid() for form in sheet.all_forms())
    return render(request, "measures/edit.html", context, status=409 if conflict else 422 if wrong else 200)


def _crumbs(person, record):
    if record.pk:
        return [("Measures", reverse("measures")), (record.title, _page(record))]
    of = record.result if record.result_id else record.partnership
    kind = of._meta.model_name
    return [(f"{kind.capitalize()}s", reverse(f"{kind}s")), (of.title, reverse(kind, args=[of.public_id]))]


def _page(record):
    return reverse("measure", args=[record.public_id])
