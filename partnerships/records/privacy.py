"""A person's own data: a copy of it, and its erasure from account, memberships, sessions, change log and stored
emails.

A contact (a person without an account) can be erased in the same way. What stays is what records need: that something
changed, when, and what else it said (`redaction`).
"""

from datetime import time

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from partnerships.accounts.events import rights_changed
from partnerships.accounts.members import change_members, lock_bodies
from partnerships.accounts.models import ApiToken, Claim, Invitation, Person, SavedList
from partnerships.accounts.queries import bodies_managed_only_by, memberships_of, organizations_used_only_by
from partnerships.accounts.rules import saved_lists_visible_to
from partnerships.assessment.models import Answer, Portfolio, PublishingWord, Respondent, ResponseNote, TieAnswer
from partnerships.assessment.scoring import erase_answers
from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM, Author, Viewer, is_administrator, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.merges import delete_merges, delete_steps_of, delete_steps_with, merged_pks
from partnerships.core.models import Change, Merge
from partnerships.core.snapshots import snapshot_fields, snapshot_queryset, snapshot_rows, with_named
from partnerships.core.writing import lock
from partnerships.directory.models import Contact, DistinctPair, SiteText, Suggestion, Wording, body_of
from partnerships.directory.rules import may_write_contacts_of
from partnerships.insight.models import ExpectedSeat, NetworkReading
from partnerships.interactions.models import Interaction, InteractionRemark
from partnerships.mail.models import Email
from partnerships.mail.suppressions import entries_of, forget_recipients
from partnerships.measurement.models import Gain
from partnerships.meetings.models import Action, ActionNote, CheckIn, Meeting, Participant
from partnerships.meetings.rules import actions_visible_to, meetings_visible_to
from partnerships.notifications.email_deletion import delete_emails, delete_files_to
from partnerships.records import erasing
from partnerships.records.drafts import texts_of
from partnerships.records.models import Erasure
from partnerships.records.person_patterns import PersonPattern
from partnerships.records.redaction import ERASED, redact, traces_of_contact, traces_of_person
from partnerships.registry.models import Confirmation, PartyNote, Remark, Reply, SeatConsent
from partnerships.registry.rules import parties_visible_to, party_notes_visible_to
from partnerships.reports.models import Report
from partnerships.webhooks.models import Webhook

CONTACT_ERASED = "A contact was erased."  # the reason in the record's log

# Rows that stay without the person who wrote them: (model, field).
_BY = (
    (Change, "by"), (Invitation, "by"), (Claim, "reviewed_by"), (Suggestion, "reviewed_by"), (PartyNote, "by"),
    (Confirmation, "by"), (Remark, "by"), (Reply, "by"), (CheckIn, "recorded_by"),
    (Action, "owner_person"), (ActionNote, "by"), (ResponseNote, "by"), (Answer, "taken_by"),
    (ExpectedSeat, "declared_by"), (Portfolio, "by"), (PublishingWord, "by"), (DistinctPair, "by"),
    (SavedList, "by"), (Merge, "by"), (Wording, "by"), (Gain, "by"), (Report, "asked_by"),
    (Webhook, "by"), (ApiToken, "answerable"), (SiteText, "by"), (Erasure, "by"), (Respondent, "follower_person"),
    (Interaction, "logged_by"), (Interaction, "follow_up_by"), (InteractionRemark, "by"),
)  # fmt: skip


