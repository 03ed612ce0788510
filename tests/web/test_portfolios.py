"""Pages on many rounds, and starting many at once, as staff, partners and strangers see them."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import tasks
from partnerships.core import clock
from partnerships.models import Portfolio, PortfolioPlace, Respondent, Round
from tests.assessment.many import Many
from tests.assessment.test_portfolios import Table
from tests.factories import in_days
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
DAY = {"title": "Fall rounds", "closes_on": in_days(20).isoformat(), "erases_answers": "on"}


@snapshot_fixture
def table(people):
    made = Table(people)
    made.add("Homes", desks=2)
    made.add("Parks")
    return made


@snapshot_fixture
def scene(people):
    made = Many(people)
    for _ in range(3):
        made.add(plain=True, desks=(5, 5), all_of_it=True)
    return made


def page_text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


# Starting


def test_staff_look_confirm_and_see_the_rounds_start(client, people, table):
    client.force_login(people.editor)
    assert "/rounds/new/?q=homes" in page_text(client, "/partnerships/?q=homes&ordering=title")
    page = page_text(client, "/rounds/new/?q=homes")
    assert "1 partnership matches. You can start a round for 1 of them now." in " ".join(page.split())
    looked = client.post("/rounds/new/?q=homes", DAY).content.decode()
    assert "3 people are proposed for 3 places in 1 partnership" in " ".join(looked.split())
    assert (Portfolio.objects.count(), Round.objects.count()) == (0, 0)
    seen = looked.split('name="seen" value="')[1].split('"')[0]
    started = client.post("/rounds/new/?q=homes", DAY | {"seen": seen}, follow=True)
    portfolio = Portfolio.objects.get()
    assert started.redirect_chain == [(f"/rounds/together/{portfolio.public_id}/", 302)]
    assert "0 of 1 have started." in started.content.decode()
    assert started["Refresh"] == "10"
    tasks.start_rounds()
    after = client.get(f"/rounds/together/{portfolio.public_id}/")
    assert ("It has started." in after.content.decode(), after.has_header("Refresh")) == (True, False)
    assert Respondent.objects.count() == 3
    survey_round = Round.objects.get()
    assert f"/rounds/together/{portfolio.public_id}/" in page_text(client, f"/rounds/{survey_round.public_id}/")


def test_what_was_confirmed_is_what_is_started_or_it_is_asked_again(client, people, table):
    client.force_login(people.editor)
    looked = client.post("/rounds/new/", DAY).content.decode()
    seen = looked.split('name="seen" value="')[1].split('"')[0]
    table.add("Arts")
    again = client.post("/rounds/new/", DAY | {"seen": seen})
    assert "This has changed since your preview" in again.content.decode()
    assert Portfolio.objects.count() == 0


def test_what_was_typed_stays_when_it_is_refused_or_changed(client, people, table):
    client.force_login(people.editor)
    wrong = client.post("/rounds/new/", DAY | {"closes_on": in_days(-1).isoformat()})
    assert wrong.status_code == 422
    assert 'value="Fall rounds"' in wrong.content.decode()
    back = client.post("/rounds/new/", DAY | {"back": "yes"})
    assert (back.status_code, 'value="Fall rounds"' in back.content.decode()) == (200, True)
    both = client.post("/rounds/new/", DAY | {"title": "", "closes_on": in_days(-1).isoformat()})
    assert (both.status_code, set(both.context["form"].errors)) == (422, {"title", "closes_on"})
    assert client.post("/rounds/new/", {"title": ""}).status_code == 422
    assert page_text(client, "/rounds/new/?kidn=x", 400)
    assert Portfolio.objects.count() == 0


def test_nothing_to_start_says_why(client, people, table):
    client.force_login(people.editor)
    assert "No round can be started for these now" in page_text(client, "/rounds/new/?q=zzyzx")
    client.force_login(people.partner)
    page = " ".join(page_text(client, "/rounds/new/").split())
    assert "2 partnerships match. You can’t start a round for any of them now." in page
    assert client.post("/rounds/new/", DAY).status_code in (200, 422)
    assert Portfolio.objects.count() == 0


def test_a_portfolio_shows_each_reader_their_own_partnerships(client, people, table):
    table.start("Homes", "Parks")
    PortfolioPlace.objects.filter(partnership__title="Parks").update(problem="Why not", done_at=clock.now())
    group = table.made["Homes"].parties.get(organization__isnull=False).organization
    people.partner_reader.memberships.create(organization=group, role="reader")
    path = f"/rounds/together/{Portfolio.objects.get().public_id}/"
    client.force_login(people.partner_reader)
    page = page_text(client, path)
    assert ("Homes" in page, "Parks" in page, "Why not" in page, "All (1)" in page) == (True, False, False, True)
    client.force_login(people.reader)
    assert "Why not" in page_text(client, f"{path}?stands=problem")
    assert "Why not" not in page_text(client, f"{path}?stands=waiting")
    assert page_text(client, f"{path}?stands=x", 400)
    for person in (people.partner, people.other_editor, people.stranger):
        client.force_login(person)
        page_text(client, path, 404)


# Comparison


@pytest.mark.slow
def test_the_page_lists_what_the_rounds_say_and_the_file_has_the_same_rows(client, people, scene):
    client.force_login(people.administrator)
    for show in ("gaps", "low", "owed", "answers", "groups"):
        page = page_text(client, f"/rounds/?show={show}&kind=joint_project")
        body = b"".join(client.get(f"/rounds.csv?show={show}&kind=joint_project").streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(body)))
        titles = {row.get("partnership", "Partnership 0") for row in rows}
        assert titles == {"Partnership 0"}
        assert ("Partnership 0" in page or show == "groups", "Partnership 1" in page) == (True, False)
        assert page.count('<svg class="v dumbbell') == (len(rows) if show in ("gaps", "low", "owed") else 0)


def test_strangers_and_people_who_belong_nowhere_find_nothing(client, people, scene):
    for path in ("/rounds/", "/rounds.csv", "/rounds/new/"):
        page_text(client, path, 404)
    client.force_login(people.stranger)
    for path in ("/rounds/", "/rounds.csv", "/rounds/new/"):
        page_text(client, path, 404)
    client.force_login(people.other_partner)
    people.other_partner.memberships.create(organization=people.organization, role="reader")
    assert "No answers have opened yet" in page_text(client, "/rounds/")
    page_text(client, "/rounds/new/", 403)


@pytest.mark.parametrize(
    "asked", ["show=x", "by=x", "item=x", "kidn=x", "show=answers&item=decisions", "cursor=x", "ordering=id"]
)
def test_wrong_parameters_are_refused_with_an_error(client, people, asked):
    client.force_login(people.editor)
    page_text(client, f"/rounds/?{asked}", 400)
    assert client.get(f"/rounds.csv?{asked}").status_code == (400 if asked != "cursor=x" else 200)


@pytest.mark.unpublished_writes
def test_a_department_links_to_its_partnerships(client, people, scene):
    client.force_login(people.editor)
    scene.rounds[1].partnership.parties.create(department=scene.departments[0], side="government", position=9)
    page = page_text(client, "/rounds/?show=groups&by=department")
    link = f"/rounds/?show=gaps&amp;department={scene.departments[0].public_id}"
    assert link in page
    assert "Partnership 1" in page_text(client, link.replace("&amp;", "&"))


# The number of queries for many rounds, as someone who sees them all.
COUNTS = {
    "/rounds/": 14,
    "/rounds/?show=low": 14,
    "/rounds/?show=owed": 14,
    "/rounds/?show=answers": 16,
    "/rounds/?show=groups&by=jurisdiction": 17,
    "/rounds/?show=groups&by=department": 17,
    "/rounds/?kind=joint_project&item=decisions": 14,
    "/rounds.csv": 5,
    "/rounds/new/": 11,
}


def query_count(client, path):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
        b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(queries)


@pytest.mark.slow
def test_the_number_of_queries_is_the_same_for_one_round_as_for_three(client, people):
    many, found = Many(people), []
    client.force_login(people.administrator)
    for n in (1, 3):
        while len(many.rounds) < n:
            many.add(plain=True, desks=(5, 5), all_of_it=True)
        page_text(client, "/rounds/")
        found.append({path: query_count(client, path) for path in COUNTS})
    assert found == [COUNTS, COUNTS]
