"""Departments in a file: those of the jurisdiction it is imported for, each with its parent."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from partnerships.core.importing import SAME_RECORD, Difference, Item, refuse_duplicates
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.core.trees import DEEPEST
from partnerships.directory.actions import save_department
from partnerships.directory.duplicates import similar_departments_to_each
from partnerships.directory.matching import Known, names_of_line
from partnerships.directory.models import Department
from partnerships.records.imports.cells import id_in
from partnerships.records.imports.fields import DEPARTMENTS
from partnerships.records.imports.items import (
    Importer,
    Records,
    accepted_values,
    declared_distinct,
    find_duplicates,
    identity_of,
    in_batches,
    read_rows,
    save,
    values_to_save,
)

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

_UNKNOWN = _("We can’t find a department with this ID. Copy the ID from its page, or leave the cell empty.")
_NOT_YOURS = _(
    "This department belongs to another jurisdiction. Delete the row, or import the file for that jurisdiction."
)
_SEVERAL = _("More than one department has this name. Enter the ID of the one you mean.")


def _refused(job: "Job", records: Iterable[Department]) -> dict[int, str]:
    return {one.pk: _NOT_YOURS for one in records if one.jurisdiction_id != job.jurisdiction.pk}


_RECORDS = Records(
    columns=DEPARTMENTS,
    model=Department,
    own=lambda job: Department.objects.filter(jurisdiction=job.jurisdiction),
    along=("jurisdiction", "parent"),
    several=_SEVERAL,
    unknown=_UNKNOWN,
    refused=_refused,
)
_CIRCLE = _("This department would be part of itself. Change “Part of”.")
_TOO_DEEP = _("Departments can have %(number)s levels at most. Make it part of a higher one.")
_NO_PARENT = _("No department of this jurisdiction and no row of this file has this name. Check the spelling.")


def compare(
    job: "Job", *, duplicates: dict[str, Any] | None = None, report: Callable = lambda done: None
) -> list[Item]:
    items = read_rows(job)
    for item in items:
        _RECORDS.check_texts(job, item)
        item.title = item.values.get("name", "")
    _RECORDS.find(job, items)
    refuse_duplicates(items, identity_of, SAME_RECORD, job.label("name"))
    _find_parents(job, items)
    _refuse_circles(job, items, dict(_RECORDS.own(job).values_list("pk", "parent")))
    _compare(job, items)
    _look_for_duplicates(job, items, duplicates, report)
    return items


def _find_parents(job: "Job", items: Sequence[Item]) -> None:
    """Set `extra["parent"]`: an item's parent record, or another new item of the file."""
    own, names = _RECORDS.own(job), _RECORDS.names(job)
    asked = {item: item.values.pop("parent") for item in items if "parent" in item.values}
    by_file = {normalize_heading(item.values.get("name", "")): item for item in items}
    by_id = {item.record.public_id: item for item in items if item.record}
    ids = {public_id for text in asked.values() if (public_id := id_in(text, "D"))}
    found: dict[str | int, Department] = {one.public_id: one for one in in_batches(own, ids, "public_id__in")}
    found |= {
        one.pk: one
        for one in in_batches(own, {pk for text in asked.values() for pk in names.get(normalize_heading(text), ())})
    }
    for item, text in asked.items():
        public_id, same = id_in(text, "D"), names.get(normalize_heading(text), [])
        in_file = by_id.get(public_id) or by_file.get(normalize_heading(text))
        if in_file is not None:
            item.extra["parent"] = in_file
        elif public_id in found or len(same) == 1:
            item.extra["parent"] = found.get(public_id) or found[same[0]]
        else:
            item.refuse(_SEVERAL if same else _NO_PARENT, job.label("parent"))


Node = Item | int | None


def _node(parent: Department | Item | None) -> Node:
    """What identifies a department while looking for circles: its primary key, or the item if it is new."""
    if isinstance(parent, Item):
        return parent.record.pk if parent.record else parent
    return parent.pk if parent is not None else None


def _refuse_circles(job: "Job", items: Sequence[Item], above: dict[Node, Node]) -> None:
    moved: dict[Node, Item] = {}
    for item in items:
        if "parent" in item.extra:
            moved[_node(item)] = item
            above[_node(item)] = _node(item.extra["parent"])
    for node, item in moved.items():
        at, levels = above.get(node), 2
        while at is not None and at != node and levels <= DEEPEST:
            at, levels = above.get(at), levels + 1
        if at is not None:
            words = _CIRCLE if at == node else StoredText(_TOO_DEEP, number=DEEPEST)
            item.refuse(words, job.label("parent"))


def _compare(job: "Job", items: Sequence[Item]) -> None:
    for item in _RECORDS.compare(job, items):
        parent = item.extra.get("parent")
        if parent is not None and _node(parent) != item.record.parent_id:
            label = StoredText(job.described.by_key["parent"].label)
            item.differences.append(Difference("parent", label, str(item.record.parent or ""), _name(parent)))


def _name(parent: Item) -> str:
    return parent.title if isinstance(parent, Item) else str(parent)


def _look_for_duplicates(
    job: "Job", items: Sequence[Item], duplicates: dict[str, Any] | None, report: Callable
) -> None:
    def find(some: dict[str, Any]) -> dict[str, Any]:
        return similar_departments_to_each(
            job.person, {key: _known_from(one) for key, one in some.items()}, job.jurisdiction
        )

    find_duplicates(job, items, duplicates, report, find)


def _known_from(item: Item) -> Known:
    """What a row says about its department, to find possible duplicates."""
    other_names = names_of_line(item.values.get("other_names", ""))
    return Known(item.values["name"], other_names, website=item.values.get("website", ""))


def in_order(items: Sequence[Item]) -> list[list[Item]]:
    """Parents before their children."""
    placed = set()
    order: list[list[Item]] = []

    def put(item: Item) -> None:
        if item in placed:
            return
        placed.add(item)
        parent = item.extra.get("parent")
        if isinstance(parent, Item) and parent in wanted:
            put(parent)
        order.append([item])

    wanted = set(items)
    for item in items:
        put(item)
    return order


def write(job: "Job", items: Sequence[Item]) -> Department:
    """Parents are saved first."""
    (item,) = items
    fields = values_to_save(job, item)
    parent = item.extra.get("parent")
    if parent is not None and (item.record is None or "parent" in accepted_values(job, item)):
        fields["parent"] = (parent.extra.get("saved") or parent.record) if isinstance(parent, Item) else parent
    if item.record is None:
        fields["jurisdiction"] = job.jurisdiction
    item.extra["saved"] = save(job, item, save_department, "department", fields=fields, **declared_distinct(job, item))
    return item.extra["saved"]


IMPORTER = Importer(compare, write, units=in_order, duplicates_of=Department)
