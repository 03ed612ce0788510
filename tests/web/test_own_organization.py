"""Your organization: its own people see all of it, edit it in small sections, confirm it as current, and unlist it."""

from datetime import timedelta

import pytest
import time_machine

from partnerships.core import clock, stamps
from partnerships.core.access import SYSTEM
from partnerships.directory import actions, suggestions
from partnerships.meetings import check_ins
from partnerships.models import Change, Membership
from partnerships.registry import actions as registry
from partnerships.registry import remarks, statements
from tests import factories
from tests.registry.test_listing_states import EVERY_PLACE, NAME, places_that_show, set_table, text_of
from tests.web.test_editing import fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("generous_limits")]
PARTS = ("name", "work", "place", "reach", "listing")


@pytest.fixture
def own_organization(client, people):
    client.force_login(people.partner)
    return people.organization


def page_of(organization, part=""):
    return f"/organizations/{organization.public_id}/mine/{part and part + '/'}"


def test_it_shows_all_that_is_theirs_with_who_reads_it(client, people, own_organization):
    desk = {"name": "Front desk", "email": "desk@example.org"}
    actions.save_organization(
        organization=own_organization, by=SYSTEM, fields={"address": "1 Canary Street"}, contacts=[desk]
    )
    hidden = factories.make_partnership(
        "Quiet pressure",
        kind="organizing",
        lead=people.office,
        parties=[factories.party(people.office, "lead"), factories.party(own_organization, "organizer")],
    )
    factories.make_meeting(hidden, title="Open table", is_public=True)
    factories.make_meeting(hidden, title="Inner table")
    check_ins.save_check_in_plan(
        by=SYSTEM,
        fields={
            "partnership": hidden,
            "rhythm": "monthly",
            "anchor_on": factories.in_days(3),
            "zone": "America/Chicago",
        }
        | {"contact": own_organization.contacts.get()},
    )
    shown = " ".join(client.get(page_of(own_organization)).content.decode().split())
    for words in ("1 Canary Street", "desk@example.org", "Quiet pressure", "Open table", "Front desk answers."):
        assert words in shown
    assert "Inner table" not in shown
    assert shown.count("Who can see it: registry staff.") == 4
    assert shown.count("Kept as long as the record. A public-records request may reach it.") == len(PARTS) - 1
    assert all(page_of(own_organization, part) in shown for part in PARTS)


def test_each_field_says_who_reads_it_how_long_it_is_kept_and_that_it_is_a_public_record(client, own_organization):
    for part in ("name", "work", "place", "reach"):
        form = client.get(page_of(own_organization, part))
        readers = [name for name in form.context["form"].fields if name.startswith("open-")]
        shown = form.content.decode()
        for name in readers:
            assert (
                f'id="id_{name}_helptext">Kept as long as the record. A public-records request may reach it.' in shown
            )
        assert len(readers) == {"name": 2, "work": 2, "place": 5, "reach": 2}[part]


def test_it_says_what_is_asked_of_them_until_it_is_done(client, people, own_organization):
    """Statements on records, replies before a remark is public, and suggestions to decide, but nothing that others decide."""
    parties = [factories.party(people.office, "lead"), factories.party(own_organization, "member")]
    record = factories.make_partnership("Homes for all", lead=people.office, parties=parties)
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    suggested = suggestions.suggest(
        by=None, kind="correct", organization=own_organization, fields={"aims": "Homes for all"}
    )
    asked = [
        ("Is this record right? Homes for all", f"/partnerships/{record.public_id}/partners/#ours"),
        ("Reply to City of Minneapolis: Homes for all", f"/statements/{remark.pk}/reply/"),
        ("1 suggestion to decide", f"/suggestions/{suggested.pk}/"),
    ]
    for page in (page_of(own_organization), "/account/"):
        assert [(row["title"], row["url"]) for row in client.get(page).context["asked"]] == asked
    client.force_login(people.editor)
    assert client.get("/account/").context["asked"] == []
    client.force_login(people.partner)
    row = record.parties.get(organization=own_organization)
    statements.confirm_record(party=row, by=people.partner)
    remarks.reply_to_remark(remark=remark, party=row, by=people.partner, text="It was late.")
    suggestions.decide(suggestion=suggested, by=people.partner, take=["aims"])
    assert client.get(page_of(own_organization)).context["asked"] == []
    registry.save_partnership(partnership=record, by=people.editor, fields={"summary": "Other words"})
    assert [row["url"] for row in client.get("/account/").context["asked"]] == [asked[0][1]]


