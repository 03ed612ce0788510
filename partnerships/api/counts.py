"""What the API says of counts of the members of advisory bodies and of the people of places, and what a caller may send.

Counts of members come by the one door (`measurement.composition_queries`), rounded and without what could identify a member.
So they are sent under a name of their own, as they were counted, and no one can mean to send back what was read.
"""

from rest_framework import serializers

from partnerships.api.representations import with_shape
from partnerships.api.serializers import Choice, RecordSerializer, StrictSerializer, refusal_at
from partnerships.api.shapes import KEPT, flag, key, many, number, public_id, record, shape, text
from partnerships.api.work_serializers import OfPartnershipSerializer
from partnerships.core.access import require
from partnerships.measurement.composition import OF
from partnerships.measurement.composition_models import MOST_MEMBERS, MOST_PEOPLE, Makeup, Population
from partnerships.measurement.composition_queries import shown_of_each
from partnerships.measurement.groups import CATEGORIES, COUNTED_BY
from partnerships.registry.rules import may_lead_with

SHOWN, HIDDEN, WAITING = "shown", "hidden", "waiting"
_COUNTED = [name for name, _ in COUNTED_BY]

COMPOSITION = record(
    id=public_id("Its ID. It never changes."),
    partnership=public_id("The advisory body."),
    dimension=key("What members were counted by.", _COUNTED),
    counted_on={"type": "string", "format": "date", "description": "The date of the count."},
    state=key(
        "“hidden”: the advisory body is too small, or any number could identify a member. “waiting”: too few members came or "
        "left since the last count. Neither has numbers.",
        (SHOWN, HIDDEN, WAITING),
    ),
    members=number("How many members there were, rounded to the nearest 5."),
    groups=many(
        "How many members were in each group.",
        shape(
            key=text("The group."),
            members=number("Rounded to the nearest 5. Null if it could identify a member."),
        ),
    ),
    several=flag("Whether members could choose more than one group."),
    asked_how=text("How members were asked."),
    note=text("A note."),
    **KEPT,
)

POPULATION = record(
    id=public_id("Its ID. It never changes."),
    jurisdiction=public_id("The place."),
    dimension=key("What people were counted by.", _COUNTED),
    year={"type": "integer", "description": "The year of the numbers."},
    total={"type": "integer", "description": "Everyone who lives there."},
    several=flag("Whether someone may be counted in more than one group."),
    counts={
        "type": "object",
        "description": "Group → people. Without groups that the table doesn’t count.",
        "additionalProperties": {"type": "integer"},
    },
    link=text("Where the table can be read."),
    note=text("A note."),
    **KEPT,
)


def compositions(person, records) -> list[dict]:
    records = list(records)
    shown = shown_of_each(person, records)
    return [_composition(record, shown[record.pk]) for record in records]


def _composition(record, shown):
    """A count that waits says only that it is there, as on the page."""
    state = WAITING if shown is None else HIDDEN if shown.is_closed else SHOWN
    given = {
        "state": state,
        "members": shown.members if shown else None,
        "groups": [{"key": row.key, "members": row.members} for row in shown.rows] if shown else [],
        "asked_how": shown.asked_how if shown else "",
        "note": shown.note if shown else "",
    }
    return with_shape(COMPOSITION, record, **given if shown else given | {"source": ""})


def populations(person, records) -> list[dict]:
    return [_population(record) for record in records]


def _population(record):
    counts = {key: record.counts[key] for key, _ in CATEGORIES[record.dimension] if key in record.counts}
    return with_shape(POPULATION, record, counts=counts)


def _of_group(most) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, allow_null=True)


def _as_fields(serializer, record, groups, *steps):
    """The counts of groups by the names of the action's fields. Raises DRF's ValidationError at an unknown group."""
    dimension = record.dimension if record else serializer.validated_data["dimension"]
    known = dict(CATEGORIES[dimension])
    for name in groups:
        if name not in known:
            raise refusal_at((*steps, name), f"“{name[:60]}” isn’t a group here.", "unknown_value")
    return {f"{OF}{name}": count for name, count in groups.items()}


def _refuse_change(serializer, name, value):
    record = serializer.context.get("record")
    if record is not None and getattr(record, name) != value:
        words = "It stays as it is. Send it unchanged, or leave it out."
        raise serializers.ValidationError(words, "read_only")
    return value


class MembersSerializer(StrictSerializer):
    """How many members there were, and were in each group. What you leave out of a count that is there stays."""

    members = serializers.IntegerField(required=False, min_value=0, max_value=MOST_MEMBERS)
    prefer_not = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_MEMBERS, help_text="How many said that they prefer not to say."
    )
    no_answer = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_MEMBERS, help_text="How many didn’t answer."
    )
    changed = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MOST_MEMBERS,
        help_text="How many joined or left since the last count.",
    )
    groups = serializers.DictField(child=_of_group(MOST_MEMBERS), required=False, help_text="Group → members.")


class CompositionChangeSerializer(OfPartnershipSerializer):
    """What can be said of a count of the members of an advisory body. Send exact `counts`: we round them, and hide what could
    identify a member. It stays with its body and what members were counted by.
    """

    pointers = {
        r"^(members|prefer_not|no_answer|changed)\b": r"counts-\1",
        r"^of_(.+)$": r"counts-groups-\1",
    }

    dimension = Choice(COUNTED_BY)
    counts = MembersSerializer(required=False, write_only=True)

    class Meta:
        model = Makeup
        fields = (
            "partnership", "dimension", "counted_on", "several", "counts", "asked_how", "note", "source", "last_verified_on",
            "why",
        )  # fmt: skip

    def validate_dimension(self, dimension):
        return _refuse_change(self, "dimension", dimension)

    def save_values(self, view, record, values, **given):
        counts = dict(values.pop("counts", {}))
        values |= _as_fields(self, record, counts.pop("groups", {}), "counts", "groups") | counts
        return super().save_values(view, record, values, **given)


class PopulationChangeSerializer(RecordSerializer):
    """What can be said of the people of a place, as a public table has it. It stays with its place and what people were counted
    by. `counts`: group → people; null removes a group.
    """

    pointers = {r"^of_(.+)$": r"counts-\1"}

    dimension = Choice(COUNTED_BY)
    counts = serializers.DictField(child=_of_group(MOST_PEOPLE), required=False)

    class Meta:
        model = Population
        fields = (
            "jurisdiction", "dimension", "year", "total", "several", "counts", "link", "note", "source", "last_verified_on",
            "why",
        )  # fmt: skip

    def validate_jurisdiction(self, jurisdiction):
        if self.context.get("record") is None:  # a refusal of its other values would come before the action's
            require(may_lead_with(self.context["request"].user, jurisdiction))
        return _refuse_change(self, "jurisdiction", jurisdiction)

    def validate_dimension(self, dimension):
        return _refuse_change(self, "dimension", dimension)

    def save_values(self, view, record, values, **given):
        values |= _as_fields(self, record, values.pop("counts", {}), "counts")
        return super().save_values(view, record, values, **given)
