"""The bodies that change measures and their numbers.

Numbers are sent to a URL of their own, and as they were counted. A measure shows rounded numbers, so sending a measure
back as it was read must not overwrite them.
"""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.bulk import MOST_ITEMS, MOST_ROWS, BulkRun, BulkSerializer, refusal
from partnerships.api.serializers import (
    Choice,
    PartyField,
    RecordSerializer,
    RowSerializer,
    StrictSerializer,
    Text,
    renamed,
    rows_of,
)
from partnerships.core.access import require
from partnerships.core.dates import require_year
from partnerships.core.errors import ValidationError
from partnerships.measurement import periods
from partnerships.measurement.choices import Counted, Unit
from partnerships.measurement.groups import key_for
from partnerships.measurement.models import DataPoint, Measure, MeasureGroup
from partnerships.measurement.number_actions import DESCRIPTION, MOST, VALUES, save_points
from partnerships.measurement.point_checks import read_number
from partnerships.measurement.rules import may_supply
from partnerships.registry.rules import may_lead_with, parties_visible_to

MOST_GROUPS = 200
_HAS_COUNTED = (Unit.NUMBER, Unit.PERCENT, Unit.RATE)


@extend_schema_field({"type": "number"})
class AmountField(serializers.Field):
    """A decimal number with all digits that were sent."""

    default_error_messages = {"invalid": "Give a number."}

    def to_internal_value(self, data):
        if type(data) not in (int, float):
            self.fail("invalid")
        try:
            return read_number(Decimal(str(data)))
        except ValueError as problem:
            raise serializers.ValidationError(str(problem), "too_large") from None


class GroupSerializer(RowSerializer):
    """A group. A row changes the group with the same key (or, without a key, the same name) in its dimension."""

    key = Text(required=False, max_length=40)

    class Meta:
        model = MeasureGroup
        fields = ("dimension", "key", "name", "is_reference")


def _amount() -> AmountField:
    return AmountField(required=False, allow_null=True)


class MeasureChangeSerializer(RecordSerializer):
    """The fields of a measure that you can change. A new measure names its result or its partnership and keeps it.
    Owners, and measures that add up to this one, are chosen on its page.
    """

    pointers = {r"^lead\b": "jurisdiction"}

    counted = Choice(Counted.choices, required=False, allow_null=True)
    lowest, highest = _amount(), _amount()
    baseline_value, target_value = _amount(), _amount()
    due_days = serializers.IntegerField(
        required=False,
        write_only=True,
        min_value=0,
        max_value=730,
        help_text="Days after each period until its data are due.",
    )
    groups = rows_of(GroupSerializer, MOST_GROUPS)

    class Meta:
        model = Measure
        fields = (
            "title", "kind", "result", "partnership", "definition", "unit", "per", "counted", "lowest", "highest", "direction",
            "period", "first_month", "baseline_value", "baseline_on", "target_value", "target_on", "smallest", "due_days",
            "last_on", "groups", "is_published", "source", "last_verified_on", "why",
        )  # fmt: skip

    def validate_result(self, result):
        return self._keep_parent("result", result)

    def validate_partnership(self, partnership):
        return self._keep_parent("partnership", partnership)

    def _keep_parent(self, name, record):
        measure = self.context.get("record")
        if measure is not None and record != getattr(measure, name):
            words = "It stays with its result or partnership. Send it as it is, or leave it out."
            raise serializers.ValidationError(words, "read_only")
        if measure is None and record is not None:  # a refusal of its other values would come before the action's
            require(may_lead_with(self.context["request"].user, record.lead))
        return record

    def validate_counted(self, value):
        return value or ""

    def validate(self, values):
        record, wrong = self.context.get("record"), {}

        def value(name, default=None):
            return values.get(name, getattr(record, name, default))

        if not value("result") and not value("partnership"):
            wrong["result"] = ErrorDetail("Give the result or the partnership that it measures.", "required")
        if "unit" in values or "per" in values or "counted" in values:
            if value("unit") == Unit.RATE and not value("per"):
                wrong["per"] = ErrorDetail("Give the number that the rate is per.", "required")
            if value("unit") in _HAS_COUNTED and not value("counted"):
                wrong["counted"] = ErrorDetail("Say what it counts: people, events, or something else.", "required")
        kind, first_month = value("period", periods.YEAR), value("first_month", 1)
        for name in ("baseline_on", "target_on", "last_on"):
            day = values.get(name)
            if day and day.year > 1 and day != (start := periods.start_of(kind, day, first_month)):
                wrong[name] = ErrorDetail(
                    f"Give the first day of a period of this measure, such as {start}.", "invalid"
                )
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def save_values(self, view, record, values, **given):
        if record is None:
            values["lead"] = (values.get("result") or values["partnership"]).lead
        else:
            values.pop("result", None), values.pop("partnership", None)
        if values.get("unit", Unit.RATE) != Unit.RATE:
            values["per"] = None
        given |= {"groups": _with_existing_groups(record, values.pop("groups"))} if "groups" in values else {}
        return super().save_values(view, record, values, **given)


