"""Loads reference data: the terms of open vocabularies, and the places of chosen states in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from partnerships.core import clock, ids, search
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.stamps import next_stamp
from partnerships.core.trees import set_path
from partnerships.core.writing import change
from partnerships.directory.identifying import withdraw_confirmation
from partnerships.directory.matching import PERHAPS
from partnerships.directory.models import Identifier, Jurisdiction, Term
from partnerships.directory.name_similarity import name_similarity
from partnerships.directory.reference import SOURCE, places_of, state_codes
from partnerships.directory.reference.vocabularies import TERMS
from partnerships.directory.snapshots import CONFIRMED

if TYPE_CHECKING:
    from partnerships.directory.reference import Place

WHY = "reference file of US places"
VALUES = ("state", "latitude", "longitude", "population")
BATCH = 500


@dataclass
class LoadResult:
    """How many places of a state were new, changed and unchanged."""

    created: int = 0
    changed: int = 0
    same: int = 0


def add_missing_terms() -> int:
    """Add the terms that are missing from the open vocabularies.

    Keeps what staff changed or retired. Returns how many.
    """
    have = set(Term.objects.values_list("vocabulary", "key"))
    missing = [Term(**term) for term in TERMS if (term["vocabulary"], term["key"]) not in have]
    for term in missing:
        term.full_clean()
    Term.objects.bulk_create(missing)
    return len(missing)


def check_states(codes: Sequence[str]) -> list[str]:
    """These codes in capitals without repeats.

    Raises ValidationError, listing all codes, for one that isn't in the file.
    """
    wanted, known = list(dict.fromkeys(code.upper() for code in codes)), state_codes()
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise ValidationError(
            "“%(unknown)s” isn’t a state in the reference file. Known: %(known)s.",
            code="unknown_state",
            params={"unknown": ", ".join(unknown), "known": " ".join(known)},
        )
    return wanted


@transaction.atomic
def load_state(code: str) -> LoadResult:
    """Load a state with its counties and cities: add missing places, matched by identifier, and complete existing
    ones.

    Values that a person entered are never replaced; only empty ones are filled. A place that came with the sample
    becomes part of the directory.
    """
    places = places_of(code)
    found = _found_by_identifier(places)
    _keep_sample_rows(found.values())
    state_place, others = places[0], places[1:]
    loaded = LoadResult()
    state = found.get(state_place) or _create([state_place], parent=None)[0]
    _update_places(loaded, {state_place: state} if state_place in found else {}, parent=None)
    below = {place: record for place, record in found.items() if place is not state_place}
    _update_places(loaded, below, parent=state)
    new = [place for place in others if place not in found]
    for start in range(0, len(new), BATCH):
        _create(new[start : start + BATCH], parent=state)
    loaded.created = len(new) + (state_place not in found)
    return loaded


def _found_by_identifier(places: "Sequence[Place]") -> "dict[Place, Jurisdiction]":
    """Place → the jurisdiction that already has one of its identifiers: confirmed, or with a similar name.

    A number that someone typed says by itself of no jurisdiction that it is the place.
    """
    have: dict[tuple[str, str], list[Identifier]] = {}
    for scheme in ("geoid", "ocd"):
        values = [value for place in places for s, value in place.identifiers if s == scheme]
        rows = Identifier.objects.filter(scheme=scheme, value__in=values, jurisdiction__isnull=False)
        for row in rows.select_related("jurisdiction__parent").order_by("-is_confirmed", "pk"):
            have.setdefault((scheme, row.value), []).append(row)
    matches = {
        place: next(
            (row.jurisdiction for key in place.identifiers for row in have.get(key, ()) if _is_of(row, place)), None
        )
        for place in places
    }
    return {place: record for place, record in matches.items() if record}


def _is_of(row: Identifier, place: "Place") -> bool:
    """Whether a number says that its jurisdiction is this place."""
    assert row.jurisdiction is not None
    return row.is_confirmed or name_similarity(row.jurisdiction.name, place.name).score >= PERHAPS


def _keep_sample_rows(records: Iterable) -> None:
    Jurisdiction.objects.filter(pk__in=[r.pk for r in records if r.is_sample]).update(is_sample=False)


def _create(places: "Sequence[Place]", *, parent: Jurisdiction | None) -> list[Jurisdiction]:
    moment, stamp = clock.now(), next_stamp()
    new_ids = _new_public_ids(len(places))
    records = [
        Jurisdiction(
            public_id=public_id,
            stamp=stamp,
            created_at=moment,
            updated_at=moment,
            source=SOURCE,
            name=place.name,
            kind=place.kind,
            state=place.state,
            latitude=place.latitude,
            longitude=place.longitude,
            population=place.population,
            zone=place.zone,
            parent=parent,
        )
        for place, public_id in zip(places, new_ids, strict=True)
    ]
    Jurisdiction.objects.bulk_create(records)
    rows = Jurisdiction.objects.filter(pk__in=[record.pk for record in records])
    root = Value(parent.path if parent else "/")
    rows.update(path=Concat(root, Cast("pk", CharField()), Value("/")))
    _unconfirm_on_other_records(number for place in places for number in place.identifiers)
    Identifier.objects.bulk_create(
        Identifier(jurisdiction=record, scheme=scheme, value=value, **_confirmation())
        for place, record in zip(places, records, strict=True)
        for scheme, value in place.identifiers
    )
    Change.objects.bulk_create(
        Change(
            at=moment,
            why=WHY,
            verb="create",
            record_type="jurisdiction",
            record_id=record.pk,
            public_id=record.public_id,
            after=snapshot_fields(record),
        )
        for record in records
    )
    search.index("jurisdiction", [search.Entry(r.pk, True, r.name, r.get_kind_display()) for r in records])
    for record in records:
        record.path = f"{root.value}{record.pk}/"
    return records


def _new_public_ids(number: int) -> list[str]:
    """This many ids that no jurisdiction has."""
    fresh: set[str] = set()
    while len(fresh) < number:
        drawn = {ids.new_id(Jurisdiction.ID_PREFIX) for _ in range(number - len(fresh))}
        fresh |= drawn - set(Jurisdiction.objects.filter(public_id__in=drawn).values_list("public_id", flat=True))
    return sorted(fresh)


def _update_places(loaded: LoadResult, found: "dict[Place, Jurisdiction]", *, parent: Jurisdiction | None) -> None:
    """Complete the jurisdictions that were found, and add to `loaded` how many changed.

    In jurisdictions that a person has edited, only empty fields are filled.
    """
    touched = set(
        Change.objects.filter(
            record_type="jurisdiction", record_id__in=[record.pk for record in found.values()], by__isnull=False
        ).values_list("record_id", flat=True)
    )
    for place, record in found.items():
        if _update(record, place, parent=parent, only_empty=record.pk in touched):
            loaded.changed += 1
        else:
            loaded.same += 1


def _update(record: Jurisdiction, place: "Place", *, parent: Jurisdiction | None, only_empty: bool) -> bool:
    """Complete an existing jurisdiction. Returns whether anything changed."""
    values = {name: getattr(place, name) for name in VALUES if getattr(place, name) not in (None, "")}
    differing = {
        name: value
        for name, value in values.items()
        if getattr(record, name) != value and (not only_empty or getattr(record, name) in (None, ""))
    }
    if record.parent is None and parent is not None:
        differing["parent"] = parent
    rows = list(record.identifiers.all())
    missing = [pair for pair in place.identifiers if pair[0] not in {row.scheme for row in rows}]
    claimed = [row.pk for row in rows if not row.is_confirmed and (row.scheme, row.value) in place.identifiers]
    if not (differing or missing or claimed):
        return False
    with change(record, by=SYSTEM, verb="update", snapshot=_snapshot, why=WHY) as writing:
        for name, value in differing.items():
            setattr(writing.record, name, value)
        writing.record.full_clean()
        writing.record.save()
        set_path(writing.record)
        _unconfirm_on_other_records(missing)
        for scheme, value in missing:
            if not Identifier.objects.filter(scheme=scheme, value=value, is_confirmed=True).exists():
                row = Identifier(scheme=scheme, value=value, jurisdiction=writing.record, **_confirmation())
                row.save()
        Identifier.objects.filter(pk__in=claimed).update(**_confirmation())
    return writing.changed


def _unconfirm_on_other_records(numbers: Iterable[tuple[str, str]]) -> None:
    """Unconfirm these numbers (scheme, value) on organizations and departments: they belong to governments."""
    values = [value for _, value in numbers]
    rows = Identifier.objects.filter(
        value__in=values, scheme__in=("geoid", "ocd"), jurisdiction=None, is_confirmed=True
    )
    for row in rows:
        withdraw_confirmation(identifier=row, by=SYSTEM)


def _confirmation() -> dict[str, Any]:
    """The reference list is a source: it confirms the identifiers that it has for a place."""
    return {"is_confirmed": True, "confirmed_source": SOURCE[:200], "confirmed_at": clock.now()}


def _snapshot(record: Jurisdiction) -> dict[str, Any]:
    identifiers = record.identifiers.order_by("scheme", "value").values("scheme", "value")
    confirmed = list(identifiers.filter(is_confirmed=True))
    return snapshot_fields(record) | {"identifiers": list(identifiers), CONFIRMED: confirmed}
