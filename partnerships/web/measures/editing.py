"""Edit pages of measures, with their groups and owners."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.models import type_key
from partnerships.core.snapshots import serialize
from partnerships.measurement import actions, queries
from partnerships.measurement.choices import MeasureKind
from partnerships.measurement.groups import with_sets
from partnerships.measurement.measure_sums import possible_parts
from partnerships.measurement.models import Measure
from partnerships.measurement.rules import may_write_measure
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_lead_with, parties_visible_to
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import add_errors, form_copy, rows_to_send
from partnerships.web.frame.record_edit import SAME, SAVED, RecordEdit, edit_record
from partnerships.web.measures.forms import measures as made

TARGET_IS_WORSE = _(
    "The target is worse than the baseline. If that’s a mistake, change one of them or which direction is better."
)
MOST_SHOWN = 200  # measures to choose from
_BODIES = ("organization", "department", "jurisdiction", "partnership")


@dataclass
class MeasureEdit(RecordEdit):
    """A new measure already has its result or partnership."""

    template_name = "measures/edit.html"
    fields = made.MeasureForm.Meta.fields
    added = _("Added. You can now enter its numbers.")

    def make_forms(self, data=None):
        record = self.record
        self.form = made.MeasureForm(data, instance=form_copy(record), kinds=made.kinds_for(record.result_id))
        groups = [made.group_initial(row) for row in record.groups.all()] if record.pk else []
        self.parts = {
            "groups": made.GroupFormSet(data, prefix="groups", initial=groups),
            "sets": made.AddSetForm(data, prefix="add"),
            "owners": made.OwnersForm(data, prefix="owned", parties=self._parties(), initial=self._owned()),
            "parts": made.PartsForm(data, prefix="sum", measures=self._could_add_up(), linked=self._sums_in_words()),
        }

    def _parties(self):
        partnership_ids = (
            [self.record.partnership_id] if self.record.partnership_id else self.record.result.partnerships.values("pk")
        )
        rows = parties_visible_to(self.person).filter(partnership__in=partnership_ids).select_related(*_BODIES)
        return list(rows.order_by("partnership", "position", "pk"))

    def _owned(self):
        rows = list(self.record.owners.all()) if self.record.pk else []
        return {
            "owners": [str(row.party_id) for row in rows],
            "supplies": [str(row.party_id) for row in rows if row.supplies],
        }

    def _could_add_up(self):
        return list(possible_parts(self.record)[:MOST_SHOWN]) if self.record.pk else []

    def _sums_in_words(self):
        found = self.record.sums.prefetch_related("parts") if self.record.pk else ()
        return [" + ".join(part.title for part in one.parts.all()) for one in found]

    def _group_rows(self):
        sets = self.parts["sets"].cleaned_data
        return with_sets(rows_to_send(self.parts["groups"]), sets["sets"], sets["reference"])

    def _owner_rows(self):
        """Owners keep their rows. Those whose party the person may not see stay unchanged."""
        there = {row.party_id: row for row in self.record.owners.select_related("party")} if self.record.pk else {}
        shown = {party.pk for party in self.parts["owners"].by_key.values()}
        rows = [
            row | ({"id": there[row["party"].pk].pk} if row["party"].pk in there else {})
            for row in self.parts["owners"].rows()
        ]
        kept = [row for pk, row in there.items() if pk not in shown]
        return rows + [{"id": row.pk, "party": row.party, "supplies": row.supplies} for row in kept]

    def save(self, leave_out, version):
        values = self.values(leave_out)
        if not self.record.pk:
            values |= {"lead": self._of().lead, "result": self.record.result, "partnership": self.record.partnership}
        return actions.save_measure(
            parts=self.parts["parts"].cleaned_data["parts"],
            measure=self.existing,
            by=self.person,
            fields=values,
            groups=None if "groups" in leave_out else self._group_rows(),
            owners=None if "owners" in leave_out else self._owner_rows(),
            version=version,
            why=self.form.cleaned_data["why"],
        )

    def submitted(self):
        return super().submitted() | {
            "groups": [group_line(row) for row in self._group_rows()],
            "owners": [owner_line(row) for row in self._owner_rows()],
        }

    def comparable(self, snapshot, current):
        """A snapshot with groups and owners as lines of text."""
        return snapshot | {
            "groups": [group_line(row) for row in snapshot["groups"]],
            "owners": [owner_line(row) for row in snapshot["owners"]],
        }

    def merged(self, current, theirs):
        return super().merged(current, theirs | {"sets"} if "groups" in theirs else theirs)

    def place_errors(self, problem):
        add_errors(problem, self.form, {"groups": self.parts["groups"]})

    def saved_message(self, after):
        words = SAVED if self.record.pk and self.parts["parts"].cleaned_data["parts"] else super().saved_message(after)
        return f"{words} {TARGET_IS_WORSE}" if after.is_target_worse and words != SAME else words

    def back(self):
        return (self.record if self.record.pk else self._of()).get_absolute_url()

    def crumbs(self):
        if self.record.pk:
            return super().crumbs()
        of = self._of()
        kind = type_key(of)
        return [(gettext(f"{kind.capitalize()}s"), reverse(f"{kind}s")), (of.title, of.get_absolute_url())]

    def _of(self):
        return self.record.result if self.record.result_id else self.record.partnership

    def context(self):
        return {
            **self.parts,
            "has_data": bool(self.record.pk and actions.has_data(self.record)),
        }


def group_line(row) -> str:
    return " · ".join(
        filter(
            None, [row["name"], row["dimension"], gettext("others are compared with it") if row["is_reference"] else ""]
        )
    )


def owner_line(row) -> str:
    return " · ".join(filter(None, [serialize(row["party"]), gettext("provides its data") if row["supplies"] else ""]))


@require_http_methods(["GET", "POST"])
@with_drafts()
def new_indicator(request, public_id):
    result = queries.result(request.user, public_id)
    require(may_lead_with(request.user, result.lead))
    blank = Measure(result=result, lead=result.lead, kind=MeasureKind.INDICATOR)
    return edit_record(MeasureEdit(request, blank, gettext("Add an indicator: %(result)s") % {"result": result.title}))


@require_http_methods(["GET", "POST"])
@with_drafts()
def new_measure(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_lead_with(request.user, partnership.lead))
    blank = Measure(partnership=partnership, lead=partnership.lead)
    return edit_record(
        MeasureEdit(request, blank, gettext("Add a measure: %(partnership)s") % {"partnership": partnership.title})
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.measure(request.user, public_id)
    require(may_write_measure(request.user, record))
    return edit_record(MeasureEdit(request, record, gettext("Edit: %(title)s") % {"title": record.title}))
