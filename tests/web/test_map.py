"""Partnerships on a map: projection, marks that are near each other, and the page with its filters."""

import re

import pytest

from partnerships.core import listing
from partnerships.web.charts.us_map import APART, MAINLAND, Place, clusters, picture, shapes
from tests.factories import make_jurisdiction, make_partnership

SEATTLE, MINNEAPOLIS, SAINT_PAUL = (47.6062, -122.3321), (44.9778, -93.2650), (44.9537, -93.0900)


@pytest.mark.parametrize(
    ("projection", "at", "point"),
    [
        # d3.geoAlbersUsa().scale(1300).translate([487.5, 305]) of d3-geo 3.1
        (MAINLAND, SEATTLE, (97.6, 46.3)),
        (MAINLAND, MINNEAPOLIS, (541.9, 161.0)),
        (MAINLAND, (25.7617, -80.1918), (822.7, 572.5)),
        (APART["AK"], (61.2181, -149.9003), (112.3, 544.3)),
        (APART["HI"], (21.3069, -157.8583), (267.0, 549.2)),
    ],
)
def test_a_place_is_where_d3_has_it(projection, at, point):
    assert [round(one, 1) for one in projection.xy(*at)] == list(point)


def test_every_state_has_a_shape_of_few_bytes():
    assert len(shapes()) == 51
    assert sum(map(len, shapes().values())) < 25_000
    assert all(re.fullmatch(r"(M\d+,\d+l[-\d, ]+z)+", path) for path in shapes().values())


def place(name, number, state, at):
    return Place(name, state, number, f"state-{state.lower()}", *at)


def test_near_places_share_a_mark_and_a_name():
    twins = [place("Minneapolis", 2, "MN", MINNEAPOLIS), place("Saint Paul", 3, "MN", SAINT_PAUL)]
    found = clusters([*twins, place("Seattle", 1, "WA", SEATTLE)])
    assert [(one.name, one.number) for one in found] == [("Saint Paul and Minneapolis", 5), ("Seattle", 1)]
    many = clusters([*twins, place("Ramsey County", 1, "MN", SAINT_PAUL)])
    assert [(one.name, one.number) for one in many] == [("Saint Paul and 2 more", 6)]


def test_names_are_escaped():
    text = picture([place("<b>&", 1, "WA", SEATTLE)], title="<i>", description="<u>")
    assert not re.search("<[biu]>", text)


@pytest.mark.django_db
def test_the_map_takes_the_filters_of_the_list(client):
    places = (("Seattle", "WA", SEATTLE), ("Saint Paul", "MN", SAINT_PAUL), ("San Juan", "PR", (18.4655, -66.1057)))
    for name, state, (latitude, longitude) in places:
        lead = make_jurisdiction(name, state=state, latitude=latitude, longitude=longitude)
        make_partnership(f"Work of {name}", lead=lead, status="active" if state == "WA" else "forming")
    make_partnership("More work", lead=lead, status="active")
    context = client.get("/partnerships/map/").context
    rows = [(row["name"], [place.name for place in row["places"]], row["number"]) for row in context["states"]]
    assert rows == [
        ("Minnesota", ["Saint Paul"], 1),
        ("Washington", ["Seattle"], 1),
        ("Not on the map", ["San Juan"], 2),
    ]
    assert context["on_map"] == 2
    answer = client.get("/partnerships/map/?status=active")
    assert [row["name"] for row in answer.context["states"]] == ["Washington", "Not on the map"]
    assert 'href="/partnerships/?status=active"' in answer.content.decode()
    assert 'href="/partnerships/map/?status=active"' in client.get("/partnerships/?status=active").content.decode()


@pytest.mark.django_db
def test_what_one_may_not_see_is_not_on_the_map(client):
    lead = make_jurisdiction("Seattle", state="WA", latitude=SEATTLE[0], longitude=SEATTLE[1])
    make_partnership("Draft", lead=lead, published=False)
    answer = client.get("/partnerships/map/")
    assert "states" not in answer.context
    assert "Seattle" not in answer.content.decode()


@pytest.mark.django_db
def test_a_list_that_is_too_long_asks_for_filters(client, monkeypatch):
    monkeypatch.setattr(listing, "CAP", 1)
    monkeypatch.setattr("partnerships.web.partnerships.map.CAP", 1)
    for n in range(3):
        make_partnership(f"Work {n}")
    assert "There are more than 1 partnerships" in client.get("/partnerships/map/?kind=joint_project").content.decode()


@pytest.mark.django_db
def test_nothing_that_matches_says_what_to_do(client):
    make_partnership("Work")
    assert "No partnerships match" in client.get("/partnerships/map/?q=zzyzx").content.decode()
