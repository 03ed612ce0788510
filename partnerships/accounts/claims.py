"""Claims: a person says that they represent an organization, others decide, and a membership starts or ends with it.

All functions raise NotAllowed, and ValidationError with a message for the person who acts.
"""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts import hooks
from partnerships.accounts.choices import ClaimState, MemberRole
from partnerships.accounts.claim_rules import managers_who_decide, may_decide_claim
from partnerships.accounts.members import change_members
from partnerships.accounts.models import Claim, ClaimFile, Membership, Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM, WRITING_ROLES, Author, account_of, require
from partnerships.core.errors import RateLimited, ValidationError
from partnerships.core.writing import lock
from partnerships.directory.actions import save_organization
from partnerships.directory.choices import Listing
from partnerships.directory.domains import domain_of, is_of_website
from partnerships.directory.hooks import organization_saved
from partnerships.directory.models import Jurisdiction, Organization
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.mail.message import mailbox_of
from partnerships.mail.suppressions import digest_of

MOST_OPEN, MOST_A_DAY = 5, 10
DECIDED_ALREADY = _("Someone has already decided this. See the decision below.")
SEAT_ENDED = _("The seat that this person confirmed isn’t confirmed by them any longer, so this can’t be approved.")


@organization_saved.register
def hand_over_claims(organization: Organization, *, before: dict, **_: Any) -> None:
    """Show the emails about claims to the staff of the office that keeps the record from now on."""
    if "kept_by" in before:
        about = {"claim": organization.claims.values("pk")}
        outbox.hand_over(about, was=before["kept_by"], lead=organization.kept_by)


@transaction.atomic
def make_claim(
    *,
    by: Person,
    organization: Organization | None = None,
    fields: dict[str, Any],
    file: tuple[str, str, bytes] | None = None,
) -> Claim:
    """Save a claim and email the people who decide.

    `fields`: position and evidence, and for an organization that isn't listed also name, website, about and office.
    `file`: name, type and content as `uploads.accept` returns them. A new person at the organization's confirmed email
    domain becomes an editor at once, and its people are told (`is_approved_by_domain`).
    """
    require(by.is_active)
    # so that two claims sent at the same time are counted one after the other
    Person.objects.select_for_update().get(pk=by.pk)
    _check_limits(by, organization)
    claim = Claim(person=by, organization=organization, made_at=clock.now(), **fields)
    if organization:
        claim.name = claim.website = claim.about = ""
        claim.office = None
    claim.is_sample = by.is_sample
    claim.full_clean()
    at_its_domain = organization is not None and is_approved_by_domain(by, organization)
    if not (claim.evidence or file or at_its_domain):
        raise ValidationError({"evidence": gettext("Describe your proof in a few words, or add a document.")})
    claim.save()
    if file:
        name, kind, content = file
        ClaimFile.objects.create(claim=claim, name=name, content_type=kind, content=content)
    if at_its_domain:
        claim.by_rule = True
        return _save_decision(claim, ClaimState.APPROVED, SYSTEM, "")
    office = _office(claim)
    outbox.plan(EmailKind.CLAIM_MADE, f"claim-{claim.pk}", deciders(claim), claim, lead=office)
    return claim


def claim_by_seat(*, by: Person, organization: Organization, given_by: Jurisdiction | None) -> Claim:
    """Save the claim of a person who confirmed a seat of the organization by a link to their address, and email the people
    who decide. Only for `registry.seat_questions`, which has locked the account and checked that.

    `given_by`: the office that itself gave that address for the organization, if one did. Where no one of the organization
    ever had a role here, the person then becomes its first manager, and the office is told, which can revoke it.
    """
    organization = lock(organization, None)
    claim = _seat_claim(by, organization)
    claim.save()
    if given_by is None or organization.memberships.exists() or organization.former_members.exists():
        outbox.plan(EmailKind.CLAIM_MADE, f"claim-{claim.pk}", deciders(claim), claim, lead=_office(claim))
        return claim
    claim = _save_decision(claim, ClaimState.APPROVED, SYSTEM, "")
    organization.memberships.filter(person=by).update(address_given_by=given_by)
    outbox.plan(EmailKind.FIRST_MANAGER, f"claim-{claim.pk}/first", deciders(claim), claim, lead=_office(claim))
    return claim


