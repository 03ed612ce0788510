"""Starts and moves rounds, and opens the answers of a closed one for both sides at the same moment.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.assessment import catalog, events, respondent_lists
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.assessment.choices import ANSWER_DAYS, MOVE_DAYS, NAMING_DAYS, PAUSE_DAYS, REPEAT_DAYS, CanceledAs
from partnerships.assessment.eligibility import WhoCanAnswer, may_name_respondents, partner_refusal
from partnerships.assessment.models import AskedParty, Round, RoundSide
from partnerships.assessment.respondent_lists import require_running, snapshot
from partnerships.assessment.round_codes import end_codes
from partnerships.assessment.rules import (
    askable_parties,
    cancel_role,
    compared_sides,
    may_start_round,
    sides_of,
    starts_for,
)
from partnerships.assessment.score_queries import facts_now
from partnerships.assessment.scoring import write_scores
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.children import joined
from partnerships.core.errors import ValidationError
from partnerships.core.writing import apply_values, change
from partnerships.directory.models import Contact
from partnerships.mail import schedule
from partnerships.registry.models import Partnership, Party
from partnerships.registry.representatives import representatives_of

LONGEST = 120  # days from its start to its deadline


@transaction.atomic
def start_round(
    *,
    partnership: Partnership,
    by: Author,
    fields: dict[str, Any],
    asked: Sequence[tuple[Party, Contact | Person | str | None]],
    why: str = "",
) -> Round:
    """Ask people what they think of a partnership. `fields`: title, closes_on, erases_answers.

    `asked`: pairs of a partner and a Person or Contact, None for everyone who speaks for that partner, or NO_PROPOSAL.
    If the starter isn't an editor of the partner, these are proposals: its own editors have NAMING_DAYS to name the
    respondents (`respondent_lists`). SYSTEM names them for all. A person who is picked for two partners answers for
    the first.
    """
    require(by is SYSTEM or may_start_round(by, partnership))
    current = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    picked = people_to_ask(partnership=current, by=by, fields=fields, asked=asked)
    survey_round = Round()
    with change(survey_round, by=by, verb="create", snapshot=snapshot, why=why) as writing:
        keys, compares_lead = sides_of(current, askable_parties(current))
        starter = starts_for(by, current)
        values = fields | {"partnership": current, "compares_lead": compares_lead, "zone": current.lead.zone}
        values |= {"started_by": starter, "started_by_lead": starter is None}
        values |= {"roll_closes_at": clock.now() + timedelta(days=NAMING_DAYS)}
        apply_values(survey_round, _with_closing_moment(values, least=_least_days(by)))
        sides, has_named = _make_sides(survey_round, keys), []
        for party, people in picked.items():
            is_own = by is SYSTEM or may_name_respondents(by, party)
            named = {"named_at": clock.now(), "named_by": account_of(by)} if is_own and (people or by is SYSTEM) else {}
            partner = AskedParty.objects.create(side=sides[keys[party.pk]], party=party, **named)
            respondent_lists.add_people(survey_round, partner, people, is_named=is_own)
            has_named += [partner] if named and people and by is not SYSTEM else []
        if respondent_lists.is_complete(survey_round):
            respondent_lists.begin_answering(survey_round)
    events.round_changed(writing.record)
    events.naming_opened(writing.record)
    for partner in has_named:
        events.people_named(partner)
    return writing.record


def people_to_ask(
    *,
    partnership: Partnership,
    by: Author,
    fields: dict[str, Any],
    asked: Sequence[tuple[Party, Contact | Person | str | None]],
) -> dict:
    """Partner → the people who are picked or proposed for it. Raises ValidationError with all that keeps the round from
    starting, but for what the model refuses. `fields`, `asked`: as for `start_round`; without a deadline it isn't checked.
    """
    checks: list[Callable[[], object]] = [
        lambda: _require_no_pause(partnership),
        lambda: _require_interval(partnership, fields.get("asks", catalog.TEN)),
    ]
    if "closes_on" in fields:
        checks.append(lambda: require_last_day(fields["closes_on"], partnership.lead.zone, _least_days(by)))
    picked: dict[Party, list] = {}
    checks.append(lambda: picked.update(_people_by_partner(partnership, by, asked)))
    problems = []
    for check in checks:
        try:
            check()
        except ValidationError as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else joined(problems)
    return picked


def _least_days(by: Author) -> int:
    """In how many days a round can end at the earliest."""
    return 1 if by is SYSTEM else NAMING_DAYS + ANSWER_DAYS


def _require_no_pause(partnership: Partnership) -> None:
    """Refuse a round within PAUSE_DAYS of a canceled one, so that no round is canceled only to be asked again."""
    rows = Round.objects.filter(partnership=partnership, cancelled_at__isnull=False).order_by("-cancelled_at")
    last = rows.exclude(cancellation__role=CanceledAs.REGISTRY).first()
    if last is None or last.cancelled_at is None or last.cancelled_at + timedelta(days=PAUSE_DAYS) <= clock.now():
        return
    first = (last.cancelled_at + timedelta(days=PAUSE_DAYS)).astimezone(clock.zone(last.zone)).date()
    day = schedule.day_words(first)
    words = gettext("A round was canceled here, so the next one can’t start before %(day)s.")
    raise ValidationError(words % {"day": day}, code="paused")


def _require_interval(partnership: Partnership, asks: str) -> None:
    """Refuse the same questions within REPEAT_DAYS, so that two rounds show more than who joined between them."""
    rows = Round.objects.filter(partnership=partnership, asks=asks, opened_at__isnull=False).order_by("-opened_at")
    last = rows.first()
    if last is None or last.opened_at is None or last.opened_at + timedelta(days=REPEAT_DAYS) <= clock.now():
        return
    first = (last.opened_at + timedelta(days=REPEAT_DAYS)).astimezone(clock.zone(last.zone)).date()
    words = gettext(
        "The same was asked here not long ago. You can ask again from %(day)s on, %(days)s days after the answers opened."
    )
    raise ValidationError(words % {"day": schedule.day_words(first), "days": REPEAT_DAYS}, code="too_soon")


def _make_sides(survey_round: Round, keys: dict[int, str]) -> dict[str, RoundSide]:
    """Create a row for each side at the table, asked or not; the two that are compared come first."""
    pair = compared_sides(survey_round)
    order = [*pair, *sorted(set(keys.values()) - {*pair})]
    return {key: RoundSide.objects.create(round=survey_round, key=key) for key in order}


def _people_by_partner(
    partnership: Partnership, by: Author, asked: Sequence[tuple[Party, Contact | Person | str | None]]
) -> dict:
    """Partner → the people who are picked or proposed for it. Raises ValidationError under “asked”."""
    parties, seen = {party.pk: party for party in askable_parties(partnership)}, set()
    found: dict[Party, list] = {}
    for party, someone in asked:
        if party.pk not in parties:
            _refuse(gettext("%(party)s isn’t a partner in this partnership now.") % {"party": party})
        if words := partner_refusal(parties[party.pk], clock.today()):
            _refuse(words)
        people = found.setdefault(parties[party.pk], [])
        if someone == NO_PROPOSAL:
            continue
        for one in _askable_representatives(parties[party.pk]) if someone is None else [someone]:
            if one not in seen:
                seen.add(one)
                people.append(one)
    if not found or (by is SYSTEM and not seen):
        _refuse(gettext("Choose at least one person or partner to ask."))
    return found


def _askable_representatives(party: Party) -> list[Person]:
    people = [membership.person for membership in representatives_of(party).select_related("person")]
    asked = WhoCanAnswer(party, people)
    return [one for one in people if not asked.refusal(one)]


def _refuse(words: str) -> None:
    raise ValidationError({"asked": ValidationError(words, code="not_possible")})


def _with_closing_moment(fields: dict[str, Any], least: int = 1) -> dict[str, Any]:
    """These fields with `closes_at`, the end of the deadline day in its time zone.

    `least`: as for `require_last_day`. Raises ValidationError under “closes_on”.
    """
    require_last_day(fields.get("closes_on"), fields["zone"], least)
    return fields | {"closes_at": schedule.before(fields["closes_on"], time(0), fields["zone"], days=-1)}


def require_last_day(closes_on: date | None, zone: str, least: int = NAMING_DAYS + ANSWER_DAYS) -> None:
    """Require that a round can end on this day: at least `least` and at most LONGEST days after today in the time zone.

    Raises ValidationError under “closes_on”.
    """
    if closes_on is None:
        raise ValidationError({"closes_on": ValidationError(gettext("Enter the deadline."), code="required")})
    today = clock.today(clock.zone(zone))
    if not least <= (closes_on - today).days <= LONGEST:
        first = schedule.day_words(today + timedelta(days=least))
        words = gettext("Choose a date from %(day)s on, at most %(days)s days ahead.")
        words = words % {"day": first, "days": LONGEST}
        if least > 1:
            more = gettext(
                "Partners have %(naming)s days to name who answers, and people at least %(answer)s to answer."
            )
            words = f"{words} {more % {'naming': NAMING_DAYS, 'answer': ANSWER_DAYS}}"
        raise ValidationError({"closes_on": ValidationError(words, code="out_of_reach")})


@transaction.atomic
def move_round(*, survey_round: Round, by: Author, closes_on: date | None, version: int | None = None) -> Round:
    """Give a running round a later deadline: once, and by MOVE_DAYS at most. Reminders follow it."""
    require(by is SYSTEM or bool(cancel_role(by, survey_round)))
    with change(survey_round, by=by, verb="update", snapshot=snapshot, version=version) as writing:
        current = writing.record
        require_running(current)
        _require_later(current, closes_on)
        moved = _with_closing_moment({"closes_on": closes_on, "zone": current.zone})
        apply_values(current, moved | {"moved_from": current.closes_on})
    if writing.changed:
        events.round_changed(writing.record)
    return writing.record


def _require_later(survey_round: Round, closes_on: date | None) -> None:
    if survey_round.moved_from:
        words = gettext("The deadline was changed once already. It can’t change again.")
        raise ValidationError(words, code="moved")
    if closes_on is None:
        return  # require_last_day has the message
    if not 1 <= (closes_on - survey_round.closes_on).days <= MOVE_DAYS:
        words = gettext(
            "Choose a date after %(now)s, up to %(latest)s. The deadline only moves later, once, by %(days)s days at most."
        ) % {
            "now": schedule.day_words(survey_round.closes_on),
            "latest": schedule.day_words(survey_round.closes_on + timedelta(days=MOVE_DAYS)),
            "days": MOVE_DAYS,
        }
        raise ValidationError({"closes_on": ValidationError(words, code="out_of_reach")})


@transaction.atomic
def send_reminders(*, survey_round: Round, by: Author) -> Round:
    """Remind everyone who is asked and hasn't finished, once a day and round.

    It says to no one whether anyone was reminded, since that would say whether all have finished.
    """
    require(by is SYSTEM or bool(cancel_role(by, survey_round)))
    with change(survey_round, by=by, verb="remind", snapshot=snapshot) as writing:
        current = writing.record
        require_running(current)
        if not current.is_answering:
            words = gettext("People can’t answer yet. We email them once answering begins.")
            raise ValidationError(words, code="not_answering")
        if current.was_reminded_today:
            words = gettext("Reminders for this round were sent today. You can send them again tomorrow.")
            raise ValidationError(words, code="reminded")
        apply_values(current, {"reminded_on": clock.today(clock.zone(current.zone))})
    events.reminders_requested(writing.record)
    return writing.record


# Opening


def open_due(now: datetime | None = None) -> int:
    """Open the answers of every round whose deadline has passed. Returns how many."""
    due = Round.objects.filter(opened_at=None, cancelled_at=None, closes_at__lte=now or clock.shared()())
    return sum(_open_answers(survey_round) for survey_round in due.order_by("closes_at", "pk"))


def open_if_complete(survey_round: Round) -> bool:
    """Open a round in which all respondents have finished or declined themselves.

    A respondent who may no longer answer doesn't count as done: otherwise, ending a seat would open answers early.
    """
    done = survey_round.respondents.exclude(finished_at=None, declined_at=None).count()
    asked = sum(survey_round.sides.values_list("asked", flat=True))
    return survey_round.answering_at is not None and done == asked and _open_answers(survey_round)


@transaction.atomic
def _open_answers(survey_round: Round) -> bool:
    """Open the answers once: if two do it at the same time, the second finds it done."""
    with change(survey_round, by=SYSTEM, verb="open", snapshot=snapshot) as writing:
        if writing.record.is_running:
            apply_values(writing.record, {"opened_at": clock.now(), "facts": facts_now(writing.record)})
            write_scores(writing.record)
            end_codes(writing.record)
    if writing.changed:
        events.round_opened(writing.record)
    return writing.changed
