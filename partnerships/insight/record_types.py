"""The kind of record that overviews store."""

from django.utils.translation import gettext_lazy as _

from partnerships.core.record_types import RecordType, register
from partnerships.insight import rules
from partnerships.insight.models import ExpectedSeat

register(
    RecordType(
        model=ExpectedSeat,
        label=_("Expected seat"),
        visible_to=rules.expected_seats_visible_to,
        office="office",
    )
)
