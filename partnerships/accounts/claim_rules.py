"""Who may see and decide which claims."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.accounts import hooks
from partnerships.accounts.choices import ClaimState, MemberRole
from partnerships.accounts.models import Claim, Membership, Person
from partnerships.core.access import Viewer, is_administrator, jurisdictions_written_by, organizations_managed_by
from partnerships.directory.rules import organizations_visible_to

NOT_LISTED = _("An organization that isn’t listed")


def claims_to_decide(person: Person) -> QuerySet[Claim]:
    """Claims of others that the person may decide.

    Editors of the office that keeps the organization, or to which a proposal was sent, decide claims; so do
    administrators. Of someone who confirmed a seat, the managers of the organization decide, as long as it has any. No one
    decides their own, and what someone said of themselves, that they don't speak for it, is for no one else.
    """
    rows = Claim.objects.exclude(by_seat=True, state=ClaimState.WITHDRAWN)
    for_managers = Q(by_seat=True, state=ClaimState.PENDING) & Exists(
        _managers().filter(organization=OuterRef("organization"))
    )
    own = Q(by_seat=True, organization__in=organizations_managed_by(person))
    if is_administrator(person):
        return rows.exclude(person=person).filter(own | ~for_managers)
    offices = jurisdictions_written_by(person)
    kept = Q(organization__kept_by__in=offices) | Q(organization=None, office__in=offices)
    return rows.filter(own | (kept & ~for_managers)).exclude(person=person.pk)


def _managers() -> QuerySet[Membership]:
    return Membership.objects.filter(role=MemberRole.MANAGER, person__is_active=True)


def managers_who_decide(claim: Claim) -> list[Person]:
    """The managers of the claimed organization who can sign in."""
    rows = _managers().filter(organization=claim.organization).exclude(person=claim.person_id).select_related("person")
    return [row.person for row in rows.order_by("person")]


def claims_visible_to(person: Person) -> QuerySet[Claim]:
    """The person's own claims, and those that they may decide."""
    if not getattr(person, "is_active", False) or not person.pk:
        return Claim.objects.none()
    return Claim.objects.filter(Q(person=person) | Q(pk__in=claims_to_decide(person).values("pk")))


def own_claims_waiting(person: Viewer) -> list[tuple[Claim, str]]:
    """The person's own claims that no one has decided yet, each with the name of what is claimed. Newest first."""
    if not isinstance(person, Person):
        return []
    rows = list(
        claims_visible_to(person).filter(person=person, state=ClaimState.PENDING).select_related("organization")
    )
    names = claimed_names(person, rows)
    return [(claim, names[claim.pk]) for claim in rows]


def claimed_names(person: Viewer, claims: Sequence[Claim]) -> dict[int, str]:
    """Claim's primary key → the name of the claimed organization, as far as the person may know it. One query, and a few for
    someone who confirmed a seat of an organization that the public doesn't see.

    People who claimed an organization that unlisted itself later don't learn its current name.
    """
    asked = [claim.organization_id for claim in claims if claim.organization_id]
    seen = set(organizations_visible_to(person).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    for claim in claims:
        if claim.by_seat and claim.organization and claim.organization_id not in seen and claim.person == person:
            seen |= {claim.organization.pk} if hooks.has_confirmed_seat(claim.person, claim.organization) else set()
    return {
        claim.pk: str(claim.organization) if claim.organization_id in seen else claim.name or str(NOT_LISTED)
        for claim in claims
    }


def may_decide_claim(person: Viewer, claim: Claim) -> bool:
    return isinstance(person, Person) and person.is_active and claims_to_decide(person).filter(pk=claim.pk).exists()


def claims_waiting_for(person: Viewer) -> QuerySet[Claim]:
    """The claims that wait for this person's decision."""
    if not isinstance(person, Person) or not person.is_active:
        return Claim.objects.none()
    return claims_to_decide(person).filter(state=ClaimState.PENDING)
