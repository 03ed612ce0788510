"""Unsaved text: kept for the person who typed it, offered again, and deleted once the form is saved."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.meetings import save_meeting
from partnerships.models import Draft, Organization, Partnership, Party, Person
from partnerships.records import drafts, privacy
from partnerships.registry import actions, publication
from partnerships.reports.actions import save_report
from tests.browser.forms import forms
from tests.factories import (
    in_days,
    make_activity,
    make_body,
    make_composition,
    make_department,
    make_measure,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_plan,
    make_population,
    make_result,
    make_term,
    party,
)
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.django_db
OFFER = "You have unsaved text from"


@pytest.fixture
def record(office):
    parties = [party(office, "lead"), party(make_organization(), "member")]
    return make_partnership("Homes for all", lead=office, parties=parties)


@pytest.fixture
def url(record):
    return f"/partnerships/{record.public_id}/edit/"


def form_values(answer) -> dict:
    """Return what a browser would send of the page's large form."""
    return forms(answer.content.decode())[-1].values()


def html(answer):
    return unescape(answer.content.decode())


def keep_draft(client, url, **typed):
    return client.post(url, form_values(client.get(url)) | {"draft": "keep"} | typed)


def test_what_was_typed_is_offered_and_gone_on_with_and_gone_once_saved(client, url, record):
    answer = keep_draft(
        client, url, title="Homes for everyone", **{"parties-2-contribution": "Half a row", "ends_on": "soon"}
    )
    assert (answer.status_code, "we kept your unsaved text" in html(answer)) == (200, True)
    assert "Half a row" in html(answer)
    assert "has-error" not in html(answer)
    page = client.get(url)
    assert OFFER in html(page)
    assert form_values(page)["title"] == ["Homes for all"]
    page = client.post(url, {"draft": "go_on"})
    assert page.status_code == 200
    assert OFFER not in html(page)
    data = form_values(page)
    assert (data["title"], data["parties-2-contribution"], data["ends_on"]) == (
        ["Homes for everyone"],
        ["Half a row"],
        ["soon"],
    )
    assert "Enter a date" not in html(page)
    refused = client.post(url, data)
    assert (refused.status_code, "Enter a date" in html(refused)) == (422, True)
    assert Draft.objects.count() == 1
    data |= {"ends_on": "", "parties-2-contribution": ""}
    assert client.post(url, data).status_code == 302
    record.refresh_from_db()
    assert (record.title, Draft.objects.count()) == ("Homes for everyone", 0)
    assert OFFER not in html(client.get(url))


def test_a_second_save_of_the_same_form_is_no_new_draft(client, url, record):
    keep_draft(client, url, title="Twice")
    record.refresh_from_db()
    before, data = record.version, form_values(client.post(url, {"draft": "go_on"}))
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]  # to what the first one saved
    assert Draft.objects.count() == 0
    record.refresh_from_db()
    assert record.version == before + 1


@pytest.mark.parametrize("page", ["new partnership", "organization", "new organization", "own part", "jurisdiction",
    "new department", "department", "new meeting", "meeting", "closing", "new action"])  # fmt: skip
def test_every_large_form_keeps_what_is_typed(client, people, record, page):
    group = make_organization("Tenants", "profiled", kept_by=people.office)
    table, held = make_meeting(record), make_meeting(record, days=-2)
    unit = make_department(people.office)
    address, field = {
        "new partnership": ("/partnerships/new/?kind=contract", "title"),
        "organization": (f"/organizations/{group.public_id}/edit/", "aims"),
        "new organization": ("/organizations/new/", "name"),
        "own part": (f"/organizations/{people.organization.public_id}/mine/work/", "aims"),
        "jurisdiction": (f"/jurisdictions/{people.office.public_id}/edit/", "about"),
        "new department": (f"/jurisdictions/{people.office.public_id}/departments/new/", "name"),
        "department": (f"/departments/{unit.public_id}/edit/", "about"),
        "new meeting": (f"/partnerships/{record.public_id}/meetings/new/", "title"),
        "meeting": (f"/meetings/{table.public_id}/edit/", "place"),
        "closing": (f"/meetings/{held.public_id}/close/", "notes"),
        "new action": (f"/partnerships/{record.public_id}/actions/new/", "title"),
    }[page]
    if page == "own part":
        client.force_login(people.partner)
    assert keep_draft(client, address, **{field: "Half a thought"}).status_code == 200
    assert Draft.objects.get().page == address
    page = client.get(address)
    assert (page.status_code, OFFER in html(page)) == (200, True)
    again = client.post(address, {"draft": "go_on"})
    assert (again.status_code, form_values(again)[field]) == (200, ["Half a thought"])
    assert 'aria-invalid="true"' not in html(again)


