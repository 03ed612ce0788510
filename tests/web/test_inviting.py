"""An office invites a partner to its seat. The partner answers by link or with a printed code, without an account."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.directory.rules import contacts_visible_to, fields_shown
from partnerships.mail import outbox
from partnerships.models import Change, Email, Membership, Organization, Partnership, Person, SeatConsent
from partnerships.notifications import emails, links, recipients
from partnerships.records import merging
from partnerships.records.public_records import records_of
from partnerships.registry import inviting
from partnerships.registry.actions import end_partnership, save_partnership
from partnerships.registry.consent import confirm_seat, decline_seat, withdraw_from_seat
from tests.browser.forms import forms
from tests.factories import in_days, make_organization, make_partnership, make_person, party

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


class Table:
    def __init__(self, people):
        self.people, self.group = (
            people,
            make_organization("Quibble tenants", "named", listing_source="A report", kept_by=people.office),
        )
        self.contact = self.group.contacts.create(name="Front desk", email="desk@tenants.example.org")
        rows = [party(people.office, "lead"), party(self.group, "member", circle="decides")]
        self.record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False)
        self.page = f"/partnerships/{self.record.public_id}/"
        self.url = f"/partners/{self.seat.pk}/invite/"

    @property
    def seat(self):
        return self.record.parties.select_related("partnership", "department").get(organization=self.group)

    def invite(self, **more):
        fields = {"party": self.seat, "by": self.people.editor, "contact": self.contact, "source": "Its website"}
        return inviting.invite_by_email(**fields | more)

    def link(self):
        email = Email.objects.filter(kind="seat_invited").first()
        email_text = emails.render(email, recipients.read_recipient(self.contact), {}).text
        return re.search(r"Confirm or decline: http://127.0.0.1:8000(\S+)", email_text)[1]

    def answer(self, client, url, state, **more):
        return client.post(url, {"answer": state, "seen": self.seat.state} | more)

    def print_code(self, client):
        client.force_login(self.people.editor)
        sent = {"what": "letter", "source": "The director, by phone, on March 2", "was_read": "on"}
        printed = client.post(self.url, sent)
        assert (printed.status_code, "no-store" in printed["Cache-Control"]) == (200, True)
        client.logout()
        return re.search(r"<code>([0-9A-Z-]+)</code>", page_text(printed))[1]


def page_text(answer):
    return " ".join(answer.content.decode().split()).replace("&#x27;", "'")


@pytest.fixture
def table(people):
    with time_machine.travel(DAY, tick=False):
        yield Table(people)


# By email


@pytest.mark.both
def test_an_office_invites_and_the_partner_says_yes_by_its_link(client, people, table):
    client.force_login(people.editor)
    sent = {"what": "email", "contact": table.contact.pk, "source": "Its website"}
    assert client.post(table.url, sent).status_code == 302
    assert table.seat.state == "invited"
    assert "Invited" in page_text(client.get(f"{table.page}office/"))
    client.logout()
    url = table.link()
    page = client.get(url)
    assert "We keep your answer" in page_text(page)
    assert (table.seat.state, page.cookies.get("sessionid"), page.cookies.get("csrftoken")) == ("invited", None, None)
    assert client.head(url).status_code == 405
    assert "You confirmed this seat." in page_text(table.answer(client, url, "confirmed"))
    kept = SeatConsent.objects.first()
    assert (table.seat.state, kept.way, kept.contact, kept.by) == ("confirmed", "link", table.contact, None)
    assert "A public-records request may reach it" in kept.text
    client.force_login(people.editor)
    office = page_text(client.get(f"{table.page}office/"))
    assert "By a personal link" in office
    assert "Front desk" in office


@pytest.mark.unpublished_writes
def test_the_office_reads_that_it_invites_once_a_draft_is_published(client, people, table):
    client.force_login(people.editor)
    url = f"{table.page}office/"
    assert "Once it’s published" not in page_text(client.get(url))
    Partnership.objects.filter(pk=table.record.pk).update(is_published=False)
    assert page_text(client.get(url)).count("Once it’s published") == 1
    table.record.parties.filter(pk=table.seat.pk).update(state="declined")
    assert "Once it’s published" not in page_text(client.get(url))


@pytest.mark.unpublished_writes
def test_the_office_reads_why_a_partner_cannot_be_invited(client, people, table):
    client.force_login(people.editor)
    for state, words in (("confirmed", "Already confirmed"), ("declined", "Don’t ask again")):
        table.record.parties.filter(pk=table.seat.pk).update(state=state)
        page = " ".join(client.get(f"{table.page}office/").content.decode().split())
        assert [one for one in re.findall(r'<td data-l="Invite"> (.*?) </td>', page) if one.startswith(words)]
        assert set(re.findall(r'<td data-l="Who">(.*?)</td>', page)) == {"Not answered"}


def test_the_home_page_asks_for_a_yes_as_long_as_the_partnership_goes_on(client, people, table):
    table.invite()
    client.force_login(people.editor)
    words = "Quibble tenants hasn’t confirmed its seat"
    assert words in page_text(client.get("/"))
    end_partnership(partnership=table.record, by=SYSTEM, ends_on=in_days(0), reason="The grant ended.")
    assert words not in page_text(client.get("/"))


def test_the_office_reads_who_invited_and_when_where_it_is_and_then_who_answered(client, people, table):
    with time_machine.travel(DAY + timedelta(hours=12), tick=False):  # 9 p.m. of the same day in Central Time
        table.invite()
        client.force_login(people.editor)
        page = page_text(client.get(f"{table.page}office/"))
        assert "Not answered yet</td>" in page
        assert f"Invited by {people.editor}</td>" in page
        assert "March 2, 2026</td>" in page
        assert "Invite again<span" in page
        SeatConsent.objects.filter(state="invited").update(by=None)  # the account was erased
        assert "Invited by" not in page_text(client.get(f"{table.page}office/"))
        link = table.link()
        table.answer(client, link, "confirmed")
        page = page_text(client.get(f"{table.page}office/"))
    assert "Front desk</td>" in page
    assert "March 2, 2026</td>" in page


def test_a_double_click_says_yes_once(client, table):
    table.invite()
    url = table.link()
    typed = forms(client.get(url).content.decode())[0].values() | {"answer": "confirmed"}
    assert "You confirmed this seat." in page_text(client.post(url, typed))
    second = client.post(url, typed)
    assert (second.status_code, second["Location"]) == (302, url)
    assert SeatConsent.objects.filter(state="confirmed").count() == 1


def test_opening_a_link_or_a_press_without_an_answer_changes_nothing(client, table):
    table.invite()
    url = table.link()
    for sent in ({}, {"answer": "x"}, {"List-Unsubscribe": "One-Click"}, {"answer": "withdrawn", "seen": "invited"}):
        client.post(url, sent)
        assert table.seat.state == "invited"


@pytest.mark.parametrize("answer", ["declined", "confirmed"])
def test_who_answered_may_answer_otherwise_by_the_same_link(client, table, answer):
    table.invite()
    url = table.link()
    table.answer(client, url, answer)
    if answer == "confirmed":
        table.answer(client, url, "withdrawn", may_count="no")
        assert (table.seat.state, table.seat.unnamed) == ("withdrawn", "withheld")
    table.answer(client, url, "confirmed")
    assert (table.seat.state, table.seat.unnamed) == ("confirmed", "")


def test_it_is_reminded_twice_and_then_no_more(table):
    invitation = table.invite()
    rows = Email.objects.filter(kind="seat_invited").order_by("due_at")
    assert [(row.due_at - DAY).days for row in rows] == [0, 6, 29]  # the mornings of days 7 and 30 in Chicago
    assert [row.occurrence.rpartition("/")[2] for row in rows] == ["invited", "7d-late", "30d-late"]
    last = emails.render(rows[2], recipients.read_recipient(table.contact), {})
    assert last.subject == "Reminder: City of Minneapolis names you as a partner"
    assert rows[2].expires_at == invitation.until == DAY + timedelta(days=90)


def test_who_answered_is_not_reminded(table):
    table.invite()
    decline_seat(party=table.seat, by=SYSTEM, way="link", contact=table.contact)
    assert set(Email.objects.filter(kind="seat_invited").values_list("state", flat=True)) == {"withdrawn"}


def test_an_outdated_invitation_is_not_sent(table):
    table.invite()
    table.record.parties.filter(pk=table.seat.pk).update(state="recorded")
    outbox.send_due(render=emails.render)
    assert Email.objects.filter(kind="seat_invited").order_by("due_at").first().state == "withdrawn"


def test_silence_is_no_yes(people, table, client):
    table.invite()
    url = table.link()
    for days, state in ((89, "invited"), (90, "recorded")):
        with time_machine.travel(DAY + timedelta(days=days), tick=False):
            assert inviting.expire_unanswered() == (state == "recorded")
            assert table.seat.state == state
            assert client.get(url).status_code == (200 if state == "invited" else 404)
    kept = SeatConsent.objects.first()
    assert (kept.state, kept.way) == ("recorded", "no_reply")
    assert inviting.expire_unanswered() == 0
    client.force_login(people.editor)
    assert "It hasn’t replied" in page_text(client.get(f"{table.page}office/"))


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("state", ["declined", "withdrawn", "confirmed"])
def test_who_answered_is_not_asked_again(client, people, table, state):
    table.record.parties.filter(pk=table.seat.pk).update(state=state)
    client.force_login(people.editor)
    assert "Send invitation" not in page_text(client.get(table.url))
    for what in ("email", "letter"):
        sent = {"what": what, "contact": table.contact.pk, "source": "Its website", "was_read": "on"}
        assert client.post(table.url, sent).status_code == 422
    assert (table.seat.state, SeatConsent.objects.count(), Email.objects.filter(kind="seat_invited").count()) == (
        state,
        0,
        0,
    )


@pytest.mark.parametrize("address", ["editor@example.org", "Editor+tenants@example.org", "front+1@city.example.org"])
def test_an_office_invites_no_mailbox_of_its_own_people(client, people, table, address):
    people.office.contacts.create(name="Front desk", email="front@city.example.org")
    table.contact.email = address
    table.contact.save()
    client.force_login(people.editor)
    refused = client.post(table.url, {"what": "email", "contact": table.contact.pk, "source": "Its website"})
    assert (refused.status_code, table.seat.state) == (422, "recorded")
    assert "This email address belongs to your own office." in page_text(refused)


def test_staff_see_which_address_gets_the_invitation(client, people, table):
    client.force_login(people.editor)
    assert "Front desk, desk@tenants.example.org" in page_text(client.get(table.url))


def test_a_partner_without_an_address_is_not_offered_an_email(client, people, table):
    table.contact.delete()
    client.force_login(people.editor)
    page = page_text(client.get(table.url))
    assert "Send invitation" not in page
    assert "We don’t have an email address of this partner yet." in page
    assert f'<a href="{table.group.get_absolute_url()}">Open the record of Quibble tenants</a>' in page
    assert "Print a letter" in page


def test_the_page_of_a_link_says_what_the_office_recorded(client, table):
    table.invite()
    page = page_text(client.get(table.link()))
    assert re.search(r"<dt>Circle</dt> <dd> Decides </dd>.*<dt>Roles</dt> <dd> Participant </dd>", page)


@pytest.mark.unpublished_writes
def test_who_confirmed_by_a_link_is_led_to_sign_in_with_that_address(client, table):
    table.invite()
    url, words = table.link(), "Sign in to your organization</a>"
    assert words not in page_text(client.get(url))
    table.answer(client, url, "confirmed")
    shown = page_text(client.get(url))
    assert (words in shown, "Ask to represent it" in shown) == (True, False)
    table.answer(client, url, "withdrawn")
    assert words not in page_text(client.get(url))


def test_bad_input_shows_an_error_at_its_field(client, people, table):
    client.force_login(people.editor)
    other = make_organization("Others").contacts.create(name="Other desk", email="other@example.org")
    for sent, error in (
        ({"what": "email", "contact": table.contact.pk, "source": " "}, "Enter where you got this email address"),
        ({"what": "email", "contact": other.pk, "source": "Its website"}, "Choose one of this partner’s contacts."),
        ({"what": "email", "contact": "", "source": ""}, "no editor here"),
        ({"what": "letter", "source": "The director", "was_read": ""}, "Read the words to the partner first."),
        ({"what": "letter", "source": "x" * 301, "was_read": "on"}, ""),
    ):
        refused = client.post(table.url, sent)
        assert (refused.status_code, table.seat.state) == (422, "recorded"), sent
        assert error in page_text(refused), sent
    assert client.post(table.url, {"what": "nothing"}).status_code == 422


def test_its_own_editors_are_invited_where_it_has_any(client, people, table):
    editor = make_person("own@example.org", name="Own editor")
    client.force_login(people.editor)
    assert "The partner’s own editors here" not in page_text(client.get(table.url))
    Membership.objects.create(person=editor, organization=table.group, role="editor")
    client.force_login(people.editor)
    assert "The partner’s own editors here" in page_text(client.get(table.url))
    assert client.post(table.url, {"what": "email", "contact": "", "source": ""}).status_code == 302
    email = Email.objects.filter(kind="seat_invited").first()
    assert email.recipient == f"person:{editor.pk}"
    assert f"{table.page}our-seat/" in emails.render(email, recipients.read_recipient(editor), {}).text
    client.force_login(editor)
    assert "Confirm or decline your seat:" in page_text(client.get("/account/"))


def test_the_office_hears_of_the_answer(people, table):
    table.invite()
    decline_seat(party=table.seat, by=SYSTEM, way="link", contact=table.contact)
    email = Email.objects.get(kind="seat_answered")
    assert email.recipient == f"person:{people.editor.pk}"
    assert "Please don’t ask again." in emails.render(email, recipients.read_recipient(people.editor), {}).text


def test_an_office_invites_no_contact_that_it_does_not_see(client, people, table):
    """Another office's contacts of an organization stay hidden, unless the organization opened them."""
    client.force_login(people.editor)
    assert "Front desk" in page_text(client.get(table.url))
    table.group.kept_by = people.other_office
    table.group.save()
    assert "Front desk" not in page_text(client.get(table.url))
    refused = client.post(table.url, {"what": "email", "contact": table.contact.pk, "source": "Its website"})
    assert (refused.status_code, table.seat.state) == (422, "recorded")


