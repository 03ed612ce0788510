"""The search box finds records of every kind, says why each matched, and shows no one more than they may see."""

import re
from html import unescape
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.search import drafts_of
from partnerships.directory.actions import save_department, save_issue_area, save_organization
from partnerships.models import Publication, Result, SearchEntry
from partnerships.records import finding, merging
from partnerships.registry import publication
from partnerships.web.frame.words import day
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_measure,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_result,
    make_term,
    party,
)
from tests.markup import one_line
from tests.posting import taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def page(client, q="", status=200, **params):
    answer = client.get("/search/", {"q": q} | params)
    assert answer.status_code == status
    return answer.content.decode()


def found_by_section(client, q, **params):
    """Section → its matches, each as its title, marks and reason in one line."""
    sections = {}
    for key, body in re.findall(r'<section aria-labelledby="(\w+)">(.*?)</section>', page(client, q, **params), re.S):
        rows = re.findall(r"<li>(.*?)</li>", body, re.S)
        sections[key] = [_result_text(row) for row in rows]
    return sections


def _result_text(row):
    title = strip_tags(re.search(r'<a [^>]*>(.*?)(?:<span class="sr">.*?)?</a>', row, re.S)[1])
    why = re.search(r'"hit-why">Why it matched\. (.*?)</p>', row, re.S)
    return unescape(title + (f" | {strip_tags(why[1])}" if why else ""))


def sign_in(client, person):
    client.logout()
    if person:
        client.force_login(person)


@pytest.fixture
def box(people):
    return make_partnership("Job ordinance (“Ban the Box”)", lead=people.office, parties=[party(people.office, "lead")])


def test_small_typos_are_found_and_pointed_out(client, box):
    ban_the_box = {"partnerships": ["Job ordinance (“Ban the Box”) | Similar spelling"]}
    assert (
        found_by_section(client, "Ban the bx")
        == found_by_section(client, "bann the box")
        == found_by_section(client, "ordinence")
        == ban_the_box
    )
    text = page(client, "Ban the bx")
    assert "Showing matches for ban the box." in text
    assert "<title>1 match for “Ban the bx” | Partnership Registry</title>" in text
    assert found_by_section(client, "Ban the bx", exact="yes") == {}
    assert found_by_section(client, "bx") == {}  # “bx” alone may mean anything


def test_a_meeting_is_linked_with_its_date(client, box):
    """Meetings of a series have the same title, and some people go from link to link."""
    meeting = make_meeting(box, title="Harbor table", is_public=True)
    link = f'table<span class="sr">, {day(meeting.date)}</span></a>'
    assert link in page(client, "harbor")


def test_every_kind_is_found_by_its_name_and_says_what_else_matched(client, people, box):
    make_organization("Harbor tenants", "profiled", other_names="Pier people", aims="Homes by the water")
    department = make_department(people.office, "Harbor office", about="Keeps the pier.")
    make_jurisdiction("Port of Harbor", "special_district")
    make_issue_area("harbors", about="Ships and piers.")
    make_meeting(box, title="Harbor table", place="At the pier", is_public=True)
    make_result("Harbor for all", lead=people.office, population="People of the pier", is_published=True)
    indicator = make_measure("Harbor jobs", definition="Jobs at the pier.", is_published=True)
    Result.objects.filter(pk=indicator.result_id).update(is_published=True)
    make_partnership("Harbor plan", lead=people.office, parties=[party(department, "lead")])
    assert found_by_section(client, "harbor") == {
        "partnerships": ["Harbor plan"],
        "organizations": ["Harbor tenants"],
        "departments": ["Harbor office"],
        "jurisdictions": ["Port of Harbor"],
        "meetings": ["Harbor table"],
        "results": ["Harbor for all"],
        "measures": ["Harbor jobs"],
        "issues": ["Harbors"],
    }
    assert found_by_section(client, "pier") == {
        "organizations": ["Harbor tenants | Other name: “Pier people”"],
        "departments": ["Harbor office | About: “Keeps the pier.”"],
        "meetings": ["Harbor table | Place: “At the pier”"],
        "results": ["Harbor for all | Population: “People of the pier”"],
        "measures": ["Harbor jobs | What is counted: “Jobs at the pier.”"],
        "issues": ["Harbors | About: “Ships and piers.”"],
    }
    # Those without a search entry forgive typos and accents, too.
    assert found_by_section(client, "hárbor jbos") == {"measures": ["Harbor jobs | Similar spelling"]}
    assert found_by_section(client, "harbor pier", kind="meetings") == {
        "meetings": ["Harbor table | Place: “At the pier”"]
    }


