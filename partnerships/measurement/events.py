"""Events about measures and numbers, called in the transaction that changed them."""

from partnerships.core.hooks import event
from partnerships.measurement.models import Reading


@event
def number_disputed(reading: Reading) -> None:
    """A partner disputes a number."""


@event
def number_answered(reading: Reading) -> None:
    """The lead's office answered a partner's dispute of a number."""
