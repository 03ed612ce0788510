"""Every fault, in the order of its number."""

from tests.faults import constraints, drawn, emails, filters, hiding, locks, parsing, rights

CHOSEN = [
    *rights.FAULTS,
    *hiding.FAULTS,
    *emails.FAULTS,
    *locks.FAULTS,
    *filters.FAULTS,
    *parsing.FAULTS,
    *constraints.FAULTS,
]
FAULTS = [*CHOSEN, *drawn.FAULTS]
