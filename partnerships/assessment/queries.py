"""Reads rounds: what is open, what both sides said, and what the reader may not see yet or ever."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.assessment import catalog, gaps, suggested_levels
from partnerships.assessment.choices import ANSWERED, NATION, NOTE_DAYS, PROGRESS_FROM, CanceledAs, ScoreState
from partnerships.assessment.eligibility import may_name_respondents, partner_refusals, person_refusal
from partnerships.assessment.facts import facts_of
from partnerships.assessment.hooks import actions_visible_to
from partnerships.assessment.models import (
    AskedParty,
    Respondent,
    ResponseNote,
    Round,
    RoundSide,
    SharedWord,
    SideScore,
)
from partnerships.assessment.naming_links import emailed_partners
from partnerships.assessment.round_codes import party_ids_with_printable_code
from partnerships.assessment.rules import (
    askable_parties,
    compared_sides,
    lost_reason,
    own_sides_of,
    rounds_visible_to,
    sides_of,
)
from partnerships.core import clock
from partnerships.core.access import Viewer, get_or_not_found, is_administrator
from partnerships.core.errors import NotFound
from partnerships.directory.models import BODIES, Contact, Jurisdiction, body_key, in_bodies
from partnerships.directory.queries import contacts_with_address
from partnerships.directory.rules import contacts_visible_to
from partnerships.registry import seats
from partnerships.registry.models import Partnership, Party
from partnerships.registry.representatives import people_of, representatives_by_party
from partnerships.registry.rules import contacts_who_confirmed, may_read_all, own_party_ids, parties_visible_to

CANCELLATION = ("cancellation",)  # related rows to fetch along with a round
_PARTY = ("party__partnership", *(f"party__{name}" for name in BODIES))
NO_PROPOSAL = "no one"  # in place of a person: the partner names its people without a proposal
RECENT_DAYS = 90
MOST_PLACES = 20  # shown on one person's page
EARLIER = 4  # rounds before this one whose scores are shown next to it


# A party at the table, the people who speak for it, and its contacts.
Offer = tuple[Party, set[int], list[Contact]]
# Of one item: side's key → its score, None while it stays sealed.
Scores = dict[str, gaps.Score | None]


@dataclass
class SideSeen:
    """A side of a round, and how many of its people are done.

    `finished` and `declined` count people after answers opened: those with answers that count have finished, whether or
    not they pressed the button before the deadline. Before that both are 0, and `is_half_done` roughly
    says how far a side of PROGRESS_FROM or more people is; for a smaller side it is None.
    """

    side: RoundSide
    name: str  # of a tribal nation; "" for the others, for which pages have texts
    finished: int = 0
    declined: int = 0
    is_half_done: bool | None = None


@dataclass(frozen=True)
class CancellationSeen:
    """Who canceled a round and why. `done_at` is None while partners are asked for their yes."""

    who: str
    why: str
    asked_at: datetime
    done_at: datetime | None


@dataclass
class ItemSeen:
    """One item as this reader may see it. `scores`: side's key → score, None if the reader may not see it."""

    item: catalog.Item
    scores: dict
    gap: float | None = None
    is_flagged: bool = False
    note: ResponseNote | None = None
    sees_action: bool = False
    words: list = field(default_factory=list)  # (side's key, SharedWord)
    earlier: list = field(default_factory=list)  # (round, scores of the pair), oldest first
    earlier_note: ResponseNote | None = None  # the response to this item in the round before
    suggestion: suggested_levels.Suggestion | None = None  # what records suggested when it opened


@dataclass
class RoundSeen:
    round: Round
    sides: list[SideSeen]
    pair: tuple[str, str]
    items: list[ItemSeen] = field(default_factory=list)

    @property
    def note_due_on(self) -> date:
        return note_due_on(self.round)

    @property
    def due_responses(self) -> list[ItemSeen]:
        return [one for one in self.items if one.is_flagged and one.note is None]


