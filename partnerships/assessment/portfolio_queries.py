"""Reads many rounds at once: the latest opened round of each kind and partnership, or those started together.

Only what both sides show is listed and counted (`score_queries.item_seen` for a reader of neither side), so that no filter
and no group reveals more than a single row shows to everyone who may see the round.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Abs, Cast, Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.choices import LOW, NOTE_DAYS, WIDE_GAP, ScoreState
from partnerships.assessment.filters import STANDS, ItemFilter, PlaceFilter, RoundFilter
from partnerships.assessment.gaps import Score
from partnerships.assessment.models import Portfolio, Respondent, ResponseNote, Round, RoundSide, SideScore
from partnerships.assessment.respondent_queries import count_respondents
from partnerships.assessment.rules import (
    PAIRS,
    compared_sides,
    portfolio_places_visible_to,
    portfolios_visible_to,
    rounds_visible_to,
)
from partnerships.assessment.score_queries import ItemSeen, SideSeen, item_seen, note_due_on, score_of, sides_seen
from partnerships.core import clock, listing
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    get_or_not_found,
    is_administrator,
    jurisdictions_read_by,
    prepared_list,
)
from partnerships.core.errors import NotFound
from partnerships.core.listing import Listing, Ordering
from partnerships.core.prepared import Placeholder
from partnerships.core.types import Params
from partnerships.registry.rules import parties_visible_to

_STARTED_BY = ("started_by__jurisdiction", "started_by__department", "started_by__organization")
GAPS, LOWEST, DUE, ANSWERS, GROUPS = "gaps", "low", "owed", "answers", "groups"
OF_ITEMS = (GAPS, LOWEST, DUE)  # whose rows are single questions
MOST_GROUPS = 100
# What to show → ways to sort it, the default first.
ORDERINGS = {
    GAPS: {"widest": Ordering("closeness", _("Widest gap"))},
    LOWEST: {"lowest": Ordering("median", _("Lowest answer"))},
    DUE: {"longest": Ordering("opened_at", _("Overdue the longest"))},
    ANSWERS: {
        "oldest": Ordering("opened_at", _("Oldest answers")),
        "fewest": Ordering("share", _("Fewest have answered")),
    },
    GROUPS: {"oldest": Ordering("opened_at", _("Oldest answers"))},
}
_FIRST, _SECOND = zip(*PAIRS.values(), strict=True)
# Where groups find their key and name. For departments, only seats that the reader sees.
GROUPED = {
    "jurisdiction": ("partnership__lead__public_id", "partnership__lead__name"),
    "department": ("partnership__parties__department__public_id", "partnership__parties__department__name"),
    "kind": ("partnership__kind", "partnership__kind"),
    "issue": ("partnership__issue_areas__key", "partnership__issue_areas__name"),
}


@dataclass
class Row:
    """One question of a round, or (if `seen` is None) a round with its sides."""

    round: Round
    seen: ItemSeen | None = None
    sides: list[SideSeen] = field(default_factory=list)
    respondent_counts: dict = field(default_factory=dict)  # as from `count_respondents`
    due_on: date | None = None  # of a response that is required

    @property
    def pair(self) -> tuple[str, str]:
        return compared_sides(self.round)

    @property
    def is_past(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today(clock.zone(self.round.zone))


@dataclass
class Found:
    """The result of a request: the filtered `rounds`, the chosen questions (empty: all), and the listing of rows."""

    rounds: QuerySet[Round]
    items: list[str]
    listing: Listing


def find_rounds(person: Viewer, params: Params, *, show: str, allow: Collection[str] = ()) -> Found:
    """What these parameters (a QueryDict) ask for.

    Raises NotFound for people without memberships, UnknownParameters, ValidationError.
    """
    if not belongs_somewhere(person):
        raise NotFound
    rows = rounds_visible_to(person).filter(opened_at__isnull=False)
    if not params.get("portfolio"):
        rows = rows.filter(~Exists(_later_rounds()))
    filters = (RoundFilter if show == ANSWERS else ItemFilter)(params, rows, person=person, allow=allow)
    rounds = filters.qs
    items = filters.asked_for if show != ANSWERS else []
    rows = _LISTED[show](rounds, items) if show in _LISTED else _with_share(rounds, person)
    orderings = ORDERINGS[show]
    listed = listing.related_listing(rows, filters, params, orderings=orderings, default=next(iter(orderings)))
    return Found(rounds, items, listed)


def _later_rounds(among: QuerySet[Round] | None = None) -> QuerySet[Round]:
    among = Round.objects.all() if among is None else among
    rows = among.filter(partnership=OuterRef("partnership"), asks=OuterRef("asks"), opened_at__isnull=False)
    same = Q(opened_at=OuterRef("opened_at"), pk__gt=OuterRef("pk"))
    return rows.filter(Q(opened_at__gt=OuterRef("opened_at")) | same)


def _scores(rounds: QuerySet[Round], items: Sequence[str] = ()) -> QuerySet[SideScore]:
    """The second side's scores for single questions, with the first side's (`first`) and the distance between them."""
    rows = SideScore.objects.filter(side__round__in=rounds, side__key__in=_SECOND, standing=ScoreState.SHOWN)
    same_item = SideScore.objects.filter(side__round=OuterRef("side__round"), item=OuterRef("item"))
    first = same_item.filter(side__key__in=_FIRST, standing=ScoreState.SHOWN).order_by().values("median")[:1]
    rows = rows.annotate(first=Subquery(first), opened_at=F("side__round__opened_at"))
    rows = rows.annotate(closeness=0.0 - Abs(F("median") - F("first"))).select_related("side__round__partnership__lead")
    return rows.filter(item__in=items) if items else rows


def _compared_scores(rounds: QuerySet[Round], items: Sequence[str] = ()) -> QuerySet[SideScore]:
    """`_scores`, only where the first side shows its own score too.

    Readers of neither side see no others (`score_queries.item_seen`).
    """
    return _scores(rounds, items).filter(Q(first__isnull=False))


def _flagged_scores(rounds: QuerySet[Round], items: Sequence[str] = ()) -> QuerySet[SideScore]:
    """`_compared_scores`, only those for which a response is required: the same rule as `gaps.is_flagged`."""
    return _compared_scores(rounds, items).filter(Q(closeness__lte=-WIDE_GAP) | Q(median__lte=LOW))


def _due_responses(rounds: QuerySet[Round], items: Sequence[str] = ()) -> QuerySet[SideScore]:
    """`_flagged_scores`, only those without a response yet."""
    note = ResponseNote.objects.filter(round=OuterRef("side__round"), item=OuterRef("item"))
    return _flagged_scores(rounds, items).filter(~Exists(note))


def _with_share(rounds: QuerySet[Round], person: Viewer) -> QuerySet[Round]:
    """Add how many people were `asked` and have `finished`, on the sides all of whose partners the person sees and that
    don't have one standing for the whole round.

    Of other sides, the page of a round says neither (`respondent_queries.count_respondents`, `SideSeen`). Counting only the
    partners that the person sees would say whether the one person of a partner has answered.
    """
    hidden = Respondent.objects.exclude(party__in=parties_visible_to(person).order_by().values("pk"))
    sides = RoundSide.objects.filter(~Exists(hidden.filter(side=OuterRef("pk"))), round=OuterRef("pk"), standing="")
    people = Respondent.objects.filter(~Exists(hidden.filter(side=OuterRef("side"))), round=OuterRef("pk"))
    people = people.filter(side__standing="")
    asked, finished = (rows.order_by().values("round") for rows in (sides, people))
    has_finished = Q(finished_at__isnull=False) | Q(took_part=True)
    rows = rounds.select_related("partnership__lead").annotate(
        asked=Coalesce(Subquery(asked.annotate(n=Sum("asked")).values("n")), 0),
        finished=Coalesce(Subquery(finished.annotate(n=Count("pk", filter=has_finished)).values("n")), 0),
    )
    return rows.annotate(share=Cast("finished", FloatField()) / NullIf(Cast("asked", FloatField()), 0.0))


_LISTED = {GAPS: _compared_scores, LOWEST: _compared_scores, DUE: _due_responses}


def rows_of(person: Viewer, records: Sequence[SideScore]) -> list[Row]:
    """Scores or rounds of a page as rows. The number of queries doesn't depend on how many there are."""
    if records and isinstance(records[0], Round):
        sides, respondent_counts = sides_seen(records), count_respondents(person, records)
        return [Row(one, sides=sides[one.pk], respondent_counts=respondent_counts) for one in records]
    rounds = {one.side.round_id: one.side.round for one in records}
    items = {one.item for one in records}
    scores: dict = {}
    for row in SideScore.objects.filter(side__round__in=rounds, item__in=items).select_related("side"):
        scores.setdefault((row.side.round_id, row.item), {})[row.side.key] = score_of(row)
    notes = {(n.round_id, n.item): n for n in ResponseNote.objects.filter(round__in=rounds, item__in=items)}
    return [_row(rounds[one.side.round_id], one.item, scores, notes) for one in records]


