"""The pages of interactions: logged in one line, with all fields, read by both sides, found, and refused with a reason."""

import pytest
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.interactions.actions import save_interaction
from partnerships.models import Contact, Interaction
from tests.factories import in_days, make_partnership, party

pytestmark = pytest.mark.django_db


def log(people, **fields):
    values = {"office": people.office, "organization": people.organization, "date": in_days(-1), "summary": "Called"}
    return save_interaction(by=SYSTEM, fields=values | fields)


def text_of(answer):
    return answer.content.decode()


def test_one_line_logs_a_call_today_and_leads_back(client, people):
    client.force_login(people.editor)
    page = people.organization.get_absolute_url()
    url = f"/interactions/new/?side={people.organization.public_id}"
    assert f'action="{url}"' in text_of(client.get(page))
    answer = client.post(url, {"kind": "visit", "summary": "Coffee with the chair"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    made = Interaction.objects.get()
    today = clock.today(clock.zone(people.office.zone))
    assert (made.kind, made.summary, made.organization) == ("visit", "Coffee with the chair", people.organization)
    assert (made.date, made.office, made.logged_by) == (today, people.office, people.editor)
    assert "Coffee with the chair" in text_of(client.get(page))


def test_a_line_on_a_partnership_asks_with_whom_and_is_about_it(client, people):
    parties = [party(people.office, "lead"), party(people.organization, "member")]
    partnership = make_partnership("Homes", lead=people.office, parties=parties)
    client.force_login(people.editor)
    page = partnership.get_absolute_url()
    assert f'<option value="{people.organization.public_id}">' in text_of(client.get(page))
    line = {"kind": "call", "summary": "Rent data", "side": people.organization.public_id}
    answer = client.post(f"/interactions/new/?partnership={partnership.public_id}", line)
    assert (answer.status_code, answer["Location"]) == (302, page)
    made = Interaction.objects.get()
    assert (made.organization, [*made.partnerships.all()]) == (people.organization, [partnership])
    assert "Rent data" in text_of(client.get(page))


def test_without_anyone_the_page_asks_with_whom(client, people):
    client.force_login(people.editor)
    answer = client.get("/interactions/new/", {"with": "1", "side": ""})
    assert "Who was it with?" in text_of(answer)


def test_a_line_that_is_refused_keeps_what_was_typed(client, people):
    client.force_login(people.editor)
    url = f"/interactions/new/?side={people.organization.public_id}"
    answer = client.post(url, {"kind": "call", "summary": "x" * 201})
    assert (answer.status_code, "x" * 201 in text_of(answer)) == (422, True)
    answer = client.post(url, {"kind": "call", "summary": "Early", "date": in_days(3).isoformat()})
    assert (answer.status_code, "This date is in the future." in text_of(answer)) == (422, True)
    assert not Interaction.objects.exists()


def test_contacts_of_others_are_no_choice(client, people):
    Contact.objects.create(organization=people.organization, name="Front desk", visible_to="public")
    other = Contact.objects.create(jurisdiction=people.other_office, name="Other desk", visible_to="public")
    client.force_login(people.editor)
    line = {"kind": "call", "summary": "Call", "contacts": other.pk}
    answer = client.post(f"/interactions/new/?side={people.organization.public_id}", line)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["contacts"])


def test_the_other_side_reads_a_shared_one_without_staff_and_follow_up(client, people):
    made = log(people, is_shared=True, staff=[people.reader], follow_up_on=in_days(3), text="We agreed")
    client.force_login(people.partner)
    page = text_of(client.get(made.get_absolute_url()))
    assert ("We agreed" in page, people.reader.name in page, "Follow-up" in page) == (True, False, False)
    client.post(reverse("interaction_remark", args=[made.public_id]), {"text": "So did we"})
    assert "So did we" in text_of(client.get(made.get_absolute_url()))
    assert client.get(log(people).get_absolute_url()).status_code == 404


def test_a_follow_up_is_on_the_home_page_until_it_is_done(client, people):
    made = log(people, summary="Lease data", follow_up_on=in_days(3))
    client.force_login(people.editor)
    assert "Follow up: Lease data" in text_of(client.get("/"))
    client.post(reverse("interaction_follow_up", args=[made.public_id]))
    assert "Follow up: Lease data" not in text_of(client.get("/"))


def test_the_search_box_finds_what_was_said_for_those_who_may_read_it(client, people):
    log(people, summary="Called about repairs", text="They want a hotline for tenants")
    for person, is_found in ((people.editor, True), (people.other_editor, False), (people.partner, False)):
        client.force_login(person)
        assert ("Called about repairs" in text_of(client.get("/search/", {"q": "hotline"}))) == is_found


def test_the_list_filters_by_date_side_and_follow_up(client, people):
    old, new = (
        log(people, summary="Old one", date=in_days(-40)),
        log(people, summary="New one", follow_up_on=in_days(2)),
    )
    client.force_login(people.editor)
    for params, shown in (
        ({}, {old, new}),
        ({"after": in_days(-9).isoformat()}, {new}),
        ({"before": in_days(-9).isoformat()}, {old}),
        ({"organization": people.organization.public_id}, {old, new}),
        ({"jurisdiction": people.office.public_id}, set()),
        ({"follow_up": "mine"}, {new}),
    ):
        page = text_of(client.get("/interactions/", params))
        assert {one for one in (old, new) if one.summary in page} == shown, params


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("log a call with tenants", "call"),
        ("registrar una llamada con tenants", "call"),
        ("Log visit tenants", "visit"),
        ("log tenants", ""),
    ],
)
def test_the_search_box_logs_with_whom_it_finds(client, people, text, kind):
    client.force_login(people.editor)
    url = f"/interactions/new/?side={people.organization.public_id}{f'&amp;kind={kind}' if kind else ''}"
    for page in ("/search/", "/search/suggestions/"):
        assert f'href="{url}"' in text_of(client.get(page, {"q": text})), page
    client.force_login(people.partner)
    assert "/interactions/new/" not in text_of(client.get("/search/", {"q": text}))


def test_a_contact_and_a_type_are_chosen_by_the_address(client, people):
    desk = Contact.objects.create(organization=people.organization, name="Front desk", visible_to="public")
    client.force_login(people.editor)
    page = text_of(client.get(people.organization.get_absolute_url()))
    url = f"/interactions/new/?side={people.organization.public_id}&amp;contact={desk.pk}"
    assert f'href="{url}"' in page
    form = client.get(url.replace("&amp;", "&") + "&kind=visit").context["form"]
    assert (form["kind"].value(), form["contacts"].value()) == ("visit", [str(desk.pk)])
    for wrong in ("contact=x", "contact=999999", "kind=coffee", "kind=" + "x" * 5000):
        assert client.get(f"/interactions/new/?side={people.organization.public_id}&{wrong}").status_code == 200, wrong