def note_due_on(survey_round: Round) -> date:
    """The day by which responses to its flagged gaps are due."""
    assert survey_round.opened_at is not None  # flagged gaps are those of an opened round
    return survey_round.opened_at.astimezone(clock.zone(survey_round.zone)).date() + timedelta(days=NOTE_DAYS)


def round_of(person: Viewer, public_id: str) -> Round:
    """One round with its partnership. Raises NotFound or MistypedId."""
    rows = rounds_visible_to(person).select_related("partnership__lead", "portfolio_place__portfolio", *CANCELLATION)
    return get_or_not_found(rows, public_id)


def rounds_of(person: Viewer, partnership: Partnership) -> list[Round]:
    """The partnership's rounds that the person may see, including canceled ones, the one that closes last first."""
    rows = rounds_visible_to(person).filter(partnership=partnership)
    return list(rows.select_related("partnership__lead", *CANCELLATION))


def last_opened(rounds: Sequence[Round], asks: str) -> Round | None:
    """The round that opened last, of those that ask this. One that opened early may have a later deadline."""
    opened = [one for one in rounds if one.opened_at and one.asks == asks]
    return max(opened, key=lambda one: (one.opened_at, one.pk), default=None)


def cancellation_seen(
    person: Viewer, survey_round: Round, parties: dict[int, Party] | None = None
) -> CancellationSeen | None:
    """Who canceled a round, or wants to, and why, as far as the person may know; None if no one does.

    `parties`: those that the person sees, by primary key, if they were read already.
    """
    cancellation = getattr(survey_round, "cancellation", None)
    if cancellation is None:
        return None
    who = str(CanceledAs(cancellation.role).label)
    if cancellation.role == CanceledAs.LEAD:
        who = survey_round.partnership.lead.name
    elif cancellation.role == CanceledAs.PARTNER:
        who = str(_party_seen(person, cancellation.party_id, parties) or CanceledAs.PARTNER.label)
    return CancellationSeen(who, cancellation.why, cancellation.at, survey_round.cancelled_at)


def _party_seen(person: Viewer, pk: int, parties: dict[int, Party] | None) -> Party | None:
    if parties is not None:
        return parties.get(pk)
    return parties_visible_to(person).filter(pk=pk).select_related("partnership", *BODIES).first()


def _at_hand(rounds: QuerySet[Round]) -> QuerySet[Round]:
    return rounds.filter(cancelled_at=None).select_related("partnership__lead")


def recently_opened(person: Viewer, *, most: int) -> list[Round]:
    """The rounds whose answers opened within `RECENT_DAYS`, as far as the person may see them, latest first."""
    rows = _at_hand(rounds_visible_to(person)).filter(opened_at__gte=clock.now() - timedelta(days=RECENT_DAYS))
    return list(rows.order_by("-opened_at", "-pk")[:most])


def finished_by(person: Person, *, most: int) -> list[Respondent]:
    """Where this person has finished answering, latest first."""
    rows = Respondent.objects.filter(person=person.pk, finished_at__isnull=False, round__in=rounds_visible_to(person))
    return list(rows.select_related("round__partnership").order_by("-finished_at", "-pk")[:most])


def responses_to(person: Viewer, *, most: int) -> list[ResponseNote]:
    """The latest responses of leads to gaps in rounds in which the person's offices or organizations were asked."""
    asked = AskedParty.objects.filter(party__in=own_party_ids(person)).values("side__round")
    rows = ResponseNote.objects.filter(round__in=rounds_visible_to(person).filter(pk__in=asked))
    return list(rows.select_related("round__partnership__lead").order_by("-at", "-pk")[:most])


