"""Every fault, in the order of its number."""

from tests.faults import constraints, drawn, emails, filters, hiding, identities, limits, locks, parsing, rights

CHOSEN = [
    *rights.FAULTS,
    *hiding.FAULTS,
    *identities.FAULTS,
    *emails.FAULTS,
    *locks.FAULTS,
    *filters.FAULTS,
    *parsing.FAULTS,
    *constraints.FAULTS,
    *limits.FAULTS,
]
FAULTS = [*CHOSEN, *drawn.FAULTS]