def refuse_by_seat(*, by: Person, organization: Organization) -> Claim:
    """Save that a person who confirmed a seat of the organization doesn't speak for it. No one else is told. Only for
    `registry.seat_questions`.
    """
    claim = _seat_claim(by, organization)
    claim.state, claim.reviewed_at = ClaimState.WITHDRAWN, claim.made_at
    claim.save()
    return claim


def _seat_claim(person: Person, organization: Organization) -> Claim:
    """An unsaved claim without a position and evidence: what it says is that the person confirmed a seat."""
    return Claim(
        person=person, organization=organization, by_seat=True, made_at=clock.now(), is_sample=person.is_sample
    )


def is_approved_by_domain(person: Person, organization: Organization) -> bool:
    """Whether a claim needs no decision.

    The person signs in with an address at the domain that a manager of the organization confirmed and that its website
    has too; a manager with an address at that domain can end the membership; and the person never was one of its
    people and never claimed it before.
    """
    domain = organization.mail_domain
    if not is_of_website(domain, organization.website) or domain_of(person.email) != domain:
        return False
    managers = organization.memberships.filter(role=MemberRole.MANAGER, person__is_active=True, let_in_with=None)
    return managers.filter(person__email__iendswith=f"@{domain}").exists() and not was_there_before(
        person, organization
    )


def was_there_before(person: Person, organization: Organization) -> bool:
    """Whether the person is or was one of the organization's people, or has claimed it, with any address of the same
    mailbox.
    """
    mailbox = mailbox_of(person.email)
    digests = {digest_of(person.email), digest_of(mailbox)}
    claimed = organization.claims.exclude(state=ClaimState.WITHDRAWN)
    memberships = [
        *organization.memberships.values_list("person", "person__email"),
        *claimed.values_list("person", "person__email"),
    ]
    return organization.former_members.filter(digest__in=digests).exists() or any(
        pk == person.pk or mailbox_of(address) == mailbox for pk, address in memberships
    )


def _check_limits(by: Person, organization: Organization | None) -> None:
    own = Claim.objects.filter(person=by)
    _check_day(own.order_by("-made_at").values_list("made_at", flat=True)[:MOST_A_DAY])
    waiting = own.filter(state=ClaimState.PENDING)
    if waiting.count() >= MOST_OPEN:
        raise ValidationError(
            gettext("Five of your claims are already waiting. Wait until they’re decided."), code="too_many"
        )
    if organization is None:
        return
    if waiting.filter(organization=organization).exists():
        raise ValidationError(gettext("Your claim is already waiting for a decision."), code="twice")
    if Membership.objects.filter(person=by, organization=organization, role__in=WRITING_ROLES).exists():
        raise ValidationError(gettext("You’re already one of its editors."), code="twice")


def _check_day(latest: QuerySet[Claim, Any]) -> None:
    now, day = clock.now(), timedelta(days=1)
    if len(latest) == MOST_A_DAY and latest[MOST_A_DAY - 1] > now - day:
        seconds = ceil((latest[MOST_A_DAY - 1] + day - now).total_seconds())
        raise RateLimited(gettext("That’s a lot of claims in one day."), seconds=seconds)


def _office(claim: Claim) -> Jurisdiction | None:
    return claim.organization.kept_by if claim.organization else claim.office


def deciders(claim: Claim) -> list[Person]:
    """The people to notify: the editors of the claim's office, or administrators if it has none; never the claimant.

    Of someone who confirmed a seat: the managers of the organization, if it has any.
    """
    if claim.by_seat and claim.state == ClaimState.PENDING and (own := managers_who_decide(claim)):
        return own
    active = Person.objects.filter(is_active=True).exclude(pk=claim.person_id).order_by("pk")
    office = _office(claim)
    staff = (
        active.filter(memberships__jurisdiction=office, memberships__role__in=WRITING_ROLES)
        if office
        else active.none()
    )
    return list(staff.distinct()) or list(active.filter(is_administrator=True))


@transaction.atomic
def approve_claim(*, claim: Claim, by: Person, reason: str = "", not_duplicates: Iterable[Organization] = ()) -> Claim:
    """Give the claimant a membership: manager if there is none, otherwise editor.

    A proposed organization is created, unlisted and kept by its office. `not_duplicates`: organizations that it doesn't
    duplicate.
    """
    claim = _locked_claim(claim, by, ClaimState.PENDING)
    if claim.by_seat and not hooks.has_confirmed_seat(claim.person, _organization(claim)):
        raise ValidationError(SEAT_ENDED, code="seat_ended")
    if claim.organization is None:
        fields: dict[str, Any] = {
            "name": claim.name,
            "website": claim.website,
            "aims": claim.about,
            "kept_by": claim.office,
        }
        fields |= {"listing": Listing.UNLISTED, "is_sample": claim.is_sample}
        why = f"Proposed with claim {claim.pk}."
        claim.organization = save_organization(
            by=by, fields=fields, why=why, not_duplicates=not_duplicates, distinct_because=reason
        )
    return _save_decision(claim, ClaimState.APPROVED, by, reason)


