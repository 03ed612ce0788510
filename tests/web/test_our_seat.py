"""A partner answers for its own seat: it reads what a yes means, confirms, declines, withdraws, and changes its answer."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Membership, SeatConsent
from tests.factories import (
    confirm_by_link,
    make_jurisdiction,
    make_organization,
    make_partnership,
    make_person,
    party,
)

pytestmark = pytest.mark.django_db


class Table:
    def __init__(self, people, **fields):
        rows = [party(people.office, "lead", circle="decides"), party(people.organization, "member", circle="decides")]
        self.record = make_partnership(
            "Homes for everyone", lead=people.office, parties=rows, confirmed=False, **fields
        )
        self.page = f"/partnerships/{self.record.public_id}/"
        self.url, self.key = f"{self.page}our-seat/", people.organization.public_id

    @property
    def seat(self):
        return self.record.parties.get(organization__public_id=self.key)

    def answer(self, client, state, **more):
        return client.post(self.url, {"party": self.key, "answer": state, "seen": self.seat.state} | more)


@pytest.fixture
def table(people):
    return Table(people)


@pytest.fixture
def partner(client, people):
    client.force_login(people.partner)
    return client


def page_text(answer):
    return " ".join(answer.content.decode().split())


def named(client, table):
    """Whether everyone can read the partner's name on the page and in the API."""
    client.logout()
    pages = (table.page, f"/api/v1{table.page}", f"{table.page}partners/", "/partnerships.csv")
    found = {"Tenants" in client.get(page).getvalue().decode() for page in pages}
    (answer,) = found
    return answer


@pytest.mark.both
def test_the_words_that_were_read_are_kept_with_the_yes(partner, people, table):
    page = partner.get(table.url).content.decode()
    assert table.answer(partner, "confirmed").status_code == 302
    kept = SeatConsent.objects.get()
    assert (table.seat.state, kept.way, kept.by, kept.organization) == (
        "confirmed",
        "account",
        people.partner,
        people.organization,
    )
    paragraphs = kept.text.split("\n\n")
    assert len(paragraphs) == 7
    assert all(one.replace("'", "&#x27;") in page for one in paragraphs)
    for about in ("Everyone can read your name", "We keep your answer", "public-records request", "contract files"):
        assert about in kept.text


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_a_no_removes_the_name_at_once_and_can_be_changed(partner, people, table, state):
    if state == "withdrawn":
        table.answer(partner, "confirmed")
    assert table.answer(partner, state, may_count="yes").status_code == 302
    assert table.seat.state == state
    assert not named(partner, table)
    partner.force_login(people.partner)
    assert "Confirm seat" in page_text(partner.get(table.url))
    table.answer(partner, "confirmed")
    assert named(partner, table)
    assert SeatConsent.objects.first().state == "confirmed"


@pytest.mark.parametrize(("given", "kept"), [({}, True), ({"may_count": "yes"}, True), ({"may_count": "no"}, False)])
def test_a_withdrawal_asks_whether_the_seat_still_counts(partner, table, given, kept):
    table.answer(partner, "confirmed")
    assert "If you withdraw, may the seat still count, without your name?" in page_text(partner.get(table.url))
    table.answer(partner, "withdrawn", **given)
    assert SeatConsent.objects.first().may_count is kept


def test_an_answer_to_an_outdated_page_is_not_saved(partner, table):
    table.answer(partner, "confirmed")
    refused = partner.post(table.url, {"party": table.key, "answer": "declined", "seen": "recorded"})
    assert (refused.status_code, table.seat.state) == (409, "confirmed")
    assert "This seat was answered a moment ago." in page_text(refused)
    table.answer(partner, "confirmed", seen="recorded")  # a second press of the same button
    assert SeatConsent.objects.count() == 1


@pytest.mark.parametrize(
    "sent",
    [{"answer": "invited"}, {"answer": ""}, {"answer": "recorded"}, {"answer": "withdrawn"}, {"party": "G-0"}, {}],
)
def test_an_answer_that_is_not_open_is_refused_in_words(partner, table, sent):
    refused = partner.post(table.url, {"party": table.key, "answer": "x", "seen": "recorded"} | sent)
    assert (refused.status_code, table.seat.state, SeatConsent.objects.count()) == (422, "recorded", 0)
    assert "Choose one of the answers on this page." in page_text(refused)


@pytest.mark.parametrize("role", ["editor", "reader", "administrator", "other_editor", "stranger", "other_partner"])
def test_no_one_else_answers_for_a_partner(client, people, table, role):
    client.force_login(getattr(people, role))
    assert client.get(table.url).status_code == 403
    assert table.answer(client, "confirmed").status_code == 403
    assert table.seat.state == "recorded"


