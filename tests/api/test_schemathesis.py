"""The API against its own description: schemathesis sends valid and invalid requests, with all its checks."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from equity.wsgi import application
from tests.api.fuzzing import (
    LISTS,
    PUBLISHED,
    REFUSED_TOO,
    REFUSED_WRITES,
    SYNC,
    WRITERS,
    WRITES,
    described,
    make_known,
    make_more,
    make_writers,
)
from tests.shares import share_of

pytestmark = pytest.mark.slow

bounded = settings(
    max_examples=5,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def schema(turn):
    """A third of the addresses."""
    document = described(turn)
    document["paths"] = dict(share_of(document["paths"].items(), 3))
    found = schemathesis.openapi.from_dict(document)
    found.app = application
    # What every list refuses is tried once. `make show FIG=QA8` tries all of it in both turns.
    found.config.phases.coverage.enabled = turn == LISTS
    found.config.phases.coverage.unexpected_methods = {"delete"}  # test_writes.py tries the others
    if turn == PUBLISHED:
        found.config.checks.positive_data_acceptance.expected_statuses = REFUSED_TOO
    if turn == WRITES:
        found.config.checks.positive_data_acceptance.expected_statuses = REFUSED_WRITES
        found.config.checks.negative_data_rejection.enabled = False  # numbers may be sent as text
    return found


@pytest.fixture(autouse=True)
def known(db, generous_limits):
    # Requests share the test's transaction, so the end of one must not close the connection.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    city = make_known()
    make_more(city)
    yield city
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@schema(LISTS).parametrize()
@bounded
def test_lists_and_details(case):
    case.call_and_validate()


@schema(SYNC).parametrize()
@bounded
def test_sync(case):
    case.call_and_validate()


@schema(PUBLISHED).parametrize()
@bounded
def test_every_answer_is_described_whatever_is_asked_together(case):
    case.call_and_validate()


@schema(WRITES).parametrize()
@bounded
def test_every_answer_to_a_write_is_described(known, case):
    """As one of four users. `make show FIG=QA8` takes all of them."""
    (writer,) = share_of(WRITERS, len(WRITERS))[:1]
    case.call_and_validate(headers={"Authorization": f"Bearer {_secrets(known)[writer]}"})


def _secrets(city):
    """Tokens of the writers, made once a test."""
    if not hasattr(city, "secrets"):
        city.secrets = make_writers(city)
    return city.secrets
