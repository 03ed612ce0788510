"""Sync of rounds that everyone may read. What decides that is spread over many records (`rules.published_rounds`): what partners
agreed to, their seats and listings, and their partnership. So each change of one of them compares.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from partnerships.assessment.models import Round
from partnerships.assessment.rules import published_among
from partnerships.core import sync
from partnerships.core.fields import InList
from partnerships.core.withdrawals import withdrawn
from partnerships.registry import events

RESOURCE = "round"


@withdrawn.register
def follow_readers(**named: Any) -> None:
    """Tell sync which of these rounds (kind → keys), and rounds of these partnerships, everyone may read now and couldn't before,
    or no longer.

    They are locked first, so that of two changes at the same time, the later one sees what the earlier one did.
    """
    partnership_ids, round_ids = [*named.get("partnership", ())], [*named.get("round", ())]
    if not (partnership_ids or round_ids):
        return
    rows = Round.objects.filter(InList("partnership", partnership_ids) | Q(pk__in=round_ids), opened_at__isnull=False)
    was = dict(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", "is_public"))
    public = set(published_among(was))
    for is_public in (False, True):
        if keys := [pk for pk in was if was[pk] != is_public and (pk in public) == is_public]:
            changed = Round.objects.filter(pk__in=keys)
            sync.update_tombstones(RESOURCE, changed, is_public=is_public)
            changed.update(is_public=is_public)


@events.partners_changed.register
def name_partners(partnership_ids: Iterable[int] | QuerySet) -> None:
    """Send their public rounds with the next pull, since these name the partners that replied."""
    sync.restamp(Round.objects.filter(partnership__in=partnership_ids, is_public=True))
