"""When each background task last started, for monitoring and to keep a task from starting twice in a row."""

from datetime import datetime, timedelta

from partnerships.core.models import Heartbeat


def beat(name: str, now: datetime, *, every: int) -> bool:
    """Record that this task starts now.

    Returns False, without recording, if it started less than `every` seconds ago.
    """
    lately = {"at__gt": now - timedelta(seconds=every), "at__lte": now}
    if Heartbeat.objects.filter(name=name, **lately).exists():
        return False
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
    return True
