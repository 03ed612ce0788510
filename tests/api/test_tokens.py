"""A token reads what its person may, from the next request on, and only the caller ever has its secret."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from partnerships.accounts.choices import Readable
from partnerships.accounts.token_actions import make_token, replace_secret, revoke_token
from partnerships.api.resources import RESOURCES
from partnerships.core import clock, ids
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.models import ApiToken, Membership
from tests import factories
from tests.api.test_errors import problem
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_token():
    """Return a function that requests addresses below /api/v1/ with this secret. `headers`: additional headers."""

    def ask(secret, path="partnerships/", client=None, **headers):
        return (client or Client()).get(f"/api/v1/{path}", headers={"authorization": f"Bearer {secret}"} | headers)

    return ask


@snapshot_fixture
def drafts(people):
    """Title → draft, one of each of two offices."""
    offices = {"Ours": people.office, "Theirs": people.other_office}
    return {title: factories.make_partnership(title, lead=lead, published=False) for title, lead in offices.items()}


def new_token(person, *memberships, **fields):
    return make_token(by=person, **({"name": "Copy", "days": 30} | fields), memberships=memberships)


def membership_of(person, **body):
    return person.memberships.get(**body)


def titles(answer):
    assert answer.status_code == 200, answer.content
    return {row["title"] for row in answer.json()["results"]}


@pytest.fixture
def member_of_both(people, drafts):
    """The editor, who is also a viewer at the other office."""
    Membership.objects.create(person=people.editor, jurisdiction=people.other_office, role="reader")
    return people.editor


def test_it_reads_the_organizations_that_it_names_and_no_others(by_token, member_of_both, people):
    _, none = new_token(member_of_both, name="Public")
    _, ours = new_token(member_of_both, membership_of(member_of_both, jurisdiction=people.office), name="One")
    _, both = new_token(member_of_both, *member_of_both.memberships.all(), name="Both")
    assert titles(by_token(none)) == set()
    assert titles(by_token(ours)) == {"Ours"}
    assert titles(by_token(both)) == {"Ours", "Theirs"}
    assert titles(by_token(ours, "partnerships/?draft=yes")) == {"Ours"}
    problem(by_token(none, "partnerships/?draft=yes"), 400, "unknown_parameter")


def test_another_bodys_draft_is_a_missing_record(by_token, member_of_both, drafts, people):
    _, secret = new_token(member_of_both, membership_of(member_of_both, jurisdiction=people.office))
    assert by_token(secret, f"partnerships/{drafts['Ours'].public_id}/").status_code == 200
    hidden = by_token(secret, f"partnerships/{drafts['Theirs'].public_id}/")
    missing = by_token(secret, f"partnerships/{ids.from_body('P', '000000')}/")
    problem(hidden, 404, "not_found")
    assert hidden.content == missing.content


def test_who_leaves_an_organization_leaves_it_with_every_token(by_token, member_of_both, people):
    _, secret = new_token(member_of_both, *member_of_both.memberships.all())
    assert titles(by_token(secret)) == {"Ours", "Theirs"}
    membership_of(member_of_both, jurisdiction=people.office).delete()
    assert titles(by_token(secret)) == {"Theirs"}
    member_of_both.memberships.all().delete()
    assert titles(by_token(secret)) == set()
    problem(by_token(secret, "partnerships/?draft=yes"), 400, "unknown_parameter")
    Membership.objects.create(person=member_of_both, jurisdiction=people.office, role="editor")
    assert titles(by_token(secret)) == set()  # a new role doesn't renew a token


def test_a_membership_that_is_handed_on_takes_nothing_along(by_token, member_of_both, people):
    _, secret = new_token(member_of_both, membership_of(member_of_both, jurisdiction=people.office))
    Membership.objects.filter(person=member_of_both, jurisdiction=people.office).update(person=people.stranger)
    assert titles(by_token(secret)) == set()


def test_an_administrators_token_is_no_administrator(by_token, drafts, people):
    admin = people.administrator
    _, plain = new_token(admin, name="Plain")
    membership = Membership.objects.create(person=admin, jurisdiction=people.office, role="reader")
    _, secret = new_token(admin, membership, name="Office")
    assert titles(by_token(plain)) == set()
    assert titles(by_token(secret)) == {"Ours"}
    hidden = factories.make_organization("Canary", "unlisted", kept_by=people.other_office)
    assert by_token(secret, f"organizations/{hidden.public_id}/").status_code == 404
    assert type(admin).objects.get(pk=admin.pk).is_administrator


def test_a_member_reads_what_an_organization_keeps_to_itself(by_token, people):
    hidden = factories.make_organization("Quiet", "unlisted", kept_by=people.office)
    membership = Membership.objects.create(person=people.stranger, organization=hidden, role="reader")
    work = factories.make_partnership(
        parties=[factories.party(people.office, "lead"), factories.party(hidden, "member")]
    )
    _, none = new_token(people.stranger, name="Public")
    _, secret = new_token(people.stranger, membership, name="Member")
    for token, status, parties in ((none, 404, 1), (secret, 200, 2)):
        assert by_token(token, f"organizations/{hidden.public_id}/").status_code == status
        assert len(by_token(token, f"partnerships/{work.public_id}/").json()["parties"]) == parties


def refusal(answer):
    problem(answer, 401, "bad_token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Partnership Registry"'
    return answer.content, dict(answer.headers)


def test_whatever_is_wrong_with_a_token_the_next_request_gets_the_same_refusal(by_token, people):
    office = membership_of(people.editor, jurisdiction=people.office)
    secrets = {name: new_token(people.editor, office, name=name) for name in ("revoked", "expired", "suspended")}
    _, good = secrets["suspended"]
    for _, secret in secrets.values():
        assert by_token(secret).status_code == 200
    first, _ = secrets["revoked"]
    assert revoke_token(by=people.editor, token=first) is True
    assert by_token(good).status_code == 200
    found = {"revoked": refusal(by_token(secrets["revoked"][1]))}
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1)):
        cache.clear()
        found["expired"] = refusal(by_token(secrets["expired"][1]))
    type(people.editor).objects.filter(pk=people.editor.pk).update(is_active=False)
    found["suspended"] = refusal(by_token(good))
    other = "a" if good[-1] != "a" else "b"
    for name, header in {
        "mistyped": f"Bearer {good[:-1]}{other}",
        "unknown": f"Bearer reg_aaaaaaaa_{'a' * 32}",
        "short": "Bearer reg_",
        "odd": "Bearer \xff\x00 x",
        "upper": f"Bearer {good.upper()}",
        "none": "Bearer",
        "empty": "",
        "basic": "Basic dXNlcjpwYXNz",
        "bare": good,
        "long": f"Bearer {'x' * 20_000}",
        "twice": f"Bearer {good}, Bearer {good}",
    }.items():
        found[name] = refusal(Client().get("/api/v1/partnerships/", headers={"authorization": header}))
    assert {name for name, one in found.items() if one != found["revoked"]} == set()
    assert good not in found["suspended"][0].decode()


def test_the_last_second_of_a_token(by_token, people):
    with time_machine.travel(clock.now(), tick=False) as now:
        token, secret = new_token(people.editor)
        now.move_to(token.expires_at - timedelta(seconds=1))
        assert by_token(secret).status_code == 200
        now.move_to(token.expires_at)
        refusal(by_token(secret))


@pytest.mark.parametrize("path", ["", "openapi.yaml", "partnerships/", "meetings/M-000000-1/", "no/such/place/"])
def test_every_address_refuses_it(by_token, path):
    refusal(by_token("reg_x", path))


def test_a_bad_token_is_refused_before_a_cookie_helps(by_token, client, drafts, people):
    client.force_login(people.editor)
    refusal(by_token("reg_x", client=client))
    _, secret = new_token(people.editor)
    assert titles(by_token(secret, client=client)) == set()
    assert titles(client.get("/api/v1/partnerships/")) == {"Ours"}


def test_a_token_in_the_query_is_an_unknown_parameter(client, people):
    _, secret = new_token(people.editor)
    for name in ("token", "access_token", "api_key"):
        for path in ("partnerships/", "", f"partnerships/{factories.make_partnership().public_id}/"):
            found = problem(client.get(f"/api/v1/{path}?{name}={secret}"), 400, "unknown_parameter")
            assert ([error["parameter"] for error in found["errors"]], secret in str(found)) == ([name], False)


def test_answers_to_a_token_are_its_callers_alone(by_token, people):
    secrets = [
        new_token(people.editor, name="Public")[1],
        new_token(people.editor, *people.editor.memberships.all())[1],
    ]
    for secret in secrets:
        for path in ("", "partnerships/", "openapi.yaml"):
            answer = by_token(secret, path)
            assert (answer["Cache-Control"], "Set-Cookie" in answer) == ("private, no-store", False)
            assert "Authorization" in answer["Vary"]
            again = by_token(secret, path, **{"if-none-match": answer["ETag"]})
            assert (again.status_code, again["Cache-Control"]) == (304, "private, no-store")


def test_a_script_of_another_site_may_send_one(client):
    answer = client.options(
        "/api/v1/partnerships/",
        headers={"origin": "https://example.org", "access-control-request-headers": "authorization"},
    )
    assert (answer.status_code, "Authorization" in answer["Access-Control-Allow-Headers"]) == (204, True)
    assert "Access-Control-Allow-Credentials" not in answer


@time_machine.travel("2026-11-24T12:00:10Z", tick=False)  # each minute has its own count
def test_the_rate_is_the_persons_whichever_token_asks(by_token, client, settings, people):
    settings.API_RATE_ANONYMOUS, settings.API_RATE_PERSON = 2, 3
    one, other = new_token(people.editor, name="One")[1], new_token(people.editor, name="Other")[1]
    assert [by_token(secret).status_code for secret in (one, other, one, other)] == [200, 200, 200, 429]
    assert 1 <= int(by_token(one)["Retry-After"]) <= 60
    client.force_login(people.editor)
    assert client.get("/api/v1/").status_code == 429
    # Guesses count by IP address, and not against the person's own limit.
    cache.clear()
    assert [by_token("reg_guess").status_code for _ in range(3)] == [401, 401, 429]
    assert by_token(one).status_code == 200


@pytest.mark.both
def test_last_use_is_noted_once_an_hour(by_token, people):
    token, secret = new_token(people.editor)
    with time_machine.travel(clock.now(), tick=False) as now:
        first = clock.now()
        for passed, noted in ((0, first), (59, first), (60, first + timedelta(minutes=60))):
            now.move_to(first + timedelta(minutes=passed))
            assert by_token(secret).status_code == 200
            token.refresh_from_db()
            assert token.last_used_at == noted
        now.move_to(first + timedelta(hours=5))
        revoke_token(by=people.editor, token=token)
        refusal(by_token(secret))
        token.refresh_from_db()
        assert token.last_used_at == first + timedelta(minutes=60)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_busy_writer_delays_no_one(by_token, people):
    token, secret = new_token(people.editor)
    other, patience = connections.create_connection("default"), []

    def note_patience(execute, sql, *given):
        if other.vendor == "sqlite" and sql.startswith("UPDATE"):
            patience.extend(connection.connection.execute("PRAGMA busy_timeout").fetchone())
        return execute(sql, *given)

    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if other.vendor == "sqlite" else "BEGIN")
            with connection.execute_wrapper(note_patience):
                assert by_token(secret).status_code == 200
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    if other.vendor == "sqlite":
        token.refresh_from_db()
        assert (token.last_used_at, patience) == (None, [0])
    assert by_token(secret).status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_the_secret_is_written_nowhere(by_token, client, people, caplog):
    caplog.set_level(logging.DEBUG)
    _, secret = new_token(people.editor, *people.editor.memberships.all())
    client.force_login(people.editor)
    for path in ("partnerships/", "partnerships/?nonsense=1", "no/such/", "partnerships/P-000000-1/"):
        by_token(secret, path, client=client)
    by_token(secret + "x")
    random = secret.rpartition("_")[2]
    assert random not in caplog.text
    rows = [str(row) for row in ApiToken.objects.values()] + [session.session_data for session in Session.objects.all()]
    rows += [str(session.get_decoded()) for session in Session.objects.all()]
    assert [row for row in rows if random in row] == []


def test_it_reads_the_lists_that_it_is_for_and_no_other(by_token, member_of_both, drafts, people):
    _, secret = new_token(member_of_both, *member_of_both.memberships.all(), reads=["partnerships", "vocabularies"])
    assert titles(by_token(secret)) == {"Ours", "Theirs"}
    assert by_token(secret, f"partnerships/{drafts['Ours'].public_id}/").status_code == 200
    assert by_token(secret, "vocabularies/").status_code == 200
    assert {by_token(secret, path).status_code for path in ("", "openapi.yaml")} == {200}
    for path in ("organizations/", "meetings/?format=csv", f"organizations/{people.organization.public_id}/"):
        problem(by_token(secret, path), 403, "not_for_reading")
    (error,) = problem(by_token(secret, "partnerships/?include=lead"), 403, "not_for_reading")["errors"]
    assert error["parameter"] == "include"
    assert error["detail"] == "The rows name records of the list “jurisdictions”, which this token can’t read."
    hidden = by_token(secret, "organizations/G-000000-0/")
    assert hidden.content == by_token(secret, f"organizations/{people.organization.public_id}/").content
    assert set(Readable.values) == set(RESOURCES)


def test_it_has_to_read_what_it_changes(member_of_both):
    with pytest.raises(ValidationError) as refused:
        new_token(member_of_both, *member_of_both.memberships.all(), reads=["meetings"], writes=["organizations"])
    assert set(refused.value.error_dict) == {"reads"}


@pytest.mark.parametrize(
    ("addresses", "sender", "works"),
    [
        (["192.0.2.0/24"], "192.0.2.77", True),
        (["192.0.2.0/24"], "192.0.3.1", False),
        (["192.0.2.7", "2001:db8::/32"], "2001:db8:1::9", True),
        (["192.0.2.7", "2001:db8::/32"], "2001:db9::1", False),
        (["192.0.2.7"], "::ffff:192.0.2.7", True),
        (["192.0.2.7"], "nonsense", False),
        ([], "nonsense", True),
    ],
)
def test_it_works_from_the_addresses_that_it_is_for(by_token, people, addresses, sender, works):
    _, secret = new_token(people.editor, addresses=addresses)
    answer = by_token(secret, client=Client(REMOTE_ADDR=sender))
    if works:
        assert answer.status_code == 200
    else:
        assert refusal(answer) == refusal(by_token("reg_guess"))


def test_behind_a_proxy_the_sender_counts(by_token, people, settings):
    settings.TRUSTED_PROXIES = 1
    _, secret = new_token(people.editor, addresses=["192.0.2.7"])
    proxy = Client(REMOTE_ADDR="10.0.0.1")
    assert by_token(secret, client=proxy, **{"x-forwarded-for": "192.0.2.7"}).status_code == 200
    refusal(by_token(secret, client=proxy, **{"x-forwarded-for": "192.0.2.7, 203.0.113.5"}))


def test_addresses_that_are_none_are_refused(people):
    for wrong in ("office", "192.0.2.0/99", "300.1.1.1"):
        with pytest.raises(ValidationError) as refused:
            new_token(people.editor, addresses=[wrong])
        assert set(refused.value.error_dict) == {"addresses"}


def test_a_new_secret_and_the_old_one_for_a_while(by_token, people):
    with time_machine.travel(clock.now(), tick=False) as now:
        token, old = new_token(people.editor, membership_of(people.editor, jurisdiction=people.office), days=30)
        now.shift(timedelta(days=20))
        token, new = replace_secret(by=people.editor, token=token, overlap_days=2)
        assert [by_token(secret).status_code for secret in (old, new)] == [200, 200]
        now.shift(timedelta(days=2) - timedelta(seconds=1))
        assert by_token(old).status_code == 200
        now.shift(timedelta(seconds=1))
        assert refusal(by_token(old)) == refusal(by_token("reg_guess"))
        assert by_token(new).status_code == 200
        now.shift(timedelta(days=27))
        assert by_token(new).status_code == 200
        now.shift(timedelta(days=1))
        refusal(by_token(new))


def test_a_third_secret_ends_the_first_and_revoking_ends_all(by_token, people):
    token, first = new_token(people.editor)
    token, second = replace_secret(by=people.editor, token=token, overlap_days=7)
    token, third = replace_secret(by=people.editor, token=token, overlap_days=7)
    assert [by_token(secret).status_code for secret in (first, second, third)] == [401, 200, 200]
    token, fourth = replace_secret(by=people.editor, token=token, overlap_days=0)
    assert [by_token(secret).status_code for secret in (third, fourth)] == [401, 200]
    revoke_token(by=people.editor, token=token)
    refusal(by_token(fourth))
    with pytest.raises(NotFound):
        replace_secret(by=people.editor, token=token, overlap_days=0)
    with pytest.raises(NotAllowed):
        replace_secret(by=people.stranger, token=token, overlap_days=0)
