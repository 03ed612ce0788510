"""What both sides said, in words and pictures: sides, levels, gaps, and the reasons why a side has no score."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.assessment import catalog, gaps, suggested_levels
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.web.charts import pictures

SIDES = {
    "government": _("Government"),
    "community": _("Community"),
    "institution": _("Institutions"),
    "lead": _("The lead agency"),
    "others": _("The other partners"),
}
_LEVELS = {  # without and with half a level more
    0: ("", _("half a level")),
    1: (_("one level"), _("one and a half levels")),
    2: (_("two levels"), _("two and a half levels")),
    3: (_("three levels"), _("three and a half levels")),
    4: (_("four levels"), _("four and a half levels")),
    5: (_("five levels"), ""),
}
# What a side without a score did: after its name in a list, and as a sentence.
_SHORT = {
    ScoreState.KEPT_BACK: _("withheld"),
    ScoreState.DECLINED: _("chose not to answer"),
    ScoreState.NO_ANSWER: _("asked, no answer"),
    ScoreState.NOT_ASKED: _("not asked"),
    ScoreState.NOT_VOUCHED: _("not vouched for"),
    ScoreState.NO_SCORE: _("no score"),
}
_WHY = {  # for NO_SCORE, `standing_words` says it once for the whole round
    ScoreState.KEPT_BACK: _("%(side)s has no score here: too few answered, or someone withheld it."),
    ScoreState.DECLINED: _("%(side)s chose not to answer, and that is fine."),
    ScoreState.NO_ANSWER: _("%(side)s was asked, and didn’t answer."),
    ScoreState.NOT_ASKED: _("%(side)s was not asked."),
    ScoreState.NOT_VOUCHED: _(
        "%(side)s has no score here: another side entered an organization of this side, and no partner of its side vouched "
        "for it."
    ),
}
# Why a side with one standing for the whole round shows no score.
_STANDING = {
    ScoreState.KEPT_BACK: _("%(side)s shows no scores in this round: someone on this side withheld them."),
    ScoreState.DECLINED: _(
        "%(side)s shows no scores in this round: everyone asked chose not to answer, and that is fine."
    ),
    ScoreState.NO_ANSWER: _("%(side)s shows no scores in this round: no one answered."),
    ScoreState.NOT_VOUCHED: _(
        "%(side)s shows no scores in this round: another side entered an organization of this side, and no partner of its "
        "side vouched for it."
    ),
    ScoreState.TOO_FEW: _("%(side)s shows no scores in this round: fewer than three people answered."),
    ScoreState.INCOMPLETE: _("%(side)s is one or two people, and not every question has an answer."),
}
# The same after the name of the side in a list.
_STANDING_SHORT = {
    ScoreState.SHOWN: _("one or two people, on the record"),
    ScoreState.KEPT_BACK: _("withheld"),
    ScoreState.DECLINED: _("chose not to answer"),
    ScoreState.NO_ANSWER: _("no one answered"),
    ScoreState.NOT_VOUCHED: _("not vouched for"),
    ScoreState.TOO_FEW: _("fewer than three answered"),
    ScoreState.INCOMPLETE: _("one or two people, not every question has an answer"),
}
_SEALED = _("This score isn’t open to you: who reads the other side’s score shows their own.")


def side_name(seen) -> str:
    """The name of a side in a round. A tribal nation has its own."""
    return seen.name or str(SIDES.get(seen.side.key, _("A side")))


def respondent_count_words(count) -> str:
    """How many were asked on a side: “3 people of 2 partners”."""
    if count is None:
        return gettext("No one")
    if not count.people:
        return gettext("Others whose partner isn’t shown to you")
    people = ngettext("%(number)s person", "%(number)s people", count.people) % {"number": count.people}
    words = ngettext("%(people)s of %(number)s partner", "%(people)s of %(number)s partners", count.partners)
    words = words % {"people": people, "number": count.partners}
    if count.has_others:
        return gettext("%(words)s, and others whose partner isn’t shown to you") % {"words": words}
    return words


def level_words(level: float, names=catalog.LEVELS) -> str:
    """A level with its name. 2.5 is “2½, between partly and working”."""
    low, half = int(level), level % 1
    if half:
        words = {"level": f"{low}½", "low": names[low].lower(), "high": names[low + 1].lower()}
        return gettext("%(level)s, between %(low)s and %(high)s") % words
    return f"{low}, {names[low].lower()}"


def closeness_words(level: float, is_approximate=False) -> str:
    """How closely two partners work together: 2.5 is “between cooperate and coordinate”.

    With `is_approximate`, the level is only low, middle or high.
    """
    names, low = [name.lower() for name in catalog.TIE_ITEMS[catalog.INTENSITY].names], int(level)
    if is_approximate:
        return gettext("about %(level)s") % {"level": names[low]}
    if level % 1:
        return gettext("between %(low)s and %(high)s") % {"low": names[low], "high": names[low + 1]}
    return names[low]


def score_words(score, names=catalog.LEVELS) -> str:
    if score is None:
        return gettext("sealed to you")
    if score.median is None:
        return str(_SHORT[score.standing])
    if score.is_band:
        return _band_words(score.median, len(names) - 1)
    return "; ".join(filter(None, [level_words(score.median, names), _spread_words(score)]))


def _band_words(level, top) -> str:
    low, high = gaps.band_range(level, top=top)
    if low == 0:
        return gettext("low, %(level)s or less") % {"level": f"{high:g}"}
    if high == top:
        return gettext("high, %(level)s or more") % {"level": f"{low:g}"}
    return gettext("in the middle")


def _spread_words(score) -> str:
    if score.is_wide is None:
        return ""
    if not score.is_wide:
        return gettext("answers close together")
    if score.low is None:
        return gettext("answers far apart")
    return gettext("answers far apart, from %(low)s to %(high)s") % {"low": score.low, "high": score.high}


def standing_words(sides) -> list[str]:
    """For each of these sides (SideSeen) with one standing for the whole round and no scores: why, as a sentence."""
    return [_STANDING[one.standing] % {"side": side_name(one)} for one in sides if one.standing in _STANDING]


def short_standing_words(one) -> str:
    """The one standing of a side (SideSeen) for the whole round, after its name; "" if each item has its own."""
    return str(_STANDING_SHORT[one.standing]) if one.standing else ""


def gap_words(one, names, pair) -> str:
    """How the two sides see an item, in one or two sentences."""
    first, second = (str(names[key]) for key in pair)
    if one.gap is None:
        return f"{gettext('No comparison.')} {_why_none(one, names, pair)}".strip()
    is_approximate = any(one.scores[key].is_band for key in pair)
    words = (
        _same_words(is_approximate)
        if one.gap == 0
        else _higher_words(first if one.gap > 0 else second, one.gap, is_approximate)
    )
    if one.is_flagged and one.scores[pair[1]].median <= 1:
        return f"{words} {gettext('%(side)s rates it low.') % {'side': second}}"
    return words


def _same_words(is_approximate) -> str:
    if is_approximate:
        return gettext("Both sides see this about the same way.")
    return gettext("Both sides see this the same way.")


def _higher_words(side, gap, is_approximate) -> str:
    """`gap`: in levels, of either sign."""
    words = {"side": side, "levels": _LEVELS[int(abs(gap))][bool(gap % 1)]}
    if side.endswith("s"):  # several: “The other partners”
        if is_approximate:
            return gettext("%(side)s see this about %(levels)s higher.") % words
        return gettext("%(side)s see this %(levels)s higher.") % words
    if is_approximate:
        return gettext("%(side)s sees this about %(levels)s higher.") % words
    return gettext("%(side)s sees this %(levels)s higher.") % words


def _why_none(one, names, pair):
    sentences = [
        str(_SEALED) if one.scores.get(key) is None else _WHY[one.scores[key].standing] % {"side": names[key]}
        for key in pair
        if one.scores.get(key) is None or one.scores[key].standing in _WHY
    ]
    return " ".join(dict.fromkeys(sentences))


def shown(seen, facts=None) -> dict:
    """The context of assessment/round/_items.html for an opened round.

    `facts` has facts to show with an item, by its key (`measurement.score_context`).
    """
    names = {side.side.key: side_name(side) for side in seen.sides}
    rows = [_row(one, names, seen) | {"facts": _facts((facts or {}).get(one.item.key, ()))} for one in seen.items]
    return {
        "groups": [(name, found) for key, name in catalog.GROUPS if (found := _of_group(rows, key))],
        "names": [names[key] for key in seen.pair],
        "standings": standing_words(seen.sides),
        "rows": rows,
        "age": age_words(seen.round.opened_at),
        "scale": ", ".join(f"{n} {name.lower()}" for n, name in enumerate(seen.items[0].item.names)),
        "promised": seen.round.partnership.get_engagement_display(),
    }


def _facts(facts) -> list[tuple[str, str]]:
    """(sentence, URL of the page with the source of the number, or "")."""
    return [(one.words, _address(one) if one.link else "") for one in facts]


def _address(fact):
    route, *args = fact.link
    return reverse(route, args=args) + (f"?partnership={fact.of}" if fact.of else "")


def _of_group(rows, key):
    return [row for row in rows if row["item"].group == key]


def vouched_words(entered, wanted) -> str:
    """After a partner vouched for another one (EnteredPartner), or withdrew that."""
    if wanted:
        return gettext("Saved. The answers of %(party)s count now.") % {"party": entered.party}
    return gettext("You no longer vouch for %(party)s.") % {"party": entered.party}


def age_words(moment) -> str:
    """A note on the age of answers, from two months on."""
    months = (clock.now() - moment).days // 30
    if months < 2:
        return ""
    if months < 12:
        return gettext("These answers are %(months)s months old.") % {"months": months}
    return gettext("These answers are over a year old. It is time to ask again.")


def _row(one, names, seen) -> dict:
    words = gap_words(one, names, seen.pair)
    scores = [
        {
            "key": key,
            "name": names[key],
            "words": score_words(score, one.item.names),
        }
        for key, score in one.scores.items()
        if key in seen.pair or score is None or score.standing != ScoreState.NOT_ASKED
    ]
    return {
        "item": one.item,
        "seen": one,
        "words": words,
        "scores": scores,
        "picture": picture_of(one, names, seen.pair),
        "rule": suggested_levels.RULES.get(one.item.key, ""),
        "answers": [(names[key], word) for key, word in one.words],
        "earlier": [
            (
                survey_round,
                ", ".join(f"{names[key]} {score_words(scores.get(key), one.item.names)}" for key in seen.pair),
            )
            for survey_round, scores in one.earlier
        ],
    }


def picture_of(one, names, pair):
    """A chart of an item, with a label that says the same in words."""
    item = one.item
    scores_text = "; ".join(f"{names[key]}: {score_words(one.scores.get(key), item.names)}" for key in pair)
    words = {"name": item.name, "top": item.top, "scores": scores_text, "gap": gap_words(one, names, pair)}
    label = gettext("%(name)s, scale 0 to %(top)s. %(scores)s. %(gap)s") % words
    return pictures.dumbbell(_marks(one, pair), label, item.top)


def _marks(one, pair):
    """Marks of the chart. A score that is only low, middle or high is a range, with no mark on a level."""
    shown_ones = [(key, one.scores.get(key)) for key in pair]
    return [
        pictures.Mark(
            key,
            score.median,
            spread=(score.low, score.high) if score.low is not None else None,
            band=gaps.band_range(score.median, top=one.item.top) if score.is_band else None,
        )
        for key, score in shown_ones
        if score is not None and score.median is not None
    ]
