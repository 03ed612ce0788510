"""Timeline entries about shared measurement: measures with baseline and target, new numbers, targets, and comments by
parties.

Everything is read by the functions of its own pages: a number that is hidden there is hidden here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext

from partnerships.core.choices import Side
from partnerships.core.models import Change
from partnerships.measurement import number_words as words
from partnerships.measurement.choices import Direction, InterpretationKind
from partnerships.measurement.goal_timeline import links
from partnerships.measurement.models import Measure
from partnerships.measurement.number_kinds import baseline_of
from partnerships.measurement.number_queries import SUPPRESSED, numbers_of_each
from partnerships.measurement.queries import measures_on
from partnerships.measurement.rules import interpretations_visible_to
from partnerships.registry.choices import TimelineKind
from partnerships.registry.models import Partnership
from partnerships.registry.timeline_entries import Entry, TimelineReader, Voice, day_of, entry_of

if TYPE_CHECKING:
    from partnerships.measurement.number_queries import Numbers

MOST_MEASURES = 100  # of all partnerships of a timeline, because disclosure control takes time to compute
MOST_PERIODS = 4  # of one save whose numbers are shown
_BODIES = ("party__organization", "party__department", "party__jurisdiction")


def _measured(reader: TimelineReader) -> dict[Measure, list[Partnership]]:
    """The measures that the reader may see → the partnerships of this timeline that use them."""
    if "measured" not in reader.kept:
        of_results, found = links(reader), measures_on(reader.person, list(reader.records), most=MOST_MEASURES)
        reader.kept["measured"] = {
            one: of_results[one.result_id] if one.result_id else [reader.records[one.partnership_id]] for one in found
        }
    return reader.kept["measured"]


def _measures(reader: TimelineReader) -> Iterator[Entry]:
    measured = _measured(reader)
    numbers = numbers_of_each(reader.person, list(measured)) if measured else {}
    set_by = _aims_set_by(measured) if measured else {}
    for measure, records in measured.items():
        yield from _at_the_target(measure, records, numbers[measure.pk])
        for moment, periods in sorted(_saves(numbers[measure.pk]).items(), reverse=True):
            on = day_of(measure, moment)
            title, voices = _came_in(measure, periods)
            yield entry_of(records, on, TimelineKind.MEASURE, title, voices, measure)
        at = {gettext("Baseline"): (baseline_of(measure), measure.baseline_on), gettext("Target"): _target(measure)}
        voices = [
            Voice("", name, target_text) for name, aim in at.items() if (target_text := _target_words(measure, *aim))
        ]
        verb, at = set_by.get(measure.pk, ("", None))
        if voices and verb != "create":
            title = gettext("Baseline or target set: %(measure)s") % {"measure": measure.title}
            yield entry_of(records, at and day_of(measure, at), TimelineKind.MEASURE, title, voices, measure)
            voices = []
        begun = gettext("Measure added: %(measure)s") % {"measure": measure.title}
        yield entry_of(records, day_of(measure, measure.created_at), TimelineKind.MEASURE, begun, voices, measure)


def _aims_set_by(measures: Iterable[Measure]) -> dict[int, tuple[str, datetime]]:
    """Measure's key → (verb, moment) of the change that set its current baseline and target, if the log still has it."""
    rows = Change.objects.filter(
        record_type="measure",
        record_id__in=[one.pk for one in measures],
        after__has_any_keys=["baseline_value", "baseline_on", "target_value", "target_on"],
    )
    return {pk: (verb, at) for pk, verb, at in rows.order_by("pk").values_list("record_id", "verb", "at")}


def _target(measure: Measure) -> tuple[Decimal | None, date | None]:
    return measure.target_value, measure.target_on


def _target_words(measure: Measure, value: Decimal | None, on: date | None) -> str:
    if value is None or on is None:
        return ""
    values = {"number": words.number_words(measure, value), "period": words.period_words(measure, on)}
    return gettext("%(number)s in %(period)s") % values


def _saves(numbers: "Numbers") -> dict:
    """The moment of a save → period → cell → current number.

    Of a hidden number only its existence is shown: it counts as entered with the first number of its period.
    """
    found: dict = {}
    for (period, cell), number in sorted(numbers.at.items()):
        found.setdefault(number.at or numbers.since[period], {}).setdefault(period, {})[cell] = number
    return found