def rounds_to_answer(person: Person) -> list[Respondent]:
    """Where the person is a respondent and has neither finished nor declined, the round that closes first at the top."""
    rows = Respondent.objects.filter(person=person.pk, finished_at=None, declined_at=None)
    rows = rows.filter(round__answering_at__isnull=False, round__opened_at=None, round__cancelled_at=None)
    rows = rows.filter(round__closes_at__gt=clock.now())
    rows = rows.select_related("round__partnership__lead", "side", *_PARTY).order_by("round__closes_at", "pk")
    return [respondent for respondent in rows.select_related("person")[:MOST_PLACES] if not lost_reason(respondent)]


def partners_to_name(person: Person, **body: Any) -> list[AskedParty]:
    """The person's own partners (all, or those of one `body`) that haven't named who answers for them yet, as far as this
    person names them; the round whose list closes first at the top.
    """
    rounds = {"answering_at": None, "opened_at": None, "cancelled_at": None, "roll_closes_at__gt": clock.now()}
    rows = AskedParty.objects.filter(named_at=None, party__in=own_party_ids(person))
    rows = rows.filter(**{f"side__round__{name}": value for name, value in rounds.items()})
    rows = rows.filter(**{f"party__{name}": value for name, value in body.items()})
    rows = rows.select_related("side__round", *_PARTY).order_by("side__round__roll_closes_at", "pk")
    return [one for one in rows[:MOST_PLACES] if one.party and may_name_respondents(person, one.party)]


def round_seen(person: Person, survey_round: Round) -> RoundSeen:
    """A round as the person may see it: while it is open, roughly how far larger sides are; after that both sides'
    scores.
    """
    own_sides = own_sides_of(person, survey_round) if survey_round.opened_at else set()
    return seen_by_sides(survey_round, own_sides, person=person)


def seen_by_sides(survey_round: Round, own_sides: set, *, person: Viewer = None) -> RoundSeen:
    """`round_seen` for a reader of these sides, such as the holder of a personal link."""
    seen = RoundSeen(survey_round, sides_seen([survey_round])[survey_round.pk], compared_sides(survey_round))
    if not survey_round.opened_at:
        return seen
    notes = {note.item: note for note in survey_round.notes.select_related("action")}
    actions = _actions_seen(person, notes.values())
    comments = _comments_by_item(survey_round)
    suggestions = suggestions_of(survey_round)
    earlier = _earlier_rounds(survey_round)
    earlier_notes = {note.item: note for note in earlier[-1].notes.all()} if earlier else {}
    has_bands = any(side.side.bands_only for side in seen.sides if side.side.key in seen.pair)
    trend = [] if has_bands else earlier
    scores = scores_of_rounds([survey_round, *trend])
    for item in survey_round.items.values():
        one = item_seen(item, scores[survey_round.pk].get(item.key, {}), seen.pair, own_sides)
        one.note, one.earlier_note = notes.get(item.key), earlier_notes.get(item.key)
        one.sees_action = one.note is not None and one.note.action_id in actions
        one.words = _words_seen(comments.get(item.key, []), one.scores)
        one.suggestion = suggestions.get(item.key)
        one.earlier = [
            (before, item_seen(item, scores[before.pk].get(item.key, {}), seen.pair, own_sides).scores)
            for before in trend
        ]
        seen.items.append(one)
    return seen


def _actions_seen(person: Viewer, notes: Iterable[ResponseNote]) -> set[int]:
    """The primary keys of the action items of these responses that the person may see."""
    actions = {note.action_id for note in notes} - {None}
    return set(actions_visible_to(person).filter(pk__in=actions).values_list("pk", flat=True)) if actions else set()


def _comments_by_item(survey_round: Round) -> dict[str, list[tuple[str, SharedWord]]]:
    """Item → (side's key, comment)."""
    found: dict[str, list[tuple[str, SharedWord]]] = {}
    for side in survey_round.sides.prefetch_related("words"):
        for word in side.words.all():
            found.setdefault(word.item, []).append((side.key, word))
    return found


