"""Rounds of many partnerships: who may start them, whose people they ask, and that each starts once, whatever happens."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from partnerships.assessment import portfolios, rounds
from partnerships.assessment.asking_queries import can_be_asked, who_may_be_asked
from partnerships.core.access import SYSTEM, belongs_somewhere
from partnerships.core.errors import NotAllowed
from partnerships.models import (
    Change,
    Contact,
    Email,
    Membership,
    Partnership,
    Portfolio,
    PortfolioPlace,
    Respondent,
    Round,
)
from partnerships.records.privacy import erase_person, own_data
from partnerships.registry.actions import save_partnership
from partnerships.registry.queries import partnership_list
from partnerships.registry.representatives import representatives_by_party, representatives_of
from tests.factories import (
    answer_seats,
    in_days,
    make_department,
    make_jurisdiction,
    make_organization,
    make_partnership,
    party,
)
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
FIELDS = {"title": "Fall rounds", "closes_on": in_days(20)}


@snapshot_fixture
def table(people):
    """Partnerships of the editor's office, by title. Each organization has a contact with an email address."""
    return Table(people)


class Table:
    def __init__(self, people):
        self.people, self.made = people, {}

    def add(self, title, *, lead=None, desks=1, alone=False, **fields):
        lead = lead or self.people.office
        group = make_organization(f"Neighbors of {title}", "profiled", kept_by=self.people.office)
        for n in range(desks):
            Contact.objects.create(organization=group, name=f"Desk {n}", email=f"desk{n}-{group.pk}@example.org")
        seats = [party(lead, "lead"), *([] if alone else [party(group, "member")])]
        self.made[title] = make_partnership(title, lead=lead, parties=seats, **fields)
        return self.made[title]

    def start(self, *titles, by=None, **fields):
        chosen = [self.made[title] for title in titles]
        return portfolios.start_portfolio(partnerships=chosen, by=by or self.people.editor, fields=FIELDS | fields)


def plan_of(person, **params):
    query = QueryDict(mutable=True)
    query.update(params)
    return portfolios.plan_for(person, partnership_list(person, query).rows)


def in_words(plan):
    return [one.title for one in plan.chosen], {one.title: reason for one, reason in plan.left_out}


# The preview


def test_the_plan_says_for_which_a_round_can_start_and_why_not_for_others(people, table):
    table.add("A fits", desks=2)
    open_already(table.add("B is open"))
    table.add("C has ended", status="ended", status_reason="Done", lessons="Much", ends_on=in_days(-3))
    table.add("D is alone", alone=True)
    away = make_jurisdiction("Away")
    seats = [party(make_department(people.office), "member"), party(away, "member")]
    nobody = make_partnership("E has nobody", lead=people.office, parties=seats)
    table.add("F is another office's", lead=people.other_office)
    plan = plan_of(people.editor)
    left = {"B is open": "open", "C has ended": "ended", "D is alone": "alone", nobody.title: "nobody"}
    assert in_words(plan) == (["A fits"], left)
    assert (plan.people, plan.emails, plan.startable, plan.is_too_many) == (3, 3, 5, False)


def open_already(partnership):
    rounds.start_round(partnership=partnership, by=SYSTEM, fields=FIELDS, asked=[(partnership.parties.first(), None)])


def test_filters_choose_as_they_do_in_the_list(people, table):
    table.add("Body", kind="advisory_body")
    table.add("Project")
    assert in_words(plan_of(people.editor, kind="joint_project")) == (["Project"], {})


def test_a_partner_may_ask_where_it_sits_and_readers_may_nowhere(people, table):
    table.add("Without the partner")
    own = [party(people.office, "lead"), party(people.organization, "member")]
    table.made["With"] = make_partnership("With", lead=people.office, parties=own)
    assert in_words(plan_of(people.partner)) == (["With"], {})
    assert plan_of(people.administrator).startable == 2
    for person in (people.reader, people.stranger, people.other_editor):
        assert (plan_of(person).chosen, plan_of(person).startable) == ([], 0)


def test_people_who_are_asked_in_several_rounds_count_once_and_get_an_email_for_each(people, table):
    for title in ("One", "Two", "Three"):
        table.add(title)
    plan = plan_of(people.editor)
    assert (plan.people, plan.emails) == (4, 6)


