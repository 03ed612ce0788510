"""The kind of record that keeps what offices and others said to each other."""

from django.utils.translation import gettext_lazy as _

from partnerships.core.access import belongs_somewhere
from partnerships.core.record_types import BoxSearch, RecordType, register
from partnerships.interactions import actions, queries, rules, undo_fields
from partnerships.interactions.models import Interaction

register(
    RecordType(
        model=Interaction,
        label=_("Interaction"),
        visible_to=rules.interactions_visible_to,
        box_search=BoxSearch(("summary", "text"), rows=queries.shown_interactions, is_for=belongs_somewhere),
        find=queries.interaction,
        listed_in="interactions",
        office="office",
        may_write=rules.may_write_interaction,
        may_read_history=rules.reads_for_office,
        read_for_snapshots=actions.read_for_snapshots,
        snapshot=actions.snapshot,
        save=actions.save_interaction,
        undo_argument=undo_fields.of_interaction,
        vocabularies={"kind": "interaction_kind", "direction": "interaction_direction"},
    ),
)
