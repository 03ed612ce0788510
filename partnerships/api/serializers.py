"""Base classes for the bodies of requests. The actions that the pages call validate the record as a whole.

An unknown field is refused. A read-only field may be sent along unchanged, so that a record can be read, changed and
sent back.
"""

import json
import re
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.shapes import ID
from partnerships.core import record_types
from partnerships.core.children import errors_by_field
from partnerships.core.errors import NotFound, PossibleDuplicates, ValidationError
from partnerships.core.filters import MOST_VALUES
from partnerships.core.ids import MistypedId
from partnerships.directory import queries as directory
from partnerships.directory.models import IssueArea, Term
from partnerships.mail import schedule

MOST_ROWS = 200
UNKNOWN = "“{text}” isn’t an option here."


class Text(serializers.CharField):
    """A text. Unlike DRF's CharField, it refuses numbers."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Zone(Text):
    """The name of a time zone."""

    def to_internal_value(self, data):
        name = super().to_internal_value(data)
        schedule.check_zone(name)
        return name


class Choice(serializers.ChoiceField):
    """One of a few keys. The error names them."""

    default_error_messages = {"invalid_choice": f"{UNKNOWN} Known: {{known}}."}

    def fail(self, key, **kwargs):
        known, given = ", ".join(str(choice) for choice in self.choices), kwargs.get("input", "")
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        super().fail(key, **kwargs, text=text[:60], known=known)


@extend_schema_field({"type": "string", "pattern": ID})
class RecordField(serializers.Field):
    """A record by its ID, or by an object with an `id`, as the API returns it.

    One that the caller may not see gets the same error as a missing one. `find`: (person, public id) → the record.
    """

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


@extend_schema_field({"type": "string", "pattern": ID})
class PartyField(serializers.Field):
    """A partner of the same partnership by its ID. It is looked up by `named` once the partners are known."""

    default_error_messages = {"unknown_value": UNKNOWN, "invalid": "Give an id, such as J-7REHWF-R."}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return data

    @classmethod
    def named(cls, public_id, parties, *steps):
        """The value under this ID in `parties` (public id → value). Raises DRF's ValidationError at the value in the
        body to which `steps` lead.
        """
        if public_id in parties:
            return parties[public_id]
        raise refusal_at(steps, f"“{public_id[:60]}” isn’t a partner in this partnership.", "unknown_value")


def refusal_at(steps, words, code) -> serializers.ValidationError:
    """DRF's ValidationError for one value in the body. `steps` are the names and indexes (from 0) that lead to it."""
    detail: Any = [ErrorDetail(words, code)]
    for step in reversed(steps):
        detail = {step: detail}
    return serializers.ValidationError(detail)


