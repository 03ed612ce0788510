"""What a partnership’s page shows of its survey rounds."""

from partnerships.assessment import (
    catalog,
    publishing_queries,
    queries,
    rules,
    score_queries,
)
from partnerships.assessment.models import ASKS
from partnerships.web.components.round_words import shown


def section(person, partnership) -> dict:
    """Context for a partnership's page, for people who may read its rounds."""
    found = queries.rounds_of(person, partnership)
    opened, engagement_round = queries.last_opened(found, catalog.TEN), queries.last_opened(found, catalog.ENGAGEMENT)
    seen = score_queries.round_seen(person, opened) if opened else None
    open_ones = [one for one in found if one.is_running]
    public = publishing_queries.published_of(partnership)
    engagement_words = shown(score_queries.round_seen(person, engagement_round)) if engagement_round else {}
    return {
        "public_round": public,
        "public_rows": shown(publishing_queries.seen_by_all(public))["rows"] if public and not found else [],
        "rounds": found,
        "open_rounds": open_ones,
        "canceled_rounds": [(one, queries.cancellation_seen(person, one)) for one in found if one.cancelled_at],
        "last_round": opened,
        "say_round": engagement_round,
        "say_rows": engagement_words.get("rows", []),
        "say_standings": engagement_words.get("standings", []),
        "last_owed": seen.due_responses if seen else [],
        "last_due": seen.note_due_on if seen else None,
        "last_rows": [row for row in shown(seen)["rows"] if row["seen"].is_flagged] if seen else [],
        "may_start_round": len(open_ones) < len(ASKS) and rules.may_start_round(person, partnership),
    }
