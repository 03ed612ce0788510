"""Deletes tombstones that no sync reads any longer."""

from partnerships.core import clock
from partnerships.core.models import Tombstone
from partnerships.core.stamps import KEPT_FOR
from partnerships.registry.models import Publication


def delete_expired_tombstones() -> int:
    """Delete tombstones older than any sync token can be. Returns how many. Drafts keep their rows."""
    before = clock.now() - KEPT_FOR
    _, partnerships = Publication.objects.filter(partnership=None, at__lt=before).delete()
    _, others = Tombstone.objects.filter(at__lt=before).delete()
    return sum(partnerships.values()) + sum(others.values())
