"""Jurisdictions as a file in GeoJSON: points, with all other fields as properties."""

import json

import pytest

from tests.api.test_errors import problem
from tests.factories import make_jurisdiction

pytestmark = pytest.mark.django_db


def test_a_jurisdiction_is_a_point_with_its_other_fields(get):
    make_jurisdiction("Minneapolis", latitude=44.98, longitude=-93.27)
    make_jurisdiction("Somewhere")
    answer = get("jurisdictions/", format="geojson")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
    whole = json.loads(answer.getvalue())
    known = get("jurisdictions/").json()["results"]
    assert whole == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["id"],
                "geometry": geometry,
                "properties": {name: value for name, value in row.items() if name not in ("latitude", "longitude")},
            }
            for row, geometry in zip(known, [{"type": "Point", "coordinates": [-93.27, 44.98]}, None], strict=True)
        ],
    }


def test_an_accept_header_selects_it(get):
    make_jurisdiction("Minneapolis")
    for accepts in ("application/geo+json", "application/geo+json, application/json;q=0.5"):
        answer = get("jurisdictions/", headers={"HTTP_ACCEPT": accepts})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
        assert json.loads(answer.getvalue())["type"] == "FeatureCollection"
    for accepts in ("application/json", "application/ld+json", "application/*", "*/*"):
        assert get("jurisdictions/", headers={"HTTP_ACCEPT": accepts})["Content-Type"] == "application/json"


def test_it_takes_the_filters_of_the_list_and_is_valid_without_rows(get):
    make_jurisdiction("Minneapolis")
    assert json.loads(get("jurisdictions/", format="geojson", kind="county").getvalue())["features"] == []
    problem(get("jurisdictions/", format="geojson", fields="id"), 400, "invalid_parameter")
    problem(get("organizations/", format="geojson"), 400, "invalid_parameter")
