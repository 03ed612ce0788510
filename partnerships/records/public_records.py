"""Everything that the registry holds of one partnership, as one file for a public-records request."""

from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch

from partnerships.accounts.models import Person
from partnerships.assessment.gaps import Score
from partnerships.assessment.models import Round
from partnerships.assessment.notes import snapshot as round_snapshot
from partnerships.assessment.publishing import snapshot as publishing_snapshot
from partnerships.assessment.queries import rounds_of
from partnerships.assessment.rules import own_sides_of
from partnerships.assessment.score_queries import round_seen
from partnerships.assessment.tie_queries import ties_seen
from partnerships.core import clock
from partnerships.core.access import Viewer, require
from partnerships.core.models import Change
from partnerships.core.snapshots import snapshot_fields, snapshot_queryset, snapshot_rows, with_named
from partnerships.insight.rules import expected_seats_visible_to, snapshots_visible_to
from partnerships.interactions import actions as interaction_actions
from partnerships.interactions.rules import interactions_visible_to
from partnerships.measurement import activities as activity_actions
from partnerships.measurement.models import Activity
from partnerships.measurement.rules import activities_visible_to, gains_visible_to
from partnerships.meetings import action_items
from partnerships.meetings import meetings as meeting_actions
from partnerships.meetings.models import CheckIn, Meeting
from partnerships.meetings.rules import (
    actions_visible_to,
    check_in_plans_visible_to,
    meetings_visible_to,
    notes_are_public,
)
from partnerships.registry.actions import snapshot
from partnerships.registry.document import build
from partnerships.registry.models import Partnership, Reply
from partnerships.registry.rules import (
    may_read_all,
    may_write_partnership,
    parties_visible_to,
    remarks_visible_to,
)


def records_of(person: Person, partnership: Partnership, *, private: bool) -> dict:
    """A partnership with its meetings, check-ins and history, as JSON values.

    Without `private`: only what the public may read (nothing of a draft), and that changes were made, but not who made them
    or what they said. With it, for the lead's editors: also drafts, notes, participants and every change. A party's
    notes for its own people are in neither, since they aren't the office's record. Raises NotAllowed.
    """
    require(may_read_all(person, partnership) and (not private or may_write_partnership(person, partnership)))
    meetings = list(with_named(meetings_visible_to(person if private else None).filter(partnership=partnership)))
    meeting_actions.read_for_snapshots(meetings)
    entries = Change.objects.filter(record_type="partnership", record_id=partnership.pk).order_by("pk")
    is_shown = private or partnership.is_published
    seats = expected_seats_visible_to(person if private else None).filter(partnership=partnership)
    activities = activities_visible_to(person if private else None).filter(partnership=partnership).order_by("pk")
    activities = list(with_named(activities))
    activity_actions.read_for_snapshots(activities)
    gains = gains_visible_to(person if private else None).filter(party__partnership=partnership)
    parties = parties_visible_to(person) if private else None
    found = {
        "made_at": clock.now(),
        "holds": "everything, private fields included" if private else "only what the public may read",
        "partnership": build([partnership.pk], parties=parties)[partnership.pk]
        if is_shown
        else {"id": partnership.public_id},
        "statements_of_the_lead": _statements(person if private else None, partnership) if is_shown else [],
        "meetings": [meeting_actions.snapshot(m) if private else _public_meeting(m) for m in meetings],
        "activities": [_activity(one, private) for one in activities],
        "gains": snapshot_queryset(gains, leave_out=() if private else ("by", "version")),
        "expected_seats": snapshot_queryset(seats, leave_out=() if private else ("declared_by", "source")),
        "changes": snapshot_queryset(entries) if private else [{"at": e.at, "verb": e.verb} for e in entries],
    }
    if private:
        plans = check_in_plans_visible_to(person).filter(partnership=partnership)
        found["record"] = snapshot(partnership)
        answers = partnership.seat_consents.order_by("at", "pk")
        found["answers_to_seats"] = snapshot_queryset(answers, leave_out=("partnership", "code"))
        found["check_in_plans"] = snapshot_queryset(plans, leave_out=("partnership",))
        actions = list(with_named(actions_visible_to(person).filter(partnership=partnership).order_by("pk")))
        action_items.read_for_snapshots(actions)
        found["actions"] = [action_items.snapshot(action) for action in actions]
        interactions = list(
            interactions_visible_to(person).filter(partnerships=partnership, office=partnership.lead).order_by("pk")
        )
        interaction_actions.read_for_snapshots(interactions)
        found["interactions"] = [interaction_actions.snapshot(one) for one in interactions]
        earlier = snapshots_visible_to(person).filter(partnership=partnership)
        found["circles_at_quarters"] = snapshot_queryset(earlier, leave_out=("partnership",))
        found["rounds"] = [_round(person, one) for one in rounds_of(person, partnership)]
        found["check_ins"] = snapshot_queryset(CheckIn.objects.filter(plan__in=plans))
    return found


