"""Interpretations on a measure's page: added, answered, withdrawn, and in its pictures and files."""

import re
from datetime import date
from decimal import Decimal as D

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.overdue_data import last_due
from partnerships.models import Reading
from tests.factories import make_measure, make_partnership, make_result, party

pytestmark = pytest.mark.django_db
YEARS = [date(year, 1, 1) for year in (2022, 2023, 2024)]
GROUPS = [
    {"dimension": "race", "key": "black", "name": "Black or African American"},
    {"dimension": "race", "key": "hispanic", "name": "Hispanic or Latino"},
    {"dimension": "race", "key": "white", "name": "White", "is_reference": True},
]


@pytest.fixture
def measure(people):
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    result = make_result(lead=people.office, partnerships=[table], is_published=True)
    owners = [{"party": one, "supplies": bool(one.organization_id)} for one in table.parties.all()]
    measure = make_measure(
        "Renters <who> stay", result=result, groups=GROUPS, owners=owners, is_published=True,
        target_value=D(80), target_on=date(2028, 1, 1), baseline_value=D(60), baseline_on=YEARS[0],
    )  # fmt: skip
    rows = [
        {"starts_on": year, "cell": cell, "numerator": D(above + 10 * n), "denominator": D(below)}
        for n, year in enumerate(YEARS)
        for cell, above, below in (
            ("", 600, 1000), ("race=black", 150, 300), ("race=hispanic", 150, 300), ("race=white", 300, 400)
        )
    ]  # fmt: skip
    save_points(measure=measure, by=SYSTEM, rows=rows, source="City survey")
    return measure


def url(measure, rest=""):
    return f"/measures/{measure.public_id}/{rest}"


def interpret(client, measure, **typed):
    sent = {"about": "2024-01-01|race=black", "kind": "dispute", "words": "We counted 90 more."} | typed
    return client.post(url(measure, "say/"), sent, follow=True)


@pytest.fixture
def partner(client, people):
    client.force_login(people.partner)
    return client


def test_a_partner_sees_a_number_differently_and_the_office_answers(partner, people, measure):
    page = partner.get(url(measure, "say/")).content.decode()
    assert "2024, Black or African American: 57%" in page
    page = interpret(partner, measure, party=people.organization.public_id).content.decode()
    assert "Tenants&#x27; association disputes this" in page
    assert "2024, Black or African American: 57% when this was written" in page
    assert "We counted 90 more." in page
    assert "Under review" in page
    assert "Respond" not in page
    interpretation = Reading.objects.get()
    partner.force_login(people.editor)
    assert "Respond" in partner.get(url(measure)).content.decode()
    answer = url(measure, f"said/{interpretation.pk}/answer/")
    assert partner.post(answer, {"answer": " "}).status_code == 422
    page = partner.post(answer, {"answer": "You are right."}, follow=True).content.decode()
    assert "You are right." in page
    assert "Under review" not in page
    again = partner.post(answer, {"answer": "Another <word>"})
    assert (again.status_code, "Another &lt;word&gt;" in again.content.decode()) == (409, True)


def test_bad_input_is_said_at_its_field_and_nothing_is_lost(partner, people, measure):
    before = Reading.objects.count()
    for typed, field in (
        ({"about": "2031-01-01|"}, "about"),
        ({"about": "nonsense"}, "about"),
        ({"about": ""}, "about"),
        ({"words": "x" * 2001}, "words"),
        ({"words": " "}, "words"),
        ({"kind": "shout"}, "kind"),
    ):
        answer = interpret(partner, measure, party=people.organization.public_id, **typed)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), typed
        assert typed.get("words", "We counted 90 more.").strip() in answer.content.decode()
    assert Reading.objects.count() == before


@pytest.mark.slow
def test_who_may_say_and_answer(client, people, measure):
    assert client.get(url(measure, "say/")).status_code == 403
    client.force_login(people.partner)
    interpret(client, measure, party=people.organization.public_id)
    interpretation = Reading.objects.get()
    for name, statuses in (
        ("partner", (200, 403, 302)), ("editor", (200, 200, 403)), ("partner_reader", (403, 403, 403)),
        ("reader", (403, 403, 403)), ("stranger", (403, 403, 403)), ("other_editor", (403, 403, 403)),
    ):  # fmt: skip
        client.force_login(getattr(people, name))
        found = (
            client.get(url(measure, "say/")).status_code,
            client.get(url(measure, f"said/{interpretation.pk}/answer/")).status_code,
        )
        if name != "partner":
            assert (
                *found,
                client.post(url(measure, f"said/{interpretation.pk}/take-back/")).status_code,
            ) == statuses, name
        else:
            assert found == statuses[:2]
    client.force_login(people.partner)
    assert client.post(url(measure, f"said/{interpretation.pk}/take-back/")).status_code == 302
    assert client.post(url(measure, f"said/{interpretation.pk}/take-back/")).status_code == 404
    assert client.get(url(measure, "said/99999999999999999999/answer/")).status_code == 404


