"""When background work was last taken up, for whoever watches and for whoever would do it again at once."""

from datetime import datetime, timedelta

from partnerships.core.models import Heartbeat


def beat(name: str, now: datetime, *, every: int) -> bool:
    """Notes that this work is taken up now; False, and no note, when that was so less than `every` seconds ago."""
    lately = {"at__gt": now - timedelta(seconds=every), "at__lte": now}
    if Heartbeat.objects.filter(name=name, **lately).exists():
        return False
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
    return True
