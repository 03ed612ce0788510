"""Fixtures that tests of pages share."""

import pytest


@pytest.fixture
def office(client, people):
    """The people's office. `client` is signed in as its editor."""
    client.force_login(people.editor)
    return people.office