def suggestions_of(survey_round: Round) -> dict[str, suggested_levels.Suggestion]:
    """Item → the level that records suggested when its answers opened; for an open round, what they suggest today.

    None for a round from before that was kept.
    """
    facts = facts_now(survey_round) if survey_round.opened_at is None else survey_round.facts
    return suggested_levels.suggest_levels(suggested_levels.Facts(**facts)) if facts else {}


def facts_now(survey_round: Round) -> dict[str, Any] | None:
    """What records say of the year before today (`suggested_levels.Facts`), if the round asks about any of it."""
    if not suggested_levels.RULES.keys() & survey_round.items.keys():
        return None
    today = clock.today(clock.zone(survey_round.zone))
    return asdict(facts_of(survey_round.partnership, compared_sides(survey_round), today))


def _words_seen(words: Sequence, scores: dict[str, Any]) -> list:
    """Comments are shown together with their side's score: if the score is sealed for the reader, so are they."""
    return [(key, word) for key, word in words if scores.get(key) is not None]


def item_seen(
    item: catalog.Item, scores: dict[str, Any], pair: tuple[str, str], own_sides: Iterable[str] = frozenset()
) -> ItemSeen:
    """One item from its scores (side's key → score), for a reader of these sides, or of none."""
    shown = {
        key: one if one.standing != ScoreState.SHOWN or _is_open(key, scores, pair[0], own_sides) else None
        for key, one in scores.items()
    }
    first, second = (shown.get(key) for key in pair)
    return ItemSeen(item, shown, gaps.gap(first, second), gaps.is_flagged(first, second))


def _is_open(key: str, scores: dict[str, Any], first: str, own_sides: Iterable[str]) -> bool:
    """Whether a side's score is open to a reader of these sides.

    The rule: to read the other side's answers, one's own side must have answered. Readers of the first side
    (government, or the lead) and of no side see another side's score only next to the first side's own. A side that
    isn't the first may keep its score back and still read the first one's, since how an office rates its own work is
    public business.
    """
    if first in own_sides:
        return key == first or (first in scores and scores[first].standing == ScoreState.SHOWN)
    if key in own_sides:
        return True
    if key != first and not own_sides:
        return first in scores and scores[first].standing == ScoreState.SHOWN
    return any(
        one.standing in ANSWERED
        for other, one in scores.items()
        if other != key and (other in own_sides or not own_sides)
    )


def scores_of(survey_round: Round) -> dict:
    """Item → side's key → score."""
    return scores_of_rounds([survey_round])[survey_round.pk]


def scores_of_rounds(rounds: Sequence[Round]) -> dict[int, dict]:
    """`scores_of` for several rounds: primary key → item → side’s key → score."""
    found: dict = {one.pk: {} for one in rounds}
    rows = SideScore.objects.filter(side__round__in=rounds).select_related("side").order_by("side", "pk")
    for row in rows:
        found[row.side.round_id].setdefault(row.item, {})[row.side.key] = score_of(row)
    return found


def score_of(row: SideScore) -> gaps.Score:
    return gaps.Score(**{name: getattr(row, name) for name in gaps.Score.__dataclass_fields__})


def flags_of(survey_round: Round) -> set[str]:
    """The items of an opened round for which a response is required or was given."""
    pair = compared_sides(survey_round)
    scores = scores_of(survey_round) if survey_round.opened_at else {}
    return {item for item, of_sides in scores.items() if gaps.is_flagged(*(of_sides.get(key) for key in pair))}


def _earlier_rounds(survey_round: Round) -> list[Round]:
    rows = Round.objects.filter(partnership=survey_round.partnership_id, opened_at__lt=survey_round.opened_at)
    rows = rows.filter(compares_lead=survey_round.compares_lead, asks=survey_round.asks).prefetch_related("notes")
    return list(rows.order_by("-opened_at", "-pk")[:EARLIER])[::-1]


