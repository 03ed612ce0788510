"""Keys, ids and days of the change log in the words of its reader: names of records only where she may know them."""

import re

from partnerships.core.ids import SHAPE, ids_in
from partnerships.directory.rules import (
    departments_visible_to,
    issue_areas_visible_to,
    jurisdictions_visible_to,
    organizations_visible_to,
)
from partnerships.measurement.models import Measure
from partnerships.measurement.rules import activities_visible_to, results_visible_to
from partnerships.meetings.rules import meetings_visible_to
from partnerships.registry.models import Partnership
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to
from partnerships.web.words import day, label

_OF_BODIES = {"contacts.role": "contact_role", "contacts.visible_to": "reader", "identifiers.scheme": "identifier"}
# Kind of record → where in its snapshot a key stands → the vocabulary that it is of.
_VOCABULARIES = {
    "partnership": {
        **{name: name for name in ("kind", "purpose", "origin", "status", "engagement")},
        "parties.side": "side",
        "parties.circle": "circle",
        "parties.roles.role": "role",
        "asks.answer": "ask_answer",
        "statements.verdict": "verdict",
    },
    "organization": _OF_BODIES
    | {"kind": "organization_kind", "side": "side", "listing": "listing", "languages": "language"}
    | {"led_by": "community", "communities": "community"},
    "jurisdiction": _OF_BODIES | {"kind": "jurisdiction_kind", "stage": "stage", "stages.stage": "stage"},
    "department": _OF_BODIES | {"kind": "department_kind"},
    "meeting": {"status": "meeting_status"},
    "checkinplan": {"rhythm": "rhythm"},
    "action": {"status": "action_status", "log.status": "action_status"},
    "result": {},
    "measure": {name: name for name in ("unit", "counted", "direction", "period")}
    | {"kind": "measure_kind", "groups.dimension": "dimension"},
    "activity": {"kind": "activity_kind", "status": "activity_status", "parts.part": "part"},
    "plan": {},
    "makeup": {"dimension": "dimension"},
    "population": {"dimension": "dimension"},
}
_ROWS = {
    "J": jurisdictions_visible_to,
    "D": departments_visible_to,
    "A": issue_areas_visible_to,
    "G": organizations_visible_to,
    "P": partnerships_visible_to,
    "M": meetings_visible_to,
    "S": results_visible_to,
    "V": activities_visible_to,
}
_NOT_SHOWN = {
    "G": "An organization that is not shown to you",
    "P": "A partnership that is not shown to you",
    "M": "A meeting that is not shown to you",
    "S": "A result that is not shown to you",
    "V": "An activity that is not shown to you",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


# Of a measure: where its log names parties, by their names.
_OF_PARTIES = ("owners.party", "readings.party")


def _parties_named(person, record, changes):
    """The names of the parties that a measure's log may name to her; None where it names none."""
    shots = [shot for change in changes for shot in (change.before, change.after)]
    if not isinstance(record, Measure) or not any(shot.get(name) for shot in shots for name in ("owners", "readings")):
        return None
    tables = [record.partnership_id] if record.partnership_id else record.result.partnerships.values("pk")
    seen = parties_visible_to(person).filter(partnership__in=tables)
    return {str(party) for party in seen.select_related("organization", "department", "jurisdiction")}


class Words:
    """Says single values of these changes of one record. Reads the names of all of them at once: a query a kind of record."""

    def __init__(self, person, record, changes):
        self.vocabularies = _VOCABULARIES[record._meta.model_name]
        ids = {text for change in changes for shot in (change.before, change.after) for text in ids_in(shot)}
        self.names = {}
        for letter, visible_to in _ROWS.items():
            asked = [text for text in ids if text[0] == letter]
            for one in visible_to(person).filter(public_id__in=asked) if asked else ():
                self.names[one.public_id] = str(one)
        self.parties = _parties_named(person, record, changes)
        missing = [text for text in ids if text[0] == "G" and text not in self.names]
        if missing and isinstance(record, Partnership):  # who sits at this table may be unlisted elsewhere
            seats = parties_visible_to(person).filter(partnership=record, organization__public_id__in=missing)
            self.names |= {
                seat.organization.public_id: str(seat.organization) for seat in seats.select_related("organization")
            }

    def __call__(self, path, value) -> str:
        vocabulary = "reader" if path.startswith("open_fields.") else self.vocabularies.get(path)
        if vocabulary:
            return label(value, vocabulary)
        if not isinstance(value, str):
            return str(value)
        if self.parties is not None and path in _OF_PARTIES:
            return value if value in self.parties else "A partner that is not shown to you"
        if re.fullmatch(SHAPE, value):
            return self.names.get(value) or _NOT_SHOWN.get(value[0], value)
        return day(value) if _DAY.fullmatch(value) else value