def test_its_own_pages_lead_there(partner, people, table):
    own_page = f"/organizations/{table.key}/mine/"
    assert [table.url in page_text(partner.get(page)) for page in (own_page, table.page)] == [True, True]
    assert "You haven’t answered yet." in page_text(partner.get(own_page))
    table.answer(partner, "declined")
    assert "Only City of Minneapolis’s staff know." in page_text(partner.get(own_page))


def test_the_office_alone_sees_that_a_partner_declined(partner, people, table):
    table.answer(partner, "declined")
    partner.force_login(people.editor)
    assert "Tenants" not in page_text(partner.get(table.page))
    office = page_text(partner.get(f"{table.page}office/"))
    assert 'data-l="Seat"> Declined <' in office
    assert "By its own editor, signed in" in office
    assert "Tenants" not in office.partition('id="office"')[0]
    assert "Tenants" not in page_text(partner.get(f"/api/v1{table.page}"))
    for person in (people.other_editor, people.stranger):
        partner.force_login(person)
        assert "Tenants" not in page_text(partner.get(table.page))
    assert not Change.objects.filter(after__icontains="declined").exists()


def test_another_government_is_named_without_a_yes_and_can_only_confirm(client, people):
    county = make_jurisdiction("Ramsey County", "county")
    member = make_person("county@example.org", name="County")
    Membership.objects.create(person=member, jurisdiction=county, role="editor")
    record = make_partnership(lead=people.office, parties=[party(people.office), party(county)], confirmed=False)
    url = f"/partnerships/{record.public_id}/our-seat/"
    client.force_login(member)
    page = page_text(client.get(url))
    assert "Decline seat" not in page
    assert "you can dispute it in your own words" in page
    answer = {"party": county.public_id, "answer": "confirmed", "seen": "recorded"}
    assert client.post(url, answer).status_code == 302
    assert client.post(url, answer | {"answer": "withdrawn", "seen": "confirmed"}).status_code == 422
    assert client.post(url, answer | {"answer": "recorded", "seen": "confirmed"}).status_code == 302
    client.logout()
    assert "Ramsey County" in page_text(client.get(f"/partnerships/{record.public_id}/"))


def test_a_tribal_nation_is_named_by_its_own_yes(client, people):
    nation = make_jurisdiction("Bois Forte Band", "tribal_nation")
    member = make_person("nation@example.org", name="Nation")
    Membership.objects.create(person=member, jurisdiction=nation, role="editor")
    record = make_partnership(lead=people.office, parties=[party(people.office), party(nation)], confirmed=False)
    page = f"/partnerships/{record.public_id}/"
    assert "Bois Forte" not in page_text(client.get(page))
    client.force_login(member)
    answer = {"party": nation.public_id, "answer": "confirmed", "seen": "recorded"}
    assert client.post(f"{page}our-seat/", answer).status_code == 302
    client.logout()
    assert "Bois Forte" in page_text(client.get(page))


def test_organizing_names_a_partner_by_its_own_yes_alone(partner, people):
    table = Table(people, kind="organizing")
    assert "your name appears only if you confirm" in page_text(partner.get(table.url))
    assert not named(partner, table)
    partner.force_login(people.partner)
    table.answer(partner, "confirmed")
    assert named(partner, table)


def test_an_unlisted_organization_reads_that_the_public_does_not_see_it(partner, people):
    quiet = make_organization("Quiet neighbors", "unlisted")
    Membership.objects.create(person=people.partner, organization=quiet, role="editor")
    record = make_partnership(lead=people.office, parties=[party(people.office), party(quiet)], confirmed=False)
    page = page_text(partner.get(f"/partnerships/{record.public_id}/our-seat/"))
    assert "Your organization is unlisted, so the public doesn’t see your name." in page


def test_the_office_reads_when_no_one_can_answer_for_a_confirmed_partner_anymore(client, people):
    """Its editor left, or the contact who confirmed its seat by a personal link."""
    group = make_organization("Renters", "profiled", contacts=[{"name": "Ana", "email": "ana@example.org"}])
    rows = [party(people.office, "lead"), party(people.organization), party(group)]
    made = make_partnership("Homes", lead=people.office, parties=rows)
    confirm_by_link(made.parties.get(organization=group), group.contacts.get(), 20)
    client.force_login(people.editor)

    def unheard():
        seats = client.get(f"/partnerships/{made.public_id}/office/").context["seats"]
        return [str(row["party"]) for row in seats if row["is_unheard"]]

    assert unheard() == []
    people.partner.memberships.all().delete()
    assert unheard() == ["Tenants' association"]
    save_organization(organization=group, by=SYSTEM, fields={}, contacts=[{"name": "Bo", "email": "bo@example.org"}])
    assert unheard() == ["Tenants' association", "Renters"]
    text = client.get(f"/partnerships/{made.public_id}/office/").content.decode()
    assert "Renters has no editors here, and no contact with a personal link." in " ".join(text.split())
