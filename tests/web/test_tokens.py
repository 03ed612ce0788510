"""The pages of one's own tokens: made with a form, shown once, listed, revoked, and never anyone else's."""

import re
from datetime import timedelta

import pytest
import time_machine

from partnerships.accounts.token_actions import MOST_LIVE, make_token, revoke_token
from partnerships.accounts.token_queries import tokens_of
from partnerships.core import clock
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.models import ApiToken, Change, Membership

pytestmark = pytest.mark.django_db
LIST, NEW = "/account/tokens/", "/account/tokens/new/"


@pytest.fixture
def editor(client, people):
    client.force_login(people.editor)
    return people.editor


def page_text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def secret_in(answer):
    return re.search(r"reg_[a-z2-7]{8}_[a-z2-7]{32}", answer.content.decode())


def test_a_token_is_made_shown_once_and_works(client, editor, people):
    office = editor.memberships.get()
    made = client.post(NEW, {"name": " Nightly  copy ", "memberships": [office.pk], "days": "30"})
    secret = secret_in(made)[0]
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.person, token.scope, list(token.memberships.all())) == (editor, "bodies", [office])
    assert token.expires_at - token.made_at == timedelta(days=30)
    assert (token.revoked_at, token.last_used_at) == (None, None)
    assert client.get("/api/v1/", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    for path in (LIST, NEW, "/account/", "/", f"{LIST}{token.pk}/revoke/"):
        page = client.get(path)
        assert (page.status_code, secret.rpartition("_")[2] in page.content.decode()) == (200, False)
    row = page_text(client.get(LIST))
    assert f"reg_{token.prefix}…" in row
    assert "Published records What you may read of City of Minneapolis" in row
    assert "Last used Not yet" not in row


def test_the_form_loaded_again_makes_no_second_one_and_shows_nothing(client, editor):
    sent = {"name": "Copy", "days": "30"}
    assert secret_in(client.post(NEW, sent))
    again = client.post(NEW, sent)
    assert (again.status_code, secret_in(again), ApiToken.objects.count()) == (422, None, 1)
    assert "You already have a token with this name." in page_text(again)
    assert 'value="Copy"' in again.content.decode()


def test_without_organizations_it_reads_published_records(client, editor, people):
    client.post(NEW, {"name": "Public", "days": "1"})
    assert [(t.scope, list(t.memberships.all())) for t in tokens_of(editor)] == [("public", [])]
    client.force_login(people.stranger)
    assert "What else it can read" not in page_text(client.get(NEW))
    assert client.post(NEW, {"name": "Public", "days": "1"}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"name": ""}, "Name: Enter a value."),
        ({"name": "x" * 81}, "The limit is 80."),
        ({"name": "a\x00b"}, "can’t save"),
        ({"days": ""}, "Days until it expires: Enter a value."),
        ({"days": "0"}, "This is too low. Enter 1 or more."),
        ({"days": "367"}, "This is too high. Enter 366 or less."),
        ({"days": "soon"}, "Enter a whole number."),
        ({"memberships": ["x"]}, "Choose from the options."),
    ],
)
def test_invalid_values_are_refused_and_stay_typed(client, editor, typed, error):
    answer = client.post(NEW, {"name": "Copy", "days": "30"} | typed)
    assert (answer.status_code, ApiToken.objects.count()) == (422, 0)
    assert error in page_text(answer)
    assert "name" in typed or 'value="Copy"' in answer.content.decode()


def test_another_persons_membership_cannot_be_picked(client, editor, people):
    other = people.other_editor.memberships.get()
    answer = client.post(NEW, {"name": "Copy", "days": "30", "memberships": [other.pk]})
    assert (answer.status_code, ApiToken.objects.count()) == (422, 0)
    with pytest.raises(ValidationError, match="Choose from the options"):
        make_token(by=editor, name="Copy", days=30, memberships=[other])
    for days in (0, 367, -1):
        with pytest.raises(ValidationError, match="from 1 to 366"):
            make_token(by=editor, name="Copy", days=days)
    assert ApiToken.objects.count() == 0


def test_so_many_at_once_and_no_more(client, editor):
    for number in range(MOST_LIVE):
        make_token(by=editor, name=f"Copy {number}", days=30)
    answer = client.post(NEW, {"name": "One more", "days": "30"})
    assert (answer.status_code, ApiToken.objects.count()) == (422, MOST_LIVE)
    assert "You have 20 tokens." in page_text(answer)
    revoke_token(by=editor, token=tokens_of(editor)[0])
    assert client.post(NEW, {"name": "One more", "days": "30"}).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=31)):
        client.force_login(editor)
        assert client.post(NEW, {"name": "One more", "days": "30"}).status_code == 200


