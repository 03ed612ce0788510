"""Which letters numbers call for: to the party that brings them, on the morning when they are due and again two weeks later
while they are missing; to the lead's keepers when a party sees a number differently, and to that party when it is answered.

Mornings are of the lead's calendar. Letters by a day are planned by the sweep alone; the fence asks whether numbers are missing.
"""

from datetime import timedelta

from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import MORNING, Offset
from partnerships.measurement import events
from partnerships.measurement.models import MeasureOwner
from partnerships.measurement.owed import due_on, owed
from partnerships.measurement.periods import start_of
from partnerships.registry import seats
from partnerships.registry.choices import Status
from partnerships.registry.models import Party
from partnerships.registry.speakers import keepers, speakers_of

OFFSETS = (Offset("due", days=0), Offset("14d-late", days=-14))
_BODIES = ("partnership__lead", "jurisdiction", "department__jurisdiction", "organization")
USEFUL = timedelta(days=14)  # news of a number, and a reminder, are of no use later


def may_be_due():
    """The owners who may be asked for numbers: of tables that have not ended."""
    parties = Party.objects.filter(seats.holds_seat()).exclude(partnership__status=Status.ENDED)
    rows = MeasureOwner.objects.filter(supplies=True, party__in=parties)
    return rows.select_related("measure__lead", *(f"party__{name}" for name in _BODIES))


def reminders(owners, day, due) -> list:
    """Of these owners the letters that fall due around a day (of any calendar), for numbers that are not there."""
    wanted = {}
    for offset in OFFSETS:
        for on in (day + timedelta(days=near + offset.days) for near in range(-1, 4)):
            for owner in owners:
                if period := _period_due(owner.measure, on):
                    wanted[owner, period] = offset
    return [letter for one in owed(list(wanted)) for letter in _reminders(one, wanted[one.owner, one.period], due)]


def _period_due(measure, on):
    """The period whose numbers are due on just this day, or None."""
    period = start_of(measure.period, on - timedelta(days=measure.due_days), measure.first_month)
    return period if due_on(measure, period) == on else None


def _reminders(one, offset, due):
    measure = one.owner.measure
    ((_, due_at),) = schedule.due_instants(one.due_on, MORNING, measure.lead.zone, [offset])
    if not due(due_at):
        return []
    occurrence = f"{measure.public_id}/{one.period}/{one.owner.pk}/{offset.name}"
    people = [place.person for place in speakers_of(one.owner.party).select_related("person").order_by("person")]
    lead, kind = _lead_that_knows(one.owner), LetterKind.NUMBERS_DUE
    return [outbox.planned(kind, occurrence, person, one.owner, due_at, due_at + USEFUL, lead) for person in people]


def _lead_that_knows(owner):
    """Its row is for the lead's staff to see where it goes to their own people."""
    party, lead = owner.party, owner.measure.lead_id
    is_own = lead in (party.jurisdiction_id, party.department and party.department.jurisdiction_id)
    return lead if is_own else None


@events.number_disputed.register
def tell_disputed(reading) -> None:
    """A party sees a number differently: to those who keep the measure."""
    people = [
        keeper.person for keeper in keepers([reading.measure.lead_id]).select_related("person").order_by("person")
    ]
    _tell(LetterKind.NUMBER_DISPUTED, reading, people, reading.measure.lead_id)


@events.number_answered.register
def tell_answered(reading) -> None:
    """To those who speak for the party whose question was answered."""
    people = [place.person for place in speakers_of(reading.party).select_related("person").order_by("person")]
    _tell(LetterKind.NUMBER_ANSWERED, reading, people, None)


def _tell(kind, reading, people, lead):
    now, occurrence = clock.shared()(), f"{reading.measure.public_id}/reading/{reading.pk}"
    outbox.insert(
        [outbox.planned(kind, occurrence, person, reading, now, now + USEFUL, lead) for person in people], now=now
    )
