"""The short form of one partner: add it to a partnership, change what the record says of it, remove it."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.snapshots import serialize
from partnerships.directory.models import Body
from partnerships.registry import actions, party_queries, queries, rules
from partnerships.registry.choices import Circle
from partnerships.web.components.partnerships import partnership_url
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import add_errors
from partnerships.web.frame.forms.entities import suggestions
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.forms.record import WhyForm
from partnerships.web.frame.record_edit import RecordEdit, Section, edit_record
from partnerships.web.partnerships.editing import party_line
from partnerships.web.partnerships.forms import partnership as made

# Changes to the rest of the record, and to other partners, cause no edit conflict.
ONE_PARTNER = Section(parts=("partner",))


@dataclass
class PartnerEdit(RecordEdit):
    """The edit page of one partner. `partner` is its office or organization, or None for a new one, whose form starts
    with `circle`.
    """

    partner: Body | None = None
    circle: str = ""

    template_name = "partnerships/partner_edit.html"

    def make_forms(self, data=None):
        self.form = WhyForm(data)
        self.parties = list(party_queries.parties_to_edit(self.record))
        self.party = next((party for party in self.parties if party.entity == self.partner), None)
        self.parts["partner"] = made.PartnerForm(
            data,
            prefix="partner",
            person=self.person,
            partner=self.partner,
            initial=made.party_initial(self.party) if self.party else {"circle": self.circle},
        )

    def save(self, leave_out, version):
        return actions.save_partnership(
            partnership=self.record,
            by=self.person,
            fields={},
            version=version,
            why=self.form.cleaned_data["why"],
            parties=None if "partner" in leave_out else self._all_rows(),
            words_leave="words_leave" in self.request.POST,
        )

    def _all_rows(self) -> list[dict]:
        """All partners for the action: this one as typed, at its place, and the others as they are."""
        typed = self.parts["partner"].as_row()
        rows = [typed if party is self.party else made.unchanged_row(party) for party in self.parties]
        if self.party is None:
            self._refuse_again(typed)
            rows.append(typed)
        self.place = rows.index(typed)
        return [row for row in rows if row is not None]

    def _refuse_again(self, typed):
        names = [str(party) for party in self.parties if made.who_is(typed) == party.entity]
        for name in names:
            raise ValidationError(
                {"partner-entity": gettext("%(partner)s is already a partner here.") % {"partner": name}}, code="twice"
            )

    def place_errors(self, problem):
        # Errors of the action name the row by its place among all partners.
        partner = self.parts["partner"]
        sent = [self.form] * getattr(self, "place", 0) + [partner]
        add_errors(problem, self.form, {"parties": SimpleNamespace(sent=sent)}, {"partner": partner})

    def submitted(self):
        row = self.parts["partner"].as_row()
        return {"partner": party_line(row) if row else ""}

    def comparable(self, snapshot, current):
        """A snapshot reduced to the line of this partner."""
        who = serialize(self.partner or self.parts["partner"].cleaned_data["entity"])
        lines = [party_line(row) for row in snapshot["parties"] if serialize(made.who_is(row)) == who]
        return {"partner": lines[0] if lines else ""}

    def labels(self):
        return {"partner": gettext("Partner")}

    def saved_url(self, after):
        return self.back()

    def back(self):
        return partnership_url(self.record, "partners", "partners")

    def saved_message(self, after):
        if after.version == self.record.version:
            return super().saved_message(after)
        row = self.parts["partner"].as_row()
        if row is None:
            return gettext("%(partner)s was removed.") % {"partner": self.partner}
        return (
            super().saved_message(after)
            if self.partner
            else gettext("%(partner)s was added.") % {"partner": made.who_is(row)}
        )

    def context(self):
        partner = self.parts["partner"]
        title = gettext("Dates, hours, notes, and the reason for this change")
        return {
            "partner": partner,
            "fold": Fold(title, [*partner.folded_fields(), *self.form]),
            "suggested": suggestions(self.person) if self.partner is None else [],
            "drops_words": self.form.has_error(NON_FIELD_ERRORS, "has_spoken") or "words_leave" in self.request.POST,
        }


def _record_to_write(request, public_id):
    record = queries.partnership(request.user, public_id)
    require(rules.may_write_partnership(request.user, record))
    return record


@require_http_methods(["GET", "POST"])
@with_drafts()
def new(request, public_id):
    """The form of a new partner. The line of an empty seat sends the circle that it's in."""
    record, circle = _record_to_write(request, public_id), request.GET.get("circle", "")
    return edit_record(
        PartnerEdit(
            request,
            record,
            gettext("Add a partner: %(partnership)s") % {"partnership": record.title},
            section=ONE_PARTNER,
            circle=circle if circle in Circle.values else "",
        )
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id, partner):
    """The form of the partner with this public id."""
    record = _record_to_write(request, public_id)
    entities = [party.entity for party in party_queries.parties_to_edit(record)]
    entity = next((entity for entity in entities if entity.public_id == partner), None)
    if entity is None:
        raise NotFound
    return edit_record(
        PartnerEdit(
            request,
            record,
            gettext("Edit partner: %(partner)s") % {"partner": entity},
            section=ONE_PARTNER,
            partner=entity,
        )
    )
