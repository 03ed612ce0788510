"""Retention: the rules of a jurisdiction, and the daily task that applies them and logs what it deleted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from partnerships.accounts.choices import (
    DELETED_UNOWNED,
    MEMBERS,
    PEOPLE_STAY,
    RETENTION_CHANGED,
    ClaimState,
    InvitationState,
    RetentionKind,
)
from partnerships.accounts.models import ApiToken, Claim, Invitation, Person, RetentionRule, RetentionRun
from partnerships.assessment.models import Answer, Round, SharedWord, TieAnswer
from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM, Author, account_of, manages, require
from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.models import Change
from partnerships.core.writing import lock
from partnerships.directory.actions import save_jurisdiction
from partnerships.directory.choices import SuggestionState
from partnerships.directory.models import Jurisdiction, Suggestion
from partnerships.interactions.models import Interaction
from partnerships.mail.choices import OPEN_STATES
from partnerships.mail.models import Email
from partnerships.meetings.models import CheckIn, CheckInPlan, Meeting, Participant
from partnerships.notifications.email_deletion import delete_emails
from partnerships.records.privacy import erase_person
from partnerships.records.redaction import redact_participants

REPLY, MOST_REPLY_DAYS = "reply_days", 90


def settings_of(jurisdiction: Jurisdiction) -> dict:
    """The settings of its managers: days by kind (a key of Kept; None: no limit).

    Under REPLY, the days for which parties see a statement before everyone does.
    """
    rules = dict(RetentionRule.objects.filter(jurisdiction=jurisdiction).values_list("kind", "days"))
    return {REPLY: jurisdiction.reply_days} | {kind: rules.get(kind) for kind in RetentionKind.values}


def settings_log(jurisdiction: Jurisdiction) -> list[Change]:
    """Who changed which setting, and when: the last fifty changes."""
    rows = Change.objects.filter(Q(verb=RETENTION_CHANGED) | Q(**{f"after__{REPLY}__isnull": False}, verb="update"))
    rows = rows.filter(record_type="jurisdiction", record_id=jurisdiction.pk)
    return list(rows.select_related("by")[:50])


@transaction.atomic
def set_rules(*, jurisdiction: Jurisdiction, by: Author, days: dict, seen: dict | None = None) -> None:
    """Change these settings (`settings_of`). `seen`: all of them as the person saw them.

    Raises NotAllowed, EditConflict if they changed since, or ValidationError by kind.
    """
    require(by is SYSTEM or manages(by, jurisdiction))
    jurisdiction = lock(jurisdiction, None)
    before = settings_of(jurisdiction)
    if seen is not None and seen != before:
        raise EditConflict(jurisdiction, 0)
    for kind, number in days.items():
        if kind == REPLY:
            # Without at least one day, the parties wouldn't see it first.
            if not 1 <= (number or 0) <= MOST_REPLY_DAYS:
                raise ValidationError(
                    {REPLY: gettext("Enter a number from 1 to %(number)s.") % {"number": MOST_REPLY_DAYS}}
                )
            save_jurisdiction(jurisdiction=jurisdiction, by=by, fields={REPLY: number})
        elif number is None:
            RetentionRule.objects.filter(jurisdiction=jurisdiction, kind=kind).delete()
        else:
            rule = RetentionRule.objects.filter(jurisdiction=jurisdiction, kind=kind).first()
            rule = rule or RetentionRule(jurisdiction=jurisdiction, kind=kind)
            rule.days = number
            rule.full_clean()
            rule.save()
    _note_rules(jurisdiction, by, before)


def _note_rules(jurisdiction: Jurisdiction, by: Author, before: dict[str, Any]) -> None:
    """Log the changed rules. The days to reply are a field of the record and are logged by its own change."""
    after = settings_of(jurisdiction)
    changed = [kind for kind in RetentionKind.values if before[kind] != after[kind]]
    if changed:
        Change.objects.create(
            at=clock.now(),
            by=account_of(by),
            verb=RETENTION_CHANGED,
            record_type="jurisdiction",
            record_id=jurisdiction.pk,
            public_id=jurisdiction.public_id,
            before={kind: before[kind] for kind in changed},
            after={kind: after[kind] for kind in changed},
        )


def apply_rules() -> list[RetentionRun]:
    """Apply every rule.

    Returns what was deleted. Each rule has a transaction of its own, so that one can't stop another.
    """
    runs = []
    for rule in RetentionRule.objects.select_related("jurisdiction").order_by("pk"):
        with transaction.atomic():
            at = clock.now()
            erased = _DELETE_EXPIRED[rule.kind](rule.jurisdiction, at - timedelta(days=rule.days))
            if erased:
                runs.append(
                    RetentionRun.objects.create(
                        jurisdiction=rule.jurisdiction, kind=rule.kind, days=rule.days, at=at, erased=erased
                    )
                )
    return runs


def _claims(office: Jurisdiction, before: datetime) -> int:
    decided = Claim.objects.exclude(state=ClaimState.PENDING).filter(reviewed_at__lt=before)
    return _delete(decided.filter(Q(organization__kept_by=office) | Q(office=office)))


def _invitations(office: Jurisdiction, before: datetime) -> int:
    bodies = Q(jurisdiction=office) | Q(department__jurisdiction=office) | Q(organization__kept_by=office)
    rows = _closed_invitations(before).filter(bodies)
    invited = set(rows.values_list("person", flat=True))
    gone = _delete(rows)
    for person in _unused(Person.objects.filter(pk__in=invited)):
        erase_person(person=person, by=SYSTEM)
    return gone


def _closed_invitations(before: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        Q(expires_at__lt=before) | (~Q(state=InvitationState.OPEN) & Q(answered_at__lt=before))
    )


def _unused(people: QuerySet[Person]) -> QuerySet[Person]:
    """Of these accounts, those that only an invitation created: no one ever signed in, and they own nothing else."""
    rows = people.filter(last_login=None, is_active=True, is_administrator=False)
    rows = rows.filter(memberships=None, invitations=None, claims=None)
    named: list[QuerySet] = [
        model.objects.exclude(person=None).values("person") for model in (Participant, CheckInPlan)
    ]
    for people_there in named:
        rows = rows.exclude(pk__in=people_there)
    return rows


def _suggestions(office: Jurisdiction, before: datetime) -> int:
    decided = Suggestion.objects.exclude(state=SuggestionState.OPEN).filter(reviewed_at__lt=before)
    rows = decided.filter(Q(organization__kept_by=office) | Q(office=office))
    delete_emails(Email.objects.filter(recipient__in=[f"suggestion:{pk}" for pk in rows.values_list("pk", flat=True)]))
    return _delete(rows)


def _emails(office: Jurisdiction, before: datetime) -> int:
    return delete_emails(Email.objects.filter(lead=office, due_at__lt=before).exclude(state__in=OPEN_STATES))


def _changes(office: Jurisdiction, before: datetime) -> int:
    """Who came in stays on record as long as an organization's people can end a membership given from outside."""
    about = Q(record_type="jurisdiction", record_id=office.pk)
    for kind in record_types.all_types():
        if kind.office:
            rows = kind.model._default_manager.filter(**{kind.office: office})
            about |= Q(record_type=kind.key, record_id__in=rows.values("pk"))
    entries = Change.objects.filter(about, at__lt=before)
    return _delete(entries.exclude(verb=MEMBERS, record_type="organization", at__gt=clock.now() - PEOPLE_STAY))


