"""Rounds for many partnerships at once: the plan, the start, and the work in the background.

Each partnership's round is started in a transaction of its own, with the rights that the person who asked for it has
at that moment. When two workers meet at one partnership, the second skips it. After a crash the rest is done.
"""

import logging
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.assessment import catalog
from partnerships.assessment.asking_queries import Offer, can_be_asked, parse_asked, who_may_be_asked
from partnerships.assessment.catalog import ENGAGEMENT, TEN
from partnerships.assessment.models import Portfolio, PortfolioPlace, Round
from partnerships.assessment.rounds import require_last_day, start_round
from partnerships.assessment.rules import startable_by
from partnerships.core import clock
from partnerships.core.access import Author, Viewer, is_administrator, jurisdictions_written_by, require
from partnerships.core.background import wake
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import apply_values, change
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership
from partnerships.registry.rules import seats_held_by

MOST = 500  # partnerships per portfolio
DAYS_FOR_SAY = 21
BATCH = 20  # rounds that the worker starts in one run
OPEN, ENDED, ALONE, NOBODY = "open", "ended", "alone", "nobody"
LEFT_OUT = {
    OPEN: _("A round is already open here."),
    ENDED: _("The partnership has ended."),
    ALONE: _("Fewer than two sides take part."),
    NOBODY: _("No one here can be asked yet. There’s no account or email address."),
}
BROKE = _("Something went wrong here. We’ll try again.")
_GONE = _("The person who started these rounds can no longer start one here.")
_NOT_ASKED = _("Someone here can’t be asked. Start the round on the partnership’s page to see who, and why.")
log = logging.getLogger(__name__)


@dataclass
class Plan:
    """What would be started.

    `chosen` partnerships; how many `people` get how many emails (`emails`); which of the partnerships in which the
    person may ask (`startable` in number) are `left_out`: (partnership, key of LEFT_OUT). `is_too_many`: more than MOST.
    """

    chosen: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    people: int = 0
    emails: int = 0
    startable: int = 0
    is_too_many: bool = False


def plan_for(person: Viewer, matching: QuerySet[Partnership]) -> Plan:
    """The plan for those of these partnerships in which the person may start a round. A fixed number of queries."""
    rows = _possibly_startable(person, matching).select_related("lead").order_by("title", "pk")
    startable = list(rows[: MOST + 1])
    if len(startable) > MOST:
        return Plan(is_too_many=True)
    may = startable_by(person, startable)
    startable = [one for one in startable if one.pk in may]
    open_at = set(_open_rounds().filter(partnership__in=startable).values_list("partnership", flat=True))
    plan, everyone = Plan(startable=len(startable)), set()
    offers = can_be_asked(person, startable)
    for one in startable:
        asked = _people(offers[one.pk])
        reason = _why_not_asked(one, offers[one.pk], asked, open_at)
        if reason:
            plan.left_out.append((one, reason))
        else:
            plan.chosen.append(one)
            plan.emails += len(asked)
            everyone |= asked
    plan.people = len(everyone)
    return plan


def _possibly_startable(person: Viewer, matching: QuerySet[Partnership]) -> QuerySet[Partnership]:
    if is_administrator(person):
        return matching
    own = seats_held_by(person).filter(partnership=OuterRef("pk"))
    return matching.filter(Q(lead__in=jurisdictions_written_by(person)) | Exists(own))


def _open_rounds() -> QuerySet[Round]:
    return Round.objects.filter(asks=TEN, opened_at=None, cancelled_at=None)


def _people(offer: Iterable[Offer]) -> set[tuple[str, int]]:
    """Everyone who speaks for each party; for a party without such people, its contacts."""
    people = {("person", pk) for _, speakers, _ in offer for pk in speakers}
    return people | {("contact", c.pk) for _, speakers, contacts in offer if not speakers for c in contacts}


def _why_not_asked(
    partnership: Partnership, offer: Sequence[Offer], asked: set[tuple[str, int]], open_at: Container[int]
) -> str:
    """Why a partnership isn't asked in a comparison, as a key; "" if it is."""
    if partnership.pk in open_at:
        return OPEN
    if partnership.status == Status.ENDED:
        return ENDED
    if len(offer) < 2:
        return ALONE
    return "" if asked else NOBODY


def default_keys(offered: Sequence[tuple[str, str]]) -> list[str]:
    """The default choice among what `who_may_be_asked` offers.

    Each partner, with a proposal of the people who speak for it, or of its contacts if there are none.
    """
    spoken_for = {key.split(":")[1] for key, _ in offered if key.startswith("speakers:")}
    return [key for key, _ in offered if not key.startswith("contact:") or key.split(":")[2] not in spoken_for]


