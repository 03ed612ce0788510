"""Partnerships on a map: projection, marks that are near each other, and the page with its filters."""

import re
from itertools import accumulate, combinations, pairwise
from math import hypot

import pytest

from partnerships.core import listing
from partnerships.models import Jurisdiction
from partnerships.web.charts.us_map import (
    APART,
    HEIGHT,
    MAINLAND,
    ROOM,
    WIDTH,
    Place,
    StateLink,
    clusters,
    labels,
    picture,
    shapes,
    spread,
    state_picture,
    state_shapes,
    steps,
)
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


def test_every_state_has_a_shape_of_its_own_of_few_bytes():
    assert state_shapes().keys() == shapes().keys()
    for shape in state_shapes().values():
        assert len(shape.land) + len(shape.borders) < 15_000
        assert re.fullmatch(r"(M-?\d+,-?\d+l[-\d, ]+z)+", shape.land)
        assert re.fullmatch(r"(M-?\d+,-?\d+l[-\d, ]+)*", shape.borders)


def page(answer):
    return answer.content.decode()


def lead_of(name):
    return Jurisdiction.objects.get(name=name).public_id


def make_place(name, number, state, at):
    return Place(name, state, number, f"state-{state.lower()}", *at)


def test_near_places_share_a_mark_and_a_name():
    twins = [make_place("Minneapolis", 2, "MN", MINNEAPOLIS), make_place("Saint Paul", 3, "MN", SAINT_PAUL)]
    found = clusters([*twins, make_place("Seattle", 1, "WA", SEATTLE)])
    assert [(one.name, one.number) for one in found] == [("Saint Paul and Minneapolis", 5), ("Seattle", 1)]
    many = clusters([*twins, make_place("Ramsey County", 1, "MN", SAINT_PAUL)])
    assert [(one.name, one.number) for one in many] == [("Saint Paul and 2 more", 6)]


@pytest.mark.parametrize(
    ("state", "at"),
    [
        ("WA", (47.6588, -117.4260)),  # Spokane
        ("MN", SAINT_PAUL),
        ("AK", (61.5814, -149.4394)),  # Wasilla
        ("HI", (19.7026, -155.0900)),  # Hilo
        ("RI", (41.7798, -71.4373)),  # Cranston
        ("DC", (38.9072, -77.0369)),
    ],
)
def test_a_place_is_inside_its_state_alone(state, at):
    x, y = state_shapes()[state].xy(make_place("", 1, state, at))
    assert is_inside(state_shapes()[state].land, x, y)
    assert not is_inside(state_shapes()[state].land, x + 700, y)


def is_inside(path, x, y):
    """Whether a point is in a path: a line from it to the right crosses the path an odd number of times."""
    crossed = 0
    for ring in path.split("z")[:-1]:
        first, *steps = [tuple(map(int, pair)) for pair in re.findall(r"(-?\d+),(-?\d+)", ring)]
        points = list(accumulate([first, *steps], lambda at, step: (at[0] + step[0], at[1] + step[1])))
        for (ax, ay), (bx, by) in pairwise([*points, points[0]]):
            crossed += (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
    return crossed % 2 == 1


def test_a_place_in_another_state_has_no_mark():
    shape = state_shapes()["MN"]
    assert shape.has(make_place("Saint Paul", 1, "MN", SAINT_PAUL))
    assert not shape.has(make_place("Seattle", 1, "MN", SEATTLE))
    assert not shape.has(Place("Nowhere", "MN", 1, ""))


def test_places_of_a_state_have_a_mark_each():
    twins = [make_place("Minneapolis", 2, "MN", MINNEAPOLIS), make_place("Saint Paul", 3, "MN", SAINT_PAUL)]
    others = [make_place(f"Place {n}", 1, "MN", SAINT_PAUL) for n in range(40)]
    first, second, *rest = spread([*twins, *others], state_shapes()["MN"])
    assert [(one.name, one.number) for one in (first, second)] == [("Saint Paul", 3), ("Minneapolis", 2)]
    assert first.point is None
    assert second.point == state_shapes()["MN"].xy(twins[0])
    assert len(rest) == 40
    marks = [first, second, *rest]
    assert all(hypot(a.x - b.x, a.y - b.y) > ROOM - 1 for a, b in combinations(marks, 2))


def test_a_picture_that_is_full_keeps_all_marks():
    marks = spread([make_place(f"Place {n}", 1, "MN", SAINT_PAUL) for n in range(400)], state_shapes()["MN"])
    assert len(marks) == 400
    assert all(0 < one.x < WIDTH and 0 < one.y < HEIGHT for one in marks)


def test_a_tall_state_keeps_its_marks_where_a_phone_shows_them():
    assert [code for code in ("CA", "MN", "TX", "TN") if state_shapes()[code].is_tall] == ["CA", "MN"]
    marks = spread([make_place(f"Place {n}", 1, "CA", (34.05, -118.24)) for n in range(60)], state_shapes()["CA"])
    left = (WIDTH - HEIGHT) / 2
    assert all(left + 20 < one.x < left + HEIGHT - 20 for one in marks)
    assert 'class="v map tall"' in state_picture("CA", [], title="California", description="")
    assert 'class="v map"' in state_picture("TX", [], title="Texas", description="")


def test_no_name_covers_a_mark_or_another_name():
    ten = [make_place("A rather long name of a place", 1, "MN", (44 + n / 10, -93)) for n in range(10)]
    marks = spread(ten, state_shapes()["MN"])
    shown = [one.box for one in labels(marks) if one]
    assert len(shown) > 4
    boxes = [*shown, *((one.x - one.half, one.y - one.half, one.x + one.half, one.y + one.half) for one in marks)]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [
        ([], []),
        ([3], [(3, 3)]),
        ([1, 1, 5, 2, 1], [(1, 1), (2, 2), (5, 5)]),
        ([1, 1, 1, 1, 2, 3, 4, 9], [(1, 1), (2, 2), (3, 3), (4, 9)]),
        ([8, 7, 6, 5, 4, 3, 2, 1, 1, 50], [(1, 2), (3, 4), (5, 6), (7, 50)]),
    ],
)
def test_a_tint_is_for_a_range_of_numbers(numbers, ranges):
    assert steps(numbers) == ranges


