"""Pages of partnerships, edit pages and the API take the same number of queries for one row as for three.

tests/web/test_pages_query_counts.py has the other pages, and bench/figures/qp7.py tries all of both.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.accounts.token_actions import make_token, record_use
from partnerships.api.resources import RESOURCES
from tests.browser.forms import values
from tests.people import make_people
from tests.posting import taken_back
from tests.snapshots import snapshot_of
from tests.web import test_pages_query_counts as pages
from tests.web.counted_world import CountedWorld
from tests.world import make_file

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("generous_limits")]

STRANGER = {
    "partnerships": 4,
    "partnerships, searched": 9,
    "partnerships, filtered": 8,
    "partnerships_csv": 1,
    "partnerships_atom": 2,
    "partnership": 5,
    "organizations, searched": 7,
    "developers": 2,
}
STAFF = {
    "partnerships": 13,
    "partnerships, filtered": 16,
    "partnerships_csv": 5,
    "partnership": 17,
    "partnership_new": 16,
    "partnership_new, who is needed": 17,
    "partnership_edit": 21,
    "partnership_partners_edit": 14,
    "partner_new": 11,
    "partner_edit": 10,
    "partnership_publish": 7,
    "partnership_end": 6,
    "organization_edit": 22,
    "meeting_new": 14,
    "meeting_edit": 12,
    "account": 12,
}
API_STRANGER = {
    "list of partnerships": 1,
    "list of partnerships, filtered": 4,
    "list of organizations": 7,
    "list of jurisdictions": 8,
    "list of departments": 4,
    "list of issue-areas": 2,
    "list of meetings": 3,
    "one of partnerships": 1,
    "one of organizations": 7,
    "one of jurisdictions": 6,
    "one of departments": 3,
    "one of issue-areas": 2,
    "one of meetings": 2,
}
# Only the figure tries these: in a test's own transaction, PostgreSQL has nothing to pull yet.
API_PULLED = {"list of partnerships, pulled": 2, "list of organizations, pulled": 8}
API_STAFF = {
    "list of partnerships": 7,
    "one of partnerships": 6,
    "list of organizations": 11,
    "list of meetings": 6,
}
# With a token: the token, its person and its memberships, instead of session, person and memberships.
API_TOKEN = API_STAFF
API_PUBLIC_TOKEN = {"list of partnerships": 3, "one of partnerships": 3, "list of organizations": 9}


def addresses(world):
    own, lead = [world.partnership.public_id], world.people.office.public_id
    found = {name: reverse(name, args=own) for name in ("partnership", "partnership_edit", "partnership_publish")}
    found |= {name: reverse(name, args=own) for name in ("partnership_partners_edit", "partnership_end", "meeting_new")}
    found |= {
        "partner_new": reverse("partner_new", args=own),
        "partner_edit": reverse("partner_edit", args=[*own, world.people.office.public_id]),
    }
    found |= {name: reverse(name) for name in ("partnerships", "partnerships_csv", "partnerships_atom")}
    found |= {name: reverse(name) for name in ("developers", "account")}
    return found | {
        "partnerships, searched": "/partnerships/?q=neighborhood+coalition",
        "partnerships, filtered": "/partnerships/?issue=housing&side=community",
        "organizations, searched": "/organizations/?q=neighborhood+coalition",
        "partnership_new": reverse("partnership_new") + "?kind=contract",
        "partnership_new, who is needed": f"{reverse('partnership_new')}?purpose=learning&lead={lead}",
        "organization_edit": reverse("organization_edit", args=[world.organization.public_id]),
        "meeting_edit": reverse("meeting_edit", args=[world.meeting.public_id]),
    }


def api_addresses(world):
    records = {
        "partnerships": world.partnership,
        "organizations": world.organization,
        "jurisdictions": world.people.office,
        "departments": world.department,
        "issue-areas": world.area,
        "meetings": world.meeting,
    }
    found = {f"list of {path}": f"/api/v1/{path}/" for path in RESOURCES}
    found |= {
        f"list of {path}, pulled": f"/api/v1/{path}/?updated_since=start"
        for path, viewset in RESOURCES.items()
        if viewset.is_in_sync
    }
    found["list of partnerships, filtered"] = "/api/v1/partnerships/?issue=housing&side=community"
    return found | {f"one of {path}": f"/api/v1/{path}/{record.public_id}/" for path, record in records.items()}


CASES = {
    "pages, stranger": (addresses, "", STRANGER),
    "pages, editor": (addresses, "editor", STAFF),
    "API, stranger": (api_addresses, "", API_STRANGER),
    "API, editor": (api_addresses, "editor", API_STAFF),
    "API, token": (api_addresses, "token", API_TOKEN),
    "API, public token": (api_addresses, "public token", API_PUBLIC_TOKEN),
}
# Everything that the figure tries, with the pages of tests/web/test_pages_query_counts.py.
ALL = [
    *CASES.values(),
    (api_addresses, "", API_PULLED),
    (pages.addresses, "", pages.STRANGER),
    (pages.addresses, "editor", pages.STAFF),
]


def visitor(people, role):
    """A client of a stranger (“”), of someone signed in, or of the editor's token, which was used just before."""
    if "token" not in role:
        client = Client()
        if role:
            client.force_login(getattr(people, role))
        return client
    memberships = people.editor.memberships.all() if role == "token" else ()
    token, secret = make_token(by=people.editor, name=role, memberships=memberships, days=30)
    record_use(token)
    return Client(headers={"authorization": f"Bearer {secret}"})


