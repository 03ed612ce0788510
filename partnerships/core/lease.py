"""A worker's lease on the row that it works on. It ends by itself if the worker dies, and another one starts again."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from partnerships.core import clock


class LeaseLost(Exception):
    """Another worker has the row now, or the row was deleted."""


class Lease:
    """A lease on one row. Its end (`claimed_until`) is unique, so it identifies the lease.

    `row`: a queryset of the row, as long as it's in the state in which the worker works on it.
    """

    def __init__(self, row: QuerySet, until: datetime, *, length: timedelta) -> None:
        self.row, self.until, self.length = row, until, length

    def held_row(self) -> QuerySet:
        """The row if this worker still has it, otherwise none."""
        return self.row.filter(claimed_until=self.until)

    def write(self, **values: Any) -> None:
        """Write these values, in a transaction that may still roll back. Raises LeaseLost."""
        self._update(values)

    def extend(self, **values: Any) -> None:
        """Write these values and extend the lease. Raises LeaseLost.

        Not inside a transaction: no other worker would see the new end before it commits, and if it rolled back, this
        one would no longer know the end of its own lease.
        """
        until = max(clock.shared()() + self.length, self.until + timedelta(microseconds=1))
        self._update(values | {"claimed_until": until})
        self.until = until

    def end(self, **values: Any) -> None:
        """Write these values and end the lease. Raises LeaseLost."""
        self._update(values | {"claimed_until": None})

    def _update(self, values: dict[str, Any]) -> None:
        if not self.held_row().update(**values):
            raise LeaseLost
