"""Everyone follows everything in a world with a canary in every private field. Whose canaries are in their news?"""

import pytest

from partnerships.core import record_types
from partnerships.models import Change, Remark
from partnerships.notifications import following
from partnerships.notifications.news import describe_changes
from tests.canaries.table import WHO
from tests.canaries.words import written
from tests.canaries.world import CanaryWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_no_ones_news_contains_a_canary_that_they_may_not_see(people):
    world = CanaryWorld(people)
    everything = [*Change.objects.all(), *Remark.objects.all()]
    met: dict = {}
    for role, person in people.as_roles().items():
        for kind in record_types.followable():
            for record in kind.visible_to(person):
                following.follow(by=person, record=record)
        person = type(person).objects.get(pk=person.pk)
        text = str(describe_changes(person, everything)).lower() if person.is_active else ""
        for name in world.planted:
            if written(name).lower() in text:
                met.setdefault(name, set()).add(role)
    assert {name: roles - set(WHO[name]) for name, roles in met.items() if roles - set(WHO[name])} == {}
    assert set(met) == {
        *(f"partnership.title of {one}" for one in ("a full draft", "one taken over", "one withdrawn")),
        *(f"meeting.title of {one}" for one in ("a draft", "one internal", "one internal, with one who left")),
    }
