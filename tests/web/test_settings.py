"""The settings of an office, set by its managers: days to reply, and retention. Edits at the same time don't overwrite."""

import re

import pytest
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.models import Change, Membership, RetentionRule
from partnerships.records import retention
from partnerships.registry import remarks
from tests.browser.forms import values
from tests.factories import make_partnership
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def office(people):
    Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
    return people.office


def page_of(office):
    return f"/jurisdictions/{office.public_id}/keeping/"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def form(client, office, **typed):
    return values(client.get(page_of(office)).content.decode()) | typed


def page_text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_what_is_refused_keeps_what_was_typed_and_sets_nothing(people, office):
    client = signed_in(people.manager)
    for typed in ({"claims": "5"}, {"reply_days": "0"}, {"reply_days": "91"}, {"reply_days": ""}):
        answer = client.post(page_of(office), form(client, office, letters="90") | typed)
        assert answer.status_code == 422, typed
        assert 'value="90"' in answer.content.decode()
        assert all(f'value="{number}"' in answer.content.decode() for number in typed.values() if number)
    assert not RetentionRule.objects.exists()
    assert client.post(page_of(office), form(client, office, letters="90")).status_code == 302
    assert list(RetentionRule.objects.values_list("kind", "days")) == [("letters", 90)]


def test_the_days_to_reply_hold_for_the_next_statement(people, office):
    client, record = signed_in(people.manager), make_partnership(lead=office)
    before = remarks.show_remark(partnership=record, by=SYSTEM, text="Kept in time.")
    assert client.post(page_of(office), form(client, office, reply_days="30")).status_code == 302
    after = remarks.show_remark(partnership=record, by=SYSTEM, text="Paid in time.")
    before.refresh_from_db()
    assert (after.public_on - before.public_on).days == 30 - 14


def test_the_log_says_who_set_what(people, office):
    client = signed_in(people.manager)
    client.post(page_of(office), form(client, office, reply_days="21", claims="365", letters="90"))
    client.post(page_of(office), form(client, office, claims=""))
    client.post(page_of(office), form(client, office))  # unchanged, so there's no message
    log = Change.objects.filter(record_type="jurisdiction", record_id=office.pk).exclude(verb="create")
    assert [(entry.verb, entry.by, entry.before, entry.after) for entry in log] == [
        ("keeping", people.manager, {"claims": 365}, {"claims": None}),
        ("keeping", people.manager, {"claims": None, "letters": None}, {"claims": 365, "letters": 90}),
        ("update", people.manager, {"reply_days": 14}, {"reply_days": 21}),
    ]
    assert "Manager changed the retention settings" in page_text(client.get(page_of(office)))


def test_only_those_who_manage_the_office_set_anything(people, office):
    for by in (people.editor, people.reader, people.other_editor, people.partner):
        with pytest.raises(NotAllowed):
            retention.set_rules(jurisdiction=office, by=by, days={"reply_days": 30})
        assert signed_in(by).post(page_of(office), {"reply_days": "30"}).status_code == 403
        assert "Settings" not in page_text(signed_in(by).get(f"/jurisdictions/{office.public_id}/"))
    with pytest.raises(ValidationError):
        retention.set_rules(jurisdiction=office, by=people.manager, days={"reply_days": 0})
    office.refresh_from_db()
    assert office.reply_days == 14


def test_two_managers_who_save_at_once_see_both_and_lose_nothing(people, office):
    client = signed_in(people.manager)
    submitted = form(client, office, claims="365", letters="90")
    saved = {"claims": 100, "suggestions": 200, "reply_days": 21}
    retention.set_rules(jurisdiction=office, by=people.administrator, days=saved)
    answer = client.post(page_of(office), submitted)
    shown = page_text(answer)
    assert (answer.status_code, "Administrator saved this record" in shown) == (409, True)
    assert [clash["name"] for clash in answer.context["conflict"].clashes] == ["choose-claims"]
    assert answer.context["conflict"].theirs == {"suggestions", "reply_days"}
    assert retention.settings_of(office)["claims"] == 100
    again = values(answer.content.decode())
    assert client.post(page_of(office), again | {"choose-claims": "theirs"}).status_code == 302
    office.refresh_from_db()
    kept = {name: days for name, days in retention.settings_of(office).items() if days}
    assert kept == {"reply_days": 21, "claims": 100, "suggestions": 200, "letters": 90}


@pytest.mark.parametrize("seen", ["", "no json", "[1]", '{"claims": []}', "null"])
def test_a_form_that_was_tampered_with_is_asked_again(people, office, seen):
    client = signed_in(people.manager)
    answer = client.post(page_of(office), form(client, office, letters="90", seen=seen))
    assert (answer.status_code, RetentionRule.objects.count()) == (409, 0)
    assert client.post(page_of(office), values(answer.content.decode())).status_code == 302
    assert list(RetentionRule.objects.values_list("kind", "days")) == [("letters", 90)]
