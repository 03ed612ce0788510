"""Editing partnerships: new, edit, publish, withdraw, end. The pattern for all editing pages: forms → one action."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.assessment import portfolios
from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.core.plain import plain
from partnerships.registry import actions, checks, queries, rules
from partnerships.registry.choices import Kind
from partnerships.registry.models import Partnership
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import (
    overtaken,
    place_errors,
    raw,
    rows_to_send,
    saved,
    status_of,
    throwaway,
    typed,
    version_of,
)
from partnerships.web.forms import partnership as made
from partnerships.web.forms.entities import suggestions

FIELDS = list(made.PartnershipForm.Meta.fields)


class Sheet:
    """All forms of the editing page for one partnership (or a new one of a kind)."""

    def __init__(self, request, record, kind, data=None, given=None, seated=()):
        """`given` and `seated`: what a new one begins with, as initial values of its form and of its rows of parties."""
        self.request, self.record, self.person = request, record, request.user
        parties = list(record.parties.select_related(*queries._ENTITY).prefetch_related("roles")) if record.pk else []
        self.form = made.PartnershipForm(
            data,
            instance=throwaway(record),
            person=self.person,
            initial={"kind": kind} | (given or {}) if not record.pk else None,
        )
        self.parties = made.PartyFormSet(
            data,
            prefix="parties",
            form_kwargs={"person": self.person},
            initial=[made.party_initial(party) for party in parties] or list(seated),
        )
        shown = {*made.KIND_FACTS.get(kind, ())}
        shown |= {name for name in made.ONE_ROW if record.pk and hasattr(record, name)}
        self.one_row = {
            name: made.ONE_ROW[name][1](data, prefix=name, instance=_copy_row(record, name))
            for name in made.ONE_ROW
            if name in shown
        }
        self.many_rows = {}
        for name, (_, form) in made.MANY_ROWS.items():
            if name in shown or name == "documents":
                kwargs = {"form_kwargs": {"parties": parties}} if issubclass(form, made._OfPartiesForm) else {}
                initial = [_row_initial(row) for row in getattr(record, name).all()] if record.pk else []
                self.many_rows[name] = made.row_formset(form)(data, prefix=name, initial=initial, **kwargs)

    def all_forms(self):
        return [self.form, self.parties, *self.one_row.values(), *self.many_rows.values()]

    def is_valid(self):
        # Each is asked, or the errors of the later ones would be missing from the page.
        return not [form for form in self.all_forms() if not form.is_valid()]

    def save(self, leave_out=()):
        """Calls the action with all but the fields in `leave_out`, whose saved texts stand."""
        values = {name: self.form.cleaned_data[name] for name in FIELDS if name not in leave_out}
        values["issue_areas"] = list(values["issue_areas"]) if "issue_areas" in values else None
        values = {name: value for name, value in values.items() if value is not None or name != "issue_areas"}
        parties = rows_to_send(self.parties)
        return actions.save_partnership(
            partnership=self.record if self.record.pk else None,
            by=self.person,
            fields=values,
            version=version_of(self.request) if self.record.pk else None,
            why=self.form.cleaned_data["why"],
            parties=None if "parties" in leave_out else parties,
            words_leave="words_leave" in self.request.POST,
            facts={name: value for name, value in self._facts(parties).items() if name not in leave_out},
        )

    def _facts(self, parties):
        facts = {name: None if form.is_empty() else form.cleaned_data for name, form in self.one_row.items()}
        places = {str(row["id"]): place for place, row in enumerate(parties) if row.get("id")}
        for name, formset in self.many_rows.items():
            rows = rows_to_send(formset)
            for row in rows:
                for field in {"held_by", "shared_by"} & row.keys():
                    row[field] = places.get(row[field])
                if "adopted_by" in row:
                    row["adopted_by"] = [places[pk] for pk in row["adopted_by"] if pk in places]
            facts[name] = rows
        return facts

    def mine(self):
        """What was typed, in the words that `_comparable` makes of a snapshot."""
        mine = typed(self.form, FIELDS) | {"parties": [party_line(row) for row in rows_to_send(self.parties)]}
        for name, form in self.one_row.items():
            mine[name] = {} if form.is_empty() else typed(form, form.fields)
        for name, formset in self.many_rows.items():
            rows_to_send(formset)
            mine[name] = [_row_words(form) for form in formset.sent]
        return mine


def _row_words(form):
    """A row of facts as its snapshot has it: parties by their names."""
    words = typed(form, [name for name in form.fields if name not in ("id", "DELETE")])
    for name in getattr(form, "PARTY_FIELDS", ()):
        labels = dict(form.fields[name].choices)
        value = words[name]
        words[name] = (
            sorted(labels[pk] for pk in value) if isinstance(value, list) else labels.get(value) if value else None
        )
    return words


def _comparable(shot):
    """A snapshot cut to what the forms hold: parties as lines of words, facts to their fields."""
    shot = dict(shot)
    shot["parties"] = [party_line(party) for party in shot["parties"]]
    for name, (_, form) in made.ONE_ROW.items():
        shot[name] = {key: shot[name].get(key) for key in form.base_fields} if shot[name] else {}
    for name, (_, form) in made.MANY_ROWS.items():
        keys = [key for key in form.base_fields if key != "id"]
        shot[name] = [{key: row.get(key) for key in keys} for row in shot[name]]
    return shot


def _copy_row(record, name):
    row = getattr(record, name, None) if record.pk else None
    return throwaway(row) if row else Partnership._meta.get_field(name).related_model()


def _row_initial(row):
    values = {f.name: getattr(row, f.attname) for f in row._meta.concrete_fields} | {"id": row.pk}
    for name in ("held_by", "shared_by"):
        if name in values:
            values[name] = str(values[name] or "")
    if hasattr(row, "adopted_by"):
        values["adopted_by"] = [str(party.pk) for party in row.adopted_by.all()]
    return values


def party_line(row) -> str:
    """A party in one line, from a form's row or from a snapshot."""
    who = row["organization"] or row["department"] or row["jurisdiction"]
    roles = ", ".join(sorted(role["role"] for role in row["roles"]))
    hours = [f"{role['hours_per_month']} hours" for role in row["roles"] if role.get("hours_per_month")]
    words = [plain(who), roles, *hours, row["circle"], row["contribution"], row["internal_notes"]]
    dates = [str(plain(row[name])) for name in ("starts_on", "ends_on", "consented_on") if row[name]]
    return " · ".join(filter(None, [*words, *dates]))