@pytest.mark.slow
def test_it_is_on_the_home_page_until_it_is_discarded(client, url, people):
    keep_draft(client, url, title="Homes for everyone")
    pk = Draft.objects.get().pk
    page = html(client.get("/"))
    assert f'<a href="{url}">Edit: Homes for all</a>' in page
    assert "“Homes for everyone”" in page
    drop = f"/account/unsaved/{pk}/throw-away/"
    assert drop in page
    assert "can’t get it back" in html(client.get(drop))
    assert Draft.objects.count() == 1
    client.force_login(people.reader)
    assert [client.get(drop).status_code, client.post(drop).status_code] == [404, 404]
    assert "Homes for everyone" not in html(client.get("/"))
    client.force_login(people.editor)
    seen = form_values(client.get(drop))
    client.post(url, form_values(client.post(url, {"draft": "go_on"})) | {"draft": "keep", "title": "More of it"})
    assert (client.post(drop, seen).status_code, Draft.objects.count()) == (409, 1)
    assert client.post(f"{drop}?to=form", form_values(client.get(drop)))["Location"] == url
    assert (Draft.objects.count(), client.post(drop).status_code) == (0, 404)
    assert "The unsaved text is gone" in html(client.post(url, {"draft": "go_on"}))


def test_another_persons_text_is_never_met(client, url, people, office):
    keep_draft(client, url, title="Mine alone")
    other = make_person("colleague-two@example.org")
    other.memberships.create(jurisdiction=office, role="editor")
    client.force_login(other)
    for answer in (client.get(url), client.post(url, {"draft": "go_on"}), client.get("/account/data.json")):
        assert (OFFER in html(answer), "Mine alone" in html(answer)) == (False, False)
    keep_draft(client, url, title="Another's")
    assert sorted(one.fields["title"][0] for one in Draft.objects.all()) == ["Another's", "Mine alone"]


@pytest.mark.parametrize("does", ["keep", "script", "go_on"])
def test_who_may_not_open_the_form_keeps_nothing(client, url, people, does):
    for person, status in ((people.reader, 403), (people.partner, 403), (people.stranger, 403), (None, 403)):
        client.force_login(person) if person else client.logout()
        answer = client.post(url, {"draft": does, "title": "Let me in", "draft_hand": "x"})
        assert answer.status_code == status
    assert client.post("/partnerships/P-000000-0/edit/", {"draft": does}).status_code == 404
    assert Draft.objects.count() == 0


def test_script_gets_a_message(client, url):
    data = form_values(client.get(url)) | {"draft": "script", "title": "As it is typed"}
    answer = client.post(url, data)
    assert answer.status_code == 200
    assert re.fullmatch(r"At (noon|midnight|.+ [ap]\.m\.), we kept your unsaved text\.", answer.json()["words"])
    client.post(url, data | {"title": "And on"})
    assert Draft.objects.get().fields["title"] == ["And on"]


def test_a_second_window_overwrites_nothing_unasked(client, url):
    first, second = (form_values(client.get(url)) for _ in range(2))
    client.post(url, first | {"draft": "script", "title": "The first"})
    answer = client.post(url, second | {"draft": "script", "title": "The second"})
    assert (answer.status_code, "other unsaved text" in answer.json()["words"]) == (409, True)
    answer = client.post(url, second | {"draft": "keep", "title": "The second"})
    assert (answer.status_code, form_values(answer)["title"]) == (409, ["The second"])
    assert Draft.objects.get().fields["title"] == ["The first"]
    assert client.post(url, form_values(answer) | {"draft": "keep"}).status_code == 200
    assert Draft.objects.get().fields["title"] == ["The second"]


def test_too_long_is_refused_with_the_text_still_there(client, url):
    long = "x" * drafts.MOST_BYTES
    answer = keep_draft(client, url, summary=long)
    assert (answer.status_code, "The limit is 200 kB" in html(answer), long in html(answer)) == (422, True, True)
    assert Draft.objects.count() == 0