def test_names_are_escaped():
    places, links = [make_place("<b>&", 1, "WA", SEATTLE)], {"WA": StateLink("<i>", "<u>", 1)}
    assert not re.search("<[biu]>", picture(places, title="<i>", description="<u>", links=links))
    assert not re.search("<[biu]>", state_picture("WA", places, title="<i>", description="<u>"))


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
    assert [row["url"] for row in context["states"]] == [
        "/partnerships/map/?state=MN",
        "/partnerships/map/?state=WA",
        "",
    ]
    answer = client.get("/partnerships/map/?status=active")
    assert [row["name"] for row in answer.context["states"]] == ["Washington", "Not on the map"]
    assert 'href="/partnerships/?status=active"' in answer.content.decode()
    assert 'href="/partnerships/map/?status=active"' in client.get("/partnerships/?status=active").content.decode()


@pytest.mark.django_db
def test_a_state_alone_has_its_lead_agencies(client):
    for name, state, at in (
        ("Saint Paul", "MN", SAINT_PAUL),
        ("Park Board", "MN", (None, None)),
        ("Seattle", "WA", SEATTLE),
    ):
        lead = make_jurisdiction(name, state=state, latitude=at[0], longitude=at[1])
        make_partnership(f"Work of {name}", lead=lead)
    make_partnership("Forming", lead=lead, status="forming")
    all_states = client.get("/partnerships/map/?status=active")
    assert 'href="/partnerships/map/?status=active&amp;state=MN" aria-label="Minnesota: 2 partnerships"' in page(
        all_states
    )
    answer = client.get("/partnerships/map/?status=active&state=MN")
    assert answer.context["total_words"] == "2 partnerships"
    assert answer.context["on_map"] == 1
    rows = [(row["place"].name, row["words"], row["has_mark"]) for row in answer.context["places"]]
    assert rows == [("Park Board", "1 partnership", False), ("Saint Paul", "1 partnership", True)]
    text = page(answer)
    assert text.count('class="v-link"') == 1
    assert [anchor for anchor in re.findall('href="#(at-[^"]+)"', text) if f'<tr id="{anchor}">' not in text] == []
    assert f'href="/partnerships/?status=active&amp;lead={lead_of("Saint Paul")}"' in text
    assert 'href="/partnerships/map/?status=active">Show all states' in text
    assert 'href="/partnerships/?status=active&amp;state=MN">List' in text


@pytest.mark.django_db
def test_states_are_tinted_by_number_and_the_legend_says_how_many(client):
    for state, number in (("MN", 2), ("WA", 1), ("OR", 1)):
        lead = make_jurisdiction(state, state=state)
        for n in range(number):
            make_partnership(f"Work {n} of {state}", lead=lead)
    answer = client.get("/partnerships/map/")
    assert answer.context["legend"] == [("", "0"), ("step step-1", "1"), ("step step-2", "2")]
    tints = re.findall('aria-label="([A-Z][^"]+)"><path class="v-land step step-([0-9])"', page(answer))
    assert sorted(tints) == [
        ("Minnesota: 2 partnerships", "2"),
        ("Oregon: 1 partnership", "1"),
        ("Washington: 1 partnership", "1"),
    ]
    assert page(answer).count('<path class="v-land"') == 48


@pytest.mark.django_db
@pytest.mark.parametrize("states", ["PR", "MN,WA"])
def test_what_is_not_one_state_of_the_map_is_on_that_of_all(client, states):
    for state in states.split(","):
        make_partnership(state, lead=make_jurisdiction(state, state=state))
    answer = client.get(f"/partnerships/map/?state={states}")
    assert [row["state"] for row in answer.context["states"]] == ([""] if states == "PR" else ["MN", "WA"])


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
    monkeypatch.setattr("partnerships.web.components.maps.CAP", 1)
    for n in range(3):
        make_partnership(f"Work {n}")
    text = page(client.get("/partnerships/map/?kind=joint_project"))
    assert "There are more than 1 partnerships" in text
    links = re.findall('<a href="/partnerships/map/[?]kind=joint_project&amp;state=([A-Z]{2})">([^<]+)</a>', text)
    assert (len(links), links[0], links[-1]) == (51, ("AL", "Alabama"), ("WY", "Wyoming"))


@pytest.mark.django_db
def test_nothing_that_matches_says_what_to_do(client):
    make_partnership("Work")
    assert "No partnerships match" in client.get("/partnerships/map/?q=zzyzx").content.decode()
