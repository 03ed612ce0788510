"""Recurring meetings: an RRULE (RFC 5545) from a few choices, and its days. Pure functions.

A rule applies to local days; the time zone alone gives each day's moment (`schedule.instant`), so a meeting at 6 pm
stays at 6 pm when the clocks change. A rule always has a COUNT (never UNTIL, which RFC 5545 wants in UTC), so none is
endless. In a month without a 29th, 30th or 31st the meeting is on the last day; a fifth weekday means the month's
last.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.dateformat import format as date_words
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.mail.schedule import day_words, instant

MOST = 60
YEARS = 3
MOST_WEEKS = 52
NEVER, WEEKLY, MONTHLY_DAY, MONTHLY_WEEKDAY = "", "weekly", "monthly_day", "monthly_weekday"
REPEATS = (
    (NEVER, _("Once")),
    (WEEKLY, _("Weekly, on this weekday")),
    (MONTHLY_WEEKDAY, _("Monthly, on this weekday of the month (such as the second Tuesday)")),
    (MONTHLY_DAY, _("Monthly, on this day of the month (such as the 15th)")),
)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLACES = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}


def build_rule(
    repeats: str, first_on: date, *, every: int = 1, until: date | None = None, times: int | None = None
) -> str:
    """The RRULE for these choices, such as “FREQ=WEEKLY;INTERVAL=2;COUNT=12”. Exactly one of `until` and `times` is
    given.

    Raises ValidationError by field for an endless rule, one with more than MOST meetings or YEARS years, and one with
    one meeting.
    """
    if not 1 <= (every or 0) <= MOST_WEEKS:
        raise _error_at(
            "every", gettext("Enter a number from 1 to %(number)s.") % {"number": MOST_WEEKS}, "bad_interval"
        )
    if (until is None) == (times is None):
        words = gettext("Enter when it ends: a last date or how many times, not both.")
        raise _error_at("until", words, "endless" if until is None else "two_ends")
    if until is not None and until <= first_on:
        raise _error_at(
            "until", gettext("The last date is before the second meeting. Choose a later date."), "ends_early"
        )
    if times is not None and not 2 <= times <= MOST:
        raise _error_at(
            "times",
            gettext("Enter a number from 2 to %(number)s. For one meeting, choose “Once”.") % {"number": MOST},
            "too_many",
        )
    rule = f"{_kind(repeats, first_on)};INTERVAL={every}"
    found = _expand(f"{rule};COUNT={times or MOST + 1}", first_on)
    found = [day for day in found if until is None or day <= until]
    _check_days(found, first_on, "times" if times else "until")
    return f"{rule};COUNT={len(found)}"


def _kind(repeats: str, first_on: date) -> str:
    weekday = _WEEKDAYS[first_on.weekday()]
    if repeats == WEEKLY:
        return f"FREQ=WEEKLY;BYDAY={weekday}"
    if repeats == MONTHLY_WEEKDAY:
        nth = (first_on.day - 1) // 7 + 1
        return f"FREQ=MONTHLY;BYDAY={nth if nth < 5 else -1}{weekday}"
    if repeats == MONTHLY_DAY and first_on.day > 28:
        days = ",".join(map(str, range(28, first_on.day + 1)))
        return f"FREQ=MONTHLY;BYMONTHDAY={days};BYSETPOS=-1"
    if repeats == MONTHLY_DAY:
        return f"FREQ=MONTHLY;BYMONTHDAY={first_on.day}"
    raise _error_at("repeats", gettext("Choose how it repeats."), "unknown_rhythm")


def _check_days(found: Sequence[date], first_on: date, field: str) -> None:
    """Raise ValidationError at `field` if the rule gives too many meetings, only one, or one that is too far away."""
    if len(found) > MOST:
        raise _error_at(
            field,
            gettext("That’s more than %(number)s meetings. Choose an earlier end or repeat less often.")
            % {"number": MOST},
            "too_many",
        )
    if len(found) < 2:
        raise _error_at(field, gettext("It would take place only once. Choose “Once” or a later end."), "comes_once")
    last = found[-1]
    if (last.year - YEARS, last.month, last.day) > (first_on.year, first_on.month, first_on.day):
        words = gettext("The last one would be on %(day)s, more than %(years)s years away. Choose an earlier end.") % {
            "day": day_words(last),
            "years": YEARS,
        }
        raise _error_at(field, words, "too_far")


def _error_at(field: str, words: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(words, code=code)})


def _expand(rule: str, first_on: date) -> list[date]:
    try:
        return [moment.date() for moment in rrulestr(rule, dtstart=datetime.combine(first_on, time()))]
    except (OverflowError, ValueError):
        raise _error_at("date", gettext("This date is too far away."), "too_far") from None


def days(rule: str, first_on: date) -> list[date]:
    """The days of a rule from `build_rule`, including the first one."""
    return _expand(rule, first_on)


def moments(rule: str, first_on: date, at: time, zone: str) -> list[datetime]:
    """The moments, in UTC, of a local time on these days in a zone."""
    return [instant(day, at, zone) for day in days(rule, first_on)]


def rule_words(rule: str, first_on: date) -> str:
    """The rule as a text: “every 2 weeks on Tuesday, 12 times until Tuesday, May 5, 2026”."""
    parts = dict(part.split("=") for part in rule.split(";"))
    named = {
        "rule": _frequency_words(parts, first_on),
        "count": parts["COUNT"],
        "day": day_words(days(rule, first_on)[-1]),
    }
    return gettext("%(rule)s, %(count)s times until %(day)s") % named


def _frequency_words(parts: dict[str, str], first_on: date) -> str:
    """“every 2 weeks on Tuesday”, from the parts of an RRULE."""
    every = int(parts["INTERVAL"])
    named = {"every": every, "weekday": date_words(first_on, "l"), "day": first_on.day}
    if parts["FREQ"] == "WEEKLY":
        words = ngettext("every week on %(weekday)s", "every %(every)s weeks on %(weekday)s", every)
    elif "BYDAY" in parts:
        named["place"] = _PLACES[int(parts["BYDAY"][:-2])]
        words = ngettext(
            "every month on the %(place)s %(weekday)s", "every %(every)s months on the %(place)s %(weekday)s", every
        )
    elif "BYSETPOS" in parts and first_on.day == 31:
        words = ngettext(
            "every month on the last day of the month", "every %(every)s months on the last day of the month", every
        )
    elif "BYSETPOS" in parts:
        words = ngettext(
            "every month on day %(day)s of the month, or its last",
            "every %(every)s months on day %(day)s of the month, or its last",
            every,
        )
    else:
        words = ngettext(
            "every month on day %(day)s of the month", "every %(every)s months on day %(day)s of the month", every
        )
    return words % named


def shift_day(day: date, by: timedelta) -> date:
    """The day moved by the same time as the others. Raises ValidationError beyond the end of the calendar."""
    try:
        return day + by
    except OverflowError:
        raise _error_at("date", gettext("This date is too far away."), "too_far") from None
