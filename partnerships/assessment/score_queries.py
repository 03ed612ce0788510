"""What one reader may see of a round: how far its sides are, and their scores and gaps once its answers are open."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from partnerships.accounts.models import Person
from partnerships.assessment import catalog, gaps, suggested_levels
from partnerships.assessment.choices import ANSWERED, NATION, NOTE_DAYS, PROGRESS_FROM, ScoreState
from partnerships.assessment.facts import facts_of
from partnerships.assessment.hooks import actions_visible_to
from partnerships.assessment.models import Respondent, ResponseNote, Round, RoundSide, SharedWord, SideScore
from partnerships.assessment.rules import compared_sides, own_sides_of
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.directory.models import Jurisdiction

EARLIER = 4  # rounds before this one whose scores are shown next to it
# Of one item: side's key → its score, None while it stays sealed.
Scores = dict[str, gaps.Score | None]


@dataclass
class SideSeen:
    """A side of a round, and how many of its people are done.

    `finished` and `declined` count people after answers opened: those with answers that count have finished, whether or
    not they pressed the button before the deadline. Before that both are 0, and `is_half_done` roughly
    says how far a side of PROGRESS_FROM or more people is; for a smaller side it is None. A side with one `standing` for
    the whole round isn't counted: both stay 0, since the numbers would tell what one person did.
    """

    side: RoundSide
    name: str  # of a tribal nation; "" for the others, for which pages have texts
    finished: int = 0
    declined: int = 0
    is_half_done: bool | None = None

    @property
    def standing(self) -> str:
        """What exists of its scores in the whole round (ScoreState); "" if each item has its own."""
        return self.side.standing


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


def round_seen(person: Person, survey_round: Round) -> RoundSeen:
    """A round as the person may see it: while it is running, roughly how far larger sides are; after that both sides'
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
    """Item → the level that records suggested when its answers opened; for a running round, what they suggest today.

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
    """Those of these pairs (side's key, comment) whose side's score the reader may see. `scores`: as `ItemSeen.scores`."""
    return [(key, word) for key, word in words if scores.get(key) is not None]


def item_seen(
    item: catalog.Item, scores: dict[str, Any], pair: tuple[str, str], own_sides: Iterable[str] = frozenset()
) -> ItemSeen:
    """One item from its scores (side's key → score), for a reader of these sides, or of none."""
    shown = {
        key: one if one.standing != ScoreState.SHOWN or _may_see_score(key, scores, pair[0], own_sides) else None
        for key, one in scores.items()
    }
    first, second = (shown.get(key) for key in pair)
    return ItemSeen(item, shown, gaps.gap(first, second), gaps.is_flagged(first, second))


def _may_see_score(key: str, scores: dict[str, Any], first: str, own_sides: Iterable[str]) -> bool:
    """Whether a reader of `own_sides` may see the score of the side `key`. `first`: the side of government or the lead.

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
        has_answered(one) for other, one in scores.items() if other != key and (other in own_sides or not own_sides)
    )


def has_answered(score: gaps.Score) -> bool:
    """Whether a side with this score of an item may see what the other side says: of a side with one standing, whether
    it answered anything in the round.
    """
    return score.standing in ANSWERED or (score.standing == ScoreState.NO_SCORE and score.answered > 0)


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
        if seen.side.round_id in still_sealed or seen.standing:
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