def _row(
    survey_round: Round,
    item: str,
    scores: dict[tuple[int, str], dict[str, Score]],
    notes: dict[tuple[int, str], ResponseNote],
) -> Row:
    """One question of a round. `scores`: (round's primary key, item) → side's key → score. `notes`: the responses."""
    key = (survey_round.pk, item)
    seen = item_seen(survey_round.items[item], scores[key], compared_sides(survey_round))
    seen.note = notes.get(key)
    return Row(survey_round, seen, due_on=note_due_on(survey_round) if seen.is_flagged and seen.note is None else None)


def latest_of(rounds: QuerySet[Round], partnerships: Sequence[int]) -> QuerySet[Round]:
    """Of these opened rounds, the latest of each kind for each of these partnerships."""
    rows = rounds.filter(partnership__in=partnerships, opened_at__isnull=False)
    return rows.filter(~Exists(_later_rounds(among=rounds)))


def flagged_in(rounds: QuerySet[Round], *, most: int) -> list[Row]:
    """The questions of these rounds that require a response, widest gaps first.

    The reader must be allowed to see the rounds.
    """
    return rows_of(None, list(_flagged_scores(rounds).order_by(F("closeness"), "pk")[:most]))


def rounds_to_handle(person: Viewer, *, days: int, most: int) -> list[Round]:
    """The rounds of the person's own offices that close within so many days, or whose gaps still have to be responded to,
    the oldest first.

    `due_responses` is how many gaps, and None or 0 while a round is open. `asked` is how many people were asked. How many
    have answered isn't read. One query.
    """
    return _rounds_to_handle(person, most, until=clock.now() + timedelta(days=days))


