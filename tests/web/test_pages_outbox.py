"""The outbox: its office's staff see which emails were sent, and everyone else gets a 404."""

import re

from django.urls import reverse

from partnerships.core import clock
from partnerships.mail import outbox as outbox_of_mail
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.models import Email
from partnerships.notifications import emails
from partnerships.web.outbox import views as outbox
from tests.factories import make_meeting, make_partnership


def text(client, url):
    response = client.get(url)
    assert (url, response.status_code) == (url, 200)
    return " ".join(response.content.decode().split())


def plan(people, title="Housing table", office=None):
    return make_meeting(make_partnership(lead=office or people.office), title=title, people=[people.editor])


def test_strangers_and_partners_meet_nothing(client, people):
    plan(people)
    email = Email.objects.first()
    for person in (None, people.stranger, people.partner):
        if person:
            client.force_login(person)
        missing = client.get("/nothing-here/").content.decode().replace("?next=/nothing-here/", "")
        for url in (reverse("outbox"), reverse("email", args=[email.pk]), reverse("email", args=[10**30])):
            answer = client.get(url)
            page_text = answer.content.decode().replace(f"?next={url}", "")
            assert (url, answer.status_code, page_text) == (url, 404, missing)
    client.force_login(people.suspended)
    assert client.get(reverse("outbox")).status_code == 404


def test_staff_read_the_emails_of_their_own_office(client, people):
    plan(people, "Own table")
    plan(people, "Table of others", people.other_office)
    client.force_login(people.reader)
    shown = text(client, reverse("outbox"))
    assert "Own table" in shown
    assert people.editor.name in shown
    assert "Table of others" not in shown
    assert people.editor.email not in shown
    other = Email.objects.filter(lead=people.other_office).first()
    assert client.get(reverse("email", args=[other.pk])).status_code == 404


def test_an_email_shows_its_text_and_what_became_of_it(client, people):
    plan(people, "Own table")
    email = Email.objects.filter(kind=EmailKind.MEETING_REMINDER).first()
    Email.objects.filter(pk=email.pk).update(
        state=EmailState.FAILED, attempts=3, is_ambiguous=True, last_reply="550 5.1.1 No such user"
    )
    client.force_login(people.editor)
    shown = text(client, reverse("email", args=[email.pk]))
    for words in ("Own table", "Failed", "May have been sent twice", "550 5.1.1 No such user", "Meeting reminder"):
        assert words in shown
    assert people.editor.email not in shown


def test_each_email_is_linked_with_its_recipient_and_time(client, people):
    plan(people)
    client.force_login(people.editor)
    links = re.findall(r'<a href="/outbox/\d+/">(.*?)</a>', text(client, reverse("outbox")))
    assert len(links) == len(set(links)) == Email.objects.count() > 1
    assert all(f'<span class="sr">: {people.editor.name}, ' in link for link in links)


def test_a_code_is_shown_to_no_one(client, people):
    code = Email.objects.create(
        kind=EmailKind.SIGN_IN_CODE,
        occurrence="now/1",
        recipient=f"person:{people.editor.pk}",
        due_at=clock.now(),
        next_attempt_at=clock.now(),
        state=EmailState.SENT,
        message_id="<1@example.org>",
    )
    client.force_login(people.editor)
    assert client.get(reverse("email", args=[code.pk])).status_code == 404
    client.force_login(people.administrator)
    assert "Only the recipient can read the text of this email." in text(client, reverse("email", args=[code.pk]))


def test_states_filter_and_other_names_are_refused(client, people):
    plan(people, "Own table")
    client.force_login(people.editor)
    assert "Own table" in text(client, reverse("outbox") + "?state=planned&utm_source=mail")
    shown = text(client, reverse("outbox") + "?state=failed")
    assert "Own table" not in shown
    assert "No emails match" in shown
    for query in (
        "?state=lost",
        "?kind=lost",
        f"?to={'x' * 101}",
        "?about=%00",
        "?page=2",
        "?state=planned&colour=red",
    ):
        assert (query, client.get(reverse("outbox") + query).status_code) == (query, 400)
    assert client.get(reverse("outbox") + "?after=x").status_code == 404
    assert client.get(reverse("outbox") + f"?after={10**30}").status_code == 404
    assert client.get(reverse("outbox") + f"?after={'1' * 5000}").status_code == 404


def test_a_wrong_filter_is_named_with_what_is_wrong(client, people):
    client.force_login(people.editor)
    page = reverse("outbox")
    for name, value in (("to", "x" * 101), ("about", "x" * 101), ("kind", "round_reminder"), ("state", "lost")):
        answer = client.get(page, {name: value})
        points = answer.context["refusal"].points
        assert (answer.status_code, [point.partition(":")[0] for point in points]) == (400, [name])
    assert "round_reminder" not in text(client, page)  # no one sees any


def titles_found(client, **asked):
    """Return the titles that the emails are about, with failed ones first."""
    context = client.get(reverse("outbox"), asked).context
    return [row.about for row in [*context["failed"], *context["rows"]]]