def test_so_many_and_no_more(client, url, people):
    for i in range(drafts.MOST):
        Draft.objects.create(person=people.editor, page=f"/{i}/", at=clock.now())
    answer = keep_draft(client, url, title="One more")
    assert (answer.status_code, "You have 40 unsaved texts" in html(answer)) == (422, True)
    assert form_values(answer)["title"] == ["One more"]


def test_no_secret_and_no_mark_of_the_form_is_kept(client, url):
    more = {
        "csrfmiddlewaretoken": "t" * 64,
        "code": "BBBB-CCCC",
        "password": "p",
        "api_token": "q",
        "choose-title": "theirs",
    }
    keep_draft(client, url, title="Tit\0le", **more)
    kept = Draft.objects.get().fields
    assert not {*more, "draft"} & kept.keys()
    assert kept["title"] == ["Title"]


@pytest.mark.parametrize("text", PAYLOADS[:6])
def test_what_was_typed_is_escaped_everywhere(client, url, text):
    keep_draft(client, url, title=text, draft_heading=text)
    for answer in (client.get("/"), client.post(url, {"draft": "go_on"}), client.get(url)):
        assert text not in answer.content.decode()
    assert form_values(client.post(url, {"draft": "go_on"}))["title"] == [text]


def test_a_record_that_was_changed_since_shows_both_texts(client, url, record, people):
    keep_draft(client, url, title="My title")
    actions.save_partnership(partnership=record, by=people.administrator, fields={"title": "Their title"})
    data = form_values(client.post(url, {"draft": "go_on"}))
    answer = client.post(url, data)
    assert answer.status_code == 409
    assert "My title" in html(answer)
    assert "Their title" in html(answer)
    # Kept from that page without a choice: both texts are shown again.
    again = client.post(url, form_values(answer) | {"draft": "keep"})
    assert again.status_code == 200
    data = form_values(client.post(url, {"draft": "go_on"}))
    answer = client.post(url, data)
    assert (answer.status_code, "Their title" in html(answer)) == (409, True)
    assert client.post(url, form_values(answer) | {"choose-title": "mine"}).status_code == 302
    record.refresh_from_db()
    assert (record.title, Draft.objects.count()) == ("My title", 0)


@pytest.mark.parametrize("kind", ["meeting", "closing"])
def test_a_refused_form_is_still_made_from_the_version_that_its_page_was(client, record, people, kind):
    meeting = make_meeting(record, days=-2)
    url = f"/meetings/{meeting.public_id}/{'edit' if kind == 'meeting' else 'close'}/"
    submitted = form_values(client.get(url))
    save_meeting(meeting=meeting, by=people.administrator, fields={"place": "Their hall"})
    refused = client.post(
        url, submitted | ({"minutes_long": "x"} if kind == "meeting" else {"decisions-0-outcome": "x" * 9999})
    )
    assert refused.status_code == 422
    assert form_values(refused)["version"] == submitted["version"]


def test_a_record_that_became_inaccessible(client, url, people):
    keep_draft(client, url, title="Typed before", internal_notes="Tense")
    people.editor.memberships.all().update(jurisdiction=people.other_office)
    assert client.get(url).status_code == 403
    page = html(client.get("/")).partition("Types of partnership")[0]
    assert "A form that you can no longer open" in page
    for words in ("Typed before", "Homes for all"):
        assert words not in page
    copy = client.get("/account/data.json").content.decode()
    assert (url in copy, "Tense" in copy) == (True, False)
    drop = f"/account/unsaved/{Draft.objects.get().pk}/throw-away/?to=form"
    assert client.post(drop, form_values(client.get(drop)))["Location"] == "/"


FORMS = {"measure": ("edit", "data", "paste"), "checkinplan": ("",), "makeup": ("",), "population": ("",)}
KEPT_ABOVE = {"organization", "department", "jurisdiction", "meeting", "action", "interaction"}


@pytest.fixture
def shared(people):
    """A partnership with the partner, and a measure of it whose data the partner supplies."""
    parties = [party(people.office, "lead"), party(people.organization, "member")]
    shared = make_partnership("Homes for all", lead=people.office, parties=parties)
    owner = {"party": shared.parties.get(organization=people.organization), "supplies": True}
    return shared, make_measure(partnership=shared, owners=[owner])


