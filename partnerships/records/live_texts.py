"""Every live text of the registry that names a person, and which of them someone may read and change.

The texts are found from the models, so that a new field is searched too. Most belong to a record: someone who may change
it sees them, if they are part of its snapshot, which its history shows as well. What isn't part of it, such as a partner's
own note, is shown to no one and only counted. Answers of a round aren't even counted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models
from django.db.models import F, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from partnerships.accounts.claim_rules import claims_visible_to
from partnerships.accounts.models import ApiToken, Claim, Person
from partnerships.accounts.service_rules import service_tokens_visible_to
from partnerships.assessment.models import Respondent
from partnerships.core import record_types
from partnerships.core.access import Viewer, is_administrator, jurisdictions_written_by, organizations_written_by
from partnerships.core.models import NAMES, Change, Record, SearchEntry, SearchGram, SearchWord, SubmittedForm, type_key
from partnerships.core.search_snippets import cut
from partnerships.core.snapshots import serialize, with_named
from partnerships.directory.models import (
    Contact,
    Department,
    Jurisdiction,
    NameSkeleton,
    Organization,
    SiteText,
    Suggestion,
    Term,
    Wording,
)
from partnerships.directory.rules import suggestions_to_decide
from partnerships.records.person_patterns import PersonPattern, is_full_name, texts_in
from partnerships.registry.models import Partnership, Publication
from partnerships.reports.models import Report, ReportDefinition
from partnerships.webhooks.models import Webhook
from partnerships.webhooks.rules import webhooks_visible_to

MOST_SHOWN = 200
MOST_READ = 1000  # matches whose records are read
BATCH = 500
# Rebuilt from records with each save; the log, which `redaction` redacts; and encrypted pages.
_NOT_SEARCHED = {Publication, SearchEntry, SearchWord, SearchGram, NameSkeleton, Change, SubmittedForm}

_KEYS = ("public_id", "path")


class Place(NamedTuple):
    """Where a text is."""

    model: type[Model]
    pk: int
    field: str


@dataclass
class Match:
    """A text that names the person, as its page shows it.

    `owner`: the record that it belongs to, or the row itself. `token`: the place and the text, so that a press means what its
    page showed. `is_safe`: no one else can be meant, so that it may be redacted without a second look.
    """

    place: Place
    owner: Model
    token: str
    snippet: tuple[str, str, str]
    is_safe: bool


@dataclass
class Matches:
    """The matches that someone may see, at most MOST_SHOWN, and how many there are in all."""

    shown: list[Match]
    total: int

    @property
    def others(self) -> int:
        """How many aren't shown."""
        return self.total - len(self.shown)

    @property
    def places(self) -> set[Place]:
        return {match.place for match in self.shown}


@cache
def text_fields() -> dict[type[Model], tuple[models.Field, ...]]:
    """The fields of all models that can hold what people typed: any text but choices and keys of records."""
    found: dict[type[Model], tuple[models.Field, ...]] = {}
    for model in apps.get_models():
        if model not in _NOT_SEARCHED and model._meta.app_label in ("partnerships", "admin"):
            fields = tuple(
                field
                for field in model._meta.concrete_fields
                if isinstance(field, (models.CharField, models.TextField, models.JSONField))
                and not (field.choices or field.primary_key or field.name in _KEYS)
            )
            found |= {model: fields} if fields else {}
    return found


def rows_naming(rows: QuerySet, fields: Iterable[models.Field], pattern: PersonPattern) -> QuerySet:
    """The rows that may name the person in one of these fields. A caller looks at the texts again."""
    if not pattern.stored:
        return rows.none()
    wanted, texts = Q(), {}
    for field in fields:
        name = field.name
        if isinstance(field, models.JSONField):
            name = f"text_of_{field.name}"
            texts[name] = Cast(F(field.name), TextField())
            if connection.vendor == "sqlite":  # which stores characters beyond ASCII as escapes
                wanted |= Q(**{f"{name}__contains": "\\u"})
        wanted |= Q(**{f"{name}__regex": pattern.stored})
    return rows.annotate(**texts).filter(wanted)


def places_naming(
    pattern: PersonPattern, *, person: Person | None = None, sealed: bool = False
) -> Iterator[tuple[Place, Any]]:
    """The place and the value of each text that names them. One query for each model with texts.

    `person`: leave out what is erased with this account anyway. `sealed`: texts of respondents instead of all others.
    """
    for model, fields in text_fields().items():
        if (Respondent in _path_models(model)) != sealed:
            continue
        rows = model._base_manager.order_by("pk")
        if model is Person:  # of other people, their names are theirs
            rows = rows.filter(is_service=True)
        if person:
            rows = _without_own(rows, pattern, person)
        names = [field.name for field in fields]
        for pk, *values in rows_naming(rows, fields, pattern).values_list("pk", *names).iterator(BATCH):
            for name, value in zip(names, values, strict=True):
                if value and pattern.is_in(value):
                    yield Place(model, pk, name), value


