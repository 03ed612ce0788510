"""Numbers quoted from a public table: shown exactly, “as published by …”, since anyone can read them there.

A period is quoted completely or not at all: exact numbers next to an office's own would reveal what those hide. Counts
of a program's own clients are never quoted.
"""

from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partnerships.measurement.choices import MeasureKind
from partnerships.measurement.models import DataPoint, Measure

QUOTE = ("published_by", "link")
ONLY_INDICATORS = _(
    "Only an indicator of a whole population can quote a published table. The numbers of a program are always rounded."
)
OWN_PAGE = _("Link to the publisher’s page, not to a page of this registry.")
NO_LINK = _("Enter the link to the published table, or clear “Published by”.")
NO_PUBLISHER = _("Enter who published this table, or clear the link.")
MIXED = _(
    "A published table is shown exactly, so a period can’t hold both its numbers and your own. Enter all numbers of this period "
    "from the table, or none."
)
HIDES = _("Numbers of this period are hidden to protect a few people, so it can’t become a published table.")


def may_quote(measure: Measure) -> bool:
    return measure.kind == MeasureKind.INDICATOR


class _Linked(Protocol):
    @property
    def link(self) -> str: ...


def is_quoted(point: _Linked) -> bool:
    return bool(point.link)


def quote_errors(measure: Measure, point: DataPoint) -> dict[str, str]:
    """What is wrong with the quote of a number: {field: message}, empty if nothing is."""
    if not point.link and not point.published_by:
        return {}
    if not may_quote(measure):
        return {"link": str(ONLY_INDICATORS)}
    if not point.link:
        return {"link": str(NO_LINK)}
    if not point.published_by:
        return {"published_by": str(NO_PUBLISHER)}
    is_own = urlsplit(point.link).hostname == urlsplit(settings.BASE_URL).hostname
    return {"link": str(OWN_PAGE)} if is_own else {}