def test_forms_of_every_kind_of_record_are_open_to_those_who_may_use_them(people, shared):
    record, measure = shared
    rhythm = {"anchor_on": in_days(3), "zone": "UTC", "skips_holidays": False, "person": people.editor}
    report = {"kind": "council", "title": "For the council", "eyes": "everyone", "jurisdiction": people.office}
    records = {
        "activity": make_activity(record),
        "checkinplan": save_check_in_plan(by=SYSTEM, fields=rhythm | {"partnership": record}),
        "makeup": make_composition(make_body(lead=people.office)),
        "measure": measure,
        "partnership": record,
        "plan": make_plan(lead=people.office),
        "population": make_population(people.office),
        "reportdefinition": save_report(by=SYSTEM, fields=report),
        "result": make_result(lead=people.office),
    }
    addresses = {one.key: one.addresses for one in record_types.with_undo()} | {"reportdefinition": "reports"}
    assert records.keys() == addresses.keys() - KEPT_ABOVE
    for key, one in records.items():
        for form in FORMS.get(key, ("edit",)):
            page = f"/{addresses[key]}/{one.public_id}/{form}/"
            may_use = {who for who in ("editor", "partner", "stranger") if drafts.is_open(getattr(people, who), page)}
            assert may_use == ({"editor", "partner"} if form in ("data", "paste") else {"editor"}), page


def test_the_home_page_names_a_form_of_numbers_as_long_as_its_partner_supplies_them(client, people, shared):
    record, measure = shared
    page = f"/measures/{measure.public_id}/data/"
    client.force_login(people.partner)
    assert client.post(page, {"draft": "script", "draft_heading": "Enter data", "draft_hand": "x"}).status_code == 200
    assert f'<a href="{page}">Enter data</a>' in html(client.get("/"))
    Party.objects.filter(organization=people.organization).update(ends_on=in_days(-2))
    publication.publish({record.pk})
    assert ("Enter data" in html(client.get("/")), client.get(page).status_code) == (False, 404)


def test_the_copy_of_ones_own_data_has_it_and_erasure_takes_it(client, url, people):
    keep_draft(client, url, title="Mine alone")
    (row,) = json.loads(client.get("/account/data.json").content)["not_saved_yet"]
    assert (row["page"], row["fields"]["title"]) == (url, ["Mine alone"])
    people.editor.memberships.all().delete()
    privacy.erase_person(person=Person.objects.get(pk=people.editor.pk), by=people.administrator)
    assert Draft.objects.count() == 0


def test_it_goes_after_thirty_days(client, url):
    keep_draft(client, url, title="Long ago")
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert drafts.drafts_of(Person.objects.get(pk=Draft.objects.get().person_id)) == []
        assert drafts.delete_expired() == 1
    assert Draft.objects.count() == 0


def test_an_erased_contact_leaves_unsaved_forms_too(client, people, office):
    group = make_organization("Listed", "named", kept_by=office)
    contact = {"name": "Quetzal Canary", "email": "quetzal@example.org", "phone": "555-0177", "visible_to": "staff"}
    save_organization(organization=group, by=people.editor, fields={}, contacts=[contact])
    url = f"/organizations/{group.public_id}/edit/"
    keep_draft(client, url, aims="Ask Quetzal Canary, 555-0177", address="quetzal@example.org")
    privacy.erase_contact(contact=Organization.objects.get(pk=group.pk).contacts.get(), by=people.editor)
    left = json.dumps(Draft.objects.get().fields)
    for trace in ("Quetzal", "quetzal", "555-0177"):
        assert trace not in left
    assert "Ask [erased]" in left


def test_a_page_of_a_removed_record_takes_its_text_along(client, url, record):
    keep_draft(client, url, title="Gone with it")
    drafts.delete_drafts_of(["P-000000-0"])
    assert Draft.objects.count() == 1
    drafts.delete_drafts_of([record.public_id])
    assert Draft.objects.count() == 0


@pytest.mark.slow
def test_a_new_one_has_a_text_for_each_kind(client, office):
    make_term()
    for kind in ("contract", "training"):
        keep_draft(client, f"/partnerships/new/?kind={kind}&purpose=learning&lead={office.public_id}", title=kind)
    assert [one.page for one in Draft.objects.order_by("pk")] == [
        "/partnerships/new/?kind=contract",
        "/partnerships/new/?kind=training",
    ]
    assert form_values(client.post("/partnerships/new/?kind=training", {"draft": "go_on"}))["title"] == ["training"]
    assert Partnership.objects.count() == 0
