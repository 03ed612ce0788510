"""A party's statement on a record that its lead keeps: it confirms the record, or disputes it in its own words.

`by` is the person who speaks, or SYSTEM for a command. A party without editors speaks by a personal link
(`statement_links`). No one edits these words: a party replaces them with a new statement.
"""

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.writing import change, lock
from partnerships.directory.models import Contact
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.registry import confirmation_requests, events, publication
from partnerships.registry.actions import snapshot
from partnerships.registry.choices import Verdict
from partnerships.registry.models import Confirmation, Partnership, Party
from partnerships.registry.representatives import editors_of_leads
from partnerships.registry.rules import may_make_statement, may_write_partnership
from partnerships.registry.statement_links import BY_LINK, require_unanswered


@transaction.atomic
def ask_to_confirm(*, partnership: Partnership, by: Author, version: int | None = None) -> list[Party]:
    """Ask the parties of a published partnership to confirm its record. Returns those that were asked."""
    require(by is SYSTEM or may_write_partnership(by, partnership))
    current = lock(partnership, version)
    if not current.is_published:
        raise ValidationError(
            gettext("This is a draft. Publish it first. Publishing asks the partners to confirm it."), code="draft"
        )
    return confirmation_requests.request_confirmation(current)


def confirm_record(*, party: Party, by: Person, seen: str | None = None) -> Confirmation:
    """Confirm the record for a party. `seen`: the fingerprint of the record that the person read
    (`confirmation_requests.record_fingerprint`).

    Raises EditConflict when the record says something else now, and NotFound when the party was removed.
    """
    return _make_statement(party, Verdict.CONFIRMED, "", by=by, seen=seen)


def dispute_record(*, party: Party, by: Author, words: str, seen: str | None = None) -> Confirmation:
    """Dispute the record for a party in its own words. The lead's editors get an email."""
    return _make_statement(party, Verdict.DISPUTED, words.strip(), by=by, seen=seen)


def state_by_link(
    *, party: Party, contact: Contact, mark: int, verdict: str, words: str = "", seen: str | None = None
) -> Confirmation:
    """Confirm or dispute the record for a party without editors, by the personal link of its contact (`statement_links`)."""
    words = words.strip() if verdict == Verdict.DISPUTED else ""
    return _make_statement(party, verdict, words, by=SYSTEM, seen=seen, link=(contact, mark))


@transaction.atomic
def _make_statement(
    party: Party, verdict: str, words: str, *, by: Author, seen: str | None, link: tuple[Contact, int] | None = None
) -> Confirmation:
    require(by is SYSTEM or may_make_statement(by, party))
    verb = "confirm" if verdict == Verdict.CONFIRMED else "dispute"
    with change(party.partnership, by=by, verb=verb, snapshot=snapshot, why=BY_LINK if link else "") as writing:
        current = writing.record
        if link:
            require_unanswered(party, *link)
        if not current.parties.filter(pk=party.pk).exists():
            raise NotFound
        mark = confirmation_requests.record_fingerprint(current)
        if seen is not None and seen != mark:
            raise EditConflict(current, 0)
        statement = Confirmation.objects.filter(party=party).first()
        if statement is None or (statement.verdict, statement.words, statement.fingerprint) != (verdict, words, mark):
            statement = Confirmation(
                party=party, verdict=verdict, words=words, fingerprint=mark, by=account_of(by), at=clock.now()
            )
            statement.clean_fields(exclude=["by"])
            _require_words(statement)
            statement.save()
    if writing.changed:
        publication.publish({current.pk})
        if verdict == Verdict.DISPUTED:
            people = [m.person for m in editors_of_leads([current.lead_id]).select_related("person")]
            occurrence = f"{current.public_id}/dispute/{statement.pk}"
            outbox.plan(EmailKind.RECORD_DISPUTED, occurrence, people, statement, lead=current.lead)
        if link:
            events.stated_by_link(statement)
    return statement


def _require_words(statement: Confirmation) -> None:
    if statement.verdict == Verdict.DISPUTED and not statement.words:
        raise ValidationError({"words": gettext("Say in your own words where you disagree.")}, code="required")
