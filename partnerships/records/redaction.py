"""Redacts people from the change log. What stays says that something changed, when, and what else it said.

Their details are redacted where records store them: rows of contacts, and participants of meetings. Email addresses
are redacted wherever they occur; phone numbers and full names also in the reasons of changes. The name of a contact
may be that of many (“Front desk”), so its names and numbers are redacted only in texts about related records.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from partnerships.accounts.models import Person
from partnerships.core.merges import former_names_and_addresses, merged_pks
from partnerships.core.models import Change, Merge, type_key
from partnerships.directory.models import Body, Contact, Jurisdiction
from partnerships.meetings.models import CheckInPlan, Meeting
from partnerships.records.models import Draft
from partnerships.registry.models import Party
from partnerships.reports import redaction as report_redaction
from partnerships.reports.models import Report

ERASED = "[erased]"
DETAILS = ("name", "email", "phone", "note")  # of a row of contacts
SEATS = ("person", "contact")  # of a row of participants
LEAST_OF_A_PHONE = 7  # shorter ones could be any number


@dataclass
class Traces:
    """All names, email addresses (in lower case) and phone numbers that a person had.

    `records`: (type, id) of records whose history names them; None: any. `rows`: whether rows of contacts are theirs.
    """

    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    records: set | None = None
    rows: bool = True
    public_ids: set[str] = field(default_factory=set)  # of the records that name them

    def are_of(self, row: dict[str, Any]) -> bool:
        """Whether a row of contacts is about them."""
        known = _normalized(row["email"]) in self.addresses
        return self.rows and (known or (self.records is not None and _is_named(row, self)))


def _is_named(row: Any, traces: Traces) -> bool:
    return row["name"] in traces.names or row["phone"] in traces.phones


def _normalized(address: str) -> str:
    return (address or "").strip().lower()


def traces_of_person(person: Person, *, rows: bool) -> Traces:
    """The traces of a person, including accounts that were merged into theirs."""
    names, addresses = former_names_and_addresses(person)
    return Traces({person.name, *names} - {""}, {_normalized(person.email), *addresses}, rows=rows)


def traces_of_contact(contact: Contact, owner: Body) -> Traces:
    """The traces of a contact, including its former names and addresses from the history of its record.

    A name, address or number that another contact of the record has isn't its own, and stays.
    """
    others = owner.contacts.exclude(pk=contact.pk)
    kept = {"", *(text for row in others for text in (row.name, _normalized(row.email), row.phone))}
    found = Traces(records={*((type_key(owner), pk) for pk in merged_pks(owner)), *_asked_at(owner)})
    _add_contact_row(found, {name: getattr(contact, name) for name in DETAILS}, kept)
    rows = [
        row
        for entry in Change.objects.filter(record_type=type_key(owner), record_id__in=merged_pks(owner))
        for snapshot in (entry.before, entry.after)
        for row in snapshot.get("contacts", ())
    ]
    for row in _contacts_merged_with(contact):
        _add_contact_row(found, row, kept)
    while more := [row for row in rows if found.are_of(row) and row["name"] not in kept]:
        rows = [row for row in rows if row not in more]
        for row in more:
            _add_contact_row(found, row, kept)
    found.addresses, found.public_ids = _not_shared(found.addresses, contact), {owner.public_id}
    return found


def _contacts_merged_with(contact: Contact) -> Iterator[dict[str, Any]]:
    """The rows in the history of contacts that were merged into this one."""
    found = Merge.objects.filter(record_type="contact", kept_id__in=merged_pks(contact))
    for entry in Change.objects.filter(pk__in=[merge.before.get("change") for merge in found]):
        after = entry.after.get("contacts", ())
        yield from (row for row in entry.before.get("contacts", ()) if row not in after)


def _add_contact_row(traces: Traces, row: dict[str, Any], kept: set[str]) -> None:
    traces.names |= {row["name"]} - kept
    traces.addresses |= {_normalized(row["email"])} - kept
    traces.phones |= {row["phone"]} - kept


def _asked_at(owner: Body) -> set:
    """The meetings and check-ins of the partnerships in which the contact's record is the lead or a party."""
    body: dict[str, Any] = {type_key(owner): owner}
    mine = Q(partnership__in=Party.objects.filter(**body).values("partnership"))
    if isinstance(owner, Jurisdiction):
        mine |= Q(partnership__lead=owner)
    return {
        (type_key(model), pk)
        for model in (Meeting, CheckInPlan)
        for pk in model.objects.filter(mine).values_list("pk", flat=True)
    }


def _not_shared(addresses: set[str], contact: Contact) -> set[str]:
    """Those that no one else has: several offices may share a mailbox."""
    has_it = [Contact.objects.exclude(pk=contact.pk), Person.objects.all()]
    return {one for one in addresses if not any(rows.filter(email__iexact=one).exists() for rows in has_it)}


