"""The network page: text before the picture, marks that link to rows, sorting, dates, and wrong parameters."""

import csv
import io
import re

import pytest

from partnerships import tasks
from partnerships.insight import network_queries
from partnerships.models import Party
from partnerships.web.network import views as pages
from tests.factories import in_days
from tests.insight.crowded import fill_network
from tests.markup import one_line

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


@pytest.fixture
def staff(client, town):
    client.force_login(town.people.editor)
    return client


def network_page(client, query=""):
    response = client.get(f"/network/{query}")
    assert response.status_code == 200
    return one_line(response.content.decode())


def plain_text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def rows_of_file(client, query=""):
    text = b"".join(client.get(f"/network.csv{query}").streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def table(page):
    """Return the names of the partners, in the order of the table."""
    return re.findall(
        r'<tr id="\S+"><td data-l="No\.">\d+</td><th scope="row"><span class="key \w+"> ?<span><a href="[^"]+">([^<]+)',
        page,
    )


def test_the_table_says_the_side_that_the_picture_shows_by_shape(staff, town):
    words = plain_text(network_page(staff))
    assert "Department of Housing (government)" in words
    assert "(community)" in words
    assert "In parentheses: their share of all others." in words


def test_text_before_the_picture_says_what_is_shown(staff, town):
    page = network_page(staff, "?issue=housing&kind=joint_project")
    words = plain_text(page)
    assert "3 partners and 3 connections: Housing, joint project, on" in words
    assert page.index("Key findings") < page.index('<svg class="v network') < page.index("Network scores")
    assert "0% of these partners have confirmed or disputed a record here." in words
    assert "Read these with care" in words


def test_single_points_of_failure_in_words(staff, town):
    words = plain_text(network_page(staff))
    assert "If Department of Housing leaves, 1 partner loses its only connection." in words
    assert "There are 2 separate clusters of 4, 2 partners." in words
    assert "1 partner without connections here: Friends of the parks" in plain_text(
        network_page(staff, "?side=community&kind=contract")
    )


def test_without_a_single_point_of_failure_the_page_says_so(staff, town):
    assert "There’s no single point of failure." in plain_text(network_page(staff, "?issue=housing"))


def test_a_hidden_party_holds_nothing_together_in_words(client, town):
    """For those who see it, the unlisted organization is the only connection between two partnerships."""
    for at in (town.parks, town.schools):
        Party.objects.filter(pk=town.add_quiet(at).pk).update(starts_on=in_days(-5))
    client.force_login(town.people.administrator)
    assert "If Quiet neighbors leaves" in plain_text(network_page(client))
    client.force_login(town.people.partner)
    assert "Quiet" not in network_page(client)
    own = network_page(client, "?of=own")
    assert ("Quiet" in own, "The connections are the same as on" in own) == (False, True)


def test_every_mark_leads_to_a_row_and_says_what_it_is(staff, town):
    page = network_page(staff)
    wide, narrow = page.split("only-narrow")
    marks, on_a_phone = (
        re.findall(r'<a class="v-link" href="#([^"]+)" aria-label="(\d+)\. ([^"]+)"', part) for part in (wide, narrow)
    )
    assert marks == on_a_phone
    rows = re.findall(r'<tr id="([^"]+)"><td data-l="No\.">(\d+)</td>', page)
    assert [(key, number) for key, number, _ in marks] == rows
    assert marks[0][2] == "Department of Housing, government, 3 connections"
    assert len(rows) == 6
    assert 'style="' not in page


@pytest.mark.parametrize(
    ("ordering", "first", "last"),
    [
        ("", "Department of Housing", "Friends of the parks"),
        ("name", "City of Minneapolis", "Tenants&#x27; association"),
        ("-name", "Tenants&#x27; association", "City of Minneapolis"),
        ("-betweenness", "Department of Housing", "Tenants&#x27; association"),
        ("-loss", "Department of Housing", "Tenants&#x27; association"),
        ("-part", "City of Seattle", "Tenants&#x27; association"),
    ],
)
def test_the_table_is_sorted_by_a_column(staff, town, ordering, first, last):
    rows = table(network_page(staff, f"?ordering={ordering}"))
    assert (rows[0], rows[-1], len(rows)) == (first, last, 6)


def test_a_quarter_earlier_and_what_changed(staff, town):
    town.seat(town.friends, town.parks, starts_on=in_days(-10))
    page = network_page(staff)
    assert "1 new connection since" in plain_text(page)
    earlier = re.search(r'<a href="/network/(\?on=[^"]+)">A quarter earlier', page)[1]
    assert "Friends of the parks" not in network_page(staff, earlier)


def test_around_one_party(staff, town):
    page = network_page(staff, f"?focus={town.friends.public_id}")
    assert "2 partners and 1 connection: within 1 step of Friends of the parks, on" in plain_text(page)
    assert "Steps around it" in page


def test_a_missing_and_a_hidden_party_read_the_same(client, town):
    town.add_quiet()
    client.force_login(town.people.other_editor)
    pages_ = {key: network_page(client, f"?focus={key}") for key in (town.quiet.public_id, "G-ABCDEF-1")}
    first, second = (
        re.sub('nonce="[^"]+"|csrf[^>]+|form_key" value="[^"]+|' + key, "", page) for key, page in pages_.items()
    )
    assert first == second
    assert "No partner with this ID takes part in a partnership here on this date" in first


def test_someone_without_partnerships_learns_what_to_do_next(client, town):
    client.force_login(town.people.department)
    page = network_page(client, "?of=own")
    assert "No one is in this network" in page
    assert "Show all, as of today" in page


def test_an_empty_network_blames_no_filter(client, db):
    page = network_page(client, "")
    assert "There’s no one to show yet." in page
    assert "None matches your filters" not in page
    assert "None matches your filters" in network_page(client, "?side=community")


@pytest.mark.parametrize("query", ["?sied=x", "?side=x", "?on=soon", "?focus=" + "x" * 99, "?page=x", "?steps=0"])
def test_wrong_parameters_are_named(staff, town, query):
    assert staff.get(f"/network/{query}").status_code == 400
    assert staff.get(f"/network.csv{query}").status_code == 400


@pytest.mark.parametrize("who", ["", "stranger"])
def test_strangers_see_connections_without_scores(client, town, who):
    if who:
        client.force_login(getattr(town.people, who))
    answer = client.get("/network/")
    text = answer.content.decode()
    assert "This is what everyone can see" in text
    assert "Department of Housing" in text
    for words in (
        "Network scores",
        "Key findings",
        "Betweenness",
        "How closely",
        "If it leaves",
        "Download",
        "A quarter earlier",
    ):
        assert words not in text
    assert [column["name"] for column in answer.context["columns"]] == ["name", "ties"]
    assert client.get("/network/?focus=" + town.department.public_id).status_code == 200
    assert [client.get(f"/network/{query}").status_code for query in ("?side=x", "?close=2", "?on=2020-01-01")] == [
        400
    ] * 3
    assert client.get("/network.csv").status_code == 404
    assert client.post("/network/").status_code == 403


def test_a_member_sees_all_connections_and_scores_of_their_own_partnerships(client, town):
    client.force_login(town.people.partner)
    everything = plain_text(network_page(client))
    assert ("City of Seattle" in everything, "Network scores" in everything, "Download" in everything) == (
        True,
        False,
        False,
    )
    assert "/network/?of=own" in network_page(client)
    own = plain_text(network_page(client, "?of=own"))
    assert ("City of Seattle" in own, "Network scores" in own, "Download" in own) == (False, True, True)
    assert {row["name"] for row in rows_of_file(client)} == {row["name"] for row in rows_of_file(client, "?of=own")}
    assert "City of Seattle" not in {row["name"] for row in rows_of_file(client)}


def test_the_file_has_all_parties_and_their_scores(staff, town):
    rows = {row["name"]: row for row in rows_of_file(staff)}
    assert len(rows) == 6
    hub = rows["Department of Housing"]
    assert (hub["ties"], hub["degree"], hub["betweenness"], hub["left_alone_if_it_leaves"]) == (
        "3",
        "0.600000",
        "0.200000",
        "1",
    )


def test_ties_come_by_pages(staff, town, monkeypatch):
    monkeypatch.setattr(pages, "TIES_A_PAGE", 2)
    assert "Connections 1 to 2 of 5" in plain_text(network_page(staff))
    assert "Connections 5 to 5 of 5" in plain_text(network_page(staff, "?page=99"))


def test_a_large_network_is_drawn_around_one_party_and_read_in_the_background(staff, town, monkeypatch):
    monkeypatch.setattr(network_queries, "IN_REQUEST", 2)
    monkeypatch.setattr(pages, "MOST_DRAWN", 3)
    page = network_page(staff, "?kind=joint_project&kind=contract")
    assert (
        "This picture shows the 3 partners nearest to Department of Housing, which has the most connections"
        in plain_text(page)
    )
    assert len(table(page)) == 3
    assert "Calculate" in page
    path = "/network/?kind=joint_project&kind=contract"
    assert staff.post(path)["Location"] == path + "#scores"
    assert "We’re calculating betweenness and closeness: 0% done" in plain_text(
        network_page(staff, "?kind=joint_project&kind=contract")
    )
    tasks.compute_network_scores()
    page = network_page(staff, "?kind=joint_project&kind=contract")
    assert "Calculate" not in page
    assert "Between" in page
    assert len(rows_of_file(staff, "?kind=joint_project&kind=contract")) == 6


def test_too_many_that_wait_are_refused_in_words(staff, town, monkeypatch):
    monkeypatch.setattr(network_queries, "IN_REQUEST", 0)
    for query in ("?kind=contract", "?kind=joint_project", "?side=community"):
        assert staff.post(f"/network/{query}").status_code == 302
    response = staff.post("/network/")
    assert (response.status_code, "Wait until they’re done." in response.content.decode()) == (422, True)


def test_too_much_to_draw_says_what_to_do(staff, town, monkeypatch):
    monkeypatch.setattr(network_queries, "MOST_TIES", 1)
    page = network_page(staff)
    assert "This network is too large" in page
    assert staff.post("/network/").status_code == 302
    assert rows_of_file(staff) == []


def test_five_hundred_parties_in_one_request(staff, town):
    """bench/speed/network.py measures the time."""
    fill_network(town.people.office, parties=494, tables=200, seats=5)  # in addition to the town's six
    page = network_page(staff)
    assert (len(table(page)), page.count("v-link")) == (500, 500)


def test_a_party_that_agreed_to_none_of_its_seats_is_marked(staff, town):
    rows = Party.objects.filter(organization__isnull=False)
    rows.update(state="recorded")
    agreed = rows.order_by("pk").first()
    Party.objects.filter(pk=agreed.pk).update(state="confirmed")
    page = network_page(staff)
    marked = {
        name
        for name in table(page)
        if re.search(rf'>{re.escape(name)}</a>(?:(?!<td).)*<span class="tag">Recorded by the office', page)
    }
    assert str(agreed) not in marked
    assert marked >= {str(one) for one in rows.exclude(organization=agreed.organization)} & set(table(page))
    assert marked


def test_the_page_is_in_spanish_and_shows_the_table_of_connections_from_its_pages(staff, town):
    page = plain_text(network_page(staff, "?lang=es"))
    for text in ("Hallazgos principales", "Medidas de la red", "Mostrar las 5 conexiones y sus alianzas en una tabla"):
        assert text in page
    assert '<details class="twin">' in network_page(staff)
    assert '<details class="twin" open>' in network_page(staff, "?page=1")