def test_no_more_than_the_most_at_once(people, table, monkeypatch):
    monkeypatch.setattr(portfolios, "MOST", 2)
    for title in ("One", "Two"):
        table.add(title)
    assert not plan_of(people.editor).is_too_many
    table.add("Three")
    plan = plan_of(people.editor)
    assert (plan.is_too_many, plan.chosen) == (True, [])
    with pytest.raises(ValidationError, match="from 1 to 2"):
        table.start("One", "Two", "Three")
    with pytest.raises(ValidationError, match="from 1 to 2"):
        table.start()


@pytest.mark.both
@pytest.mark.slow
def test_the_plan_asks_as_often_for_one_as_for_many(people, table):
    counts = []
    assert belongs_somewhere(people.editor)  # loads the person's memberships
    for n in (1, 3, 20):
        while len(table.made) < n:
            table.add(f"Project {len(table.made)}")
        with CaptureQueriesContext(connection) as queries:
            assert len(plan_of(people.editor).chosen) == n
        counts.append(len(queries))
    assert counts == [7, 7, 7]  # one of them for who confirmed which seat


def test_speakers_of_many_are_those_of_each(people):
    """Every kind of party: with users, without, with viewers alone, and a department that its jurisdiction speaks for."""
    other = people.other_office
    with_reader, without = make_department(other, "With a reader"), make_department(other, "Without")
    own = make_department(people.office, "Of the lead")
    Membership.objects.create(person=people.member, department=with_reader, role="reader")
    Membership.objects.create(person=people.suspended, department=without, role="editor")
    bodies = [people.office, other, people.organization, make_organization("Nobody"), with_reader, without, own]
    seats = list(make_partnership(lead=people.office, parties=[party(one, "member") for one in bodies]).parties.all())
    each = {seat.pk: set(representatives_of(seat).values_list("person", flat=True)) for seat in seats}
    with CaptureQueriesContext(connection) as queries:
        assert (
            representatives_by_party(list(seats[0].partnership.parties.select_related("department", "partnership")))
            == each
        )
    assert len(queries) == 2
    named = {str(seat): {people_of_pk(people, pk) for pk in each[seat.pk]} for seat in seats}
    assert named == {
        "City of Minneapolis": {"editor"}, "City of Seattle": {"other_editor"}, "Tenants' association": {"partner"},
        "Nobody": set(), "With a reader": set(), "Without": {"other_editor"}, "Of the lead": set(),
    }  # fmt: skip


def people_of_pk(people, pk):
    return next(name for name, one in people.as_roles().items() if one.pk == pk)


# Starting


@pytest.mark.both
def test_representatives_are_asked_and_contacts_where_there_are_none(people, table):
    table.add("Homes", desks=2)
    own = [party(people.office, "lead"), party(people.organization, "member")]
    Contact.objects.create(organization=people.organization, name="Desk", email="unused@example.org")
    table.made["With"] = make_partnership("With", lead=people.office, parties=own)
    portfolio = table.start("Homes", "With")
    assert Round.objects.count() == 0
    assert portfolios.start_due() == 2
    asked = {
        one.partnership.title: sorted(str(place.person or place.contact) for place in one.respondents.all())
        for one in Round.objects.all()
    }
    assert asked == {"Homes": ["Desk 0", "Desk 1", "Editor"], "With": ["Editor", "Partner"]}
    assert set(Round.objects.values_list("title", "closes_on")) == {("Fall rounds", FIELDS["closes_on"])}
    # The office's own people are respondents. People of other partners are proposals until their editors name them.
    named = Respondent.objects.filter(is_named=True)
    assert {str(place.person) for place in named} == {"Editor"}
    assert list(Email.objects.filter(kind="round_name").values_list("recipient", flat=True)) == [
        f"person:{people.partner.pk}"
    ]
    portfolio.refresh_from_db()
    assert portfolio.finished_at is not None
    assert portfolios.start_due() == 0
    assert Round.objects.count() == 2


