"""Changes reach a receiver: signed, in order for each record, tried again for three days, and only while they may."""

import logging
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client

from partnerships import tasks
from partnerships.accounts.member_actions import leave
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Email, Membership, Webhook, WebhookDelivery
from partnerships.notifications import emails, recipients
from partnerships.registry import actions as registry
from partnerships.registry.sharing import share_draft, unshare_draft
from partnerships.webhooks import actions, delivery, payloads, signing
from tests.factories import make_meeting, make_organization, make_partnership, make_person, party
from tests.webhooks.conftest import send_all
from tests.webhooks.receiver import is_signed

pytestmark = pytest.mark.django_db


def save_fields(partnership, **fields):
    return registry.save_partnership(partnership=partnership, by=SYSTEM, fields=fields)


def delivery_states(webhook):
    return list(webhook.deliveries.order_by("pk").values_list("state", flat=True))


@pytest.mark.both
def test_a_change_is_sent_once_and_signed(partnership, receiver, add, travel):
    webhook, secret = add()
    travel.shift(60)
    save_fields(partnership, status="paused", summary="New words")
    for _ in range(2):
        send_all()
    (received,) = receiver.requests
    assert is_signed(received, secret)
    assert not is_signed(received, signing.secret_of(signing.new_seed()))
    assert abs(int(received.headers["webhook-timestamp"]) - clock.now().timestamp()) <= 1
    assert (received.path, received.headers["content-type"]) == ("/hook", "application/json")
    body, change = received.json, Change.objects.order_by("-pk").first()
    assert (body["type"], body["timestamp"]) == ("partnership.changed", change.at.isoformat().replace("+00:00", "Z"))
    read = Client().get(f"/api/v1/partnerships/{partnership.public_id}/").json()
    record = body["data"]["record"]
    assert (record["id"], record["version"]) == (read["id"], read["version"])
    assert [one["kind"] for one in body["data"]["changes"]] == ["status", "details"]
    assert receiver.texts() == ["It is paused now."]
    row = webhook.deliveries.get()
    assert (row.state, row.status, row.answer, row.attempts) == ("sent", 200, "ok", 1)
    assert row.payload == received.body.decode()
    assert received.id == f"msg_{row.message_id.hex}"


@pytest.mark.both
def test_a_new_webhook_is_served_before_one_that_is_always_busy(partnership, add, travel):
    busy, new = add()[0], add()[0]
    Webhook.objects.filter(pk=busy.pk).update(claimed_at=clock.now())
    travel.shift(60)
    save_fields(partnership, status="paused")
    delivery.plan_due()
    delivery.send_due()
    assert (delivery_states(new), delivery_states(busy)) == (["sent"], ["waiting"])


def test_only_the_chosen_kinds_and_records_are_sent(people, partnership, receiver, add, travel):
    add(kinds=["status"])
    travel.shift(60)
    other = make_partnership("Of others", lead=people.other_office, parties=[party(people.other_office, "lead")])
    save_fields(other, status="paused")
    save_fields(partnership, summary="New words")
    send_all()
    assert receiver.requests == []
    add(kinds=["status"], reach="all")
    travel.shift(60)
    save_fields(other, status="active")
    send_all()
    assert [one.json["data"]["record"]["title"] for one in receiver.requests] == ["Of others"]


def test_what_happened_before_it_was_added_is_not_sent(partnership, receiver, add, travel):
    save_fields(partnership, status="paused")
    travel.shift(60)
    add()
    send_all()
    assert receiver.requests == []


def test_hidden_records_are_never_sent(people, partnership, receiver, add, travel):
    """Neither a draft, a meeting and notes of others, nor what only the office reads of its own partnership."""
    stranger = make_organization("Far away", "named")
    manager = make_person("far@example.org")
    Membership.objects.create(person=manager, organization=stranger, role="manager")
    add(reach="all")
    add(stranger, by=manager, reach="all", rights="members", name="Theirs")
    travel.shift(60)
    draft = make_partnership("Early", lead=people.office, published=False, parties=[party(people.office, "lead")])
    save_fields(draft, summary="Secret plan")
    save_fields(partnership, internal_notes="Secret note")
    make_meeting(partnership, title="Secret table", is_public=False)
    unlisted = make_organization("Secret circle", "unlisted", kept_by=people.office)
    save_organization(organization=unlisted, by=SYSTEM, fields={"aims": "Secret aims"})
    rows = [
        {
            "id": seat.pk,
            seat.entity._meta.model_name: seat.entity,
            "circle": seat.circle,
            "roles": [{"id": role.pk, "role": role.role} for role in seat.roles.all()],
        }
        for seat in partnership.parties.all()
    ]
    rows.append(party(unlisted, "member"))
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=rows)
    send_all()
    assert (receiver.requests, WebhookDelivery.objects.count()) == ([], 0)


