"""Organizations in HSDS and jurisdictions in GeoJSON, against their schemas and back again, for bench/figures/qi5.py."""

import json
from pathlib import Path

import jsonschema
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_jurisdiction
from partnerships.models import Contact, Identifier, Jurisdiction, Organization
from tests import factories
from tests.importing.files import bring, problems, write
from tests.naughty_list import LINES
from tests.naughty_strings import normal
from tests.people import make_people

HSDS = json.loads((Path(__file__).parent / "hsds" / "organizations.json").read_text(encoding="utf-8"))
# After RFC 7946: a collection of features (3.3), each with a point (3.1.2) or null (3.2), and without members of other
# types (7.1). Longitude comes first (3.1.1).
_POINT = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {
            "type": "array",
            "prefixItems": [
                {"type": "number", "minimum": -180, "maximum": 180},
                {"type": "number", "minimum": -90, "maximum": 90},
            ],
            "minItems": 2,
            "maxItems": 3,
        },
    },
}
_FEATURE = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": ["string", "number"]},
        "geometry": {"oneOf": [{"type": "null"}, _POINT]},
        "properties": {"type": ["object", "null"]},
        **dict.fromkeys(("coordinates", "geometries", "features"), False),
    },
}
GEOJSON = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": _FEATURE},
        **dict.fromkeys(("coordinates", "geometries", "geometry", "properties"), False),
    },
}
# Tables have these for “nothing”, and for a formula that was made harmless, so an import doesn't keep them.
LEFT_OUT = ("None", "-", "?", "'=1+1")
PLACES = ((44.98, -93.27), (0.0, 0.0), (90.0, 180.0), (-90.0, -180.0), (61.2, None), (None, -149.9), (None, None))


def misfits(schema, found) -> list[str]:
    """What of a document doesn't fit the schema."""
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(found)]


def figure():
    people, client = make_people(), Client()
    texts = [text for text in map(normal, LINES) if text not in LEFT_OUT][::2]
    areas = [factories.make_issue_area(f"area_{n}") for n in range(5)]
    records = [_organization(people, areas, n, line) for n, line in enumerate(texts)]
    written = {record.name: _values(record) for record in records}
    rows = json.loads(client.get("/api/v1/organizations/?format=hsds").getvalue())
    wrong = misfits(HSDS, rows)
    rows = [row for row in rows if row["name"] in written]
    Organization.objects.filter(pk__in=[record.pk for record in records]).delete()
    file_import = bring(people.editor, people.office, json.dumps(rows).encode(), name="organizations.json")
    wrong += [f"import: {problem}" for problem in problems(file_import)]
    write(people.editor, file_import)
    read = {record.name: _values(record) for record in Organization.objects.filter(name__in=written)}
    lost = [
        f"{name}: {field} was {value!r}, came back as {read.get(name, {}).get(field)!r}"
        for name, values in written.items()
        for field, value in values.items()
        if read.get(name, {}).get(field) != value
    ]
    for n, (latitude, longitude) in enumerate(PLACES):
        fields = {"name": f"{LINES[n]} {n}", "kind": "city", "latitude": latitude, "longitude": longitude}
        save_jurisdiction(by=SYSTEM, fields=fields)
    places = json.loads(client.get("/api/v1/jurisdictions/?format=geojson").getvalue())
    wrong += [*misfits(GEOJSON, places), *_wrong_points(places["features"])]
    fields = sum(len(values) for values in written.values())
    return {"wrong": wrong, "lost": lost, "rows": len(rows), "fields": fields, "places": len(places["features"])}


def _organization(people, areas, n, text):
    term = factories.make_term
    record = factories.make_organization(
        f"{n} {text[:150]}",
        "profiled",
        kept_by=people.office,
        side="institution" if n % 2 else "community",
        other_names=text,
        aims=text,
        website=f"https://{n}.example.org/",
        address=text,
        kind=term("organization_kind", f"kind_{n % 3}", f"Kind {n % 3}"),
        open_fields=dict.fromkeys(("address", "led_by", "communities"), "public"),
    )
    record.issue_areas.add(areas[n % len(areas)])
    record.languages.add(term("language", f"language_{n % 7}", f"Language {n % 7}"))
    record.led_by.add(term("community", f"community_{n % 4}", f"Community {n % 4}"))
    record.communities.add(term("community", f"community_{(n + 1) % 4}", f"Community {(n + 1) % 4}"))
    for scheme, value in (("ein", f"12-{n:07}"), ("uei", f"ABCDEFGH{n:04}")):
        Identifier.objects.create(organization=record, scheme=scheme, value=value)
    contact = {"name": text[:80], "email": f"desk{n}@example.org", "phone": f"612-555-{n:04}"}
    Contact.objects.create(organization=record, visible_to="public", **contact)
    return record


def _values(record):
    """What HSDS can hold of an organization, by the names of the registry."""
    many = ("issue_areas", "languages", "led_by", "communities")
    return {
        **{name: getattr(record, name) for name in ("side", "other_names", "aims", "website", "address")},
        "kind": record.kind and record.kind.key,
        **{name: sorted(getattr(record, name).values_list("key", flat=True)) for name in many},
        "identifiers": sorted(record.identifiers.values_list("scheme", "value")),
        "contacts": sorted(record.contacts.values_list("name", "email", "phone")),
    }


def _wrong_points(features):
    known = {one.public_id: one for one in Jurisdiction.objects.all()}
    for feature in features:
        place = known.pop(feature["id"])
        is_known = place.latitude is not None and place.longitude is not None
        point = {"type": "Point", "coordinates": [place.longitude, place.latitude]} if is_known else None
        if feature["geometry"] != point:
            yield f"{place.name} is at {feature['geometry']}"
    yield from (f"{place.name} is missing" for place in known.values())
