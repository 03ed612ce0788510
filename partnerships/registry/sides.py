"""Both sides of one record, for its page: the parties' statements, the lead's public statements, and the reader's own
part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from django.db.models import F, Q, QuerySet

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import Viewer, belongs_somewhere, of_own_bodies, prepared_list
from partnerships.core.errors import NotFound
from partnerships.core.prepared import Placeholder
from partnerships.directory.models import BODIES, body_key
from partnerships.registry import confirmation_status, publication, seats
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, ConsentWay, SeatState
from partnerships.registry.models import Confirmation, Partnership, Party, PartyNote, Remark, Reply, SeatConsent
from partnerships.registry.rules import (
    latest_answers,
    may_answer_seat,
    may_edit_note,
    may_edit_own_part,
    may_make_statement,
    may_read_all,
    own_parties_of,
    own_party_ids,
    partnerships_visible_to,
    party_notes_visible_to,
    remarks_visible_to,
)

_PARTY = ("partnership__lead", *BODIES)
_LOOKED_AT = 100


@dataclass
class OwnPart:
    """A seat of the reader's own office or organization: its part and note, and what the reader may do there."""

    party: Party
    note: PartyNote | None
    may_write: bool
    may_note: bool
    may_state: bool
    may_answer_seat: bool = False
    statement: dict | None = None  # its last statement, in the document's form
    mark: str = ""  # the fingerprint of the record as the reader sees it, if a statement on it is asked for

    @property
    def is_asked(self) -> bool:
        """Whether its statement on the current record was asked for and is still missing."""
        return self.party.confirm_asked_on is not None and not (self.statement and self.statement["is_current"])


@dataclass
class ShownRemark:
    """A statement of the lead's government with its replies, and the parties that haven't replied."""

    remark: Remark
    is_public: bool
    replies: list[Reply]
    silent: list[Reply]  # invited, no reply yet


@dataclass
class BothSides:
    asked_on: dict  # public id of a party → day on which it was asked to confirm, or None
    remarks: list[ShownRemark]
    own: list[OwnPart] = field(default_factory=list)


def both_sides(
    person: Viewer, partnership: Partnership, document: dict[str, Any], parties: Sequence[Party]
) -> BothSides:
    """Both sides of one partnership that the person may see. A fixed number of queries.

    `parties`: its partners that the person may see (`party_queries.parties_seen`).
    """
    asked_on = {party.entity.public_id: party.confirm_asked_on for party in parties}
    own = own_parts_with_statements(person, partnership, document, parties)
    for part in own:
        part.mark = _fingerprint(partnership, document) if part.may_state and part.is_asked else ""
    return BothSides(asked_on, shown_remarks(person, [partnership], parties), own)


def _fingerprint(partnership: Partnership, document: dict[str, Any]) -> str:
    """The fingerprint of the public record (the reader may see more of it); "" when it changed since the reader's
    was read.
    """
    body = publication.stored_documents([partnership.pk]).get(partnership.pk)
    stored = orjson.loads(body) if body else {}
    return confirmation_status.fingerprint(stored) if stored.get("version") == document["version"] else ""


def own_parts(person: Viewer, partnership: Partnership, parties: Sequence[Party] | None = None) -> list[OwnPart]:
    """The seats of the person's own offices and organizations in a partnership that they may see.

    `parties`: its `party_queries.parties_seen`, if they were read already.
    """
    if not belongs_somewhere(person):
        return []
    if parties is None:
        own = own_parties_of(person).filter(partnership=partnership)
        rows = list(own.select_related(*_PARTY).order_by("position", "id"))
    else:
        rows = [party for party in parties if party.is_own]
    notes = {note.party_id: note for note in party_notes_visible_to(person).filter(party__in=rows)} if rows else {}
    return [
        OwnPart(
            p,
            notes.get(p.pk),
            may_edit_own_part(person, p),
            may_edit_note(person, p),
            may_make_statement(person, p),
            may_answer_seat(person, p),
        )
        for p in rows
    ]


def own_parts_with_statements(
    person: Viewer, partnership: Partnership, document: dict[str, Any], parties: Sequence[Party] | None = None
) -> list[OwnPart]:
    statements = {statement["party"]: statement for statement in document["statements"]}
    own = own_parts(person, partnership, parties)
    for part in own:
        part.statement = statements.get(part.party.entity.public_id)
    return own


def shown_remarks(
    person: Viewer, partnerships: Iterable[Partnership], parties: dict[int, Party] | Sequence[Party]
) -> list[ShownRemark]:
    """The leads' statements on these partnerships that the person may see, with the replies of these parties.

    One query for each current date in the leads' time zones (at most three), and one for the replies.
    """
    by_day: dict[date, list[int]] = {}
    for partnership in partnerships:
        by_day.setdefault(clock.today(clock.zone(partnership.lead.zone)), []).append(partnership.pk)
    rows = [
        (remark, today)
        for today, pks in by_day.items()
        for remark in remarks_visible_to(person, today).filter(partnership__in=pks).select_related("lead")
    ]
    places: dict[int, list[Reply]] = {remark.pk: [] for remark, _ in rows}
    if rows:
        replies = Reply.objects.filter(remark__in=places, party__in=parties)
        for reply in replies.select_related(*(f"party__{name}" for name in BODIES)).order_by("at", "id"):
            places[reply.remark_id].append(reply)
    return [
        ShownRemark(
            remark,
            remark.public_on <= today,
            [reply for reply in places[remark.pk] if reply.text],
            [reply for reply in places[remark.pk] if not reply.text],
        )
        for remark, today in rows
    ]