@keeps_drafts("kind")
def new(request, kind, given=None, seated=()):
    """The form of a new partnership of a kind, which begins with what was said before (web.starting)."""
    sheet = Sheet(request, Partnership(), kind, request.POST or None, given, seated)
    if request.method == "POST" and sheet.is_valid():
        try:
            record = sheet.save()
        except ValidationError as problem:
            place_errors(problem, sheet.form, {"parties": sheet.parties, **sheet.many_rows}, sheet.one_row)
        else:
            return saved(request, "Saved as a draft. Only your office sees it.", _page(record))
    return _show(request, sheet, f"New: {Kind(kind).label.lower()}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    record = queries.partnership(request.user, public_id)
    require(rules.may_write_partnership(request.user, record))
    sheet = Sheet(request, record, request.POST.get("kind") or record.kind, request.POST or None)
    conflict = None
    if request.method == "POST" and sheet.is_valid():
        try:
            after = sheet.save(conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            sheet, conflict = _meet(request, sheet, stale)
        except ValidationError as problem:
            place_errors(problem, sheet.form, {"parties": sheet.parties, **sheet.many_rows}, sheet.one_row)
        else:
            words = "Saved." if after.version != record.version else "Nothing was different, so nothing was saved."
            return saved(request, words, _page(after))
    return _show(request, sheet, f"Edit: {record.title}", conflict)


def _meet(request, sheet, stale):
    """After a stale save: the forms again with what merges by itself taken over, and the clashes."""
    labels = {name: field.label for name, field in sheet.form.fields.items()}
    conflict = conflicts.compare(
        stale.current,
        stale.given,
        actions.snapshot(stale.current),
        sheet.mine(),
        labels=labels,
        normalize=_comparable,
    )
    data = request.POST.copy()
    fresh = made.PartnershipForm(instance=stale.current, person=request.user)
    for name in conflict.theirs & set(FIELDS):
        data.setlist(name, raw(fresh[name]))
    merged = Sheet(request, stale.current, data.get("kind") or stale.current.kind, data)
    saved_now = Sheet(request, stale.current, stale.current.kind)
    if "parties" in conflict.theirs:
        merged.parties = saved_now.parties
    for group in ("one_row", "many_rows"):
        for name in conflict.theirs & getattr(saved_now, group).keys():
            getattr(merged, group)[name] = getattr(saved_now, group)[name]
    return merged, conflict


def _show(request, sheet, title, conflict=None):
    unjudged(request, sheet.all_forms())
    crumbs = _crumbs() + ([(sheet.record.title, _page(sheet.record))] if sheet.record.pk else [])
    return render(
        request,
        "partnerships/edit.html",
        {
            "title": title,
            "record": sheet.record,
            "version": version_shown(request, sheet.record, conflict.version if conflict else 0),
            "form": sheet.form,
            "parties": sheet.parties,
            "facts": [(made.ONE_ROW[name][0], form) for name, form in sheet.one_row.items()],
            "lists": [(made.MANY_ROWS[name][0], formset) for name, formset in sheet.many_rows.items()],
            "all_forms": sheet.all_forms(),
            "suggested": suggestions(request.user),
            "drops_words": sheet.form.has_error(NON_FIELD_ERRORS, "has_spoken") or "words_leave" in request.POST,
            "conflict": conflict,
            "crumbs": crumbs,
        },
        status=409
        if conflict
        else 422
        if any(form.is_bound and not form.is_valid() for form in sheet.all_forms())
        else 200,
    )


def _crumbs():
    return [("Partnerships", reverse("partnerships"))]


def _page(record):
    return reverse("partnership", args=[record.public_id])


class NoForm(forms.Form):
    """Nothing to fill in: the button alone."""


class ReasonForm(forms.Form):
    why = forms.CharField(label="Why", max_length=300, required=False, help_text="Stands in the history. Optional.")


class EndForm(forms.Form):
    ends_on = forms.DateField(label="Last day")
    reason = forms.CharField(label="Why it ends", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    lessons = forms.CharField(
        label="What was learned", max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    asks_say = forms.BooleanField(
        label="Ask both sides how much say community got",
        required=False,
        initial=True,
        help_text="Whoever speaks for a partner here gets a letter with one question. It stays open for three weeks.",
    )


def step(request, public_id, form_class, act, words, **texts):
    """A page with one small form and one action on one partnership; `act` may give words of its own for what came of it."""
    record = queries.partnership(request.user, public_id)
    require(rules.may_write_partnership(request.user, record))
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            words = act(record, version_of(request), form.cleaned_data) or words
        except Stale as stale:
            record = overtaken(form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, words, _page(record))
    crumbs = [*_crumbs(), (record.title, _page(record))]
    context = texts | {"record": record, "form": form, "back": _page(record), "crumbs": crumbs}
    return render(request, "step.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def publish(request, public_id):
    def act(record, version, data):
        actions.publish_partnership(partnership=record, by=request.user, version=version, why=data["why"])

    record = queries.partnership(request.user, public_id)
    missing = list(checks.problems(record).values())
    return step(
        request,
        public_id,
        ReasonForm,
        act,
        "Published. Everyone can see it now.",
        title=f"Publish “{record.title}”?",
        text="Everyone will see it: pages, search and the API. You can make it a draft again at any time.",
        points=missing,
        points_title="Before you can publish",
        button="Publish",
    )


@require_http_methods(["GET", "POST"])
def withdraw(request, public_id):
    def act(record, version, data):
        actions.withdraw_partnership(partnership=record, by=request.user, version=version, why=data["why"])

    return step(
        request,
        public_id,
        ReasonForm,
        act,
        "It is a draft again. Only your office sees it, and those that a draft is shown to.",
        title="Make it a draft again?",
        text="It leaves all public pages, search and the API at once. Nothing is deleted: you can publish it again.",
        button="Make it a draft",
    )


@require_http_methods(["GET", "POST"])
def end(request, public_id):
    def act(record, version, data):
        wants_say = data.pop("asks_say")
        actions.end_partnership(partnership=record, by=request.user, version=version, **data)
        if wants_say and portfolios.ask_what_was_given(partnership=record, by=request.user):
            return "Ended. Both sides are asked how much say community got. The record stays, with what was learned."

    return step(
        request,
        public_id,
        EndForm,
        act,
        "Ended. The record stays, with what was learned.",
        title="End this partnership",
        text="The record stays public. It says when and why the work ended. You can open it again by editing its status.",
        button="End it",
    )
