"""How long a jurisdiction keeps things: its rules, and the daily task that carries them out and logs what it let go."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from partnerships.accounts.choices import ClaimState, InvitationState, Kept
from partnerships.accounts.models import Claim, Invitation, RetentionRule, RetentionRun
from partnerships.communication.choices import OPEN_LETTERS
from partnerships.communication.forgetting import forget_letters
from partnerships.communication.models import CheckIn, Letter, Meeting
from partnerships.core import clock
from partnerships.core.access import manages, require
from partnerships.core.models import Change
from partnerships.directory.choices import SuggestionState
from partnerships.directory.models import Department, Organization, Suggestion
from partnerships.registry.models import Partnership


@transaction.atomic
def set_rules(*, jurisdiction, by, days: dict) -> None:
    """Sets how many days each kind (a key of Kept) is kept; None keeps it. Raises NotAllowed or ValidationError by kind."""
    require(by is None or manages(by, jurisdiction))
    for kind, number in days.items():
        if number is None:
            RetentionRule.objects.filter(jurisdiction=jurisdiction, kind=kind).delete()
            continue
        rule = RetentionRule.objects.filter(jurisdiction=jurisdiction, kind=kind).first()
        rule = rule or RetentionRule(jurisdiction=jurisdiction, kind=kind)
        rule.days = number
        rule.full_clean()
        rule.save()


def keep() -> list[RetentionRun]:
    """Carries out every rule; gives what was let go. Each rule is a transaction of its own, so that one cannot stop another."""
    runs = []
    for rule in RetentionRule.objects.select_related("jurisdiction").order_by("pk"):
        with transaction.atomic():
            at = clock.now()
            erased = _LET_GO[rule.kind](rule.jurisdiction, at - timedelta(days=rule.days))
            if erased:
                runs.append(
                    RetentionRun.objects.create(
                        jurisdiction=rule.jurisdiction, kind=rule.kind, days=rule.days, at=at, erased=erased
                    )
                )
    return runs


def _claims(office, before):
    decided = Claim.objects.exclude(state=ClaimState.PENDING).filter(reviewed_at__lt=before)
    return _delete(decided.filter(Q(organization__kept_by=office) | Q(office=office)))


def _invitations(office, before):
    over = Q(expires_at__lt=before) | (~Q(state=InvitationState.OPEN) & Q(answered_at__lt=before))
    bodies = Q(jurisdiction=office) | Q(department__jurisdiction=office) | Q(organization__kept_by=office)
    return _delete(Invitation.objects.filter(over & bodies))


def _suggestions(office, before):
    decided = Suggestion.objects.exclude(state=SuggestionState.OPEN).filter(reviewed_at__lt=before)
    return _delete(decided.filter(Q(organization__kept_by=office) | Q(office=office)))


def _letters(office, before):
    return forget_letters(Letter.objects.filter(lead=office, due_at__lt=before).exclude(state__in=OPEN_LETTERS))


def _changes(office, before):
    led = Partnership.objects.filter(lead=office)
    about = Q(record_type="jurisdiction", record_id=office.pk)
    for kind, rows in (
        ("partnership", led),
        ("organization", Organization.objects.filter(kept_by=office)),
        ("department", Department.objects.filter(jurisdiction=office)),
        ("meeting", Meeting.objects.filter(partnership__in=led)),
    ):
        about |= Q(record_type=kind, record_id__in=rows.values("pk"))
    return _delete(Change.objects.filter(about, at__lt=before))


def _check_ins(office, before):
    said = CheckIn.objects.filter(plan__partnership__lead=office, done_on__lt=before.date())
    return said.exclude(note="", changed="", needs="").update(note="", changed="", needs="")


def _delete(rows) -> int:
    """How many of these rows went, what hangs on them left out."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


_LET_GO = {
    Kept.CLAIMS: _claims,
    Kept.INVITATIONS: _invitations,
    Kept.SUGGESTIONS: _suggestions,
    Kept.LETTERS: _letters,
    Kept.CHANGES: _changes,
    Kept.CHECK_INS: _check_ins,
}
