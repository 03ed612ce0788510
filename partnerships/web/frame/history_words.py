"""Words for keys, IDs and dates in the audit log. Records appear by name only where the reader may see them."""

import re
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from partnerships.accounts.choices import NO_NAME
from partnerships.core import record_types
from partnerships.core.ids import SHAPE, ids_in
from partnerships.directory.models import IssueArea
from partnerships.directory.reference.vocabularies import term_name
from partnerships.measurement.models import Measure
from partnerships.registry.models import Partnership
from partnerships.registry.rules import parties_visible_to
from partnerships.web.frame.words import day, label, moment, zone_of

with translation.override(settings.LANGUAGE_CODE):
    NAMELESS = str(NO_NAME)  # as it is stored
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*(?:Z|[+-]\d\d:\d\d)")


# The paths in the log of a measure at which parties are stored by name.
_OF_PARTIES = ("owners.party", "readings.party")


def _parties_named(person, record, changes):
    """The names of parties in a measure's log that the person may see. None if the log names no parties."""
    snapshots = [snapshot for change in changes for snapshot in (change.before, change.after)]
    if not isinstance(record, Measure) or not any(
        snapshot.get(name) for snapshot in snapshots for name in ("owners", "readings")
    ):
        return None
    seen = parties_visible_to(person)
    if record.result is None:
        seen = seen.filter(partnership=record.partnership_id)
    else:
        seen = seen.filter(partnership__in=record.result.partnerships.values("pk"))
    return {str(party) for party in seen.select_related("organization", "department", "jurisdiction")}


class ValueWords:
    """Words for single values in these changes of one record, as a callable. Moments are in the person's time zone.

    Reads all names in advance, with one query per kind of record.
    """

    def __init__(self, person, record, changes):
        kind = of_record = record_types.for_record(record)
        self.name_of, self.zone = (lambda path: gettext(of_record.name_of(path))), zone_of(person)
        self.vocabularies = {**kind.vocabularies, **kind.terms} | {
            field.name: f"{kind.key}.{field.name}" for field in record._meta.concrete_fields if field.choices
        }
        ids = {text for change in changes for snapshot in (change.before, change.after) for text in ids_in(snapshot)}
        self.names = {}
        self.hidden: dict[str, str] = {}
        for kind in record_types.all_types():
            asked = [text for text in ids if kind.is_named and text[0] == kind.model.ID_PREFIX]
            for one in kind.visible_to(person).filter(public_id__in=asked) if asked else ():
                self.names[one.public_id] = term_name(one) if kind.model is IssueArea else str(one)
            self.hidden |= dict.fromkeys(asked, gettext(kind.hidden) if kind.hidden else "")
        self.parties = _parties_named(person, record, changes)
        missing = [text for text in ids if text[0] == "G" and text not in self.names]
        if missing and isinstance(record, Partnership):  # its partners may be unlisted elsewhere
            seats = parties_visible_to(person).filter(partnership=record, organization__public_id__in=missing)
            self.names |= {seat.entity.public_id: str(seat.entity) for seat in seats.select_related("organization")}

    def __call__(self, path, value) -> str:
        """The words for a value of a snapshot, at this path in it: keys as labels, ids as names, dates as words."""
        vocabulary = "reader" if path.startswith("open_fields.") else self.vocabularies.get(path)
        if vocabulary:
            return label(value, vocabulary)
        if not isinstance(value, str):
            return str(value)
        if self.parties is not None and path in _OF_PARTIES:
            return value if value in self.parties else gettext("A partner that you can’t see")
        if value == NAMELESS:
            return str(NO_NAME)
        if re.fullmatch(SHAPE, value):
            return self.names.get(value) or self.hidden.get(value) or value
        return self._dated(value)

    def _dated(self, value: str) -> str:
        try:
            if _MOMENT.fullmatch(value):
                return moment(datetime.fromisoformat(value), self.zone)
            return day(value) if _DAY.fullmatch(value) else value
        except (ValueError, OverflowError):  # someone's words that only look like a date
            return value
