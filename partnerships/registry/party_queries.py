"""Reads the partners of partnerships, and which of their seats wait for something."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from partnerships.core.access import Viewer, belongs_somewhere, jurisdictions_read_by, prepared_list
from partnerships.core.models import type_key
from partnerships.core.prepared import Placeholder
from partnerships.directory.models import BODIES, Body, body_key, is_closed
from partnerships.registry import seats
from partnerships.registry.choices import SeatState, Status
from partnerships.registry.models import Partnership, Party, SeatConsent
from partnerships.registry.representatives import representatives_by_party
from partnerships.registry.rules import (
    contacts_who_confirmed,
    latest_answers,
    may_read_all,
    own_party_ids,
    parties_visible_to,
)


def notes_and_answers(person: Viewer, record: Partnership) -> tuple[list[tuple[str, str]], list[tuple]]:
    """For readers who may read the whole record, otherwise empty: (party name, internal note) of each party with a note,
    and (party, its latest SeatConsent or None) of each party that answers for its seat.
    """
    if not may_read_all(person, record):
        return [], []
    parties = list(record.parties.select_related("partnership", *BODIES))
    notes = [(str(party), party.internal_notes) for party in parties if party.internal_notes]
    return notes, _answers_to_seats(record, [party for party in parties if not seats.needs_no_consent(party)])


def _answers_to_seats(record: Partnership, parties: Iterable[Party]) -> list[tuple[Party, SeatConsent | None]]:
    """Each of these parties with its latest answer, or the office's latest invitation."""
    latest = latest_answers([record], along=("by", "contact"))
    return [(party, latest.get((record.pk, *body_key(party)))) for party in parties]


def without_a_voice(parties: Iterable[Party]) -> set[int]:
    """The primary keys of those of these parties that confirmed their seat, and that can't say anything here now: they
    have no editors, and no contact with a personal link. At most two queries.
    """
    confirmed = [party for party in parties if party.state == SeatState.CONFIRMED and seats.is_at_table(party)]
    editors = representatives_by_party(confirmed)
    silent = [party for party in confirmed if not editors[party.pk]]
    contacts = contacts_who_confirmed(silent) if silent else {}
    return {party.pk for party in silent} - contacts.keys()


def parties_seen(person: Viewer, partnerships: Sequence[Partnership]) -> list[Party]:
    """The partners of these partnerships that the person may see, with what circles and both sides' words need.

    `is_own`: whether it's one of `own_parties_of`, which are among them.
    """
    if len(partnerships) == 1:
        return _parties_of_one(person, partnership=partnerships[0].pk)
    return list(_parties_with_roles(person).filter(partnership__in=partnerships))


@prepared_list
def _parties_of_one(person: Viewer) -> QuerySet[Party]:
    return _parties_with_roles(person).filter(partnership=Placeholder("partnership"))


def _parties_with_roles(person: Viewer) -> QuerySet[Party]:
    rows = parties_visible_to(person).annotate(**{"is_own": Q(pk__in=own_party_ids(person))})
    return rows.select_related("partnership__lead", *BODIES).prefetch_related("roles").order_by("position", "pk")


def parties_to_edit(record: Partnership) -> QuerySet[Party]:
    """All partners of a record with their roles, for those who may write it."""
    return record.parties.select_related("partnership", *BODIES).prefetch_related("roles")


def seats_to_confirm(person: Viewer, *, most: int) -> list[Party]:
    """The partners in work of the person's own offices that were invited and haven't answered, longest ago first.

    `invited_at` is when. One query.
    """
    return _seats_to_confirm(person, most)


@prepared_list
def _seats_to_confirm(person: Viewer, most: int) -> QuerySet[Party]:
    same = [Q(**{name: OuterRef(name)}) for name in BODIES]
    invited = SeatConsent.objects.filter(reduce(or_, same), partnership=OuterRef("partnership"))
    rows = Party.objects.filter(state=SeatState.INVITED, partnership__lead__in=jurisdictions_read_by(person))
    rows = rows.filter(partnership__is_published=True).exclude(partnership__status=Status.ENDED)
    rows = rows.select_related("partnership", *BODIES)
    rows = rows.annotate(invited_at=Subquery(invited.order_by("-at").values("at")[:1]))
    return rows.order_by(F("invited_at").asc(nulls_last=True), "pk")[:most]


def seats_after_closing(person: Viewer, body: Body, *, most: int = 50) -> list[Party]:
    """The seats that still name an office or organization that has closed as a current partner, by the title of the
    partnership. Only for people who may end some of them, or who may change its record; others get none.
    """
    if not is_closed(body) or not belongs_somewhere(person):
        return []
    rows = parties_visible_to(person).filter(seats.at_table(), **{type_key(body): body})
    rows = rows.exclude(partnership__status=Status.ENDED).select_related("partnership__lead")
    return list(rows.order_by("partnership__title", "pk")[:most])
