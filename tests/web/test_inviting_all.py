"""An office invites all partners at once that aren't invited yet: one form, and one email to each."""

import pytest

from partnerships.accounts.models import Membership
from partnerships.mail.models import Email
from partnerships.registry import inviting
from partnerships.registry.models import SeatConsent
from tests.factories import make_organization, make_partnership, make_person, party

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


class Table:
    """A partnership of five organizations that are recorded: with one contact, two contacts, an editor, no one to email, and
    one that has confirmed.
    """

    def __init__(self, people):
        self.office = people.office
        names = ("One contact", "Two contacts", "An editor", "No one", "Confirmed")
        self.groups = {name: make_organization(name, "named", kept_by=people.office) for name in names}
        self.desk = self.contact("One contact", "desk")
        self.first, self.second = self.contact("Two contacts", "first"), self.contact("Two contacts", "second")
        editor = make_person("editor@group.example.org")
        Membership.objects.create(person=editor, organization=self.groups["An editor"], role="editor")
        rows = [party(group, "member", circle="decides") for group in self.groups.values()]
        self.record = make_partnership(
            "Homes", lead=people.office, parties=[party(people.office, "lead"), *rows], confirmed=False
        )
        self.contact("Confirmed", "confirmed")
        self.record.parties.filter(organization=self.groups["Confirmed"]).update(state="confirmed")
        self.url = f"/partnerships/{self.record.public_id}/invite/"

    def contact(self, name, box):
        return self.groups[name].contacts.create(name=box, email=f"{box}@{name.split()[0].lower()}.example.org")

    def seat(self, name):
        return self.record.parties.get(organization=self.groups[name])

    def field(self, name):
        return f"contact-{self.seat(name).pk}"

    def states(self):
        return {name: self.seat(name).state for name in self.groups}

    def sent(self, **more):
        chosen = {"One contact": self.desk.pk, "Two contacts": self.second.pk, "An editor": "editors"}
        return {self.field(name): way for name, way in chosen.items()} | {"source": "The kickoff sign-in sheet"} | more


@pytest.fixture
def table(people, client):
    client.force_login(people.editor)
    return Table(people)


def emailed():
    rows = Email.objects.filter(kind="seat_invited", occurrence__endswith="/invited")
    return sorted(row.recipient for row in rows)


@pytest.mark.both
def test_one_press_invites_each_partner_by_its_contact_or_its_editors(client, table):
    assert table.url in client.get(f"/partnerships/{table.record.public_id}/partners/").content.decode()
    assert client.post(table.url, table.sent(note="Welcome")).status_code == 302
    assert table.states() == {
        "One contact": "invited",
        "Two contacts": "invited",
        "An editor": "invited",
        "No one": "recorded",
        "Confirmed": "confirmed",
    }
    editor = Membership.objects.get(organization=table.groups["An editor"]).person_id
    assert emailed() == sorted([f"contact:{table.desk.pk}", f"contact:{table.second.pk}", f"person:{editor}"])
    kept = SeatConsent.objects.filter(organization=table.groups["One contact"]).values_list("source", "note")
    assert list(kept) == [("The kickoff sign-in sheet", "Welcome")]
    assert table.url not in client.get(f"/partnerships/{table.record.public_id}/partners/").content.decode()


def test_the_form_lists_who_can_be_invited_and_asks_only_where_there_is_a_choice(client, table):
    page = client.get(table.url)
    form, text = page.context["form"], page.content.decode()
    offered = {
        field.label: [value for value, _ in field.choices]
        for field in form.fields.values()
        if hasattr(field, "choices")
    }
    assert offered == {
        "One contact": [str(table.desk.pk), "not_now"],
        "Two contacts": [str(table.first.pk), str(table.second.pk), "not_now"],
        "An editor": ["editors", "not_now"],
    }
    assert [form[table.field(name)].initial for name in offered] == [str(table.desk.pk), None, "editors"]
    assert f'href="/organizations/{table.groups["No one"].public_id}/edit/"' in text
    assert f'href="/partners/{table.seat("No one").pk}/invite/"' in text


def test_all_errors_show_at_once_and_no_one_is_invited(client, table):
    sent = table.sent(source="", note="See https://example.org")
    del sent[table.field("Two contacts")]
    refused = client.post(table.url, sent)
    assert (refused.status_code, set(refused.context["form"].errors)) == (
        422,
        {table.field("Two contacts"), "source", "note"},
    )
    assert emailed() == []


def test_a_mailbox_of_the_own_office_is_refused_at_its_partner_and_no_one_is_invited(client, table):
    type(table.desk).objects.filter(pk=table.desk.pk).update(email="editor@example.org")
    refused = client.post(table.url, table.sent())
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [table.field("One contact")])
    assert (emailed(), set(table.states().values())) == ([], {"recorded", "confirmed"})


def test_a_partner_that_was_invited_or_answered_in_between_gets_no_second_email(client, people, table):
    sent = table.sent()
    inviting.invite_by_email(
        party=table.seat("One contact"), by=people.editor, contact=table.desk, source="Its website"
    )
    table.record.parties.filter(organization=table.groups["An editor"]).update(state="declined")
    assert client.post(table.url, sent).status_code == 302
    assert emailed() == [f"contact:{table.desk.pk}", f"contact:{table.second.pk}"]
    again = {table.seat("One contact").pk: table.desk}
    assert inviting.invite_all(partnership=table.record, by=people.editor, contacts=again, source="Its website") == []
    assert client.post(table.url, sent).status_code == 422
    assert emailed() == [f"contact:{table.desk.pk}", f"contact:{table.second.pk}"]


def test_a_partner_can_be_left_out_and_one_that_did_not_reply_is_not_chosen_for_you(client, people, table):
    left_out = dict.fromkeys([table.field(name) for name in ("One contact", "Two contacts", "An editor")], "not_now")
    refused = client.post(table.url, left_out)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["__all__"])
    assert client.post(table.url, left_out | {table.field("An editor"): "editors"}).status_code == 302
    assert table.states()["One contact"] == "recorded"
    inviting.invite_by_email(
        party=table.seat("One contact"), by=people.editor, contact=table.desk, source="Its website"
    )
    table.record.parties.update(state="recorded")
    assert client.get(table.url).context["form"][table.field("One contact")].initial is None
