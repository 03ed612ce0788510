"""The level that the registry's own records suggest for an item, shown next to what people say. Pure functions.

Records show what was done, not how it felt: no suggestion goes beyond 3, and most items have none. The rules below are
the whole formula, and the page of a round states them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

MOST = 0.75  # share of meetings, or of check-ins, that counts as regular
HALF = 0.5
FAR = 2  # levels between an answer and the suggestion from which a comment is asked for
RULES = {
    "common_agenda": _(
        "0: nothing is in writing and no one has met. 1: you have met. 2: an agenda is recorded. 3: the other side has "
        "confirmed the record within a year."
    ),
    "communication": _(
        "0: no schedule and no meeting within a year. 1: you meet or check in now and then. 2: a schedule is agreed. 3: both "
        "sides came to three in four meetings, three in four check-ins were done, and half of the meetings have notes."
    ),
    "backbone": _("0: no one does it. 2: a partner is named. 3: it has hours for it."),
}


@dataclass(frozen=True)
class Facts:
    """What the records of a partnership say over a year.

    Meetings are those that took place and to which both sides were invited; `met`: both came; `noted`: there are
    notes. `kept` of `due` check-ins were done within two weeks.
    """

    has_agenda: bool = False
    is_confirmed: bool = False  # by the second side, within the year
    has_rhythm: bool = False
    due: int = 0
    kept: int = 0
    meetings: int = 0
    met: int = 0
    noted: int = 0
    has_backbone: bool = False
    has_hours: bool = False


@dataclass(frozen=True)
class Suggestion:
    """`level`: 0 to 3. `reasons`: sentences that say what it is based on."""

    level: int
    reasons: tuple[str, ...]


def _common_agenda(facts: Facts) -> Suggestion:
    level = (3 if facts.is_confirmed else 2) if facts.has_agenda else int(facts.meetings > 0)
    agenda = gettext("A common agenda is recorded.") if facts.has_agenda else gettext("No common agenda is recorded.")
    confirmed = (
        gettext("The other side confirmed the record within a year.")
        if facts.is_confirmed
        else gettext("The other side hasn’t confirmed the record within a year.")
    )
    return Suggestion(level, (agenda, confirmed if facts.has_agenda else _meetings(facts)))


def _communication(facts: Facts) -> Suggestion:
    schedule, none = gettext("A check-in schedule is agreed."), gettext("No check-in schedule is agreed.")
    reasons = [schedule if facts.has_rhythm else none]
    if facts.due:
        words = gettext("%(kept)s of %(due)s check-ins were done on time.")
        reasons.append(words % {"kept": facts.kept, "due": facts.due})
    reasons.append(_meetings(facts))
    if facts.meetings:
        words = gettext("Both sides came to %(met)s. %(noted)s have notes.")
        reasons.append(words % {"met": facts.met, "noted": facts.noted})
    in_time = facts.kept >= MOST * facts.due and facts.due > 0
    together = facts.met >= MOST * facts.meetings and facts.noted >= HALF * facts.meetings and facts.meetings > 0
    now_and_then = int(facts.meetings > 0 or facts.kept > 0)
    level = 2 + (in_time and together) if facts.has_rhythm else now_and_then
    return Suggestion(level, tuple(reasons))


def _backbone(facts: Facts) -> Suggestion:
    if not facts.has_backbone:
        return Suggestion(0, (gettext("No one is named as the backbone."),))
    hours = gettext("Hours are set aside for it.") if facts.has_hours else gettext("No hours are set aside for it.")
    return Suggestion(3 if facts.has_hours else 2, (gettext("A backbone is named."), hours))


def _meetings(facts: Facts) -> str:
    if not facts.meetings:
        return gettext("No meeting of both sides was held within a year.")
    words = ngettext(
        "%(number)s meeting of both sides within a year.",
        "%(number)s meetings of both sides within a year.",
        facts.meetings,
    )
    return words % {"number": facts.meetings}


_BY_ITEM: dict[str, Callable[[Facts], Suggestion]] = {
    "common_agenda": _common_agenda,
    "communication": _communication,
    "backbone": _backbone,
}


def suggest_levels(facts: Facts) -> dict[str, Suggestion]:
    """Item → suggestion, for the items about which records say anything."""
    return {item: suggest(facts) for item, suggest in _BY_ITEM.items()}


def is_far_from_suggestion(level: int | None, suggestion: Suggestion | None) -> bool:
    """Whether an answer is so far from the suggestion that a comment is asked for."""
    return level is not None and suggestion is not None and abs(level - suggestion.level) >= FAR
