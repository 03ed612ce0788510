"""What a stored document is found by: values of filters as “facet:value”, so that one index answers all filters together."""

from partnerships.core.trees import ancestor_ids
from partnerships.directory.models import Department, IssueArea, Jurisdiction
from partnerships.registry.choices import AT


def facets_of(document, higher) -> list[str]:
    """The facets of a document. `higher`, which `above` gives: it counts for all that its issue areas and places stand
    below, too."""
    parties = document["parties"]
    facets = {f"kind:{document['kind']}", f"status:{document['status']}", f"purpose:{document['purpose']}"}
    if document["origin"]:
        facets.add(f"origin:{document['origin']}")
    if document["engagement"] is not None:
        facets.add(f"engagement:{document['engagement']}")
    facets |= {f"side:{party['side']}" for party in parties}
    facets |= {f"role:{role}" for party in parties for role in party["roles"]}
    facets |= {f"issue:{key}" for area in document["issue_areas"] for key in higher.get(area, [area])}
    facets |= {f"{AT}{pk}" for shown in (document["lead"], *parties) for pk in higher.get(shown["id"], [shown["id"]])}
    return sorted(facets)


def counted(facets) -> list[str]:
    """Those of a document's facets that are counted beside filters."""
    return [facet for facet in facets if not facet.startswith(AT)]


def above(documents) -> dict[str, list[str]]:
    """Of the issue areas, jurisdictions and departments that these documents show: key or public id → its own and those of
    all above it. A department stands below its jurisdiction. Five queries, whatever the number of documents."""
    areas = list(IssueArea.objects.values_list("key", "path", "pk"))
    area_keys = {pk: key for key, _, pk in areas}
    found = {key: [area_keys[pk] for pk in ancestor_ids(path)] for key, path, _ in areas}
    shown = {shown["id"] for document in documents for shown in (document["lead"], *document["parties"])}
    departments = list(
        Department.objects.filter(public_id__in=shown).values_list("public_id", "path", "jurisdiction__path")
    )
    jurisdictions = list(Jurisdiction.objects.filter(public_id__in=shown).values_list("public_id", "path"))
    department_ids = _public_ids(Department, [path for _, path, _ in departments])
    paths = [path for _, path in jurisdictions] + [path for *_, path in departments]
    jurisdiction_ids = _public_ids(Jurisdiction, paths)
    for public_id, path in jurisdictions:
        found[public_id] = [jurisdiction_ids[pk] for pk in ancestor_ids(path)]
    for public_id, path, home in departments:
        found[public_id] = [department_ids[pk] for pk in ancestor_ids(path)]
        found[public_id] += [jurisdiction_ids[pk] for pk in ancestor_ids(home)]
    return found


def _public_ids(model, paths):
    ids = {pk for path in paths for pk in ancestor_ids(path)}
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "public_id")) if ids else {}