def test_the_plan_counts_the_people_who_are_proposed(people, table):
    for n in range(4):
        table.add(f"Project {n}", desks=n)
    plan = plan_of(people.editor)
    table.start(*(one.title for one in plan.chosen))
    portfolios.start_due()
    assert Respondent.objects.count() == plan.emails == 10
    assert len(set(Respondent.objects.values_list("person", "contact"))) == plan.people == 7


def test_it_is_in_the_log_and_in_ones_own_data_and_stays_without_who_is_erased(people, table):
    table.add("Homes")
    portfolio = table.start("Homes")
    entry = Change.objects.get(record_type="portfolio")
    assert (entry.by, entry.verb, entry.after["partnerships"]) == (
        people.editor,
        "create",
        [table.made["Homes"].public_id],
    )
    (row,) = own_data(people.editor)["portfolios"]
    assert (row["title"], "by" in row) == ("Fall rounds", False)
    Membership.objects.create(person=people.member, jurisdiction=people.office, role="manager")
    erase_person(person=people.editor, by=people.administrator)
    portfolio.refresh_from_db()
    assert portfolio.by is None
    portfolios.start_due()
    words = "The person who started these rounds can no longer start one here."
    assert (Round.objects.count(), problems(portfolio)) == (0, {"Homes": words})


def problems(portfolio):
    rows = PortfolioPlace.objects.filter(portfolio=portfolio).exclude(problem="")
    return dict(rows.values_list("partnership__title", "problem"))


@pytest.mark.unpublished_writes
def test_what_cannot_be_started_says_why_and_the_others_start(people, table):
    for title in ("Ends", "Opens", "Empties", "Fits"):
        table.add(title)
    portfolio = table.start("Ends", "Opens", "Empties", "Fits")
    Partnership.objects.filter(title="Ends").update(status="ended")
    open_already(table.made["Opens"])
    table.made["Empties"].parties.last().delete()
    portfolios.start_due()
    assert problems(portfolio) == {
        "Ends": "The partnership has ended.",
        "Opens": "A round is already open here.",
        "Empties": "Fewer than two sides take part.",
    }
    started = Round.objects.filter(portfolio_place__portfolio=portfolio)
    assert [one.partnership.title for one in started] == ["Fits"]
    portfolio.refresh_from_db()
    assert portfolio.finished_at


def test_a_due_date_that_is_too_near_is_reported(people, table):
    table.add("Homes")
    portfolio = table.start("Homes")
    Portfolio.objects.update(closes_on=in_days(12))
    portfolios.start_due()
    (problem,) = problems(portfolio).values()
    assert problem.endswith("Partners have 7 days to name who answers, and people at least 7 to answer.")


def test_a_reason_names_no_one_that_other_partners_may_not_know_of(people, table):
    """Everyone at the table reads why a round didn't start; only its starter sees all contacts and unlisted partners."""
    partnership = table.add("Homes", desks=0)
    quiet = make_organization("Quiet Canary", "unlisted", kept_by=people.office)
    for organization in (partnership.parties.get(position=1).organization, quiet):
        Contact.objects.create(organization=organization, name=f"Canary of {organization}", email="same@example.org")
    rows = [party(seat.entity, id=seat.pk) for seat in partnership.parties.all()]
    save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=[*rows, party(quiet)])
    answer_seats(partnership)
    portfolio = table.start("Homes")
    portfolios.start_due()
    words = "Someone here can’t be asked. Start the round on the partnership’s page to see who, and why."
    assert (Round.objects.count(), problems(portfolio)) == (0, {"Homes": words})
    # A reason from before is replaced by an upgrade.
    for reason in (
        "Canary has the same email address as someone else who is asked.",
        "Canary hasn’t confirmed its seat yet.",
    ):
        PortfolioPlace.objects.update(problem=reason)
        import_module("partnerships.migrations.0076_reasons_of_portfolios").replace_names(apps, None)
        assert problems(portfolio) == {"Homes": words}


@pytest.mark.parametrize(
    ("closes_on", "error"),
    [(None, "Enter the deadline"), (in_days(12), "7 days to name"), (in_days(300), "120 days")],
)
def test_a_day_that_does_not_fit_starts_nothing(people, table, closes_on, error):
    table.add("Homes")
    with pytest.raises(ValidationError, match=error):
        table.start("Homes", closes_on=closes_on)
    assert (Portfolio.objects.count(), PortfolioPlace.objects.count()) == (0, 0)


