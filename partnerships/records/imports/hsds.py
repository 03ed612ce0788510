"""Organizations of a file in HSDS, the data specification of Open Referral, as a table to import.

It may hold one organization, a list, or a page of an HSDS API (`contents`). Each contact has a row, which repeats the
organization. What the registry has no field for gets a column too, so that people see that it isn't imported.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Any, NoReturn

import orjson
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.core.errors import ValidationError
from partnerships.core.tables import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from partnerships.records.imports.fields import ORGANIZATIONS

# Names of HSDS 3, then of earlier versions → fields of an organization here.
_PLAIN = {
    "name": "name",
    "alternate_name": "other_names",
    "description": "aims",
    "website": "website",
    "url": "website",
    "tax_id": "ein",
}
_ADDRESS = {
    "address_1": "address",
    "address_2": "address_line",
    "city": "address_city",
    "state_province": "address_state",
    "postal_code": "address_zip",
}
_TAXONOMIES = (
    "side",
    "kind",
    "issue_areas",
    "languages",
    "led_by",
    "communities",
)  # as the registry's own file names them
_HANDLED = (*_PLAIN, "contacts", "phones", "email", "locations", "organization_identifiers", "attributes", "services")
_TOO_LARGE = _("This file has more than %(most)s MB. Import its organizations in parts.")
_SHOWN = 200  # characters of what isn't imported
_SEPARATOR = "; "


def is_json(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def as_csv(content: bytes) -> bytes:
    """The file as CSV with the registry's headings. Raises ValidationError with a message for people."""
    if len(content) > MOST_BYTES:
        _refuse(_TOO_LARGE, most=MOST_BYTES // 2**20)
    try:
        found = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        words = _("We can’t read this JSON file. It’s broken at line %(line)s, column %(column)s.")
        _refuse(words, line=problem.lineno, column=problem.colno)
    found = found.get("contents", [found]) if isinstance(found, dict) else found
    if not isinstance(found, list) or not found:
        _refuse(_("This JSON file has no organizations. HSDS writes them as a list."))
    every_row = (row for number, one in enumerate(found, 1) for row in _Organization(one, number).rows())
    rows = list(islice(every_row, MOST_ROWS + 1))
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    if len(rows) > MOST_ROWS or len(headings) > MOST_COLUMNS:
        words = _("This file has more than %(rows)s contacts or %(columns)s kinds of values. Import it in parts.")
        _refuse(words, rows=f"{MOST_ROWS:,}", columns=MOST_COLUMNS)
    text = StringIO(newline="")
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow(row)
        if text.tell() > MOST_BYTES:  # each contact repeats its organization
            _refuse(_TOO_LARGE, most=MOST_BYTES // 2**20)
    return text.getvalue().encode()


def _refuse(words: str, **values: Any) -> NoReturn:
    raise ValidationError(gettext(words) % values, code="unreadable")


class _Organization:
    """One organization of the file. `number` is its place, counted from 1, for error messages."""

    def __init__(self, values: Any, number: int):
        self.number = number
        if not isinstance(values, dict) or not values.get("name"):
            _refuse(_("Organization %(number)s in this file has no name. HSDS gives each one a name."), number=number)
        self.values = values

    def rows(self) -> Iterator[dict[str, str]]:
        """One row for each contact, or a single one."""
        cells = self._plain() | self._address() | self._identifiers() | self._terms()
        shared = {ORGANIZATIONS.by_key[key].label: text for key, text in cells.items() if text} | self._others()
        for contact in self._contacts() or [{}]:
            yield shared | {ORGANIZATIONS.by_key[f"contact_{key}"].label: text for key, text in contact.items() if text}

    def _plain(self) -> dict[str, str]:
        cells: dict[str, str] = {}
        for name, key in _PLAIN.items():
            cells[key] = cells.get(key) or self._text(self.values, name)
        return cells

    def _address(self) -> dict[str, str]:
        """The first address with parts, or the first location's description."""
        locations = self._objects(self.values, "locations")
        for address in (one for location in locations for one in self._objects(location, "addresses")):
            return {key: self._text(address, name) for name, key in _ADDRESS.items()}
        return {"address": self._text(locations[0], "description")} if locations else {}

    def _identifiers(self) -> dict[str, str]:
        named = [(self._scheme(one), one) for one in self._objects(self.values, "organization_identifiers")]
        return {scheme: self._text(one, "identifier") for scheme, one in named if scheme}

    def _scheme(self, identifier: dict) -> str:
        """The field here for an identifier of HSDS, or "" if there is none."""
        names = f"{self._text(identifier, 'identifier_scheme')} {self._text(identifier, 'identifier_type')}".lower()
        found = re.search(r"\b(ein|uei)\b", names)
        return found[1] if found else ""

    def _terms(self) -> dict[str, str]:
        cells: dict[str, list[str]] = {}
        for one in self._objects(self.values, "attributes"):
            if self._text(one, "link_type") in _TAXONOMIES:
                cells.setdefault(one["link_type"], []).append(self._term(one))
        for holder in (self.values, *self._objects(self.values, "locations"), *self._objects(self.values, "services")):
            cells.setdefault("languages", []).extend(
                self._text(one, "name") for one in self._objects(holder, "languages")
            )
        return {key: _SEPARATOR.join(dict.fromkeys(filter(None, texts))) for key, texts in cells.items()}

    def _term(self, attribute: dict) -> str:
        term = attribute.get("taxonomy_term")
        return self._text(term if isinstance(term, dict) else attribute, "name" if isinstance(term, dict) else "label")

    def _contacts(self) -> list[dict[str, str]]:
        """name, role, email and phone of each contact. The organization's own email and phone are a contact without a name."""
        found = []
        for one in (self.values, *self._objects(self.values, "contacts")):
            is_own = one is self.values
            phones = list(filter(None, (self._text(phone, "number") for phone in self._objects(one, "phones"))))
            contact = {
                "name": "" if is_own else self._text(one, "name"),
                "role": "" if is_own else self._text(one, "title"),
                "email": self._text(one, "email"),
                "phone": phones[0] if phones else "",
                "note": f"Also {_SEPARATOR.join(phones[1:])}" if phones[1:] else "",
            }
            if any(contact.values()):
                found.append(contact)
        return found

    def _others(self) -> dict[str, str]:
        """What has no field here, by its HSDS name."""
        terms = self._objects(self.values, "attributes")
        identifiers = self._objects(self.values, "organization_identifiers")
        lists = {
            "Services": [self._text(one, "name") for one in self._objects(self.values, "services")],
            "Taxonomy terms": [self._term(one) for one in terms if self._text(one, "link_type") not in _TAXONOMIES],
            "Other identifiers": [self._text(one, "identifier") for one in identifiers if not self._scheme(one)],
            "Other locations": [self._text(one, "name") for one in self._objects(self.values, "locations")[1:]],
        }
        others = {heading: _SEPARATOR.join(filter(None, texts)) for heading, texts in lists.items()}
        for name, value in self.values.items():
            if name not in _HANDLED and name != "languages" and value not in (None, "", [], {}):
                others[f"HSDS {name}"] = value if isinstance(value, str) else orjson.dumps(value).decode()
        return {heading: text[:_SHOWN] for heading, text in others.items() if text}

    def _text(self, holder: dict, name: str) -> str:
        value = holder.get(name)
        if isinstance(value, dict | list):
            words = _("Organization %(number)s in this file: “%(name)s” must be text.")
            _refuse(words, number=self.number, name=name)
        return "" if value is None else str(value).strip()

    def _objects(self, holder: dict, name: str) -> list[dict]:
        value = holder.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            words = _("Organization %(number)s in this file: “%(name)s” must be a list of objects.")
            _refuse(words, number=self.number, name=name)
        return value
