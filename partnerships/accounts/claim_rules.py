"""Who may see and decide which claims."""

from django.db.models import Q

from partnerships.accounts.choices import ClaimState
from partnerships.accounts.models import Claim
from partnerships.core.access import is_administrator, jurisdictions_written_by


def claims_to_decide(person):
    """Claims of others that the person may decide: writing staff of the office that keeps the organization, or that a
    proposal was sent to; administrators. Nobody decides their own."""
    if is_administrator(person):
        return Claim.objects.exclude(person=person)
    offices = jurisdictions_written_by(person)
    return Claim.objects.filter(
        Q(organization__kept_by__in=offices) | Q(organization=None, office__in=offices)
    ).exclude(person=person.pk)


def claims_visible_to(person):
    """One's own claims, and those that one may decide."""
    if not getattr(person, "is_active", False) or not person.pk:
        return Claim.objects.none()
    return Claim.objects.filter(Q(person=person) | Q(pk__in=claims_to_decide(person).values("pk")))


def may_decide_claim(person, claim) -> bool:
    return bool(getattr(person, "is_active", False)) and claims_to_decide(person).filter(pk=claim.pk).exists()


def claims_waiting_for(person) -> int:
    """How many wait for this person's decision."""
    active = bool(getattr(person, "is_active", False))
    return claims_to_decide(person).filter(state=ClaimState.PENDING).count() if active else 0
