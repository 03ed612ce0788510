"""Which emails a seat calls for: an invitation at once, reminders on the mornings of days 7 and 30, and word of the answer to the
lead's keepers. Mornings are of the lead's calendar."""

from datetime import timedelta

from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import MORNING, Offset
from partnerships.registry import events
from partnerships.registry.speakers import keepers

REMINDERS = (Offset("7d-late", days=-7), Offset("30d-late", days=-30))
USEFUL = timedelta(days=14)  # after that, news of an answer is too old to send


@events.seat_invited.register
def invite(invitation, people) -> None:
    """After `people` were invited to answer for a seat."""
    now, lead = clock.shared()(), invitation.partnership.lead
    day = clock.today(clock.zone(lead.zone))
    dues = [("invited", now)]
    dues += [(offset.name, due) for offset, due in schedule.due_instants(day, MORNING, lead.zone, REMINDERS)]
    ends = [due for _, due in dues[1:]] + [invitation.until]
    about = f"{invitation.partnership.public_id}/seat-{invitation.pk}"
    letters = [
        outbox.planned(LetterKind.SEAT_INVITED, f"{about}/{name}", one, invitation, due, end, lead.pk)
        for (name, due), end in zip(dues, ends, strict=True)
        for one in people
    ]
    outbox.insert(letters, now=now)


@events.seat_answered.register
def tell_office(consent) -> None:
    """After a partner answered for its seat."""
    lead, until = consent.partnership.lead, clock.now() + USEFUL
    people = [member.person for member in keepers([lead.pk]).select_related("person")]
    occurrence = f"{consent.partnership.public_id}/seat-{consent.pk}/answered"
    outbox.plan(LetterKind.SEAT_ANSWERED, occurrence, people, consent, expires_at=until, lead=lead)
