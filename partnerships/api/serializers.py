"""What a caller may send: read strictly here, checked as a whole by the actions that the pages call as well.

A name that no record has is refused. One that can't be changed by hand may be sent along unchanged, so that a record can be
read, changed and sent back.
"""

import orjson
from django.db import models
from django.db.models import prefetch_related_objects
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.schemas import FIELDS
from partnerships.api.shapes import ID
from partnerships.core.choices import Vocabulary
from partnerships.core.errors import NotFound
from partnerships.core.filters import MOST_VALUES
from partnerships.core.ids import MistypedId
from partnerships.directory import actions as directory_actions
from partnerships.directory import queries as directory
from partnerships.directory.models import BODIES, Organization
from partnerships.directory.rules import issue_areas_visible_to, jurisdictions_visible_to
from partnerships.registry import actions
from partnerships.registry.choices import Circle, Role
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to

MOST_ROWS = 200
UNKNOWN = "“{text}” is not known here."


class Text(serializers.CharField):
    """DRF's own takes numbers for text."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": ID})
class RecordField(serializers.Field):
    """A record by its id, or by an object that holds it, as it is read; one that the caller may not see is as unknown as a
    missing one. `find`: (person, public id) → the record."""

    default_error_messages = {"unknown_value": UNKNOWN, "invalid": "Give an id, such as J-7REHWF-R."}

    def __init__(self, find, **kwargs):
        super().__init__(**kwargs)
        self.find = find

    def to_internal_value(self, data):
        public_id = data.get("id") if isinstance(data, dict) else data
        if not isinstance(public_id, str):
            self.fail("invalid")
        try:
            return self.find(self.context["request"].user, public_id)
        except (NotFound, MistypedId):
            self.fail("unknown_value", text=public_id[:60])


@extend_schema_field({"type": "string"})
class TermField(serializers.Field):
    """A term of an open vocabulary by its key."""

    default_error_messages = {"unknown_value": UNKNOWN, "invalid": "Give a key."}

    def __init__(self, vocabulary, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary = vocabulary

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        found = directory.terms(self.vocabulary).filter(key=data).first()
        return found or self.fail("unknown_value", text=data[:60])


@extend_schema_field({"type": "array", "items": {"type": "string"}, "maxItems": MOST_VALUES})
class KeysField(serializers.Field):
    """Several records by key or id. `rows`: person → those that can be named."""

    default_error_messages = {
        "unknown_value": UNKNOWN,
        "invalid": "Give a list of keys.",
        "too_many": f"Give {MOST_VALUES} at most.",
    }

    def __init__(self, rows, by="key", **kwargs):
        super().__init__(**kwargs)
        self.rows, self.by = rows, by

    def to_internal_value(self, data):
        if not isinstance(data, list) or not all(isinstance(key, str) for key in data):
            self.fail("invalid")
        if len(data) > MOST_VALUES:
            self.fail("too_many")
        found = {getattr(row, self.by): row for row in self._rows().filter(**{f"{self.by}__in": data})}
        for key in data:
            if key not in found:
                self.fail("unknown_value", text=key[:60])
        return list(found.values())

    def _rows(self):
        return self.rows(self.context["request"].user)


class StrictSerializer(serializers.Serializer):
    """Refuses names that it doesn't know. `path`: of a list whose records' other names may be sent along unchanged;
    `ignored`: names in a row that say of its record what only that record can change."""

    path = ""
    ignored: tuple[str, ...] = ()

    def to_internal_value(self, data):
        wrong = self._not_ours(data) if isinstance(data, dict) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as problem:
            raise serializers.ValidationError({**problem.detail, **wrong}) from None
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def _not_ours(self, data):
        wrong, said = {}, self.context.get("said") or {}
        for name in data.keys() - self.fields.keys() - set(self.ignored):
            if name not in FIELDS.get(self.path, ()):
                wrong[name] = [ErrorDetail("This record has no such field.", "unknown_field")]
            elif name not in said or said[name] != data[name]:
                wrong[name] = [
                    ErrorDetail("This can’t be changed here. Send it as it is, or leave it out.", "read_only")
                ]
        return wrong


class RecordSerializer(StrictSerializer, serializers.ModelSerializer):
    """Takes in the context `record`, `said` (its JSON as the caller reads it), and `partial`: nothing needs to be there."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.URLField: Text,
    }
    why = Text(required=False, allow_blank=True, write_only=True, help_text="Why it is changed, for its history.")

    def __init__(self, *args, context=None, **kwargs):
        context = dict(context or {})
        context["said"] = orjson.loads(context["said"]) if context.get("said") else {}
        super().__init__(*args, context=context, **kwargs)
        if context.get("partial"):
            # DRF's `partial` would let rows of lists go without what they need as well.
            for field in self.fields.values():
                field.required = False

    def changed(self) -> dict:
        """The values that differ from what the caller read; of a new record, all."""
        said = self.context["said"]
        return {
            name: value
            for name, value in self.validated_data.items()
            if name != "why" and (name not in said or said[name] != self.initial_data[name])
        }


