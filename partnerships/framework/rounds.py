"""Writing rounds: start and move one, and open the answers of one that has closed, for both sides at the same moment.

`by` is the person, or None for a command. All raise ValidationError (by field), NotAllowed and, with a version, Stale.
"""

from collections import Counter
from datetime import time, timedelta

from django.db import transaction

from partnerships.communication import planned_rounds, schedule
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.core.plain import fields_of
from partnerships.core.writing import change, store
from partnerships.framework import catalogue
from partnerships.framework.choices import MOVE_DAYS, PAUSE_DAYS, REPEAT_DAYS
from partnerships.framework.models import AskedParty, Respondent, Round, RoundSide
from partnerships.framework.rules import (
    at_the_table,
    cancels_as,
    may_start_round,
    pair_of,
    sides_of,
    starts_for,
)
from partnerships.framework.scoring import write_scores
from partnerships.registry.models import Partnership
from partnerships.registry.speakers import speakers_of

MOST_ASKED = 100  # people in one round
LONGEST = 120  # days from its start to its last day


def snapshot(round) -> dict:
    """Of a round the sides and how many were asked; never who answered what."""
    shot = fields_of(round, leave_out=("closes_at",))
    return shot | {"asked": [f"{side.key}: {side.asked}" for side in round.sides.all()]}


@transaction.atomic
def start_round(*, partnership, by, fields, asked, why=""):
    """Asks people what they think of a partnership. `fields`: title, closes_on, erases_answers.

    `asked`: pairs of a party and a Person or a Contact, or None for all who speak for that party. Who is named for two parties
    answers for the first. Each gets a letter now.
    """
    require(by is None or may_start_round(by, partnership))
    current = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    _require_no_pause(current)
    _require_apart(current, fields.get("asks", catalogue.TEN))
    places = _places(current, asked)
    round = Round(**{k: fields[k] for k in ("is_sample", "is_illustration") if k in fields})
    with change(round, by=by, verb="create", snapshot=snapshot, why=why) as writing:
        keys, compares_lead = sides_of(current, at_the_table(current))
        starter = starts_for(by, current)
        values = fields | {"partnership": current, "compares_lead": compares_lead, "zone": current.lead.zone}
        values |= {"started_by": starter, "started_by_lead": starter is None}
        store(round, _with_moment(values))
        sides, of_party = _make_sides(round, keys, places), Counter(party.pk for party in places.values())
        for someone, party in places.items():
            place = {someone._meta.model_name: someone, "party": party, "side": sides[keys[party.pk]]}
            Respondent.objects.create(round=round, of_party=of_party[party.pk], **place)
        AskedParty.objects.bulk_create(AskedParty(side=sides[keys[pk]], party_id=pk) for pk in of_party)
    planned_rounds.follow_round(writing.record)
    return writing.record


def _require_no_pause(partnership):
    """No round starts within PAUSE_DAYS of one that was canceled there, so that none is canceled to be asked again."""
    last = Round.objects.filter(partnership=partnership, cancelled_at__isnull=False).order_by("-cancelled_at").first()
    if last is None or last.cancelled_at + timedelta(days=PAUSE_DAYS) <= clock.now():
        return
    first = (last.cancelled_at + timedelta(days=PAUSE_DAYS)).astimezone(clock.zone(last.zone)).date()
    day = schedule.day_words(first)
    words = f"A round was canceled here, so the next one can't start before {day}."
    raise ValidationError(words, code="paused")


def _require_apart(partnership, asks):
    """The same is not asked again within REPEAT_DAYS of the answers, so that two rounds say more than who came between them."""
    rows = Round.objects.filter(partnership=partnership, asks=asks, opened_at__isnull=False).order_by("-opened_at")
    last = rows.first()
    if last is None or last.opened_at + timedelta(days=REPEAT_DAYS) <= clock.now():
        return
    first = (last.opened_at + timedelta(days=REPEAT_DAYS)).astimezone(clock.zone(last.zone)).date()
    words = (
        f"The same was asked here not long ago. You can ask again from {schedule.day_words(first)} on, {REPEAT_DAYS} days after "
        "the answers opened."
    )
    raise ValidationError(words, code="too_soon")


