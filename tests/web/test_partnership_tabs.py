"""The tabs of a partnership: who gets which, what is on each, what is to be done there, and where their addresses were before."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.meetings import action_items
from partnerships.registry import confirmation_requests, statements
from partnerships.registry.actions import end_partnership
from partnerships.registry.choices import SeatState
from partnerships.registry.document_queries import documents_by_id
from partnerships.registry.publication import publish
from partnerships.registry.queries import partnership_detail
from partnerships.web.components.partnerships import TABS, partnership_url
from tests.factories import (
    in_days,
    make_activity,
    make_department,
    make_meeting,
    make_organization,
    make_partnership,
    party,
)
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
ALL = [name for _, name in TABS.values()]


@snapshot_fixture
def record(people):
    """A contract with something on every tab."""
    saved = make_partnership(
        "Homes for all",
        lead=people.office,
        kind="contract",
        summary="Race no longer decides who keeps a home.",
        common_agenda="Fewer evictions by 2030.",
        origin_note="Renters asked for it.",
        internal_notes="Call the lawyer.",
        parties=[
            party(people.office, "lead", circle="decides"),
            party(people.organization, "contractor", circle="co_designs", contribution="A hotline."),
        ],
        facts={"agreement": {"amount": 48000, "ends_on": in_days(75)}},
    )
    make_meeting(saved, title="Working group", is_public=True)
    make_activity(saved, "Eviction clinic", is_public=True)
    action_items.save_action(
        by=people.editor,
        fields={
            "partnership": saved,
            "title": "Send the lease data",
            "owner_person": people.editor,
            "due_on": in_days(-4),
        },
    )
    return saved


@snapshot_fixture
def new_partnership(people):
    return make_partnership("Just started", lead=people.office)


@pytest.fixture
def page(client):
    def read(person, record, tab="overview", status=200):
        client.force_login(person) if person else client.logout()
        answer = client.get(partnership_url(record, tab))
        assert answer.status_code == status
        return answer.content.decode()

    return read


def tabs_on(text):
    (menu,) = re.findall(r'<nav class="tabs".*?</nav>', text, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]+)</a>", menu)


def actions_on(text):
    """The primary action, and the others in its menu."""
    head = re.search(r'<div class="acts">(.*?)</dl>', text, re.DOTALL)
    return [name.strip() for name in re.findall(r"<a\s[^>]*>([^<]+)</a>", head[1].split("<dl")[0])] if head else []


@pytest.mark.slow
def test_each_reader_gets_the_tabs_that_show_them_something(people, record, new_partnership, page):
    public = ["Overview", "Partners", "Results and activities", "Meetings and action items", "Timeline", "Agreement"]
    assert tabs_on(page(None, record)) == public
    assert tabs_on(page(people.stranger, record)) == public
    # A partner can start a round.
    assert tabs_on(page(people.partner, record)) == [name for name in ALL if name != "For your office"]
    assert tabs_on(page(people.editor, record)) == ALL
    assert tabs_on(page(None, new_partnership)) == ["Overview", "Partners", "Timeline"]
    assert tabs_on(page(people.editor, new_partnership)) == ALL


def test_every_tab_names_itself_under_the_same_masthead(people, record, page):
    for key, (_, name) in TABS.items():
        text = page(people.editor, record, key)
        assert re.findall(r'<a [^>]*aria-current="page">([^<]+)</a>', text)[-1] == name
        assert len(re.findall("<h1", text)) == 1
        assert "Homes for all</h1>" in text
        assert "<h2" in text
        assert "<dt>Lead agency</dt>" in text


WHAT = {
    "overview": ("Race no longer decides", "Working group"),
    "partners": ("A hotline.", "Is this record right?"),
    "results": ("Eviction clinic",),
    "meetings": ("Working group",),
    "timeline": ("Renters asked for it.",),
    "agreement": ("Fewer evictions by 2030.", "$48,000"),
}


@pytest.mark.parametrize("tab", WHAT)
def test_a_visitor_reads_on_each_tab_what_is_public(record, page, tab):
    text = page(None, record, tab)
    assert [words for words in WHAT[tab] if words not in text] == []
    assert "Send the lease data" not in text
    assert "Overdue" not in text
    assert "Call the lawyer." not in text
    assert actions_on(text) == []


def test_staff_read_what_is_overdue_and_the_notes_of_their_office(people, record, page):
    text = page(people.reader, record)
    assert re.search(r"<dt>Overdue</dt>\s*<dd>\s*<a [^>]*>1 item</a>", text)
    assert "Send the lease data" in text
    assert "Send the lease data" in page(people.reader, record, "meetings")
    assert "Call the lawyer." in page(people.reader, record, "office")
    assert "Call the lawyer." not in page(people.reader, record)


def test_nothing_is_overdue_in_a_partnership_that_has_ended(people, record, page):
    assert "Overdue" in page(people.reader, record, "meetings")
    end_partnership(partnership=record, by=SYSTEM, ends_on=in_days(0), reason="The grant ended.")
    for tab in ("overview", "meetings"):
        text = page(people.reader, record, tab)
        assert "Send the lease data" in text
        assert "Overdue" not in text


def test_pages_of_the_office_are_for_its_staff_alone(people, record, page):
    for person in (None, people.stranger, people.partner, people.other_editor):
        page(person, record, "office", status=404)


FIRST = {
    "overview": "Edit overview",
    "partners": "Add a partner",
    "power": "Ask both sides",
    "results": "Add an activity",
    "meetings": "Schedule a meeting",
    "timeline": "Edit where it came from",
    "agreement": "Edit agreement",
    "office": "Set check-ins",
}


@pytest.mark.parametrize("tab", TABS)
def test_the_primary_action_of_an_editor_follows_the_tab(people, record, page, tab):
    assert actions_on(page(people.editor, record, tab))[0] == FIRST[tab]
    assert actions_on(page(people.reader, record, tab)) == []


@pytest.mark.parametrize(
    ("tab", "action"),
    [
        ("overview", "Edit overview"),
        ("partners", "Reopen"),
        ("power", "Ask both sides"),
        ("results", "Reopen"),
        ("meetings", "Reopen"),
        ("timeline", "Edit where it came from"),
        ("agreement", "Edit agreement"),
        ("office", "Edit source and notes"),
    ],
)
def test_after_a_partnership_has_ended_nothing_new_is_planned(people, record, page, tab, action):
    end_partnership(partnership=record, by=SYSTEM, ends_on=in_days(-1), reason="Done")
    text = page(people.editor, record, tab)
    assert actions_on(text)[0] == action
    for route in ("meeting_new", "activity_new", "checkinplan_new"):
        assert reverse(route, args=[record.public_id]) not in text
    assert reverse("partnership_overview_edit", args=[record.public_id]) in text


def test_an_editor_publishes_a_draft_first(people, page):
    draft = make_partnership("Not yet", lead=people.office, published=False)
    assert actions_on(page(people.editor, draft)) == [
        "Publish", "Edit overview", "Schedule a meeting", "Add an activity", "One-page profile", "Edit everything",
        "Share draft", "Close partnership",
    ]  # fmt: skip


def test_a_partner_answers_first_what_it_was_asked(people, record, page):
    text = page(people.partner, record)
    assert actions_on(text) == ["Confirm or dispute the record", "Change your part"]
    assert "Is this record right?" in text
    assert f'href="{partnership_url(record, "partners", "ours")}"' in text
    assert actions_on(page(people.partner, record, "results")) == ["Add what you gained"]
    assert actions_on(page(people.partner, record, "power")) == ["Ask both sides"]
    seat = record.parties.get(organization=people.organization)
    statements.confirm_record(party=seat, by=people.partner, seen=confirmation_requests.record_fingerprint(record))
    text = page(people.partner, record)
    assert actions_on(text) == ["Change your part"]
    assert "Is this record right?" not in text


def test_the_circles_have_every_partner_with_its_terms(people, page):
    left = make_department(people.office, "Planning Office")
    record = make_partnership(
        "Many partners",
        lead=people.office,
        parties=[
            party(people.office, "lead", circle="decides", starts_on=in_days(-90)),
            party(make_organization("Block club"), circle="consulted", contribution="Doors."),
            party(left, starts_on=in_days(-90), ends_on=in_days(-1)),
        ],
    )
    text = re.sub(r"<[^>]+>", " ", page(None, record, "partners"))
    rows = re.sub(r"\s+", " ", text[text.index("Partners by circle") : text.index("Backbone support")])
    groups = [rows.index(words) for words in ("Decides", "Consulted", "No longer partners")]
    assert groups == sorted(groups)
    assert rows.index("Block club") < rows.index("Doors.") < rows.index("No longer partners")
    assert rows.index("No longer partners") < rows.index("Planning Office")
    # A partner that left is on the overview no more.
    assert "Planning Office" not in page(None, record)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("circles/?since=2026-01-01", "partners/?since=2026-01-01"),
        ("story/?kind=ask", "timeline/?kind=ask"),
        ("story.csv", "timeline.csv"),
    ],
)
def test_addresses_from_before_lead_to_the_tabs(client, record, before, now):
    home = reverse("partnership", args=[record.public_id])
    answer = client.get(home + before)
    assert (answer.status_code, answer["Location"]) == (301, home + now)


def test_a_public_record_says_how_to_cite_it(client, people, settings):
    settings.BASE_URL = "https://registry.example.org"
    public = make_partnership("Homes for all", lead=people.office)
    document = client.get(f"/api/v1/partnerships/{public.public_id}/").json()
    page = client.get(public.get_absolute_url())
    changed = date.fromisoformat(document["updated_at"][:10])
    assert page.context["citation"] == (
        f"{people.office}: “Homes for all.” Partnership Registry, {public.public_id}, version {document['version']}, "
        f"{changed:%B} {changed.day}, {changed.year}. https://registry.example.org{public.get_absolute_url()}"
    )
    assert "Cite this record" in page.content.decode()
    assert f'href="/api/v1/partnerships/{public.public_id}/">This record in the API' in page.content.decode()
    draft = make_partnership("Kept inside", lead=people.office, published=False)
    client.force_login(people.editor)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "Cite this record" not in page
    assert "This record in the API" not in page


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "words"),
    [
        (date(2024, 3, 1), date(2026, 2, 28), "From March 1, 2024 to February 28, 2026"),
        (date(2024, 3, 1), None, "Since March 1, 2024"),
        (None, date(2026, 2, 28), "Until February 28, 2026"),
    ],
)
def test_the_overview_says_from_when_until_when(page, people, starts_on, ends_on, words):
    saved = make_partnership("Homes", lead=people.office, starts_on=starts_on, ends_on=ends_on)
    assert re.search(rf"<dt>Dates</dt>\s*<dd>\s*{words}\s*</dd>", page(None, saved))


def test_without_dates_the_overview_has_no_line_for_them(page, record):
    assert "<dt>Dates</dt>" not in page(None, record)


@snapshot_fixture
def with_hidden_partner(people):
    """A published record and a draft, each with a partner that only their office sees, and one that declined."""

    def make(title, published):
        unit = make_department(people.office, f"Housing of {title}")
        backbone = party(people.organization) | {"roles": [{"role": "backbone", "hours_per_month": 20}]}
        later = party(make_organization("Later"), "member", circle="not_approached", contribution="A hotline.")
        parties = [party(people.office, "lead"), party(unit), backbone, party(make_organization("No thanks")), later]
        saved = make_partnership(title, lead=people.office, parties=parties, confirmed=False, published=published)
        saved.parties.filter(organization__name="No thanks").update(state=SeatState.DECLINED)
        if published:
            publish({saved.pk})
        return saved

    return make("Homes for all", published=True), make("Just started", published=False)


@pytest.mark.both
def test_the_tab_of_the_partners_reads_them_once(client, people, with_hidden_partner):
    client.force_login(people.editor)
    asked = {}
    for record in with_hidden_partner:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(partnership_url(record, "partners")).status_code == 200
        asked[record.title] = len(queries)
    assert asked == {"Homes for all": 17, "Just started": 25}


@pytest.mark.both
def test_a_page_shows_the_same_partners_as_lists_and_the_api(people, with_hidden_partner):
    for record in with_hidden_partner:
        document = partnership_detail(people.editor, record.public_id).document
        assert document == documents_by_id(people.editor, [record.pk])[record.pk]
        assert [(one["name"], one["confirmed"]) for one in document["parties"]] == [
            ("City of Minneapolis", True),
            (f"Housing of {record.title}", True),
            ("Tenants' association", False),
            ("Later", False),
        ]
        assert document["parties"][2]["backbone_hours_per_month"] == 20