def test_the_file_for_a_public_records_request_holds_the_answers_and_no_code(client, people, table):
    code = table.print_code(client)
    digest = SeatConsent.objects.get().code
    found = records_of(people.editor, table.record, private=True)
    (row,) = found["answers_to_seats"]
    assert (row["state"], row["way"], row["source"]) == ("invited", "code", "The director, by phone, on March 2")
    assert [secret in str(found) for secret in (code, code.replace("-", ""), digest)] == [False] * 3
    assert "answers_to_seats" not in records_of(people.editor, table.record, private=False)


# With a printed code


@pytest.mark.both
def test_an_organization_without_email_says_yes_with_a_posted_code(client, people, table):
    table.group.contacts.all().delete()
    code = table.print_code(client)
    assert table.seat.state == "invited"
    assert client.get("/code/").status_code == 200
    page = client.post("/code/", {"code": code.lower().replace("-", " ")})
    assert "Quibble tenants" in page_text(page)
    assert table.seat.state == "invited"
    response = client.post("/code/", {"code": code, "answer": "confirmed", "seen": "invited"})
    assert "You confirmed this seat." in page_text(response)
    kept = SeatConsent.objects.first()
    assert (table.seat.state, kept.way, kept.by) == ("confirmed", "code", None)
    client.force_login(people.stranger)
    assert "Recorded by the office" not in page_text(client.get(f"{table.page}partners/"))


