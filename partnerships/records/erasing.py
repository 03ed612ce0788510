"""Redacts an erased person from live texts, and keeps a list of those that were left, for the offices that keep them.

The list has records and names of fields, and nothing of the texts. It goes after 30 days.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import clock, record_types, search
from partnerships.core.access import SYSTEM, Author, Viewer, account_of, is_administrator, jurisdictions_written_by
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change, Record, model_field, type_key
from partnerships.core.snapshots import clear_prefetched, snapshot_fields
from partnerships.core.writing import bump_version, is_public_change, lock, log_change
from partnerships.directory import hooks
from partnerships.directory.models import Contact, Department, IssueArea, Jurisdiction, Organization
from partnerships.directory.search_entries import (
    department_entry,
    issue_area_entry,
    jurisdiction_entry,
    organization_entry,
)
from partnerships.meetings.meetings import is_public, update_sync_and_search
from partnerships.meetings.models import Meeting
from partnerships.records.imports.erasing import delete_contents
from partnerships.records.live_texts import (
    Matches,
    Place,
    Readers,
    changeable,
    find_matches,
    names_of_others,
    owner_of,
    places_naming,
    rows_at,
    rows_name,
    rows_naming,
    text_fields,
    token_of,
)
from partnerships.records.models import Erasure, LeftText
from partnerships.records.person_patterns import PersonPattern, is_searchable
from partnerships.records.redaction import ERASED, traces_of_person
from partnerships.registry import events, publication
from partnerships.registry.models import Partnership
from partnerships.reports import redaction as report_redaction
from partnerships.reports.models import Report

KEPT = timedelta(days=30)  # how long the list of what was left is kept
MOST_LEFT = 1000  # texts in that list; more are counted
REDACTED = "The account of someone who is named here was erased."  # the reason in a record's history
SHORT = "–"  # where there is no room for ERASED


@dataclass(frozen=True)
class Choice:
    """What the person who erases checked: tokens of matches that they saw, and whether to redact all that they didn't see."""

    tokens: frozenset[str] = frozenset()
    others: bool = False


class Search:
    """The patterns by which a person is found. Read them before the account is erased.

    `certain`: without names that may be someone else's (`shared`). What no one looks at is redacted by this one.
    """

    def __init__(self, person: Person) -> None:
        traces = traces_of_person(person, rows=False)
        contacts = Contact.objects.filter(email__iexact=person.email)
        addresses = traces.addresses | {row.email.lower() for row in person.emailaddress_set.all()}  # type: ignore[attr-defined]  # allauth has no types
        phones = set(contacts.values_list("phone", flat=True))
        self.shared = names_of_others(person, traces.names, addresses)
        self.pattern = PersonPattern(traces.names, addresses, phones)
        self.certain = PersonPattern(traces.names - self.shared, addresses, phones)
        self.redacted = 0  # live texts
        self.changed: set[tuple[str, int]] = set()  # (type, primary key) of records with redacted texts
        self.too_short = {name for name in traces.names if not is_searchable(name)}


def matches_of(person: Person, found_by: Search, *, by: Viewer) -> Matches:
    """The live texts that name a person, as far as `by` may change them. The caller checks that they may erase the person."""
    return find_matches(person, found_by.pattern, found_by.certain, by=by)


def redact_texts(person: Person, found_by: Search, choice: Choice, *, by: Author) -> None:
    """Redact the person from the texts that were chosen, and from imports and answers, which no one looks at.

    A text that changed since its page was shown, or that `by` may no longer change, is left. Only an administrator redacts
    texts that weren't shown. Call it in the transaction that erases the account, while `by` still has their rights.
    """
    delete_contents(found_by.certain)
    matches = matches_of(person, found_by, by=by)
    chosen = {match.place: match.token for match in matches.shown if match.token in choice.tokens}
    changed = _redact_places(chosen, found_by.pattern, by)
    if choice.others and is_administrator(by):
        shown = matches.places
        others = [place for place, _ in places_naming(found_by.certain, person=person) if place not in shown]
        found_by.redacted = len(_redact_places(dict.fromkeys(others, ""), found_by.certain, by))
    sealed = [place for place, _ in places_naming(found_by.certain, sealed=True)]
    _redact_places(dict.fromkeys(sealed, ""), found_by.certain, SYSTEM)
    found_by.redacted += len(changed)
    found_by.changed = {(type_key(owner), owner.pk) for owner in changed.values()}


