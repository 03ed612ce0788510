"""Organizations in a file, with address and contacts: matched by public id or name, compared with the office's, and saved.

Rows about the same organization are one record if they don't contradict each other. Otherwise the person decides.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from partnerships.core.importing import Difference, Item
from partnerships.core.stored_texts import StoredText
from partnerships.directory.actions import save_organization
from partnerships.directory.choices import Listing
from partnerships.directory.domains import domain_of
from partnerships.directory.duplicates import Duplicate, similar_organizations_to_each
from partnerships.directory.identifying import confirm_from_source
from partnerships.directory.matching import PERHAPS, SCHEMES, Known, names_of_line, number_of, phone_of, same_name
from partnerships.directory.models import Contact, Organization
from partnerships.directory.rules import (
    identifiers_visible_to,
    organizations_kept_by,
    organizations_visible_to,
    organizations_with_own_editors,
)
from partnerships.records.imports.cells import words_of
from partnerships.records.imports.fields import ORGANIZATIONS
from partnerships.records.imports.items import (
    OTHER,
    Importer,
    Records,
    accepted_values,
    check_texts,
    declared_distinct,
    differ,
    find_duplicates,
    in_batches,
    read_rows,
    save,
    values_to_save,
)
from partnerships.records.imports.kinds.contacts import TEXTS as CONTACT_TEXTS
from partnerships.records.imports.kinds.contacts import plain_values, same_contacts, without_retired_role
from partnerships.records.imports.repeats import combine_rows, find_near
from partnerships.records.imports.sides import refuse_governments, suggest_sides

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

NUMBERS = ("ein", "uei")
_KEEPS_ITSELF = _(
    "This organization keeps its own record, so your import can’t change it. Delete the row, and send a suggestion from its "
    "page."
)
_NOT_YOURS = _(
    "Another office keeps this record, so your import can’t change it. Delete the row, and send a suggestion from its page."
)
_UNKNOWN = _("We can’t find an organization with this ID. Copy the ID from its page, or leave the cell empty.")
_SEVERAL = _("Your office keeps more than one organization with this name. Enter the ID of the one you mean.")


def _refused(job: "Job", records: Iterable[Organization]) -> dict[int, str]:
    found = {one.pk for one in records}
    kept = set(in_batches(organizations_kept_by(job.person).values_list("pk", flat=True), found))
    keeping_themselves = set(in_batches(organizations_with_own_editors().values_list("pk", flat=True), found))
    return dict.fromkeys(found - kept, _NOT_YOURS) | dict.fromkeys(keeping_themselves, _KEEPS_ITSELF)


_RECORDS = Records(
    columns=ORGANIZATIONS,
    model=Organization,
    own=lambda job: Organization.objects.filter(kept_by=job.jurisdiction),
    along=("kind", "kept_by"),
    several=_SEVERAL,
    unknown=_UNKNOWN,
    refused=_refused,
    refused_at="name",
)


def compare(job: "Job", *, duplicates: dict[str, Any] | None = None, report: Callable = lambda done: None) -> list:
    rows = read_rows(job)
    for item in rows:
        _take_contact(job, item)
        _take_address(item)
        _RECORDS.check_texts(job, item)
        item.title = item.values.get("name", "")
    items = _continued(job, rows)
    _RECORDS.find(job, items)
    items = combine_rows(job, items, _RECORDS.many)
    _compare(job, items)
    refuse_governments(job, items)
    suggest_sides(job, items)
    _refuse_repeated_numbers(job, items)
    _find_taken(job, items)
    find_near(job, items, _known_from)
    _look_for_duplicates(job, items, duplicates, report)
    return items


_CONTACT, _ADDRESS = "contact_", ("address", "address_line", "address_city", "address_state", "address_zip")
MAIN = "Main contact"  # the name of a contact if a file has only its email address or phone number


def _take_contact(job: "Job", item: Item) -> None:
    """Move what a row says about a contact into `extra`, as (row, values)."""
    keys = [key for key in item.values if key.startswith(_CONTACT)]
    values = {key.removeprefix(_CONTACT): item.values.pop(key) for key in keys}
    names = [values.pop(part) for part in ("first", "last") if part in values]
    if names:
        values = {"name": " ".join(names)} | values
    check = Item(item.row, plain_values(values))
    if values and "name" not in values:
        check.values = {"name": MAIN} | check.values
    check_texts(job, check, Contact, CONTACT_TEXTS, prefix=_CONTACT)
    item.problems += check.problems
    is_reachable = values.keys() - {"note"}
    item.extra["contacts"] = [(item.row, check.values)] if is_reachable else []


def _take_address(item: Item) -> None:
    """Write the parts of an address as one text, the way envelopes have them."""
    street, line, city, state, zip_code = (item.values.pop(key, "") for key in _ADDRESS)
    state = state.upper() if len(state) == 2 else state
    town = " ".join(filter(None, [", ".join(filter(None, [city, state])), zip_code]))
    if address := "\n".join(part for part in (street, line, town) if part and part not in street.removeprefix(part)):
        item.values["address"] = address


def _continued(job: "Job", rows: Sequence[Item]) -> list[Item]:
    """The rows, without those that leave the name empty and only add a contact to the organization above them.

    A contact belongs there if it shares an email domain or a phone number with the contacts that the organization has.
    """
    items: list[Item] = []
    for row in rows:
        last = items[-1] if items else None
        is_more = not {"name", "id"} & {*row.values} and row.extra["contacts"] and not row.problems
        if (
            last is not None
            and is_more
            and {"name", "id"} & {*last.values}
            and _reached_by(last) & _reached_by(row)
            and all(last.values.get(key) == value for key, value in row.values.items())
        ):
            last.rows.append(row.row)
            last.extra["contacts"] += row.extra["contacts"]
            words = _("Row %(row)s has no name, so we read it as a contact of row %(above)s.")
            job.remarks.append((row.row, StoredText(words, row=row.row, above=last.row)))
        else:
            items.append(row)
    return items


def _reached_by(item: Item) -> set[str]:
    """The email domains and phone numbers of an item's contacts."""
    contacts = [contact for _, contact in item.extra["contacts"]]
    domains = {domain_of(one["email"]) for one in contacts if "@" in one.get("email", "")}
    return (domains | {phone_of(one.get("phone", "")) for one in contacts}) - {""}


