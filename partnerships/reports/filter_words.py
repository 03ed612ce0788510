"""Which partnerships a council report is about, in words, and the filter for those of one office."""

from urllib.parse import urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.directory.models import Jurisdiction
from partnerships.insight.names import Names
from partnerships.reports.content import ReportNotPossible, listing_of
from partnerships.reports.models import ReportDefinition

OURS, EVERY = _("Those that our office leads"), _("All partnerships in the registry")


def own_query(office: Jurisdiction) -> str:
    """The filter for the partnerships that an office leads."""
    return urlencode({"lead": office.public_id})


def own_title(office: Jurisdiction) -> str:
    """The title that a council report starts with."""
    return (gettext("Partnerships of %(office)s") % {"office": office})[:120]


def partnerships_in_words(definition: ReportDefinition) -> str:
    """“Issue area: Housing; Status: Active”. Says so if the filters are no longer valid."""
    if not definition.query:
        return str(EVERY)
    if definition.jurisdiction and definition.query == own_query(definition.jurisdiction):
        return str(OURS)
    try:
        listing = listing_of(definition)
    except ReportNotPossible:
        return gettext("Filters that no longer work")
    rows = Names().of_filters(listing.filters)
    either = f" {gettext('or')} "
    words = [f"{row['label']}: {either.join(one['name'] for one in row['values'])}" for row in rows]
    if listing.query and listing.query.text:
        words.append(gettext("With the words “%(text)s”") % {"text": listing.query.text})
    return "; ".join(words) or str(EVERY)
