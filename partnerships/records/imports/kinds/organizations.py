"""Organizations in a file: matched by public id or name, compared with the office's records, and saved."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from partnerships.core.access import WRITING_ROLES
from partnerships.core.importing import Item
from partnerships.directory.actions import save_organization
from partnerships.directory.choices import Listing
from partnerships.directory.duplicates import similar_organizations_to_each
from partnerships.directory.matching import Known, names_of_line, number_of
from partnerships.directory.models import Organization
from partnerships.directory.rules import identifiers_visible_to, organizations_kept_by, organizations_visible_to
from partnerships.records.imports.fields import LISTS, ORGANIZATIONS, SINGLE
from partnerships.records.imports.items import (
    Importer,
    accepted_values,
    by_name,
    check_texts,
    compare_fields,
    declared_distinct,
    differ,
    find_duplicates,
    find_records,
    in_batches,
    read_rows,
    refuse_same_record,
    save,
)

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

TEXTS = ORGANIZATIONS.names(Organization, "text")
PLAIN = ORGANIZATIONS.names(Organization, *SINGLE)
MANY = ORGANIZATIONS.names(Organization, *LISTS)
NUMBERS = ("ein", "uei")
_SUGGEST = "so your import can’t change it. Delete the row, and send a suggestion from its page."
_KEEPS_ITSELF = f"This organization keeps its own record, {_SUGGEST}"
_NOT_YOURS = f"Another office keeps this record, {_SUGGEST}"
_UNKNOWN = "We can’t find an organization with this ID. Copy the ID from its page, or leave the cell empty."
_SEVERAL = "Your office keeps more than one organization with this name. Enter the ID of the one you mean."


def compare(job: "Job", *, alike: dict[str, Any] | None = None, tell: Callable = lambda done: None) -> list:
    items = read_rows(job)
    for item in items:
        check_texts(job, item, Organization, TEXTS)
        item.title = item.values.get("name", "")
    _find(job, items)
    refuse_same_record(job, items)
    _compare(job, items)
    _refuse_numbers(job, items)
    _look_for_alike(job, items, alike, tell)
    return items


def _find(job: "Job", items: Sequence[Item]) -> None:
    find_records(
        job,
        items,
        names=by_name(Organization.objects.filter(kept_by=job.jurisdiction)),
        seen=organizations_visible_to(job.person),
        rows=Organization.objects.select_related("kind", "kept_by"),
        name="name",
        needs=("name",),
        several=_SEVERAL,
        unknown=_UNKNOWN,
    )
    _refuse_others(job, items)


def _refuse_others(job: "Job", items: Sequence[Item]) -> None:
    found = {item.record.pk for item in items if item.record}
    mine = set(in_batches(organizations_kept_by(job.person).values_list("pk", flat=True), found))
    theirs = Organization.objects.filter(memberships__role__in=WRITING_ROLES).values_list("pk", flat=True)
    themselves = set(in_batches(theirs, found))
    for item in items:
        if item.record and item.record.pk in themselves:
            item.refuse(_KEEPS_ITSELF, job.label("name"))
        elif item.record and item.record.pk not in mine:
            item.refuse(_NOT_YOURS, job.label("name"))


def _compare(job: "Job", items: Sequence[Item]) -> None:
    for item in compare_fields(job, items, PLAIN, MANY, reads=("identifiers",)):
        for scheme in NUMBERS:
            there = next((row.value for row in item.record.identifiers.all() if row.scheme == scheme), "")
            differ(job, item, scheme, there, same=lambda a, b, s=scheme: number_of(s, a) == number_of(s, b))
    for item in items:
        listing = item.values.get("listing", getattr(item.record, "listing", ""))
        source = item.values.get("listing_source", getattr(item.record, "listing_source", ""))
        if listing == Listing.NAMED and "listing" in item.values and not source:
            item.refuse(
                "“Named only” needs the published source that names it. Enter the source.", job.label("listing_source")
            )


def _refuse_numbers(job: "Job", items: Sequence[Item]) -> None:
    """Refuse an identifier that another record has, as far as this person may see, or that is in the file twice."""
    asked: dict[str, list[tuple[Item, str]]] = {}
    seen: dict[tuple[str, str], Item] = {}
    for item in items:
        for scheme in NUMBERS:
            if value := item.values.get(scheme):
                asked.setdefault(value, []).append((item, scheme))
                asked.setdefault(number_of(scheme, value)[1], []).append((item, scheme))
                first = seen.setdefault((scheme, value), item)
                if first is not item:
                    item.refuse(
                        f"Row {first.row} has the same number. Each number belongs to one record.", job.label(scheme)
                    )
    for row in in_batches(identifiers_visible_to(job.person).filter(scheme__in=NUMBERS), asked, "value__in"):
        for item, scheme in asked[row.value]:
            is_own = item.record is not None and row.organization_id == item.record.pk
            if row.scheme == scheme and not is_own:
                item.extra.setdefault("taken", []).append((scheme, row.organization_id))


def _look_for_alike(job: "Job", items: Sequence[Item], alike: dict[str, Any] | None, tell: Callable) -> None:
    """Find likely duplicates of new organizations, for the person to decide."""
    find_duplicates(
        job,
        items,
        alike,
        tell,
        lambda some: similar_organizations_to_each(job.person, {key: _known(one) for key, one in some.items()}),
    )
    for item in items:
        shown = {one.record.pk for one in item.alike}
        for scheme, owner in item.extra.get("taken", ()):
            if owner not in shown:
                item.refuse("Another record already has this number. Check whether it’s the same.", job.label(scheme))


def _known(item: Item) -> Known:
    values = item.values
    return Known(
        values["name"],
        other_names=names_of_line(values.get("other_names", "")),
        website=values.get("website", ""),
        identifiers=frozenset(number_of(scheme, values[scheme]) for scheme in NUMBERS if scheme in values),
        address=values.get("address", ""),
        places=tuple((place.path, place.name) for place in values.get("area", ())),
    )


def write(job: "Job", items: Sequence[Item]) -> Organization | None:
    (item,) = items
    keys = {*item.values} - {"id"} if item.record is None else accepted_values(job, item)
    fields = {key: item.values[key] for key in keys if key not in NUMBERS}
    numbers = {scheme: item.values[scheme] for scheme in NUMBERS if scheme in keys}
    if item.record is None:
        fields["kept_by"] = job.jurisdiction
    return save(
        job,
        item,
        save_organization,
        "organization",
        fields=fields,
        identifiers=_identifiers(item.record, numbers) if numbers else None,
        apart_from=declared_distinct(job, item),
    )


def _identifiers(record: Organization | None, numbers: dict[str, str]) -> list[dict[str, Any]]:
    rows = [
        {"id": row.pk} | ({"value": numbers.pop(row.scheme)} if row.scheme in numbers else {})
        for row in (record.identifiers.all() if record else ())
    ]
    return rows + [{"scheme": scheme, "value": value} for scheme, value in numbers.items()]


def _locate_error(items: Sequence[Item], name: str, index: str, inner: str) -> tuple[Item, str]:
    return items[0], "ein" if name == "identifiers" else name


IMPORTER = Importer(compare, write, locate_error=_locate_error, alike=Organization)
