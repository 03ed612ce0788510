"""Who may cache an answer and for how long, and that withdrawn records disappear at once."""

import pytest

from partnerships.api.resources import RESOURCES
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.registry import actions as registry
from tests import factories
from tests.api.test_lists import NEVER_PUBLIC, make_all
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def one_of_each(people):
    make_all(1)


@pytest.mark.parametrize("path", [path for path in RESOURCES if path not in NEVER_PUBLIC])
def test_an_unchanged_answer_is_304(get, one_of_each, path):
    row = get(f"{path}/").json()["results"][0]
    for address in (f"{path}/", f"{path}/{row['id']}/", ""):
        first = get(address)
        assert first["ETag"].startswith('"')
        for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
            again = get(address, headers={"HTTP_IF_NONE_MATCH": tag})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
            assert again["Cache-Control"] == "no-cache"
        assert get(address, headers={"HTTP_IF_NONE_MATCH": '"other"'}).status_code == 200


def test_a_change_changes_the_tag(get):
    partnership = factories.make_partnership()
    address = f"partnerships/{partnership.public_id}/"
    tags = {get("partnerships/")["ETag"], get(address)["ETag"]}
    registry.save_partnership(partnership=partnership, by=SYSTEM, fields={"title": "Other"})
    assert not tags & {get("partnerships/")["ETag"], get(address)["ETag"]}


def test_answers_to_everyone_and_to_one(client, get, people):
    partnership = factories.make_partnership(lead=people.office)
    addresses = ("", "partnerships/", f"partnerships/{partnership.public_id}/", "organizations/")
    for address in addresses:
        answer = get(address)
        assert answer["Cache-Control"] == "no-cache"
        assert {"Accept-Encoding", "Authorization", "Cookie", "Sec-Fetch-Dest"} == {
            name.strip() for name in answer["Vary"].split(",")
        }
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert "Set-Cookie" not in answer
    client.force_login(people.reader)
    for address in addresses:
        answer = get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert "Access-Control-Allow-Credentials" not in answer


def test_a_cookie_that_signs_no_one_in_is_a_stranger(client, get, people):
    factories.make_partnership(lead=people.office, published=False)
    client.cookies["sessionid"] = "forged"
    answer = get("partnerships/")
    assert (answer.json()["results"], answer["Cache-Control"]) == ([], "no-cache")
    client.force_login(people.editor)
    assert len(get("partnerships/").json()["results"]) == 1
    type(people.editor).objects.filter(pk=people.editor.pk).update(is_active=False)
    assert get("partnerships/").json()["results"] == []


def test_a_preflight_is_answered_for_any_site(client):
    answer = client.options("/api/v1/agreements/", HTTP_ORIGIN="https://example.org")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer


# What a page of another website reads without being told (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name),
# and what is for its browser.
SAFE = {"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified"}
OF_THE_BROWSER = {
    "Content-Encoding", "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
    "Permissions-Policy", "Referrer-Policy", "Vary", "WWW-Authenticate", "X-Content-Type-Options", "X-Frame-Options",
}  # fmt: skip


def test_pages_of_other_websites_may_read_every_header(client, people, program, settings):
    group = factories.make_organization("Group", listing="profiled")
    sent = {"name": "New group", "side": "community", "kept_by": people.office.public_id}
    answers = [
        client.get("/api/v1/organizations/?page_size=1"),
        client.get(f"/api/v1/organizations/{group.public_id}/"),
        client.get("/api/v1/organizations/?format=csv"),
        client.post("/api/v1/agreements/"),
        program.send("POST", "organizations/", sent),
        program.send("POST", "organizations/?dry_run=yes", sent | {"name": "Other group"}),
    ]
    settings.API_RATE_ANONYMOUS = 0
    answers.append(client.get("/api/v1/organizations/"))
    assert [answer.status_code for answer in answers] == [200, 200, 200, 405, 201, 201, 429]
    shown = {name.strip() for name in answers[0]["Access-Control-Expose-Headers"].split(",")}
    hidden = SAFE | OF_THE_BROWSER
    found = {name for answer in answers for name in answer.headers if not name.startswith("Access-Control-")} - hidden
    assert found | {"Link"} == shown


def test_head_has_the_headers_and_no_body(client):
    factories.make_partnership()
    whole, head = client.get("/api/v1/partnerships/"), client.head("/api/v1/partnerships/")
    assert (head.content, head["ETag"], head["Content-Length"]) == (b"", whole["ETag"], str(len(whole.content)))


def test_staff_see_drafts_and_unlisted_parties_of_their_own(client, get, people):
    hidden = factories.make_organization("Canary", listing="unlisted", kept_by=people.office)
    parties = [factories.party(people.office, "lead"), factories.party(hidden, "member")]
    out = factories.make_partnership("Out", lead=people.office, parties=parties)
    draft = factories.make_partnership("Draft", lead=people.office, parties=parties, published=False)
    other = factories.make_partnership("Other's", lead=people.other_office)
    names = {p.public_id: len(p.parties.all()) for p in (out, draft)}
    client.force_login(people.reader)
    seen = {row["id"]: len(row["parties"]) for row in get("partnerships/").json()["results"]}
    assert seen == names | {other.public_id: 2}
    assert get(f"partnerships/{draft.public_id}/").json()["parties"][1]["name"] == "Canary"
    client.force_login(people.other_editor)
    seen = {row["id"]: len(row["parties"]) for row in get("partnerships/").json()["results"]}
    assert seen == {out.public_id: 1, other.public_id: 2}
    assert b"Canary" not in get("partnerships/").content + get(f"partnerships/{out.public_id}/").content


def test_what_is_withdrawn_is_gone_at_once(get, ids, people):
    group = factories.make_organization("Canary", listing="named")
    parties = [factories.party(people.office, "lead"), factories.party(group, "member", circle="co_designs")]
    partnership = factories.make_partnership(lead=people.office, parties=parties)
    meeting = factories.make_meeting(partnership, is_public=True)
    before = get("partnerships/")
    directory.save_organization(organization=group, by=SYSTEM, fields={"listing": "unlisted"})
    after = get("partnerships/", headers={"HTTP_IF_NONE_MATCH": before["ETag"]})
    assert (b"Canary" in before.content, after.status_code, b"Canary" in after.content) == (True, 200, False)
    assert get(f"organizations/{group.public_id}/").status_code == 404
    assert ids("partnerships/", q="canary") == []
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    assert ids("partnerships/") == ids("meetings/") == []
    assert get(f"partnerships/{partnership.public_id}/").status_code == 404
    assert get(f"meetings/{meeting.public_id}/").status_code == 404