def test_rights_of_members_show_drafts_to_their_own_office_alone(people, office, receiver, add, travel):
    Membership.objects.create(person=people.manager, organization=people.organization, role="manager")
    draft = make_partnership("Early", lead=office, published=False, parties=[party(office, "lead")])
    add(rights="members", name="Office")
    add(people.organization, rights="members", name="Organization", reach="all")
    travel.shift(60)
    save_fields(draft, summary="Still early")
    send_all()
    (row,) = WebhookDelivery.objects.all()
    assert (row.webhook.name, row.state) == ("Office", "sent")


def test_a_subscriber_whose_right_ended_gets_nothing_more(people, partnership, receiver, add, travel):
    webhook, _ = add(reach="all")
    travel.shift(60)
    save_fields(partnership, status="paused")
    delivery.plan_due()
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    send_all()
    assert receiver.requests == []
    row = webhook.deliveries.get()
    assert (row.state, row.answer, row.payload) == ("not_sent", delivery.NOTHING_TO_SAY, "")


OTHER_PORT = "https://hooks.example.org:9443/registry"


@pytest.mark.both
def test_one_from_before_with_another_port_is_paused_and_its_managers_are_told(people, office, settings):
    settings.WEBHOOK_PORTS = [443, 9443]
    fields = {"name": "Hook", "url": OTHER_PORT, "format": "registry", "reach": "own", "rights": "public"}
    webhook, _ = actions.add_webhook(by=people.manager, body=office, fields=fields | {"kinds": ["status"]})
    actions.send_test(by=people.manager, webhook=webhook)
    settings.WEBHOOK_PORTS = [443]
    for _ in range(2):
        delivery.plan_due()
    webhook.refresh_from_db()
    assert (webhook.paused_because, delivery_states(webhook)) == ("port", ["waiting"])
    informed = Email.objects.filter(kind="webhook_paused").values_list("recipient", flat=True)
    assert list(informed) == [f"person:{people.manager.pk}"]
    with pytest.raises(ValidationError, match="We don’t send to port 9443"):
        actions.resume_webhook(by=people.manager, webhook=webhook)
    changed = fields | {"url": OTHER_PORT.replace(":9443", ""), "kinds": ["status"]}
    actions.save_webhook(by=people.manager, webhook=webhook, fields=changed, version=None)
    assert actions.resume_webhook(by=people.manager, webhook=webhook)


def test_managers_are_told_at_once_that_its_manager_left_though_nothing_is_sent(people, add):
    other = make_person("second@example.org")
    Membership.objects.create(person=other, jurisdiction=people.office, role="manager")
    webhook, _ = add()
    leave(by=people.manager, membership=people.manager.memberships.get())
    webhook.refresh_from_db()
    assert webhook.paused_because == "no_manager"
    assert Email.objects.get(kind="webhook_paused").recipient == f"person:{other.pk}"


def test_administrators_are_told_where_no_manager_is_left(people, add):
    webhook, _ = add()
    Membership.objects.filter(person=people.manager).delete()  # as by hand in the database
    tasks.check_who_answers()
    webhook.refresh_from_db()
    assert webhook.paused_because == "no_manager"
    assert Email.objects.get(kind="webhook_paused").recipient == f"person:{people.administrator.pk}"


def test_it_is_paused_when_its_manager_left(people, partnership, receiver, add, travel):
    other = make_person("second@example.org")
    Membership.objects.create(person=other, jurisdiction=people.office, role="manager")
    webhook, _ = add(rights="members")
    travel.shift(60)
    save_fields(partnership, status="paused")
    people.manager.memberships.all().delete()
    send_all()
    webhook.refresh_from_db()
    assert (receiver.requests, webhook.paused_because, delivery_states(webhook)) == ([], "no_manager", ["waiting"])
    notice = Email.objects.get(kind="webhook_paused")
    assert notice.recipient == f"person:{other.pk}"
    assert actions.resume_webhook(by=other, webhook=webhook)
    send_all()
    assert receiver.texts() == ["It is paused now."]