@transaction.atomic
def ask_what_was_given(*, partnership: Partnership, by: Author) -> Round | None:
    """Ask both sides how much influence the community had.

    Returns None if there are no two sides, no one can be asked, or it is being asked already.
    """
    offered, open_now = can_be_asked(by, [partnership])[partnership.pk], Round.objects.filter(partnership=partnership)
    open_now = open_now.filter(asks=ENGAGEMENT, opened_at=None, cancelled_at=None)
    if len(offered) < 2 or not _people(offered) or open_now.exists():
        return None
    closes_on = clock.today(clock.zone(partnership.lead.zone)) + timedelta(days=DAYS_FOR_SAY)
    fields = {"title": catalog.SAY.question, "asks": ENGAGEMENT, "closes_on": closes_on}
    asked = parse_asked(by, partnership, default_keys(who_may_be_asked(by, partnership)))
    return start_round(partnership=partnership, by=by, fields=fields, asked=asked)


def snapshot(portfolio: Portfolio) -> dict:
    places = portfolio.places.order_by("pk").values_list("partnership__public_id", flat=True)
    return snapshot_fields(portfolio, leave_out=("by",)) | {"partnerships": list(places)}


def require_fitting(partnerships: Sequence[Partnership], fields: dict[str, Any]) -> None:
    """Raise ValidationError if these partnerships are too many, or can't end on that day."""
    if not 1 <= len(partnerships) <= MOST:
        words = gettext("Choose from 1 to %(number)s partnerships.")
        raise ValidationError(words % {"number": MOST}, code="how_many")
    for zone in {one.lead.zone for one in partnerships}:
        require_last_day(fields.get("closes_on"), zone)


@transaction.atomic
def start_portfolio(*, partnerships: Sequence[Partnership], by: Person, fields: dict[str, Any]) -> Portfolio:
    """Start a round of each of these partnerships in the background. `fields`: title, closes_on, erases_answers.

    Raises NotAllowed if the person may not ask in one of them, and ValidationError.
    """
    require(startable_by(by, partnerships) == {one.pk for one in partnerships})
    require_fitting(partnerships, fields)
    portfolio = Portfolio()
    with change(portfolio, by=by, verb="create", snapshot=snapshot):
        apply_values(portfolio, fields | {"by": by})
        rows = [PortfolioPlace(portfolio=portfolio, partnership=one) for one in partnerships]
        PortfolioPlace.objects.bulk_create(rows)
    wake("start_rounds")
    return portfolio


def start_due(most: int = BATCH) -> int:
    """Start up to `most` waiting rounds: oldest first, and those with an earlier error last.

    Returns how many it handled.
    """
    waiting = PortfolioPlace.objects.filter(done_at=None).order_by("problem", "pk").values_list("pk", flat=True)
    started = 0
    for pk in list(waiting[:most]):
        try:
            started += start_place(pk)
        # whatever it is, only this partnership is affected: the others go on, and the next run tries it again
        except Exception:
            log.exception("The round of place %s of a portfolio was not started.", pk)
            PortfolioPlace.objects.filter(pk=pk, done_at=None).update(problem=BROKE)
    done = Portfolio.objects.filter(finished_at=None).exclude(places__done_at=None)
    done.update(finished_at=clock.now())
    return started


@transaction.atomic
def start_place(pk: int) -> bool:
    """Start the round of one partnership, or record why it can't start.

    Returns False if it is done or another worker has it.
    """
    rows = PortfolioPlace.objects.filter(pk=pk, done_at=None)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    place = rows.select_related("portfolio__by").first()
    if place is None:
        return False
    # The lock keeps the parties unchanged from here on, so that those who are asked are those at the table.
    partnership = Partnership.objects.select_for_update(no_key=True, of=("self",)).select_related("lead")
    place.round, place.problem = _start_one(place.portfolio, partnership.get(pk=place.partnership_id))
    place.done_at = clock.now()
    place.save()
    return True


def _start_one(portfolio: Portfolio, partnership: Partnership) -> tuple[Round | None, str]:
    """(the round, “”) or (None, the reason why not)."""
    by = portfolio.by
    if by is None or not by.is_active or not startable_by(by, [partnership]):
        return None, str(_GONE)
    offered = can_be_asked(by, [partnership])[partnership.pk]
    open_at = set(_open_rounds().filter(partnership=partnership).values_list("partnership", flat=True))
    reason = _why_not_asked(partnership, offered, _people(offered), open_at)
    if reason:
        return None, str(LEFT_OUT[reason])
    fields = {name: getattr(portfolio, name) for name in ("title", "closes_on", "erases_answers")}
    asked = parse_asked(by, partnership, default_keys(who_may_be_asked(by, partnership)))
    try:
        with transaction.atomic():
            return start_round(partnership=partnership, by=by, fields=fields, asked=asked), ""
    except NotAllowed:
        return None, str(_GONE)
    except ValidationError as problem:
        return None, _reason_for_all(problem)


def _reason_for_all(problem: ValidationError) -> str:
    """Why a round didn't start, for everyone who sees the portfolio: it names no partner and no one who would be asked,
    since its readers may not know of them.
    """
    found = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    reasons = [str(_NOT_ASKED) if name == "asked" else " ".join(messages) for name, messages in found.items()]
    return " ".join(reasons)[:300]
