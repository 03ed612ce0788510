"""Requests to the API in tests: `get(path, **parameters)`, without a rate limit."""

import pytest

from tests.api.programs import Program


@pytest.fixture(autouse=True)
def generous_limits(generous_limits):
    """For every test of the API."""


@pytest.fixture
def get(client):
    """Return the answer to a GET below /api/v1/. `headers`: as HTTP_…. Parameters are sent as they are."""

    def ask(path="", headers=None, **parameters):
        return client.get(f"/api/v1/{path}", parameters, **(headers or {}))

    return ask


@pytest.fixture
def ids(client):
    """Return the ids of a list's rows, on all its pages."""

    def ask(path, **parameters):
        answer = client.get(f"/api/v1/{path}", parameters).json()
        found = [row["id"] for row in answer["results"]]
        while answer["next"]:
            answer = client.get(answer["next"]).json()
            found += [row["id"] for row in answer["results"]]
        return found

    return ask


@pytest.fixture
def program(people):
    """A program of the office's editor."""
    return Program(people.editor)
