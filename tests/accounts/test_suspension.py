"""Suspended people are signed out everywhere at their next request and stay out. Reinstated people have their roles again."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.accounts import actions
from partnerships.core.access import role_in
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.mail import outbox
from partnerships.models import Change, Email, Person
from partnerships.notifications import emails, recipients
from tests.factories import make_organization, make_partnership
from tests.world import MISSING

pytestmark = pytest.mark.django_db


def suspend(people, person, why="Asked for by their office", **more):
    return actions.suspend(by=people.administrator, person=person, why=why, **more)


def reinstate(people, person):
    return actions.reinstate(by=people.administrator, person=person, why="Back at work")


def signed_in(person):
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk))
    return client


def is_in(client):
    return client.get("/account/").status_code == 200


def test_every_open_session_ends_at_the_next_request(people):
    phone, desk, other = signed_in(people.editor), signed_in(people.editor), signed_in(people.reader)
    assert is_in(phone)
    assert is_in(desk)
    suspend(people, people.editor)
    assert (is_in(phone), is_in(desk), is_in(other)) == (False, False, True)


def test_old_sessions_stay_closed_after_reinstating(people):
    old = signed_in(people.editor)
    suspend(people, people.editor)
    reinstate(people, people.editor)
    assert not is_in(old)
    assert is_in(signed_in(people.editor))
    assert role_in(Person.objects.get(pk=people.editor.pk), people.office) == "editor"


def test_in_the_middle_of_a_form_nothing_is_saved_and_sign_in_leads_back_to_it(people):
    partnership = make_partnership("Before", lead=people.office)
    page = reverse("partnership_edit", args=[partnership.public_id])
    client = signed_in(people.editor)
    assert client.get(page).status_code == 200
    suspend(people, people.editor)
    answer = client.post(page, {"version": partnership.version, "title": "Typed meanwhile"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "We couldn’t save what you typed, and we don’t keep it" in text
    assert f'href="/sign-in/?next={page}"' in text
    assert re.search(r'aria-label="What you typed, part 1"\s*>Typed meanwhile</textarea>', text)
    assert "Typed meanwhile" not in client.get(page).content.decode()  # shown again once, and then deleted
    partnership.refresh_from_db()
    assert partnership.title == "Before"


def test_a_draft_that_they_had_open_is_no_longer_theirs(people):
    draft = make_partnership("Draft", lead=people.office, published=False)
    page = reverse("partnership_edit", args=[draft.public_id])
    client = signed_in(people.editor)
    assert client.get(page).status_code == 200
    suspend(people, people.editor)
    typed = {"version": draft.version, "title": "Typed <b>meanwhile</b>"}
    answer = client.post(page, typed)
    missing = client.post(reverse("partnership_edit", args=[MISSING["P"]]), typed)
    same = missing.content.decode().replace(MISSING["P"], draft.public_id)
    assert (answer.status_code, answer.content.decode()) == (404, same)
    assert "Typed &lt;b&gt;meanwhile&lt;/b&gt;" in same
    assert f'href="/sign-in/?next={page}"' in answer.content.decode()


def test_it_is_logged_for_each_organization_and_the_reason_for_the_account_alone(people):
    group = make_organization("Second body")
    group.memberships.create(person=people.editor, role="reader")
    suspend(people, people.editor, why="A secret reason")
    about = Change.objects.get(record_type="person", record_id=people.editor.pk)
    assert (about.why, about.before, about.after) == ("A secret reason", {"is_active": True}, {"is_active": False})
    logged = Change.objects.filter(verb="members").order_by("record_type")
    assert [(row.public_id, row.why) for row in logged] == [
        (people.office.public_id, "The account was suspended."),
        (group.public_id, "The account was suspended."),
    ]
    assert {row.request_id for row in logged} == {about.request_id}
    assert (logged[1].before, logged[1].after) == ({"members": [[people.editor.pk, "reader"]]}, {"members": []})


def test_only_administrators_suspend_and_none_suspends_themselves(people):
    for by in (people.editor, people.reader, people.stranger, people.partner):
        for act in (actions.suspend, actions.reinstate):
            with pytest.raises(NotAllowed):
                act(by=by, person=people.other_editor, why="No")
    with pytest.raises(ValidationError, match="yourself"):
        suspend(people, people.administrator)
    Person.objects.filter(pk=people.administrator.pk).update(is_active=False)
    with pytest.raises(NotAllowed):  # the object still has the right
        suspend(people, people.editor)
    assert Person.objects.filter(is_active=False).count() == 2


def test_the_last_manager_is_suspended_only_by_who_says_that_they_mean_it(people):
    people.partner.memberships.update(role="manager")
    with pytest.raises(ValidationError) as refused:
        suspend(people, people.partner)
    assert set(refused.value.message_dict) == {"confirmed"}
    assert Person.objects.get(pk=people.partner.pk).is_active
    suspend(people, people.partner, confirmed=True)
    assert not Person.objects.get(pk=people.partner.pk).is_active


def test_they_are_notified_although_their_account_is_suspended_but_not_why(people, settings, tmp_path):
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path
    suspend(people, people.editor, why="A secret reason")
    (row,) = Email.objects.filter(recipient=f"person:{people.editor.pk}")
    text = emails.render(row, recipients.find_audience(row).recipient).text
    assert "has suspended your account" in text
    assert "A secret reason" not in text
    outbox.send_due(render=emails.render)
    row.refresh_from_db()
    assert row.state == "sent"


def test_an_email_of_an_earlier_state_is_not_sent(people):
    suspend(people, people.editor)
    reinstate(people, people.editor)
    rows = Email.objects.filter(recipient=f"person:{people.editor.pk}").order_by("pk")
    assert [recipients.find_audience(row).refusal for row in rows] == [
        "The account has since been reinstated or suspended again.",
        "",
    ]


def test_other_emails_do_not_go_to_a_suspended_person(people):
    people.partner.memberships.update(role="manager")
    outbox.plan("membership_changed", "members/1", [people.editor], people.office)
    suspend(people, people.editor)
    row = Email.objects.get(occurrence="members/1")
    assert recipients.find_audience(row).refusal == "There’s no active account or email address anymore."


def test_suspending_twice_is_one_change(people):
    for _ in range(2):
        suspend(people, people.editor)
    assert Change.objects.filter(record_type="person").count() == 1