def test_those_who_only_read_there_see_it_and_change_nothing(client, people, own_organization):
    Membership.objects.filter(person=people.partner).update(role="reader")
    shown = client.get(page_of(own_organization)).content.decode()
    assert "Confirm as current" not in shown
    assert not any(page_of(own_organization, part) in shown for part in PARTS)
    for part in PARTS:
        assert client.post(page_of(own_organization, part), {"version": own_organization.version}).status_code == 403
    assert (
        client.post(
            f"/organizations/{own_organization.public_id}/still-right/", {"version": own_organization.version}
        ).status_code
        == 403
    )
    own_organization.refresh_from_db()
    assert own_organization.version == 1


@pytest.mark.parametrize("role", ["", "stranger", "editor", "other_editor", "suspended"])
def test_to_all_others_these_pages_do_not_exist(client, people, role):
    if role:
        client.force_login(getattr(people, role))
    for url in [page_of(people.organization), *(page_of(people.organization, part) for part in PARTS)]:
        assert client.get(url).status_code == 404
        assert client.post(url, {"version": 1, "listing": "unlisted"}).status_code in (404, 405)
    assert (
        client.post(f"/organizations/{people.organization.public_id}/still-right/", {"version": 1}).status_code == 404
    )
    people.organization.refresh_from_db()
    assert (people.organization.version, people.organization.listing) == (1, "profiled")


def test_a_part_saves_its_own_fields_and_their_readers_and_no_others(client, own_organization):
    actions.save_organization(
        organization=own_organization, by=SYSTEM, fields={"aims": "Homes", "address": "1 Canary Street"}
    )
    url = page_of(own_organization, "work")
    smuggled = {
        "address": "Elsewhere",
        "listing": "unlisted",
        "open-address": "public",
        "name": "Other",
        "mail_domain": "x.org",
    }
    answer = client.post(
        url, fields_of(client.get(url)) | {"aims": "Homes for all", "open-aims": "partners"} | smuggled
    )
    assert (answer.status_code, answer["Location"]) == (302, page_of(own_organization))
    own_organization.refresh_from_db()
    assert (own_organization.aims, own_organization.open_fields) == ("Homes for all", {"aims": "partners"})
    assert (
        own_organization.address,
        own_organization.listing,
        own_organization.name,
        own_organization.mail_domain,
    ) == (
        "1 Canary Street",
        "profiled",
        "Tenants' association",
        "",
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_section_saved_unchanged_writes_nothing(client, own_organization, part):
    url, changes = page_of(own_organization, part), Change.objects.count()
    assert client.post(url, fields_of(client.get(url))).status_code == 302
    own_organization.refresh_from_db()
    assert (own_organization.version, Change.objects.count()) == (1, changes)


def test_two_members_who_save_at_once_lose_nothing(client, people, own_organization):
    url = page_of(own_organization, "work")
    submitted = fields_of(client.get(url)) | {"aims": "My aims", "open-aims": "staff"}
    other_fields = {"aims": "Their aims", "open_fields": {"aims": "partners"}, "website": "https://theirs.example.org/"}
    actions.save_organization(organization=own_organization, by=people.administrator, fields=other_fields)
    answer = client.post(url, submitted)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in shown for words in ("My aims", "Their aims", "Registry staff", "Partners"))
    assert [clash["name"] for clash in answer.context["conflict"].clashes] == ["choose-aims", "choose-open-aims"]
    assert client.post(url, fields_of(answer) | {"choose-open-aims": "theirs"}).status_code == 302
    own_organization.refresh_from_db()
    assert (own_organization.aims, own_organization.open_fields, own_organization.website) == (
        "My aims",
        {"aims": "partners"},
        "https://theirs.example.org/",
    )


def test_what_cannot_be_kept_comes_back_as_it_was_typed(client, own_organization):
    url = page_of(own_organization, "reach")
    typed = fields_of(client.get(url)) | {
        "website": "no address",
        "address": "Kept typing",
        "open-address": "everybody",
    }
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "Kept typing" in answer.content.decode()
    assert set(answer.context["form"].errors) == {"website", "open-address"}


@pytest.mark.parametrize(("listing", "says"), [("profiled", False), ("named", True), ("unlisted", True)])
def test_it_says_that_everyone_sees_no_field_without_a_full_profile(client, own_organization, listing, says):
    own_organization.listing = listing
    own_organization.save()
    words = "What is set to “everyone” below is public only once you choose a full profile."
    assert (words in text_of(client, page_of(own_organization))) == says


