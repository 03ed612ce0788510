"""Work that goes on when the database was away for a moment."""

import time

from django.db import InterfaceError, OperationalError, connection

PAUSES = (0.1, 0.3, *[1] * 14)  # seconds: as long as a database takes to start again after a crash


def despite_restarts(work):
    """What `work` gives. Where the connection breaks off, it is done anew over a new one, for about fifteen seconds.

    `work` must bear being done twice: whether its last commit came through, nobody knows. Inside a transaction, or after
    that time, the error is raised.
    """
    for pause in (*PAUSES, None):
        try:
            return work()
        except (OperationalError, InterfaceError):
            if pause is None or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