def test_a_double_click_prints_one_code_and_answers_with_it_once(client, people, table):
    client.force_login(people.editor)
    typed = next(
        form.values()
        for form in forms(client.get(table.url).content.decode())
        if form.values().get("what") == ["letter"]
    )
    typed |= {"source": "The director, by phone", "was_read": "on"}
    first, second = client.post(table.url, typed), client.post(table.url, typed)
    code = re.search(r"<code>([0-9A-Z-]+)</code>", page_text(first))[1]
    assert (first.status_code, second.status_code, code in page_text(second)) == (200, 200, True)
    assert SeatConsent.objects.filter(state="invited").count() == 1
    client.logout()
    page = client.post("/code/", {"code": code}).content.decode()
    typed = next(form.values() for form in forms(page) if "ticket" in form.fields) | {"answer": "confirmed"}
    assert "You confirmed this seat." in page_text(client.post("/code/", typed))
    again = client.post("/code/", typed, follow=True)
    assert again.redirect_chain == [("/code/", 302)]
    assert "You submitted this form twice. We saved it once." in page_text(again)


def test_a_code_works_once_and_for_sixty_days(client, table):
    code = table.print_code(client)
    with time_machine.travel(DAY + timedelta(days=60), tick=False):
        assert client.post("/code/", {"code": code}).status_code == 422
    assert client.post("/code/", {"code": code, "answer": "declined", "seen": "invited"}).status_code == 200
    again = client.post("/code/", {"code": code, "answer": "confirmed", "seen": "declined"})
    assert (again.status_code, table.seat.state) == (422, "declined")
    assert "This code isn’t valid, or it has expired." in page_text(again)