def remark(person: Viewer, pk: int) -> Remark:
    """A statement that the person may see. Raises NotFound."""
    found = Remark.objects.filter(pk=pk).select_related("partnership__lead").first()
    if found is None:
        raise NotFound
    today = clock.today(clock.zone(found.partnership.lead.zone))
    if not remarks_visible_to(person, today).filter(pk=pk).exists():
        raise NotFound
    return found


def shares(person: Viewer, partnership: Partnership) -> list:
    """Who the lead's staff share a draft with: (row, jurisdiction, department or organization)."""
    if not may_read_all(person, partnership):
        return []
    rows = partnership.shares.select_related(*BODIES)
    return [(row, row.organization or row.department or row.jurisdiction) for row in rows]


# Seats


def seats_of(person: Person, **only: Any) -> list[tuple[Party, SeatConsent | None]]:
    """The seats of the person's own offices and organizations in published partnerships, with the latest answer or
    invitation.

    All answers are included. `only`: `organization` or `partnership` limits them to one. The lead's own seats need no
    answer, and are left out.
    """
    rows = Party.objects.filter(of_own_bodies(person), partnership__is_published=True, **only)
    rows = rows.exclude(circle__in=OFFICE_ONLY_CIRCLES).select_related(*_PARTY, "department__jurisdiction")
    rows = [party for party in rows.order_by("partnership__title", "pk") if not seats.needs_no_consent(party)]
    if not rows:
        return []
    latest = latest_answers({party.partnership_id for party in rows})
    return [(party, latest.get((party.partnership_id, *body_key(party)))) for party in rows]


# What people are asked for


def requests_to_seats(person: Person, *, most: int = 10, **only: Any) -> tuple[list[Party], list[Party]]:
    """(seats that were asked to confirm the current record and haven't, seats with an open invitation).

    Those of the person's own offices and organizations in published partnerships for which the person may answer.
    `only`: `organization` limits them to one.
    """
    rows = _asked_seats(person, *only, **{name: value.pk for name, value in only.items()})
    invited = [one for one in rows if one.state == SeatState.INVITED and may_answer_seat(person, one)]
    return _without_statement(person, [one for one in rows if one.confirm_asked_on])[:most], invited[:most]


@prepared_list
def _asked_seats(person: Person, *limits: str) -> QuerySet[Party]:
    """`limits`: the names of `only`."""
    rows = own_parties_of(person).filter(partnership__is_published=True, **{name: Placeholder(name) for name in limits})
    rows = rows.filter(Q(confirm_asked_on__isnull=False) | Q(state=SeatState.INVITED)).select_related(*_PARTY)
    return rows.order_by(F("confirm_asked_on").asc(nulls_last=True), "partnership__title", "pk")[:_LOOKED_AT]


def _without_statement(person: Person, parties: Sequence[Party]) -> list[Party]:
    parties = [party for party in parties if may_make_statement(person, party)]
    if not parties:
        return []
    partnerships = {party.partnership_id for party in parties}
    statements, marks = confirmation_status.latest_statements(partnerships), publication.fingerprints(partnerships)

    def is_open(party: Party) -> bool:
        word = statements.get(party.partnership_id, {}).get(party.pk)
        return word is None or word["fingerprint"] != marks.get(party.partnership_id, word["fingerprint"])

    return [party for party in parties if is_open(party)]


def latest_words_of(person: Person, *, most: int) -> list[Confirmation | Reply]:
    """What the person's offices and organizations last said about records, and replied to leads, latest first."""
    own = own_party_ids(person)
    statements = Confirmation.objects.filter(party__in=own).select_related("party__partnership")
    replies = (
        Reply.objects.filter(party__in=own, at__isnull=False).exclude(text="").select_related("party__partnership")
    )
    rows: list[Confirmation | Reply] = [
        *statements.order_by("-at", "-pk")[:most],
        *replies.order_by("-at", "-pk")[:most],
    ]
    dated = [(row.at, row) for row in rows if row.at]
    return [row for _, row in sorted(dated, key=lambda pair: pair[0], reverse=True)][:most]


def seats_confirmed_by(person: Person, *, most: int) -> list[SeatConsent]:
    """The yeses that this person gave to seats of their own offices and organizations, signed in or by a link to their
    address, with the partnership, latest first. One query.
    """
    by_link = Q(way=ConsentWay.LINK, contact__email__iexact=person.email)
    rows = SeatConsent.objects.filter(of_own_bodies(person), Q(by=person) | by_link, state=SeatState.CONFIRMED)
    rows = rows.filter(partnership__in=partnerships_visible_to(person)).select_related(
        "partnership", "contact", *BODIES
    )
    found = rows.order_by("-at", "-pk")[: 2 * most]
    return [row for row in found if row.by_id == person.pk or row.has_same_mailbox()][:most]


def statements_to_reply_to(person: Person, *, most: int = 10, **only: Any) -> list[Reply]:
    """The lead's statements that aren't public yet and that a seat of the person can still reply to, as Reply rows; the
    next one to become public first. `only`: `organization` limits them to one.
    """
    rows = _replies_to_write(person, *only, **{name: value.pk for name, value in only.items()})
    return [reply for reply in rows if may_make_statement(person, reply.party)][:most]


@prepared_list
def _replies_to_write(person: Person, *limits: str) -> QuerySet[Reply]:
    """`limits`: the names of `only`."""
    rows = Reply.objects.filter(party__in=own_party_ids(person), party__partnership__is_published=True)
    rows = rows.filter(**{f"party__{name}": Placeholder(name) for name in limits})
    rows = rows.filter(text="", remark__withdrawn_at=None, remark__public_on__gte=clock.today())
    rows = rows.select_related("remark__lead", *(f"party__{name}" for name in _PARTY))
    return rows.order_by("remark__public_on", "pk")[:_LOOKED_AT]
