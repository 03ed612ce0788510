"""The fast path for a page of partnerships returns the same page as the list.

It does so for everyone, at every position, and in both directions.
"""

from urllib.parse import parse_qs, urlsplit

import pytest

from partnerships.models import DraftShare, Membership
from tests import factories
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def mixed(people):
    """Published partnerships, with records between them that some people see and others don't."""
    office, other = people.office, people.other_office
    department = factories.make_department(other)
    quiet, asked = (factories.make_organization(name, "unlisted", kept_by=other) for name in ("Quiet", "Asked"))
    lead = factories.make_jurisdiction("Somewhere else")
    for person, body in (("partner", {"organization": quiet}), ("stranger", {"department": department})):
        Membership.objects.create(person=getattr(people, person), role="reader", **body)
    factories.make_partnership("Own", lead=other)
    for led in (office, other):
        factories.make_partnership("Draft", lead=led, published=False)
    shared = []
    for number in range(3):  # no two shared drafts of a reader are neighbors
        factories.make_partnership("Plain", lead=lead)
        parties = [factories.party(lead, "lead"), factories.party(quiet if number == 1 else asked, "member")]
        factories.make_partnership("Seated", lead=lead, parties=parties)
        shared.append(factories.make_partnership("Shared", lead=lead, published=False))
    bodies = ({"jurisdiction": office}, {"department": department}, {"organization": quiet})
    for draft, body in zip(shared, bodies, strict=True):
        DraftShare.objects.create(partnership=draft, **body)
    return people


def cursor_of(url):
    return parse_qs(urlsplit(url).query)["cursor"][0] if url else None


def page(client, **parameters):
    answer = client.get("/api/v1/partnerships/", parameters).json()
    return answer["results"], cursor_of(answer["next"]), cursor_of(answer["previous"])


# Role → how many partnerships it sees.
SEEN = {"": 7, "stranger": 8, "partner": 8, "reader": 9, "other_editor": 9, "administrator": 12}


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 5])
def test_every_page_is_the_lists_own(client, mixed, size):
    for role in SEEN:
        if role:
            client.force_login(getattr(mixed, role))
        assert (role, walk(client, size)) == (role, SEEN[role])


def walk(client, size):
    """Compare each page with the list's, and return the number of rows."""
    seen, following, places = [], "", [""]
    while following is not None:
        where = {"page_size": size} | ({"cursor": following} if following else {})
        results, following, previous = page(client, **where)
        assert (results, following, previous) == page(client, **where, ordering="id")
        seen += [row["id"] for row in results]
        places.append(previous)
    for cursor in filter(None, places):
        assert page(client, page_size=size, cursor=cursor) == page(client, page_size=size, cursor=cursor, ordering="id")
    assert len(seen) == len(set(seen))
    return len(seen)
