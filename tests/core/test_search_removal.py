"""Removing very many entries from search at once, while someone else writes some of them."""

import threading

import pytest
from django.db import connections, transaction

from partnerships.core import search
from partnerships.core.models import SearchEntry
from tests.waiting import LIMIT, blocked_by_us, until

pytestmark = [pytest.mark.both, pytest.mark.slow]

PARTNERSHIP = "partnership"


def entry(pk):
    return search.Entry(pk, True, f"Title {pk}", "", "")


@pytest.mark.django_db(transaction=True)
def test_hiding_waits_for_a_writer_and_never_in_a_circle():
    # The rows are in this order in the table. Writers lock the lower id first.
    for pk in (2, 1):
        with transaction.atomic():
            search.index(PARTNERSHIP, [entry(pk)])
    problems = []

    def hide():
        try:
            with transaction.atomic():
                search.hide(PARTNERSHIP, [1, 2])
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    with transaction.atomic():
        list(SearchEntry.objects.select_for_update().filter(record_id=1))
        hiding = threading.Thread(target=hide)
        hiding.start()
        until(blocked_by_us)
        list(SearchEntry.objects.select_for_update().filter(record_id=2))
    hiding.join(LIMIT)
    assert (problems, SearchEntry.objects.filter(is_public=True).count()) == ([], 0)