def sides_seen(rounds: Sequence[Round]) -> dict[int, list[SideSeen]]:
    """Round's key → its sides, the compared pair first."""
    sides = {side.pk: SideSeen(side, "") for side in RoundSide.objects.filter(round__in=rounds)}
    respondents = Respondent.objects.filter(round__in=rounds)
    for pk, finished_at, declined_at, took_part in respondents.values_list(
        "side", "finished_at", "declined_at", "took_part"
    ):
        sides[pk].finished += finished_at is not None or took_part
        sides[pk].declined += declined_at is not None
    still_sealed = {one.pk for one in rounds if not one.opened_at}
    for seen in sides.values():
        if seen.side.round_id in still_sealed:
            done, asked = seen.finished + seen.declined, seen.side.asked
            seen.is_half_done = done * 2 >= asked if asked >= PROGRESS_FROM else None
            seen.finished = seen.declined = 0
    names = nation_names({one.side.key for one in sides.values()})
    found: dict = {one.pk: [] for one in rounds}
    for one in sides.values():
        one.name = names.get(one.side.key, "")
        found[one.side.round_id].append(one)
    return found


def nation_names(keys: Iterable[str]) -> dict[str, str]:
    """Key of a side → the name of its tribal nation, for those of these sides that are one."""
    nations = [key.removeprefix(NATION) for key in keys if key.startswith(NATION)]
    names = Jurisdiction.objects.filter(pk__in=nations).values_list("pk", "name") if nations else ()
    return {f"{NATION}{pk}": name for pk, name in names}


@dataclass(frozen=True)
class RespondentCount:
    """How many people were asked on a side, for how many partners that the reader may see.

    `has_others`: also for partners that the reader may not see, whose numbers aren't revealed.
    """

    people: int
    partners: int
    has_others: bool


def count_respondents(person: Viewer, rounds: Sequence[Round]) -> dict[int, RespondentCount]:
    """Primary key of a side → who was asked on it, in numbers.

    If a side has partners that the reader may not see, pages don't show how many of the side have answered either,
    since that would count them.
    """
    respondents = list(Respondent.objects.filter(round__in=rounds).values_list("side", "party"))
    asked = {party for _, party in respondents}
    seen = set(parties_visible_to(person).filter(pk__in=asked - {None}).values_list("pk", flat=True))
    found = {}
    for side in {side for side, _ in respondents}:
        parties = [party for of, party in respondents if of == side]
        shown = [party for party in parties if party in seen]
        found[side] = RespondentCount(len(shown), len(set(shown)), len(shown) < len(parties))
    return found


@dataclass(frozen=True)
class PartnerSeen:
    """A partner that was picked for a round.

    `may_name`: the reader names its people while the respondent list is open. `may_print`: the reader prints a code for it, since
    it has no editors. `is_emailed`: its contact got a personal link and hasn't named anyone yet; only for readers who may print.
    """

    party: Party
    has_named: bool
    asked: int
    may_name: bool
    may_print: bool
    is_emailed: bool


def partners_seen(person: Viewer, survey_round: Round) -> list[PartnerSeen]:
    """The partners that were picked, as far as the reader may see them."""
    rows = AskedParty.objects.filter(side__round=survey_round, party__in=parties_visible_to(person)).select_related(
        *_PARTY
    )
    partners = list(rows.order_by("side", "party__position", "pk"))
    is_open = survey_round.is_open and survey_round.answering_at is None
    may_print = party_ids_with_printable_code(person, survey_round, partners)
    emailed = emailed_partners([one for one in partners if one.party_id in may_print and one.named_at is None])
    return [
        PartnerSeen(
            one.party,
            one.named_at is not None,
            one.asked,
            is_open and may_name_respondents(person, one.party),
            one.party_id in may_print,
            one.pk in emailed,
        )
        for one in partners
        if one.party
    ]


