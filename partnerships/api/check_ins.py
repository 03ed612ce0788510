"""What the API says of the check-ins of a partnership, and what a caller may send.

A program sets when a partner is asked, and records that a check-in was held. It never answers for a partner.
"""

from django.db.models import prefetch_related_objects
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.representations import with_shape
from partnerships.api.serializers import PartyField, RowSerializer, Zone, refusal_at
from partnerships.api.shapes import KEPT, flag, key, many, public_id, record, shape, text
from partnerships.api.work_serializers import OfPartnershipSerializer
from partnerships.core.errors import ValidationError
from partnerships.directory.models import BODIES
from partnerships.meetings import queries
from partnerships.meetings.check_ins import record_check_in, require_ahead
from partnerships.meetings.choices import Going, RecordIsRight, Rhythm
from partnerships.meetings.models import CheckIn, CheckInPlan
from partnerships.notifications.answers import ANSWERS
from partnerships.registry.rules import parties_visible_to

CHECK_IN_PLAN = record(
    id=public_id("Its ID. It never changes."),
    partnership=public_id("The partnership whose check-ins these are."),
    partner=public_id("The partner that is asked, if you may know of it.", empty=True),
    rhythm=key("How often.", Rhythm),
    first_due_on={"type": "string", "format": "date", "description": "When the first one is due."},
    next_due_on={"type": "string", "format": "date", "description": "When the next one is due."},
    zone=text("The time zone of these dates."),
    skips_holidays=flag("Whether a due date on a federal holiday moves to the next working day."),
    is_active=flag("False if they are stopped."),
    log=many(
        "The check-ins that were answered or held, latest first.",
        shape(
            due_on={"type": "string", "format": "date", "description": "When it was due."},
            done_on={"type": "string", "format": "date", "description": "When it was answered or held."},
            is_answer=flag("Whether the partner answered. If not, the office recorded that it was held."),
            note=text("What came up, as the office recorded it."),
            going=key("How it’s going, as the partner says.", Going, empty=True),
            changed=text("What has changed, as the partner says."),
            needs=text("What the partner needs."),
            record_is_right=key("Whether the record is still right, as the partner says.", RecordIsRight, empty=True),
            wants_call=flag("Whether the partner would rather be called."),
        ),
    ),
    **KEPT,
)


def check_in_plans(person, records) -> list[dict]:
    """Never the people: neither who answers nor who recorded it."""
    records = list(records)
    prefetch_related_objects(records, "check_ins")
    parties = parties_visible_to(person).filter(pk__in=[one.party_id for one in records if one.party_id])
    names = {party.pk: party.entity.public_id for party in parties.select_related(*BODIES)}
    return [_check_in_plan(record, names.get(record.party_id)) for record in records]


def _check_in_plan(record, partner):
    log = [_check_in(one) for one in record.check_ins.all()]
    return with_shape(CHECK_IN_PLAN, record, partner=partner, first_due_on=record.anchor_on, log=log)


def _check_in(one):
    return {
        "due_on": one.due_on,
        "done_on": one.done_on,
        "is_answer": one.answered_at is not None,
        "note": one.note,
        "going": one.going or None,
        "changed": one.changed,
        "needs": one.needs,
        "record_is_right": one.record_is_right or None,
        "wants_call": one.wants_call,
    }


class CheckInPlanChangeSerializer(OfPartnershipSerializer):
    """What can be said of check-ins. `partner`: the partner that is asked, by id. Its only contact with an email address answers;
    if it has several, choose one on the page. So is the person in your office who is told when no one answers.
    """

    pointers = {r"^anchor_on\b": "first_due_on", r"^(party|person|contact)\b": "partner"}

    partner = PartyField(source="party", allow_null=True)
    first_due_on = serializers.DateField(source="anchor_on")
    zone = Zone(required=False, max_length=50, label="Time zone")

    class Meta:
        model = CheckInPlan
        fields = ("partnership", "partner", "rhythm", "first_due_on", "zone", "skips_holidays", "is_active", "why")

    def save_values(self, view, record, values, **given):
        partnership = record.partnership if record else values["partnership"]
        if "anchor_on" in values:
            try:
                require_ahead(partnership, values["anchor_on"])
            except ValidationError as problem:
                raise ValidationError({"first_due_on": problem}) from None
        if "party" in values:
            plan = record or CheckInPlan(partnership=partnership)
            values |= self._who_answers(view.request.user, plan, values.pop("party"))
        if record is None:
            values.setdefault("zone", partnership.lead.zone)
        return super().save_values(view, record, values, **given)

    @staticmethod
    def _who_answers(person, plan, public_id):
        parties = {one.entity.public_id: one for one in queries.parties_seen(person, plan.partnership).values()}
        party = PartyField.named(public_id or "", parties, "partner")
        asked = queries.who_may_answer(person, plan).items()
        contacts = [key for key, (_, of) in asked if of == party.pk and key.startswith("contact:")]
        if len(contacts) != 1:
            words = (
                "This partner has several contacts who could answer. Choose one on the page of the partnership."
                if contacts
                else "You can’t see a contact of this partner with an email address. Add one to its record."
            )
            raise refusal_at(("partner",), words, "several" if contacts else "no_contacts")
        return {"party_id": party.pk, "contact_id": int(contacts[0].partition(":")[2]), "person_id": None}


class CheckInSerializer(RowSerializer):
    """That the check-in which is due was held, and what came up. Its answers are the partner’s own."""

    done_on = serializers.DateField(required=False, help_text="When it was held. By default today.")

    class Meta:
        model = CheckIn
        fields = ("done_on", "note")

    def _not_ours(self, data):
        wrong = super()._not_ours(data)
        words = "Only the partner can answer, through the link in its email. Leave this out."
        return wrong | {name: [ErrorDetail(words, "of_the_partner")] for name in wrong.keys() & {*ANSWERS}}

    def save_by(self, view, plan):
        """The plan, after the check-in was recorded. Raises Problem where someone was quicker."""
        try:
            record_check_in(plan=plan, by=view.request.user, due_on=plan.next_due_on, **self.validated_data)
        except ValidationError as problem:
            if getattr(problem, "code", "") != "noted_already":
                raise
            raise view.stale(view.text(view.reader, plan.public_id)) from None
        return plan
