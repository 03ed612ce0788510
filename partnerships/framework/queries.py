"""Reading rounds: what is open, what both sides said, and what the reader may not see yet or ever."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from partnerships.communication.rules import actions_visible_to
from partnerships.core import clock
from partnerships.core.access import get_or_missing, is_administrator
from partnerships.core.errors import Missing
from partnerships.directory.models import Jurisdiction
from partnerships.directory.rules import contacts_visible_to
from partnerships.framework import catalogue, gaps
from partnerships.framework.choices import NATION, NOTE_DAYS, Standing
from partnerships.framework.models import Respondent, ResponseNote, Round, RoundSide, SideScore
from partnerships.framework.rules import at_the_table, pair_of, rounds_visible_to, sides_read_by
from partnerships.registry.rules import may_read_whole, parties_visible_to
from partnerships.registry.speakers import count_speakers

_BODIES = ("jurisdiction", "department", "organization")
_PARTY = ("party__partnership", *(f"party__{name}" for name in _BODIES))
EARLIER = 4  # rounds before this one whose scores stand beside it


@dataclass
class SideSeen:
    """`finished` and `declined` count people; they are told while it is open, and never who."""

    side: RoundSide
    name: str  # of a tribal nation; empty for the others, which pages have words for
    finished: int = 0
    declined: int = 0


@dataclass
class ItemSeen:
    """One item as this reader may see it. `scores`: side's key → its score, None where it is not hers to see."""

    item: catalogue.Item
    scores: dict
    gap: float | None = None
    is_flagged: bool = False
    note: ResponseNote | None = None
    sees_action: bool = False
    words: list = field(default_factory=list)  # (side's key, SharedWord)
    earlier: list = field(default_factory=list)  # (round, scores of the pair), the oldest first
    earlier_note: ResponseNote | None = None  # the answer to this item in the round before


@dataclass
class RoundSeen:
    round: Round
    sides: list[SideSeen]
    pair: tuple[str, str]
    items: list[ItemSeen] = field(default_factory=list)

    @property
    def note_due_on(self):
        return note_due_on(self.round)

    @property
    def owed(self) -> list[ItemSeen]:
        return [one for one in self.items if one.is_flagged and one.note is None]


def note_due_on(round):
    """The day by which a response to its flagged gaps is owed."""
    return round.opened_at.astimezone(clock.zone(round.zone)).date() + timedelta(days=NOTE_DAYS)


def round_of(person, public_id) -> Round:
    """One round with its partnership. Raises Missing or MistypedId."""
    return get_or_missing(rounds_visible_to(person).select_related("partnership__lead"), public_id)


def rounds_of(person, partnership) -> list[Round]:
    """The partnership's rounds that the person may see, the one that closes last first."""
    rows = rounds_visible_to(person).filter(partnership=partnership, cancelled_at=None)
    return list(rows.select_related("partnership__lead"))


def round_seen(person, round) -> RoundSeen:
    """A round as the person may see it: while it is open, how many have answered; then what both sides said."""
    reads = sides_read_by(person, round) if round.opened_at else set()
    return seen_by_sides(round, reads, person=person)


def seen_by_sides(round, reads: set, *, person=None) -> RoundSeen:
    """The same for someone of these sides: whoever has a personal link is of theirs."""
    seen = RoundSeen(round, _sides(round), pair_of(round))
    if not round.opened_at:
        return seen
    notes = {note.item: note for note in round.notes.select_related("action")}
    actions = {note.action_id for note in notes.values()} - {None}
    acts = set(actions_visible_to(person).filter(pk__in=actions).values_list("pk", flat=True)) if actions else set()
    before = _earlier(round)
    shown_before = {one.pk: _scores([one]) for one in before}
    old_notes = {note.item: note for note in before[-1].notes.all()} if before else {}
    words: dict = {}
    for side in round.sides.prefetch_related("words"):
        for word in side.words.all():
            words.setdefault(word.item, []).append((side.key, word))
    scores = _scores([round])
    for item in catalogue.items(round.edition).values():
        one = _item(item, scores.get(item.key, {}), seen.pair, reads)
        one.note, one.words = notes.get(item.key), _words_seen(words.get(item.key, []), one.scores)
        one.sees_action = one.note is not None and one.note.action_id in acts
        one.earlier_note = old_notes.get(item.key)
        one.earlier = [(r, _item(item, shown_before[r.pk].get(item.key, {}), seen.pair, reads).scores) for r in before]
        seen.items.append(one)
    return seen


def _words_seen(words, scores):
    """Words go with their side's score: where that is sealed to the reader, so are they."""
    return [(key, word) for key, word in words if scores.get(key) is not None]


