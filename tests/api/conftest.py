"""Requests to the API in tests: `get(path, **parameters)`, and no limit on how many."""

import pytest


@pytest.fixture(autouse=True)
def often(settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 100_000


@pytest.fixture
def get(client):
    """The answer below /api/v1/. `headers` as HTTP_…; parameters as they are."""

    def ask(path="", headers=None, **parameters):
        return client.get(f"/api/v1/{path}", parameters, **(headers or {}))

    return ask


@pytest.fixture
def ids(client):
    """The ids of the rows of a list, every page of it."""

    def ask(path, **parameters):
        answer = client.get(f"/api/v1/{path}", parameters).json()
        found = [row["id"] for row in answer["results"]]
        while answer["next"]:
            answer = client.get(answer["next"]).json()
            found += [row["id"] for row in answer["results"]]
        return found

    return ask
