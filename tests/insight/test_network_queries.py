"""What each person sees of the network: partners, connections and dates, without what they may not know of."""

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from partnerships.core import clock
from partnerships.core.errors import UnknownParameters, ValidationError
from partnerships.insight import network_queries
from partnerships.insight.network_queries import network
from partnerships.models import Confirmation, Membership, Party
from partnerships.registry.rules import parties_visible_to
from tests.factories import in_days, make_jurisdiction, make_organization, make_partnership, party

# Seats are made without the registry's actions, so that each differs in one field alone.
pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


def network_of(person, query=""):
    return network(person, QueryDict(query))


def names(found):
    return [body.name for body in found.bodies]


def ties(found):
    return [(found.bodies[t.first].name, found.bodies[t.second].name) for t in found.ties]


ALL = ["City of Minneapolis", "City of Seattle", "Community college", "Department of Housing", "Friends of the parks"]
ALL += ["Tenants' association"]
HOUSING = [
    ("City of Minneapolis", "Department of Housing"),
    ("City of Minneapolis", "Tenants' association"),
    ("Department of Housing", "Tenants' association"),
]
PARKS, SCHOOLS = ("Department of Housing", "Friends of the parks"), ("City of Seattle", "Community college")


@pytest.mark.both
def test_staff_see_the_network_of_what_they_may_see(town):
    found = network_of(town.people.editor)
    assert names(found) == ALL
    assert sorted(ties(found)) == sorted([*HOUSING, PARKS, SCHOOLS])
    assert [one.title for one in found.ties[0].partnerships] == ["Homes for all"]
    assert (found.ties[0].partnerships[0].issues, found.ties[0].partnerships[0].kind) == (["Housing"], "joint_project")
    assert found.near == [[3, 5], [2], [1], [0, 4, 5], [3], [0, 3]]


@pytest.mark.both
def test_everyone_sees_connections_of_what_is_public_and_no_more(town):
    office, listed = town.people.office, make_organization("Choir", "profiled")
    quiet, hidden = make_organization("Quiet Neighbors", "unlisted"), make_organization("Choir 2", "profiled")
    make_partnership("Shown", lead=office, parties=[party(office), party(quiet, circle="consulted"), party(listed)])
    make_partnership("Draft", lead=office, parties=[party(office), party(hidden)], published=False)
    for person in (None, town.people.stranger, town.people.suspended):
        found = network_of(person)
        assert set(names(found)) == {str(row.entity) for row in parties_visible_to(None)}
        assert set(names(found)) >= {"Choir", "City of Minneapolis"}
        assert not {"Quiet Neighbors", "Choir 2"} & set(names(found))
        assert {tie.closeness for tie in found.ties} == {None}
        assert not found.reported
        for query in ("on=2020-01-01", "close=2", "size=betweenness", "colour=component", "ordering=-loss"):
            with pytest.raises(UnknownParameters):
                network_of(person, query)


@pytest.mark.both
@pytest.mark.parametrize("role", ["partner", "department", "other_partner"])
def test_a_member_sees_all_that_a_visitor_sees_and_no_scores_of_it(town, role):
    found, public = network_of(getattr(town.people, role)), network_of(None)
    assert set(names(found)) >= set(names(public))
    assert set(ties(found)) >= set(ties(public))
    assert (found.has_scores, found.reported, {tie.closeness for tie in found.ties}) == (False, [], {None})


@pytest.mark.parametrize("query", ["of=own", "on=", "size=betweenness", "colour=component", "ordering=-loss"])
def test_what_shows_scores_shows_a_member_only_their_own_partnerships(town, query):
    query = query + clock.today().isoformat() if query == "on=" else query
    found = network_of(town.people.partner, query)
    assert (ties(found), found.has_scores) == (HOUSING, True)


def test_a_partner_sees_scores_of_the_partnerships_of_their_own_organizations_alone(town):
    found = network_of(town.people.partner, "of=own")
    assert ties(found) == HOUSING
    assert names(found) == ["City of Minneapolis", "Department of Housing", "Tenants' association"]


