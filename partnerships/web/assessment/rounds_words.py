"""What both sides said, in words and pictures: sides, levels, gaps, and the reasons why a side has no score."""

from django.urls import reverse

from partnerships.assessment import catalog, gaps, suggested_levels
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.web.charts import pictures

SIDES = {
    "government": "Government",
    "community": "Community",
    "institution": "Institutions",
    "lead": "The lead agency",
    "others": "The other partners",
}
_COUNT = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
# What a side without a score did: after its name in a list, and as a sentence.
_SHORT = {
    ScoreState.KEPT_BACK: "withheld",
    ScoreState.DECLINED: "chose not to answer",
    ScoreState.NO_ANSWER: "asked, no answer yet",
    ScoreState.NOT_ASKED: "not asked",
}
_WHY = {
    ScoreState.KEPT_BACK: "{} withholds its score.",
    ScoreState.DECLINED: "{} chose not to answer, and that is fine.",
    ScoreState.NO_ANSWER: "{} was asked, and there is no answer yet.",
    ScoreState.NOT_ASKED: "{} was not asked.",
}
_SEALED = "This score isn't open to you: who reads the other side's score shows their own."


def side_name(seen) -> str:
    """The name of a side in a round. A tribal nation has its own."""
    return seen.name or SIDES.get(seen.side.key, "A side")


def roll_words(roll) -> str:
    """How many were asked on a side: “3 people of 2 partners”."""
    if roll is None:
        return "No one"
    others = "others whose partner isn’t shown to you"
    if not roll.people:
        return others.capitalize()
    people = f"{roll.people} {'person' if roll.people == 1 else 'people'}"
    words = f"{people} of {roll.partners} {'partner' if roll.partners == 1 else 'partners'}"
    return f"{words}, and {others}" if roll.has_others else words


def level_words(level: float, names=catalog.LEVELS) -> str:
    """A level with its name. 2.5 is “2½, between partly and working”."""
    low, half = int(level), level % 1
    if half:
        return f"{low}½, between {names[low].lower()} and {names[low + 1].lower()}"
    return f"{low}, {names[low].lower()}"


def close_words(level: float, is_about=False) -> str:
    """How closely two partners work together: 2.5 is “between cooperate and coordinate”.

    With `is_about`, the level is only low, middle or high.
    """
    names, low = [name.lower() for name in catalog.TIE_ITEMS[catalog.INTENSITY].names], int(level)
    if is_about:
        return f"about {names[low]}"
    return f"between {names[low]} and {names[low + 1]}" if level % 1 else names[low]


def score_words(score, names=catalog.LEVELS) -> str:
    if score is None:
        return "sealed to you"
    if score.median is None:
        return _SHORT[score.standing]
    if score.is_band:
        return _band_words(score.median, len(names) - 1)
    return f"{level_words(score.median, names)}{_spread_words(score)}"


def _band_words(level, top) -> str:
    low, high = gaps.band_range(level, top=top)
    if low == 0:
        return f"low, {high:g} or less"
    return f"high, {low:g} or more" if high == top else "in the middle"


def _spread_words(score) -> str:
    if score.is_wide is None:
        return ""
    if not score.is_wide:
        return "; answers close together"
    return "; answers far apart" + (f", from {score.low} to {score.high}" if score.low is not None else "")


def gap_words(one, names, pair) -> str:
    """How the two sides see an item, in one or two sentences."""
    first, second = (names[key] for key in pair)
    if one.gap is None:
        return f"No comparison. {_why_none(one, names, pair)}"
    about = "about " if any(one.scores[key].is_band for key in pair) else ""
    if one.gap == 0:
        return f"Both sides see this {about}the same way." + _low_words(one, second, pair)
    higher, apart = first if one.gap > 0 else second, abs(one.gap)
    verb = "see" if higher.endswith("s") else "sees"
    return f"{higher} {verb} this {about}{_levels(apart)} higher." + _low_words(one, second, pair)


def _levels(apart) -> str:
    if apart < 1:
        return "half a level"
    words = f"{_COUNT[int(apart)]}{' and a half' if apart % 1 else ''}"
    return f"{words} level" if apart == 1 else f"{words} levels"


def _low_words(one, second, pair):
    return f" {second} rates it low." if one.is_flagged and one.scores[pair[1]].median <= 1 else ""


def _why_none(one, names, pair):
    sentences = [
        _SEALED if one.scores.get(key) is None else _WHY[one.scores[key].standing].format(names[key])
        for key in pair
        if one.scores.get(key) is None or one.scores[key].median is None
    ]
    return " ".join(dict.fromkeys(sentences))


def shown(seen, beside=None) -> dict:
    """The context of assessment/round/_items.html for an opened round.

    `beside` has facts to show with an item, by its key (`measurement.score_context`).
    """
    names = {side.side.key: side_name(side) for side in seen.sides}
    rows = [_row(one, names, seen) | {"facts": _facts((beside or {}).get(one.item.key, ()))} for one in seen.items]
    return {
        "groups": [(name, found) for key, name in catalog.GROUPS if (found := _of_group(rows, key))],
        "names": [names[key] for key in seen.pair],
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


def age_words(moment) -> str:
    """A note on the age of answers, from two months on."""
    months = (clock.now() - moment).days // 30
    if months < 2:
        return ""
    return f"{months} months old." if months < 12 else "over a year old. It is time to ask again."


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
        "said": [(names[key], word) for key, word in one.words],
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
    label = f"{item.name}, scale 0 to {item.top}. {scores_text}. {gap_words(one, names, pair)}"
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
