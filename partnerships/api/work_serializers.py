"""The bodies that change action items, activities, results and plans. People are never named: the owners of an action
item are chosen on its page.
"""

from rest_framework import serializers

from partnerships.api.serializers import (
    MOST_ROWS,
    Choice,
    PartyField,
    RecordField,
    RecordSerializer,
    RowSerializer,
    StrictSerializer,
    Text,
    rows_of,
)
from partnerships.core.access import require
from partnerships.directory import queries as directory
from partnerships.measurement import activity_queries, plans
from partnerships.measurement.choices import Part
from partnerships.measurement.models import Activity, Outcome, Plan, Result
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action
from partnerships.registry.rules import may_write_partnership, partnerships_visible_to


class OfPartnershipSerializer(RecordSerializer):
    """A record of one partnership. A new one has to name the partnership and keeps it."""

    def validate_partnership(self, partnership):
        record = self.context.get("record")
        if record is not None and record.partnership_id != partnership.pk:
            words = "It stays with its partnership. Send it as it is, or leave it out."
            raise serializers.ValidationError(words, "read_only")
        if record is None:  # a refusal of its other values would come before the action's
            require(may_write_partnership(self.context["request"].user, partnership))
        return partnership

    def save_values(self, view, record, values, **given):
        if record is not None:
            values.pop("partnership", None)
        return super().save_values(view, record, values, **given)

    def named_parties(self, record, values, seats=activity_queries.seats_of) -> dict:
        """{public id: party} of the partners that the caller may name. `seats`: (person, partnership) → parties."""
        partnership = record.partnership if record else values["partnership"]
        return {party.entity.public_id: party for party in seats(self.context["request"].user, partnership)}


class ActionItemChangeSerializer(OfPartnershipSerializer):
    """The fields of an action item that you can change. `owner`: the ID of the partner that is responsible. To update
    its status, POST to `note/`.
    """

    pointers = {r"^owner_party\b": "owner"}

    owner = PartyField(source="owner_party", required=False, allow_null=True)

    class Meta:
        model = Action
        fields = ("partnership", "title", "detail", "activity", "owner", "due_on", "why")

    def save_values(self, view, record, values, **given):
        if values.get("owner_party"):
            values["owner_party"] = PartyField.named(values["owner_party"], self.named_parties(record, values), "owner")
        return super().save_values(view, record, values, **given)


class NoteSerializer(StrictSerializer):
    """An update of an action item: its new status, and a note."""

    status = Choice(ActionStatus.choices)
    text = Text(required=False, allow_blank=True, default="", max_length=1000)


class PartSerializer(StrictSerializer):
    """A partner and its part in an activity."""

    ignored = ("side",)

    id = PartyField()
    part = Choice(Part.choices)


class ActivityChangeSerializer(OfPartnershipSerializer):
    """The fields of an activity that you can change. The outcomes that it serves are chosen on its page."""

    pointers = {r"^parts-(\d+)-party\b": r"parties-\1-id", r"^parts\b": "parties"}

    parties = rows_of(PartSerializer, MOST_ROWS)

    class Meta:
        model = Activity
        fields = (
            "partnership", "title", "detail", "kind", "status", "starts_on", "ends_on", "is_public", "results", "parties",
            "source", "last_verified_on", "why",
        )  # fmt: skip

    def save_values(self, view, record, values, **given):
        if "results" in values:
            there = {one.public_id: one for one in record.results.all()} if record else {}
            values["results"] = values["results"] + self.left_out("results", there, values["results"])
        given |= {"parts": self._parts(record, values)} if "parties" in values else {}
        return super().save_values(view, record, values, **given)

    def _parts(self, record, values):
        rows, parties = values.pop("parties"), self.named_parties(record, values)
        existing = {one.party.entity.public_id: one for one in record.parts.all()} if record else {}
        parties |= {one["id"]: existing[one["id"]].party for one in self.context["as_read"].get("parties", ())}
        found = [
            {"party": PartyField.named(row["id"], parties, "parties", position, "id"), "part": row["part"]}
            for position, row in enumerate(rows)
        ]
        known = [row["party"] for row in found]
        hidden = [one for one in self.left_out("parties", existing, ()) if one.party not in known]
        return found + [{"party": one.party, "part": one.part} for one in hidden]


class ResultChangeSerializer(RecordSerializer):
    """The fields of a result that you can change. `partnerships`: those that work on it. They aren’t in responses, and
    those that you can’t see stay.
    """

    pointers = {r"^lead\b": "jurisdiction"}

    jurisdiction = RecordField(directory.jurisdiction, source="lead")

    class Meta:
        model = Result
        fields = (
            "title", "population", "detail", "jurisdiction", "issue_areas", "partnerships", "is_published", "source",
            "last_verified_on", "why",
        )  # fmt: skip
        extra_kwargs = {"partnerships": {"write_only": True}}

    def save_values(self, view, record, values, **given):
        if record is not None and "partnerships" in values:
            seen = partnerships_visible_to(view.request.user).filter(results=record).values("pk")
            values["partnerships"] = [*values["partnerships"], *record.partnerships.exclude(pk__in=seen)]
        return super().save_values(view, record, values, **given)


class OutcomeSerializer(RowSerializer):
    """An outcome of a plan. A row changes the outcome with the same number or, without a number, the same title."""

    class Meta:
        model = Outcome
        fields = (*(name for name in plans.OUTCOME if name != "result"), "result", "partnerships")
        extra_kwargs = {"number": {"required": False}}


class PlanChangeSerializer(RecordSerializer):
    """The fields of a plan that you can change. The list of outcomes, in order, replaces the saved one."""

    pointers = {r"^lead\b": "jurisdiction"}

    jurisdiction = RecordField(directory.jurisdiction, source="lead")
    outcomes = rows_of(OutcomeSerializer, plans.MOST_OUTCOMES)

    class Meta:
        model = Plan
        fields = ("title", "jurisdiction", "link", "starts_on", "ends_on", "is_published", "outcomes", "why")

    def save_values(self, view, record, values, **given):
        if "outcomes" in values:
            given["outcomes"] = self._outcomes(view.request.user, record, values.pop("outcomes"))
        return super().save_values(view, record, values, **given)

    def _outcomes(self, person, record, rows):
        """The rows, each with the id of the outcome that it changes. Parts of outcomes that the caller can't see stay."""
        existing, as_read = list(record.outcomes.all()) if record else [], self.context["as_read"].get("outcomes", ())
        seen = {one.pk: shown for one, shown in zip(existing, as_read, strict=False)}
        found = []
        for row in map(dict, rows):
            number, title = row.get("number", ""), row["title"]
            by_number = [one for one in existing if number and one.number == number]
            by_title = [one for one in existing if one.title == title and not (number and one.number)]
            (kept,) = (by_number or by_title)[:1] or [None]
            if kept is None:
                found.append(row)
                continue
            existing.remove(kept)
            shown = seen[kept.pk]
            if "partnerships" in row:
                hidden = kept.partnerships.exclude(public_id__in=shown["partnerships"])
                row["partnerships"] = [*row["partnerships"], *hidden]
            if row.get("result") is None and shown["result"] is None:
                row.pop("result", None)
            found.append(row | {"id": kept.pk})
        return found
