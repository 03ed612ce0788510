"""The letters about accounts and places in bodies. They carry no secret: whoever follows them signs in with a code first."""

from django.conf import settings
from django.urls import reverse

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.claim_rules import names_of_claimed
from partnerships.accounts.models import Claim, Invitation, Membership, Person
from partnerships.accounts.occasions import LET_IN, MADE_ONE
from partnerships.accounts.queries import names_of
from partnerships.core.errors import Missing
from partnerships.core.models import Change
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import day_words
from partnerships.notifications.account_readers import BODIES


def invitation(letter, recipient, context):
    found = context.get("subject") or Invitation.objects.filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return {
        "body": str(found.body),
        "role": MemberRole(found.role).label.lower(),
        "until": day_words(found.expires_at.date()),
        "page": _account(),
        "address": found.person.email,
    }


def membership_changed(letter, recipient, context):
    """About a body: the place that its reader has there now. About a person: whether they may sign in, or that two accounts are
    one (`is_gone` in the context: to the address that opens none any more)."""
    if context.get("is_gone") or letter.occurrence.startswith(MADE_ONE):
        is_gone = bool(context.get("is_gone"))
        return {"template": "account_one", "is_gone": is_gone, "page": "" if is_gone else _account()}
    if letter.subject_type == Person._meta.model_name:
        person = Person.objects.filter(pk=letter.subject_id).first()
        is_open = person is not None and person.is_active
        return {"template": "account_state", "is_open": is_open, "page": _account() if is_open else ""}
    body = context.get("subject") or BODIES[letter.subject_type].objects.filter(pk=letter.subject_id).first()
    if body is None:
        raise Missing
    if letter.occurrence.startswith(LET_IN):
        return _let_in(letter, recipient, body)
    place = Membership.objects.filter(person=recipient.person, **{letter.subject_type: body}).first()
    role = MemberRole(place.role).label.lower() if place else ""
    return {"body": str(body), "role": role, "page": _account()}


def _let_in(letter, recipient, organization):
    """To an organization's own people: who got access without a yes of its managers, and who gave it. Who no longer belongs there
    isn't told a name."""
    change = Change.objects.select_related("by").filter(pk=letter.occurrence.removeprefix(LET_IN)).first()
    if change is None:
        raise Missing
    was, now = dict(change.before["members"]), dict(change.after["members"])
    came_in = names_of([pk for pk, role in now.items() if was.get(pk) != role])
    is_there = Membership.objects.filter(person=recipient.person, organization=organization).exists()
    people = reverse("organization_people", args=[organization.public_id])
    return {
        "template": "let_in",
        "body": str(organization),
        "names": ", ".join(sorted(came_in.values())) if is_there else "",
        "by": str(change.by) if change.by_id and change.by_id not in came_in else "",
        "page": f"{settings.BASE_URL}{reverse('account_login')}?next={people}" if is_there else _account(),
    }


def claim_made(letter, recipient, context):
    claim = _claim(letter, context)
    return _about(claim, recipient) | {"is_proposal": claim.organization is None}


def claim_decided(letter, recipient, context):
    """Why stands on the page of the claim, for its own person."""
    claim = _claim(letter, context)
    return _about(claim, recipient) | {"state": claim.state}


def _about(claim, recipient):
    return {
        "about": names_of_claimed(recipient.person, [claim])[claim.pk],
        "page": settings.BASE_URL + f"{reverse('account_login')}?next={reverse('claim', args=[claim.pk])}",
    }


def _claim(letter, context):
    found = context.get("subject") or Claim.objects.select_related("organization").filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return found


def _account() -> str:
    """Your account, by way of the sign-in page."""
    return f"{settings.BASE_URL}{reverse('account_login')}?next={reverse('account')}"


ACCOUNT_LETTERS = {
    LetterKind.INVITATION: invitation,
    LetterKind.MEMBERSHIP_CHANGED: membership_changed,
    LetterKind.CLAIM_MADE: claim_made,
    LetterKind.CLAIM_DECIDED: claim_decided,
}