@pytest.mark.both
def test_a_record_waits_for_its_first_change_and_others_do_not(people, partnership, receiver, add, travel):
    webhook, _ = add(kinds=["status"])
    second = make_partnership("Second", lead=people.office, parties=[party(people.office, "lead")])
    travel.shift(60)
    save_fields(partnership, status="paused")
    save_fields(partnership, status="active")
    save_fields(second, status="paused")
    receiver.answer = lambda one, handler: (500, b"") if one.json["data"]["record"]["title"] != "Second" else (200, b"")
    send_all()
    assert [one.json["data"]["record"]["title"] for one in receiver.requests] == [partnership.title, "Second"]
    assert delivery_states(webhook) == ["waiting", "waiting", "sent"]
    receiver.works()
    receiver.requests.clear()
    travel.shift(60)
    send_all()
    ids = [f"msg_{row.message_id.hex}" for row in webhook.deliveries.order_by("pk")[:2]]
    assert [one.id for one in receiver.requests] == ids
    assert delivery_states(webhook) == ["sent"] * 3


def test_a_failed_delivery_is_tried_again_for_three_days(people, partnership, receiver, add, travel):
    webhook, secret = add(kinds=["status"])
    travel.shift(60)
    save_fields(partnership, status="paused")
    begun, tried = clock.now(), []
    receiver.answer = lambda one, handler: tried.append(clock.now() - begun) or (503, b"Later")
    delivery.plan_due()
    while delivery_states(webhook) == ["waiting"]:
        send_all()
        webhook.refresh_from_db()
        row = webhook.deliveries.get()
        travel.move_to(max(row.next_attempt_at, webhook.rest_until or row.next_attempt_at))
    assert [at.total_seconds() for at in tried[:5]] == [0, 30, 150, 450, 1350]
    assert tried[-1] == timedelta(days=3)
    assert max(later - earlier for earlier, later in pairwise(tried)) <= timedelta(hours=6)
    assert len({one.id for one in receiver.requests}) == 1
    assert all(is_signed(one, secret) for one in receiver.requests)
    row = webhook.deliveries.get()
    assert (row.state, row.attempts, row.status, row.answer) == ("failed", len(tried), 503, "Later")
    webhook.refresh_from_db()
    assert webhook.paused_because == "failed"
    email = Email.objects.get(kind="webhook_paused")
    mail = emails.render(email, recipients.find(email.recipient))
    assert webhook.name in mail.subject
    assert "For three days" in mail.text
    assert f"/webhooks/{webhook.pk}/" in mail.text
    assert "/hook" not in mail.text
    save_fields(partnership, status="active")
    send_all()
    assert len(receiver.requests) == len(tried)


def test_one_message_that_is_refused_for_days_does_not_pause_the_others(people, partnership, receiver, add, travel):
    webhook, _ = add(kinds=["status"])
    second = make_partnership("Second", lead=people.office, parties=[party(people.office, "lead")])
    travel.shift(60)
    save_fields(partnership, status="paused")
    receiver.answer = lambda one, handler: (500, b"") if one.json["data"]["record"]["title"] != "Second" else (200, b"")
    for hour in range(0, 80, 8):
        save_fields(second, status="active" if hour % 16 else "paused")
        send_all()
        travel.shift(8 * 3600)
    webhook.refresh_from_db()
    assert (delivery_states(webhook)[0], webhook.paused_at) == ("failed", None)
    assert set(delivery_states(webhook)[1:]) == {"sent"}


def test_a_receiver_that_answers_410_gets_no_more(partnership, receiver, add, travel):
    webhook, _ = add()
    travel.shift(60)
    save_fields(partnership, status="paused")
    receiver.fails(410)
    send_all()
    webhook.refresh_from_db()
    assert (webhook.paused_because, delivery_states(webhook)) == ("gone", ["failed"])
    assert Email.objects.filter(kind="webhook_paused").count() == 1


def test_a_dead_receiver_is_asked_less_often(people, receiver, add, travel):
    webhook, _ = add(kinds=["status"])
    some = [make_partnership(f"Work {n}", lead=people.office, parties=[party(people.office, "lead")]) for n in range(6)]
    travel.shift(60)
    for one in some:
        save_fields(one, status="paused")
    receiver.fails()
    send_all()
    assert len(receiver.requests) == 3
    webhook.refresh_from_db()
    assert webhook.rest_until == clock.now() + timedelta(seconds=30)
    travel.shift(31)
    send_all()
    assert len(receiver.requests) == 4
    receiver.works()
    travel.shift(3600)
    send_all()
    assert set(delivery_states(webhook)) == {"sent"}
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.rest_until) == (0, None)