def test_drafts_and_what_is_not_published_are_found_by_those_who_may_see_them(client, people, box):
    make_partnership("Quiet strategy", lead=people.office, published=False)
    make_organization("Quiet group", "unlisted", kept_by=people.office)
    make_meeting(box, title="Quiet table")
    make_result("Quiet result", lead=people.office)
    make_measure("Quiet measure", lead=people.office)
    box.actions.create(title="Quiet task", **_new("A-111111-1"))
    everything = {
        "partnerships": ["Quiet strategy"],
        "organizations": ["Quiet group"],
        "meetings": ["Quiet table"],
        "actions": ["Quiet task"],
        "results": ["Quiet result"],
        "measures": ["Quiet measure"],
    }
    for person in (people.editor, people.administrator):
        sign_in(client, person)
        assert found_by_section(client, "quiet") == everything
    for person in (None, people.stranger, people.other_editor, people.partner, people.suspended):
        sign_in(client, person)
        text = page(client, "quiet")
        assert (found_by_section(client, "quiet"), "No matches for “quiet”" in text) == ({}, True)
        # No word that only they have is used to correct another.
        assert "Showing matches for" not in page(client, "quitet strategy")


def _new(public_id):
    return {"public_id": public_id, "created_at": clock.now(), "updated_at": clock.now()}


def test_a_former_name_finds_a_record_for_those_who_read_its_history(client, people):
    group = make_organization("Renters' league", "named", kept_by=people.office)
    save_organization(organization=group, by=people.editor, fields={"name": "Tenants for all"})
    office = make_department(people.office, "Office of Human Relations")
    save_department(department=office, by=people.editor, fields={"name": "Office of Equity"})
    for person in (people.editor, people.reader, people.administrator):
        sign_in(client, person)
        assert found_by_section(client, "renters") == {
            "organizations": ["Tenants for all | Former name: “Renters' league”"]
        }
        assert found_by_section(client, "human relations") == {
            "departments": ["Office of Equity | Former name: “Office of Human Relations”"]
        }
    for person in (None, people.stranger, people.other_editor, people.partner):
        sign_in(client, person)
        assert (found_by_section(client, "renters"), found_by_section(client, "human relations")) == ({}, {})


def test_a_hidden_rename_pushes_no_other_out(client, people, monkeypatch):
    monkeypatch.setattr(finding, "OTHERS_AT_MOST", 1)
    ours = make_organization("Renters one", "named", kept_by=people.office)
    hidden = make_organization("Renters two", "unlisted", kept_by=people.other_office)
    for group, editor in ((ours, people.editor), (hidden, people.other_editor)):
        save_organization(organization=group, by=editor, fields={"name": f"Circle {group.pk}"})
    sign_in(client, people.editor)
    assert found_by_section(client, "renters") == {"organizations": [f"Circle {ours.pk} | Former name: “Renters one”"]}


def test_the_name_of_a_merged_record_finds_the_one_that_was_kept(client, people):
    kept = make_organization("Harbor union", "named", kept_by=people.office)
    lost = make_organization("Dockside circle", "named", kept_by=people.office)
    with taken_back():
        merging.merge(by=people.editor, kept=kept, lost=lost, versions=(kept.version, lost.version))
        sign_in(client, people.editor)
        assert found_by_section(client, "dockside") == {
            "organizations": ["Harbor union | Former name: “Dockside circle”"]
        }
        sign_in(client, None)
        assert found_by_section(client, "dockside") == {}


