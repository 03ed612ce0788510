"""Asks parties to confirm the record: at most once in seven days each, and only those with a person to ask. For a party
without editors, that's the contact that gets a personal link (`statement_links`).

Asking changes nothing in the record, so it has no entry in the change log. The outbox rows say when it was done, and
their occurrence identifies the version of the record, so that no one is asked twice about one version.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from partnerships.core import clock
from partnerships.core.writing import lock
from partnerships.directory.models import Contact, is_closed
from partnerships.mail import audience, outbox, suppressions
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.registry import confirmation_status, publication, seats
from partnerships.registry.document import build
from partnerships.registry.models import Confirmation, Partnership, Party
from partnerships.registry.representatives import representatives_of
from partnerships.registry.statement_links import OF_PARTY, contacts_who_speak

ASK_AGAIN_AFTER = timedelta(days=7)  # the least time between two requests to the same party
BATCH = 200


def record_fingerprint(partnership: Partnership) -> str:
    """The fingerprint of what a partnership's public document says now."""
    return confirmation_status.fingerprint(build([partnership.pk])[partnership.pk])


def parties_except_lead(partnership: Partnership) -> QuerySet[Party]:
    """The parties whose statements on the record count: all except the lead, which wrote it, and those shown without a
    name.
    """
    rows = Party.objects.filter(seats.NAMED, partnership=partnership)
    return rows.exclude(jurisdiction=partnership.lead_id).select_related(*OF_PARTY)


def request_confirmation(partnership: Partnership) -> list[Party]:
    """Ask the parties of a published partnership that have no statement on the current record. Returns those asked.

    Call it under the partnership's lock, after its changes are written.
    """
    if not partnership.is_published:
        return []
    statements = confirmation_status.latest_statements([partnership.pk]).get(partnership.pk, {})
    mark = record_fingerprint(partnership) if statements else ""
    parties = parties_except_lead(partnership)
    return _email_requests(
        partnership, [p for p in parties if p.pk not in statements or statements[p.pk]["fingerprint"] != mark], mark
    )


def request_after_change(partnership: Partnership) -> list[Party]:
    """After a change of the record, ask the parties whose statement was about the record as it was.

    Under its lock, as `request_confirmation`.
    """
    statements = (
        confirmation_status.latest_statements([partnership.pk]).get(partnership.pk)
        if partnership.is_published
        else None
    )
    if not statements:
        return []
    mark = record_fingerprint(partnership)
    return _email_requests(partnership, _parties_to_ask(parties_except_lead(partnership), statements, mark), mark)


def send_postponed() -> int:
    """Ask the parties that couldn't be asked when the record changed. Returns how many parties were asked.

    Those are parties that had been asked less than seven days before, and parties of records that changed through a
    related record, such as a party's name. A scheduled task runs it.
    """
    asked, last = 0, 0
    while batch := _with_askable_statement(last):
        last = batch[-1]
        for partnership in Partnership.objects.filter(pk__in=_with_requests_due(batch)).order_by("pk"):
            with transaction.atomic():
                asked += len(request_after_change(lock(partnership, None)))
    return asked


def _with_askable_statement(after: int) -> list[int]:
    """The next published partnerships with a party that has made a statement and can be asked again."""
    # One day less than seven: it may already be tomorrow in the lead's time zone.
    rows = Confirmation.objects.filter(party__partnership__gt=after, party__partnership__is_published=True)
    rows = rows.exclude(party__confirm_asked_on__gt=clock.today() + timedelta(days=1) - ASK_AGAIN_AFTER)
    rows = rows.order_by("party__partnership").values_list("party__partnership", flat=True)
    return list(rows.distinct()[:BATCH])


def _with_requests_due(pks: Sequence[int]) -> list[int]:
    """Those of these partnerships that have a party to ask, by their stored documents.

    Outdated ones wait for the next run.
    """
    statements, found = confirmation_status.latest_statements(pks), []
    parties: dict[int, list[Party]] = {}
    for party in Party.objects.filter(partnership__in=pks):
        parties.setdefault(party.partnership_id, []).append(party)
    for pk, mark in publication.fingerprints(pks).items():
        if _parties_to_ask(parties.get(pk, ()), statements.get(pk, {}), mark):
            found.append(pk)
    return found


def _parties_to_ask(parties: Iterable[Party], statements: Mapping[int, Mapping[str, Any]], mark: str) -> list[Party]:
    """The parties whose last statement was about a different record, and that weren't asked about this one yet."""
    stale = [party for party in parties if party.pk in statements and statements[party.pk]["fingerprint"] != mark]
    asks = _last_asks([party.pk for party in stale])
    return [party for party in stale if not _was_asked(party, statements[party.pk]["at"], asks.get(party.pk), mark)]


def _last_asks(party_ids: Sequence[int]) -> dict[int, tuple]:
    """Party's primary key → (fingerprint of the record that it was last asked about, as far as the outbox row says;
    moment).
    """
    if not party_ids:
        return {}
    rows = Email.objects.filter(kind=EmailKind.CONFIRMATION_ASKED, subject_type="party", subject_id__in=party_ids)
    rows = rows.order_by("pk").values_list("subject_id", "occurrence", "created_at")
    return {pk: ("".join(occurrence.split("/")[3:]), at) for pk, occurrence, at in rows if pk is not None}


def _was_asked(party: Party, spoke_at: datetime, last_ask: tuple[str, datetime] | None, mark: str) -> bool:
    """Whether it was asked about this record.

    An email that names none, or was deleted, counts if it came after the statement.
    """
    if last_ask is None:
        return party.confirm_asked_on is not None and party.confirm_asked_on > spoke_at.date()
    about, at = last_ask
    return about == _short_mark(mark) if about else at > spoke_at


def _short_mark(mark: str) -> str:
    return mark[:20]


def _email_requests(partnership: Partnership, parties: Sequence[Party], mark: str) -> list[Party]:
    today, asked = clock.today(clock.zone(partnership.lead.zone)), []
    due = [
        party
        for party in parties
        if seats.is_at_table(party)
        and not is_closed(party.department or party.organization)
        and (party.confirm_asked_on is None or party.confirm_asked_on <= today - ASK_AGAIN_AFTER)
    ]
    contacts = _contacts_to_ask(due)
    for party in due:
        people = _people_to_ask(party, contacts.get(party.pk))
        if people:
            Party.objects.filter(pk=party.pk).update(confirm_asked_on=today)
            occurrence = f"{partnership.public_id}/{today}/{party.pk}/{_short_mark(mark)}".rstrip("/")
            outbox.plan(EmailKind.CONFIRMATION_ASKED, occurrence, people, party)
            asked.append(party)
    return asked


def _contacts_to_ask(parties: Iterable[Party]) -> dict[int, Contact]:
    """Party's primary key → the contact that answers for it by a link, unless it stopped this kind of email or its address
    is blocked: it has no other way to be asked.
    """
    contacts, kind = contacts_who_speak(parties), str(EmailKind.CONFIRMATION_ASKED)
    if not contacts:
        return {}
    refused = {key for key, _ in audience.unsubscribed({audience.key_of(one) for one in contacts.values()}, {kind})}
    blocked = suppressions.reasons(one.email for one in contacts.values())
    return {
        pk: one
        for pk, one in contacts.items()
        if audience.key_of(one) not in refused and not suppressions.suppression_reason(one.email, kind, blocked)
    }


def _people_to_ask(party: Party, contact: Contact | None) -> list[Model]:
    if contact:
        return [contact]
    return [member.person for member in representatives_of(party).select_related("person")]
