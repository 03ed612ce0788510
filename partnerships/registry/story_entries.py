"""What a story is made of: entries with the words of those who said something, and who reads it."""

from dataclasses import dataclass, field
from datetime import date

from partnerships.core import clock
from partnerships.registry.models import Partnership


@dataclass(frozen=True)
class Voice:
    """Words and whose they are; `side` is empty where no one side said them."""

    side: str
    name: str
    words: str


@dataclass
class Entry:
    """Something that happened in a partnership on a day of its lead's calendar (None: nobody wrote down when).

    `link`: a route and an id. `also`: other partnerships of the story that it happened in, such as by a measure that they share.
    """

    partnership: Partnership
    on: date | None
    kind: str
    title: str
    voices: list[Voice] = field(default_factory=list)
    link: tuple = ()
    also: list[Partnership] = field(default_factory=list)


@dataclass
class StoryReader:
    """Who reads which story, with what several sorts of entries need, by primary key. `kept`: what one read for others."""

    person: object
    records: dict  # the partnerships that it is told of, each with its lead
    parties: dict  # their parties that she may see
    kept: dict = field(default_factory=dict)

    def of(self, rows):
        """Those rows that belong to these partnerships."""
        return rows.filter(partnership__in=self.records)


def day_of(record, moment):
    """The day of a moment by the calendar of the record's lead."""
    return moment.astimezone(clock.zone(record.lead.zone)).date()


def entry_of(records, on, kind, title, voices, target) -> Entry:
    """Of what several partnerships of the story have in common, with the page of `target`."""
    return Entry(records[0], on, kind, title, voices, link_of(target), list(records[1:]))


def link_of(record) -> tuple:
    return record._meta.model_name, record.public_id
