"""The kinds of record that keep people talking."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from partnerships.core.access import Viewer, belongs_somewhere
from partnerships.core.record_types import BoxSearch, RecordType, register
from partnerships.meetings import action_items, action_queries, check_ins, meetings, queries, rules, undo_fields
from partnerships.meetings.models import Action, CheckInPlan, Meeting
from partnerships.registry.rules import lead_reads_history, may_write_partnership


def _may_write(person: Viewer, record: Meeting | Action | CheckInPlan) -> bool:
    return may_write_partnership(person, record.partnership)


register(
    RecordType(
        model=Meeting,
        label=_("Meeting"),
        visible_to=rules.meetings_visible_to,
        box_search=BoxSearch(along=("partnership",), drafts=lambda rows: rows),
        find=queries.meeting,
        listed_in="meetings",
        office="partnership__lead",
        is_named=True,
        hidden=gettext_noop("A meeting that you can’t see"),
        may_write=_may_write,
        may_read_history=lead_reads_history,
        read_for_snapshots=meetings.read_for_snapshots,
        snapshot=meetings.snapshot,
        save=meetings.save_meeting,
        undo_argument=undo_fields.of_meeting,
        vocabularies={"status": "meeting_status"},
    ),
    RecordType(
        model=Action,
        label=_("Action item"),
        visible_to=rules.actions_visible_to,
        box_search=BoxSearch(("title", "detail"), rows=action_queries.shown_actions, is_for=belongs_somewhere),
        find=action_queries.action,
        listed_in="actions",
        office="partnership__lead",
        may_write=_may_write,
        may_read_history=lead_reads_history,
        read_for_snapshots=action_items.read_for_snapshots,
        snapshot=action_items.snapshot,
        save=action_items.save_action,
        undo_argument=undo_fields.of_action,
        vocabularies={"status": "action_status", "log.status": "action_status"},
    ),
    RecordType(
        model=CheckInPlan,
        label=_("Check-ins"),
        visible_to=rules.check_in_plans_visible_to,
        find=queries.check_in_plan,
        listed_in="partnerships",
        folder="check-ins",
        office="partnership__lead",
        may_write=_may_write,
        may_read_history=lead_reads_history,
        snapshot=check_ins.snapshot,
        save=check_ins.save_check_in_plan,
        undo_argument=undo_fields.of_check_ins,
        vocabularies={"rhythm": "rhythm"},
    ),
)
