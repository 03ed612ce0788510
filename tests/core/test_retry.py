"""Retries: work that continues after the database was away for a moment."""

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from partnerships.core import retry
from partnerships.models import Heartbeat

pytestmark = pytest.mark.both


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_reopened_and_the_work_done(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", (0, 0))
    tried = []

    def work():
        tried.append(1)
        if len(tried) < 3:
            connection.ensure_connection()
            raise OperationalError("the server closed the connection unexpectedly")
        return Heartbeat.objects.count()

    assert (retry.retry_on_disconnect(work), len(tried)) == (0, 3)


@pytest.mark.django_db(transaction=True)
def test_retrying_ends_after_the_last_pause(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", (0, 0))
    tried = []

    def work(problem=OperationalError):
        tried.append(1)
        raise problem

    with pytest.raises(OperationalError):
        retry.retry_on_disconnect(work)
    assert len(tried) == 3
    with pytest.raises(IntegrityError):  # not a lost connection
        retry.retry_on_disconnect(lambda: work(IntegrityError))
    with pytest.raises(OperationalError), transaction.atomic():  # half a transaction can't be repeated
        retry.retry_on_disconnect(work)
    assert len(tried) == 5


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_lost_a_deadlock_is_done_again():
    tried = []

    def work(code, times):
        tried.append(1)
        if len(tried) < times:
            cause = Exception("deadlock detected")
            cause.pgcode = code
            raise OperationalError("deadlock detected") from cause
        return "done"

    assert (retry.retry_on_deadlock(lambda: work("40P01", 3)), len(tried)) == ("done", 3)
    for code, times, expected in (("40P01", 9, 3), ("57014", 9, 1)):
        tried.clear()
        with pytest.raises(OperationalError):
            retry.retry_on_deadlock(lambda code=code, times=times: work(code, times))
        assert len(tried) == expected
    tried.clear()
    with pytest.raises(OperationalError), transaction.atomic():  # the transaction around it has ended, too
        retry.retry_on_deadlock(lambda: work("40P01", 3))
    assert len(tried) == 1
