"""Measures as rows on other pages: lists, results, partnerships."""

from django.utils.translation import gettext

from partnerships.measurement import number_words as words
from partnerships.measurement import queries
from partnerships.measurement.choices import PERFORMANCE
from partnerships.measurement.number_queries import numbers_of_each, redefined_on
from partnerships.registry.rules import may_speak_for


def rows_of(person, measures) -> list[dict]:
    """Measures for components/_row.html, each with its latest number as far as it is shown."""
    numbers = numbers_of_each(person, measures, last=1) if measures else {}
    return [_row(one, numbers[one.pk]) for one in measures]


def _row(measure, numbers) -> dict:
    latest, changed_on = _latest(measure, numbers), redefined_on(numbers)
    changed = words.redefined_words(changed_on) if latest and changed_on else ""
    sentences = [latest, changed, _target(measure), f"{measure.get_direction_display()}."]
    return {
        "url": measure.get_absolute_url(),
        "title": measure.title,
        "line": " ".join(filter(None, [*sentences, words.ended_words(measure)])),
        "facts": [str(measure.lead), measure.get_period_display()],
        "tags": [measure.get_kind_display()],
        "note": "" if measure.is_published else gettext("Not public"),
        "is_illustration": measure.is_illustration,
    }


def _latest(measure, numbers) -> str:
    """“18% in 2025.”, or "" if there is no number of everyone together to show."""
    if not numbers.periods:
        return ""
    period = numbers.periods[-1]
    latest = numbers.number(period)
    if not latest.is_shown:
        return ""
    sentence = (
        gettext("%(number)s in %(period)s, disputed.") if latest.is_disputed else gettext("%(number)s in %(period)s.")
    )
    return sentence % {
        "number": words.shown_words(measure, latest),
        "period": words.period_words(measure, period),
    }


def _target(measure) -> str:
    if measure.target_value is None:
        return ""
    return gettext("Target: %(number)s by %(period)s.") % {
        "number": words.number_words(measure, measure.target_value),
        "period": words.period_words(measure, measure.target_on),
    }


def section(person, partnership) -> dict:
    """What a partnership's page shows of results and measures."""
    found = queries.measures_at(person, partnership)
    rows = list(zip(found, rows_of(person, found), strict=True))
    return {
        "results": [
            (one, [row for measure, row in rows if measure.result_id == one.pk])
            for one in queries.results_of(person, partnership)
        ],
        "measures": [
            (kind.label, own)
            for kind in PERFORMANCE
            if (own := [row for one, row in rows if one.kind == kind and one.partnership_id == partnership.pk])
        ],
    }


def own_measures(person, partnership, own_parts) -> dict:
    """Primary key of each of these seats (sides.OwnPart) → the measures that belong to it."""
    found = queries.measures_at(person, partnership) if own_parts else []
    return {part.party.pk: _owned_by(person, part.party, found) for part in own_parts}


def _owned_by(person, party, measures):
    """The measures that a party owns, and whether the person may supply their numbers for it."""
    speaks = may_speak_for(person, party)
    owned = [(one, row) for one in measures for row in one.shown_owners if row.party_id == party.pk]
    return [{"record": one, "may_bring": row.supplies and speaks} for one, row in owned]
