"""Membership composition: what is refused, who sees what, what stays hidden, and what is never compared."""

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.measurement import composition
from partnerships.measurement import composition_queries as queries
from partnerships.models import Change, Makeup
from tests.factories import make_body, make_composition, make_partnership, make_population

pytestmark = pytest.mark.django_db
LARGE = {"black": 8, "hispanic": 5, "white": 7}
SMALL = {"asian": 2, "black": 8, "hispanic": 5, "white": 4}


@pytest.fixture
def body(people):
    return make_body(lead=people.office)


def comparison_of(body, **asked):
    return queries.compare_with_population(None, body, **asked)[0]


def members(compared):
    return {row.key: row.members for row in compared.rows}


def kept_keys(compared):
    return {row.key for row in compared.rows if row.is_kept}


GIVEN = {"members": 20, "prefer_not": 1, "no_answer": 2, "counts": {"women": 9, "men": 8}}
LONG_AGO = {"total": 1000, "counts": {"women": 500, "men": 480}}
REFUSED = {
    "more in a group than answered": (
        GIVEN | {"counts": {"women": 18, "men": 0}, "no_answer": 2},
        "of_women",
        "Only 17 of 20",
    ),
    "less than nobody": (GIVEN | {"counts": {"women": -1, "men": 18}}, "of_women", "Enter 0 if there’s no one"),
    "no number for a group": (GIVEN | {"counts": {"women": 9, "men": None}}, "of_men", "Enter 0 if there’s no one"),
    "more together than answered": (
        GIVEN | {"counts": {"women": 10, "men": 8}},
        "members",
        "The groups add up to 18 members",
    ),
    "fewer together than answered": (GIVEN | {"counts": {"women": 8, "men": 8}}, "members", "must match"),
    "several, fewer together": (GIVEN | {"several": True, "counts": {"women": 8, "men": 8}}, "members", "at least one"),
    "more silent than members": (
        GIVEN | {"no_answer": 20, "counts": {"women": 0, "men": 0}},
        "members",
        "without an answer",
    ),
    "no members": (GIVEN | {"members": 0}, "members", "Enter how many members it has"),
    "members not said": (GIVEN | {"members": None}, "members", "Enter a whole number"),
    "a day to come": (GIVEN | {"counted_on": clock.today() + timedelta(days=3)}, "counted_on", "is in the future"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_counts_that_cannot_be_are_refused_at_their_field(body, name):
    given, key, error = REFUSED[name]
    with pytest.raises(ValidationError) as problem:
        make_composition(body, **given)
    assert [error in text for text in problem.value.message_dict[key]] == [True]
    assert not Makeup.objects.exists()


PEOPLE_REFUSED = {
    "no total": ({"total": None}, "total", "We need it for percentages"),
    "more in a group than in all": ({"total": 490}, "of_women", "from 0 to 490"),
    "more together than in all": ({"total": 700}, "total", "add up to 980 people"),
    "no group": ({"counts": {}}, "total", "at least one group"),
    "no source": ({"source": ""}, "source", "Enter the table"),
    "a year to come": ({"year": clock.today().year + 1}, "year", "is in the future"),
    "a year before any table": ({"year": 1492}, "year", "greater than or equal"),
}


@pytest.mark.parametrize("name", PEOPLE_REFUSED)
def test_tables_of_people_that_cannot_be_are_refused_at_their_field(people, name):
    given, key, error = PEOPLE_REFUSED[name]
    with pytest.raises(ValidationError) as problem:
        make_population(people.office, **given)
    assert [error in text for text in problem.value.message_dict[key]] == [True]


def test_only_the_advisory_bodys_members_are_counted_and_in_its_own_groups(people, body):
    with pytest.raises(ValidationError, match="advisory body"):
        make_composition(make_partnership(lead=people.office))
    with pytest.raises(ValidationError, match="not a group of Gender"):
        make_composition(body, counts={"women": 9, "men": 8, "black": 3})
    make_composition(body)
    with pytest.raises(ValidationError, match="already a count"):
        make_composition(body)


def test_who_may_write(people, body):
    count, table = make_composition(body), make_population(people.office)
    for by in (people.reader, people.partner, people.stranger, people.other_editor):
        with pytest.raises(NotAllowed):
            composition.save_composition(makeup=count, by=by, fields={"note": "Mine"})
        with pytest.raises(NotAllowed):
            composition.save_population(population=table, by=by, fields={"note": "Mine"})
    saved = composition.save_composition(makeup=count, by=people.editor, fields={"note": "Mine"}, version=1)
    assert (saved.note, saved.version) == ("Mine", 2)
    with pytest.raises(EditConflict):
        composition.save_composition(makeup=count, by=people.editor, fields={"note": "Late"}, version=1)
    before = Change.objects.count()
    assert composition.save_composition(makeup=count, by=people.editor, fields={"note": "Mine"}).version == 2
    assert Change.objects.count() == before


def test_members_are_next_to_the_population(people, body):
    make_composition(body, "race", LARGE, no_answer=0)
    counts = {"black": 300, "white": 600, "asian": 100}
    make_population(people.office, "race", counts, total=1000, year=2022)
    found = comparison_of(body)
    black = next(row for row in found.rows if row.key == "black")
    assert (black.members, black.share, black.people, black.people_share) == (
        10,
        Decimal(50),
        300,
        Decimal(30),
    )  # 8 of 20
    assert (black.gap, round(black.ratio, 3)) == (Decimal(20), Decimal("1.667"))
    white = next(row for row in found.rows if row.key == "white")
    assert (white.members, white.share, white.gap, white.ratio) == (5, Decimal(25), None, None)  # 7, too few to compare
    assert (found.members, found.population.year, kept_keys(found)) == (20, 2022, set())
    # A group isn't reported as missing if no one is known to live there, or if it isn't a group of its own.
    assert found.absent == ["Asian"]


def test_a_small_group_is_shown_to_no_one(people, body):
    make_composition(body, "race", SMALL, members=20, prefer_not=0, no_answer=1)
    make_population(people.office, "race", {"asian": 100, "american-indian": 40}, total=1000)
    found = comparison_of(body)
    assert kept_keys(found) == {"asian", "white", "no-answer"}
    assert [
        row for row in found.rows if row.is_kept and (row.members, row.share, row.gap, row.ratio) != (None,) * 4
    ] == []
    assert found.absent == ["American Indian or Alaska Native"]
    for person in (people.editor, people.administrator):
        assert queries.compare_with_population(person, body)[0] == found


def test_members_of_fewer_than_twenty_have_no_share(body):
    make_composition(body, counts={"women": 9, "men": 8}, members=17, no_answer=0)
    women, men, *_ = comparison_of(body).rows
    assert [(row.members, row.share) for row in (women, men)] == [(10, None), (10, None)]
    page = Client().get(reverse("partnership_makeup", args=[body.public_id])).content.decode()
    assert "15 members on March 1, 2024" in page
    assert "No percentage, fewer than 20 members" in page
    assert "Members are rounded to the nearest 5." in page


def test_a_correction_of_fewer_than_five_members_changes_nothing_that_is_shown(body):
    count = make_composition(body, counts={"women": 12, "men": 12}, members=24, no_answer=0)
    page = reverse("partnership_makeup", args=[body.public_id])

    def main():
        return Client().get(page).content.partition(b"<main")[2]

    before = main()
    count = composition.save_composition(makeup=count, by=SYSTEM, fields={"members": 25, "of_women": 13})
    assert (count.counts["women"], main()) == (13, before)
    composition.save_composition(makeup=count, by=SYSTEM, fields={"members": 29, "of_women": 17})
    assert members(comparison_of(body)) | {"all": comparison_of(body).members} == {
        "women": 15, "men": 10, "another": 0, "prefer-not": 0, "no-answer": 0, "all": 30}  # fmt: skip


def test_an_advisory_body_of_few_shows_nothing_but_the_reason(people, body):
    make_composition(body, counts={"women": 2, "men": 2}, members=4)
    found = comparison_of(body)
    assert (found.too_few, found.is_closed, found.members, found.rows) == (True, True, None, [])
    page = Client().get(reverse("partnership_makeup", args=[body.public_id])).content.decode()
    assert "fewer than 5 members" in page
    assert 'class="v measure' not in page
    assert "kept back" not in page.lower()
    # None of it was shown, so it hides nothing in a later count.
    make_composition(body, counts={"women": 11, "men": 9}, counted_on=date(2026, 5, 1), changed=20)
    composition.save_composition(
        makeup=Makeup.objects.first(), by=SYSTEM, fields={"members": 20, "of_women": 12, "of_men": 8, "no_answer": 0}
    )
    assert kept_keys(comparison_of(body)) == set()


def test_what_was_kept_back_stays_so_at_later_dates_and_after_a_correction(people, body):
    first = make_composition(body, "race", SMALL, no_answer=1)
    make_composition(
        body, "race", {"asian": 6, "black": 8, "white": 6}, no_answer=0, counted_on=date(2026, 6, 1), changed=9
    )
    assert kept_keys(comparison_of(body)) >= {"asian", "white", "no-answer"}
    assert members(comparison_of(body))["black"] == 10  # 8
    fields = {"of_asian": 7, "of_black": 8, "of_hispanic": 5, "of_white": 0, "no_answer": 0}
    composition.save_composition(makeup=first, by=SYSTEM, fields=fields)
    assert kept_keys(comparison_of(body, dimension="race", on=date(2024, 3, 1))) >= {"asian", "white", "no-answer"}
    # Other dimensions and other advisory bodies are independent.
    make_composition(body, counts={"women": 11, "men": 9})
    assert (
        kept_keys(next(found for found in queries.compare_with_population(None, body) if found.dimension == "gender"))
        == set()
    )
    other = make_body("Other committee", lead=people.office)
    make_composition(other, "race", {"asian": 6, "black": 8, "white": 6}, no_answer=0)
    assert kept_keys(comparison_of(other)) == set()


def test_a_count_since_which_few_changed_waits(people, body):
    make_composition(body, counts={"women": 11, "men": 9})
    later = make_composition(body, counts={"women": 12, "men": 9}, members=21, counted_on=date(2026, 6, 1), changed=1)
    found = comparison_of(body)
    assert (found.counted_on, found.members, found.waiting) == (date(2024, 3, 1), 20, [date(2026, 6, 1)])
    with pytest.raises(NotFound):
        comparison_of(body, dimension="gender", on=date(2026, 6, 1))
    assert (
        "2026-06-01" not in Client().get(reverse("partnership_makeup_csv", args=[body.public_id])).getvalue().decode()
    )
    composition.save_composition(makeup=later, by=SYSTEM, fields={"changed": 5})
    found = comparison_of(body)
    assert (found.counted_on, found.dates, found.waiting) == (date(2026, 6, 1), [date(2024, 3, 1)], [])


def test_a_count_for_an_earlier_day_moves_nothing_that_is_shown(body):
    later = make_composition(body, counts={"women": 11, "men": 9})
    before = comparison_of(body)
    make_composition(body, counts={"women": 12, "men": 8}, counted_on=date(2024, 1, 1))
    found = comparison_of(body)
    assert (found.counted_on, found.rows, found.dates) == (before.counted_on, before.rows, [])
    assert found.waiting == [date(2024, 1, 1)]
    composition.save_composition(makeup=later, by=SYSTEM, fields={"changed": 6})
    assert comparison_of(body).dates == [date(2024, 1, 1)]


def test_the_two_standards_for_race_are_never_compared(people, body):
    make_composition(body, "race", LARGE, no_answer=0)
    make_population(people.office, "race1997", {"black": 300, "white": 600}, total=1000)
    found = comparison_of(body)
    assert (found.population, found.other, found.absent) == (None, "race1997", [])
    assert {row.people for row in found.rows} == {None}
    page = Client().get(reverse("partnership_makeup", args=[body.public_id])).content.decode()
    assert "uses the other standard for race, Race and ethnicity (1997 standard)" in page


def test_other_days_and_years_can_be_asked_for(people, body):
    make_composition(body, counts={"women": 11, "men": 9})
    make_composition(body, counts={"women": 10, "men": 10}, counted_on=date(2026, 6, 1), changed=12)
    for year in (2020, 2024):
        make_population(people.office, year=year)
    found = comparison_of(body, dimension="gender", on=date(2024, 3, 1), year=2020)
    assert (found.counted_on, found.population.year, found.dates, found.years) == (
        date(2024, 3, 1),
        2020,
        [date(2026, 6, 1)],
        [2024],
    )
    page = reverse("partnership_makeup", args=[body.public_id])
    asked = {
        "of=gender&on=2024-03-01": 200,
        "of=gender&on=2024-03-02": 404,
        "of=gender&year=1999": 404,
        "on=2024-03-01": 404,
    }
    asked |= {
        "of=age": 404,
        "of=x": 404,
        "of=gender&on=x": 404,
        "of=gender&year=x": 404,
        "of=gender&year=-1": 404,
        "x=y": 400,
    }
    assert {query: Client().get(f"{page}?{query}").status_code for query in asked} == asked


def test_tables_that_look_alike_give_the_same_page_and_file(people, body):
    """The strongest canary: with other counts behind the hidden ones, not one byte differs for any reader."""
    count = make_composition(body, "race", SMALL, no_answer=1)
    make_population(people.office, "race", {"asian": 100, "white": 700}, total=1000)
    answers = []
    for fields in ({}, {"of_asian": 3, "of_white": 3}, {"of_asian": 1, "of_white": 4, "no_answer": 2}):
        composition.save_composition(makeup=count, by=SYSTEM, fields=fields)
        for person in (None, people.reader, people.partner, people.editor):
            client = Client()
            if person:
                client.force_login(person)
            for route in ("partnership_makeup", "partnership_makeup_csv"):
                answer = client.get(reverse(route, args=[body.public_id]))
                content = answer.getvalue() if answer.streaming else answer.content
                answers.append((person, route, content.partition(b"<main")[2] or content))
    assert len(set(answers)) == 8


def test_the_history_of_a_count_is_for_those_who_enter_it(people, body):
    count = make_composition(body)
    composition.save_composition(
        makeup=count, by=people.editor, fields={"of_women": 10, "no_answer": 2}, why="One more answered"
    )
    page = reverse("makeup_history", args=[count.public_id])
    for person, status in ((people.reader, 404), (people.stranger, 404), (people.partner, 404), (people.editor, 200)):
        client = Client()
        client.force_login(person)
        answer = client.get(page)
        assert (answer.status_code, b"One more answered" in answer.content) == (status, status == 200)
    # No other page mentions it: neither the advisory body's own history nor its public records.
    client = Client()
    client.force_login(people.reader)
    for route in ("partnership", "partnership_history", "public_records"):
        assert b"One more answered" not in client.get(reverse(route, args=[body.public_id])).content


def test_the_file_holds_the_rows_of_the_page_and_no_formula(people, body):
    make_composition(body, counts={"women": 11, "men": 9})
    make_population(people.office, source="=1+1")
    text = Client().get(reverse("partnership_makeup_csv", args=[body.public_id])).getvalue().decode("utf-8-sig")
    head, women, men, *rest = csv.reader(text.splitlines())
    assert head[:6] == ["counted_by", "counted_on", "group", "state", "members", "share_of_members"]
    assert women == ["gender", "2024-03-01", "Women", "", "10", "50", "500", "50", "0", "1", "2024", "'=1+1"]
    assert men[-4:] == ["2", "1.04", "2024", "'=1+1"]
    assert [row[2] for row in rest] == ["Nonbinary or another gender", "Prefer not to say", "Did not answer"]
