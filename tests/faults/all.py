"""Every fault, in the order of its number."""

from tests.faults import constraints, drawn, emails, filters, hiding, identities, locks, parsing, rights

CHOSEN = [
    *rights.FAULTS,
    *hiding.FAULTS,
    *identities.FAULTS,
    *emails.FAULTS,
    *locks.FAULTS,
    *filters.FAULTS,
    *parsing.FAULTS,
    *constraints.FAULTS,
]
FAULTS = [*CHOSEN, *drawn.FAULTS]
