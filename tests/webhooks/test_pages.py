"""Managers add, change, test, pause and delete webhooks on pages, and read the log. No one else knows of any."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.accounts.choices import WEBHOOK_VERBS
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed
from partnerships.models import Change, Membership, Webhook, WebhookDelivery
from partnerships.notifications.news import describe_changes
from partnerships.records.privacy import erase_person
from partnerships.registry import actions as registry
from partnerships.registry.consent import decline_seat
from partnerships.web.frame.idempotency import FIELD
from partnerships.webhooks import actions, signing
from partnerships.webhooks.choices import MOST
from tests.factories import make_organization, make_person, party
from tests.web.test_translated_pages import check_both
from tests.webhooks.conftest import send_all

pytestmark = pytest.mark.django_db
NEW = {"name": "Council channel", "format": "slack", "url": "https://hooks.example.org/T0/B0/secret", "reach": "own"}
NEW |= {"rights": "public", "kinds": ["status", "meetings"]}


@pytest.fixture
def page(office):
    return f"/jurisdictions/{office.public_id}/webhooks/"


@pytest.fixture
def manager(client, people, office):
    client.force_login(people.manager)
    return client


def press_step(client, webhook, step, **fields):
    """Send the form of a step from the page of the webhook as it is now."""
    webhook.refresh_from_db()
    return client.post(f"/webhooks/{webhook.pk}/{step}/", fields | {"version": webhook.version})


def text_of(response):
    return response.content.decode()


@pytest.mark.both
def test_a_manager_adds_one_and_sees_its_secret_once(manager, people, page):
    assert "There are no webhooks yet" in text_of(manager.get(page))
    assert "blank" not in text_of(manager.get(f"{page}new/"))
    made = manager.post(f"{page}new/", NEW)
    webhook = Webhook.objects.get()
    secret = signing.secret_of(webhook.seed)
    assert (made.status_code, secret in text_of(made)) == (200, True)
    assert (webhook.body, webhook.by, webhook.kinds) == (people.office, people.manager, ["meetings", "status"])
    pages = [page, f"/webhooks/{webhook.pk}/", f"/webhooks/{webhook.pk}/edit/", "/account/data.json"]
    shown = "".join(text_of(manager.get(one)) for one in pages)
    assert "Council channel" in shown
    assert not [one for one in (secret, webhook.seed) if one in shown]
    # The path of a Slack address is its secret: only the form that changes it shows it.
    assert "T0/B0" not in "".join(text_of(manager.get(one)) for one in pages[:2])


def test_bad_input_is_refused_at_its_field(manager, page):
    bad = {"name": "", "format": "fax", "url": "http://127.0.0.1/x", "kinds": ["weather"], "reach": "", "rights": "all"}
    answer = manager.post(f"{page}new/", bad)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "format", "url", "kinds", "reach", "rights"}
    for url, error in (
        ("https://10.0.0.1/x", "public internet"),
        ("http://hooks.example.org/", "starts with https://"),
        ("nonsense", "whole address"),
        ("https://a:b@hooks.example.org/", "without a user name"),
        ("https://hooks.example.org/" + "x" * 1000, "at most 1000"),
    ):
        answer = manager.post(f"{page}new/", NEW | {"url": url})
        (message,) = answer.context["form"].errors["url"]
        assert (answer.status_code, error in message) == (422, True)
    assert not Webhook.objects.exists()


def test_no_more_than_a_few(manager, people, page):
    for number in range(MOST):
        actions.add_webhook(by=people.manager, body=people.office, fields=NEW | {"name": f"Hook {number}"})
    answer = manager.post(f"{page}new/", NEW)
    assert (answer.status_code, Webhook.objects.count()) == (422, MOST)


@pytest.mark.slow
def test_only_managers_know_of_it(client, people, office, page):
    webhook, _ = actions.add_webhook(by=people.manager, body=office, fields=NEW)
    sent = webhook.deliveries.create(occurrence="test/1", made_at=webhook.made_at, next_attempt_at=webhook.made_at)
    pages = [page, f"{page}new/", *(f"/webhooks/{webhook.pk}/{more}" for more in ("", "edit/", "secret/", "pause/"))]
    pages += [f"/webhooks/{webhook.pk}/resume/", f"/webhooks/{webhook.pk}/delete/", f"/webhooks/deliveries/{sent.pk}/"]
    presses = [f"/webhooks/{webhook.pk}/test/", f"/webhooks/deliveries/{sent.pk}/again/"]
    for person in (None, people.editor, people.reader, people.stranger, people.other_editor, people.partner):
        client.logout()
        if person:
            client.force_login(person)
        assert {client.get(one).status_code for one in pages} == {404}
        assert {client.post(one, NEW).status_code for one in [*pages[1:], *presses]} <= {404, 405}
    webhook.refresh_from_db()
    assert (webhook.paused_at, WebhookDelivery.objects.count()) == (None, 1)


def test_two_managers_who_change_it_at_once(manager, people, office):
    webhook, _ = actions.add_webhook(by=people.manager, body=office, fields=NEW)
    page = f"/webhooks/{webhook.pk}/edit/"
    other = make_person("second@example.org", name="Second")
    Membership.objects.create(person=other, jurisdiction=office, role="manager")
    actions.save_webhook(by=other, webhook=webhook, fields=NEW | {"name": "Theirs"}, version=1)
    late = manager.post(page, NEW | {"name": "Mine", "version": 1})
    assert (late.status_code, "Theirs" in text_of(late), "Mine" in text_of(late)) == (409, True, True)
    version = re.search(r'name="version" value="(\d+)"', text_of(late))[1]
    assert manager.post(page, NEW | {"name": "Mine", "version": version}).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.by, webhook.version) == ("Mine", people.manager, 3)
    assert manager.post(page, NEW | {"name": "Mine", "version": 3}).status_code == 302
    webhook.refresh_from_db()
    assert webhook.version == 3


def test_test_log_and_send_again(manager, people, partnership, receiver, add, travel):
    webhook, secret = add(name="Ours", url=receiver.url + "/T0/secret-path", kinds=["status"])
    page = f"/webhooks/{webhook.pk}/"
    receiver.answer = lambda one, handler: (403, b"<script>alert(1)</script> who are you?")
    assert manager.post(f"{page}test/").status_code == 302
    send_all()
    log = text_of(manager.get(page))
    assert "403" in log
    assert "Test" in log
    travel.shift(60)
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"status": "paused"})
    receiver.works()
    send_all()
    row = WebhookDelivery.objects.get(record_type="partnership")
    shown = text_of(manager.get(f"/webhooks/deliveries/{row.pk}/"))
    assert "It is paused now." in shown
    tested = WebhookDelivery.objects.exclude(pk=row.pk).get()
    answer = text_of(manager.get(f"/webhooks/deliveries/{tested.pk}/"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; who are you?" in answer
    assert f'action="/webhooks/deliveries/{tested.pk}/again/"' in answer
    assert not [one for one in (secret, webhook.seed, "secret-path") if one in log + shown + answer]
    assert manager.post(f"/webhooks/deliveries/{row.pk}/again/").status_code == 302
    send_all()
    assert [one.id for one in receiver.requests[1:]] == [f"msg_{row.message_id.hex}"] * 2


def test_what_it_may_no_longer_say_is_not_shown(manager, partnership, receiver, add, travel):
    add(kinds=["status"])
    travel.shift(60)
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"status": "paused"})
    send_all()
    row = WebhookDelivery.objects.get()
    page = f"/webhooks/deliveries/{row.pk}/"
    assert partnership.title in text_of(manager.get(page))
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    hidden = text_of(manager.get(page))
    assert "may no longer tell" in hidden
    assert partnership.title not in hidden


@pytest.mark.parametrize("format", ["registry", "slack", "teams"])
def test_a_former_title_is_not_shown_in_what_was_sent(manager, partnership, receiver, add, travel, format):
    add(format=format)
    travel.shift(60)
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"title": "Shelter at 12 Canary Street"})
    send_all()
    page = f"/webhooks/deliveries/{WebhookDelivery.objects.get().pk}/"
    assert "Canary" in text_of(manager.get(page))
    partnership.refresh_from_db()
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"title": "Shelter"})
    shown = text_of(manager.get(page))
    assert ("may no longer tell" in shown, "Canary" in shown) == (True, False)


@pytest.mark.parametrize("format", ["registry", "slack", "teams"])
def test_a_partner_that_withdrew_is_not_named_in_what_was_sent(
    manager, people, partnership, receiver, add, travel, format
):
    other = make_organization("Canary & neighbors", "named")
    add(format=format)
    travel.shift(60)
    rows = [party(one, id=seat.pk) for seat in partnership.parties.all() for one in [seat.entity]]
    fields = {"status": "paused"}
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields=fields, parties=[*rows, party(other)])
    receiver.answer = lambda received, handler: (200, received.body)
    send_all()
    page = f"/webhooks/deliveries/{WebhookDelivery.objects.get().pk}/"
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"status": "active"})
    sent, _, answer = text_of(manager.get(page)).partition('id="answered"')
    assert ("Canary" in sent, "Canary" in answer) == (True, True)
    decline_seat(party=partnership.parties.get(organization=other), by=SYSTEM)
    shown = text_of(manager.get(page))
    assert ("may no longer tell" in shown, "Canary" in shown) == (True, False)


def test_pause_resume_replace_and_delete(manager, people, office):
    webhook, _ = actions.add_webhook(by=people.manager, body=office, fields=NEW)
    page = f"/webhooks/{webhook.pk}/"
    for step, fields in (("pause", {}), ("resume", {}), ("delete", {}), ("secret", {"overlap_days": 1})):
        late = manager.post(f"{page}{step}/", fields | {"version": 7})
        assert (late.status_code, "Someone changed this webhook" in text_of(late)) == (409, True)
    assert press_step(manager, webhook, "pause").status_code == 302
    assert "A manager paused it." in text_of(manager.get(page))
    assert "Resume it first" in text_of(manager.post(f"{page}test/", follow=True))
    assert press_step(manager, webhook, "resume").status_code == 302
    assert press_step(manager, webhook, "secret", overlap_days=8).status_code == 422
    replaced = press_step(manager, webhook, "secret", overlap_days=2)
    webhook.refresh_from_db()
    assert signing.secret_of(webhook.seed) in text_of(replaced)
    assert press_step(manager, webhook, "delete").status_code == 302
    assert (Webhook.objects.count(), manager.get(page).status_code) == (0, 404)
    history = text_of(manager.get(f"/jurisdictions/{office.public_id}/webhooks/"))
    for words in (
        "added a webhook",
        "paused a webhook",
        "resumed a webhook",
        "replaced the secret",
        "deleted a webhook",
    ):
        assert words in history


def test_an_administrator_sends_no_news_of_an_organization_elsewhere(client, people, office, receiver, add):
    """Its people would not be told. Administrators may still pause and delete it."""
    organization = people.organization
    with pytest.raises(NotAllowed):
        add(organization, by=people.administrator, rights="members")
    Membership.objects.filter(person=people.partner).update(role="manager")
    webhook, _ = add(organization, by=people.partner, rights="members")
    given = {name: getattr(webhook, name) for name in actions.FIELDS}
    for work in (
        lambda by: actions.save_webhook(by=by, webhook=webhook, fields=given, version=None),
        lambda by: actions.replace_secret(by=by, webhook=webhook, overlap_days=0),
        lambda by: actions.resume_webhook(by=by, webhook=webhook),
    ):
        with pytest.raises(NotAllowed):
            work(people.administrator)
    client.force_login(people.administrator)
    page = f"/webhooks/{webhook.pk}/"
    shown = client.get(page).content.decode()
    assert ("Replace secret" in shown, f'href="{page}edit/"' in shown, "Pause" in shown) == (False, False, True)
    assert [client.get(f"{page}{one}/").status_code for one in ("edit", "secret", "resume", "pause")] == [
        403,
        403,
        403,
        200,
    ]
    assert client.get(f"/organizations/{organization.public_id}/webhooks/new/").status_code == 403
    assert actions.pause_webhook(by=people.administrator, webhook=webhook)
    actions.delete_webhook(by=people.administrator, webhook=webhook)


def test_its_history_is_no_news_and_in_no_other_history(client, people, office):
    people.stranger.follows.create(record_type="jurisdiction", record_id=office.pk, at="2026-01-01T00:00Z")
    webhook, _ = actions.add_webhook(by=people.manager, body=office, fields=NEW)
    actions.delete_webhook(by=people.manager, webhook=webhook)
    rows = list(Change.objects.filter(verb__in=WEBHOOK_VERBS))
    assert (len(rows), describe_changes(people.stranger, rows)) == (2, [])
    client.force_login(people.editor)
    assert "Council channel" not in text_of(client.get(f"/jurisdictions/{office.public_id}/history/"))


def test_a_form_sent_twice_adds_one_and_shows_its_secret_again(manager, people, page):
    key = re.search(rf'name="{FIELD}" value="([^"]+)"', text_of(manager.get(f"{page}new/")))[1]
    first, second = (manager.post(f"{page}new/", NEW | {FIELD: key}) for _ in range(2))
    assert (first.status_code, second.status_code, Webhook.objects.count()) == (200, 200, 1)
    secrets = [re.findall(r"whsec_[\w+/=]+", text_of(page)) for page in (first, second)]
    assert secrets[0]
    assert secrets[0] == secrets[1]


def test_an_erased_manager_leaves_it_without_a_name(people, office, receiver, add):
    other = make_person("second@example.org")
    Membership.objects.create(person=other, jurisdiction=office, role="manager")
    webhook, _ = add()
    actions.send_test(by=other, webhook=webhook)
    erase_person(person=people.manager, by=people.administrator)
    send_all()
    webhook.refresh_from_db()
    assert (webhook.by, webhook.paused_because, receiver.requests) == (None, "no_manager", [])


@pytest.mark.both
def test_pages_ask_as_often_with_more_rows(manager, people, office, page):
    asked = []
    for number in range(3):
        webhook, _ = actions.add_webhook(by=people.manager, body=office, fields=NEW | {"name": f"Hook {number}"})
        for count in range(2):
            webhook.deliveries.create(
                occurrence=f"test/{count}", made_at=webhook.made_at, next_attempt_at=webhook.made_at
            )
        with CaptureQueriesContext(connection) as queries:
            assert (
                manager.get(page).status_code == manager.get(reverse("webhook", args=[webhook.pk])).status_code == 200
            )
        asked.append(len(queries))
    assert asked == [14] * 3


def test_webhooks_are_in_the_language_of_the_reader(manager, people, page, partnership, receiver, add, travel):
    webhook, _ = add()
    travel.shift(60)
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"status": "paused"})
    receiver.answer = lambda received, handler: (302, b"")
    send_all()
    same = {
        webhook.name,
        str(people.office),
        f": {people.office}",
        people.editor.name,
        partnership.title,
        f": {webhook.name}",
    }
    same |= {str(webhook.by or ""), webhook.host, f"Webhook: {webhook.name}"}
    delivery = f"/webhooks/deliveries/{WebhookDelivery.objects.latest('pk').pk}/"
    own = f"/webhooks/{webhook.pk}/"
    pages = (page, f"{page}new/", own, delivery, *(f"{own}{step}/" for step in ("edit", "secret", "pause", "delete")))
    for url in pages:
        check_both(manager, url, same=same | {f"msg_{WebhookDelivery.objects.latest('pk').message_id.hex}"})
    check_both(
        manager, f"{own}edit/", {"name": "", "url": "http://x", "version": webhook.version}, same=same | {"http://x"}
    )


def test_service_accounts_are_in_the_language_of_the_reader(manager, people):
    url = reverse("jurisdiction_services", args=[people.office.public_id])
    form = {"name": "Nightly copy", "role": "reader", "days": "30", "form_key": "k"}
    manager.post(f"{url}new/", form)
    token = people.office.service_tokens.get()
    same = {"Nightly copy", ": Nightly copy", f"reg_{token.prefix}…", str(people.office), f": {people.office}"}
    same |= {member.person.name for member in people.office.memberships.all()}
    for page in (
        url,
        f"{url}new/",
        reverse("service_secret", args=[token.pk]),
        reverse("service_revoke", args=[token.pk]),
    ):
        check_both(manager, page, same=same)
    check_both(manager, f"{url}new/", {"name": "", "role": "x", "days": "999"}, same=same)
