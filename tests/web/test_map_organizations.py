"""Organizations on a map, by the places that they serve: which of them, and where."""

import re

from tests.factories import make_jurisdiction, make_organization
from tests.snapshots import snapshot_fixture

MAP = "/organizations/map/"


@snapshot_fixture
def places(db):
    """Saint Paul, Minneapolis, all of Minnesota, Seattle, and a place that isn't on the map."""
    return {
        "Saint Paul": make_jurisdiction("Saint Paul", state="MN", latitude=44.9537, longitude=-93.0900),
        "Minneapolis": make_jurisdiction("Minneapolis", state="MN", latitude=44.9778, longitude=-93.2650),
        "Minnesota": make_jurisdiction("Minnesota", "state", state="MN"),
        "Seattle": make_jurisdiction("Seattle", state="WA", latitude=47.6062, longitude=-122.3321),
        "San Juan": make_jurisdiction("San Juan", state="PR", latitude=18.4655, longitude=-66.1057),
    }


def serves(name, *areas, listing="profiled", **fields):
    return make_organization(name, listing, area=areas, **fields)


def rows(answer):
    return [(row["name"], [one.name for one in row["places"]], row["number"]) for row in answer.context["states"]]


def not_on_map(answer):
    rest = answer.context["rest"]
    return rest["words"], [one.name for one in rest["named"]], rest["more"]


def test_an_organization_is_at_each_place_that_it_serves(client, places):
    serves("In both cities", places["Saint Paul"], places["Minneapolis"])
    serves("In Seattle and Minneapolis", places["Seattle"], places["Minneapolis"])
    serves("In the state", places["Minnesota"])
    serves("On an island", places["San Juan"])
    serves("Nowhere")
    answer = client.get(MAP)
    assert rows(answer) == [
        ("Minnesota", ["Minneapolis", "Minnesota", "Saint Paul"], 3),
        ("Washington", ["Seattle"], 1),
    ]
    assert not_on_map(answer) == ("2 organizations", ["Nowhere", "On an island"], 0)
    assert answer.context["on_map"] == 3
    marks = re.findall(r'class="v-link" href="#([^"]+)" aria-label="([^"]+)"', answer.content.decode())
    # One that serves both cities counts once in the mark that they share.
    assert marks == [("state-mn", "2 Minneapolis and Saint Paul"), ("state-wa", "1 Seattle")]


def test_a_state_alone_names_who_serves_its_places(client, places):
    both = serves("In both cities", places["Saint Paul"], places["Minneapolis"])
    serves("In Seattle and Minneapolis", places["Seattle"], places["Minneapolis"])
    serves("In the state", places["Minnesota"])
    serves("In Seattle", places["Seattle"], side="institution")
    answer = client.get(MAP, {"state": "MN"})
    assert answer.context["total_words"] == "3 organizations"
    assert "<title>3 organizations, map | " in answer.content.decode()
    assert [
        (row["place"].name, [one.name for one in row["named"]], row["has_mark"]) for row in answer.context["places"]
    ] == [
        ("Minneapolis", ["In Seattle and Minneapolis", "In both cities"], True),
        ("Minnesota", ["In the state"], False),
        ("Saint Paul", ["In both cities"], True),
    ]
    assert answer.context["on_map"] == 2
    text = answer.content.decode()
    assert f'<a href="{both.get_absolute_url()}">In both cities</a>' in text
    assert f'href="{MAP}">Show all states' in text
    assert [row["place"].name for row in client.get(MAP, {"state": "WA", "side": "institution"}).context["places"]] == [
        "Seattle"
    ]


def test_a_long_row_links_to_the_list_of_those_that_serve_a_place(client, places, monkeypatch):
    monkeypatch.setattr("partnerships.web.organizations.map.NAMED", 2)
    for n in range(3):
        serves(f"Group {n}", places["Seattle"])
        serves(f"Nowhere {n}")
    (row,) = client.get(MAP, {"state": "WA"}).context["places"]
    assert ([one.name for one in row["named"]], row["more"]) == (["Group 0", "Group 1"], 1)
    assert row["more_url"] == f"/organizations/?jurisdiction={places['Seattle'].public_id}"
    assert client.get(row["more_url"]).context["total_words"] == "3 organizations"
    assert not_on_map(client.get(MAP)) == ("3 organizations", ["Nowhere 0", "Nowhere 1"], 1)


def test_an_area_that_is_not_open_to_everyone_puts_no_one_on_the_map(client, people, places):
    serves("Open", places["Seattle"], kept_by=people.office)
    serves("Closed", places["Seattle"], kept_by=people.office, open_fields={"area": "partners"})
    serves("Named", places["Seattle"], kept_by=people.office, listing="named")
    serves("Unlisted", places["Seattle"], kept_by=people.office, listing="unlisted")
    answer = client.get(MAP)
    assert rows(answer)[0] == ("Washington", ["Seattle"], 1)
    assert "Unlisted" not in answer.content.decode()
    client.force_login(people.editor)
    answer = client.get(MAP)
    assert rows(answer)[0] == ("Washington", ["Seattle"], 1)
    assert {"Closed", "Named", "Unlisted"} <= {*not_on_map(answer)[1]}
    (row,) = client.get(MAP, {"state": "WA"}).context["places"]
    assert [one.name for one in row["named"]] == ["Open"]


def test_the_list_takes_the_filter_by_state(client, places):
    serves("In Seattle", places["Seattle"])
    serves("On an island", places["San Juan"])
    serves("Closed", places["Seattle"], open_fields={"area": "staff"})
    for state, names in (("WA", ["In Seattle"]), ("PR,WA", ["In Seattle", "On an island"]), ("MN", [])):
        assert [row["title"] for row in client.get("/organizations/", {"state": state}).context["rows"]] == names
    text = client.get("/organizations/", {"state": "WA"}).content.decode()
    assert f'href="{MAP}?state=WA"' in text


def test_nothing_that_matches_says_what_to_do(client, places):
    assert "No organizations match" in client.get(MAP, {"q": "zzyzx"}).content.decode()


def test_without_any_on_the_map_there_is_no_picture(client, places):
    serves("On an island", places["San Juan"])
    text = client.get(MAP).content.decode()
    assert "An organization is on the map once it has an area served and shows it to everyone." in text
    assert ("v map" in text, "The same as a table" in text) == (False, False)
    assert not_on_map(client.get(MAP)) == ("1 organization", ["On an island"], 0)
