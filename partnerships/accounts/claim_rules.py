"""Who may see and decide which claims."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import ClaimState
from partnerships.accounts.models import Claim
from partnerships.core.access import is_administrator, jurisdictions_written_by
from partnerships.directory.rules import organizations_visible_to

NO_LONGER_LISTED = _("An organization that is no longer listed")


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


def names_of_claimed(person, claims) -> dict[int, str]:
    """Claim → the name of what it claims, as the person may know it: who claimed an organization need not learn what it is
    called since it withdrew its listing. One query."""
    asked = [claim.organization_id for claim in claims if claim.organization_id]
    seen = set(organizations_visible_to(person).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    return {
        claim.pk: str(claim.organization) if claim.organization_id in seen else claim.name or str(NO_LONGER_LISTED)
        for claim in claims
    }


def may_decide_claim(person, claim) -> bool:
    return bool(getattr(person, "is_active", False)) and claims_to_decide(person).filter(pk=claim.pk).exists()


def claims_waiting_for(person) -> int:
    """How many wait for this person's decision."""
    active = bool(getattr(person, "is_active", False))
    return claims_to_decide(person).filter(state=ClaimState.PENDING).count() if active else 0
