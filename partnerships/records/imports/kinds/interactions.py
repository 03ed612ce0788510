"""Calls, emails and visits in a file, also as other systems export them: one interaction a row, or a row for each contact.

An interaction that is there already, with the same side, date, type and summary, is compared and not added again. A name
that no contact, colleague or partnership has goes into the notes, and the preview says so.
"""

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Lower
from django.utils.html import strip_tags
from django.utils.translation import gettext_noop as _

from partnerships.core import clock
from partnerships.core.importing import Item
from partnerships.core.models import type_key
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.directory.models import BODIES, Body, Contact, body_of
from partnerships.directory.rules import contacts_visible_to
from partnerships.interactions.actions import IN_THE_FUTURE, save_interaction
from partnerships.interactions.choices import InteractionKind
from partnerships.interactions.models import Interaction
from partnerships.interactions.queries import people_of
from partnerships.records.imports.cells import id_in, parts_of
from partnerships.records.imports.items import (
    Importer,
    accepted_values,
    check_texts,
    differ,
    in_batches,
    read_rows,
    require_new,
    save,
    values_to_save,
)
from partnerships.records.imports.kinds.contacts import same_contacts
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

MANY = ("contacts", "staff", "partnerships")
LONGEST_SUMMARY = 200
_NOT_A_CONTACT = _("We know no contact there called “%(text)s”, so the name goes into the notes.")
_NOT_STAFF = _("No one in your office is called “%(text)s”, so the name goes into the notes.")
_NOT_A_PARTNERSHIP = _("We can’t find a partnership called “%(text)s”, so it goes into the notes.")
# Field → how its line in the notes begins, and the remark.
_UNKNOWN = {
    "contacts": ("Contact", _NOT_A_CONTACT),
    "staff": ("Staff", _NOT_STAFF),
    "partnerships": ("Partnership", _NOT_A_PARTNERSHIP),
}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENDS_LINE = re.compile(r"(?i)<br\s*/?>|</(p|div|li|tr|h\d)>")


def compare(job: "Job", *, duplicates: dict | None = None, report: Callable = lambda done: None) -> list[Item]:
    rows = read_rows(job)
    for row in rows:
        _read_texts(job, row)
    _find_sides(job, rows)
    items = _joined(rows)
    _find_named(job, items)
    for item in items:
        check_texts(job, item, Interaction, ("summary", "text"))
        _check(job, item)
    _find_known(job, items)
    report(len(rows))
    return items


def _read_texts(job: "Job", row: Item) -> None:
    """Split a moment into date and time, and make plain texts of HTML and lists of names."""
    values = row.values
    if isinstance(values.get("date"), datetime):
        values["time"] = values["date"].time()
        values["date"] = values["date"].date()
    for name in ("summary", "text"):
        if name in values:
            values[name] = plain_text(values[name])
    summary = values.get("summary", "")
    if not 0 < len(summary) <= LONGEST_SUMMARY:
        whole = "\n\n".join(filter(None, (summary, values.get("text", ""))))
        first = whole.strip().partition("\n")[0].strip()
        values["summary"] = first if len(first) <= LONGEST_SUMMARY else f"{first[: LONGEST_SUMMARY - 1]}…"
        values["text"] = "" if values["summary"] == whole.strip() else whole
    for name in ("summary", "text"):
        if not values.get(name):
            values.pop(name, None)
    kind = str(job.cells[row.row].get("kind") or "").casefold()
    for start, direction in (("inbound", "to_us"), ("outbound", "from_us")):
        if kind.startswith(start):
            values.setdefault("direction", direction)
    emails = values.pop("contact_email", [])
    row.extra["named"] = {name: parts_of(values.pop(name, "")) for name in MANY}
    if not row.extra["named"]["contacts"] or len(emails) > 1:
        row.extra["named"]["contacts"] += emails
    row.extra["emails"] = emails


def plain_text(text: str) -> str:
    """A text without HTML, if it has some: each paragraph on its own line."""
    if not _TAG.search(text):
        return text
    text = html.unescape(strip_tags(_ENDS_LINE.sub("\n", text))).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def _find_sides(job: "Job", rows: Sequence[Item]) -> None:
    """Take the side of a row without one from its contact's email address, if only one record has it."""
    without = [row for row in rows if "side" not in row.values and row.extra["emails"] and not row.problems]
    emails = {email.lower() for row in without for email in row.extra["emails"]}
    found: dict[str, set[Body]] = defaultdict(set)
    contacts = contacts_visible_to(job.person).select_related(*BODIES)
    for contact in in_batches(contacts, emails, "email__in"):
        found[contact.email.lower()].add(body_of(contact))
    for row in without:
        sides = set().union(*(found[email.lower()] for email in row.extra["emails"]))
        if len(sides) == 1:
            (row.values["side"],) = sides


def _joined(rows: Sequence[Item]) -> list[Item]:
    """The rows, with those that differ only in the contact as one."""
    found: dict[Any, Item] = {}
    for row in rows:
        values = row.values
        same = tuple((key, values[key]) for key in sorted(values))
        item = found.setdefault(row if row.problems or "date" not in values else same, row)
        if item is not row:
            item.rows.append(row.row)
            for name, texts in row.extra["named"].items():
                item.extra["named"][name] += [text for text in texts if text not in item.extra["named"][name]]
    return list(found.values())