@pytest.mark.slow
def test_an_hour_without_a_receiver_loses_and_reorders_nothing(people, receiver, add, travel):
    webhook, _ = add(kinds=["status"])
    some = [make_partnership(f"Work {n}", lead=people.office, parties=[party(people.office, "lead")]) for n in range(3)]
    travel.shift(60)
    receiver.fails()
    for minute in range(0, 60, 5):
        save_fields(some[minute % 3], status="active" if minute % 2 else "paused")
        send_all()
        travel.shift(300)
    planned = webhook.deliveries.count()
    receiver.works()
    receiver.requests.clear()
    for _ in range(4):
        send_all()
        travel.shift(3600)
    assert set(delivery_states(webhook)) == {"sent"}
    came = [one.id for one in receiver.requests]
    assert len(came) == len(set(came)) == planned
    rows = webhook.deliveries.order_by("pk")
    for one in some:
        ids = [f"msg_{row.message_id.hex}" for row in rows if row.record_id == one.pk]
        assert [found for found in came if found in ids] == ids


def test_two_live_secrets_sign_until_the_old_one_ends(people, partnership, receiver, add, travel):
    webhook, old = add(kinds=["status"])
    webhook, new = actions.replace_secret(by=people.manager, webhook=webhook, overlap_days=1)
    actions.send_test(by=people.manager, webhook=webhook)
    send_all()
    travel.shift(25 * 3600)
    actions.send_test(by=people.manager, webhook=webhook)
    send_all()
    first, second = receiver.requests
    assert (is_signed(first, old), is_signed(first, new)) == (True, True)
    assert (is_signed(second, old), is_signed(second, new)) == (False, True)


def test_a_test_message_is_tried_once(people, office, receiver, add, travel):
    webhook, secret = add()
    receiver.fails()
    actions.send_test(by=people.manager, webhook=webhook)
    for _ in range(2):
        send_all()
        travel.shift(3600)
    (received,) = receiver.requests
    assert (received.json["type"], is_signed(received, secret)) == ("webhook.test", True)
    webhook.refresh_from_db()
    assert (delivery_states(webhook), webhook.failures, webhook.paused_at) == (["failed"], 0, None)


def test_sending_again_keeps_the_id(people, partnership, receiver, add, travel):
    webhook, _ = add(kinds=["status"])
    travel.shift(60)
    save_fields(partnership, status="paused")
    send_all()
    row = webhook.deliveries.get()
    assert actions.send_again(by=people.manager, webhook_delivery=row)
    assert not actions.send_again(by=people.manager, webhook_delivery=row)
    send_all()
    first, again = receiver.requests
    assert (first.id, first.body) == (again.id, again.body)
    assert delivery_states(webhook) == ["sent"]


def test_while_paused_changes_wait_for_three_days(people, partnership, receiver, add, travel):
    webhook, _ = add(kinds=["status"])
    travel.shift(60)
    assert actions.pause_webhook(by=people.manager, webhook=webhook)
    assert not actions.pause_webhook(by=people.manager, webhook=webhook)
    save_fields(partnership, status="paused")
    send_all()
    travel.shift(2 * 86400)
    save_fields(partnership, status="active")
    send_all()
    travel.shift(2 * 86400)
    save_fields(partnership, status="paused")
    send_all()
    assert (receiver.requests, Email.objects.filter(kind="webhook_paused").count()) == ([], 0)
    assert actions.resume_webhook(by=people.manager, webhook=webhook)
    send_all()
    rows = webhook.deliveries.order_by("pk").values_list("state", "answer")
    # The last one was planned more than three days after the pause began, so only when it was resumed, from the log of
    # the last minutes.
    assert list(rows)[:2] == [("not_sent", delivery.PAUSED_TOO_LONG), ("sent", "ok")]
    assert len(receiver.requests) == len(rows) - 1


def test_the_log_is_kept_for_fourteen_days(partnership, receiver, add, travel):
    add(kinds=["status"])
    travel.shift(60)
    save_fields(partnership, status="paused")
    send_all()
    travel.shift(14 * 86400 - 60)
    delivery.delete_expired()
    assert WebhookDelivery.objects.count() == 1
    travel.shift(120)
    delivery.delete_expired()
    assert WebhookDelivery.objects.count() == 0


