"""Rows of the pages over many rounds, in words and pictures, and as cells of a file."""

from django.utils.translation import gettext, ngettext

from partnerships.assessment import portfolio_queries as queries
from partnerships.assessment.models import Round
from partnerships.core import clock
from partnerships.web.components.round_words import (
    SIDES,
    gap_words,
    picture_of,
    respondent_count_words,
    score_words,
    short_standing_words,
    side_name,
)
from partnerships.web.frame.words import day, label, on

WEEKS, MONTHS, YEARS = 14, 60, 730  # days up to which ages are in days, weeks and months


def age_words(survey_round) -> str:
    """How long ago the answers of a round opened, in the lead agency's time zone."""
    zone = clock.zone(survey_round.zone)
    days = (clock.today(zone) - survey_round.opened_at.astimezone(zone).date()).days
    if days < 1:
        return gettext("today")
    if days < WEEKS:
        n, words = days, ngettext("%(n)s day ago", "%(n)s days ago", days)
    elif days < MONTHS:
        n = days // 7
        words = ngettext("%(n)s week ago", "%(n)s weeks ago", n)
    elif days < YEARS:
        n = int(days / 30.44)
        words = ngettext("%(n)s month ago", "%(n)s months ago", n)
    else:
        n = int(days / 365.25)
        words = ngettext("%(n)s year ago", "%(n)s years ago", n)
    return words % {"n": n}


def summary_words(summary: queries.Summary) -> str:
    """How many partnerships have answers, something to talk about, and responses that are due."""
    answered = ngettext(
        "%(n)s partnership with answers here.", "%(n)s partnerships with answers here.", summary.partnerships
    )
    talk = ngettext(
        "%(n)s of them has something to talk about.", "%(n)s of them have something to talk about.", summary.to_talk
    )
    if not summary.to_talk:
        talk = gettext("None of them has something to talk about.")
    due = ngettext("%(n)s response is due.", "%(n)s responses are due.", summary.due)
    if not summary.due:
        due = gettext("No response is due.")
    past = ngettext("%(n)s of them is overdue.", "%(n)s of them are overdue.", summary.past) if summary.past else ""
    counted = (summary.partnerships, summary.to_talk, summary.due, summary.past)
    sentences = [words % {"n": n} for words, n in zip((answered, talk, due, past), counted, strict=True) if words]
    return " ".join(sentences)


def row_of(row: queries.Row, url) -> dict:
    """A row for assessment/rounds/_*.html. `url` is the page of its round."""
    partnership = row.round.partnership
    found = {
        "url": url,
        "title": partnership.title,
        "is_illustration": row.round.is_illustration,
        "line": gettext("%(kind)s, led by %(lead)s")
        % {"kind": label(partnership.kind, "kind"), "lead": partnership.lead.name},
        "when": gettext("%(round)s, answered %(age)s") % {"round": row.round.title, "age": age_words(row.round)},
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
    name = side_name(one)
    if count is None:
        words = gettext("no one was asked")
    elif one.standing:
        words = short_standing_words(one)
    elif count.has_others:
        words = respondent_count_words(count)
        words = words[0].lower() + words[1:]
    else:
        words = gettext("%(number)s of %(all)s") % {"number": one.finished, "all": count.people}
        if one.declined:
            words = ngettext(
                "%(answered)s, %(n)s chose not to answer", "%(answered)s, %(n)s chose not to answer", one.declined
            ) % {"answered": words, "n": one.declined}
    return one.side.key, name, words


def _response(row) -> str:
    if row.seen.note:
        return gettext("Answered on %(day)s.") % {"day": on(row.seen.note.at, row.round.zone)}
    if row.due_on is None:
        return ""
    words = gettext("A response was due by %(day)s.") if row.is_past else gettext("A response is due by %(day)s.")
    return words % {"day": day(row.due_on)}


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
ANSWERS = ("side", "asked", "answered", "chose_not_to", "standing_in_the_round")


def columns(show) -> tuple:
    if show == queries.GROUPS:
        return GROUP
    return (*_ROUND, *(ANSWERS if show == queries.ANSWERS else _ITEM), "page_url")


def cells_of(row: queries.Row, address):
    """The lines of a row in the file: one, or one for each side that was asked."""
    start = _cells_of_round(row.round)
    if row.seen is None:
        for one in row.sides:
            count = row.respondent_counts.get(one.side.pk)
            done = ["", ""] if one.standing else [one.finished, one.declined]
            numbers = ["", "", ""] if count and count.has_others else [one.side.asked, *done]
            yield [*start, side_name(one), *numbers, short_standing_words(one), address]
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
    names = ("partnerships", "to_talk", "due", "people_asked", "people_finished")
    return [group["name"], *(group[name] for name in names)]