def _compare(job: "Job", items: Sequence[Item]) -> None:
    for item in _RECORDS.compare(job, items, reads=("identifiers", "contacts__role")):
        _compare_contacts(job, item)
        for scheme in NUMBERS:
            there = next((row.value for row in item.record.identifiers.all() if row.scheme == scheme), "")
            differ(job, item, scheme, there, same=lambda a, b, s=scheme: number_of(s, a) == number_of(s, b))
    for item in items:
        if item.record is None:
            _leave_out_retired_roles(item, ())
        listing = item.values.get("listing", getattr(item.record, "listing", ""))
        source = item.values.get("listing_source", getattr(item.record, "listing_source", ""))
        if listing == Listing.NAMED and "listing" in item.values and not source:
            item.refuse(
                _("“Named only” needs the published source that names it. Enter the source."),
                job.label("listing_source"),
            )


def _compare_contacts(job: "Job", item: Item) -> None:
    """Note how contacts in the file differ from the organization's. `extra["known"]`: row → its contact there."""
    there, fields = list(item.record.contacts.all()), job.described.by_key
    _leave_out_retired_roles(item, there)
    item.extra["known"] = known = {}
    for row, values in item.extra["contacts"]:
        same = same_contacts(there, values)
        if len(same) > 1:
            item.refuse(_SEVERAL_CONTACTS, job.label("contact_name"), row)
        elif not same:
            words = StoredText.join(words_of(fields[_CONTACT + key], value) for key, value in values.items())
            label = StoredText(_("Contact: %(name)s"), name=values["name"])
            item.differences.append(Difference(f"contact {row}", label, "", words))
        else:
            known[row] = same[0]
            for key, value in values.items():
                was = getattr(same[0], key)
                if was != value and not (key == "name" and value == MAIN):
                    one = fields[_CONTACT + key]
                    words = words_of(one, was), words_of(one, value)
                    label = StoredText("%(name)s: %(field)s", name=same[0].name, field=StoredText(one.label))
                    item.differences.append(Difference(f"contact {row} {key}", label, *words))


def _leave_out_retired_roles(item: Item, there: Sequence[Contact]) -> None:
    contacts = item.extra["contacts"]
    item.extra["contacts"] = [(row, without_retired_role(one, same_contacts(there, one))) for row, one in contacts]


_SEVERAL_CONTACTS = _("More than one contact there has this name. Enter the email address that it has there.")


def _refuse_repeated_numbers(job: "Job", items: Sequence[Item]) -> None:
    seen: dict[tuple[str, str], Item] = {}
    for item in items:
        for scheme in NUMBERS:
            if value := item.values.get(scheme):
                first = seen.setdefault((scheme, value), item)
                if first is not item:
                    words = _("Row %(row)s has the same number. Each number belongs to one record.")
                    item.refuse(StoredText(words, row=first.row), job.label(scheme))


def _find_taken(job: "Job", items: Sequence[Item]) -> None:
    """Set `extra["taken"]`: the rows of other records with an identifier that is new for the item, as far as this person may
    see; and `extra["to_confirm"]`: whether an official list could confirm a number of the item.
    """
    asked: dict[str, list[tuple[Item, str]]] = {}
    for item in items:
        there = item.record.identifiers.all() if item.record is not None else ()
        own = {number_of(row.scheme, row.value): row.is_confirmed for row in there}
        for scheme in NUMBERS:
            value = item.values.get(scheme, "")
            number = number_of(scheme, value)
            if value and not own.get(number):
                item.extra["to_confirm"] = True
            for spelling in {value, number[1]} if value and number not in own else ():
                asked.setdefault(spelling, []).append((item, scheme))
    for row in in_batches(identifiers_visible_to(job.person).filter(scheme__in=NUMBERS), asked, "value__in"):
        for item, scheme in asked[row.value]:
            if row.scheme == scheme:
                item.extra.setdefault("taken", []).append(row)