def test_emails_are_found_by_person_partnership_type_and_status(client, people):
    table = make_partnership("Homes that last", lead=people.office)
    make_meeting(table, title="First meeting", people=[people.editor])
    make_meeting(make_partnership(lead=people.office), title="Second meeting", people=[people.reader])
    client.force_login(people.editor)
    only_first, only_second = {"First meeting"}, {"Second meeting"}
    assert set(titles_found(client)) == only_first | only_second
    for text in ("that last", table.public_id, table.public_id.lower(), "first meet"):
        assert set(titles_found(client, about=text)) == only_first
    assert set(titles_found(client, to=people.reader.name[1:].upper())) == only_second
    assert titles_found(client, to=people.reader.email) == []
    assert titles_found(client, to=people.reader.name, about="that last") == []
    kinds = {row.email.kind for row in client.get(reverse("outbox"), {"kind": "meeting_planned"}).context["rows"]}
    assert kinds == {"meeting_planned"}
    assert "No emails match" in text_of(client, to="Nobody of this name")
    assert "<title>Outbox | " in client.get(reverse("outbox")).content.decode()
    answer = client.get(reverse("outbox"), {"about": "First"})
    number = len(answer.context["rows"])
    assert f"<title>{number} emails match, Outbox | " in answer.content.decode()


def text_of(client, **asked):
    return client.get(reverse("outbox"), asked).content.decode()


def test_failed_emails_come_first(client, people, monkeypatch):
    plan(people, "Earlier")
    plan(people, "Later")
    rows = list(Email.objects.filter(lead=people.office).order_by("due_at", "pk"))
    for row in rows[:2]:
        Email.objects.filter(pk=row.pk).update(state=EmailState.FAILED)
    client.force_login(people.editor)
    context = client.get(reverse("outbox")).context
    assert {row.email.pk for row in context["failed"]} == {one.pk for one in rows[:2]}
    assert {row.email.pk for row in context["rows"]} == {one.pk for one in rows[2:]}
    assert context["more_failed"] is None
    assert "See all failed emails" not in text_of(client)
    monkeypatch.setattr(outbox, "MOST_FAILED", 1)
    context = client.get(reverse("outbox"), {"about": "er"}).context
    assert (len(context["failed"]), context["more_failed"]) == (1, f"{reverse('outbox')}?about=er&state=failed")


def test_pages_hold_each_email_once(client, people, monkeypatch):
    monkeypatch.setattr(outbox, "PAGE_SIZE", 2)
    for title in ("One", "Two"):
        plan(people, title)
    expected = list(Email.objects.filter(lead=people.office).order_by("-due_at", "-pk").values_list("pk", flat=True))
    assert len(expected) > 4
    client.force_login(people.editor)
    seen, url = [], reverse("outbox")
    while url:
        context = client.get(url).context
        seen += [row.email.pk for row in context["rows"]]
        url = context["pager"]["more_url"]
    assert seen == expected


def test_an_empty_outbox_says_what_to_do_next(client, people):
    client.force_login(people.editor)
    assert "No emails are scheduled yet." in text(client, reverse("outbox"))


def test_an_email_is_dated_on_the_clock_of_its_reader(client, people):
    plan(people)
    email = Email.objects.first()
    Email.objects.filter(pk=email.pk).update(due_at=clock.now().replace(month=7, day=1, hour=17, minute=30))
    people.editor.zone = "America/New_York"
    people.editor.save()
    client.force_login(people.editor)
    assert "July 1" in text(client, reverse("outbox"))
    assert "1:30 p.m., Eastern Time" in text(client, reverse("outbox"))


def failed(people, kind=EmailKind.MEETING_PLANNED, **fields):
    plan(people)
    email = Email.objects.filter(kind=kind).first() if kind != EmailKind.SIGN_IN_CODE else Email.objects.first()
    fields = {"state": EmailState.FAILED, "attempts": 5, "data_started_at": clock.now(), "kind": kind} | fields
    Email.objects.filter(pk=email.pk).update(**fields)
    return email


def send_again(client, email):
    return client.post(reverse("email_again", args=[email.pk])).status_code


def test_writing_staff_have_an_email_that_failed_sent_again(client, people, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    email = failed(people)
    client.force_login(people.editor)
    assert "Send it again" in text(client, reverse("email", args=[email.pk]))
    assert send_again(client, email) == 302
    again = Email.objects.get(pk=email.pk)
    assert (again.state, again.attempts, again.data_started_at, again.message_id) == (
        *("planned", 0, None, email.message_id),
    )
    assert "Someone asked for it to be sent again." in text(client, reverse("email", args=[email.pk]))
    outbox_of_mail.send_due(render=emails.render)
    assert Email.objects.get(pk=email.pk).state == EmailState.SENT
    assert send_again(client, email) == 302  # a second press: it's sent, and stays sent
    assert Email.objects.get(pk=email.pk).state == EmailState.SENT


def test_no_one_else_sends_a_failed_email_again(client, people):
    email = failed(people)
    for person, status in ((None, 403), (people.stranger, 404), (people.other_editor, 404), (people.reader, 403)):
        client.logout()
        if person:
            client.force_login(person)
        assert (person, send_again(client, email)) == (person, status)
    assert "Send it again" not in text(client, reverse("email", args=[email.pk]))
    assert Email.objects.get(pk=email.pk).state == EmailState.FAILED


def test_what_did_not_fail_is_too_late_or_held_a_code_is_not_sent_again(client, people):
    client.force_login(people.editor)
    for fields in (
        {"state": EmailState.SENT},
        {"state": EmailState.WITHDRAWN},
        {"expires_at": clock.now()},
        {"kind": EmailKind.SIGN_IN_CODE},
    ):
        email = failed(people, **fields)
        before = Email.objects.filter(pk=email.pk).values().get()
        assert "Send it again" not in text(client, reverse("email", args=[email.pk]))
        assert send_again(client, email) == 302
        assert Email.objects.filter(pk=email.pk).values().get() == before
        Email.objects.all().delete()