def test_a_used_code_opens_nothing_when_the_seat_is_asked_for_again(client, table):
    code = table.print_code(client)
    client.post("/code/", {"code": code, "answer": "confirmed", "seen": "invited"})
    save_partnership(partnership=table.record, by=SYSTEM, fields={"kind": "organizing"})
    assert table.seat.state == "recorded"
    assert client.post("/code/", {"code": code}).status_code == 422
    assert not SeatConsent.objects.exclude(code="").exists()


def test_a_new_email_ends_the_earlier_code(client, table):
    first, second = table.print_code(client), table.print_code(client)
    assert client.post("/code/", {"code": first}).status_code == 422
    assert client.post("/code/", {"code": second}).status_code == 200


def test_no_one_can_read_a_code_after_it_was_printed(client, people, table):
    code = table.print_code(client)
    plain = code.replace("-", "")
    client.force_login(people.editor)
    seen = [
        client.get(url).content.decode()
        for url in (table.url, table.page, f"{table.page}edit/", f"{table.page}history/")
    ]
    assert [plain in page or code in page for page in seen] == [False] * 4
    rows = [*SeatConsent.objects.values_list(), *Change.objects.values_list(), *Email.objects.values_list()]
    assert plain not in str(rows)
    assert len(SeatConsent.objects.first().code) == 64