def test_a_partner_that_has_left_sees_the_network_no_more(town):
    town.seat(town.tenants, town.housing, ends_on=in_days(-1))
    assert names(network_of(town.people.partner, "of=own")) == []
    assert names(network_of(town.people.partner, f"on={in_days(-30)}")) == []
    town.seat(town.tenants, town.housing, ends_on=in_days(0))
    assert ties(network_of(town.people.partner, "of=own")) == HOUSING


def test_a_member_without_a_seat_has_no_network_of_their_own(town):
    found = network_of(town.people.department, "of=own")
    assert (names(found), ties(found)) == ([], [])


def test_an_unlisted_organization_is_no_node_tie_or_count_for_others(town):
    town.add_quiet()
    Membership.objects.create(person=town.people.partner_reader, organization=town.friends, role="reader")
    assert "Quiet neighbors" in names(network_of(town.people.editor))
    for person, query in ((town.people.other_editor, ""), (town.people.partner_reader, "of=own")):
        found = network_of(person, query)
        assert ("Quiet neighbors" in names(found), found.new, found.gone) == (False, 0, 0)
    assert names(network_of(town.people.partner_reader, "of=own")) == ["Department of Housing", "Friends of the parks"]
    focused = network_of(town.people.other_editor, f"focus={town.quiet.public_id}")
    assert (names(focused), focused.lacks_focus) == ([], True)


def test_an_unlisted_organization_leaves_no_trace_in_scores_or_time(town):
    """It would connect two partnerships, and it joined recently."""
    elsewhere = town.people.member
    Membership.objects.create(person=elsewhere, jurisdiction=make_jurisdiction("Ramsey County"), role="reader")
    before = network_of(elsewhere)
    for table in (town.parks, town.schools):
        place = town.add_quiet(table)
        Party.objects.filter(pk=place.pk).update(starts_on=in_days(-5))
    after, staff = network_of(elsewhere), network_of(town.people.editor)
    assert "Quiet neighbors" in names(staff)
    assert (after.scores, after.digest, after.coverage) == (before.scores, before.digest, before.coverage)
    assert (after.new, after.gone) == (0, 0)
    assert (staff.new, staff.digest == after.digest) == (2, False)  # in the partnership that the office leads


def test_a_withdrawn_name_is_gone_at_once(town):
    assert "Friends of the parks" in names(network_of(town.people.other_editor))
    type(town.friends).objects.filter(pk=town.friends.pk).update(listing="unlisted")
    assert "Friends of the parks" not in names(network_of(town.people.other_editor))


def test_organizing_shows_an_organization_by_its_own_yes_alone(town):
    office, group = town.people.office, make_organization("Named group", "named")
    seats = [party(office), party(group, "organizer")]
    table = make_partnership("Pressure", lead=office, parties=seats, kind="organizing", confirmed=False)
    administrator = town.people.administrator
    for person in (town.people.editor, administrator, town.people.other_editor):
        assert "Named group" not in names(network_of(person))
    town.seat(group, table, state="confirmed")
    for person in (town.people.editor, administrator, town.people.other_editor):
        assert ("City of Minneapolis", "Named group") in ties(network_of(person))


@pytest.mark.parametrize("circle", ["declined", "not_approached"])
def test_who_declined_or_was_not_asked_is_no_node_even_for_the_office(town, circle):
    town.seat(town.friends, town.parks, circle=circle)
    assert "Friends of the parks" not in names(network_of(town.people.editor))
    assert "Friends of the parks" not in names(network_of(town.people.administrator))


def test_drafts_are_their_offices_alone(town):
    group = make_organization("Early group", "profiled")
    seats = [party(town.people.office, "lead"), party(group)]
    make_partnership("Early", lead=town.people.office, parties=seats, published=False)
    assert "Early group" in names(network_of(town.people.editor))
    assert "Early group" not in names(network_of(town.people.other_editor))


# Dates


@pytest.mark.both
def test_a_place_counts_from_its_first_day_to_its_last(town):
    town.seat(town.friends, town.parks, starts_on=in_days(-10), ends_on=in_days(10))
    asked = {days: PARKS in ties(network_of(town.people.editor, f"on={in_days(days)}")) for days in (-11, -10, 10, 11)}
    assert asked == {-11: False, -10: True, 10: True, 11: False}


