"""QD3, shortened: random writes through every interface leave no gap in the log, and a gap is found."""

import random

import pytest

from partnerships.models import Change, Organization
from tests.audit_log_gaps import Player, gaps, start
from tests.factories import make_jurisdiction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


@pytest.mark.slow
def test_random_writes_through_every_interface_leave_no_gap():
    player = Player(20260901, start(make_jurisdiction()))
    done = player.play(80)
    assert gaps() == []
    assert sum(n for name, n in done.items() if "refused" not in name) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("gap", ["a column", "an entry", "a version"])
def test_a_gap_is_found(gap):
    player = Player(7, start(make_jurisdiction()))
    player.play(10)
    one = random.Random(1).choice(list(Organization.objects.order_by("pk")))
    if gap == "a column":
        Organization.objects.filter(pk=one.pk).update(aims="Behind its back.")
    elif gap == "a version":
        Organization.objects.filter(pk=one.pk).update(version=one.version + 1)
    else:
        Change.objects.filter(record_type="organization", record_id=one.pk).earliest("pk").delete()
    assert gaps() != []
