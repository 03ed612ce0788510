"""A partner that made a statement leaves the partnership and comes back."""

from html import unescape

import pytest

from partnerships.models import Confirmation, Reply
from partnerships.registry import actions, remarks
from tests.factories import make_organization, make_partnership, party
from tests.partnership_pages import whole_page
from tests.snapshots import snapshot_fixture
from tests.web.test_editing import fields_of
from tests.web.test_own_part_and_statements import WORDS, give_verdict, seat_of

pytestmark = pytest.mark.django_db


@snapshot_fixture
def record(people):
    parties = [party(people.office, "lead"), party(people.organization, "member")]
    return make_partnership("Homes for all", lead=people.office, parties=parties, summary="The city began it.")


def read_tab(client, person, record, tab="partners"):
    client.force_login(person) if person else client.logout()
    return client.get(f"/partnerships/{record.public_id}/{tab}/")


def remove_tenants(client, people, record, *, circle=None, **more):
    """The office removes the tenants in the form, or puts them into another circle, and saves."""
    client.force_login(people.editor)
    url = f"/partnerships/{record.public_id}/edit/"
    data = fields_of(client.get(url)) | more
    data |= {"parties-1-circle": circle} if circle else {"parties-1-entity": "", "parties-1-DELETE": "on"}
    return client.post(url, data)


def add_tenants_again(client, people, record):
    client.force_login(people.editor)
    url = f"/partnerships/{record.public_id}/edit/"
    data = fields_of(client.get(url))
    free = next(place for place in range(9) if not data.get(f"parties-{place}-entity"))
    data[f"parties-{free}-entity"] = people.organization.public_id
    assert client.post(url, data).status_code == 302


@pytest.mark.parametrize("circle", [None, "declined"])
def test_removing_a_partner_that_made_a_statement_asks_first(client, people, record, circle):
    give_verdict(client, people.partner, record, "disputed", WORDS)
    answer = remove_tenants(client, people, record, circle=circle, summary="Typed meanwhile")
    html = unescape(answer.content.decode())
    assert (answer.status_code, "Typed meanwhile" in html) == (422, True)
    assert "Tenants' association said something about this record in its own words." in html
    assert Confirmation.objects.count() == 1
    assert remove_tenants(client, people, record, circle=circle, words_leave="yes").status_code == 302
    client.logout()
    assert WORDS not in whole_page(client, record)


def test_statements_of_a_removed_partner_stay_in_the_history(client, people, record):
    give_verdict(client, people.partner, record, "disputed", WORDS)
    remove_tenants(client, people, record, words_leave="yes")
    (fields,) = [entry["fields"] for entry in read_tab(client, people.reader, record, "office").context["changes"][:1]]
    (statement,) = [
        (field["before"], field["after"]) for field in fields if field["label"] == "What partners said about the record"
    ]
    assert (WORDS in statement[0], statement[1]) == (True, "")


def test_a_partner_without_a_statement_is_removed_without_a_question(client, people, record):
    assert remove_tenants(client, people, record).status_code == 302
    assert not record.parties.filter(organization=people.organization).exists()


def test_a_returning_partner_finds_its_statement_marked_as_earlier(client, people, record):
    """No one can delete a partner's dispute by removing the partner and adding it again."""
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    row = seat_of(record, people.organization)
    remarks.reply_to_remark(remark=remark, party=row, by=people.partner, text="It was late.")
    give_verdict(client, people.partner, record, "confirmed")
    give_verdict(client, people.partner, record, "disputed", WORDS)
    before = Confirmation.objects.latest("pk")
    replied_at = Reply.objects.get(party=row).at
    assert remove_tenants(client, people, record, words_leave="yes").status_code == 302
    assert (Confirmation.objects.count(), Reply.objects.filter(remark=remark).count()) == (0, 0)
    record.refresh_from_db()
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "Something else."})
    add_tenants_again(client, people, record)
    after = Confirmation.objects.get()
    assert (after.verdict, after.words, after.at) == (before.verdict, WORDS, before.at)
    assert after.party_id != before.party_id
    reply = Reply.objects.get(party=after.party)
    assert (reply.remark, reply.text, reply.at) == (remark, "It was late.", replied_at)
    html = read_tab(client, None, record).content.decode()
    assert WORDS in html
    assert "the record has changed since" in html
    (statement,) = client.get(f"/api/v1/partnerships/{record.public_id}/").json()["statements"]
    assert (statement["words"], statement["is_current"]) == (WORDS, False)


def test_a_newcomer_gets_no_one_elses_statement(client, people, record):
    give_verdict(client, people.partner, record, "disputed", WORDS)
    remove_tenants(client, people, record, words_leave="yes")
    record.refresh_from_db()
    rows = [{"jurisdiction": people.office}, {"organization": make_organization("Newcomer", "profiled")}]
    actions.save_partnership(partnership=record, by=people.editor, fields={}, parties=rows)
    assert Confirmation.objects.count() == 0