def _find_named(job: "Job", items: Sequence[Item]) -> None:
    """Replace names by contacts, colleagues and partnerships. A name that no one has goes into the notes."""
    contacts, staff = _contacts_of_sides(job, items), list(people_of(job.jurisdiction))
    people = {normalize_heading(one.name): one for one in staff if one.name} | {one.email.lower(): one for one in staff}
    partnerships = _partnerships(job, [text for item in items for text in item.extra["named"]["partnerships"]])
    for item in items:
        there = contacts[item.values["side"]] if "side" in item.values else ()

        def contact(text: str, there: Sequence[Contact] = there) -> Contact | None:
            for name in spellings(text):
                same = same_contacts(there, {"email" if "@" in name else "name": name})
                if len(same) == 1:
                    return same[0]
            return None

        find: dict[str, Callable[[str], Any]] = {
            "contacts": contact,
            "staff": lambda text: next((people[key] for key in _keys(text) if key in people), None),
            "partnerships": lambda text: partnerships.get(id_in(text, "P") or normalize_heading(text)),
        }
        for name in MANY:
            _take(job, item, name, find[name])


def _take(job: "Job", item: Item, name: str, find: Callable[[str], Any]) -> None:
    records, (start, words), column = {}, _UNKNOWN[name], job.label(name)
    for text in item.extra["named"][name]:
        record = find(text)
        if record is not None:
            records[record.pk] = record
            continue
        item.values["text"] = "\n".join(filter(None, (item.values.get("text", ""), f"{start}: {text}")))
        remark = StoredText("%(column)s: %(remark)s", column=column, remark=StoredText(words, text=text[:60]))
        job.remarks.append((item.row, remark))
    if records:
        item.values[name] = list(records.values())


def spellings(name: str) -> list[str]:
    """A person's name as it is written, and “Lee, Ana” as “Ana Lee”."""
    last, comma, first = name.partition(",")
    return [name, f"{first.strip()} {last.strip()}"] if comma and first.strip() else [name]


def _keys(name: str) -> list[str]:
    return [name.strip().lower(), *map(normalize_heading, spellings(name))]


def _contacts_of_sides(job: "Job", items: Iterable[Item]) -> dict[Body, list[Contact]]:
    found: dict[Body, list[Contact]] = defaultdict(list)
    sides = {item.values["side"] for item in items if "side" in item.values}
    for kind in BODIES:
        there = {side.pk: side for side in sides if type_key(side) == kind}
        for contact in in_batches(contacts_visible_to(job.person), there, f"{kind}__in"):
            found[there[getattr(contact, f"{kind}_id")]].append(contact)
    return found


def _partnerships(job: "Job", texts: Sequence[str]) -> dict[str, Partnership]:
    """Public id and folded title → partnership. A title that several have is left out."""
    found: dict[str, Partnership] = {}
    visible, several = partnerships_visible_to(job.person).annotate(low=Lower("title")), set()
    ids = {id_in(text, "P") for text in texts} - {""}
    for by, keys in (("low__in", {text.lower() for text in texts}), ("title__in", {*texts}), ("public_id__in", ids)):
        for one in in_batches(visible, keys, by):
            title = normalize_heading(one.title)
            several |= {title} if found.get(title, one) != one else set()
            found |= {one.public_id: one, title: one}
    return {key: one for key, one in found.items() if key not in several}


def _check(job: "Job", item: Item) -> None:
    item.values.setdefault("kind", InteractionKind.CALL.value)
    item.title = item.values.get("summary", "")
    date = item.values.get("date")
    if date and date > clock.today(clock.zone(job.jurisdiction.zone)):
        item.refuse(IN_THE_FUTURE, job.label("date"))
    require_new(job, item, "side", "date", "summary")


def _identity(side: Body, date: Any, kind: str, summary: str) -> tuple:
    return type_key(side), side.pk, date, kind, normalize_heading(summary)


def _find_known(job: "Job", items: Sequence[Item]) -> None:
    """Compare the items with the interactions that are there, so that importing a file again adds nothing."""
    asked = [item for item in items if not item.problems]
    there: dict[tuple, list[Interaction]] = defaultdict(list)
    rows = Interaction.objects.filter(office=job.jurisdiction).select_related(*BODIES).prefetch_related(*MANY)
    for one in in_batches(rows.order_by("pk"), {item.values["date"] for item in asked}, "date__in"):
        there[_identity(body_of(one), one.date, one.kind, one.summary)].append(one)
    for item in asked:
        values = item.values
        known = there[_identity(values["side"], values["date"], values["kind"], values["summary"])]
        same = next((one for one in known if one.time == values.get("time")), None)
        if same is None:
            continue
        known.remove(same)  # a second one of the file is another one
        item.record, item.is_new = same, False
        for key in ("direction", "text", "follow_up_on"):
            differ(job, item, key, getattr(same, key))
        for key in MANY:
            differ(job, item, key, list(getattr(same, key).all()), same=_has_all)


def _has_all(there: Sequence, value: Sequence) -> bool:
    return {one.pk for one in value} <= {one.pk for one in there}


def write(job: "Job", items: Sequence[Item]) -> Interaction:
    (item,) = items
    fields = values_to_save(job, item)
    if item.record is None:
        side = fields.pop("side")
        fields |= {"office": job.jurisdiction, type_key(side): side}
    for name in {*MANY} & accepted_values(job, item):
        fields[name] = [*getattr(item.record, name).all(), *fields[name]]
    return save(job, item, save_interaction, "interaction", fields=fields)


IMPORTER = Importer(compare, write)
