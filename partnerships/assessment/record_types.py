"""The kind of record that both sides answer."""

from django.utils.translation import gettext_lazy as _

from partnerships.assessment import rules
from partnerships.assessment.models import Round
from partnerships.core.record_types import RecordType, register

register(
    RecordType(
        model=Round,
        label=_("Round"),
        visible_to=rules.rounds_visible_to,
        office="partnership__lead",
    )
)