@prepared_list
def _rounds_to_handle(person: Viewer, most: int) -> QuerySet[Round]:
    rounds = rounds_visible_to(person).filter(cancelled_at=None)
    if not is_administrator(person):
        rounds = rounds.filter(partnership__lead__in=jurisdictions_read_by(person))
    rows = rounds.annotate(**_numbers_of_rounds())
    closing = Q(opened_at=None, closes_at__lte=Placeholder("until"))
    rows = rows.filter(closing | Q(due_responses__gt=0)).select_related("partnership__lead", "started_by", *_STARTED_BY)
    return rows.order_by("closes_at", "pk")[:most]


def _numbers_of_rounds() -> dict[str, Subquery]:
    """The numbers of `rounds_to_handle`, which depend on the round alone."""
    opened = Round.objects.filter(opened_at__isnull=False).filter(~Exists(_later_rounds()))
    due = _due_responses(opened).filter(side__round=OuterRef("pk")).order_by().values("side__round")
    asked = RoundSide.objects.filter(round=OuterRef("pk")).order_by().values("round")
    return {
        "due_responses": Subquery(due.annotate(n=Count("pk")).values("n")),
        "asked": Subquery(asked.annotate(n=Sum("asked")).values("n")),
    }


@dataclass
class Summary:
    """`partnerships` with opened answers; `to_talk`: those with a gap that requires a response; `due`: missing
    responses; `past`: those that are overdue.
    """

    partnerships: int
    to_talk: int
    due: int
    past: int