def _redact_places(tokens: dict[Place, str], pattern: PersonPattern, by: Author) -> dict[Place, Model]:
    """Redact these texts, if they still have their token (place → token; "": whatever they say now).

    Returns place → record of those that were redacted. Records are locked in one order, each once.
    """
    rows = rows_at(tokens)
    by_owner: dict[tuple[str, int], tuple[Model, list[Place]]] = {}
    for place in tokens:
        if row := rows.get((place.model, place.pk)):
            owner = owner_of(row)
            by_owner.setdefault((owner._meta.label_lower, owner.pk), (owner, []))[1].append(place)
    done: dict[Place, Model] = {}
    changed: list[Record] = []
    for _, (owner, places) in sorted(by_owner.items(), key=lambda item: item[0]):
        with suppress(NotFound):  # deleted or merged at the same moment
            done |= dict.fromkeys(_redact_record(owner, places, tokens, pattern, by, changed), owner)
    with publication.publish_together():  # once all names are redacted, since records show those of others
        for record in changed:
            _rebuild(record)
    return done


def _redact_record(
    owner: Model,
    places: list[Place],
    tokens: dict[Place, str],
    pattern: PersonPattern,
    by: Author,
    changed: list[Record],
) -> list[Place]:
    """Redact texts of one record, and log that in its history, without the texts. Returns the redacted ones.

    Adds the record to `changed` if its snapshot did.
    """
    if not isinstance(owner, Record):
        return [place for place in places if _redact_place(place, tokens[place], pattern)]
    before = _snapshot(lock(owner, None))
    done = [place for place in places if _redact_place(place, tokens[place], pattern)]
    record = type(owner)._default_manager.get(pk=owner.pk)
    after = _snapshot(record)
    clear_prefetched(record)
    if before != after:
        bump_version(record, is_public=is_public_change(record, before, after))
        log_change(record, by=by, verb="redact", before={}, after={}, why=REDACTED)
        changed.append(record)
    return done


def _snapshot(record: Record) -> dict[str, Any]:
    try:
        return record_types.for_record(record).snapshot(record)
    except KeyError:  # no history shows it
        return snapshot_fields(record)


def _redact_place(place: Place, token: str, pattern: PersonPattern) -> bool:
    row = place.model._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk=place.pk).first()
    value = getattr(row, place.field, None)
    if row is None or not pattern.is_in(value) or token not in ("", token_of(place, value)):
        return False
    redacted = _redacted(model_field(place.model, place.field), value, pattern)
    if isinstance(row, Report) and place.field == "content":
        report_redaction.replace_content(row, redacted)
        return True
    setattr(row, place.field, redacted)
    if isinstance(getattr(row, "version", None), int) and not isinstance(row, Record):
        row.version += 1  # type: ignore[attr-defined]  # so that an open form doesn't bring the text back
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False  # it's left, and the list says so
    return True


def _redacted(field: models.Field, value: Any, pattern: PersonPattern) -> Any:
    redacted = pattern.replaced(value, ERASED)
    if isinstance(value, str) and field.max_length and len(redacted) > field.max_length:
        redacted = pattern.replaced(value, SHORT)
    if isinstance(field, models.EmailField | models.URLField) and field.blank:
        try:
            field.run_validators(redacted)
        except ValidationError:
            return ""
    return redacted


def _rebuild(record: Record) -> None:
    """Rewrite the stored document and the search entries of a record, as saving it does."""
    if isinstance(record, Partnership):
        entries = events.Entries()
        events.title_changed(record, entries)
        publication.publish({record.pk}, also=entries)
    elif isinstance(record, Meeting):
        update_sync_and_search(record, was_public=is_public(record))
    elif isinstance(record, Organization | Department | Jurisdiction | IssueArea):
        entries = {type_key(record): [_search_entry(record)]}
        if isinstance(record, Jurisdiction):  # which names its departments' entries
            entries["department"] = [department_entry(one) for one in record.departments.select_related("jurisdiction")]
        hooks.record_changed(record, shown=True, entries=entries)


def _search_entry(record: Organization | Department | Jurisdiction | IssueArea) -> search.Entry:
    if isinstance(record, Organization):
        return organization_entry(record)
    if isinstance(record, Department):
        return department_entry(record)
    return jurisdiction_entry(record) if isinstance(record, Jurisdiction) else issue_area_entry(record)


def _redact_history(found_by: Search) -> None:
    """Redact the person from all of the change log; a name that others may have only in the history of records whose texts were
    redacted.
    """
    fields = [model_field(Change, name) for name in ("before", "after", "why")]
    for entry in rows_naming(Change.objects.order_by("pk"), fields, found_by.pattern).iterator(500):
        pattern = found_by.pattern if (entry.record_type, entry.record_id) in found_by.changed else found_by.certain
        values = {field.name: pattern.replaced(getattr(entry, field.name), ERASED) for field in fields}
        if any(values[name] != getattr(entry, name) for name in values):
            values["why"] = values["why"][: fields[-1].max_length]
            Change.objects.filter(pk=entry.pk).update(**values)


