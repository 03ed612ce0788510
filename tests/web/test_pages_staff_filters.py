"""Counts next to filters are those of public records. Staff get no count where theirs would differ."""

import pytest

from tests.factories import make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture


def numbers(client, **params):
    """Return filter → the counts next to its options."""
    groups = client.get("/partnerships/filters/", params).context["groups"]
    shown = {group["name"]: group["options"] for group in groups if "name" in group}
    return {name: {option["value"]: option["count"] for option in options} for name, options in shown.items()}


@snapshot_fixture
def partnership(people):
    """A partnership whose only community partner is unlisted, so only the lead agency's staff see it."""
    unlisted = make_organization("Coalition", "unlisted", kept_by=people.office)
    return make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(unlisted, "advisor")])


@pytest.mark.parametrize("params", [{}, {"kind": "joint_project"}])
def test_staff_see_no_number_that_is_not_theirs(client, people, partnership, params):
    client.force_login(people.editor)
    assert set(numbers(client, **params)["side"].values()) == {None}
    assert set(numbers(client, **params)["role"].values()) == {None}
    assert numbers(client, **params)["status"]["active"] == 1
    found = client.get("/partnerships/", params | {"side": "community"})
    assert [row["title"] for row in found.context["rows"]] == [partnership.title]


def test_strangers_see_the_numbers_of_the_public_set(client, partnership):
    assert numbers(client)["side"] == {"government": 1, "community": 0, "institution": 0}
    assert numbers(client)["role"]["advisor"] == 0