def _item(item, scores, pair, reads) -> ItemSeen:
    """A score whose other side has none to stand beside is its own side's alone."""
    answered = {key for key, one in scores.items() if one.standing in (Standing.SHOWN, Standing.KEPT_BACK)}
    shown = {
        key: one if one.standing != Standing.SHOWN or key in reads or answered - {key} else None
        for key, one in scores.items()
    }
    first, second = (shown.get(key) for key in pair)
    return ItemSeen(item, shown, gaps.gap(first, second), gaps.is_flagged(first, second))


def _scores(rounds) -> dict:
    """Item → side's key → its score."""
    found: dict = {}
    rows = SideScore.objects.filter(side__round__in=rounds).select_related("side").order_by("side", "pk")
    for row in rows:
        found.setdefault(row.item, {})[row.side.key] = _score(row)
    return found


def _score(row) -> gaps.Score:
    return gaps.Score(**{name: getattr(row, name) for name in gaps.Score.__dataclass_fields__})


def flags_of(round) -> set[str]:
    """The items of a round that has opened to which a response is owed or was given."""
    pair = pair_of(round)
    scores = _scores([round]) if round.opened_at else {}
    return {item for item, of_sides in scores.items() if gaps.is_flagged(*(of_sides.get(key) for key in pair))}


def _earlier(round) -> list[Round]:
    rows = Round.objects.filter(partnership=round.partnership_id, opened_at__lt=round.opened_at)
    rows = rows.filter(compares_lead=round.compares_lead).prefetch_related("notes")
    return list(rows.order_by("-opened_at", "-pk")[:EARLIER])[::-1]


def _sides(round) -> list[SideSeen]:
    sides = [SideSeen(side, "") for side in round.sides.all()]
    for finished_at, declined_at, side in round.respondents.values_list("finished_at", "declined_at", "side"):
        one = next(one for one in sides if one.side.pk == side)
        one.finished += finished_at is not None
        one.declined += declined_at is not None
    nations = {one.side.key.removeprefix(NATION) for one in sides if one.side.key.startswith(NATION)}
    names = dict(Jurisdiction.objects.filter(pk__in=nations).values_list("pk", "name")) if nations else {}
    for one in sides:
        pk = one.side.key.removeprefix(NATION)
        one.name = names.get(int(pk), "") if pk.isdecimal() else ""
    return sides


def places_seen(person, round) -> list:
    """Who is asked, for those who keep the record: for which party, and whether they have finished."""
    if not (is_administrator(person) or may_read_whole(person, round.partnership)):
        return []
    return list(round.respondents.select_related("side", *_PARTY))


def place_of(person, pk) -> Respondent:
    """The place of someone who is asked, in a round that the person may see. Raises Missing."""
    rows = Respondent.objects.filter(round__in=rounds_visible_to(person).values("pk"))
    place = rows.select_related("round__partnership__lead", "side", *_PARTY).filter(pk=pk).first()
    if place is None:
        raise Missing
    return place


def who_may_be_asked(person, partnership) -> list[tuple[str, str]]:
    """Whom a round may ask, as far as the person sees them: (“speakers:3”, words) for all who speak for a party here, and
    (“contact:7:3”, words) for each contact of a party."""
    seen = set(parties_visible_to(person).filter(partnership=partnership).values_list("pk", flat=True))
    parties = [party for party in at_the_table(partnership) if party.pk in seen]
    counts, contacts = count_speakers(parties), _contacts_of(person, parties)
    offered = []
    for party in parties:
        if counts[party.pk]:
            words = f"{party}: everyone who speaks for it here ({counts[party.pk]})"
            offered.append((f"speakers:{party.pk}", words))
        offered += [(f"contact:{c.pk}:{party.pk}", f"{party}: {c}") for c in contacts.get(party.entity, [])]
    return offered


def _contacts_of(person, parties) -> dict:
    """Body → its contacts with an address that the person sees."""
    bodies = Q()
    for name in _BODIES:
        bodies |= Q(**{f"{name}__in": [getattr(p, f"{name}_id") for p in parties if getattr(p, f"{name}_id")]})
    found: dict = {}
    for contact in contacts_visible_to(person).filter(bodies).exclude(email="").select_related(*_BODIES):
        found.setdefault(contact.organization or contact.department or contact.jurisdiction, []).append(contact)
    return found


def asked_from(person, partnership, keys) -> list[tuple]:
    """(party, contact or None) for `rounds.start_round`, of the keys that were offered to this person."""
    parties = {party.pk: party for party in at_the_table(partnership)}
    pairs = []
    for key in keys:
        kind, *numbers = key.split(":")
        contact = contacts_visible_to(person).get(pk=numbers[0]) if kind == "contact" else None
        pairs.append((parties[int(numbers[-1])], contact))
    return pairs