def redact(traces: Traces) -> None:
    """Redact a person from the whole change log, from unsaved form input, and from reports."""
    _redact_drafts(traces)
    _redact_reports(traces)
    for entry in _with_words(traces):
        is_here = traces.records is None or (entry.record_type, entry.record_id) in traces.records
        before, after = (_redacted(snapshot, traces, is_here) for snapshot in (entry.before, entry.after))
        why = _redact_text(entry.why, {*traces.addresses, *(_distinctive(traces) if is_here else ())})
        if (before, after, why) != (entry.before, entry.after, entry.why):
            Change.objects.filter(pk=entry.pk).update(before=before, after=after, why=why)


def redact_participants(meetings: QuerySet[Meeting]) -> None:
    """Redact from the history of these meetings who was invited."""
    named = Q(before__has_key="participants") | Q(after__has_key="participants")
    entries = Change.objects.filter(named, record_type="meeting", record_id__in=meetings.order_by().values("pk"))
    for entry in entries.only("before", "after").iterator(500):
        before, after = (_without_people(snapshot) for snapshot in (entry.before, entry.after))
        if (before, after) != (entry.before, entry.after):
            Change.objects.filter(pk=entry.pk).update(before=before, after=after)


def _without_people(snapshot: dict[str, Any]) -> dict[str, Any]:
    if "participants" not in snapshot:
        return snapshot
    rows = [row | {name: ERASED for name in SEATS if row.get(name)} for row in snapshot["participants"]]
    return snapshot | {"participants": rows}


def _with_words(traces: Traces) -> Iterable:
    """The log entries that contain any of it, found by the database, so that most of the log isn't read."""
    wanted = Q()
    for text in {*traces.names, *traces.addresses, *traces.phones}:
        # One database stores characters beyond ASCII in JSON as they are, the other as escapes.
        wanted |= Q(whole__icontains=text) | Q(whole__icontains=json.dumps(text)[1:-1])
    parts = [Cast(F(name), TextField()) for name in ("before", "after")]
    whole = Concat(*parts, Value("\n"), F("why"), output_field=TextField())
    entries = Change.objects.annotate(whole=whole).filter(wanted) if wanted else Change.objects.none()
    return entries.only("before", "after", "why", "record_type", "record_id").iterator(500)


def _redacted(value: Any, traces: Traces, is_here: bool) -> Any:
    if isinstance(value, list):
        return [_redacted(inner, traces, is_here) for inner in value]
    if isinstance(value, str):
        return _redact_text(value, traces.addresses)
    if not isinstance(value, dict):
        return value
    if {*DETAILS} <= value.keys() and traces.are_of(value) and is_here:
        return {key: ERASED if key in DETAILS and inner else inner for key, inner in value.items()}
    seats = {key: ERASED for key in SEATS if is_here and value.get(key) in traces.names}
    return {key: _redacted(inner, traces, is_here) for key, inner in value.items()} | seats


def _distinctive(traces: Traces) -> set[str]:
    """What is distinctive within a sentence: full names and phone numbers."""
    phones = {phone for phone in traces.phones if len(phone) >= LEAST_OF_A_PHONE}
    return phones | {name for name in traces.names if " " in name}


def _redact_text(text: str, words: set[str]) -> str:
    # The longest first: one may be part of another.
    for word in sorted(words, key=len, reverse=True):
        start = text.lower().find(word.lower())
        while start >= 0:
            text = text[:start] + ERASED + text[start + len(word) :]
            start = text.lower().find(word.lower(), start + len(ERASED))
    return text


def _redact_reports(traces: Traces) -> None:
    """Names and numbers of a contact only in reports that name its record; addresses in any."""
    for report in Report.objects.filter(content__isnull=False).defer("pdf").iterator(20):
        is_here = traces.records is None or any(f'"{one}"' in json.dumps(report.content) for one in traces.public_ids)
        content = _redact_texts(report.content, {*traces.addresses, *(_distinctive(traces) if is_here else ())})
        if content != report.content:
            report_redaction.replace_content(report, content)


def _redact_texts(value: Any, words: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _redact_texts(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_redact_texts(inner, words) for inner in value]
    return _redact_text(value, words) if isinstance(value, str) else value


def _redact_drafts(traces: Traces) -> None:
    for draft in Draft.objects.iterator(100):
        is_here = bool(traces.public_ids & set(draft.page.split("/")))
        fields = _without_rows(draft.fields, traces, is_here)
        words = {*traces.addresses, *(_distinctive(traces) if is_here else ())}
        fields = {name: [_redact_text(text, words) for text in texts] for name, texts in fields.items()}
        if fields != draft.fields:
            Draft.objects.filter(pk=draft.pk).update(fields=fields)


def _without_rows(fields: dict[str, Any], traces: Traces, is_here: bool) -> dict[str, Any]:
    """The fields with the person's contact rows emptied; matched by name or number only on a page of their record."""
    empty = set()
    for name in fields:
        before, _, last = name.rpartition("-")
        if last == "name" and before.startswith("contacts-"):
            row = {key: fields.get(f"{before}-{key}", [""])[0] for key in DETAILS}
            if _normalized(row["email"]) in traces.addresses or (is_here and _is_named(row, traces)):
                empty |= {f"{before}-{key}" for key in DETAILS}
    return {name: [""] if name in empty else texts for name, texts in fields.items()}
