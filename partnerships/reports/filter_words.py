"""Which partnerships a council report is about, in words, and the filter for those of one office."""

from urllib.parse import urlencode

from partnerships.directory.models import Jurisdiction
from partnerships.insight.names import Names
from partnerships.reports.content import ReportNotPossible, listing_of
from partnerships.reports.models import ReportDefinition

OURS, EVERY = "Those that our office leads", "All partnerships in the registry"


def own_query(office: Jurisdiction) -> str:
    """The filter for the partnerships that an office leads."""
    return urlencode({"lead": office.public_id})


def partnerships_in_words(definition: ReportDefinition) -> str:
    """“Issue area: Housing; Status: Active”. Says so if the filters are no longer valid."""
    if not definition.query:
        return EVERY
    if definition.jurisdiction and definition.query == own_query(definition.jurisdiction):
        return OURS
    try:
        listing = listing_of(definition)
    except ReportNotPossible:
        return "Filters that no longer work"
    rows = Names().of_filters(listing.filters)
    words = [f"{row['label']}: {' or '.join(one['name'] for one in row['values'])}" for row in rows]
    if listing.query and listing.query.text:
        words.append(f"With the words “{listing.query.text}”")
    return "; ".join(words) or EVERY