def _without_own(rows: QuerySet, pattern: PersonPattern, person: Person) -> QuerySet:
    """Without the rows of their account, the suggestions that they sent, and the contacts with their address, about which
    they are asked separately.
    """
    for field in rows.model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is Person and _is_part(field):
            rows = rows.exclude(**{field.name: person})
    if rows.model is Suggestion:
        return rows.exclude(address__iexact=person.email)
    return rows.exclude(email__iexact=person.email) if rows.model is Contact else rows


# The records that texts belong to


def _is_part(field: models.Field) -> bool:
    return field.remote_field.on_delete is models.CASCADE  # type: ignore[union-attr]  # a foreign key has one


def _parents(model: type[Model]) -> list[models.ForeignKey]:
    """The foreign keys to what a row is part of, those first that are always set."""
    keys = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and _is_part(field) and field.related_model is not Person
    ]
    return sorted(keys, key=lambda field: field.null)


@cache
def _path_models(model: type[Model]) -> frozenset[type[Model]]:
    """The model, and those that its rows are part of, up to records."""
    found = {model}
    if not issubclass(model, Record):
        for field in _parents(model):
            assert isinstance(field.related_model, type)
            found |= _path_models(field.related_model)
    return frozenset(found)


@cache
def _paths(model: type[Model]) -> tuple[str, ...]:
    """The relations from a row to the records that it may be part of."""
    found: list[str] = []
    for field in () if issubclass(model, Record) else _parents(model):
        assert isinstance(field.related_model, type)
        found += [field.name, *(f"{field.name}__{path}" for path in _paths(field.related_model))]
    return tuple(found)


def owner_of(row: Model) -> Model:
    """The record that a row belongs to, or the row itself. Reads nothing of rows from `rows_at`."""
    if isinstance(row, Record):
        return row
    for field in _parents(type(row)):
        if getattr(row, field.attname) is not None:
            return owner_of(getattr(row, field.name))
    return row


def rows_at(places: Iterable[Place]) -> dict[tuple[type[Model], int], Model]:
    """(model, primary key) → row, with what it belongs to. One query for each model and BATCH rows."""
    keys: dict[type[Model], list[int]] = {}
    for place in dict.fromkeys((place.model, place.pk) for place in places):
        keys.setdefault(place[0], []).append(place[1])
    found = {}
    for model, pks in keys.items():
        for start in range(0, len(pks), BATCH):
            rows = model._base_manager.filter(pk__in=pks[start : start + BATCH])
            paths = _paths(model)
            for row in rows.select_related(*paths) if paths else rows:
                found[model, row.pk] = row
    return found


# What someone may read and change


def _own_reports(person: Viewer) -> QuerySet:
    own = Q(jurisdiction__in=jurisdictions_written_by(person)) | Q(organization__in=organizations_written_by(person))
    return ReportDefinition.objects.filter(own)


def _if_administrator(model: type[Model]) -> Callable[[Any], QuerySet]:
    return lambda person: model._default_manager.all() if is_administrator(person) else model._default_manager.none()


# Texts that are in no snapshot, but that someone may change: model → the rows.
_CHANGED_BY: dict[type[Model], Callable[[Any], QuerySet]] = {
    Suggestion: suggestions_to_decide,
    Claim: claims_visible_to,
    ApiToken: service_tokens_visible_to,
    Webhook: webhooks_visible_to,
    ReportDefinition: _own_reports,
    Report: lambda person: Report.objects.filter(definition__in=_own_reports(person)),
    **{model: _if_administrator(model) for model in (SiteText, Term, Wording)},
}


def changeable(person: Viewer, keys: Iterable[tuple[type[Model], int]]) -> set[tuple[type[Model], int]]:
    """Which of these rows that are in no snapshot the person may change. One query for each of their models."""
    found, keys = set(), list(keys)
    for model, rows in _CHANGED_BY.items():
        if pks := [pk for of_model, pk in keys if of_model is model]:
            found |= {(model, pk) for pk in rows(person).filter(pk__in=pks).order_by().values_list("pk", flat=True)}
    return found


def _has_row(snapshot: Any, row: Model, name: str) -> bool:
    """Whether a snapshot has this row with this field: an object that has values of the row and nothing else, but for rows below
    it. The same text in another row isn't it.
    """
    if isinstance(snapshot, list):
        return any(_has_row(inner, row, name) for inner in snapshot)
    if not isinstance(snapshot, dict):
        return False
    fields = {field.name: field for field in row._meta.concrete_fields}
    own = {key: value for key, value in snapshot.items() if key in fields or not isinstance(value, list | dict)}
    is_row = name in own and own.keys() <= fields.keys()
    if is_row and all(
        fields[key].is_relation or value == serialize(getattr(row, fields[key].attname)) for key, value in own.items()
    ):
        return True
    return any(_has_row(inner, row, name) for inner in snapshot.values())


def may_change(person: Viewer, record: Model) -> bool:
    """Whether the person may change a record of the registered types."""
    kind = record_types.for_record(record)
    try:
        return bool(kind.may_write(person, record))
    except LookupError:  # no page changes it
        return is_administrator(person)


