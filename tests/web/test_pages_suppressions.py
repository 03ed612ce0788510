"""Blocked email addresses, for administrators, and samples of every kind of email, for staff."""

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.mail.choices import EmailKind
from partnerships.mail.suppressions import suppress, suppression_reason
from partnerships.models import Email, Suppression
from partnerships.notifications.email_samples import SAMPLES
from partnerships.web.outbox import suppressions
from tests.factories import make_meeting, make_partnership
from tests.logs import written

pytestmark = pytest.mark.django_db
PAGE = "/outbox/stopped/"
TYPED = {"address": "Away@Example.org", "why": "They asked <b>by phone</b>"}


@pytest.fixture
def administrator(client, people):
    client.force_login(people.administrator)
    return client


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_one_is_added_seen_and_taken_off(administrator, people):
    assert "No addresses are blocked." in text(administrator.get(PAGE))
    shown = text(administrator.post(PAGE, TYPED, follow=True))
    assert "The email address is blocked." in shown
    assert "They asked &lt;b&gt;by phone&lt;/b&gt;" in shown
    assert "away@example.org" not in shown.lower()
    assert suppression_reason("away@example.org", "meeting_planned")
    again = text(administrator.post(PAGE, TYPED), 422)
    entry = Suppression.objects.get()
    assert "This email address is already blocked." in again
    assert f'href="{PAGE}{entry.pk}/"' in again
    assert 'value="Away@Example.org"' in again  # what was typed stays
    own = f"{PAGE}{entry.pk}/"
    assert "Someone we don’t know" in text(administrator.get(own))
    assert "The email address is unblocked." in text(administrator.post(own, {"was": "by_hand"}, follow=True))
    assert not Suppression.objects.exists()
    assert administrator.post(own, {"was": "by_hand"}).status_code == 404


def test_it_says_whose_it_is_and_why(administrator, people):
    suppress(
        by=SYSTEM, address="editor@example.org", reason="gone", detail="5.1.1", recipient=f"person:{people.editor.pk}"
    )
    shown = text(administrator.get(PAGE))
    for words in ("Editor", "The mail server says the address doesn’t exist", "5.1.1"):
        assert words in shown
    assert "editor@" not in shown


def test_an_address_reported_missing_since_is_asked_about_again(administrator):
    entry = suppress(by=SYSTEM, address="away@example.org", reason="complaint")
    suppress(by=SYSTEM, address="away@example.org", reason="gone")
    own = f"{PAGE}{entry.pk}/"
    for sent in ({"was": "complaint"}, {}, {"was": "<"}, {"was": "x" * 10_000}):
        refused = text(administrator.post(own, sent), 409)
        assert "Compare" in refused
        assert 'name="was" value="gone"' in refused
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"address": "", "why": ""},
        {"address": "nobody", "why": "x"},
        {"address": "a@b\r\nBcc: c@example.org", "why": "x"},
        {"address": "away@example.org", "why": ""},
        {"address": "away@example.org", "why": "Now at near@example.org"},
        {"address": "away@example.org", "why": "x" * 201},
        {"address": f"{'x' * 300}@example.org", "why": "x"},
        {"address": "away@example.org", "why": "a\x00b"},
        {"address": "away@example.org", "why": "a\x07b"},
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(administrator, typed):
    text(administrator.post(PAGE, typed), 422)
    assert not Suppression.objects.exists()


def test_no_address_is_in_a_log_or_an_address_of_ours(administrator):
    with written() as log:
        answer = administrator.post(PAGE, TYPED, follow=True)
    assert "away@" not in (log.getvalue() + str(answer.redirect_chain)).lower()


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?after=²", f"?after={10**30}", f"?after={'1' * 5000}"])
def test_a_page_that_cannot_be_is_missing(administrator, query):
    assert administrator.get(PAGE + query).status_code == 404


