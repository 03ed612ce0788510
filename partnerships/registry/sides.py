"""Both sides of one record, for its page: what each party says of it, what its lead says in public, and what is mine."""

from dataclasses import dataclass, field

from partnerships.core import clock
from partnerships.core.access import belongs_somewhere
from partnerships.core.errors import Missing
from partnerships.registry.models import Party, PartyNote, Remark, Reply
from partnerships.registry.rules import (
    may_keep_note,
    may_keep_part,
    may_read_whole,
    may_state,
    own_parties_of,
    parties_visible_to,
    party_notes_visible_to,
    remarks_visible_to,
)

_ENTITY = ("jurisdiction", "department", "organization")
_PARTY = ("partnership__lead", *_ENTITY)


@dataclass
class OwnPart:
    """A place of the reader's own at the table: her body's part and note, and what she may do there."""

    party: Party
    note: PartyNote | None
    may_write: bool
    may_note: bool
    may_state: bool
    statement: dict | None = None  # what her body said last, as the document has it

    @property
    def is_asked(self) -> bool:
        """Whether its word on the record as it stands is still missing."""
        return self.party.confirm_asked_on is not None and not (self.statement and self.statement["is_current"])


@dataclass
class ShownRemark:
    """A statement of the lead's government with the places of its parties: those who replied, and those who have not."""

    remark: Remark
    is_public: bool
    replies: list[Reply]
    silent: list[Reply]  # invited, no reply yet


@dataclass
class BothSides:
    asked_on: dict  # public id of a party → day on which it was asked to confirm, or None
    remarks: list[ShownRemark]
    own: list[OwnPart] = field(default_factory=list)


def both_sides(person, partnership, document) -> BothSides:
    """All of it, of one partnership that the person may see: a fixed number of queries."""
    seen = list(parties_visible_to(person).filter(partnership=partnership).select_related(*_PARTY).order_by("position"))
    asked_on = {party.entity.public_id: party.confirm_asked_on for party in seen}
    said = {statement["party"]: statement for statement in document["statements"]}
    own = own_parts(person, partnership)
    for part in own:
        part.statement = said.get(part.party.entity.public_id)
    return BothSides(asked_on, shown_remarks(person, partnership, seen), own)


def own_parts(person, partnership) -> list[OwnPart]:
    """The places of the person's own bodies in a partnership that she may see."""
    if not belongs_somewhere(person):
        return []
    rows = own_parties_of(person).filter(partnership=partnership).select_related(*_PARTY).order_by("position", "id")
    rows = list(rows)
    notes = {note.party_id: note for note in party_notes_visible_to(person).filter(party__in=rows)} if rows else {}
    return [
        OwnPart(p, notes.get(p.pk), may_keep_part(person, p), may_keep_note(person, p), may_state(person, p))
        for p in rows
    ]


def shown_remarks(person, partnership, parties) -> list[ShownRemark]:
    """What the lead says of it, as far as the person may see that, with the replies of these parties."""
    today = clock.today(clock.zone(partnership.lead.zone))
    rows = list(remarks_visible_to(person, today).filter(partnership=partnership))
    places = {remark.pk: [] for remark in rows}
    if rows:
        replies = Reply.objects.filter(remark__in=rows, party__in=parties)
        for reply in replies.select_related(*(f"party__{name}" for name in _ENTITY)).order_by("at", "id"):
            places[reply.remark_id].append(reply)
    return [
        ShownRemark(
            remark,
            remark.public_on <= today,
            [reply for reply in places[remark.pk] if reply.text],
            [reply for reply in places[remark.pk] if not reply.text],
        )
        for remark in rows
    ]


def remark(person, pk) -> Remark:
    """A statement that the person may see. Raises Missing."""
    found = Remark.objects.filter(pk=pk).select_related("partnership__lead").first()
    today = clock.today(clock.zone(found.partnership.lead.zone)) if found else None
    if found is None or not remarks_visible_to(person, today).filter(pk=pk).exists():
        raise Missing
    return found


def shares(person, partnership) -> list:
    """Whom the lead's staff show a draft to: (row, the body)."""
    if not may_read_whole(person, partnership):
        return []
    rows = partnership.shares.select_related(*_ENTITY)
    return [(row, row.organization or row.department or row.jurisdiction) for row in rows]


def place_of(person, partnership, public_id):
    """The place of one of her own bodies, by the body's id. Raises Missing."""
    found = [part for part in own_parts(person, partnership) if part.party.entity.public_id == public_id]
    if not found:
        raise Missing
    return found[0]
