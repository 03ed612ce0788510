"""The kind of record that both sides answer."""

from django.utils.translation import gettext_lazy as _

from partnerships.assessment import queries, round_history, rules
from partnerships.assessment.models import Round
from partnerships.core.record_types import RecordType, register

register(
    RecordType(
        model=Round,
        label=_("Round"),
        visible_to=rules.rounds_visible_to,
        public_rows=rules.published_rounds,
        office="partnership__lead",
        find=queries.round_of,
        listed_in="partnerships",
        may_read_history=rules.may_read_round_history,
        changes_seen=round_history.changes_seen,
        history_fields=round_history.FIELDS,
        history_note=_(
            "Who did what in this round, when and why, newest first. The lead agency’s staff and the partners read it, each as "
            "far as they may know of a partner. It never says who was asked, who answered or declined, or what."
        ),
    )
)