def who_may_be_named(
    person: Viewer, party: Party, *, along: Iterable[Contact] = ()
) -> list[tuple[str, Contact | Person]]:
    """(key, Person or Contact) for all who can answer for a partner, for its own editors.

    A reader with the partner's code gets only contacts that everyone sees, since the person who printed the code could
    use it. `along`: contacts that the reader knows of anyway.
    """
    members = people_of(party) if may_name_respondents(person, party) else people_of(party).none()
    people = [membership.person for membership in members.select_related("person").order_by("person__name", "pk")]
    contacts = contacts_with_address(person, {body_key(party)}).get(body_key(party), [])
    everyone: dict[Contact | Person, None] = dict.fromkeys([*people, *along, *contacts])
    found = [(f"{one._meta.model_name}:{one.pk}", one) for one in everyone]
    return [(key, one) for key, one in found if not person_refusal(one, party)]


def contacts_known_to(contact: Contact, survey_round: Round, party: Party) -> list[Contact]:
    """The contacts of a partner that one of them may name by its personal link, besides those that everyone sees: itself, those
    that were proposed to the partner, and those that it named before.
    """
    rows = survey_round.respondents.filter(party=party, contact__isnull=False).select_related("contact").order_by("pk")
    return [contact, *(one.contact for one in rows if one.contact)]


def contact_with_address(party: Party, address: str) -> Contact | None:
    """The contact of a partner with this email address, for someone of that partner who typed it and so knows it."""
    rows = Contact.objects.filter(in_bodies({body_key(party)}), email__iexact=address.strip()).exclude(email="")
    return rows.order_by("pk").first()


def named_without_email(survey_round: Round, party: Party) -> list[tuple[str, Respondent]]:
    """(key, respondent) for people of a partner who answer with a code."""
    respondents = survey_round.respondents.filter(party=party).exclude(mark="").order_by("pk")
    return [(f"place:{one.pk}", one) for one in respondents]


def respondent_keys_of(survey_round: Round, party: Party, *, is_named: bool | None = None) -> list[str]:
    """The keys of the people who are named or proposed for a partner. `is_named`: only one of the two."""
    respondents = survey_round.respondents.filter(party=party).order_by("pk")
    return [_key_of(one) for one in respondents if is_named in (None, one.is_named)]


def _key_of(respondent: Respondent) -> str:
    if respondent.mark:
        return f"place:{respondent.pk}"
    return f"person:{respondent.person_id}" if respondent.person_id else f"contact:{respondent.contact_id}"


@dataclass(frozen=True)
class SideRespondents:
    """The respondent list as people of a side see it: `own`, each respondent of their side; `others`, (side's key, partner, how
    many).
    """

    own: list[Respondent]
    others: list[tuple[str, object, int]]


def side_respondents(person: Viewer, survey_round: Round, side: RoundSide, *, by_name: bool = True) -> SideRespondents:
    """The respondent list of the reader's own side by name, so that they can check it; of others, how many people each partner
    named.

    Only partners that the reader may see. `by_name` False: all in numbers, for a code that another side printed.
    """
    own = survey_round.respondents.filter(side=side).select_related("person", "contact", *_PARTY)
    own = own.prefetch_related("objections")
    others = AskedParty.objects.filter(side__round=survey_round, asked__gt=0)
    own, others = (own, others.exclude(side=side)) if by_name else (own.none(), others)
    others = others.filter(party__in=parties_visible_to(person)).select_related("side", *_PARTY)
    return SideRespondents(list(own), [(one.side.key, one.party, one.asked) for one in others.order_by("side", "pk")])


def respondents_seen(person: Viewer, survey_round: Round) -> list:
    """The respondents of an open round, for people who keep the record: never whether they have answered."""
    if not survey_round.is_answering or not (
        is_administrator(person) or may_read_all(person, survey_round.partnership)
    ):
        return []
    return list(survey_round.respondents.select_related("side", *_PARTY))


def respondent(person: Viewer, pk: int) -> Respondent:
    """A respondent of a round that the person may see. Raises NotFound."""
    rows = Respondent.objects.filter(round__in=rounds_visible_to(person).values("pk"))
    respondent = rows.select_related("round__partnership__lead", "side", *_PARTY).filter(pk=pk).first()
    if respondent is None:
        raise NotFound
    return respondent