def test_a_refused_answer_leaves_the_code_usable(client, table):
    code = table.print_code(client)
    refused = client.post("/code/", {"code": code, "answer": "confirmed", "seen": "recorded"})
    assert (refused.status_code, table.seat.state) == (409, "invited")
    client.post("/code/", {"code": code, "answer": "confirmed", "seen": "invited"})
    assert table.seat.state == "confirmed"


@pytest.mark.parametrize("code", ["", "x", "ABCD-EFGH-JKMN", "x" * 41, "\x00"])
def test_an_invalid_code_is_refused_with_an_error(client, table, code):
    table.invite()  # no one can find an invitation without a code
    assert client.post("/code/", {"code": code}).status_code == 422
    assert client.post("/code/", {"code": code, "answer": "confirmed", "seen": "invited"}).status_code == 422
    assert table.seat.state == "invited"


@pytest.mark.parametrize("role", ["reader", "stranger", "other_editor", "partner"])
def test_only_the_office_invites(client, people, table, role):
    client.force_login(getattr(people, role))
    assert client.get(table.url).status_code == 403
    assert client.post(table.url, {"what": "letter", "source": "x", "was_read": "on"}).status_code == 403
    assert (table.seat.state, clock.today()) == ("recorded", DAY.date())


def test_a_yes_by_an_account_ends_links_and_codes(client, table):
    code = table.print_code(client)
    confirm_seat(party=table.seat, by=SYSTEM)
    assert client.post("/code/", {"code": code}).status_code == 422


# An invitation ends with its sender's right


def test_a_link_confirms_nothing_once_its_sender_has_left_and_still_takes_a_no(client, people, table):
    table.invite()
    url = table.link()
    email = Email.objects.filter(kind="seat_invited").first()
    people.editor.memberships.all().delete()
    page = page_text(client.get(url))
    assert f"no longer works on this record. Ask {people.office} to invite you again." in page
    assert "Confirm seat" not in page
    refused = table.answer(client, url, "confirmed")
    assert (refused.status_code, table.seat.state) == (422, "invited")
    assert recipients.find_audience(email).refusal == "They no longer keep the records of this office."
    client.force_login(people.reader)
    assert "The person who invited them no longer works on this record. Invite them again." in page_text(
        client.get(f"{table.page}office/")
    )
    client.logout()
    assert "You declined this seat." in page_text(table.answer(client, url, "declined"))


def test_a_code_answers_nothing_once_who_printed_it_has_left(client, people, table):
    """The person who printed it knows it, and could answer for the partner."""
    code = table.print_code(client)
    people.editor.memberships.update(role="reader")
    for answer in ("confirmed", "declined"):
        refused = client.post("/code/", {"code": code, "answer": answer, "seen": "invited"})
        assert refused.status_code == 422
        assert "no longer works on this record" in page_text(refused)
    assert table.seat.state == "invited"


# What a hostile office or contact could try with an invitation


