"""Contacts in a file: matched within their owner by email address or name, and saved with its record."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_noop as _

from partnerships.accounts.models import Person
from partnerships.core import record_types
from partnerships.core.importing import Item, refuse_duplicates
from partnerships.core.models import type_key
from partnerships.core.tables import normalize_heading
from partnerships.directory.models import Body, Contact, Department, Organization
from partnerships.directory.rules import (
    may_write_department,
    may_write_jurisdiction,
    organizations_kept_by,
    organizations_with_own_editors,
)
from partnerships.records.imports.items import (
    Importer,
    accepted_values,
    by_owner,
    check_texts,
    differ,
    in_batches,
    read_rows,
    require_new,
)

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

_SAME = _("Rows %(first)s and %(row)s are about the same contact. Keep only one of them.")
TEXTS = ("name", "email", "phone", "note")
PLAIN = (*TEXTS, "role", "language")
_NOT_YOURS = _(
    "You can’t edit this record, so your import can’t change its contacts. Delete the row, or tell the people who can."
)
_SEVERAL = _(
    "More than one contact there has this name. Enter the email address that it has there, or change it on the page."
)


def compare(job: "Job", *, duplicates: dict | None = None, report: Callable = lambda done: None) -> list[Item]:
    items = read_rows(job)
    for item in items:
        item.values = plain_values(item.values)
        check_texts(job, item, Contact, TEXTS)
        item.owner = item.values.pop("owner", None)
        item.title = item.values.get("name") or item.values.get("email", "")
        if item.owner is None and not item.problems:
            item.refuse(_("Enter the organization, department or jurisdiction of this contact."), job.label("owner"))
    _refuse_not_writable(job, items)
    owned = [item for item in items if item.owner is not None and not item.problems]
    _find(job, owned)
    refuse_duplicates(owned, _identity, _SAME, job.label("name"))
    report(len(items))
    return items


def _refuse_not_writable(job: "Job", items: Sequence[Item]) -> None:
    """Refuse the rows whose office or organization the person may not change."""
    organizations = {item.owner.pk for item in items if isinstance(item.owner, Organization)}
    kept = set(in_batches(organizations_kept_by(job.person).values_list("pk", flat=True), organizations))
    kept -= set(in_batches(organizations_with_own_editors().values_list("pk", flat=True), organizations))
    for item in items:
        if item.owner is not None and not _may_write(job.person, item.owner, kept):
            item.refuse(_NOT_YOURS, job.label("owner"))


def _may_write(person: Person, owner: Body, kept: set[int]) -> bool:
    if isinstance(owner, Organization):
        return owner.pk in kept
    if isinstance(owner, Department):
        return may_write_department(person, owner)
    return may_write_jurisdiction(person, owner)


def _find(job: "Job", items: Sequence[Item]) -> None:
    by_kind: dict = {}
    for item in items:
        by_kind.setdefault(type_key(item.owner), {}).setdefault(item.owner.pk, item.owner)
    for kind, owners in by_kind.items():
        prefetch_related_objects(list(owners.values()), "contacts__role")
        for item in items:
            if type_key(item.owner) == kind:
                item.owner = owners[item.owner.pk]  # one object for each body
    for item in items:
        _find_one(job, item)


def plain_values(values: dict[str, Any]) -> dict[str, Any]:
    """A contact's values as its fields take them: what is more than one email address or phone number is in its note."""
    values, notes = dict(values), []
    for key, words in (("email", "Other email"), ("phone", "Other phone")):
        if isinstance(values.get(key), list):
            values[key], *others = values[key]
            notes += [f"{words}: {', '.join(others)}"] if others else []
    if isinstance(values.get("role"), str):  # a title that is none of the roles
        notes.insert(0, values.pop("role"))
    if notes:
        values["note"] = "; ".join([*filter(None, [values.get("note", "")]), *notes])
    return values


def same_contacts(there: Sequence[Contact], values: dict[str, Any]) -> list[Contact]:
    """Those of a record's contacts that these values are about: none, one, or several of the same name."""
    email, name = values.get("email", "").lower(), normalize_heading(values.get("name", ""))
    same = [one for one in there if email and one.email.lower() == email]
    if len(same) != 1:
        same = [one for one in same or there if name and normalize_heading(one.name) == name]
        # The same name with another address is another person, unless one of the two has none.
        same = [one for one in same if not (email and one.email) or one.email.lower() == email]
    return same


def without_retired_role(values: dict[str, Any], same: Sequence[Contact]) -> dict[str, Any]:
    """A contact's values, with a role that can no longer be chosen as its title, unless it has that role."""
    role = values.get("role")
    if role is None or not role.is_retired or role in [one.role for one in same]:
        return values
    return plain_values(values | {"role": role.label})


def _find_one(job: "Job", item: Item) -> None:
    same = same_contacts(list(item.owner.contacts.all()), item.values)
    item.values = without_retired_role(item.values, same)
    if len(same) > 1:
        item.refuse(_SEVERAL, job.label("name"))
    elif not same:
        require_new(job, item, "name")
    else:
        item.record = same[0]
        item.title = item.title or same[0].name
        for key in PLAIN:
            differ(job, item, key, getattr(same[0], key))


def _identity(item: Item) -> tuple[str, int, int | tuple[str, str]]:
    named = normalize_heading(item.values.get("name", "")), item.values.get("email", "").lower()
    return type_key(item.owner), item.owner.pk, item.record.pk if item.record else named


def write(job: "Job", items: Sequence[Item]) -> Body:
    """Save one owner with these of its contacts."""
    owner = items[0].owner
    changed = {item.record.pk: item for item in items if item.record}
    rows = [{"id": one.pk} | _values(job, changed.get(one.pk)) for one in owner.contacts.all()]
    rows += [dict(item.values) for item in items if not item.record]
    kind = record_types.for_record(owner)
    return kind.save(
        **{kind.key: owner},
        by=job.person,
        fields={},
        contacts=rows,
        version=owner.version,
        why=job.why,
        request_id=job.request_id,
    )


def _values(job: "Job", item: Item | None) -> dict[str, Any]:
    return {key: item.values[key] for key in accepted_values(job, item)} if item else {}


def _locate_error(items: Sequence[Item], name: str, index: str, inner: str) -> tuple[Item, str]:
    """The (item, field) of an error “contacts-index-inner”: `index` counts the rows as `write` sent them to the action."""
    if name != "contacts" or not index.isdecimal():
        return items[0], name
    by_record = {item.record.pk: item for item in items if item.record}
    rows = [by_record.get(one.pk) for one in items[0].owner.contacts.all()]
    rows += [item for item in items if not item.record]  # in the order in which they were sent
    return rows[int(index)] or items[0], inner


IMPORTER = Importer(compare, write, units=by_owner, locate_error=_locate_error)