# The list of what was left


def finish(found_by: Search, *, by: Author | None) -> Erasure:
    """Redact the history, and store which live texts still name the person. Call it last in the transaction of an erasure.

    `by`: None if the person did it. Texts that the readers of no record may read are only counted.
    """
    _redact_history(found_by)
    found, total = [], 0
    for match in places_naming(found_by.pattern):
        total += 1
        if total <= MOST_LEFT:
            found.append(match)
    readers = Readers(found)
    listed = [place for place, value in found if readers.may_be_listed(place, value)]
    erasure = Erasure.objects.create(
        at=clock.now(), by=account_of(by) if by else None, redacted=found_by.redacted, unlisted=total - len(listed)
    )
    LeftText.objects.bulk_create(
        LeftText(
            erasure=erasure,
            jurisdiction=office_of(readers.owners[place.model, place.pk]),
            model=place.model._meta.label_lower,
            row_id=place.pk,
            field=place.field,
        )
        for place in listed
    )
    return erasure


def office_of(owner: Model) -> Jurisdiction | None:
    """The jurisdiction whose staff keep a record, or the row of one."""
    if isinstance(owner, Jurisdiction):
        return owner
    for name in (
        "kept_by",
        "lead",
        "jurisdiction",
        "office",
        "partnership",
        "department",
        "organization",
        "definition",
    ):
        if value := getattr(owner, name, None):
            return office_of(value)
    return None


def erasures_visible_to(person: Viewer) -> QuerySet[Erasure]:
    """For administrators, and for the editors of the offices that keep what was left."""
    if is_administrator(person):
        return Erasure.objects.all()
    return Erasure.objects.filter(pk__in=left_texts_visible_to(person).values("erasure"))


def left_texts_visible_to(person: Viewer) -> QuerySet[LeftText]:
    """What was left in the records that the person's offices keep; for administrators, anywhere."""
    if is_administrator(person):
        return LeftText.objects.all()
    return LeftText.objects.filter(jurisdiction__in=jurisdictions_written_by(person))


def erasure(person: Viewer, pk: int) -> Erasure:
    """Raises NotFound."""
    found = erasures_visible_to(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@dataclass
class Left:
    """A text that was left: the record that it belongs to (None if the reader may not see it), and the label of its field."""

    record: Model | None
    label: str


def left_in(erasure: Erasure, person: Viewer) -> list[Left]:
    """What was left and is still there, as far as the person sees it. One query for each kind of record, and of row."""
    models_by_label = {model._meta.label_lower: model for model in text_fields()}
    places = [
        Place(models_by_label[row.model], row.row_id, row.field)
        for row in left_texts_visible_to(person).filter(erasure=erasure).order_by("pk")
        if row.model in models_by_label
    ]
    rows, found = rows_at(places), []
    owners = {key: owner_of(row) for key, row in rows.items()}
    seen, changeable_rows = _seen_by(person, owners.values()), changeable(person, rows)
    for place in places:
        if (key := (place.model, place.pk)) in rows:
            owner = owners[key]
            is_seen = (type(owner), owner.pk) in seen or key in changeable_rows
            found.append(Left(owner if is_seen else None, label_of(place, owner)))
    return found


def _seen_by(person: Viewer, owners: Iterable[Model]) -> set[tuple[type[Model], int]]:
    pks: dict[type[Model], set[int]] = {}
    for owner in owners:
        pks.setdefault(type(owner), set()).add(owner.pk)
    seen: set[tuple[type[Model], int]] = set()
    for kind in record_types.all_types():
        if wanted := pks.get(kind.model):
            found = kind.visible_to(person).filter(pk__in=wanted).order_by().values_list("pk", flat=True)
            seen |= {(kind.model, pk) for pk in found}
    return seen


def label_of(place: Place, owner: Model) -> str:
    """What people call a text: the field of the record, or the field of a row in it."""
    field = model_field(place.model, place.field)
    kind = next((one for one in record_types.all_types() if one.model is type(owner)), None)
    label = gettext(kind.name_of(place.field)) if kind else capfirst(gettext(str(field.verbose_name)))
    if type(owner) is place.model:
        return label
    name = rows_name(place.model)
    rows = gettext(kind.name_of(name)) if kind and name else capfirst(gettext(str(place.model._meta.verbose_name)))
    return f"{rows}: {label}"


def delete_expired() -> int:
    """Delete lists that are older than 30 days."""
    return Erasure.objects.filter(at__lte=clock.now() - KEPT).delete()[0]
