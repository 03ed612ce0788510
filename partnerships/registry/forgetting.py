"""What is kept for a time only. The stored documents have their own file; here the tombstones go that no sync reads."""

from partnerships.core import clock
from partnerships.core.models import Tombstone
from partnerships.core.stamps import KEPT_FOR
from partnerships.registry.models import Publication


def forget_old_tombstones() -> int:
    """Deletes the tombstones that are older than any sync token may be; gives how many. Drafts keep their rows."""
    before = clock.now() - KEPT_FOR
    _, partnerships = Publication.objects.filter(partnership=None, at__lt=before).delete()
    _, others = Tombstone.objects.filter(at__lt=before).delete()
    return sum(partnerships.values()) + sum(others.values())
