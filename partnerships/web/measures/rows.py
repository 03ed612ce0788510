"""Measures as rows on other pages: lists, results, partnerships."""

from django.utils.translation import gettext

from partnerships.measurement import number_words as words
from partnerships.measurement import queries
from partnerships.measurement.choices import PERFORMANCE
from partnerships.registry.rules import may_speak_for


def row_of(measure) -> dict:
    """A measure for components/_row.html."""
    aim = ""
    if measure.target_value is not None:
        aim = gettext("Target: %(number)s.") % {"number": words.number_words(measure, measure.target_value)}
    return {
        "url": measure.get_absolute_url(),
        "title": measure.title,
        "line": f"{aim} {measure.get_direction_display()}. {words.ended_words(measure)}".strip(),
        "facts": [str(measure.lead), measure.get_period_display()],
        "tags": [measure.get_kind_display()],
        "note": "" if measure.is_published else gettext("Not public"),
        "is_illustration": measure.is_illustration,
    }


def section(person, partnership) -> dict:
    """What a partnership's page shows of results and measures."""
    found = queries.measures_at(person, partnership)
    return {
        "results": [
            (one, [row_of(measure) for measure in found if measure.result_id == one.pk])
            for one in queries.results_of(person, partnership)
        ],
        "measures": [
            (kind.label, rows)
            for kind in PERFORMANCE
            if (rows := [row_of(one) for one in found if one.kind == kind and one.partnership_id == partnership.pk])
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
