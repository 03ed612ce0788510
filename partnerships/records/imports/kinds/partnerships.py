"""Partnerships in a file, with their partners: one partner a row. Rows with the same id or title are one partnership.

Partners that the file doesn't name stay, and no role ends: a file adds and changes, and removes no one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from partnerships.core.importing import Difference, Field, Item
from partnerships.core.models import type_key
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.directory.models import Body
from partnerships.records.imports.cells import words_of
from partnerships.records.imports.fields import PARTNERSHIPS
from partnerships.records.imports.items import (
    Importer,
    Records,
    accepted_values,
    check_texts,
    read_rows,
    same_many,
    save,
    values_to_save,
)
from partnerships.registry.actions import save_partnership
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import may_write_partnership

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

OF_PARTY = {
    "party_circle": "circle",
    "party_contribution": "contribution",
    "party_starts_on": "starts_on",
    "party_ends_on": "ends_on",
}
_UNKNOWN = _("We can’t find a partnership with this ID. Copy the ID from its page, or leave the cell empty.")
_NOT_YOURS = _("Your office doesn’t keep this partnership’s record, so your import can’t change it. Delete the row.")
_SEVERAL = _("Your office leads more than one partnership with this title. Enter the ID of the one you mean.")


def _refused(job: "Job", records: Iterable[Partnership]) -> dict[int, str]:
    return {one.pk: _NOT_YOURS for one in records if not may_write_partnership(job.person, one)}


_RECORDS = Records(
    columns=PARTNERSHIPS,
    model=Partnership,
    own=lambda job: Partnership.objects.filter(lead=job.jurisdiction),
    along=("lead", "purpose", "origin"),
    several=_SEVERAL,
    unknown=_UNKNOWN,
    refused=_refused,
    name="title",
)
_NAMELESS = _("Enter the title or ID of the partnership in every row.")
_NO_PARTY = _("Enter the partner that these facts are about.")
_END = _("The end date is before the start date. Choose a later date.")


def compare(job: "Job", *, duplicates: dict | None = None, report: Callable = lambda done: None) -> list[Item]:
    rows = read_rows(job)
    for item in rows:
        _RECORDS.check_texts(job, item)
        _take_party(job, item)
    items = _grouped(job, rows)
    _find(job, items)
    for item in items:
        item.title = item.title or item.values.get("title", "")
    _compare(job, items)
    report(len(rows))
    return items


def _take_party(job: "Job", item: Item) -> None:
    """Move what a row says about its partner into `extra`."""
    values = {key: item.values.pop(key) for key in ("party_roles", *OF_PARTY) if key in item.values}
    party = item.values.pop("party", None)
    check = Item(item.row, {OF_PARTY[key]: values[key] for key in ("party_contribution",) if key in values})
    check_texts(job, check, Party, ("contribution",))
    item.problems += check.problems
    if party is None and values and not item.problems:
        item.refuse(_NO_PARTY, job.label("party"))
    item.extra["parties"] = [(item.row, party, values)] if party is not None else []


def _grouped(job: "Job", rows: Sequence[Item]) -> list[Item]:
    found: dict = {}
    for row in rows:
        name = row.values.get("id") or normalize_heading(row.values.get("title", ""))
        if not name:
            if not row.problems:
                row.refuse(_NAMELESS, job.label("title"))
            found[row] = row
            continue
        item = found.setdefault(name, row)
        if item is not row:
            _add_row(job, item, row)
    return list(found.values())


def _add_row(job: "Job", item: Item, row: Item) -> None:
    """Add another row about the same partnership. It may repeat the first one or fill what that left empty."""
    item.rows.append(row.row)
    item.problems += row.problems
    for key, value in row.values.items():
        first = item.values.setdefault(key, value)
        if not (same_many(first, value) if key in _RECORDS.many else first == value):
            item.refuse(
                StoredText(
                    _("Row %(row)s has a different value here. Use the same value, or leave the cell empty."),
                    row=item.row,
                ),
                job.label(key),
                row.row,
            )
    there = {party for _, party, _ in item.extra["parties"]}
    for number, party, values in row.extra["parties"]:
        if party in there:
            words = StoredText(_("%(partner)s is listed twice. Keep only one of the rows."), partner=party)
            item.refuse(words, job.label("party"), number)
        item.extra["parties"].append((number, party, values))


def _find(job: "Job", items: Sequence[Item]) -> None:
    known = [item for item in items if {"id", "title"} & {*item.values}]  # of the others, it is said already
    found = _RECORDS.find(job, known)
    for first, *others in found.values():
        for item in others:
            words = _("Row %(row)s is about the same partnership. Enter its ID in both rows or in neither.")
            item.refuse(StoredText(words, row=first.row), job.label("id"))


_BODIES = ("parties__organization", "parties__department", "parties__jurisdiction", "parties__roles")


def _compare(job: "Job", items: Sequence[Item]) -> None:
    _RECORDS.compare(job, items, reads=_BODIES)
    for item in items:
        if item.problems:
            continue
        there = {party.entity: party for party in item.record.parties.all()} if item.record else {}
        for number, body, values in item.extra["parties"]:
            _compare_party(job, item, there.get(body), body, values)
            _refuse_days(job, item, values, there.get(body), number)
        starts, ends = (item.values.get(key) or getattr(item.record, key, None) for key in ("starts_on", "ends_on"))
        if starts and ends and ends < starts:
            item.refuse(_END, job.label("ends_on"))


def _refuse_days(job: "Job", item: Item, values: dict[str, Any], party: Party | None, number: int) -> None:
    starts, ends = (values.get(f"party_{key}") or getattr(party, key, None) for key in ("starts_on", "ends_on"))
    if starts and ends and ends < starts:
        item.refuse(_END, job.label("party_ends_on"), number)


def _compare_party(job: "Job", item: Item, party: Party | None, body: Body, values: dict[str, Any]) -> None:
    """Note how the file differs about a partner. In a new partnership everything is new."""
    if item.is_new:
        return
    fields = job.described.by_key
    if party is None:
        words = StoredText.join(words_of(fields[key], value) for key, value in values.items())
        label = StoredText(_("Partner: %(name)s"), name=body)
        item.differences.append(Difference(f"party {body.public_id}", label, "", words or StoredText(_("Joins"))))
        return
    for key, name in OF_PARTY.items():
        value = values.get(key)
        if value is not None and value != getattr(party, name):
            there = words_of(fields[key], getattr(party, name))
            label = _label(body, fields[key])
            item.differences.append(Difference(_key(body, key), label, there, words_of(fields[key], value)))
    held = [role.role for role in party.roles.all()]
    if set(values.get("party_roles", ())) - set(held):
        label, one = _label(body, fields["party_roles"]), fields["party_roles"]
        both = [*held, *(role for role in values["party_roles"] if role not in held)]
        item.differences.append(Difference(_key(body, "party_roles"), label, words_of(one, held), words_of(one, both)))


def _label(body: Body, field: Field) -> StoredText:
    return StoredText("%(name)s: %(field)s", name=body, field=StoredText(field.label))


def _key(body: Body, key: str) -> str:
    return f"party {body.public_id} {key}"


def write(job: "Job", items: Sequence[Item]) -> Partnership:
    (item,) = items
    fields = values_to_save(job, item)
    if item.record is None:
        fields["lead"] = job.jurisdiction
    parties = _parties(item, accepted_values(job, item) if item.record else None)
    return save(job, item, save_partnership, "partnership", fields=fields, parties=parties, reason="")


def _parties(item: Item, chosen: set[str] | None) -> list[dict[str, Any]] | None:
    """All partners as `save_partnership` takes them, or None if the file changes none.

    `chosen`: keys of the differences to apply; None for all.
    """
    values_by_partner = {body: values for _, body, values in item.extra["parties"]}
    if chosen is not None and not any(key.startswith("party ") for key in chosen):
        return None
    rows = []
    for party in item.record.parties.all() if item.record else ():
        body, values = party.entity, values_by_partner.pop(party.entity, {})
        values = {key: value for key, value in values.items() if chosen is None or _key(body, key) in chosen}
        rows.append(_party_row(body, values, [role.role for role in party.roles.all()]))
    rows += [
        _party_row(body, values, [])
        for body, values in values_by_partner.items()
        if chosen is None or f"party {body.public_id}" in chosen
    ]
    return rows


def _party_row(body: Body, given: dict[str, Any], held: Sequence[str]) -> dict[str, Any]:
    roles = [*held, *(role for role in given.get("party_roles", ()) if role not in held)]
    values = {OF_PARTY[key]: value for key, value in given.items() if key in OF_PARTY}
    return {type_key(body): body, "roles": [{"role": role} for role in roles]} | values


def _locate_error(items: Sequence[Item], name: str, index: str, inner: str) -> tuple[Item, str]:
    return items[0], "party" if name == "parties" else name


IMPORTER = Importer(compare, write, locate_error=_locate_error)