def _look_for_duplicates(
    job: "Job", items: Sequence[Item], duplicates: dict[str, Any] | None, report: Callable
) -> None:
    """Find likely duplicates of new organizations, for the person to decide. A record with the same number is always one."""
    find_duplicates(
        job,
        items,
        duplicates,
        report,
        lambda some: similar_organizations_to_each(job.person, {key: _known_from(one) for key, one in some.items()}),
    )
    _ask_about_taken(job, items)
    for item in items:
        asked = {one.record.pk for one in item.duplicates}
        for row in item.extra.get("taken", ()):
            if row.is_confirmed and row.organization_id not in asked:
                words = _("Another record already has this number. Check whether it’s the same.")
                item.refuse(words, job.label(row.scheme))


def _ask_about_taken(job: "Job", items: Sequence[Item]) -> None:
    """Ask of each new item whether it is one of the organizations with its number, however different their names are."""
    taken = {row.organization_id for item in items for row in item.extra.get("taken", ()) if row.organization_id}
    owners = {one.pk: one for one in in_batches(organizations_visible_to(job.person), taken)}
    for item in items:
        if not item.is_new or item.problems:
            continue
        known = {one.record.pk for one in item.extra["duplicates"]}
        for row in item.extra.get("taken", ()):
            if row.organization_id in owners.keys() - known:
                known.add(row.organization_id)
                words = StoredText(_("Both have the %(label)s %(value)s."), label=SCHEMES[row.scheme], value=row.value)
                item.extra["duplicates"].append(Duplicate(PERHAPS, (words,), owners[row.organization_id]))
        item.duplicates = [] if job.answers.get(item.key) == OTHER else item.extra["duplicates"]


def _known_from(item: Item) -> Known:
    """What a row says about its organization, to find possible duplicates."""
    values, reached_by = item.values, _reached_by(item)
    return Known(
        values["name"],
        other_names=names_of_line(values.get("other_names", "")),
        website=values.get("website", ""),
        identifiers=frozenset(number_of(scheme, values[scheme]) for scheme in NUMBERS if scheme in values),
        mail_domains=frozenset(one for one in reached_by if not one.isdecimal()),
        phones=frozenset(one for one in reached_by if one.isdecimal()),
        address=values.get("address", ""),
        places=tuple((place.path, place.name) for place in values.get("area", ())),
    )


def write(job: "Job", items: Sequence[Item]) -> Organization | None:
    (item,) = items
    fields = values_to_save(job, item)
    numbers = {scheme: fields.pop(scheme) for scheme in NUMBERS if scheme in fields}
    contacts = _contacts(item, accepted_values(job, item))
    if item.record is None:
        fields["kept_by"] = job.jurisdiction
    item.extra["saved"] = save(
        job,
        item,
        save_organization,
        "organization",
        fields=fields,
        contacts=contacts,
        identifiers=_identifiers(item.record, numbers) if numbers else None,
        **declared_distinct(job, item),
        reason="",
    )
    return item.extra["saved"]


def confirm(job: "Job", items: Sequence[Item], source: str) -> list[Organization]:
    """Confirm the numbers that an official list has for organizations of these names. Returns those that changed."""
    confirmed = []
    for item in items:
        record = item.extra.get("saved") or item.record
        numbers = [(scheme, item.values[scheme]) for scheme in NUMBERS if scheme in item.values]
        if record is None or not numbers or not same_name(item.values.get("name", record.name), record.name):
            continue
        why = f"Official list: {source}"[:300]
        if confirm_from_source(
            record=record, numbers=numbers, source=source, by=job.person, why=why, request_id=job.request_id
        ):
            confirmed.append(record)
    return confirmed


def _contacts(item: Item, keys: set[str]) -> list[dict[str, Any]] | None:
    """All contacts as `save_organization` takes them, or None if the file changes none. `keys`: the accepted differences."""
    if item.record is None:
        return [values for _, values in item.extra["contacts"]] or None
    known, given = item.extra["known"], dict(item.extra["contacts"])
    if not any(key.startswith("contact ") for key in keys):
        return None
    rows = []
    for one in item.record.contacts.all():
        row = next((row for row, contact in known.items() if contact.pk == one.pk), None)
        taken = {key: given[row][key] for key in given[row] if f"contact {row} {key}" in keys} if row else {}
        rows.append({"id": one.pk} | taken)
    return rows + [values for row, values in given.items() if f"contact {row}" in keys]


def _identifiers(record: Organization | None, numbers: dict[str, str]) -> list[dict[str, Any]]:
    rows = [
        {"id": row.pk} | ({"value": numbers.pop(row.scheme)} if row.scheme in numbers else {})
        for row in (record.identifiers.all() if record else ())
    ]
    return rows + [{"scheme": scheme, "value": value} for scheme, value in numbers.items()]


def _locate_error(items: Sequence[Item], name: str, index: str, inner: str) -> tuple[Item, str]:
    if name == "contacts":
        return items[0], _CONTACT + inner
    return items[0], "ein" if name == "identifiers" else name


IMPORTER = Importer(compare, write, locate_error=_locate_error, duplicates_of=Organization, confirm=confirm)