class PartySerializer(StrictSerializer):
    """A partner with its part in the partnership. What is left out stays as it is.

    Its type, name, side and its own yes may be sent along; they change nothing.
    """

    ignored = ("type", "name", "side", "confirmed")

    id = RecordField(None)
    roles = serializers.ListField(
        child=serializers.ChoiceField(Role.choices), max_length=len(Role.values), required=False
    )
    circle = serializers.ChoiceField(Circle.choices, allow_null=True, required=False)
    starts_on = serializers.DateField(allow_null=True, required=False)
    ends_on = serializers.DateField(allow_null=True, required=False)
    contribution = Text(allow_blank=True, required=False)
    backbone_hours_per_month = serializers.IntegerField(min_value=1, max_value=2000, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["id"].find = self._body

    def _body(self, person, public_id):
        """A person who changes the record may name what is in it already, even if they can't see it elsewhere."""
        seats = parties_by_id(self.context.get("record"))
        if public_id in seats:
            return seats[public_id].entity
        find = {"J": directory.jurisdiction, "D": directory.department, "G": directory.organization}
        return find.get(public_id[:1].upper(), _missing)(person, public_id)


def _missing(person, public_id):
    raise NotFound


def parties_by_id(record) -> dict:
    """Public id of an office or organization → its party in the partnership, with its roles; read once a record object."""
    if record is None:
        return {}
    prefetch_related_objects([record], "parties__roles", *(f"parties__{name}" for name in BODIES))
    return {party.entity.public_id: party for party in record.parties.all()}


def _party(values, seats):
    """A party as the action takes it. `seats`: as `parties_by_id` returns them."""
    values = dict(values)
    entity, hours = values.pop("id"), values.pop("backbone_hours_per_month", None)
    row = dict.fromkeys(BODIES) | {entity._meta.model_name: entity}
    seat = seats.get(entity.public_id)
    kept = [role.role for role in seat.roles.all()] if seat else []
    roles = [
        {"role": role} | ({"hours_per_month": hours} if hours and role == Role.BACKBONE else {})
        for role in dict.fromkeys(values.pop("roles", kept))
    ]
    if "circle" in values:
        values["circle"] = values["circle"] or ""
    return row | values | {"roles": roles}


class DocumentSerializer(StrictSerializer):
    """A link to a document."""

    title = Text()
    url = Text()


class PartnershipChangeSerializer(RecordSerializer):
    """What can be said of a partnership. A list is sent whole; of a party, its id says who it is."""

    path = "partnerships"
    lead = RecordField(directory.jurisdiction)
    purpose = TermField(Vocabulary.PURPOSE)
    origin = TermField(Vocabulary.ORIGIN, required=False, allow_null=True)
    issue_areas = KeysField(issue_areas_visible_to, required=False)
    parties = PartySerializer(many=True, required=False, max_length=MOST_ROWS)
    grew_out_of = KeysField(partnerships_visible_to, by="public_id", required=False)
    documents = DocumentSerializer(many=True, required=False, max_length=MOST_ROWS)

    class Meta:
        model = Partnership
        fields = (
            "title", "kind", "purpose", "origin", "origin_note", "status", "status_reason", "lessons", "summary",
            "common_agenda", "engagement", "starts_on", "ends_on", "lead", "issue_areas", "parties", "grew_out_of",
            "documents", "source", "last_verified_on", "why",
        )  # fmt: skip
        validators = []

    def _not_read(self, name, rows, sent) -> list:
        """Those of `rows` (public id → record) that the partnership has and its JSON leaves out, such as partners that withdrew:
        a list that is sent back without them doesn't remove them."""
        known = {one["id"] if isinstance(one, dict) else one for one in self.context["said"].get(name, ())}
        return [row for key, row in rows.items() if key not in known and row not in sent]

    def save_by(self, view, record):
        values = self.changed()
        given = {}
        if "parties" in values:
            seats, rows = parties_by_id(record), values.pop("parties")
            bodies = {key: seat.entity for key, seat in seats.items()}
            rows += [{"id": body} for body in self._not_read("parties", bodies, [row["id"] for row in rows])]
            given["parties"] = [_party(row, seats) for row in rows]
        if "documents" in values:
            given["facts"] = {"documents": [dict(row) for row in values.pop("documents")]}
        if "grew_out_of" in values:
            links = record.links_earlier.select_related("earlier") if record else ()
            earlier, sent = {link.earlier.public_id: link.earlier for link in links}, values.pop("grew_out_of")
            given["grew_out_of"] = sent + self._not_read("grew_out_of", earlier, sent)
        given |= {"fields": values, "why": self.validated_data.get("why", "")}
        if record is None:
            return actions.save_partnership(by=view.request.user, **given)
        return view.act(record, actions.save_partnership, partnership=record, **given)


class EndSerializer(StrictSerializer):
    """The last day of a partnership, why it ends, and what was learned."""

    ends_on = serializers.DateField()
    status_reason = Text(source="reason")
    lessons = Text(required=False, allow_blank=True, default="")
    why = Text(required=False, allow_blank=True, default="")


class WhySerializer(StrictSerializer):
    """Why something is done, which may be left out."""

    why = Text(required=False, allow_blank=True, default="", help_text="Why it is done, for its history.")


class OrganizationChangeSerializer(RecordSerializer):
    """What can be said of an organization. Its listing, its open fields and its mail domain are its own people's choice."""

    path = "organizations"
    kind = TermField(Vocabulary.ORGANIZATION_KIND, required=False, allow_null=True)
    kept_by = RecordField(directory.jurisdiction, required=False, help_text="The jurisdiction that keeps the record.")
    area = KeysField(jurisdictions_visible_to, by="public_id", required=False)
    issue_areas = KeysField(issue_areas_visible_to, required=False)
    languages = KeysField(lambda person: directory.terms(Vocabulary.LANGUAGE), required=False)
    led_by = KeysField(lambda person: directory.terms(Vocabulary.COMMUNITY), required=False)
    communities = KeysField(lambda person: directory.terms(Vocabulary.COMMUNITY), required=False)

    class Meta:
        model = Organization
        fields = (
            "name", "side", "listing", "listing_source", "kind", "other_names", "aims", "website", "area", "area_note",
            "languages", "issue_areas", "address", "led_by", "communities", "kept_by", "source", "last_verified_on", "why",
        )  # fmt: skip
        validators = []

    def validate(self, values):
        # An office's page asks for it as well: without it no one could change the record later.
        if self.context.get("record") is None and not values.get("kept_by"):
            raise serializers.ValidationError(
                {"kept_by": ErrorDetail("Say which office keeps the record.", "required")}
            )
        return values

    def save_by(self, view, record):
        given = {"fields": self.changed(), "why": self.validated_data.get("why", "")}
        if record is None:
            return directory_actions.save_organization(by=view.request.user, **given)
        return view.act(record, directory_actions.save_organization, organization=record, **given)
