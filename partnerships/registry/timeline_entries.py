"""The entries of a timeline, with statements and who made them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from django.db.models import QuerySet

from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.models import Record, type_key
from partnerships.directory.models import Jurisdiction
from partnerships.registry.models import Partnership


@dataclass(frozen=True)
class Voice:
    """A text and who said it. `side` is "" when it belongs to no one side."""

    side: str
    name: str
    words: str


@dataclass
class Entry:
    """Something that happened in a partnership, on a day of its lead's calendar (None: the day is unknown).

    `link`: a route and an id. `also`: other partnerships of the timeline that it belongs to, such as through a shared
    measure.
    """

    partnership: Partnership
    on: date | None
    kind: str
    title: str
    voices: list[Voice] = field(default_factory=list)
    link: tuple = ()
    also: list[Partnership] = field(default_factory=list)


@dataclass
class TimelineReader:
    """The reader of a timeline and its partnerships, with data that several kinds of entries need, by primary key.

    `kept`: what one kind of entry has read for others.
    """

    person: Viewer
    records: dict  # the partnerships of the timeline, each with its lead
    parties: dict  # their parties that the reader may see
    kept: dict = field(default_factory=dict)

    def of(self, rows: QuerySet) -> QuerySet:
        """Those rows that belong to these partnerships."""
        return rows.filter(partnership__in=self.records)


class _Led(Protocol):
    @property
    def lead(self) -> Jurisdiction: ...


def day_of(record: _Led, moment: datetime) -> date:
    """The day of a moment in the calendar of the record's lead."""
    return moment.astimezone(clock.zone(record.lead.zone)).date()


def entry_of(
    records: Sequence[Partnership], on: date | None, kind: str, title: str, voices: list[Voice], target: Record
) -> Entry:
    """An entry that several partnerships of the timeline share, linked to the page of `target`."""
    return Entry(records[0], on, kind, title, voices, link_of(target), list(records[1:]))


def link_of(record: Record) -> tuple[str, str]:
    return type_key(record), record.public_id