def _make_sides(round, keys, places) -> dict[str, RoundSide]:
    """A row for each side at the table, asked or not; the two that are compared come first."""
    pair = pair_of(round)
    counts = dict.fromkeys([*pair, *sorted(set(keys.values()) - {*pair})], 0)
    for party in places.values():
        counts[keys[party.pk]] += 1
    return {key: RoundSide.objects.create(round=round, key=key, asked=n) for key, n in counts.items()}


def _places(partnership, asked) -> dict:
    """Who answers → for which party. Raises ValidationError at “asked”."""
    table, places = {party.pk: party for party in at_the_table(partnership)}, {}
    for party, someone in asked:
        if party.pk not in table:
            _refuse(f"{party} is not at the table of this partnership now.")
        party = table[party.pk]
        people = [m.person for m in speakers_of(party).select_related("person")] if someone is None else [someone]
        for one in people:
            places.setdefault(one, party)
    if not places:
        _refuse("Pick at least one person, or a party for which somebody can answer here.")
    if len(places) > MOST_ASKED:
        _refuse(f"A round asks at most {MOST_ASKED} people. Pick fewer.")
    return places


def _refuse(words):
    raise ValidationError({"asked": ValidationError(words, code="not_possible")})


def _with_moment(fields):
    """With `closes_at`: the end of its last day in its zone. Raises ValidationError at “closes_on”."""
    require_last_day(fields.get("closes_on"), fields["zone"])
    return fields | {"closes_at": schedule.before(fields["closes_on"], time(0), fields["zone"], days=-1)}


def require_last_day(closes_on, zone) -> None:
    """A day on which a round there can end. Raises ValidationError at “closes_on”."""
    if closes_on is None:
        raise ValidationError({"closes_on": ValidationError("Give the last day to answer.", code="required")})
    today = clock.today(clock.zone(zone))
    if not 1 <= (closes_on - today).days <= LONGEST:
        words = f"Pick a day from tomorrow on, at most {LONGEST} days ahead."
        raise ValidationError({"closes_on": ValidationError(words, code="out_of_reach")})


@transaction.atomic
def move_round(*, round, by, closes_on, version=None, why=""):
    """Gives an open round a later last day, once, by MOVE_DAYS at most; people who haven't finished are reminded by it."""
    require(by is None or bool(cancels_as(by, round)))
    with change(round, by=by, verb="update", snapshot=snapshot, why=why, version=version) as writing:
        current = writing.record
        require_open(current)
        _require_later(current, closes_on)
        moved = _with_moment({"closes_on": closes_on, "zone": current.zone})
        store(current, moved | {"moved_from": current.closes_on})
    if writing.changed:
        planned_rounds.follow_round(writing.record)
    return writing.record


def _require_later(round, closes_on):
    if round.moved_from:
        raise ValidationError("The deadline was changed once already. It can't change again.", code="moved")
    if closes_on is None:
        return  # said by require_last_day
    if not 1 <= (closes_on - round.closes_on).days <= MOVE_DAYS:
        latest = schedule.day_words(round.closes_on + timedelta(days=MOVE_DAYS))
        now = schedule.day_words(round.closes_on)
        words = (
            f"Pick a day after {now}, up to {latest}. The deadline only moves later, once, by {MOVE_DAYS} days at most."
        )
        raise ValidationError({"closes_on": ValidationError(words, code="out_of_reach")})


def require_open(round):
    if not round.is_open:
        raise ValidationError("This round has closed. Start a new one.", code="closed")


# Opening


def open_due(now=None) -> int:
    """Opens the answers of every round whose window has closed. Gives how many."""
    due = Round.objects.filter(opened_at=None, cancelled_at=None, closes_at__lte=now or clock.shared()())
    return sum(_open(round) for round in due.order_by("closes_at", "pk"))


def open_if_complete(round) -> bool:
    """Opens a round in which everyone who was asked has finished or declined themselves. A place that is lost completes nothing:
    otherwise ending a seat would open answers early."""
    done = round.respondents.exclude(finished_at=None, declined_at=None).count()
    asked = sum(round.sides.values_list("asked", flat=True))
    return done == asked and _open(round)


@transaction.atomic
def _open(round) -> bool:
    """Once: of two that do it at the same time, the second finds it done."""
    with change(round, by=None, verb="open", snapshot=snapshot) as writing:
        if writing.record.is_open:
            store(writing.record, {"opened_at": clock.now()})
            write_scores(writing.record)
    if writing.changed:
        planned_rounds.tell_opened(writing.record)
    return writing.changed