@transaction.atomic
def identify_organization(*, claim: Claim, by: Person, organization: Organization) -> Claim:
    """Say which organization of the registry a proposal is about. It then waits for a decision like any claim of it.

    People propose an unlisted organization that is here already, since they can't see it to claim it. Only someone who
    decides about both does this.
    """
    claim = _locked_claim(claim, by, ClaimState.PENDING)
    if claim.organization is not None:
        raise ValidationError(DECIDED_ALREADY, code="decided")
    if organization.claims.filter(person=claim.person_id, state=ClaimState.PENDING).exists():
        raise ValidationError(gettext("This person has a claim of that record already. Decide that one."), code="twice")
    claim.organization = organization
    claim.save()
    require(may_decide_claim(by, claim))  # if not, the transaction ends without a change
    return claim


@transaction.atomic
def deny_claim(*, claim: Claim, by: Person, reason: str) -> Claim:
    claim = _locked_claim(claim, by, ClaimState.PENDING)
    _require_reason(reason)
    return _save_decision(claim, ClaimState.DENIED, by, reason)


@transaction.atomic
def revoke_claim(*, claim: Claim, by: Person, reason: str) -> Claim:
    """Undo an approval and end the membership. No reason is needed where no one approved it: the person confirmed a seat."""
    claim = _locked_claim(claim, by, ClaimState.APPROVED)
    if not is_first_manager(claim):
        _require_reason(reason)
    # `by` is None because the claimant may well be the only manager.
    with change_members(_organization(claim), by=SYSTEM, why=f"Claim {claim.pk} was revoked.", emails=False) as (body,):
        body.memberships.filter(person=claim.person).delete()
    return _save_decision(claim, ClaimState.REVOKED, by, reason)


@transaction.atomic
def withdraw_claim(*, claim: Claim, by: Person) -> Claim:
    """Withdraw one's own claim while it isn't decided."""
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    require(by.is_active and claim.person_id == by.pk)
    if claim.state != ClaimState.PENDING:
        raise ValidationError(DECIDED_ALREADY, code="decided")
    claim.state, claim.reviewed_at = ClaimState.WITHDRAWN, clock.now()
    claim.save()
    return claim


def _locked_claim(claim: Claim, by: Person, state: str) -> Claim:
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    require(may_decide_claim(by, claim))
    if claim.state != state:
        raise ValidationError(DECIDED_ALREADY, code="decided")
    return claim


def is_first_manager(claim: Claim) -> bool:
    """Whether the person became the first manager by their own press, after they confirmed a seat."""
    return claim.by_seat and claim.state == ClaimState.APPROVED and claim.reviewed_by_id is None


def _organization(claim: Claim) -> Organization:
    assert claim.organization is not None  # an approved claim has one
    return claim.organization


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": gettext("Give a short reason. The person who made the claim will read it.")})


def _save_decision(claim: Claim, state: str, by: Author, reason: str) -> Claim:
    if state == ClaimState.APPROVED:
        _let_in(claim, by)
    claim.state, claim.reason, claim.reviewed_by, claim.reviewed_at = state, reason, account_of(by), clock.now()
    claim.full_clean(exclude=["person", "position"] if claim.by_seat else ["person"])
    claim.save()
    lead = _office(claim)
    outbox.plan(EmailKind.CLAIM_DECIDED, f"claim-{claim.pk}/{state}", [claim.person], claim, lead=lead)
    return claim


def _let_in(claim: Claim, by: Author) -> None:
    why = f"Claim {claim.pk} was approved."
    with change_members(_organization(claim), by=by, why=why, emails=False) as (body,):
        if body.memberships.filter(person=claim.person, role__in=WRITING_ROLES).exists():
            return
        has_manager = body.memberships.filter(role=MemberRole.MANAGER, person__is_active=True).exists()
        role = MemberRole.EDITOR if has_manager else MemberRole.MANAGER
        body.memberships.update_or_create(person=claim.person, defaults={"role": role})