def test_pages_hold_each_entry_once(administrator, monkeypatch):
    monkeypatch.setattr(suppressions, "PAGE_SIZE", 2)
    for number in range(5):
        suppress(by=SYSTEM, address=f"{number}@example.org", reason="gone")
    seen, url = [], PAGE
    while url:
        context = administrator.get(url).context
        seen += [row.entry.pk for row in context["rows"]]
        url = context["pager"]["more_url"]
    assert seen == list(Suppression.objects.order_by("-pk").values_list("pk", flat=True))
    assert administrator.get(f"{PAGE}?before=1").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_whatever_the_rows(administrator, people, rows, django_assert_num_queries):
    for number, someone in enumerate([people.editor, people.partner, people.reader][:rows]):
        suppress(by=SYSTEM, address=f"{number}@example.org", reason="gone", recipient=f"person:{someone.pk}")
    with django_assert_num_queries(5):
        administrator.get(PAGE)


def test_no_one_else_sees_the_list(client, people):
    entry = suppress(by=SYSTEM, address="away@example.org", reason="gone")
    for person in (None, people.editor, people.manager, people.partner, people.suspended):
        if person:
            client.force_login(person)
        for url in (PAGE, f"{PAGE}{entry.pk}/"):
            assert client.get(url).status_code == client.post(url, TYPED | {"was": "gone"}).status_code == 404
    client.force_login(people.editor)
    assert PAGE not in text(client.get("/outbox/"))
    assert Suppression.objects.count() == 1


def test_a_press_needs_the_check_of_forms(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.administrator)
    assert client.post(PAGE, TYPED).status_code == 403


def test_the_outbox_says_why_an_email_failed(client, people):
    make_meeting(make_partnership(lead=people.office), people=[people.editor])
    why = "This mailbox doesn’t exist. An earlier email bounced."
    email = Email.objects.first()
    Email.objects.filter(pk=email.pk).update(state="failed", last_reply=why)
    client.force_login(people.editor)
    assert text(client.get("/outbox/")).count(why) == 1
    assert why in text(client.get(reverse("email", args=[email.pk])))


# Every kind of email


def test_staff_read_every_kind_with_made_up_words(client, people):
    client.force_login(people.reader)
    listed = text(client.get("/outbox/kinds/"))
    for kind in EmailKind:
        url = f"/outbox/sample/?kind={kind}"
        assert f'href="{url}"' in listed
        shown = text(client.get(url))
        assert (str(kind.label) in shown, "Made up" in shown) == (True, True)
        for place in range(len(SAMPLES[kind].cases)):
            part = f"/outbox/sample/html/?kind={kind}&language=en&case={place}"
            assert part.replace("&", "&amp;") in shown
            answer = client.get(part)
            assert text(answer).startswith("<!DOCTYPE html>")
            policy = answer["Content-Security-Policy"]
            assert ("sandbox" in policy, "default-src 'none'" in policy, "script" in policy) == (True, True, False)


def test_they_contain_nothing_of_the_database(client, people, django_assert_num_queries):
    client.force_login(people.editor)
    with django_assert_num_queries(3):  # session, person, memberships
        client.get("/outbox/sample/html/?kind=meeting_planned")


@pytest.mark.parametrize(
    "query", ["?kind=x", "?language=xx", "?case=1", "?case=-1", "?case=²", "?colour=red", "?kind=%00"]
)
def test_what_is_not_known_is_refused(client, people, query):
    client.force_login(people.editor)
    assert client.get(f"/outbox/sample/html/{query}").status_code == 400
    if "case" not in query:
        assert client.get(f"/outbox/sample/{query}").status_code == 400
    assert client.get(f"/outbox/kinds/{query}").status_code == 400


def test_others_find_no_samples_of_emails(client, people):
    for person in (None, people.partner, people.stranger, people.suspended):
        if person:
            client.force_login(person)
        for url in ("/outbox/kinds/", "/outbox/sample/", "/outbox/sample/html/"):
            assert client.get(url).status_code == 404
