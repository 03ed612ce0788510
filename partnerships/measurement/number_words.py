"""Numbers of measures as the texts that people read."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, overload

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from partnerships.core.stored_texts import StoredText
from partnerships.measurement import periods
from partnerships.measurement.choices import Unit
from partnerships.measurement.models import Measure
from partnerships.measurement.number_kinds import counts_people, multiplier
from partnerships.measurement.number_queries import COUNTS_ONLY, MISSING, cell_name
from partnerships.measurement.rounding import LEAST_BELOW, STEP
from partnerships.measurement.suppression import SUPPRESSED

if TYPE_CHECKING:
    from partnerships.measurement.number_queries import Number

NO_DATA = _("No data yet")
MOST_PERIODS = 120  # of a chart, which are ten years of months
PLACES = 1  # decimal places of values that aren't whole


def plain_number(value: Decimal, places: int = PLACES) -> str:
    """“1,204” or “12.5”: rounded, without trailing zeros."""
    text = f"{_half_up(value, places):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_words(measure: Measure) -> str:
    """The unit as a text: “percent”, “per 1,000”."""
    if measure.unit == Unit.RATE:
        return StoredText(gettext_noop("per %(number)s"), number=f"{multiplier(measure):,}")
    units: dict[str, str] = {
        Unit.PERCENT: StoredText(gettext_noop("percent")),
        Unit.MONEY: StoredText(gettext_noop("dollars")),
        Unit.DAYS: StoredText(gettext_noop("days")),
    }
    return units.get(measure.unit, "")


def to_places(value: Decimal | None, places: int) -> Decimal | None:
    """Rounded, without trailing zeros."""
    return None if value is None else Decimal(format(_half_up(value, places).normalize(), "f"))


def _half_up(value: Decimal, places: int) -> Decimal:
    """Rounds half up, as taught in school, in texts and charts alike."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def places_of(measure: Measure) -> int:
    return 2 if measure.unit in (Unit.MONEY, Unit.SCORE) else PLACES


@overload
def rounded(measure: Measure, value: Decimal) -> Decimal: ...


@overload
def rounded(measure: Measure, value: None) -> None: ...


@overload
def rounded(measure: Measure, value: Decimal | None) -> Decimal | None: ...


def rounded(measure: Measure, value: Decimal | None) -> Decimal | None:
    """A value with the measure's number of decimal places."""
    return to_places(value, places_of(measure))


def number_words(measure: Measure, value: Decimal | None) -> str:
    """A value with its unit: “12.5%”, “3.4 per 1,000”, “$1,200”."""
    if value is None:
        return ""
    text = plain_number(value, places_of(measure))
    if measure.unit == Unit.PERCENT:
        return f"{text}%"
    if measure.unit == Unit.MONEY:
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    return f"{text} {unit_words(measure)}".strip()


def counts_words(above: Decimal | None, below: Decimal | None) -> str:
    """“45 of 80”, or "" if a count is missing."""
    if above is None or below is None:
        return ""
    words = gettext_noop("%(number)s of %(all)s")
    return StoredText(words, number=plain_number(above), all=plain_number(below))


def suppressed_words(limit: int) -> str:
    """The same text for everything hidden, whether it is small itself or would reveal a small number."""
    return gettext("Not shown, to protect groups smaller than %(limit)s") % {"limit": limit}


def protection_words(measure: Measure) -> str:
    """How its numbers protect people, for pages that show them; "" if they don't count people."""
    if not counts_people(measure):
        return ""
    words = gettext(
        "Counts of people are rounded to the nearest %(step)s. Groups smaller than %(limit)s aren’t shown. "
        "Someone who knows exact numbers from elsewhere may still work some out."
    )
    return words % {"step": STEP, "limit": measure.smallest}


def shown_words(measure: Measure, number: "Number") -> str:
    """The content of a cell: the number, or why there is none."""
    if number.state == SUPPRESSED:
        return suppressed_words(number.limit)
    if number.state == COUNTS_ONLY:
        words = {"counts": counts_words(number.numerator, number.denominator), "people": LEAST_BELOW}
        return gettext("%(counts)s (no rate: fewer than %(people)s people)") % words
    return str(NO_DATA) if number.state == MISSING else number_words(measure, number.value)


def number_name(measure: Measure, start: date, cell: str) -> str:
    """What a number is about: its period (given by its first day) and its group."""
    return f"{period_words(measure, start)}, {cell_name(measure, cell)}"


def period_words(measure: Measure, start: date) -> str:
    return periods.label(measure.period, start)


def periods_between(measure: Measure, first: date, last: date, *, most: int) -> list:
    """First days of the periods from `first` to `last`, at most the last `most` of them."""
    found = [last]
    while found[-1] > first and len(found) < most:
        found.append(periods.after(measure.period, found[-1], -1))
    return found[::-1]


def with_gaps(measure: Measure, known: Sequence[date]) -> list[date]:
    """First days of all periods from the first of these to the last one; of these alone if that would be too many."""
    found = periods_between(measure, known[0], known[-1], most=MOST_PERIODS)
    return found if found[0] == known[0] else list(known)


def last_ended(measure: Measure, today: date) -> date:
    """First day of the last complete period of the measure."""
    found = periods.after(measure.period, periods.start_of(measure.period, today, measure.first_month), -1)
    return min(found, measure.last_on or found)


def ended_words(measure: Measure) -> str:
    """“This measure ended with 2024.”, or "" if it goes on."""
    if measure.last_on is None:
        return ""
    return gettext(periods.ENDED) % {"period": period_words(measure, measure.last_on)}


def redefined_words(on: date) -> str:
    """For numbers that are compared although the definition changed on this day (`number_queries.redefined_on`)."""
    words = gettext_noop(
        "The description of what is counted changed on %(day)s. Numbers from before may follow the earlier one."
    )
    return StoredText(words, day=StoredText.of_day(on, gettext_noop("F j, Y")))


def earlier(measure: Measure, start: date, times: int) -> date:
    """First day of the period so many before this one."""
    return periods.after(measure.period, start, -times)