@extend_schema_field({"type": "string"})
class TermField(serializers.Field):
    """A term of an open vocabulary by its key."""

    default_error_messages = {
        "unknown_value": f"{UNKNOWN} The keys are in the list “vocabularies”, under “{{vocabulary}}”.",
        "invalid": "Give a key.",
    }

    def __init__(self, vocabulary, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary = vocabulary

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        found = directory.terms(self.vocabulary, kept=_terms_kept(self)).filter(key=data).first()
        return found or self.fail("unknown_value", text=data[:60], vocabulary=self.vocabulary)


@extend_schema_field({"type": "array", "items": {"type": "string"}, "maxItems": MOST_VALUES})
class KeysField(serializers.Field):
    """Several records by key or ID. `rows`: person → the records that they may name."""

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


class TermsField(KeysField):
    """Several terms of an open vocabulary by their keys."""

    def __init__(self, vocabulary, **kwargs):
        super().__init__(None, **kwargs)
        self.vocabulary = vocabulary

    def _rows(self):
        return directory.terms(self.vocabulary, kept=_terms_kept(self))


def _terms_kept(field) -> Any:
    """The terms that the record has in this field, which may be sent back even if they are retired by now."""
    record, rows = field.context.get("record"), field.parent.parent
    if record is None:
        return ()
    if rows is None:
        return directory.terms_of_record(record, field.source)
    return getattr(record, rows.source).values(field.source)


class StrictSerializer(serializers.Serializer):
    """Refuses unknown fields.

    `shown` are read-only fields that may be sent along unchanged. `ignored` are fields of a row that are read-only and
    may have any value.
    """

    shown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    default_error_messages = {"invalid": "Give a JSON object."}

    def to_internal_value(self, data):
        wrong = self._not_ours(data) if isinstance(data, dict) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as problem:
            said = problem.detail if isinstance(problem.detail, dict) else {}
            raise serializers.ValidationError(said | wrong) from None
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def _not_ours(self, data):
        wrong, as_read = {}, self.context.get("as_read") or {}
        for name in data.keys() - self.fields.keys() - set(self.ignored):
            if name not in self.shown:
                known = ", ".join(self.fields)
                wrong[name] = [ErrorDetail(f"There’s no such field. You can send: {known}.", "unknown_field")]
            elif name not in as_read or as_read[name] != data[name]:
                wrong[name] = [
                    ErrorDetail("This can’t be changed here. Send it as it is, or leave it out.", "read_only")
                ]
        return wrong


def rows_of(kind: type[serializers.BaseSerializer], most: int):
    """An optional list of rows, at most this many."""
    return kind(many=True, required=False, max_length=most)  # type: ignore[call-arg]  # DRF hands it to the list


class RowSerializer(StrictSerializer, serializers.ModelSerializer):
    """A row of a model, without the validators of its constraints, which the action checks."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.URLField: Text,
    }
    serializer_choice_field = Choice

    def get_validators(self):
        return []

    @classmethod
    def record_type(cls) -> record_types.RecordType:
        return record_types.for_record(cls.Meta.model)

    def build_relational_field(self, field_name, relation_info):
        """Terms and issue areas by their keys, other records by their IDs: those that the caller may see."""
        field, related = relation_info.model_field, relation_info.related_model
        options = {"required": not field.blank} | ({"allow_null": True} if field.null else {})
        if related is Term:
            vocabulary = self.record_type().terms[field_name]
            return TermsField if relation_info.to_many else TermField, options | {"vocabulary": vocabulary}
        kind = record_types.for_record(related)
        if relation_info.to_many:
            by = "key" if related is IssueArea else "public_id"
            return KeysField, options | {"rows": kind.visible_to, "by": by}
        return RecordField, options | {"find": kind.find}


class RecordSerializer(RowSerializer):
    """The body that adds or changes a record.

    The context has `record`, `as_read` (its JSON as the caller reads it) and `partial` (no field is required).
    `pointers` maps patterns of the action's error names to names in the body. A subclass overrides `save_values` to
    pass further arguments to the action.

    `...` in `Meta.fields` means all other published fields of the record type, in its order.
    """

    pointers: dict[str, str] = {}

    why = Text(required=False, allow_blank=True, write_only=True, help_text="Reason for the change, for the history.")

    def __init__(self, *args, context=None, **kwargs):
        context = dict(context or {})
        context["as_read"] = orjson.loads(context["as_read"]) if context.get("as_read") else {}
        super().__init__(*args, context=context, **kwargs)
        if context.get("partial"):
            # DRF's `partial` would let rows of lists go without what they need as well.
            for field in self.fields.values():
                field.required = False

    def get_field_names(self, declared_fields, info):
        names: list[Any] = [*super().get_field_names(declared_fields, info)]
        if ... in names:
            published = [one.name for one in self.record_type().fields if one.published]
            at = names.index(...)
            names[at : at + 1] = [name for name in published if name not in names]
        return names

    def changed(self) -> dict:
        """The values that differ from what the caller read, by the name of the model field; all values of a new record."""
        as_read = self.context["as_read"]
        return {
            field.source: self.validated_data[field.source]
            for name, field in self.fields.items()
            if field.source in self.validated_data
            and name != "why"
            and (name not in as_read or as_read[name] != self.initial_data[name])
        }

    @property
    def shown(self) -> tuple[str, ...]:  # type: ignore[override]  # known only with the view
        return self.context["view"].names()

    @property
    def why_changed(self) -> str:
        return self.validated_data.get("why", "")

    def save_by(self, view, record):
        """Save the record for the view's user and return it. Raises what the action raises; the keys of a ValidationError
        are those of the request body.
        """
        with renamed(self.pointers):
            return self.save_values(view, record, self.changed())

    def save_values(self, view, record, values, **given):
        """Call the save action of the record type. `given` has arguments besides the fields and the reason."""
        kind, given = view.record_type(), given | {"fields": values, "why": self.why_changed}
        if record is None:
            return kind.save(by=view.request.user, **given)
        return view.act(record, kind.save, **{kind.key: record}, **given)

    def left_out(self, name, rows, sent) -> list:
        """Those of `rows` (public id → record) that the caller can't see in the list `name`, such as partners that
        withdrew.

        Sending the list back without them must not remove them, so the caller of this function adds them to `sent`.
        """
        known = {one["id"] if isinstance(one, dict) else one for one in self.context["as_read"].get(name, ())}
        return [row for key, row in rows.items() if key not in known and row not in sent]


@contextmanager
def renamed(pointers):
    """Rename the keys of a ValidationError that the block raises. `pointers`: pattern → replacement."""
    try:
        yield
    except ValidationError as problem:
        if not pointers or isinstance(problem, PossibleDuplicates) or not hasattr(problem, "error_dict"):
            raise
        found: dict[str, list] = {}
        for key, errors in errors_by_field(problem).items():
            for pattern, name in pointers.items():
                key = re.sub(pattern, name, key)
            found.setdefault(key, []).extend(errors)
        raise ValidationError(found) from None


class WhySerializer(StrictSerializer):
    """An optional reason."""

    why = Text(required=False, allow_blank=True, default="", help_text="Reason, for the history.")
