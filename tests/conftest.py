"""Fixtures for every test, and the check that runs after each test that wrote: stored documents equal a rebuild."""

import pytest

from partnerships.registry import publication
from tests.people import make_people


@pytest.fixture
def people(db):
    return make_people()


@pytest.fixture(autouse=True)
def published_documents_are_right(request):
    yield
    if {"db", "transactional_db", "people"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        if request.node.get_closest_marker("unpublished_writes"):
            return
        blocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock():
            assert list(publication.check()) == []