def _activity(activity: Activity, private: bool) -> dict[str, Any]:
    """Including who does what and for which results, if the reader sees every party."""
    shown = snapshot_fields(activity, leave_out=("partnership", "source", "results", "outcomes"))
    return activity_actions.snapshot(activity) if private else shown


def _statements(person: Viewer, partnership: Partnership) -> list[dict[str, Any]]:
    """Including the replies of the parties that this reader sees."""
    today = clock.today(clock.zone(partnership.lead.zone))
    replies = Reply.objects.filter(party__in=parties_visible_to(person)).exclude(text="").order_by("at", "pk")
    remarks = with_named(remarks_visible_to(person, today).filter(partnership=partnership))
    return [
        snapshot_fields(remark, leave_out=("partnership", "by"))
        | {"replies": snapshot_rows(remark.replies.all(), leave_out=("remark", "by", "invited_at"))}
        for remark in remarks.prefetch_related(Prefetch("replies", with_named(replies)))
    ]


def _round(person: Person, one: Round) -> dict[str, Any]:
    """Both sides' scores as this reader may see them, never a single answer."""
    seen_round = round_seen(person, one)
    standings = {side.side.key: side.standing for side in seen_round.sides if side.standing}
    scores = {
        seen.item.key: {
            "scores": {side: score and _score(score) for side, score in seen.scores.items()},
            "words": [snapshot_fields(word, leave_out=("side",)) | {"side": side} for side, word in seen.words],
        }
        for seen in seen_round.items
    }
    ties = ties_seen(person, one, own_sides_of(person, one))
    opinions = [{"about": str(o.about), "by": o.side, "trust": o.trust, "value": o.value} for o in ties.opinions]
    close = [{"parties": [str(party) for party in c.parties], "said": list(c.levels)} for c in ties.close]
    said = {"standings": standings, "items": scores, "partners": opinions, "closeness": close}
    return round_snapshot(one) | publishing_snapshot(one) | said


def _score(score: Score) -> dict[str, Any]:
    """Without the number of answers, which is shown once per round, not for one item."""
    return {name: value for name, value in asdict(score).items() if name != "answered"}


def _public_meeting(meeting: Meeting) -> dict[str, Any]:
    """Only public notes and decisions. The partnership names the parties, as far as they are public."""
    has_public_notes = notes_are_public(meeting)
    hidden = () if has_public_notes else ("notes",)
    left = ("link", "access_notes", "sequence", "partnership", "series", "original_on", *hidden)
    shown = snapshot_fields(meeting, leave_out=left) | {
        "agenda": snapshot_rows(meeting.agenda.all(), leave_out=("meeting", "owner", *hidden)),
    }
    if has_public_notes:
        decisions = snapshot_rows(meeting.decisions.all(), leave_out=("meeting",))
        named = ("decided_by", "could_block")
        shown["decisions"] = [{key: row[key] for key in row if key not in named} for row in decisions]
    return shown
