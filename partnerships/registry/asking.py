"""Asking parties whether the record is right: at most once in seven days each, and only those with someone to ask.

Asking changes nothing that the record says, so it is no entry of the change log: the letters tell when it was done.
"""

from datetime import timedelta

from partnerships.communication import outbox
from partnerships.communication.choices import LetterKind
from partnerships.core import clock
from partnerships.registry import standing
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES
from partnerships.registry.document import build
from partnerships.registry.models import Party
from partnerships.registry.speakers import speakers_of

PATIENCE = timedelta(days=7)


def mark_of(partnership) -> str:
    """The fingerprint of what a partnership's public document says now."""
    return standing.fingerprint(build([partnership.pk])[partnership.pk])


def parties_beside_lead(partnership):
    """The parties whose word on the record counts: all but the lead itself, which wrote it, and those that carry no name."""
    rows = Party.objects.filter(partnership=partnership).exclude(circle__in=OFFICE_ONLY_CIRCLES)
    return rows.exclude(jurisdiction=partnership.lead_id).select_related(
        "partnership", "jurisdiction", "department", "organization"
    )


def ask(partnership) -> list[Party]:
    """Asks the parties of a published partnership that have not spoken of the record as it stands; gives those asked.

    Call it under the partnership's lock, when its changes are written.
    """
    if not partnership.is_published:
        return []
    return _ask(partnership, parties_beside_lead(partnership), standing.latest([partnership.pk]))


def ask_anew(partnership) -> list[Party]:
    """After a change of the record: asks those again whose word was of the record as it was."""
    said = standing.latest([partnership.pk]) if partnership.is_published else {}
    if not said:
        return []
    return _ask(partnership, parties_beside_lead(partnership).filter(pk__in=said[partnership.pk]), said)


def _ask(partnership, parties, said):
    today, said = clock.today(clock.zone(partnership.lead.zone)), said.get(partnership.pk, {})
    mark, asked = mark_of(partnership) if said else "", []
    for party in parties:
        is_settled = party.pk in said and said[party.pk]["fingerprint"] == mark
        has_left = party.ends_on is not None and party.ends_on < today
        was_asked = party.confirm_asked_on is not None and party.confirm_asked_on > today - PATIENCE
        people = [] if is_settled or has_left or was_asked else [m.person for m in _speakers(party)]
        if people:
            Party.objects.filter(pk=party.pk).update(confirm_asked_on=today)
            occurrence = f"{partnership.public_id}/{today}/{party.pk}"
            outbox.plan(LetterKind.CONFIRMATION_ASKED, occurrence, people, party)
            asked.append(party)
    return asked


def _speakers(party):
    return speakers_of(party).select_related("person")