def who_may_be_asked(person: Viewer, partnership: Partnership) -> list[tuple[str, str]]:
    """Who a round can ask, as far as the person sees them, as (key, label).

    “party:3”: a partner that names its people itself; “speakers:3”: propose everyone who speaks for it; “contact:7:3”:
    propose one of its contacts.
    """
    offered, offers = [], can_be_asked(person, [partnership])[partnership.pk]
    by_link = contacts_who_confirmed([party for party, speakers, _ in offers if not speakers])
    for party, speakers, contacts in offers:
        if speakers or seats.needs_no_consent(party):
            words = gettext("%(party)s: it names its people itself")
        elif party.pk in by_link:
            words = gettext("%(party)s: it names its people itself, by a link that we email to its contact")
        else:
            words = gettext("%(party)s: it names its people itself, with a code that you print")
        offered.append((f"party:{party.pk}", words % {"party": party}))
        if speakers:
            words = gettext("%(party)s: everyone who speaks for it here (%(number)s)")
            offered.append((f"speakers:{party.pk}", words % {"party": party, "number": len(speakers)}))
        offered += [(f"contact:{c.pk}:{party.pk}", f"{party}: {c}") for c in contacts]
    return offered


def who_may_not_be_asked(person: Viewer, partnership: Partnership) -> list[str]:
    """Why each other partner at the table isn't offered for a round, as messages, as far as the person sees it."""
    rows = parties_visible_to(person).filter(seats.at_table(), partnership=partnership)
    rows = rows.select_related("partnership", "jurisdiction", "department__jurisdiction", "organization")
    return [words for words in partner_refusals(list(rows.order_by("position", "pk")), clock.today()).values() if words]


def only_side_asked(partnership: Partnership, keys: Iterable[str]) -> SideSeen | None:
    """The one side that these keys of `who_may_be_asked` ask; None if they ask several sides, or no one."""
    by_party, _ = sides_of(partnership, askable_parties(partnership))
    sides = {by_party[int(key.rpartition(":")[2])] for key in keys}
    if len(sides) != 1:
        return None
    (key,) = sides
    return SideSeen(RoundSide(key=key), nation_names(sides).get(key, ""))


def can_be_asked(person: Viewer, partnerships: Sequence[Partnership]) -> dict[int, list[Offer]]:
    """Partnership's key → (party, keys of the people who speak for it, its contacts), for parties at the table that
    the person sees.

    The number of queries doesn't depend on how many partnerships there are.
    """
    seen = set(parties_visible_to(person).filter(partnership__in=partnerships).values_list("pk", flat=True))
    parties = [party for party in askable_parties(*partnerships) if party.pk in seen]
    refused = partner_refusals(parties, clock.today())
    parties = [party for party in parties if not refused[party.pk]]
    speakers, contacts = (
        representatives_by_party(parties),
        contacts_with_address(person, {body_key(p) for p in parties}),
    )
    found: dict = {one.pk: [] for one in partnerships}
    for party in parties:
        found[party.partnership_id].append((party, speakers[party.pk], contacts.get(body_key(party), [])))
    return found


def parse_asked(
    person: Viewer, partnership: Partnership, keys: Iterable[str]
) -> list[tuple[Party, Contact | str | None]]:
    """(party, contact, None or NO_PROPOSAL) for `rounds.start_round`, from keys that were offered to this person."""
    parties = {party.pk: party for party in askable_parties(partnership)}
    pairs = []
    for key in keys:
        kind, *numbers = key.split(":")
        someone = NO_PROPOSAL if kind == "party" else None
        someone = contacts_visible_to(person).get(pk=numbers[0]) if kind == "contact" else someone
        pairs.append((parties[int(numbers[-1])], someone))
    return pairs
