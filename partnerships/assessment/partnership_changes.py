"""What changes in rounds when their partnership changes."""

from django.db.models import F, Q
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.assessment.models import CancellationYes, Round, TieScore
from partnerships.core.access import SYSTEM, System, is_administrator
from partnerships.core.errors import ValidationError
from partnerships.mail import outbox, schedule
from partnerships.registry import events, seats
from partnerships.registry.models import Partnership, Party
from partnerships.registry.party_removal import refuse_removal


@events.lead_changed.register
def hand_over(partnership: Partnership, was: str) -> None:
    """Leave its rounds to the former lead that started them, and show the emails about them to the new lead's staff."""
    rows = partnership.parties.filter(seats.of_government(was), seats.holds_seat())
    itself_first = F("department").asc(nulls_first=True)
    former = rows.order_by(itself_first, "position", "pk").first()
    if former and partnership.is_published:
        partnership.rounds.filter(started_by_lead=True).update(started_by=former, started_by_lead=False)
    about = {
        "round": partnership.rounds.values("pk"),
        "respondent": partnership.rounds.values("respondents__pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)


@events.confirmations_reset.register
def keep_partners_in(partnership: Partnership, by: Person | System) -> None:
    """Refuse to reset confirmations while a round is open: its keeper could shut out the other sides and read what they
    answered.
    """
    if by is SYSTEM or is_administrator(by):
        return
    open_one = partnership.rounds.filter(opened_at=None, cancelled_at=None).order_by("closes_at").last()
    if open_one:
        words = gettext(
            "A survey round is open here until %(day)s, and this would shut out its partners. Wait until it closes, or cancel "
            "the round first."
        )
        raise ValidationError(words % {"day": schedule.day_words(open_one.closes_on)}, code="round_open")


@events.parties_removed.register
def refuse_removal_of_scored_parties(parties: list[Party]) -> None:
    """Refuse to remove a party that a round's scores name, or that agreed to cancel one: old scores never change. Nor any
    while a round is being answered, since that would erase what people say about it, unread.
    """
    scores = TieScore.objects.filter(Q(by__in=parties) | Q(about__in=parties)).values_list("by", "about")
    agreed = CancellationYes.objects.filter(party__in=parties).values_list("party", flat=True)
    answering = Round.objects.filter(
        partnership__parties__in=parties, answering_at__isnull=False, opened_at=None, cancelled_at=None
    )
    kept = (
        {party.pk for party in parties} if answering.exists() else {key for pair in scores for key in pair} | {*agreed}
    )
    refuse_removal(parties, kept, gettext("had a part in survey rounds"))