def questions(world, client, where, literals):
    urls = where(world)
    return pages.questions(client, {name: urls[name] for name in literals})


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_depend_on_rows(people, rows):
    world = snapshot_of(CountedWorld, people, rows)
    wrong = []
    for case, (where, role, literals) in CASES.items():
        asked = questions(world, visitor(people, role), where, literals)
        wrong += [(case, name, n, literals[name]) for name, n in asked.items() if n != literals[name]]
    assert wrong == []


def figure():
    """Return for bench/figures/qp7.py how many pages and addresses there are, and those whose count is wrong or grows."""
    pages.show_whole_outbox()
    world, wrong, visitors = CountedWorld(make_people(), 1), [], {}
    for rows in (1, 3):
        visitors = {role: visitors.get(role) or visitor(world.people, role) for _, role, _ in ALL}
        for where, role, literals in ALL:
            asked = questions(world, visitors[role], where, literals)
            reader = role or "stranger"
            wrong += [f"{reader} {k} with {rows}: {n}, not {literals[k]}" for k, n in asked.items() if n != literals[k]]
        for i in (1, 2) if rows == 1 else ():
            world.add(i, world.people.office)
        world.file = make_file(world.people.editor, "")  # new seats have ended the editor's right to the first one
    return {"tried": sum(len(literals) for _, _, literals in ALL), "wrong": wrong}


# The queries of a save, for the form as it was with another text in one field. Three of them come from the form's key:
# the row that makes the form count once, and the start and end of the transaction around the view.
SAVES = {
    "partnership_edit": ("summary", 86),
    "organization_edit": ("aims", 48),
    "meeting_edit": ("place", 53),
}
# Rows of a visit or a form, which aren't part of the record.
OF_THE_FORM = ("django_session", "partnerships_submittedform")


def asked_by_a_save(people, url, **changed):
    """The SQL of the save of this form by the editor, with this change. The save is rolled back."""
    with taken_back():
        client = visitor(people, "editor")
        sent = values(client.get(url).content.decode()) | changed
        with CaptureQueriesContext(connection) as queries:
            assert client.post(url, sent).status_code == 302
    return [query["sql"] for query in queries]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 3])
def test_a_save_asks_as_often_whatever_the_rows(people, rows):
    urls = addresses(snapshot_of(CountedWorld, people, rows))
    asked = {
        page: len(asked_by_a_save(people, urls[page], **{field: "Another text"})) for page, (field, _) in SAVES.items()
    }
    assert asked == {page: literal for page, (_, literal) in SAVES.items()}


@pytest.mark.slow
def test_a_save_without_changes_writes_nothing(people):
    urls = addresses(snapshot_of(CountedWorld, people, 1))
    for page in SAVES:
        asked = asked_by_a_save(people, urls[page])
        written = [sql for sql in asked if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if not any(table in sql for table in OF_THE_FORM)] == [], page
