"""The email to an organization that unlisted itself or declined a seat, when someone records another one with a name like its
own and says that it's a different one: who said so, and how to object.

`Email.occurrence` ends with the public id of the other one and the primary key of the person.
"""

from collections.abc import Sequence
from typing import Any

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import WRITING_ROLES, Author, account_of
from partnerships.core.errors import NotFound
from partnerships.directory import hooks
from partnerships.directory.models import Contact, Organization
from partnerships.mail import outbox
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.notifications.common import Writer, answers_go_to, find_subject, through_sign_in
from partnerships.notifications.partners import USEFUL
from partnerships.registry.rules import organizations_that_said_no

# What it says


def _name_alike(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    organization = find_subject(Organization.objects.all(), email, context)
    public_id, _, by_pk = email.occurrence.rpartition("/")[2].partition(":")
    other = Organization.objects.filter(public_id=public_id).first()
    if other is None:
        raise NotFound
    by = Person.objects.filter(pk=by_pk).first() if by_pk else None
    return {
        "organization": organization.name,
        "other": other.name,
        "office": other.kept_by.name if other.kept_by else "",
        "page": through_sign_in(organization.get_absolute_url()) if recipient.person else "",
    } | answers_go_to(by, recipient)


WRITERS: dict[str, Writer] = {EmailKind.NAME_ALIKE: _name_alike}


# When it is planned, and for which people


@hooks.said_to_differ.register
def tell(organization: Organization, others: Sequence[Organization], *, by: Author) -> None:
    """Email the people of those of `others` that unlisted themselves or said no to a seat; once for each person who says it."""
    person = account_of(by)
    said_no = organizations_that_said_no(others)
    for other in others:
        if other.has_withdrawn or other.pk in said_no:
            people = {key_of(one): one for one in _people_of(other) if one != person}
            occurrence = f"{other.public_id}/name/{organization.public_id}:{person.pk if person else ''}"
            until = clock.now() + USEFUL
            outbox.plan(EmailKind.NAME_ALIKE, occurrence, people.values(), other, expires_at=until, lead=other.kept_by)


def _people_of(organization: Organization) -> Sequence[Person | Contact]:
    """Its managers and editors; its contacts if it has none."""
    members = organization.memberships.filter(role__in=WRITING_ROLES, person__is_active=True)
    people = [one.person for one in members.select_related("person").order_by("pk")]
    return people or list(organization.contacts.exclude(email="").order_by("pk"))