def test_an_area_that_no_one_there_can_add_is_asked_for(client, people, own_organization):
    """Only staff add places to the directory."""
    url = page_of(own_organization, "place")
    for typed, says in (
        ("Nowhere", "We can’t find “Nowhere”. Check the spelling, or ask registry staff to add it."),
        (people.office.name[:-1], "If not, ask registry staff to add it."),
    ):
        answer = client.post(url, fields_of(client.get(url)) | {"area": typed})
        assert says in answer.content.decode()


def test_still_right_notes_the_day_once(client, own_organization):
    url = f"/organizations/{own_organization.public_id}/still-right/"
    assert client.post(url, {"version": "1"}).status_code == 302
    own_organization.refresh_from_db()
    assert (own_organization.last_verified_on, own_organization.version) == (clock.today(), 2)
    entry = Change.objects.get(record_type="organization", record_id=own_organization.pk, verb="update")
    assert (entry.why, entry.by.email, list(entry.after)) == (
        "Confirmed as current.",
        "partner@example.org",
        ["last_verified_on"],
    )
    assert "Confirm as current" not in client.get(page_of(own_organization)).content.decode()
    client.post(url, {"version": "2"})
    own_organization.refresh_from_db()
    assert own_organization.version == 2
    with time_machine.travel(clock.now() + timedelta(days=367)):
        client.force_login(type(entry.by).objects.get(email="partner@example.org"))
        shown = client.get(page_of(own_organization)).content.decode()
        assert "more than a year ago" in shown
        assert "confirm it with one click" in shown


def test_still_right_is_not_said_of_what_one_has_not_seen(client, people, own_organization):
    actions.save_organization(organization=own_organization, by=people.administrator, fields={"aims": "New"})
    answer = client.post(f"/organizations/{own_organization.public_id}/still-right/", {"version": "1"})
    assert answer.status_code == 409
    assert "Someone just changed this record." in answer.content.decode()
    own_organization.refresh_from_db()
    assert own_organization.last_verified_on is None


def test_unlisting_works_at_once_everywhere_and_can_be_undone(client, people, monkeypatch):
    """A user presses Save, and it's gone from every page, search, suggestion, filter, count, download, API answer and sync."""
    monkeypatch.setattr(stamps, "as_of", lambda: 2**62)
    table = set_table(people, "profiled", "contract", contribution="Quibblewort for all")
    group = table.organization
    Membership.objects.create(person=people.stranger, organization=group, role="editor")
    people.stranger.__dict__.pop("_own_memberships", None)
    assert places_that_show(client, table) == EVERY_PLACE

    def offered():
        client.force_login(people.other_editor)
        return text_of(client, "/partnerships/new/", kind="contract")

    assert NAME in offered()
    set_listing(client, people.stranger, group, "unlisted")
    assert places_that_show(client, table) == set()
    assert NAME not in offered()
    client.logout()
    for place in ("/organizations/", "/organizations.csv", "/api/v1/organizations/", "/organizations/?q=Zorvexai"):
        assert NAME not in text_of(client, place)
    for place in (f"/organizations/{group.public_id}/", f"/api/v1/organizations/{group.public_id}/"):
        assert client.get(place).status_code == 404
    pulled = client.get("/api/v1/organizations/", {"updated_since": "start"}).json()
    assert group.public_id not in [row["id"] for row in pulled["results"]]
    assert group.public_id not in text_of(client, "/api/v1/partnerships/", updated_since="start")
    client.force_login(people.stranger)
    assert "You don’t appear anywhere in public" in text_of(client, page_of(group))
    set_listing(client, people.stranger, group, "named")
    client.logout()
    assert places_that_show(client, table) == EVERY_PLACE


def set_listing(client, person, organization, listing):
    client.force_login(person)
    url = page_of(organization, "listing")
    answer = client.post(url, fields_of(client.get(url)) | {"listing": listing})
    assert (answer.status_code, answer["Location"]) == (302, page_of(organization))
    client.logout()


def test_no_administrator_opens_a_profile_by_these_pages(client, people):
    actions.save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "named"})
    client.force_login(people.administrator)
    url = page_of(people.organization, "listing")
    answer = client.post(url, fields_of(client.get(url)) | {"listing": "profiled"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["listing"])