def test_new_and_ended_ties_compare_with_the_same_day_a_quarter_earlier(town):
    town.seat(town.friends, town.parks, starts_on=in_days(-10))
    town.seat(town.college, town.schools, ends_on=in_days(-10))
    found = network_of(town.people.editor)
    assert (found.new, found.gone, found.before) == (1, 1, clock.today() - relativedelta(months=3))
    around = network_of(town.people.editor, f"focus={town.tenants.public_id}")
    assert (around.new, around.gone) == (0, 0)


def test_a_partnership_that_ended_connects_no_one_afterwards(town):
    type(town.parks).objects.filter(pk=town.parks.pk).update(status="ended", ends_on=in_days(-5))
    assert PARKS not in ties(network_of(town.people.editor))
    assert PARKS in ties(network_of(town.people.editor, f"on={in_days(-5)}"))
    type(town.parks).objects.filter(pk=town.parks.pk).update(ends_on=None)
    assert PARKS not in ties(network_of(town.people.editor, f"on={in_days(-5)}"))


# Filters


@pytest.mark.both
def test_filters_leave_parties_and_ties(town):
    editor, office = town.people.editor, town.people.office
    assert ties(network_of(editor, "kind=contract")) == [PARKS]
    assert ties(network_of(editor, "issue=housing")) == HOUSING
    assert ties(network_of(editor, f"jurisdiction={town.people.other_office.public_id}")) == [SCHOOLS]
    assert names(network_of(editor, "side=community")) == ["Friends of the parks", "Tenants' association"]
    assert ties(network_of(editor, f"jurisdiction={office.public_id}&side=government")) == [HOUSING[0]]


@pytest.mark.parametrize(
    ("steps", "parties"),
    [
        ("1", ["Department of Housing", "Friends of the parks"]),
        ("2", ["City of Minneapolis", "Department of Housing", "Friends of the parks", "Tenants' association"]),
    ],
)
def test_steps_around_a_party(town, steps, parties):
    found = network_of(town.people.editor, f"focus={town.friends.public_id}&steps={steps}")
    assert names(found) == parties
    assert found.bodies[found.focus].name == "Friends of the parks"


@pytest.mark.parametrize(
    "query",
    ["side=x", "kind=x", "issue=x", "jurisdiction=J-0", "on=soon", "on=0001-01-01", "steps=9", "size=x", "page=0"],
)
def test_a_value_that_is_not_known_is_refused(town, query):
    with pytest.raises(ValidationError):
        network_of(town.people.editor, query)


def test_a_name_that_is_not_known_is_refused(town):
    with pytest.raises(UnknownParameters):
        network_of(town.people.editor, "cursor=x")


@pytest.mark.both
def test_coverage_counts_partners_that_made_a_statement(town):
    place = Party.objects.get(organization=town.tenants)
    Confirmation.objects.create(party=place, verdict="confirmed", fingerprint="x", at=clock.now())
    assert network_of(town.people.editor).coverage == 1 / 6
    assert network_of(town.people.partner, "of=own").coverage == 1 / 3


@pytest.mark.parametrize("limit", ["MOST_SEATS", "MOST_TIES"])
def test_too_much_to_draw_is_said_and_not_tried(town, monkeypatch, limit):
    monkeypatch.setattr(network_queries, limit, 2)
    found = network_of(town.people.editor)
    assert (found.is_too_large, found.bodies, found.ties) == (True, [], [])
    assert not network_of(town.people.editor, "kind=contract").is_too_large


@pytest.mark.both
@pytest.mark.parametrize("more", [0, 3])
def test_the_network_takes_three_queries(town, more):
    for n in range(more):
        seats = [party(town.people.office, "lead"), party(make_organization(f"Group {n}"))]
        make_partnership(f"Table {n}", lead=town.people.office, parties=seats)
    town.people.editor.memberships.all()
    with CaptureQueriesContext(connection) as queries:
        network_of(town.people.editor)
    assert len(queries) == 4  # with the person's memberships
    with CaptureQueriesContext(connection) as queries:
        network_of(town.people.partner, "of=own")
    assert len(queries) == 4