def own_data(person: Person) -> dict:
    """Everything that the registry holds of a person, as JSON values: account, memberships, what they wrote and were
    sent.

    For records, only which ones they changed, and why: the content isn't theirs to take when they leave an office.
    """
    emails = Email.objects.filter(recipient=f"person:{person.pk}").order_by("due_at", "pk")
    return {
        "account": snapshot_fields(person, leave_out=("password",)),
        "memberships": snapshot_queryset(person.memberships.all(), leave_out=("person",)),
        "invitations": snapshot_queryset(person.invitations.all(), leave_out=("person", "by")),
        "claims": snapshot_queryset(person.claims.all(), leave_out=("person", "reviewed_by")),
        "tokens": snapshot_queryset(person.tokens.all(), leave_out=("person", "digest")),
        "second_steps": [
            snapshot_fields(row, leave_out=("user", "data")) | {"name": row.data.get("name", "")}
            for row in person.authenticator_set.all()  # type: ignore[attr-defined]  # allauth has no types
        ],
        "provider_accounts": snapshot_queryset(person.socialaccount_set.all(), leave_out=("user", "extra_data")),  # type: ignore[attr-defined]  # allauth has no types
        "signed_in": snapshot_queryset(person.usersession_set.all(), leave_out=("user", "session_key")),  # type: ignore[attr-defined]  # allauth has no types
        "contacts": snapshot_queryset(contacts_with_address_of(person)),
        "meetings": _meetings(person),
        "rounds": _rounds(person),
        "portfolios": snapshot_queryset(Portfolio.objects.filter(by=person), leave_out=("by",)),
        "actions": _actions(person),
        "reports_asked_for": [
            {"report": one.definition.title, "at": one.asked_at}
            for one in Report.objects.filter(asked_by=person).defer("pdf", "content").select_related("definition")
        ],
        "reports_mailed": [one.title for one in person.reports_mailed.all()],
        "expected_seats": [
            {"seat": seat.public_id, "on": seat.declared_on} for seat in ExpectedSeat.objects.filter(declared_by=person)
        ],
        "action_notes": snapshot_queryset(ActionNote.objects.filter(by=person), leave_out=("by",)),
        "emails": snapshot_queryset(emails, leave_out=("token", "message_id", "claimed_until", "last_reply", "lead")),
        "suggestions": snapshot_queryset(Suggestion.objects.filter(address=person.email), leave_out=("reviewed_by",)),
        "calendars": snapshot_queryset(person.feeds.all(), leave_out=("person", "digest")),
        "stopped_addresses": snapshot_queryset(entries_of([person.email]), leave_out=("digest", "recipient", "detail")),
        "email_preferences": snapshot_queryset(person.email_preferences.all(), leave_out=("person",)),
        "follows": snapshot_queryset(person.follows.all(), leave_out=("person",)),
        "networks": snapshot_queryset(
            NetworkReading.objects.filter(person=person), leave_out=("person", "key", "result")
        ),
        "saved_lists": _saved_lists(person),
        "not_saved_yet": texts_of(person),
        "spreadsheets": snapshot_queryset(person.list_files.defer("content"), leave_out=_OF_FILES),
        "imports": snapshot_queryset(person.imports.defer("content"), leave_out=_OF_FILES + _OF_IMPORTS),
        "told_in_daily_emails": snapshot_queryset(person.digest_entries.all(), leave_out=("person", "sent_in")),
        # That they changed something, and why. The content belongs to the record, which they may no longer read.
        "changes": [
            {"at": row.at, "what": row.verb, "record": row.public_id or row.record_type, "why": row.why}
            for row in Change.objects.filter(by=person).order_by("pk")
        ],
        "confirmations": snapshot_queryset(Confirmation.objects.filter(by=person), leave_out=("by", "fingerprint")),
        "publishing": snapshot_queryset(PublishingWord.objects.filter(by=person), leave_out=("by",)),
        "not_duplicates": snapshot_queryset(DistinctPair.objects.filter(by=person), leave_out=("by",)),
        "merged": [merge.lost_name for merge in Merge.objects.filter(by=person, record_type__in=_RECORDS)],
        "replies": snapshot_queryset(Reply.objects.filter(by=person), leave_out=("by",)),
        "statements": snapshot_queryset(Remark.objects.filter(by=person), leave_out=("by",)),
        "gains": snapshot_queryset(Gain.objects.filter(by=person), leave_out=("by",)),
        "notes": snapshot_queryset(party_notes_visible_to(person).filter(by=person), leave_out=("by",)),
        # Which ones they logged or took part in: the content belongs to the office.
        "interactions": [
            {"id": one.public_id, "on": one.date}
            for one in Interaction.objects.filter(
                Q(logged_by=person) | Q(staff=person) | Q(follow_up_by=person)
            ).distinct()
        ],
        "looks_after": snapshot_queryset(person.owned.all(), leave_out=("person",)),
        "interaction_remarks": snapshot_queryset(InteractionRemark.objects.filter(by=person), leave_out=("by",)),
        "check_ins": snapshot_queryset(CheckIn.objects.filter(recorded_by=person), leave_out=("recorded_by", "note")),
    }


def contacts_with_address_of(person: Person) -> QuerySet[Contact]:
    """Contacts of offices and organizations with the person's own email address: most likely it is them."""
    rows = Contact.objects.select_related("organization", "department", "jurisdiction")
    return rows.filter(email__iexact=person.email).order_by("pk")


_RECORDS = ("organization", "department")  # the names of other people are those people's data
_OF_FILES = ("person", "content", "reader", "claimed_until")
_OF_IMPORTS = ("columns", "picked", "result", "request_id")  # what they say of records isn't the person's data