def _check_ins(office: Jurisdiction, before: datetime) -> int:
    held = CheckIn.objects.filter(plan__partnership__lead=office, done_on__lt=before.date())
    return held.exclude(note="", changed="", needs="").update(note="", changed="", needs="")


def _interactions(office: Jurisdiction, before: datetime) -> int:
    """With their history, which has the same texts. Those with an open follow-up stay until it's done."""
    rows = Interaction.objects.filter(office=office, date__lt=before.date())
    rows = rows.exclude(follow_up_on__isnull=False, followed_up_on=None)
    Change.objects.filter(record_type="interaction", record_id__in=rows.order_by().values("pk")).delete()
    return _delete(rows)


def _participants(office: Jurisdiction, before: datetime) -> int:
    """The attendance of parties stays; only people are deleted, also from the history of the meetings."""
    meetings = Meeting.objects.filter(partnership__lead=office, starts_at__lt=before)
    redact_participants(meetings)
    return _delete(Participant.objects.filter(meeting__in=meetings))


def _rounds(office: Jurisdiction, before: datetime) -> int:
    """The scores of both sides stay, and who was asked; single answers and comments are deleted."""
    opened = Round.objects.filter(partnership__lead=office, opened_at__lt=before)
    return (
        _delete(Answer.objects.filter(respondent__round__in=opened))
        + _delete(TieAnswer.objects.filter(respondent__round__in=opened))
        + _delete(SharedWord.objects.filter(side__round__in=opened))
    )


