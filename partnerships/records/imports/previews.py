"""The result of comparing or saving a file, as plain JSON values that are kept with it."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext_noop as _

from partnerships.core import record_types
from partnerships.core.access import Viewer, merged_into
from partnerships.core.importing import NEW, Item, Problem, counts_of
from partnerships.core.models import type_key
from partnerships.core.stored_texts import Stored, StoredText, as_stored, from_stored, stored_words
from partnerships.core.tables import Cell, Table
from partnerships.directory.duplicates import Duplicate
from partnerships.directory.models import Body
from partnerships.records.imports.cells import InvalidCell, parts_of, pieces_of, text_of, words_of
from partnerships.records.imports.fixes import alike
from partnerships.records.imports.items import SAME_AS, in_batches
from partnerships.records.imports.kinds import IMPORTERS

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

Row = TypeVar("Row")


def of_items(job: "Job", items: Sequence) -> dict:
    """A preview. Each row holds what the page shows, and what tells whether it still holds when the file is saved.

    `groups`: the errors, together where one correction fixes them.
    """
    table = job.table
    return {
        "counts": counts_of(items),
        "to_confirm": sum(bool(item.extra.get("to_confirm")) for item in items),
        "items": [_item(job, item) for item in items],
        "problems": problems_of(table, items),
        "groups": groups_of(job, items),
        "remarks": [[row, stored_words(words)] for row, words in (*table.remarks, *job.remarks[:200])],
        "more_remarks": max(0, len(job.remarks) - 200),
        "named": _named(job, items),
    }


def _named(job: "Job", items: Sequence[Item]) -> dict[str, dict[str, int | None]]:
    """The records that a preview names or compares with: kind → public id → version, None of
    those that no row is compared with.

    Without likely duplicates, which `duplicates_in` checks.
    """
    named: dict[str, dict[str, int | None]] = {}
    for body in job.named:
        named.setdefault(type_key(body), {})[body.public_id] = None
    for item in items:
        for kind, public_id in (problem.see for problem in item.problems if problem.see):
            named.setdefault(kind, {}).setdefault(public_id, None)
        record = item.owner or item.record
        if record is not None:
            named.setdefault(type_key(record), {})[record.public_id] = record.version
    return named


def holds(result: dict[str, Any], person: Viewer) -> bool:
    """Whether all that a preview shows is as it was: the person may see each record that it names, and no record that
    rows are compared with has changed. One query for each kind of record and 400 records.
    """
    return "named" in result and all(_are_as_before(kind, named, person) for kind, named in result["named"].items())


def _are_as_before(kind: str, named: dict[str, int | None], person: Viewer) -> bool:
    there = _versions(kind, named, person)
    return all(public_id in there and version in (None, there[public_id]) for public_id, version in named.items())


def _versions(kind: str, public_ids: Iterable[str], person: Viewer) -> dict[str, int]:
    """Public id → version of those of these records that the person may see."""
    rows = record_types.get(kind).visible_to(person).order_by().values_list("public_id", "version")
    return dict(in_batches(rows, public_ids, "public_id__in"))


def still_seen(rows: Sequence[Row], person: Viewer, ref: Callable[[Row], tuple[str, str]]) -> list[Row]:
    """Those of these rows whose record, (kind, public id) as `ref` returns it, the person may see, or the one that it was
    merged into. One query for each kind, and a few for each record that isn't there.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    for kind, public_id in map(ref, rows):
        ids[kind].add(public_id)
    seen = set()
    for kind, some in ids.items():
        visible, there = record_types.get(kind).visible_to(person), _versions(kind, some, person)
        seen |= {(kind, one) for one in some if one in there or merged_into(visible, one)}
    return [row for row in rows if ref(row) in seen]


def _item(job: "Job", item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "rows": item.rows,
        "title": item.title[:200],
        "state": item.state,
        "record": _ref(item),
        "owner": [type_key(item.owner), item.owner.public_id, str(item.owner)] if item.owner is not None else None,
        "version": _version(item),
        "differences": [
            {
                "key": one.key,
                "label": stored_words(one.label),
                "there": as_stored(one.there),
                "given": as_stored(one.given),
            }
            for one in item.differences
        ],
        "values": _values(job, item) if item.state == NEW or item.extra.get("duplicates") or item.near else [],
        "alike": [
            [one.score, [stored_words(words) for words in one.reasons], one.record.public_id, str(one.record)]
            for one in item.extra.get("duplicates", ())
        ],
        "near": [
            [
                score,
                [stored_words(words) for words in reasons],
                f"{SAME_AS}{one.key}",
                StoredText(_("row %(row)s: %(name)s"), row=one.row, name=one.title).stored,
            ]
            for score, reasons, one in item.extra.get("near", ())
        ],
        "side": item.extra.get("side"),
    }