def test_an_office_that_uses_its_own_code_reads_nothing_that_is_for_partners(client, people, table):
    """Another office keeps the listed organization, which shows an email address and a contact to partners."""
    Organization.objects.filter(pk=table.group.pk).update(
        listing="profiled", kept_by=people.other_office, address="1 Main Street", open_fields={"address": "partners"}
    )
    director = table.group.contacts.create(name="Director", visible_to="partners")
    manager = make_person("manager@tenants.example.org")
    Membership.objects.create(person=manager, organization=table.group, role="manager")

    def reads():
        person = Person.objects.get(pk=people.editor.pk)
        group = Organization.objects.get(pk=table.group.pk)
        return director in contacts_visible_to(person), "address" in fields_shown(person, [group])[group.pk]

    code = table.print_code(client)
    client.post("/code/", {"code": code, "answer": "confirmed", "seen": "invited"})
    assert (table.seat.state, reads()) == ("confirmed", (False, False))
    client.force_login(manager)
    page = f"{table.page}our-seat/"
    assert "Partners can read what you show to partners once you confirm the seat here yourself." in page_text(
        client.get(page)
    )
    sent = {"party": table.group.public_id, "answer": "confirmed", "seen": "confirmed"}
    assert client.post(page, sent).status_code == 302
    assert (table.seat.state, reads()) == ("confirmed", (True, True))
    # Another type of partnership ends that yes, also once it is the former type again.
    for kind in ("organizing", "joint_project"):
        save_partnership(partnership=table.record, by=people.editor, fields={"kind": kind})
    assert (table.seat.state, reads()) == ("recorded", (False, False))
    client.post("/code/", {"code": table.print_code(client), "answer": "confirmed", "seen": "invited"})
    assert (table.seat.state, reads()) == ("confirmed", (False, False))


def test_no_code_is_printed_for_outside_organizing_and_an_earlier_one_ends(client, people, table):
    code = table.print_code(client)
    save_partnership(partnership=table.record, by=SYSTEM, fields={"kind": "organizing"})
    assert client.post("/code/", {"code": code}).status_code == 422
    client.force_login(people.editor)
    sent = {"what": "letter", "source": "The director, by phone", "was_read": "on"}
    refused = client.post(table.url, sent)
    assert (refused.status_code, "confirms its seat itself" in page_text(refused)) == (422, True)


def test_a_link_from_before_undoes_nothing_that_the_partners_own_editors_decided(client, table):
    table.invite()
    url = table.link()
    table.answer(client, url, "confirmed")
    editor = make_person("editor@tenants.example.org")
    Membership.objects.create(person=editor, organization=table.group, role="editor")
    withdraw_from_seat(party=table.seat, by=editor)
    for answer in ("confirmed", "declined"):
        assert table.answer(client, url, answer).status_code == 404
    assert table.seat.state == "withdrawn"


def test_a_link_from_before_undoes_no_refusal_of_the_other_of_two_merged_records(client, people, table):
    """The editors of one record declined; the office had invited a contact of the duplicate, and its manager merges them."""
    rows = [party(people.office, "lead"), party(table.group), party(people.organization)]
    save_partnership(partnership=table.record, by=SYSTEM, fields={}, parties=rows)
    decline_seat(party=table.record.parties.get(organization=people.organization), by=people.partner)
    table.invite()
    url = table.link()
    for organization in (people.organization, table.group):
        organization.memberships.update_or_create(person=people.manager, defaults={"role": "manager"})
    manager = Person.objects.get(pk=people.manager.pk)
    merging.merge(kept=people.organization, lost=table.group, by=manager, versions=(None, None))
    seat = table.record.parties.get(organization=people.organization)
    assert client.get(url).status_code == 404
    assert client.post(url, {"answer": "confirmed", "seen": seat.state}).status_code == 404
    seat.refresh_from_db()
    assert seat.state == "declined"


@pytest.mark.parametrize("mailbox", ["editor@example.org", "editor+desk@example.org"])
def test_a_contact_that_gets_a_mailbox_of_the_office_after_the_invitation_answers_nothing(
    client, people, table, mailbox
):
    """The office keeps the record, so it could change the address before a reminder goes out."""
    invitation = table.invite()
    row = {"id": table.contact.pk, "name": table.contact.name, "email": mailbox}
    table.group.refresh_from_db()
    save_organization(organization=table.group, by=people.editor, fields={}, contacts=[row])
    table.contact.refresh_from_db()
    email = Email.objects.filter(kind="seat_invited").first()
    assert recipients.find_audience(email).refusal == "This email address belongs to the lead agency."
    token = links.make(links.SEAT, recipients.read_recipient(table.contact), invitation.pk, invitation.until)
    assert client.get(f"/by-link/seat/{token}/").status_code == 404
