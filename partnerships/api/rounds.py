"""Representations of survey rounds that both sides agreed to publish: what everyone reads on their pages, and no more."""

from partnerships.api.representations import with_shape
from partnerships.api.shapes import KEPT, flag, key, many, moment, number, public_id, record, shape, text, text_or_none
from partnerships.assessment import gaps
from partnerships.assessment.choices import ScoreState
from partnerships.assessment.models import ASKS, ITEM_KEYS
from partnerships.assessment.publishing_queries import replies_to_each, seen_by_all_of
from partnerships.assessment.rules import COMPARED

SCORE = shape(
    side=key("The side: government and community, or the lead and the others.", COMPARED),
    standing=key(
        "Whether it has a score. For “no_score”, see the standing of the side. Null where the score is shown only next to the "
        "other side’s, which has none.",
        ScoreState,
        empty=True,
    ),
    level=number("Its middle answer, in half levels; null where only low, middle or high is shown.", "number"),
    at_least=number("Where only low, middle or high is shown: the lowest level that it can mean.", "number"),
    at_most=number("The highest level that it can mean.", "number"),
    is_wide={"type": ["boolean", "null"], "description": "Whether answers differ a lot. Null for fewer than five."},
    lowest=number("The lowest answer, for eight or more that differ a lot."),
    highest=number("The highest answer."),
)
ROUND = record(
    id=public_id("Its ID. It never changes."),
    partnership=public_id("The partnership that both sides rated."),
    title=text("Its name."),
    asks=key("What was asked.", [value for value, _ in ASKS]),
    opened_at=moment("When the answers were opened."),
    sides=many(
        "Each of the two sides.",
        shape(
            side=key("The side.", COMPARED),
            standing=key(
                "Whether it has scores in the whole round, if fewer than three of its people took part. Null for a larger side, "
                "which has one for each question.",
                ScoreState,
                empty=True,
            ),
        ),
    ),
    items=many(
        "Each question, with what both sides said.",
        shape(
            item=key(
                "The question. Its label is in the vocabularies “condition” and “question”.",
                [value for value, _ in ITEM_KEYS],
            ),
            scores=many("The score of each of the two sides.", SCORE),
            gap=number("How many levels higher the first side rates it.", "number"),
            is_flagged=flag("Whether the gap asks for a response."),
            response=text_or_none("What the lead agency responded."),
        ),
    ),
    replies=many(
        "What partners say next to it, in their own words.",
        shape(
            party=public_id("The partner."),
            words=text("Its words."),
            at=moment("When."),
        ),
    ),
    **KEPT,
)


def rounds(person, records) -> list[dict]:
    records = list(records)
    replies: dict = {}
    for word in replies_to_each(person, records):
        reply = {"party": word.party.entity.public_id, "words": word.reply, "at": word.at}
        replies.setdefault(word.round_id, []).append(reply)
    return [_round(seen, replies.get(seen.round.pk, [])) for seen in seen_by_all_of(records)]


def _round(seen, replies):
    return with_shape(
        ROUND,
        seen.round,
        sides=[{"side": side.side.key, "standing": side.standing or None} for side in seen.sides],
        items=[_item(item, seen.pair) for item in seen.items],
        replies=replies,
    )


def _item(seen, pair):
    return {
        "item": seen.item.key,
        "scores": [_score(side, seen.scores[side], seen.item) for side in pair],
        "gap": seen.gap,
        "is_flagged": seen.is_flagged,
        "response": seen.note.text if seen.note else None,
    }


def _score(side, score, item):
    """The score of a side. `score` is None where it's shown only next to the other side's, which has none."""
    score = score or gaps.Score("")
    values = {
        "side": side,
        "standing": score.standing or None,
        "level": score.median,
        "at_least": None,
        "at_most": None,
    }
    if score.is_band and score.median is not None:
        least, most = gaps.band_range(score.median, top=item.top, bottom=item.bottom)
        values |= {"level": None, "at_least": least, "at_most": most}
    return values | {"is_wide": score.is_wide, "lowest": score.low, "highest": score.high}