def _saved_lists(person: Person) -> list:
    """The person's own lists, and those that they saved for an office, as long as they belong to it."""
    rows = saved_lists_visible_to(person).filter(Q(person=person) | Q(by=person))
    return snapshot_queryset(rows, leave_out=("person", "by"))


def _meetings(person: Person) -> list[str]:
    """The meetings they are invited to: those that they may see by title, others by id."""
    asked = Meeting.objects.filter(participants__person=person).order_by("pk")
    seen = set(meetings_visible_to(person).filter(pk__in=asked.values("pk")).values_list("pk", flat=True))
    return [meeting.title if meeting.pk in seen else meeting.public_id for meeting in asked]


def _actions(person: Person) -> list[dict]:
    """The action items that they own: those that they may see with their content, others by id."""
    rows = with_named(person.actions.order_by("pk"))
    seen = set(actions_visible_to(person).filter(pk__in=rows.values("pk")).values_list("pk", flat=True))
    return [
        snapshot_fields(action, leave_out=("owner_party", "decision", "check_in"))
        if action.pk in seen
        else {"id": action.public_id}
        for action in rows
    ]


def _of_partners(respondent: Respondent, known: set[int]) -> list[dict]:
    """What they said about other partners, which it names as far as they may know of them."""
    return [
        snapshot_fields(row, leave_out=("respondent", *(() if row.about_id in known else ("about",))))
        for row in respondent.tie_answers.all()
    ]


def _rounds(person: Person) -> list:
    """The rounds they were asked in, and their answers as long as these are stored."""
    about = TieAnswer.objects.filter(respondent__person=person).values("about")
    known = set(parties_visible_to(person).filter(pk__in=about).values_list("pk", flat=True))
    respondents = with_named(Respondent.objects.filter(person=person)).select_related("round__partnership")
    said = Prefetch("tie_answers", with_named(TieAnswer.objects.all()))
    return [
        snapshot_fields(respondent, leave_out=_OF_RESPONDENT)
        | {
            "partnership": respondent.round.partnership.public_id,
            "answers": snapshot_rows(respondent.answers.all(), leave_out=_TAKEN),
            "recorded_for_them": snapshot_rows(respondent.pending_answers.all(), leave_out=("respondent", "by")),
            "of_partners": _of_partners(respondent, known),
        }
        for respondent in respondents.prefetch_related("answers", "pending_answers", said)
    ]


_OF_RESPONDENT = ("person", "contact", "side", "digest", "follower_person", "follower_contact", "kept_for")
_TAKEN = ("respondent", "taken_by")


@transaction.atomic
def erase_person(
    *, person: Person, by: Author, contacts: bool = False, choice: erasing.Choice | None = None
) -> Erasure | None:
    """Close an account permanently, and erase its name and address everywhere. By the person, an administrator, or
    SYSTEM.

    `contacts`: also erase the contacts with their address. `choice`: which live texts are redacted, too; without it none
    are searched. Returns the list of those that were left. Raises NotAllowed, or ValidationError for the last manager
    of an office or organization, who has to hand it over first. No one can take over an organization that has no other
    users, so that doesn't keep anyone here. Raises NotFound if the account is gone.
    """
    # The account is locked before its offices and organizations, as in `actions.suspend`.
    current = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if current is None:
        raise NotFound  # merged into another one, or erased, at the same moment
    person = current
    require(by is SYSTEM or by.pk == person.pk or is_administrator(by))
    bodies = [membership.body for membership in memberships_of(person)]
    found_by = erasing.Search(person) if choice else None
    lock_bodies(bodies)  # of two last users, the second knows that it's alone
    left, is_own = organizations_used_only_by(person), by is not SYSTEM and by.pk == person.pk
    alone = [body for body in bodies_managed_only_by(person) if body not in left]
    if alone and is_own:
        names = ", ".join(str(body) for body in alone)
        words = gettext("You’re the last manager of %(names)s. Make someone else a manager first.")
        raise ValidationError(words % {"names": names}, code="last")
    if found_by and choice:  # while they still have the rights to change it
        erasing.redact_texts(person, found_by, choice, by=by)
    why = "The account was erased."
    with change_members(*bodies, by=by, why=why, confirmed=not is_own, keeps_manager=not left, emails=False):
        person.memberships.all().delete()
    for contact in contacts_with_address_of(person) if contacts else ():
        _erase(contact, by=SYSTEM)
    _forget_what_they_sent(person)
    traces = traces_of_person(person, rows=contacts)
    delete_emails(Email.objects.filter(recipient=f"person:{person.pk}"))
    delete_files_to(traces.addresses)
    forget_recipients(traces.addresses)
    # The history of the account.
    Change.objects.filter(record_type="person", record_id__in=merged_pks(person)).delete()
    redact(traces)
    delete_steps_with({*traces.names, *traces.addresses})
    delete_steps_of(person)
    for model in (Invitation, SeatConsent):
        model._default_manager.filter(by=person).update(note="")
    owned = ("invitations", "claims", "tokens", "feeds", "email_preferences", "follows", "digest_entries", "owned")
    for name in (*owned, "saved_lists", "list_files", "imports", "drafts"):
        getattr(person, name).all().delete()
    person.reports_mailed.clear()
    person.interactions.clear()
    Participant.objects.filter(person=person).delete()
    erase_answers(Respondent.objects.filter(person=person))
    NetworkReading.objects.filter(person=person).delete()
    end_sessions(person)
    for name in ("usersession_set", "authenticator_set", "socialaccount_set", "emailaddress_set"):
        getattr(person, name).all().delete()
    # The row stays, empty: check-ins that the person answered keep their rhythm until someone else takes over.
    person.email, person.name, person.is_active = f"erased-{person.pk}@registry.invalid", "", False
    person.is_administrator, person.zone, person.language, person.last_login = False, "UTC", "en", None
    person.digest_at, person.digest_weekday, person.quiet_from, person.quiet_until = time(8), 0, None, None
    person.save()
    rights_changed({person.pk})  # before it's forgotten what they answered for
    for model, field in _BY:
        model.objects.filter(**{field: person}).update(**{field: None})
    _log_erasure("person", person.pk)
    return erasing.finish(found_by, by=None if is_own else by) if found_by else None


