"""Merges two contacts of one record, and logs it in the record's history.

It is saved as an ordinary change of the record, so version, history and undo work as usual. What referred to the lost
contact stays with the kept one, even after an undo.
"""

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.respondent_guards import SEALED, merge_refusal, open_respondents
from partnerships.core import clock, record_types, repoint_references
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change, Merge, type_key
from partnerships.core.types import Text
from partnerships.core.writing import lock
from partnerships.directory.choices import Reader
from partnerships.directory.merge_fields import KEPT, OTHER
from partnerships.directory.models import Body, Contact
from partnerships.mail.choices import Pace
from partnerships.meetings.models import Participant
from partnerships.notifications.models import EmailPreference
from partnerships.notifications.reassign_notifications import reassign
from partnerships.records.privacy import may_erase_contact

FIELDS = ("name", "role", "email", "phone", "note", "zone", "language")
_ONE = _("Choose two contacts of the same office or organization.")
_WHY = "Two contacts were merged."


def body_of(contact: Contact) -> Body:
    body = contact.organization or contact.department or contact.jurisdiction
    assert body is not None  # a constraint of the table
    return body


def refusal(kept: Contact, lost: Contact) -> Text:
    """Why these two can't be merged, as a message; "" when they can."""
    if kept.pk == lost.pk or body_of(kept) != body_of(lost):
        return _ONE
    return merge_refusal(kept, lost)


def differences(kept: Contact, lost: Contact) -> list[tuple]:
    """(field, the kept contact's value, the other's, the default choice) for fields in which they differ."""
    both = [(Contact._meta.get_field(name), getattr(kept, name), getattr(lost, name)) for name in FIELDS]
    return [(field, mine, theirs, KEPT if mine else OTHER) for field, mine, theirs in both if theirs and mine != theirs]


@transaction.atomic
def merge_contacts(
    *,
    kept: Contact,
    lost: Contact,
    by: Author,
    version: int | None = None,
    take: dict[str, str] | None = None,
    why: str = "",
) -> Contact:
    """Merge two contacts. The result is visible to no more people than either of them was.

    `version`: of their record, as the person saw it. `take`: field → KEPT or OTHER, for FIELDS. Raises NotAllowed,
    NotFound, EditConflict, and ValidationError with a message. Nothing is written then.
    """
    require(by is SYSTEM or may_erase_contact(by, kept))
    if words := refusal(kept, lost):
        raise ValidationError(words)
    body = lock(body_of(kept), version)
    contacts = {one.pk: one for one in body.contacts.all()}
    if not {kept.pk, lost.pk} <= contacts.keys():
        raise NotFound
    kept, lost = contacts[kept.pk], contacts.pop(lost.pk)
    found = differences(kept, lost)
    fields = {one.name: theirs for one, _, theirs, usual in found if ((take or {}).get(one.name) or usual) == OTHER}
    if "email" in fields and open_respondents(kept).exists():
        raise ValidationError(SEALED)
    fields["visible_to"] = max(kept.visible_to, lost.visible_to, key=Reader.values.index)
    _repoint_all(kept, lost)
    rows = [{"id": pk} | (fields if pk == kept.pk else {}) for pk in contacts]
    kind, request_id = type_key(body), uuid.uuid4()
    record_types.for_record(body).save(
        **{kind: body}, by=by, fields={}, contacts=rows, why=why or _WHY, request_id=request_id
    )
    change = Change.objects.get(request_id=request_id, record_type=kind, record_id=body.pk)
    # Stores nothing of the lost contact; it lets the erasure of the kept one find the former names of the other.
    Merge.objects.create(
        record_type="contact",
        kept_id=kept.pk,
        lost_id=lost.pk,
        before={"change": change.pk},
        by=account_of(by),
        at=clock.now(),
    )
    return Contact.objects.get(pk=kept.pk)


def _repoint_all(kept: Contact, lost: Contact) -> None:
    """Point everything that refers to the lost contact at the kept one. A kind of email that either one refused stays
    refused.
    """
    stopped = lost.email_preferences.filter(pace=Pace.NEVER).values("kind")
    EmailPreference.objects.filter(contact=kept, kind__in=stopped).update(pace=Pace.NEVER)
    reassign(kept, lost, [])
    repoint_references.repoint(kept, lost, join={Participant: ("answer", "answered_at")})
