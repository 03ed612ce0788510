"""Organizations, jurisdictions and departments as rows of a file, each as its reader may see it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from partnerships.core import record_types
from partnerships.core.access import Viewer
from partnerships.core.exports import Export
from partnerships.directory import queries, rules
from partnerships.directory.models import Department, Jurisdiction, Organization

_PROFILE = record_types.get("organization").in_files()
_JURISDICTION = ("public_id", "name", "kind", "state", "stage", "population", "website")


def _organizations(person: Viewer, rows: Sequence[Organization], full_url: Callable[[str], str]) -> Iterator[list]:
    shown = rules.fields_shown(person, rows)
    for record in rows:
        profile = [getattr(record, name) if name in shown[record.pk] else "" for name in _PROFILE]
        kind = record.kind.key if record.kind and "kind" in shown[record.pk] else ""
        page = full_url(record.get_absolute_url())
        yield [record.public_id, record.name, record.side, record.listing, kind, *profile, record.closed_on, page]


def _jurisdictions(person: Viewer, rows: Iterable[Jurisdiction], full_url: Callable[[str], str]) -> Iterator[list]:
    for record in rows:
        page = full_url(record.get_absolute_url())
        yield [*(getattr(record, name) for name in _JURISDICTION), page]


def _departments(person: Viewer, rows: Iterable[Department], full_url: Callable[[str], str]) -> Iterator[list]:
    for record in rows:
        yield [
            record.public_id,
            record.name,
            record.kind,
            record.jurisdiction.public_id,
            record.jurisdiction.name,
            "yes" if record.is_equity_office else "no",
            record.website,
            record.closed_on,
            full_url(record.get_absolute_url()),
        ]


ORGANIZATIONS = Export(
    "organizations",
    (
        "id",
        "name",
        "side",
        "listing",
        "kind",
        *("area_served" if name == "area_note" else name for name in _PROFILE),
        "closed_on",
        "page_url",
    ),
    queries.organization_list,
    _organizations,
)
JURISDICTIONS = Export(
    "jurisdictions",
    ("id", "name", "kind", "state", "stage", "population", "website", "page_url"),
    queries.jurisdiction_list,
    _jurisdictions,
)
DEPARTMENTS = Export(
    "departments",
    ("id", "name", "kind", "jurisdiction_id", "jurisdiction", "leads_equity_work", "website", "closed_on", "page_url"),
    queries.department_list,
    _departments,
)