@pytest.fixture
def addressed(people):
    contacts = [
        {"name": "Ana Peña", "email": "ana@league.example", "visible_to": "staff"},
        {"name": "Front desk", "email": "desk@league.example", "visible_to": "public"},
    ]
    group = make_organization("League", "profiled", kept_by=people.office)
    for contact in contacts:
        group.contacts.create(**contact)
    return group


def test_an_email_address_finds_whose_it_is_for_those_who_may_see_it(client, people, addressed):
    desk, ana = ("League | Email address: “desk@league.example”", "League | Email address: “ana@league.example”")
    for person in (None, people.stranger, people.partner):
        sign_in(client, person)
        assert found_by_section(client, "desk@league.example") == {"organizations": [desk]}
        assert (found_by_section(client, "ana@league.example"), found_by_section(client, "ana")) == ({}, {})
        # A part of an address says no more.
        assert found_by_section(client, "ana@") == {}
        assert found_by_section(client, "@league.example") == {"organizations": [desk]}
    sign_in(client, people.editor)
    assert found_by_section(client, "ana@league.example") == {
        "organizations": [ana],
        "people": ["Ana Peña | Email address: “ana@league.example”"],
    }


def test_staff_find_people_by_name_and_only_those_that_they_may_know_of(client, people, addressed):
    sign_in(client, people.editor)
    assert found_by_section(client, "pena") == found_by_section(client, "peña") == {"people": ["Ana Peña"]}
    assert found_by_section(client, "ana pnea") == {"people": ["Ana Peña | Similar spelling"]}
    assert found_by_section(client, "reader") == {"people": ["Reader"]}  # a colleague, without their address
    assert found_by_section(client, "reader@example.org") == {}
    assert found_by_section(client, "stranger") == {}
    sign_in(client, people.administrator)
    assert found_by_section(client, "stranger@example.org") == {
        "people": ["Stranger | Email address: “stranger@example.org”"]
    }
    assert found_by_section(client, "other editor") == {"people": ["Other editor", "Other department's editor"]}
    sign_in(client, people.other_editor)
    assert (found_by_section(client, "pena"), found_by_section(client, "reader")) == ({}, {})


def test_a_contact_for_partners_tells_no_one_of_an_unlisted_organization(client, people):
    quiet = make_organization("Quiet circle", "unlisted", kept_by=people.other_office)
    quiet.contacts.create(name="Dolores", email="dolores@quiet.example", visible_to="partners")
    county = make_jurisdiction("Ramsey County", "county")
    member = make_person("clerk@example.org")
    member.memberships.create(jurisdiction=county, role="editor")
    make_partnership("Shared", lead=people.office, parties=[party(people.office, "lead"), party(quiet), party(county)])
    # Not even the lead agency finds it here: its page, to which the match would lead, isn't theirs to see.
    for person in (people.editor, member):
        sign_in(client, person)
        assert [found_by_section(client, q) for q in ("dolores", "dolores@quiet.example", "@quiet", "quiet")] == [
            {}
        ] * 4
    sign_in(client, people.other_editor)
    assert found_by_section(client, "dolores") == {"people": ["Dolores"]}


def test_an_id_finds_its_record_for_those_who_may_see_it(client, people, box):
    draft = make_partnership("Quiet strategy", lead=people.office, published=False)
    assert found_by_section(client, box.public_id.lower()) == {
        "partnerships": [f"Job ordinance (“Ban the Box”) | ID: “{box.public_id}”"]
    }
    assert found_by_section(client, draft.public_id) == {}
    sign_in(client, people.editor)
    assert found_by_section(client, draft.public_id) == {"partnerships": [f"Quiet strategy | ID: “{draft.public_id}”"]}


def test_spanish_words_find_issue_areas_and_types(client, people):
    make_issue_area("housing", "Housing")
    make_term("organization_kind", "coalition", "Coalition")
    assert found_by_section(client, "vivienda") == {"issues": ["Housing | Word in Spanish: “Vivienda”"]}
    assert found_by_section(client, "coalicion") == {"types": ["Coalition | Word in Spanish: “Coalición”"]}
    assert found_by_section(client, "consejo asesor") == {
        "types": ["Advisory body | Word in Spanish: “Consejo asesor”"]
    }
    assert found_by_section(client, "advisory") == {"types": ["Advisory body"]}
    assert 'href="/partnerships/?kind=advisory_body"' in page(client, "advisory")