def test_draft_that_is_no_longer_shared(people, receiver, add, travel):
    """News of drafts go to the lead's own office alone, whether they are shared or not."""
    Membership.objects.create(person=people.manager, organization=people.organization, role="manager")
    add(people.organization, rights="members", reach="all")
    draft = make_partnership("Early", lead=people.office, published=False, parties=[party(people.office, "lead")])
    share_draft(partnership=draft, by=SYSTEM, body=people.organization)
    travel.shift(60)
    save_fields(draft, summary="Still early")
    send_all()
    unshare_draft(partnership=draft, by=SYSTEM, share=draft.shares.get())
    send_all()
    assert receiver.requests == []


def test_neither_secret_nor_address_is_logged(partnership, receiver, add, travel, caplog):
    webhook, secret = add(url=receiver.url + "/T0/secret-path")
    travel.shift(60)
    save_fields(partnership, status="paused")
    with caplog.at_level(logging.DEBUG):
        receiver.fails()
        send_all()
        webhook = Webhook.objects.get()
        receiver.server.shutdown()
        receiver.server.server_close()
        travel.shift(60)
        send_all()
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.status) == (2, None)
    kept = [caplog.text, row.payload, row.answer, str(list(Change.objects.values_list("before", "after")))]
    for text in (secret, webhook.seed, "secret-path"):
        assert not any(text in one for one in kept)


@pytest.mark.both
def test_a_webhook_that_one_worker_holds_is_left_alone(partnership, receiver, add, travel):
    add(kinds=["status"])
    travel.shift(60)
    save_fields(partnership, status="paused")
    delivery.plan_due()
    held = delivery._claim_webhook(clock.now())
    assert (held is None, delivery.send_due()) == (False, 0)
    travel.shift(200)
    assert delivery.send_due() == 1
    assert not delivery._keep_lease(held, clock.now())
    assert len(receiver.requests) == 1


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_each_message_once(people, partnership, receiver, add):
    webhooks = [add(kinds=["status"], name=f"Hook {n}")[0] for n in range(3)]
    for number in range(6):
        save_fields(partnership, status="active" if number % 2 else "paused")
    delivery.plan_due()

    def work():
        try:
            while delivery.send_due():
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(one.id for one in receiver.requests) == sorted(
        f"msg_{row.message_id.hex}" for row in WebhookDelivery.objects.all()
    )
    assert WebhookDelivery.objects.filter(state="sent").count() == 18
    for webhook in webhooks:
        ids = [f"msg_{row.message_id.hex}" for row in webhook.deliveries.order_by("pk")]
        assert [one.id for one in receiver.requests if one.id in ids] == ids


def test_the_task_plans_and_sends_in_one_thread_of_a_process(partnership, receiver, add, travel):
    add(kinds=["status"])
    travel.shift(60)
    save_fields(partnership, status="paused")
    with tasks._sending_webhooks:
        tasks.send_webhooks()
    assert receiver.requests == []
    tasks.send_webhooks()
    assert receiver.texts() == ["It is paused now."]


def test_many_hidden_changes_cost_one_query_a_webhook(people, office, add, travel, django_assert_max_num_queries):
    add(reach="all")
    travel.shift(60)
    draft = make_partnership("Early", lead=people.other_office, published=False, parties=[party(office, "lead")])
    for number in range(10):
        save_fields(draft, summary=f"Words {number}")
    with django_assert_max_num_queries(25):
        delivery.plan_due()


def test_a_message_that_can_not_be_written_keeps_no_other(
    people, partnership, receiver, add, travel, monkeypatch, caplog
):
    webhook, _ = add(kinds=["status"])
    second = make_partnership("Second", lead=people.office, parties=[party(people.office, "lead")])
    travel.shift(60)
    save_fields(partnership, status="paused")
    save_fields(second, status="paused")
    write, secret = payloads.of_news, ("a", "secret", "word")

    def breaks(format, news, at):
        if news.title != "Second":
            raise KeyError(" ".join(secret))
        return write(format, news, at)

    monkeypatch.setattr(payloads, "of_news", breaks)
    send_all()
    assert [one.json["data"]["record"]["title"] for one in receiver.requests] == ["Second"]
    broken = webhook.deliveries.get(record_id=partnership.pk)
    assert (broken.state, broken.answer) == ("waiting", "We couldn’t write this message (KeyError).")
    assert " ".join(secret) not in caplog.text
    monkeypatch.undo()
    travel.shift(60)
    send_all()
    assert delivery_states(webhook) == ["sent", "sent"]
