"""Rows of the pages over many rounds, in words and pictures, and as cells of a file."""

from partnerships.assessment import portfolio_queries as queries
from partnerships.assessment.models import Round
from partnerships.core import clock
from partnerships.web.assessment.rounds_words import (
    SIDES,
    gap_words,
    picture_of,
    respondent_count_words,
    score_words,
    side_name,
)
from partnerships.web.words import day, label

WEEKS, MONTHS, YEARS = 14, 60, 730  # days up to which ages are in days, weeks and months


def age_words(survey_round) -> str:
    """How long ago the answers of a round opened, in the lead agency's time zone."""
    zone = clock.zone(survey_round.zone)
    days = (clock.today(zone) - survey_round.opened_at.astimezone(zone).date()).days
    if days < 1:
        return "today"
    if days < WEEKS:
        return _ago_words(days, "day")
    if days < MONTHS:
        return _ago_words(days // 7, "week")
    return _ago_words(int(days / 30.44), "month") if days < YEARS else _ago_words(int(days / 365.25), "year")


def _ago_words(n, unit):
    return f"{n} {unit}{'' if n == 1 else 's'} ago"


def row_of(row: queries.Row, url) -> dict:
    """A row for assessment/rounds/_*.html. `url` is the page of its round."""
    partnership = row.round.partnership
    found = {
        "url": url,
        "title": partnership.title,
        "is_illustration": row.round.is_illustration,
        "line": f"{label(partnership.kind, 'kind')}, led by {partnership.lead.name}",
        "round": row.round.title,
        "age": age_words(row.round),
        "promised": _engagement_label(partnership),
    }
    return found | (
        _of_item(row, url)
        if row.seen
        else {"sides": [_of_side(one, row.respondent_counts.get(one.side.pk)) for one in row.sides]}
    )


def _of_item(row, url):
    names = {key: SIDES[key] for key in row.pair}
    return {
        "url": f"{url}#{row.seen.item.key}",
        "item": row.seen.item.name,
        "scores": [(key, names[key], score_words(row.seen.scores.get(key), row.seen.item.names)) for key in row.pair],
        "picture": picture_of(row.seen, names, row.pair),
        "words": gap_words(row.seen, names, row.pair),
        "response": _response(row),
    }


def _of_side(one, count):
    if count is None or count.has_others:
        words = respondent_count_words(count)
        return (
            one.side.key,
            side_name(one),
            words[0].lower() + words[1:] + (" was asked" if count is None else ""),
        )
    declined = f", {one.declined} chose not to" if one.declined else ""
    return one.side.key, side_name(one), f"{one.finished} of {count.people}{declined}"


def _response(row) -> str:
    if row.seen.note:
        return f"Answered on {day(row.seen.note.at.date())}"
    if row.due_on is None:
        return ""
    return f"A response was due by {day(row.due_on)}" if row.is_past else f"A response is due by {day(row.due_on)}"


def _engagement_label(partnership):
    return "" if partnership.engagement is None else label(partnership.engagement, "engagement")


# Downloads

_ROUND = ("partnership_id", "partnership", "lead", "kind", "promised", "round", "opened_on")
_ITEM = ("question", "first_side", "first_said", "second_side", "second_said", "gap", "in_words", "response", "due_on")
GROUP = (
    "group",
    "partnerships",
    "something_to_talk_about",
    "a_response_is_owed",
    "people_asked",
    "people_who_answered",
)
ANSWERS = ("side", "asked", "answered", "chose_not_to")


def columns(show) -> tuple:
    if show == queries.GROUPS:
        return GROUP
    return (*_ROUND, *(ANSWERS if show == queries.ANSWERS else _ITEM), "address")


def cells_of(row: queries.Row, address):
    """The lines of a row in the file: one, or one for each side that was asked."""
    start = _cells_of_round(row.round)
    if row.seen is None:
        for one in row.sides:
            count = row.respondent_counts.get(one.side.pk)
            numbers = ["", "", ""] if count and count.has_others else [one.side.asked, one.finished, one.declined]
            yield [*start, side_name(one), *numbers, address]
        return
    names = {key: SIDES[key] for key in row.pair}
    side_cells = [
        cell for key in row.pair for cell in (names[key], score_words(row.seen.scores.get(key), row.seen.item.names))
    ]
    words = gap_words(row.seen, names, row.pair)
    yield [*start, row.seen.item.name, *side_cells, row.seen.gap, words, _response(row), row.due_on, address]


def _cells_of_round(one: Round):
    partnership, zone = one.partnership, clock.zone(one.zone)
    return [
        partnership.public_id,
        partnership.title,
        partnership.lead.name,
        label(partnership.kind, "kind"),
        _engagement_label(partnership),
        one.title,
        one.opened_at.astimezone(zone).date() if one.opened_at else "",
    ]


def cells_of_group(group) -> list:
    names = ("partnerships", "to_talk", "owes", "people_asked", "people_finished")
    return [group["name"], *(group[name] for name in names)]
