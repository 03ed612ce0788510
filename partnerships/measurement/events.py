"""What others may want to know of measures and numbers, in the transaction that changed them."""

from partnerships.core.hooks import event
from partnerships.measurement.models import Reading


@event
def number_disputed(reading: Reading) -> None:
    """A partner sees a number differently."""


@event
def number_answered(reading: Reading) -> None:
    """The lead's office answered a partner that sees a number differently."""