def _delete(rows: QuerySet) -> int:
    """Delete these rows and return how many, not counting related rows."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


_DELETE_EXPIRED: dict[str, Callable[[Jurisdiction, datetime], int]] = {
    RetentionKind.CLAIMS: _claims,
    RetentionKind.INVITATIONS: _invitations,
    RetentionKind.SUGGESTIONS: _suggestions,
    RetentionKind.EMAILS: _emails,
    RetentionKind.CHANGES: _changes,
    RetentionKind.CHECK_INS: _check_ins,
    RetentionKind.INTERACTIONS: _interactions,
    RetentionKind.PARTICIPANTS: _participants,
    RetentionKind.ROUNDS: _rounds,
}


# What belongs to no office has no rule, so it is deleted after this many days everywhere.
NO_OFFICE_DAYS = 90
_OF_NOBODY = Q(organization__isnull=False, organization__kept_by=None)
_TO_NOBODY = _OF_NOBODY | Q(organization=None, office=None)


def apply_fixed_rules() -> dict[str, int]:
    """Delete what no office has a rule for, and addresses that aren't needed any longer.

    Returns the number of each, also logged.
    """
    before = clock.now() - timedelta(days=NO_OFFICE_DAYS)
    emails = Email.objects.filter(lead=None, due_at__lt=before).exclude(state__in=OPEN_STATES)
    decided = Suggestion.objects.exclude(state=SuggestionState.OPEN).filter(reviewed_at__lt=before)
    claims = Claim.objects.exclude(state=ClaimState.PENDING).filter(_TO_NOBODY, reviewed_at__lt=before)
    with transaction.atomic():
        gone = {
            "letters": delete_emails(emails),
            "claims": _delete(claims),
            "suggestions": _delete(decided.filter(_TO_NOBODY)),
            "addresses": decided.exclude(address="").update(address=""),
            "invitations": _delete(_closed_invitations(before).filter(_OF_NOBODY)),
            "tokens": _delete(ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))),
            "sessions": _forget_sessions(),
            "accounts": _forget_unused_accounts(before),
        }
        gone = {kind: number for kind, number in gone.items() if number}
        if gone:
            Change.objects.create(at=clock.now(), verb=DELETED_UNOWNED, record_type="registry", record_id=0, after=gone)
    return gone


def _forget_sessions() -> int:
    """Delete what is known of a browser (its network address) together with its session."""
    open_ones = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return _delete(apps.get_model("usersessions", "UserSession").objects.exclude(session_key__in=open_ones))


def _forget_unused_accounts(before: datetime) -> int:
    found = list(_unused(Person.objects.filter(joined_at__lt=before, is_sample=False)).values_list("pk", flat=True))
    delete_emails(Email.objects.filter(recipient__in=[f"person:{pk}" for pk in found]))
    return _delete(Person.objects.filter(pk__in=found))
