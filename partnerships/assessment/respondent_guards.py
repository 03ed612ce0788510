"""Guards respondents of a running round: they can't be merged, and their contact can't get another address, be removed, or
go to another record than their partner.

Otherwise, a person with another mailbox could read sealed answers or erase them, or an office could choose who answers.
The check asks who is a respondent, never who has answered, so that the refusal itself reveals nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from partnerships.accounts.models import Person
from partnerships.assessment.models import Respondent
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.core.types import Text
from partnerships.directory.hooks import contacts_replaced
from partnerships.directory.models import Contact, body_key

BOTH = gettext_lazy("Both are asked in a round that is still open. Wait until it closes.")
SEALED = gettext_lazy(
    "Someone here is asked in a round that is still open, and only they may read what they answer. Wait until it closes."
)

ADDRESS = gettext_lazy(
    "This person is asked in a round that is still open, and only they may read what they answer. Keep this address until it "
    "closes."
)
GONE = gettext_lazy("{name} is asked in a round that is still open. Keep this contact until it closes.")


def open_respondents(someone: Contact | Person) -> QuerySet[Respondent]:
    """Where a Person or Contact is a respondent in rounds that can still be answered, or follows one who left."""
    return open_respondents_among([someone], type_key(someone))


def open_respondents_among(people: Iterable[Contact | Person], field: str) -> QuerySet[Respondent]:
    """`open_respondents` of several, all of one kind (`field`: person or contact).

    Someone who follows counts whether or not the place passed to them, so that no refusal reveals that.
    """
    theirs = Q(**{f"{field}__in": people}) | Q(**{f"follower_{field}__in": people})
    return Respondent.objects.filter(theirs, round__opened_at=None, round__cancelled_at=None)


def merge_refusal(kept: Contact | Person, lost: Contact | Person) -> Text:
    """Why these two can't be merged now, as a message; "" when they can. At most two queries."""
    if open_respondents(kept).filter(round__in=open_respondents(lost).values("round")).exists():
        return BOTH
    return SEALED if open_respondents(lost).exists() else ""


@contacts_replaced.register
def require_same_readers(contacts: QuerySet[Contact], rows: Sequence[dict[str, Any]]) -> None:
    """Raise ValidationError if saving these rows would remove a contact, or change its address, while it is a
    respondent.

    `rows`: dicts of Contact fields, with `id` for one that stays. Queries the database only if a row does so.
    """
    stay = {row["id"]: (index, row) for index, row in enumerate(rows) if row.get("id")}
    moved = [one for one in contacts if one.pk not in stay or _has_other_address(one, stay[one.pk][1])]
    if not moved:
        return
    asked = open_respondents_among(moved, "contact")
    pks = {pk for pair in asked.values_list("contact", "follower_contact") for pk in pair}
    gone = [GONE.format(name=one) for one in moved if one.pk in pks and one.pk not in stay]
    wrong = {f"contacts-{stay[one.pk][0]}-email": [ADDRESS] for one in moved if one.pk in pks and one.pk in stay}
    if wrong or gone:
        raise ValidationError(wrong | ({NON_FIELD_ERRORS: gone} if gone else {}), code="sealed")


def require_with_partner(contacts: QuerySet[Contact]) -> None:
    """Raise ValidationError under “contacts” if one of these, which went to another record, is a respondent of a partner that
    didn't go there, too.
    """
    asked = open_respondents_among(contacts, "contact")
    rows = asked.select_related("party", "contact", "follower_contact").order_by("pk")
    pairs = [(one.party, one.follower_contact or one.contact) for one in rows]
    left = [contact for party, contact in pairs if party and contact and body_key(party) != body_key(contact)]
    if left:
        raise ValidationError({"contacts": [GONE.format(name=one) for one in left]}, code="sealed")


def _has_other_address(contact: Contact, row: dict[str, Any]) -> bool:
    return row.get("email", contact.email).strip().lower() != contact.email.lower()