class Readers:
    """Who may read the texts at these places, and change them. Reads all of it in advance."""

    def __init__(self, found: list[tuple[Place, Any]]) -> None:
        self.rows = rows_at(place for place, _ in found)
        self.owners = {key: owner_of(row) for key, row in self.rows.items()}
        self._records: dict[tuple[type[Model], int], Model] = {}
        self._snapshots: dict[tuple[type[Model], int], dict[str, Any]] = {}
        for kind in record_types.all_types():
            pks = {owner.pk for owner in self.owners.values() if type(owner) is kind.model}
            # Again, together with the records that their snapshots name.
            records = list(with_named(kind.model._default_manager.filter(pk__in=pks))) if pks else []
            if records:
                kind.read_for_snapshots(records)
            for record in records:
                self._records[kind.model, record.pk] = record
                self._snapshots[kind.model, record.pk] = kind.snapshot(record)

    def record_of(self, place: Place, value: Any) -> Model | None:
        """The record whose history has this text. None if its readers may not read it."""
        row, owner = self.rows.get((place.model, place.pk)), self.owners.get((place.model, place.pk))
        snapshot = self._snapshots.get((type(owner), owner.pk)) if owner else None
        if snapshot is None or row is None:
            return None
        is_in = snapshot.get(place.field) == value if row == owner else _has_row(snapshot, row, place.field)
        return owner if is_in else None

    def may_be_listed(self, place: Place, value: Any) -> bool:
        """Whether a list may say that this text names someone: more people than its author may read it."""
        return place.model in _CHANGED_BY or self.record_of(place, value) is not None

    def changed_by(self, person: Viewer) -> Callable[[Place, Any], bool]:
        """Whether the person may change a text. One query for each of the models that have no snapshots."""
        allowed = changeable(person, self.rows)
        writable = {key for key, record in self._records.items() if may_change(person, record)}

        def changes(place: Place, value: Any) -> bool:
            if place.model in _CHANGED_BY:
                return (place.model, place.pk) in allowed
            record = self.record_of(place, value)
            return record is not None and (type(record), record.pk) in writable

        return changes


def find_matches(person: Person, pattern: PersonPattern, certain: PersonPattern, *, by: Viewer) -> Matches:
    """The texts that name a person and that `by` may change. `certain`: the same without names that others may have."""
    found, total = [], 0
    for match in places_naming(pattern, person=person):
        total += 1
        if total <= MOST_READ:
            found.append(match)
    readers = Readers(found)
    shown: list[Match] = []
    changes = readers.changed_by(by)
    for place, value in found:
        if len(shown) < MOST_SHOWN and changes(place, value):
            owner = readers.owners[place.model, place.pk]
            shown.append(
                Match(place, owner, token_of(place, value), _snippet(value, pattern), _is_safe(place, value, certain))
            )
    return Matches(sorted(shown, key=lambda match: (type_key(match.owner), match.owner.pk)), total)


def token_of(place: Place, value: Any) -> str:
    """A place and a digest of its text, as a form sends them."""
    digest = sha256(repr(value).encode()).hexdigest()[:16]
    return f"{place.model._meta.label_lower}.{place.pk}.{place.field}.{digest}"


def _snippet(value: Any, pattern: PersonPattern) -> tuple[str, str, str]:
    for text in texts_in(value):
        if place := pattern.find(text):
            return cut(text, *place.span())
    raise ValueError("The text doesn’t name the person.")


def _is_safe(place: Place, value: Any, certain: PersonPattern) -> bool:
    """The name of a record isn't safe to change, no matter who it names."""
    is_name = issubclass(place.model, Record) and place.field in NAMES
    return certain.is_in(value) and not is_name


_NAMED = ((Organization, "name"), (Department, "name"), (Jurisdiction, "name"), (Partnership, "title"))


def names_of_others(person: Person, names: Iterable[str], addresses: Iterable[str]) -> set[str]:
    """Which of these names may mean someone or something else: a single word, or the name of a record, of another account,
    or of a contact with another address. Six queries for each full name.
    """
    shared = set()
    for name in names:
        whole = PersonPattern({name}, (), ()).stored
        others: list[tuple[QuerySet, str]] = [(model._default_manager.all(), field) for model, field in _NAMED]
        others.append((Person.objects.exclude(pk=person.pk), "name"))
        contacts = Contact.objects.all()
        for address in addresses:
            contacts = contacts.exclude(email__iexact=address)
        others.append((contacts, "name"))
        if not is_full_name(name) or any(
            rows.filter(**{f"{field}__regex": f"^({whole})$"}).exists() for rows, field in others
        ):
            shared.add(name)
    return shared


def rows_name(model: type[Model]) -> str:
    """The name by which a record knows rows of a model, such as “contacts”; "" if it has none."""
    names = (field.remote_field.related_name or "" for field in _parents(model))
    return next((name for name in names if name and not name.endswith("+")), "")