def test_spanish_labels_that_staff_entered_find_list_options(client):
    make_term("organization_kind", "choir", "Choir", translations={"es": "Coro vecinal"})
    make_term("purpose", "oversight", "Oversight", translations={"es": "Control ciudadano"})
    assert found_by_section(client, "coro") == {"types": ["Choir | Word in Spanish: “Coro vecinal”"]}
    assert found_by_section(client, "ciudadano") == {"types": ["Oversight | Word in Spanish: “Control ciudadano”"]}
    assert found_by_section(client, "vigilancia") == {"types": ["Oversight | Word in Spanish: “vigilancia”"]}


def test_issue_areas_and_those_above_them_find_their_partnerships_in_each_language(client, people):
    areas = make_issue_area("housing", "Housing")
    areas = [make_issue_area("tenants", "Renters’ rights", areas), make_issue_area("food", "Own name", about="Fruit")]
    make_partnership("Harbor table", lead=people.office, issue_areas=areas)
    make_partnership("Harbor draft", lead=people.office, issue_areas=areas, published=False)
    table = ["Harbor table | Issue area: “Housing, Renters’ rights”"]
    assert found_by_section(client, "housing harbor") == {"partnerships": table}
    assert found_by_section(client, "harbor renter") == {"partnerships": table}
    assert found_by_section(client, "vivienda harbor") == {
        "partnerships": ["Harbor table | Issue area: “Vivienda, Renters’ rights”"]
    }
    save_issue_area(issue_area=areas[1], by=SYSTEM, fields={"name": "Gardens"})
    assert found_by_section(client, "own harbor") == {}
    assert found_by_section(client, "garden harbor") == {"partnerships": ["Harbor table | Issue area: “Gardens”"]}
    save_issue_area(issue_area=areas[0], by=SYSTEM, fields={"parent": areas[1]})
    assert found_by_section(client, "housing harbor") == {}
    assert unescape(page(client, "renter harbor")).count("Gardens, ") == 1
    listed = unescape(client.get("/partnerships/", {"q": "garden"}).content.decode())
    assert "Issue area: “<mark>Gardens</mark>" in listed
    sign_in(client, people.editor)
    assert len(found_by_section(client, "garden harbor")["partnerships"]) == 2


def test_after_the_upgrade_drafts_from_before_are_found_by_issue_area_too(client, people):
    draft = make_partnership(
        "Harbor draft", lead=people.office, issue_areas=[make_issue_area("housing", "Housing")], published=False
    )
    SearchEntry.objects.filter(resource=drafts_of("partnership")).delete()
    sign_in(client, people.editor)
    assert found_by_section(client, "housing harbor") == {}
    with connection.cursor() as cursor:
        cursor.execute(import_module("partnerships.migrations.0079_search_drafts_by_issue_area").MARK)
    assert publication.rebuild_outdated() == 1
    assert found_by_section(client, "housing harbor") == {"partnerships": ["Harbor draft | Issue area: “Housing”"]}
    assert not Publication.objects.get(partnership=draft).body


def test_long_lists_show_the_first_and_link_to_the_rest(client, people):
    names = [f"Harbor group {letter}" for letter in "abcdefg"]
    for name in names:
        make_organization(name, "named")
    assert len(found_by_section(client, "harbor")["organizations"]) == 5
    text = page(client, "harbor")
    assert "7 matches for “harbor”" in text
    more = '<a href="/search/?q=harbor&amp;kind=organizations"> See all 7<span class="sr">: Organizations</span></a>'
    assert more in one_line(text)
    assert sorted(found_by_section(client, "harbor", kind="organizations")["organizations"]) == names
    assert 'href="/organizations/?q=harbor"' in page(client, "harbor", kind="organizations")