def _came_in(measure: Measure, periods: dict[date, dict[str, Any]]) -> tuple[str, list[Voice]]:
    """(title, voices). A number entered alone is shown in the title."""
    names = [words.period_words(measure, period) for period in periods]
    brought = {number.supplied_by for cells in periods.values() for number in cells.values()} - {""}
    by = gettext("Provided by %(partners)s") % {"partners": ", ".join(sorted(brought))} if brought else ""
    only = next(iter(periods.values()))
    if len(periods) == 1 and only.keys() == {""} and only[""].state != SUPPRESSED:
        values = {"measure": measure.title, "number": words.shown_words(measure, only[""]), "period": names[0]}
        title = gettext("%(measure)s: %(number)s in %(period)s") % values
        voices = [Voice("", by, "")] if by else []
    else:
        values = {"measure": measure.title, "period": names[0], "last": names[-1]}
        if len(names) > 1:
            title = gettext("%(measure)s: numbers for %(period)s to %(last)s") % values
        else:
            title = gettext("%(measure)s: numbers for %(period)s") % values
        voices = [Voice("", by or gettext("Numbers"), _in_lines(measure, periods))]
    stories = dict.fromkeys(one.story for cells in periods.values() for one in cells.values() if one.story)
    return title, voices + [Voice("", gettext("Story behind the number"), story) for story in stories]


def _in_lines(measure: Measure, periods: dict[date, dict[str, Any]]) -> str:
    last, earlier = list(periods.items())[-MOST_PERIODS:][::-1], len(periods) - MOST_PERIODS
    sentences = [_in_words(measure, period, cells) for period, cells in last]
    if earlier > 0:
        more = ngettext("%(number)s earlier period more.", "%(number)s earlier periods more.", earlier)
        sentences.append(more % {"number": earlier})
    return "\n".join(sentences)


def _in_words(measure: Measure, period: date, cells: dict[str, Any]) -> str:
    whole, groups = cells.get(""), [number for cell, number in cells.items() if cell]
    hidden = sum(number.state == SUPPRESSED for number in groups)
    sentences = []
    if whole:
        sentences.append(gettext("Everyone together: %(number)s.") % {"number": words.shown_words(measure, whole)})
    if groups:
        by_group = ngettext("%(number)s number by group.", "%(number)s numbers by group.", len(groups))
        sentences.append(by_group % {"number": len(groups)})
        if hidden:
            kept = ngettext(
                "%(number)s of them isn’t shown, to protect people.",
                "%(number)s of them aren’t shown, to protect people.",
                hidden,
            )
            sentences.append(kept % {"number": hidden})
    return f"{words.period_words(measure, period)}. {' '.join(sentences)}"


def _at_the_target(measure: Measure, records: Sequence[Partnership], numbers: "Numbers") -> Iterator[Entry]:
    """An entry on the day on which the number of the target's period was entered; none if that is hidden or missing."""
    number = numbers.number(measure.target_on)
    if number.state or number.value is None or number.at is None:
        return
    if measure.target_value is None or measure.direction == Direction.NEITHER:
        return
    reached, wanted = words.rounded(measure, number.value), words.rounded(measure, measure.target_value)
    is_met = reached >= wanted if measure.direction == Direction.UP else reached <= wanted
    title = gettext("Target reached: %(measure)s") if is_met else gettext("Target not reached: %(measure)s")
    voices = [
        Voice("", gettext("Target"), _target_words(measure, *_target(measure))),
        Voice("", gettext("Number"), words.number_words(measure, reached)),
    ]
    yield entry_of(
        records, day_of(measure, number.at), TimelineKind.MEASURE, title % {"measure": measure.title}, voices, measure
    )


def _readings(reader: TimelineReader) -> Iterator[Entry]:
    measured = _measured(reader)
    rows = interpretations_visible_to(reader.person).filter(measure__in=list(measured))
    by_key = {measure.pk: measure for measure in measured}
    for interpretation in rows.select_related("party__partnership", *_BODIES):
        measure = by_key[interpretation.measure_id]
        own = reader.records.get(interpretation.party.partnership_id)
        records = [own] if own else measured[measure]
        about = (
            f"{measure.title}, {words.number_name(measure, interpretation.starts_on, interpretation.cell)}"
            if interpretation.starts_on
            else measure.title
        )
        theirs = Voice(interpretation.party.side, str(interpretation.party), interpretation.words)
        is_dispute = interpretation.kind == InterpretationKind.DISPUTE
        if is_dispute and interpretation.settled_at:
            answered = gettext("Response about a number: %(number)s") % {"number": about}
            both = [Voice(Side.GOVERNMENT, measure.lead.name, interpretation.answer), theirs]
            on = day_of(measure, interpretation.settled_at)
            yield entry_of(records, on, TimelineKind.READING, answered, both, measure)
        title = gettext("A disputed number: %(number)s") if is_dispute else gettext("A partner’s comment: %(number)s")
        yield entry_of(
            records,
            day_of(measure, interpretation.at),
            TimelineKind.READING,
            title % {"number": about},
            [theirs],
            measure,
        )


SORTS = {TimelineKind.MEASURE: _measures, TimelineKind.READING: _readings}
