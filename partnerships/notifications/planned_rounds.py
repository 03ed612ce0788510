"""Which emails a round needs: one to everyone who is asked, reminders seven and two days before the deadline to those who
haven't finished, and one to everyone and the lead agency's editors when answers open. Times are mornings where the lead agency
is.

People without an email address answer with a code, and get none of these."""

from datetime import timedelta

from partnerships.accounts.models import Person
from partnerships.assessment import events
from partnerships.assessment.models import AskedParty, Respondent
from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.choices import LetterKind
from partnerships.mail.models import Letter
from partnerships.mail.schedule import MORNING, Offset
from partnerships.notifications.recipients_rounds import PLACE
from partnerships.registry.models import Party
from partnerships.registry.speakers import keepers, speakers_by_party, speakers_of

REMINDERS = (Offset("7d", days=7), Offset("2d", days=2))
USEFUL = timedelta(days=30)  # after that, news of a round is too old to send


def places_of(round) -> list[Respondent]:
    """Those who have an email address: whoever has none answers with a code."""
    someone = round.respondents.filter(mark="").exclude(person=None, contact=None)
    return list(someone.select_related(*PLACE))


@events.round_changed.register
def follow_round(round) -> None:
    """Call it after a round was started, moved or canceled: plans reminders for its deadline, and drops those for an earlier
    one."""
    now = clock.shared()()
    for place in places_of(round):
        letters = [_letter(LetterKind.ROUND_ASKED, place, "asked", now, round.closes_at)] if round.is_answering else []
        letters += reminders(place)
        why = "The round was moved or canceled after this email was planned."
        outbox.replace(place, letters, now=now, why=why)


@events.respondent_answered.register
def follow_place(place) -> None:
    """Call it after someone finished, declined or changed their mind: drops their reminders, or plans them again. Their other
    emails stay as they are, since staff see the outbox and could tell from it who has answered."""
    now, is_done = clock.shared()(), place.finished_at or place.declined_at
    others = Letter.objects.filter(subject_type="respondent", subject_id=place.pk)
    others = others.exclude(kind=LetterKind.ROUND_REMINDER).values_list("occurrence", "recipient")
    why = "They have answered already."
    outbox.replace(place, [] if is_done else reminders(place), now=now, keep=others, why=why)


def may_be_reminded(now, until):
    """The places of those who haven't finished, in rounds with a reminder due between these moments."""
    rows = Respondent.objects.filter(finished_at=None, declined_at=None, party__isnull=False, mark="")
    rows = rows.filter(
        round__answering_at__isnull=False, round__opened_at=None, round__cancelled_at=None, round__closes_at__gt=now
    )
    latest = until + timedelta(days=REMINDERS[0].days + 2)  # a morning lies within a day of the last one, in any zone
    return rows.filter(round__closes_at__lt=latest).select_related(*PLACE)


def reminders(place, due=lambda due_at: True) -> list[Letter]:
    """The reminders of someone who can still answer. Each one expires when the next is due."""
    round = place.round
    if not round.is_answering or place.finished_at or place.declined_at or place.party is None:
        return []
    dues = schedule.due_instants(round.closes_on, MORNING, round.zone, REMINDERS)
    ends = [due_at for _, due_at in dues[1:]] + [round.closes_at]
    return [
        _letter(LetterKind.ROUND_REMINDER, place, f"{round.closes_on}/{offset.name}", due_at, until)
        for (offset, due_at), until in zip(dues, ends, strict=True)
        if due(due_at)
    ]


@events.answers_recorded.register
def tell_recorded(place) -> None:
    """Tells someone that answers were recorded for them, at most once a day, so that they confirm or discard them."""
    now = clock.shared()()
    outbox.insert(
        [_letter(LetterKind.ROUND_TAKEN, place, f"taken/{now:%Y-%m-%d}", now, place.round.closes_at)], now=now
    )


@events.roll_opened.register
def ask_to_name(round) -> None:
    """Asks the editors of each partner that hasn't named its people yet to do so before the roll closes."""
    now, letters = clock.shared()(), []
    partners = AskedParty.objects.filter(side__round=round, named_at=None)
    for partner in partners.select_related("party__partnership", "party__department"):
        occurrence = f"{round.public_id}/name/{partner.pk}"
        people = [place.person for place in speakers_of(partner.party).select_related("person").order_by("pk")]
        kind = LetterKind.ROUND_NAME
        letters += [outbox.planned(kind, occurrence, one, partner, now, round.roll_closes_at, None) for one in people]
    outbox.insert(letters, now=now)


@events.round_opened.register
def tell_opened(round) -> None:
    now, kind = clock.shared()(), LetterKind.ROUND_OPENED
    letters = [_letter(kind, place, "opened", now, now + USEFUL) for place in places_of(round) if place.party]
    asked = {letter.recipient for letter in letters}
    office = [keeper.person for keeper in keepers([round.partnership.lead_id]).select_related("person")]
    lead = round.partnership.lead_id
    for person in office:
        row = outbox.planned(kind, f"{round.public_id}/opened", person, round, now, now + USEFUL, lead)
        letters += [row] if row.recipient not in asked else []
    outbox.insert(letters, now=now)


@events.round_canceled.register
def tell_canceled(round) -> None:
    """Tells everyone who was asked, on every side, and the editors of the partners and of the lead agency."""
    now, kind = clock.shared()(), LetterKind.ROUND_CANCELED
    letters = [_letter(kind, place, "canceled", now, now + USEFUL) for place in places_of(round)]
    outbox.insert([*letters, *_to_speakers(round, kind, "canceled", now, {row.recipient for row in letters})], now=now)


@events.cancellation_asked.register
def ask_to_agree(round) -> None:
    """Asks the editors of the partners and of the lead agency whether they agree to cancel the round."""
    now = clock.shared()()
    letters = _to_speakers(round, LetterKind.ROUND_CANCEL_ASKED, "cancel", now, set())
    outbox.insert(letters, now=now)


def _to_speakers(round, kind, occasion, now, told):
    parties = Party.objects.filter(pk__in=round.sides.values("parties__party")).select_related(
        "partnership", "department"
    )
    speakers = {pk for people in speakers_by_party(list(parties)).values() for pk in people}
    lead, occurrence = round.partnership.lead_id, f"{round.public_id}/{occasion}"
    kept_by = set(keepers([lead]).values_list("person", flat=True))
    rows = [
        outbox.planned(kind, occurrence, one, round, now, now + USEFUL, lead if one.pk in kept_by else None)
        for one in Person.objects.filter(pk__in=speakers | kept_by).order_by("pk")
    ]
    return [row for row in rows if row.recipient not in told]


def _letter(kind, place, occasion, due_at, until):
    """The lead agency's staff see this email in their outbox only if it goes to their own people."""
    round, party = place.round, place.party
    lead, occurrence = round.partnership.lead_id, f"{round.public_id}/{occasion}/{place.pk}"
    is_own = party and lead in (party.jurisdiction_id, party.department and party.department.jurisdiction_id)
    someone = place.person or place.contact
    return outbox.planned(kind, occurrence, someone, place, due_at, until, lead if is_own else None)
