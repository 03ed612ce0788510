"""What becomes of the contacts of two merged organizations: no one reads more of them than before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.models import Membership
from partnerships.core import repoint_references
from partnerships.core.access import SYSTEM, Author
from partnerships.core.children import referenced_elsewhere
from partnerships.core.errors import ValidationError
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Body, Organization
from partnerships.registry.models import Party
from partnerships.registry.seats import AT_WORK, holds_seat

_READERS = _(
    "People who can’t read the contacts of {of} now could read them after merging. A manager of {of} can merge the two. "
    "Without one, delete its contacts that aren’t public, then merge."
)


def keep_private(kept: Organization, lost: Organization, steps: list[dict[str, Any]]) -> None:
    """Contacts that only the office could read, because the profile wasn't open, aren't shown to more people now."""
    if kept.listing == Listing.PROFILED != lost.listing:
        for contact in lost.contacts.exclude(visible_to=Reader.STAFF):
            repoint_references.set_field(contact, "visible_to", Reader.STAFF, steps)


@dataclass(frozen=True)
class Audience:
    """Who could read the non-public `contacts` of an organization before a merge.

    They are its people and the staff of the office that keeps it, and for contacts that are open to partners the
    people of its partnerships (`partnership_ids`). `is_by_manager`: one of its own managers merges it.
    """

    name: str
    contacts: set[int]
    people: set[int]
    office: int | None
    partnership_ids: set[int]
    is_by_manager: bool

    @classmethod
    def of(cls, organization: Organization, by: Author) -> "Audience":
        people = dict(organization.memberships.values_list("person", "role"))
        open_to_all = Q(visible_to=Reader.PUBLIC) if organization.listing == Listing.PROFILED else Q(pk__in=())
        seated = Party.objects.filter(holds_seat(), AT_WORK, organization=organization)
        return cls(
            str(organization),
            set(organization.contacts.exclude(open_to_all).values_list("pk", flat=True)),
            set(people),
            organization.kept_by_id,
            set(seated.values_list("partnership", flat=True)),
            by is not SYSTEM and people.get(by.pk or 0) == MemberRole.MANAGER,
        )


def show_to_no_one_else(kept: Body, audiences: Sequence[Audience], steps: list[dict[str, Any]]) -> None:
    """Don't show non-public contacts to more people after a merge.

    A contact for partners is limited to the organization's own people and office, if it has more partners now. If
    those have become more too, the organization itself must agree: raises ValidationError.
    """
    partnership_ids = set().union(*(one.partnership_ids for one in audiences))
    people = set().union(*(one.people for one in audiences))
    for one in audiences:
        if one.is_by_manager:
            continue
        rows = kept.contacts.filter(pk__in=one.contacts)
        for contact in rows.filter(visible_to=Reader.PARTNERS) if partnership_ids - one.partnership_ids else ():
            repoint_references.set_field(contact, "visible_to", Reader.STAFF, steps)
        of_office = Membership.objects.filter(jurisdiction=one.office).values_list("person", flat=True)
        others = people - one.people - set(of_office if one.office else ())
        if rows.exists() and (others or getattr(kept, "kept_by_id", None) not in (None, one.office)):
            raise ValidationError(_READERS.format(of=one.name))


def delete_duplicates(kept: Body, steps: list[dict[str, Any]]) -> None:
    """Delete moved contacts whose email address an existing contact has, unless something else refers to them."""
    came = {step["pk"] for step in steps if step["do"] == repoint_references.MOVED and step["model"] == "contact"}
    contacts = list(kept.contacts.all())
    here = {row.email.lower() for row in contacts if row.email and row.pk not in came}
    twins = [row for row in contacts if row.pk in came and row.email.lower() in here]
    for row in set(twins) - referenced_elsewhere(twins):
        repoint_references.delete_row(row, steps)
