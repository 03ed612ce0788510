"""Timeline entries about rounds, for people who may see them: started, answers opened, or canceled, by which person and why."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from partnerships.assessment.models import Round
from partnerships.assessment.queries import CANCELLATION, cancellation_seen
from partnerships.assessment.rules import rounds_visible_to
from partnerships.registry.choices import TimelineKind
from partnerships.registry.models import Partnership
from partnerships.registry.timeline_entries import Entry, TimelineReader, Voice, day_of, entry_of


def _rounds(reader: TimelineReader) -> Iterator[Entry]:
    rows = reader.of(rounds_visible_to(reader.person)).select_related("partnership__lead", *CANCELLATION)
    for one in rows:
        record = reader.records[one.partnership_id]
        yield _entry(record, one.created_at, gettext("Round started: %(title)s") % {"title": one.title}, [], one)
        if one.opened_at:
            yield _entry(record, one.opened_at, gettext("Answers opened: %(title)s") % {"title": one.title}, [], one)
        if one.cancelled_at:
            seen = cancellation_seen(reader.person, one, reader.parties)
            voices = [Voice("", gettext("%(who)s canceled it") % {"who": seen.who}, seen.why)] if seen else []
            yield _entry(
                record, one.cancelled_at, gettext("Round canceled: %(title)s") % {"title": one.title}, voices, one
            )


def _entry(record: Partnership, moment: datetime, title: str, voices: list[Voice], one: Round) -> Entry:
    return entry_of([record], day_of(record, moment), TimelineKind.ROUND, title, voices, one)


SORTS = {TimelineKind.ROUND: _rounds}