def test_words_of_a_party_that_is_not_shown_are_not_either(partner, people, measure):
    interpret(partner, measure, party=people.organization.public_id)
    partner.logout()
    assert "We counted 90 more." in partner.get(url(measure)).content.decode()
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert "We counted 90 more." not in partner.get(url(measure)).content.decode()


def headings(client, measure, **part):
    """Return the headings of the pictures that a part of a measure's page has."""
    page = client.get(url(measure), part).content.decode()
    return re.findall(r'<h3 id="[\w-]+-head">(.*?)</h3>', page)


def test_pictures_say_what_they_show(client, measure):
    overview = ["Over time", "Comparison by race and ethnicity (2024 standard)"]
    by_race = ["Comparison by race and ethnicity (2024 standard)", "Over time, by race and ethnicity (2024 standard)"]
    one, other = ("Black or African American compared with White", "Hispanic or Latino compared with White")
    assert headings(client, measure) == overview
    assert headings(client, measure, by="race")[::2] == by_race
    assert headings(client, measure, by="race")[1] in (one, other)
    for group in ({"group": "race=hispanic"}, {"by": "race", "group": "race=hispanic"}):
        assert headings(client, measure, **group) == [by_race[0], other, by_race[1]]
    page = client.get(url(measure)).content.decode()
    assert "Renters &lt;who&gt; stay" in page
    assert "Renters <who> stay" not in page
    for wrong in ({"grup": "x"}, {"by": "x"}, {"by": "gender"}):
        assert client.get(url(measure), wrong).status_code == 400
    assert client.get(url(measure), {"group": "race=<b>"}).status_code == 200


@pytest.mark.parametrize("which", ["trend", "groups-race", "dots-race", "apart-race"])
def test_pictures_come_as_files(client, measure, which):
    svg = client.get(url(measure, f"pictures/{which}.svg"))
    assert (svg["Content-Type"], svg.content[:5]) == ("image/svg+xml", b"<svg ")
    assert b"City survey" in svg.content
    assert b"<who>" not in svg.content
    png = client.get(url(measure, f"pictures/{which}.png"))
    assert (png["Content-Type"], png.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")


def test_a_picture_that_is_none_is_missing(client, measure):
    for which in ("nothing", "dots-place", "apart-gender"):
        assert client.get(url(measure, f"pictures/{which}.svg")).status_code == 404
    assert client.get(url(measure, "pictures/trend.gif")).status_code == 404


def test_its_numbers_come_as_a_file_without_what_is_kept_back(client, measure):
    save_points(
        measure=measure, by=SYSTEM,
        rows=[{"starts_on": YEARS[2], "cell": "race=black", "numerator": D(3), "denominator": D(77), "story": "=1+1"}],
    )  # fmt: skip
    lines = b"".join(client.get(url(measure, "numbers.csv")).streaming_content).decode().splitlines()
    assert lines[0].lstrip("\ufeff").split(",")[:4] == ["period", "starts_on", "group", "state"]
    assert lines[1].startswith("2022,2022-01-01,Everyone together,shown,60,600,1000,")
    last = [line for line in lines if line.startswith("2024")]
    assert [line.split(",")[3] for line in last].count("suppressed") >= 2
    assert ",77," not in "\n".join(lines)
    assert "=1+1" not in "\n".join(lines)


def test_who_is_late_is_said_to_those_who_measure_together(client, people, measure):
    year = last_due(measure, clock.today()).year
    words = f"Tenants&#x27; association hasn’t provided its numbers for {year} yet."
    for name, sees in (
        ("editor", True),
        ("reader", True),
        ("partner", True),
        ("stranger", False),
        ("other_editor", False),
    ):
        client.force_login(getattr(people, name))
        assert (words in client.get(url(measure)).content.decode()) is sees, name
