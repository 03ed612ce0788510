"""What a published partnership is found by: values of filters as “facet:value”, so that one index serves all filters
together.

They are stored as numbers, which keep rows small and let the database keep statistics on how common each is.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

from django.db.models import Model

from partnerships.core.dates import names_of
from partnerships.core.models import FacetCount
from partnerships.core.trees import ancestor_ids
from partnerships.directory.models import Department, IssueArea, Jurisdiction
from partnerships.registry.choices import AT, RESOURCE
from partnerships.registry.models import PublicFacets

Name = TypeVar("Name")


def facets_of(document: dict[str, Any], higher: dict[str, list[str]]) -> list[str]:
    """The facets of a document that are counted for filter options.

    `higher`, from `ancestors_of`: a document also counts for everything above its issue areas.
    """
    parties = document["parties"]
    facets = {f"kind:{document['kind']}", f"status:{document['status']}", f"purpose:{document['purpose']}"}
    if document["origin"]:
        facets.add(f"origin:{document['origin']}")
    if document["engagement"] is not None:
        facets.add(f"engagement:{document['engagement']}")
    facets |= {f"side:{party['side']}" for party in parties}
    facets |= {f"role:{role}" for party in parties for role in party["roles"]}
    facets |= {f"community:{key}" for key in document["communities"]}
    facets |= {f"issue:{key}" for area in document["issue_areas"] for key in higher.get(area, [area])}
    return sorted(facets)


def _lies_in(document: dict[str, Any], higher: dict[str, list[str]]) -> list[str]:
    """The places and times of a document, with all larger places and times that contain them."""
    shown = (document["lead"], *document["parties"])
    places = {f"{AT}{pk}" for one in shown for pk in higher.get(one["id"], [one["id"]])}
    days = [(name, document[name]) for name in ("starts_on", "ends_on") if document[name]]
    return sorted(places | {f"{name}:{part}" for name, day in days for part in names_of(day)})


def facets_row(pk: int, document: dict[str, Any], higher: dict[str, list[str]]) -> PublicFacets:
    """The row that filters look in for a published partnership. `higher`: as from `ancestors_of`."""
    return PublicFacets(
        partnership_id=pk,
        facets=facet_numbers(facets_of(document, higher)),
        lies_in=facet_numbers(_lies_in(document, higher)),
        updated_at=document["updated_at"],
    )


@lru_cache(maxsize=100_000)
def facet_number(facet: str) -> int:
    """The number under which a facet is stored."""
    return int.from_bytes(blake2b(facet.encode(), digest_size=7).digest()) + 1


def facet_numbers(facets: Iterable[str]) -> list[int]:
    return sorted(map(facet_number, facets))


def counted_names() -> dict[int, str]:
    """Number → facet, for all that are or were counted for filter options."""
    rows = FacetCount.objects.filter(resource=RESOURCE).values_list("facet", "value")
    return {facet_number(name): name for name in (f"{facet}:{value}" for facet, value in rows)}


def issue_paths() -> dict[str, list[tuple[str, str]]]:
    """Key of an issue area → (key, name) of all above it and its own, from the top. One query."""
    areas = list(IssueArea.objects.values_list("key", "name", "path", "pk"))
    names = {pk: (key, name) for key, name, _, pk in areas}
    return {key: _names_on_path(path, names) for key, _, path, _ in areas}


def ancestors_of(documents: Iterable, issues: dict[str, list[tuple[str, str]]]) -> dict[str, list[str]]:
    """For the issue areas, jurisdictions and departments of these documents: key or public id → its own and all above
    it.

    `issues` is from `issue_paths`. A department is below its jurisdiction. At most four queries, no matter how many
    documents.
    """
    found = {area: [key for key, _ in path] for area, path in issues.items()}
    shown = [party for document in documents for party in document["parties"]]
    leads = {document["lead"]["id"] for document in documents}
    departments = _nodes(Department, _ids(shown, "department"), "jurisdiction__path")
    jurisdictions = _nodes(Jurisdiction, leads | _ids(shown, "jurisdiction"))
    units = _public_ids(Department, departments, [path for _, _, path, _ in departments])
    homes = [path for *_, path in departments]
    places = _public_ids(Jurisdiction, jurisdictions, [path for _, _, path in jurisdictions] + homes)
    found |= {public_id: _names_on_path(path, places) for _, public_id, path in jurisdictions}
    return found | {
        public_id: _names_on_path(path, units) + _names_on_path(home, places)
        for _, public_id, path, home in departments
    }


def _names_on_path(path: str, names: dict[int, Name]) -> list[Name]:
    """The names of the nodes on a path. `manage.py doctor` reports paths with missing nodes."""
    return [names[pk] for pk in ancestor_ids(path) if pk in names]


def _ids(parties: Sequence[dict[str, Any]], kind: str) -> set[str]:
    return {party["id"] for party in parties if party["type"] == kind}


def _nodes(model: type[Model], public_ids: set[str], *more: str) -> list[tuple]:
    return list(model._default_manager.filter(public_id__in=public_ids).values_list("pk", "public_id", "path", *more))


def _public_ids(model: type[Model], rows: Sequence[tuple], paths: Sequence[str]) -> dict[int, str]:
    """Primary key → public id of all nodes on these paths; those in `rows` are known already."""
    known = {row[0]: row[1] for row in rows}
    further = {pk for path in paths for pk in ancestor_ids(path)} - known.keys()
    return known | dict(model._default_manager.filter(pk__in=further).values_list("pk", "public_id"))
