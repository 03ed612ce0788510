"""Idempotency: a form that is sent twice counts once. bench/figures/qa26.py sends every form twice, in a row and at once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnerships.core import idempotency
from partnerships.core.access import SYSTEM
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.models import Action, ApiToken, CheckIn, Email, SubmittedForm
from partnerships.notifications import links, recipients
from partnerships.web.frame.idempotency import FIELD
from tests import double_submits
from tests.browser.forms import forms
from tests.factories import in_days, make_partnership
from tests.posting import Sender, taken_back
from tests.serving import Browser, serving
from tests.shares import share_of
from tests.snapshots import snapshot_of
from tests.tampering import pages_with_forms
from tests.waiting import at_once
from tests.world import World

TWICE = "You submitted this form twice. We saved it once."


def form_at(client, url):
    """Return what a browser would send of the page's form as it is."""
    drawn = next(form for form in forms(client.get(url).content.decode()) if form.action == url)
    owner = drawn.fields.get("owner_person")
    return drawn.values() | ({"owner_person": [owner.options[-1]]} if owner else {})


@pytest.fixture
def page(client, people):
    client.force_login(people.editor)
    return f"/partnerships/{make_partnership('Shared work', lead=people.office).public_id}/actions/new/"


@pytest.mark.django_db
def test_a_double_click_makes_one_record_and_leads_to_it(client, page):
    typed = form_at(client, page) | {"title": "Call the desk"}
    first = client.post(page, typed)
    emails = Email.objects.count()
    second = client.post(page, typed)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert Action.objects.count() == 1
    assert Email.objects.count() == emails
    page_text = client.get(second["Location"]).content.decode()
    assert TWICE in page_text


@pytest.mark.django_db
def test_each_form_that_is_drawn_has_a_key_of_its_own(client, page):
    for title in ("Call the desk", "Call the desk"):
        assert client.post(page, form_at(client, page) | {"title": title}).status_code == 302
    assert Action.objects.count() == 2


@pytest.mark.django_db
def test_after_an_error_the_same_form_can_be_sent_again(client, page):
    drawn = form_at(client, page)
    assert client.post(page, drawn | {"title": ""}).status_code == 422
    assert client.post(page, drawn | {"title": "Call the desk"}).status_code == 302
    assert Action.objects.get().title == "Call the desk"


@pytest.mark.django_db
def test_going_back_and_sending_something_else_shows_a_message_and_loses_nothing(client, page):
    drawn = form_at(client, page)
    first = client.post(page, drawn | {"title": "Call the desk"})
    answer = client.post(page, drawn | {"title": "Call the other desk"})
    body = answer.content.decode()
    assert answer.status_code == 409
    assert f'href="{first["Location"]}"' in body
    assert Action.objects.get().title == "Call the desk"
    # One press saves it as well, with a new key.
    again = next(form for form in forms(body) if "title" in form.fields).values()
    assert again["title"] == ["Call the other desk"]
    assert again["form_key"] != drawn["form_key"]
    assert client.post(page, again).status_code == 302
    assert sorted(Action.objects.values_list("title", flat=True)) == ["Call the desk", "Call the other desk"]


@pytest.mark.django_db
def test_a_key_belongs_to_its_person_and_its_page(client, page, people):
    typed = form_at(client, page) | {"title": "Call the desk"}
    client.post(page, typed)
    other = f"/partnerships/{make_partnership('More work', lead=people.office).public_id}/actions/new/"
    assert client.post(other, typed).status_code == 302
    client.force_login(people.administrator)
    assert client.post(page, typed).status_code == 302
    assert Action.objects.count() == 3


@pytest.mark.django_db
def test_a_form_without_a_key_is_still_taken(client, page):
    typed = form_at(client, page) | {"title": "Call the desk"}
    del typed["form_key"]
    assert [client.post(page, typed).status_code for _ in range(2)] == [302, 302]


@pytest.mark.both
@pytest.mark.django_db
def test_a_secret_that_was_shown_once_is_shown_again_to_the_same_form_for_ten_minutes(client, people):
    """A browser shows only the second answer to a double click."""
    client.force_login(people.editor)
    new = "/account/tokens/new/"
    typed = form_at(client, new) | {"name": "Our map"}
    first, second = client.post(new, typed), client.post(new, typed)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert "no-store" in second["Cache-Control"]
    assert ApiToken.objects.count() == 1
    sent = SubmittedForm.objects.get()
    assert b"reg_" not in bytes(sent.page)
    # Not to someone else with the form, nor to another form of the page.
    secret = re.search(r"reg_[a-z2-7]{8}_[a-z2-7]{32}", first.content.decode())[0]
    assert secret not in client.post(new, form_at(client, new) | {"name": "Our map"}).content.decode()
    client.force_login(people.partner)
    assert secret not in client.post(new, typed).content.decode()
    client.force_login(people.editor)
    SubmittedForm.objects.update(at=timezone.now() - idempotency.SHOWN_AGAIN)
    late = client.post(new, typed, follow=True)
    assert late.redirect_chain == [("/account/tokens/", 302)]
    assert "and showed the secret" in late.content.decode()
    assert (idempotency.delete_expired(), SubmittedForm.objects.exclude(page=b"").exists()) == (0, False)