@pytest.mark.parametrize(
    ("q", "says", "status"),
    [
        ("", "Type a name, a topic or a few words", 200),
        ("   ", "Type a name, a topic or a few words", 200),
        ("?!… -", "Type a word or a number.", 200),
        ("h", "Type at least 2 characters.", 200),
        ("h" * 201, "Your search is too long. Shorten it to 200 characters.", 400),
        ("zzyzx", "No matches for “zzyzx”", 200),
        ("<b>&\"'", "Type at least 2 characters.", 200),
        ("' OR 1=1 --", "No matches for “&#x27; OR 1=1 --”", 200),
        ("%_\\(.*)[", "Type a word or a number.", 200),
        ("社", "No matches for “社”", 200),
    ],
)
def test_whatever_is_typed_is_answered_and_kept(client, box, q, says, status):
    text = page(client, q, status)
    kept = re.search(r'id="find"[^>]*?value="([^"]*)"', text, re.S)[1]
    assert (says in unescape(text) or says in text, unescape(kept)) == (True, q.strip())


def test_without_a_match_each_word_can_be_searched_for(client, box):
    def offered(q):
        text = page(client, q).partition("Fewer words")[2]
        return [unescape(word) for word in re.findall(r'href="/search/\?q=[^"]+">([^<]+)</a>', text)]

    assert offered("ordinance <b>bold tulips a ordinance") == ["ordinance", "<b>bold", "tulips"]
    assert offered("tulips") == []


def test_unknown_parameters_and_kinds_are_refused(client):
    assert page(client, "x", status=400, colour="red")
    assert page(client, "x", status=404, kind="secrets")
    assert client.post("/search/").status_code == 405


def test_suggestions_are_options_with_one_for_all_matches(client, people, box):
    answer = client.get("/search/suggestions/", {"q": "ban th"})
    text = answer.content.decode()
    assert re.findall(r'role="option" id="([\w-]+)"', text) == ["hit-1", "hit-all"]
    assert f'href="{box.get_absolute_url()}"' in text
    assert "See 1 match for “ban th”" in unescape(text)
    for q in ("", "x", "!!", "zzyzx", "h" * 300):
        assert client.get("/search/suggestions/", {"q": q}).content.decode().strip() == ""


OTHER_NAMES = ("Willow", "Tidepool", "Cobbler", "Juniper", "Magnet", "Quarry", "Sparrow")


def queries(client, address, q):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, {"q": q}).status_code == 200
    return len(asked)


@pytest.mark.slow
@pytest.mark.parametrize(("role", "most"), [(None, [27, 26]), ("editor", [56, 55]), ("administrator", [56, 55])])
def test_the_number_of_queries_does_not_depend_on_what_is_found(client, people, box, role, most):
    def grow(n):
        for one in range(n):
            name = f"Harbor {'abcdefgh'[one]}"
            group = make_organization(name, "profiled", kept_by=people.office, aims="Harbor")
            group.contacts.create(name=name, email=f"harbor{one}@example.org", visible_to="public")
            table = make_partnership(
                name, lead=people.office, parties=[party(people.office, "lead"), party(group, "member")]
            )
            make_partnership(name, lead=people.office, published=False)
            make_meeting(table, title=name, is_public=True)
            make_department(people.office, name)
            make_jurisdiction(name)
            make_result(name, lead=people.office, is_published=True)
            make_measure(name, lead=people.office)
            table.actions.create(title=name, **_new(f"A-HARB{one}{n}-0"))
            member = make_person(f"harbor{n}{one}@example.net", name=name)
            people.office.memberships.create(person=member, role="reader")
            save_organization(
                organization=make_organization(f"Old {name}", "named", kept_by=people.office),
                by=people.editor,
                fields={"name": f"{OTHER_NAMES[one]} group"},
            )

    sign_in(client, role and getattr(people, role))
    with taken_back():
        grow(2)
        few = [queries(client, address, "harbor") for address in ("/search/", "/search/suggestions/")]
    grow(7)
    many = [queries(client, address, "harbor") for address in ("/search/", "/search/suggestions/")]
    assert (few, many) == (most, most)
