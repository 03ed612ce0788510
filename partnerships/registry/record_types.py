"""The kind of record that everything else is about."""

from partnerships.core.record_types import RecordType, register
from partnerships.registry import actions, queries, rules, undo_fields
from partnerships.registry.models import Partnership

register(
    RecordType(
        model=Partnership,
        label="Partnership",
        visible_to=rules.partnerships_visible_to,
        find=queries.partnership,
        listed_in="partnerships",
        list_of=queries.partnership_list,
        office="lead",
        is_followed=True,
        is_named=True,
        hidden="A partnership that is not shown to you",
        may_write=rules.may_write_partnership,
        may_read_history=rules.may_read_whole,
        read_for_snapshots=actions.read_for_snapshots,
        snapshot=actions.snapshot,
        save=actions.save_partnership,
        undo_argument=undo_fields.argument,
        follows=undo_fields.FOLLOWS,
        vocabularies={name: name for name in ("kind", "purpose", "origin", "status", "engagement")}
        | {"parties.side": "side", "parties.circle": "circle", "parties.roles.role": "role"}
        | {"asks.answer": "ask_answer", "statements.verdict": "verdict"},
    )
)