_OF_SUGGESTIONS = ("words", "fields", "before", "reason", "decisions")


def _forget_what_they_sent(person: Person) -> None:
    """Keep suggestions, without their sender."""
    for suggestion in Suggestion.objects.filter(address__iexact=person.email):
        delete_emails(Email.objects.filter(recipient=f"suggestion:{suggestion.pk}"))
        pattern = PersonPattern({person.name}, {person.email}, ())
        texts = {name: pattern.replaced(getattr(suggestion, name), ERASED) for name in _OF_SUGGESTIONS}
        Suggestion.objects.filter(pk=suggestion.pk).update(address="", **texts)


def end_sessions(person: Person) -> None:
    """End the person's sessions, and those in which their address waits for its code."""
    Session.objects.filter(session_key__in=person.usersession_set.values("session_key")).delete()  # type: ignore[attr-defined]  # allauth has no types
    for session in Session.objects.iterator(500):
        if person.email in str(session.get_decoded()).lower():
            session.delete()


def may_erase_contact(person: Viewer, contact: Contact) -> bool:
    return may_write_contacts_of(person, body_of(contact))


@transaction.atomic
def erase_contact(*, contact: Contact, by: Author) -> None:
    """Delete a contact, and erase it from the change log and stored emails. Meetings and check-ins lose it too.

    Raises NotAllowed, or NotFound when it no longer exists.
    """
    require(by is SYSTEM or may_erase_contact(by, contact))
    _erase(contact, by=by)


def _erase(contact: Contact, *, by: Author) -> None:
    # The record is locked first, as when it is saved; only then is the contact read.
    body = contact.organization or contact.department or contact.jurisdiction
    assert body is not None  # a constraint of the table
    owner = lock(body, None)
    contact = owner.contacts.filter(pk=contact.pk).first()
    if contact is None:
        raise NotFound
    traces, pk = traces_of_contact(contact, owner), contact.pk
    delete_emails(Email.objects.filter(recipient=f"contact:{pk}"))
    delete_files_to(traces.addresses)
    forget_recipients(traces.addresses)
    if by is SYSTEM:  # they erase themselves: their answers are erased too, including those of a running round
        erase_answers(Respondent.objects.filter(contact=pk))
    SeatConsent.objects.filter(contact=pk).update(code="")  # the mark of its mailbox
    # Saved as an ordinary change of the record, so that an open form doesn't restore it.
    rows = [{"id": other.pk} for other in owner.contacts.all() if other.pk != pk]
    kind = record_types.for_record(owner)
    kind.save(**{kind.key: owner}, by=by, fields={}, contacts=rows, why=CONTACT_ERASED)
    redact(traces)
    delete_steps_with({*traces.names, *traces.addresses})
    delete_merges("contact", merged_pks(contact))
    _log_erasure("contact", pk)


def _log_erasure(kind: str, pk: int) -> None:
    """Record that something was erased, and when; nothing of its content."""
    Change.objects.create(at=clock.now(), by=None, verb="erase", record_type=kind, record_id=pk, public_id="")
