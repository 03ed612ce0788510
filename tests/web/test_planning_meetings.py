"""Planning meetings on pages: recurring, copied from another, with partners, and with what they are already asked for."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from partnerships.meetings.queries import parties_seen, who_may_answer, who_may_be_asked
from partnerships.models import CheckInPlan, Contact, Email, Meeting, Party, Person
from tests.browser.forms import values
from tests.factories import in_days, make_meeting, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture


@snapshot_fixture
def table(people):
    group = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    sides = [party(people.office, "lead"), party(people.organization, "member"), party(group, "advisor")]
    for name in ("Desk", "Door"):
        Contact.objects.create(
            organization=people.organization, name=name, email=f"{name}@example.org", visible_to="partners"
        )
    return make_partnership("The table", lead=people.office, parties=sides)


@pytest.fixture
def editor(client, people):
    client.force_login(people.editor)
    return client


def plan(client, table, **sent):
    url = reverse("meeting_new", args=[table.public_id])
    fields = {"title": "Round", "date": in_days(20).isoformat(), "time": "18:00"}
    return client.post(url, values(client.get(url).content.decode()) | fields | sent)


def edit(client, meeting, **sent):
    url = reverse("meeting_edit", args=[meeting.public_id])
    return client.post(url, values(client.get(url).content.decode()) | sent)


def test_a_meeting_that_comes_again_is_planned_moved_and_cancelled(editor, table):
    assert plan(editor, table, repeats="weekly", every="2", times="4").status_code == 302
    first, second, *_ = meetings = list(Meeting.objects.order_by("date"))
    assert [m.date for m in meetings] == [in_days(20 + 14 * step) for step in range(4)]
    answer = edit(editor, second, scope="following", date=(second.date + timedelta(days=1)).isoformat(), place="Hall")
    assert answer.status_code == 302, answer.content.decode()
    now = list(Meeting.objects.order_by("original_on"))
    assert [(m.date - m.original_on).days for m in now] == [0, 1, 1, 1]
    assert [m.place for m in now] == ["", "Hall", "Hall", "Hall"]
    url = reverse("meeting_cancel", args=[first.public_id])
    editor.post(url, values(editor.get(url).content.decode()) | {"scope": "all"})
    assert {m.status for m in Meeting.objects.all()} == {"cancelled"}


def test_a_meeting_in_the_past_says_that_no_one_gets_an_email(editor, table):
    answer = plan(editor, table, date=in_days(-3).isoformat())
    page = editor.get(answer["Location"]).content.decode()
    assert "Saved as a past meeting, so we don’t email anyone." in page
    assert "The location isn’t recorded." in page
    assert Email.objects.filter(kind__startswith="meeting").count() == 0


def test_a_change_that_people_are_emailed_about_says_so_and_no_other_does(editor, table, people):
    plan(editor, table, asked=f"person:{people.editor.pk}")
    meeting, sentence = Meeting.objects.get(), "We’ll email everyone who is invited what changed."
    for changes, number in (({"is_public": "on"}, 0), ({"place": "Hall"}, 1)):
        response = edit(editor, meeting, **changes)
        page = editor.get(response["Location"]).content.decode()
        assert ("Saved." in page, sentence in page) == (True, bool(number))
        assert Email.objects.filter(kind="meeting_changed").count() == number


def test_a_past_meeting_does_not_ask_who_is_coming(editor, table):
    person = Person.objects.get(pk=editor.session["_auth_user_id"])
    answer = plan(editor, table, date=in_days(-3).isoformat(), asked=f"person:{person.pk}")
    page = editor.get(answer["Location"]).content.decode()
    assert ("Who said they would come" in page, "Who is coming" in page) == (True, False)


REFUSED = {
    "endless": ({"repeats": "weekly"}, "Enter when it ends"),
    "too many": ({"repeats": "weekly", "times": "61"}, "from 2 to 60"),
    "too far": ({"repeats": "monthly_day", "every": "12", "times": "5"}, "more than 3 years away"),
    "no rhythm": ({"times": "4"}, "Choose how often it repeats"),
    "absurd": ({"repeats": "secondly", "times": "4"}, "id_repeats_error"),
    "no step": ({"repeats": "weekly", "every": "0", "times": "4"}, "from 1 to 52"),
    "nobody": ({"agenda": "Data | Nobody"}, "isn’t minutes"),
    "a day too far": ({"date": "2199-12-30", "repeats": "weekly", "times": "4"}, "2199"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_planned_shows_an_error_at_what_was_typed(editor, table, case):
    sent, error = REFUSED[case]
    answer = plan(editor, table, **sent)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert 'value="Round"' in answer.content.decode()
    assert not Meeting.objects.exists()


def test_the_partners_of_an_agenda_are_named_once_however_many_lines_are_wrong(editor, table):
    errors = plan(editor, table, agenda="Data | Nobody\nNext | No one").context["form"].errors["agenda"]
    assert [text[:7] for text in errors] == ["Line 1:", "Line 2:", "Partner"]
    assert [("Tenants' association" in text) for text in errors] == [False, False, True]


def test_an_agenda_names_parties_and_keeps_its_points(editor, table, people):
    agenda = "Data | 20 | Tenants' association\nNext | quiet\nEnd"
    assert plan(editor, table, agenda=agenda).status_code == 302
    meeting = Meeting.objects.get()
    group, quiet = list(table.parties.all())[1:]
    assert [(i.title, i.minutes, i.owner) for i in meeting.agenda.all()] == [
        ("Data", 20, group), ("Next", None, quiet), ("End", None, None),
    ]  # fmt: skip
    ids = [item.pk for item in meeting.agenda.all()]
    assert edit(editor, meeting, agenda="Start\nData, anew | 20\nEnd").status_code == 302
    assert [(i.title, i.pk) for i in meeting.agenda.all()] == [
        ("Start", ids[0]),
        ("Data, anew", ids[1]),
        ("End", ids[2]),
    ]
    editor.logout()
    Meeting.objects.update(is_public=True)
    meeting.agenda.update(owner=quiet)
    assert "Quiet coalition" not in editor.get(reverse("meeting", args=[meeting.public_id])).content.decode()


def test_a_partner_is_invited_and_its_people_see_the_meeting(editor, table, people):
    seat = table.parties.get(organization=people.organization)
    assert plan(editor, table, asked=[f"party:{seat.pk}", f"person:{people.editor.pk}"]).status_code == 302
    meeting = Meeting.objects.get()
    asked = sorted((str(seat.contact or seat.person), str(seat.party)) for seat in meeting.participants.all())
    assert [name.split()[0] for name, _ in asked] == ["Desk", "Door", "Editor"]
    assert [of for _, of in asked] == ["Tenants' association"] * 2 + ["City of Minneapolis"]
    editor.force_login(people.partner)
    assert editor.get(reverse("meeting", args=[meeting.public_id])).status_code == 200
    editor.force_login(people.other_editor)
    assert editor.get(reverse("meeting", args=[meeting.public_id])).status_code == 404


def test_a_meeting_like_another_takes_all_but_its_day(editor, table, people):
    agenda = "Data | 20 | Tenants' association"
    plan(editor, table, place="Hall", agenda=agenda, interpretation="Somali", asked=[f"person:{people.editor.pk}"])
    first = Meeting.objects.get()
    url = f"{reverse('meeting_new', args=[table.public_id])}?like={first.public_id}"
    sent = values(editor.get(url).content.decode())
    assert sent["date"] == [""]
    assert editor.post(url, sent | {"date": in_days(40).isoformat()}).status_code == 302
    second = Meeting.objects.exclude(pk=first.pk).get()
    for name in ("title", "time", "place", "interpretation", "zone", "minutes_long"):
        assert getattr(second, name) == getattr(first, name)
    assert [(i.title, i.owner) for i in second.agenda.all()] == [(i.title, i.owner) for i in first.agenda.all()]
    assert [seat.person for seat in second.participants.all()] == [people.editor]
    elsewhere = make_meeting(make_partnership("Elsewhere", lead=people.office))
    assert editor.get(url.split("?")[0] + f"?like={elsewhere.public_id}").status_code == 404


def test_a_clash_is_said_once_and_saved_anyway(editor, table, people):
    sides = [party(people.other_office, "lead"), party(people.organization, "member")]
    other = make_partnership("Another table", lead=people.other_office, parties=sides)
    clash = make_meeting(other, title="Their evening", is_public=True, days=34, at=time(18, 30))
    make_meeting(other, title="Their inner evening", days=34, at=clash.time)
    answer = plan(editor, table, repeats="weekly", times="4")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Their evening" in page
    assert "Another table" in page
    assert "Their inner evening" not in page
    assert Meeting.objects.filter(partnership=table).count() == 0
    url = reverse("meeting_new", args=[table.public_id])
    assert editor.post(url, values(page) | {"despite": "yes"}).status_code == 302
    assert Meeting.objects.filter(partnership=table).count() == 4
    assert edit(editor, Meeting.objects.filter(partnership=table)[2], place="Hall").status_code == 302


def test_the_form_says_what_is_asked_of_each_organization(editor, table, people):
    make_meeting(table, days=5, minutes_long=90)
    page = editor.get(reverse("meeting_new", args=[table.public_id])).content.decode()
    rows = page.split('id="burden"')[1]
    assert "Tenants&#x27; association" in rows
    assert "City of Minneapolis" in rows
    assert ">1.5<" in rows


@pytest.mark.unpublished_writes
@pytest.mark.parametrize(
    "seat",
    [
        {"state": "declined"},
        {"state": "withdrawn"},
        {"circle": "not_approached"},
        {"circle": "declined"},
        {"ends_on": in_days(-1)},
    ],
)
def test_contacts_of_a_partner_without_a_seat_are_not_offered(people, table, seat):
    parties = parties_seen(people.editor, table)
    of_partner = next(pk for pk, one in parties.items() if one.organization_id == people.organization.pk)
    Contact.objects.filter(organization=people.organization).update(visible_to="public")
    asked = who_may_be_asked(people.editor, table, parties)
    offered = {party for _, _, party in asked}
    assert of_partner in offered
    contact = next(key for key, _, party in asked if party == of_partner and key.startswith("contact:"))
    assert of_partner in {party for _, party in who_may_answer(people.editor, CheckInPlan(partnership=table)).values()}
    Party.objects.filter(pk=of_partner).update(**seat)
    parties = parties_seen(people.editor, table)
    assert {party for _, _, party in who_may_be_asked(people.editor, table, parties)} == offered - {of_partner}
    invited = who_may_be_asked(people.editor, table, parties, invited=[contact])
    assert [key for key, _, party in invited if party == of_partner] == [contact]  # so that it can be removed
    answers = who_may_answer(people.editor, CheckInPlan(partnership=table)).values()
    assert of_partner not in {party for _, party in answers}


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("state", ["recorded", "invited", "confirmed"])
def test_contacts_of_a_partner_that_is_asked_or_has_agreed_are_offered(people, table, state):
    Party.objects.filter(organization=people.organization).update(state=state)
    Contact.objects.filter(organization=people.organization).update(visible_to="public")
    parties = parties_seen(people.editor, table)
    labels = {label for _, label, _ in who_may_be_asked(people.editor, table, parties)}
    assert f"Desk · {people.organization}" in labels