def test_no_one_starts_rounds_that_are_not_theirs(people, table):
    table.add("Homes")
    table.add("Away", lead=people.other_office)
    for person in (people.reader, people.stranger, people.partner, people.other_editor, None):
        with pytest.raises(NotAllowed):
            portfolios.start_portfolio(partnerships=list(table.made.values()), by=person, fields=FIELDS)
    with pytest.raises(NotAllowed):
        table.start("Homes", "Away")


def test_a_person_who_lost_the_right_since_starts_nothing(people, table):
    table.add("Homes")
    portfolio = table.start("Homes")
    Membership.objects.filter(person=people.editor).update(role="reader")
    portfolios.start_due()
    assert (Round.objects.count(), list(problems(portfolio))) == (0, ["Homes"])


# Crashes and concurrent workers


@pytest.mark.both
def test_a_crash_leaves_no_half_a_round_and_the_next_run_starts_it(people, table, monkeypatch):
    for title in ("One", "Two", "Three"):
        table.add(title)
    portfolio = table.start("One", "Two", "Three")
    second = portfolio.places.all()[1].pk
    save = PortfolioPlace.save

    def crash(place, *args, **kwargs):
        if place.pk == second:
            raise RuntimeError("The machine is gone.")
        return save(place, *args, **kwargs)

    monkeypatch.setattr(PortfolioPlace, "save", crash)
    assert portfolios.start_due() == 2
    titles = Round.objects.order_by("pk").values_list("partnership__title", flat=True)
    assert list(titles) == ["One", "Three"]
    assert Respondent.objects.count() == 4
    portfolio.refresh_from_db()
    assert portfolio.finished_at is None
    monkeypatch.undo()
    assert portfolios.start_due() == 1
    assert list(titles.all()) == ["One", "Three", "Two"]
    assert Respondent.objects.count() == 6


@pytest.mark.both
def test_what_breaks_each_time_holds_up_nothing_else(people, table, monkeypatch):
    for title in ("One", "Two", "Three"):
        table.add(title)
    portfolio = table.start("One", "Two", "Three")
    broken, save = {place.pk for place in portfolio.places.all()[:2]}, PortfolioPlace.save

    def crash(place, *args, **kwargs):
        if place.pk in broken:
            raise RuntimeError("It breaks.")
        return save(place, *args, **kwargs)

    monkeypatch.setattr(PortfolioPlace, "save", crash)
    assert [portfolios.start_due(most=1) for _ in range(3)] == [0, 0, 1]
    assert [one.partnership.title for one in Round.objects.all()] == ["Three"]
    assert problems(portfolio) == {"One": portfolios.BROKE, "Two": portfolios.BROKE}
    monkeypatch.undo()
    assert (portfolios.start_due(), problems(portfolio)) == (2, {})


@pytest.mark.both
def test_a_place_that_is_done_is_not_done_again(people, table):
    table.add("Homes")
    (place,) = table.start("Homes").places.all()
    assert portfolios.start_place(place.pk) is True
    assert portfolios.start_place(place.pk) is False
    assert Round.objects.count() == 1


def test_two_offers_are_the_same(people, table):
    """The offer for one partnership is the same on its own page and on the page of many."""
    table.add("Homes", desks=3)
    one = table.made["Homes"]
    offered = [key for key, _ in who_may_be_asked(people.editor, one)]
    ((lead, speakers, _), (group, none, contacts)) = can_be_asked(people.editor, [one])[one.pk]
    of_lead = [f"contact:{c.pk}:{lead.pk}" for c in can_be_asked(people.editor, [one])[one.pk][0][2]]
    assert offered == [
        *(f"party:{lead.pk}", f"speakers:{lead.pk}", *of_lead),
        *(f"party:{group.pk}", *(f"contact:{c.pk}:{group.pk}" for c in contacts)),
    ]
    assert (speakers, none, len(contacts)) == ({people.editor.pk}, set(), 3)
    assert portfolios.default_keys(who_may_be_asked(people.editor, one)) == [
        key for key in offered if key not in of_lead
    ]