def _ref(item: Item) -> list[str] | None:
    public_id = getattr(item.record, "public_id", None)
    return [type_key(item.record), public_id] if public_id else None


def _version(item: Item) -> int:
    return getattr(item.owner or item.record, "version", 0)


def _values(job: "Job", item: Item) -> list[list[Stored]]:
    """The values of a new record, as texts."""
    fields = job.described.by_key
    found = [(fields[key].label, words_of(fields[key], value)) for key, value in item.values.items() if key in fields]
    if (parent := item.extra.get("parent")) is not None:
        found.append((fields["parent"].label, getattr(parent, "title", "") or str(parent)))
    for _row, body, values in item.extra.get("parties", ()):
        words = StoredText.join(words_of(fields[key], value) for key, value in values.items())
        found.append((StoredText(_("Partner: %(name)s"), name=body), words))
    for _row, values in item.extra.get("contacts", ()):
        words = StoredText.join(words_of(fields[f"contact_{key}"], value) for key, value in values.items())
        found.append((_("Contact"), words))
    return [[stored_words(label), as_stored(words)] for label, words in found]


def problems_of(table: Table, items: Sequence[Item]) -> list[list]:
    """(row, column, message) of everything that must be corrected, by row."""
    found = [stored_problem(problem) for item in items for problem in item.problems]
    if not items:
        found += [[row, "", stored_words(words)] for row, _index, words in table.troubles]
    return sorted(found, key=lambda one: one[0])


def stored_problem(problem: Problem) -> list:
    return [problem.row, as_stored(problem.column), stored_words(problem.words)]


def groups_of(job: "Job", items: Sequence[Item]) -> list[dict[str, Any]]:
    """The errors of a preview, together where one correction fixes them, in the order of their first rows.

    `key`: the field to correct, if it is one. `text`: what is wrong in its cells. `is_value`: whether the correction is for
    all cells with this text; otherwise it's for the cells of these rows. `code`, `about`, `see`: as in `Problem`.
    """
    keys = {job.label(one.key): one.key for one in reversed(job.described.fields)}
    groups: dict[tuple, dict[str, Any]] = {}
    problems = [problem for item in items for problem in item.problems]
    for problem in sorted(problems, key=lambda one: one.row):
        key = keys.get(problem.column, "")
        cell = _as_text(job.cells.get(problem.row, {}).get(key))
        pieces = {alike(piece) for part in parts_of(cell) for piece in (part, *pieces_of(part))}
        is_value = bool(problem.text and {alike(problem.text)} & {alike(cell), *pieces})
        text = problem.text if is_value else cell
        name = (key, problem.column, alike(text), problem.words if not is_value else "")
        found = groups.setdefault(
            name,
            {
                "id": hashlib.sha256(repr(name).encode()).hexdigest()[:12],
                "key": key,
                "column": as_stored(problem.column),
                "text": text,
                "words": stored_words(problem.words),
                "rows": [],
                "is_value": is_value,
                "code": problem.code,
                "about": problem.about,
                "see": problem.see,
            },
        )
        if problem.row not in found["rows"]:
            found["rows"].append(problem.row)
    return list(groups.values())


def _as_text(cell: Cell) -> str:
    try:
        return text_of(cell)
    except InvalidCell:
        return str(cell)


def duplicates_in(result: dict[str, Any], kind: str, person: Viewer) -> dict:
    """Likely duplicates found earlier: key → Duplicates, for records that still exist and that the person may see now."""
    rows = {one["key"]: one["alike"] for one in result.get("items", ()) if one["alike"]}
    ids = {row[2] for duplicates in rows.values() for row in duplicates}
    there: dict[str, Body] = {}
    if model := IMPORTERS[kind].duplicates_of:
        visible = record_types.for_record(model).visible_to(person)
        there = {one.public_id: one for one in in_batches(visible, ids, "public_id__in")}
    return {
        key: [
            Duplicate(score, tuple(map(from_stored, reasons)), there[public_id])
            for score, reasons, public_id, _ in duplicates
            if public_id in there
        ]
        for key, duplicates in rows.items()
    }


def differs(before: dict[str, Any], after: dict[str, Any]) -> list[int]:
    """The rows whose outcome would differ from the preview."""
    was = {one["key"]: _outcome_of(one) for one in before["items"]}
    return [one["rows"][0] for one in after["items"] if was.get(one["key"]) != _outcome_of(one)]


def _outcome_of(one: dict[str, Any]) -> list:
    return [
        one["rows"],
        one["state"],
        one["record"],
        one["owner"] and one["owner"][1],
        one["version"],
        one["differences"],
    ]