def test_revoking_asks_first_and_can_be_sent_twice(client, editor):
    token, secret = make_token(by=editor, name="Copy", days=30)
    address = f"{LIST}{token.pk}/revoke/"
    assert "You can’t undo this." in page_text(client.get(address))
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "“Copy” no longer works." in page_text(client.post(address, follow=True))
    at = ApiToken.objects.get().revoked_at
    assert "It was already revoked." in page_text(client.post(address, follow=True))
    assert ApiToken.objects.get().revoked_at == at
    assert client.get("/api/v1/", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    assert "Revoked" in page_text(client.get(LIST))


def test_another_persons_token_is_nowhere(client, editor, people):
    token, secret = make_token(by=people.other_editor, name="Canary", days=30)
    address = f"{LIST}{token.pk}/revoke/"
    missing = client.get(f"{LIST}987654321/revoke/")
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert client.post(f"{LIST}{2**70}/revoke/").status_code == 404
    assert "Canary" not in page_text(client.get(LIST))
    with pytest.raises(NotAllowed):
        revoke_token(by=people.administrator, token=token)
    assert client.get("/api/v1/", headers={"authorization": f"Bearer {secret}"}).status_code == 200


def test_an_organization_that_one_left_is_no_longer_listed(client, editor, people):
    make_token(by=editor, name="Copy", days=30, memberships=editor.memberships.all())
    Membership.objects.filter(person=editor).delete()
    assert "No office or organization anymore" in page_text(client.get(LIST))


def test_the_log_says_that_it_was_made_and_revoked_and_nothing_of_its_secret(client, people, editor):
    office = editor.memberships.get()
    token, secret = make_token(by=editor, name="Nightly copy", memberships=[office], days=30)
    assert (revoke_token(by=editor, token=token), revoke_token(by=editor, token=token)) == (True, False)
    revoked, made = Change.objects.filter(record_type="person", record_id=editor.pk)
    expected = {
        "name": "Nightly copy",
        "scope": "bodies",
        "bodies": [people.office.public_id],
        "ends": token.expires_at.isoformat(),
    }
    assert (made.verb, made.by, made.before, made.after) == ("token", editor, {}, expected)
    assert (revoked.verb, revoked.by, revoked.before, revoked.after) == ("untoken", editor, expected, {})
    log = str(list(Change.objects.values()))
    assert not [part for part in [*secret.split("_")[1:], token.digest] if part in log]
    client.force_login(people.administrator)
    assert "Editor created an API token" in page_text(client.get(f"/people/{editor.pk}/"))


def test_a_token_for_some_lists_and_addresses(client, editor):
    sent = {"name": "Copy", "days": "30", "reads": ["meetings", "action-items"], "writes": ["action-items"],
        "memberships": [editor.memberships.get().pk], "addresses": "192.0.2.7\n 198.51.100.0/24"}  # fmt: skip
    assert secret_in(client.post(NEW, sent))
    token = ApiToken.objects.get()
    assert (token.reads, token.addresses) == (["action-items", "meetings"], ["192.0.2.7/32", "198.51.100.0/24"])
    row = page_text(client.get(LIST))
    assert "Only the lists Action items, Meetings" in row
    assert "Action-items" not in row
    assert "Only from 192.0.2.7/32, 198.51.100.0/24" in row
    wrong = client.post(NEW, sent | {"name": "Other", "addresses": "the office"})
    assert (wrong.status_code, ApiToken.objects.count()) == (422, 1)
    assert "Enter IP addresses or networks" in page_text(wrong)


def test_a_secret_is_replaced_and_shown_once(client, editor):
    token, old = make_token(by=editor, name="Copy", days=30)
    address = f"{LIST}{token.pk}/replace/"
    assert "Replace the secret of “Copy”" in page_text(client.get(address))
    assert client.post(address, {"overlap_days": "8"}).status_code == 422
    made = client.post(address, {"overlap_days": "1"})
    secret = secret_in(made)[0]
    assert (made.status_code, secret == old) == (200, False)
    for one in (old, secret):
        assert client.get("/api/v1/", headers={"authorization": f"Bearer {one}"}).status_code == 200
    assert Change.objects.filter(verb="retoken", record_id=editor.pk).count() == 1
    for path in (LIST, address):
        assert secret.rpartition("_")[2] not in client.get(path).content.decode()
    revoke_token(by=editor, token=token)
    assert client.get(address).status_code == 404
