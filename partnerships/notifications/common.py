"""What emails about several subjects share: the record and its page, and planning by day and in batches."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from partnerships.core.errors import NotFound
from partnerships.mail import outbox
from partnerships.mail.models import Letter
from partnerships.meetings.rules import meetings_visible_to
from partnerships.registry.choices import Status
from partnerships.registry.representatives import keepers
from partnerships.registry.rules import partnerships_visible_to

BATCH = 200
HORIZON = timedelta(days=2)  # how far the sweep looks ahead; later emails were planned when their record was saved
CONTACT_OWNERS = ("contact__organization", "contact__department", "contact__jurisdiction")


def find_subject(model, email, context):
    found = context.get("subject")
    found = found or model.objects.select_related("partnership__lead").filter(pk=email.subject_id).first()
    if found is None:
        raise NotFound
    return found


def page_for(recipient, partnership, meeting=None, known=None) -> str:
    """The page that this reader can open: the meeting's, else the partnership's, else the home page.

    `known`: what was found for others of the batch. Readers without an account see what everyone sees.
    """
    key = ("page", recipient.person and recipient.person.pk, partnership.pk, meeting and meeting.pk)
    known = {} if known is None else known
    if key not in known:
        known[key] = _found_page(recipient, partnership, meeting)
    return known[key]


def _found_page(recipient, partnership, meeting):
    if meeting and meetings_visible_to(recipient.person).filter(pk=meeting.pk).exists():
        return settings.BASE_URL + reverse("meeting", args=[meeting.public_id])
    if partnerships_visible_to(recipient.person).filter(pk=partnership.pk).exists():
        return settings.BASE_URL + reverse("partnership", args=[partnership.public_id])
    return settings.BASE_URL + "/"


def any_time(due_at):
    return True


def keepers_by_lead(lead_ids) -> dict:
    people: dict[int | None, list] = {}
    for membership in keepers(lead_ids).select_related("person"):
        people.setdefault(membership.jurisdiction_id, []).append(membership.person)
    return people


def reminder_rows(kind, subject, occasion, people, dues, end: datetime, lead_id, due) -> list[Letter]:
    """One email to each person at each due moment. One that couldn't be sent expires when the next is due."""
    ends = [due_at for _, due_at in dues[1:]] + [end]
    return [
        outbox.build_row(kind, f"{occasion}/{offset.name}", one, subject, due_at, until, lead_id)
        for (offset, due_at), until in zip(dues, ends, strict=True)
        if due(due_at)
        for one in people
    ]


def batches(rows):
    """The rows in batches by primary key; each batch is read when it's needed."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def rows_near(rows, field, day, first, last):
    """Rows of partnerships that have not ended, whose `field` is `first` to `last` days from `day`, plus HORIZON."""
    days = {f"{field}__gte": day + timedelta(days=first), f"{field}__lte": day + timedelta(days=last) + HORIZON}
    return rows.filter(**days).exclude(partnership__status=Status.ENDED)