@pytest.mark.django_db
def test_with_another_secret_key_no_page_is_shown_again(client, people, settings):
    client.force_login(people.editor)
    new = "/account/tokens/new/"
    typed = form_at(client, new) | {"name": "Our map"}
    client.post(new, typed)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    assert client.post(new, typed)["Location"] == "/account/tokens/"


@pytest.mark.django_db
def test_answers_by_link_that_are_sent_twice_are_saved_once_and_thanked_for_twice(client, people):
    plan = save_check_in_plan(
        by=SYSTEM,
        fields={
            "partnership": make_partnership(lead=people.office),
            "rhythm": "yearly",
            "anchor_on": in_days(9),
            "zone": "UTC",
            "person": people.editor,
        },
    )
    reader, subject = recipients.read_recipient(people.editor), [plan.pk, plan.next_due_on.isoformat()]
    token = links.make(links.CHECK_IN, reader, subject, timezone.now() + timedelta(days=9))
    url = reverse("answer_check_in", args=[token])
    typed = form_at(client, url) | {"going": "well"}
    assert client.post(url, typed).status_code == 200
    second = client.post(url, typed, follow=True)
    assert second.redirect_chain == [("/by-link/thanks/", 302)]
    assert "You sent them twice, and we saved them once." in second.content.decode()
    assert CheckIn.objects.count() == 1


@pytest.mark.django_db
def test_neither_the_key_nor_what_was_typed_is_stored(client, page):
    typed = form_at(client, page) | {"title": "Call the desk"}
    client.post(page, typed)
    stored = str(SubmittedForm.objects.values().get())
    assert typed["form_key"][0] not in stored
    assert "Call the desk" not in stored


@pytest.mark.django_db
def test_what_is_kept_of_a_form_goes_after_a_week(client, page):
    client.post(page, form_at(client, page) | {"title": "Call the desk"})
    assert idempotency.delete_expired() == 0
    SubmittedForm.objects.update(at=timezone.now() - idempotency.KEPT)
    assert idempotency.delete_expired() == 1


@pytest.mark.django_db
@pytest.mark.both
def test_a_key_costs_one_query_a_post_and_none_a_page(client, page):
    typed = form_at(client, page) | {"title": "Call the desk"}

    def queries_of(data):
        with CaptureQueriesContext(connection) as queries:
            assert client.post(page, data).status_code == 302
        return [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]

    plain = queries_of({name: value for name, value in typed.items() if name != "form_key"})
    keyed = queries_of(typed)
    assert len(keyed) == len(plain) + 1
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    assert not [one for one in queries if "submittedform" in one["sql"]]


# A record, a record of another one, many at once, a question to partners, a claim, an invitation, an answer by a personal link,
# a file, and a single button.
TAKEN_ONCE = (
    *("organization_new", "meeting_new", "organization_many", "round_new", "organization_claim", "organization_invite"),
    *("answer_check_in", "imports", "partnership_follow"),
)


@pytest.mark.django_db
@pytest.mark.slow
def test_every_form_that_makes_something_is_taken_once(people, settings):
    """One route for each way to make something. A form without a key would make it twice here (all: bench/figures/qa26.py)."""
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    sender, count = Sender(snapshot_of(World, people)), double_submits.Count()
    for case in double_submits.cases(sender, TAKEN_ONCE):
        assert FIELD in case.offered, case.route
        double_submits.in_a_row(sender, case, count)
    assert (count.wrong, count.routes) == ([], {*TAKEN_ONCE})


@pytest.mark.django_db
@pytest.mark.slow
def test_a_form_that_needs_something_first_is_taken_once(people):
    world, count = snapshot_of(World, people), double_submits.Count()
    for route, prepare in double_submits.PREPARED.items():
        with taken_back():
            prepare(world)
            sender = Sender(world)
            for case in double_submits.cases(sender, [route]):
                double_submits.in_a_row(sender, case, count)
    assert (count.wrong, count.routes) == ([], {*double_submits.PREPARED})


@pytest.mark.django_db
@pytest.mark.slow
def test_every_form_that_is_sent_by_post_has_a_key(people):
    """New forms, too: whatever writes and isn't a sign-in form has the key, on each page that offers it."""
    world = snapshot_of(World, people)
    sender = Sender(world)
    for quarter in share_of(range(8), 8):
        for page in pages_with_forms(world)[quarter::8]:
            drawn = [form for role in ("editor", "link_holder") for _, form in sender.forms(role, page.url)]
            assert [page.route for form in drawn if FIELD not in form.fields] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.both
@pytest.mark.slow
def test_two_posts_at_one_moment_make_one_record(client, page, people):
    typed = form_at(client, page) | {"title": "Call the desk"}
    with serving() as port:
        one, other = Browser(port, people.editor), Browser(port, people.editor)
        for browser in (one, other):
            browser.cookies["csrftoken"] = client.cookies["csrftoken"].value
        answers = at_once(lambda: one.post(page, typed), lambda: other.post(page, typed))
    assert [answer.status for answer in answers] == [302, 302]
    assert len({answer.location for answer in answers}) == 1
    assert Action.objects.count() == 1