def _with_existing_groups(record, rows) -> list[dict]:
    """The rows, each with the id of the group that it changes, or with a new key if it was sent without one."""
    existing = list(record.groups.all()) if record else []
    taken = {(one.dimension, one.key) for one in existing} | {(row["dimension"], row.get("key")) for row in rows}
    found = []
    for row in map(dict, rows):
        dimension, name = row["dimension"], row["name"].casefold()
        same = [one for one in existing if one.dimension == dimension and one.key == row.get("key")]
        if not row.get("key"):
            same = [one for one in existing if one.dimension == dimension and one.name.casefold() == name]
        if same:
            existing.remove(same[0])
            row = {"is_reference": same[0].is_reference} | row | {"id": same[0].pk, "key": same[0].key}
        elif not row.get("key"):
            row["key"] = key_for(dimension, row["name"])
            while (dimension, row["key"]) in taken:
                row["key"] = f"{row['key'][:34]}-{len(taken)}"
            taken.add((dimension, row["key"]))
        found.append(row)
    return found


class NumberSerializer(RowSerializer):
    """The number of one period and one group. Send `value`, or `numerator` and `denominator`; a null `value` alone
    removes the number. Texts that you leave out stay.
    """

    group = Text(
        source="cell",
        required=False,
        allow_blank=True,
        default="",
        max_length=200,
        help_text="“dimension=key”, several joined by “&”. Empty for everyone together.",
    )
    value, numerator, denominator = _amount(), _amount(), _amount()

    class Meta:
        model = DataPoint
        fields = ("starts_on", "group", *VALUES, *DESCRIPTION)

    def validate_starts_on(self, day):
        require_year(day)
        return day

    def validate(self, values):
        if not values.keys() & {*VALUES}:
            words = "Give the value, or the numerator and denominator. To remove the number, send null as its value."
            raise serializers.ValidationError({"value": ErrorDetail(words, "required")})
        return values


class NumbersSerializer(StrictSerializer):
    """Numbers of one measure to enter, correct or remove, all together or none. Other numbers stay."""

    numbers = NumberSerializer(many=True, allow_empty=False, max_length=MOST)  # type: ignore[call-arg]  # of the list
    supplied_by = PartyField(
        required=False,
        allow_null=True,
        help_text="The partner that provides them, by id. A partner’s own users have to give it.",
    )
    source = Text(  # type: ignore[assignment]  # declared fields aren't attributes of a serializer
        required=False, allow_blank=True, default="", max_length=300, help_text="Their source, where a number has none."
    )
    confirmed_texts = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Send true after an error with the code “tells”: the text is about another number than the hidden one.",
    )
    why = Text(
        required=False,
        allow_blank=True,
        default="",
        max_length=300,
        help_text="Reason, for the history. Required if an earlier number changes.",
    )

    def save_by(self, view, measure):
        """The measure, after its numbers were saved. Raises what `save_points` raises, with the names of the body."""
        values: dict[str, Any] = dict(self.validated_data)
        party = values.pop("supplied_by", None)
        with renamed(
            {r"^points-(\d+)-cell\b": r"numbers-\1-group", r"^points\b": "numbers", r"^party$": "supplied_by"}
        ):
            view.act(
                measure,
                save_points,
                measure=measure,
                rows=values.pop("numbers"),
                party=self._party(view.request.user, measure, party) if party else None,
                may_tell=values.pop("confirmed_texts"),
                needs_why=True,
                **values,
            )
        return measure

    def _party(self, person, measure, public_id):
        """A partner that supplies data, if the person may see it."""
        known = parties_visible_to(person).filter(owned_measures__measure=measure, owned_measures__supplies=True)
        for party in known.select_related("jurisdiction", "department", "organization"):
            if party.entity.public_id == public_id:
                return party
        words = "This partner doesn’t provide data for this measure."
        raise ValidationError({"supplied_by": ValidationError(words, code="unknown_value")})


class BulkNumbersSerializer(BulkSerializer):
    """Numbers of many measures. `mode` says whether they are saved all together or each measure on its own."""

    rows = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=MOST_ROWS,
        help_text=(
            "Numbers of one measure each, as its own address takes them, with its id and version (or if_match, an ETag). "
            f"Up to {MOST_ITEMS:,} numbers together."
        ),
    )


class NumbersRun(BulkRun):
    """Each row has numbers of one existing measure."""

    def may(self, person, record) -> bool:
        return may_supply(person, record)

    def find(self, sent, data):
        if sent["id"] is None:
            raise refusal("id", "required", "Send the ID of the measure.")
        return super().find(sent, data)

    def save(self, record, data, as_read):
        self.view.checked(NumbersSerializer, data, record=record).save_by(self.view, record)
        return Measure.objects.get(pk=record.pk)