def summary(one: Found) -> Summary:
    due = _due_responses(one.rounds, one.items)
    counted = due.aggregate(n=Count("pk"), past=Count("pk", filter=_past_due(one.rounds)))
    flagged = _flagged_scores(one.rounds, one.items)
    return Summary(
        one.rounds.count(), flagged.aggregate(n=Count("side__round", distinct=True))["n"], counted["n"], counted["past"]
    )


def _past_due(rounds: QuerySet[Round]) -> Q:
    """Scores of rounds whose responses were due before today, by the calendar of each round's time zone."""
    found = Q(pk__in=())
    for name in rounds.order_by().values_list("zone", flat=True).distinct():
        zone = clock.zone(name)
        first = clock.today(zone) - timedelta(days=NOTE_DAYS)
        found |= Q(side__round__zone=name, side__round__opened_at__lt=datetime.combine(first, time(0), zone))
    return found


def groups(person: Viewer, one: Found, by: str) -> list[dict[str, Any]]:
    """Counts by group, largest first, up to MOST_GROUPS and one more.

    Each dict has key, name, `partnerships`, how many of those have something `to_talk` about or a missing response
    (`due`), and how many people were asked and have finished, as in `_with_share`. Counts only, never a median.
    """
    key, name = GROUPED[by]
    rows = one.rounds
    if by == "department":
        rows = rows.filter(partnership__parties__in=parties_visible_to(person).filter(department__isnull=False))
    shares = _with_share(rows, person).order_by().values(key=F(key), name=F(name))
    counts: QuerySet[Any, Any] = shares.annotate(
        partnerships=Count("pk", distinct=True),
        to_talk=_count_rounds_with(_flagged_scores(one.rounds, one.items)),
        due=_count_rounds_with(_due_responses(one.rounds, one.items)),
        people_asked=Sum("asked"),
        people_finished=Sum("finished"),
    )
    return list(counts.order_by("-partnerships", "name", "key")[: MOST_GROUPS + 1])


def _count_rounds_with(scores: QuerySet[SideScore]) -> Count:
    return Count("pk", distinct=True, filter=Q(pk__in=scores.values("side__round")))


def portfolio(person: Viewer, public_id: str) -> Portfolio:
    """Rounds started together, if the person sees one of them. Raises NotFound or MistypedId."""
    return get_or_not_found(portfolios_visible_to(person), public_id)


def portfolios_of(person: Viewer, *, most: int = 20) -> list[Portfolio]:
    return list(portfolios_visible_to(person)[:most])


def place_list(person: Viewer, portfolio: Portfolio, params: Params) -> Listing:
    """The partnerships of a portfolio that the person may know of, filtered by these parameters (a QueryDict)."""
    rows = portfolio_places_visible_to(person).filter(portfolio=portfolio).select_related("partnership", "round")
    filters = PlaceFilter(params, rows, person=person)
    orderings = {"id": Ordering("pk", _("As they are started"))}
    return listing.related_listing(filters.qs, filters, params, orderings=orderings, default="id")


def counts_of(person: Viewer, portfolio: Portfolio) -> dict[str, int]:
    """How many partnerships of a portfolio wait, have started or have a problem, of those that the person may know of."""
    each = {name: Count("pk", filter=q) for name, q in STANDS.items()}
    return portfolio_places_visible_to(person).filter(portfolio=portfolio).aggregate(**each)
