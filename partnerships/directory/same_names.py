"""Which organizations and departments have a name that looks like another one (`skeletons`), whatever its spelling."""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from partnerships.core.models import type_key
from partnerships.directory.matching import names_of_line
from partnerships.directory.models import Department, NameSkeleton, Organization
from partnerships.directory.skeletons import skeletons

BATCH = 500


def keep_names(record: Organization | Department) -> None:
    """Store the skeletons of the record's names. Those of its former names stay."""
    _add([record])


def rebuild(model: type[Organization] | type[Department]) -> int:
    """Store the skeletons of all names of these records; returns how many were missing."""
    before = NameSkeleton.objects.count()
    for records in _batches(model.objects.order_by("pk")):
        _add(records)
    return NameSkeleton.objects.count() - before


def missing(model: type[Organization] | type[Department]) -> Iterator[Organization | Department]:
    """The records with a name whose skeleton isn't stored."""
    kind = type_key(model)
    for records in _batches(model.objects.order_by("pk")):
        stored: set[tuple[int, str]] = set(
            NameSkeleton.objects.filter(**{f"{kind}__in": records}).values_list(f"{kind}_id", "text")
        )
        yield from (one for one in records if {(one.pk, text) for text in skeletons_of(names_of(one))} - stored)


def names_of(record: Organization | Department) -> tuple[str, ...]:
    return (record.name, *names_of_line(record.other_names))


def had_name(record: Organization | Department, name: str) -> bool:
    """Whether this name, in some spelling, is or was one of the record's. One query, but for its name as it is."""
    if name == record.name:
        return True
    return record.name_skeletons.filter(text__in=skeletons(name)).exists()


def skeletons_of(names: Iterable[str]) -> set[str]:
    return {text for name in names for text in skeletons(name)}


def named_like(names: Iterable[str]) -> Q:
    """A Q for organizations or departments that have, or had, a name that looks like one of these."""
    return Q(name_skeletons__text__in=skeletons_of(names))


def _add(records: Iterable[Organization | Department]) -> None:
    rows = [
        NameSkeleton(text=text, **{type_key(one): one})
        for one in records
        for text in sorted(skeletons_of(names_of(one)))
    ]
    NameSkeleton.objects.bulk_create(rows, ignore_conflicts=True)


def _batches(rows: QuerySet) -> Iterator[list]:
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk
