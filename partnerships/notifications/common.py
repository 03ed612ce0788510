"""What emails about several subjects share: the record and its page, and planning by day and in batches."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import translation

from partnerships.accounts.models import Membership, Person
from partnerships.core.errors import NotFound
from partnerships.core.filters import LANGUAGE
from partnerships.core.models import Change, Record, type_key
from partnerships.directory.models import Contact, Suggestion
from partnerships.mail import outbox
from partnerships.mail.audience import Recipient
from partnerships.mail.models import Email
from partnerships.mail.schedule import Offset
from partnerships.meetings.models import CheckInPlan, Meeting
from partnerships.meetings.rules import meetings_visible_to
from partnerships.registry.choices import Status
from partnerships.registry.models import Agreement, Partnership
from partnerships.registry.representatives import editors_of_leads
from partnerships.registry.rules import partnerships_visible_to

# Whether an email of this moment is to be planned now.
# Whether an email that is due at this moment is planned now.
IsNear = Callable[[datetime], bool]
# Who gets an email, what it is about, and why it may not be sent ("" when it may): `find_audience` checks the rest.
RecipientCheck = tuple[Person | Contact | Suggestion | Recipient | None, Any, str]
RecipientReader = Callable[[Email], RecipientCheck]
# (the email, its recipient, its context) → what its template shows.
Writer = Callable[[Email, Recipient, dict[str, Any]], dict[str, Any]]
BATCH = 200
Row = TypeVar("Row", bound=Model)
HORIZON = timedelta(days=2)  # how far the sweep looks ahead; later emails were planned when their record was saved
CONTACT_OWNERS = ("contact__organization", "contact__department", "contact__jurisdiction")


def find_subject(rows: QuerySet[Row], email: Email, context: dict[str, Any]) -> Row:
    """What the email is about: as its reader function found it, otherwise from these rows. Raises NotFound."""
    found = context.get("subject") or rows.filter(pk=email.subject_pk).first()
    if found is None:
        raise NotFound
    return found


def recipient_among(email: Email, memberships: QuerySet[Membership]) -> Person | None:
    """The person that an email goes to, if one of these memberships is theirs."""
    member = memberships.filter(person__pk=email.recipient_pk).select_related("person").first()
    return member.person if member else None


def reply_to(person: Person | None) -> tuple[str, str] | None:
    """(name, address) that answers to an email go to that this person asked for; None if they have left."""
    return (person.name, person.email) if person and person.is_active and person.name else None


def answers_go_to(person: Person | None, recipient: Recipient) -> dict[str, Any]:
    """The context of emails/_note.txt for an email whose answers go to this person, unless they get it themselves."""
    to = None if person is None or person == recipient.person else reply_to(person)
    return {"by": to[0] if to else "", "reply_to": to}


def creator_of(record: Record) -> Person | None:
    """The person who made a record, by its history; None if they are gone, or a command made it."""
    rows = Change.objects.filter(record_type=type_key(record), record_id=record.pk, verb="create")
    made = rows.select_related("by").first()
    return made.by if made else None


def through_sign_in(path: str) -> str:
    """The URL of a page for people who are signed in. The sign-in page is in the language of the email."""
    language = translation.get_language()
    more = "" if language == settings.LANGUAGE_CODE else f"&{LANGUAGE}={language}"
    return f"{settings.BASE_URL}{reverse('account_login')}?next={path}{more}"


def page_for(
    recipient: Recipient, partnership: Partnership, meeting: Meeting | None = None, known: dict | None = None
) -> str:
    """The page that this reader can open: the meeting's, else the partnership's, else the home page.

    `known`: what was found for others of the batch. Readers without an account see what everyone sees.
    """
    key = ("page", recipient.person and recipient.person.pk, partnership.pk, meeting and meeting.pk)
    known = {} if known is None else known
    if key not in known:
        known[key] = _found_page(recipient, partnership, meeting)
    return known[key]


def _found_page(recipient: Recipient, partnership: Partnership, meeting: Meeting | None) -> str:
    if meeting and meetings_visible_to(recipient.person).filter(pk=meeting.pk).exists():
        return settings.BASE_URL + reverse("meeting", args=[meeting.public_id])
    if partnerships_visible_to(recipient.person).filter(pk=partnership.pk).exists():
        return settings.BASE_URL + reverse("partnership", args=[partnership.public_id])
    return settings.BASE_URL + "/"


def any_time(due_at: datetime) -> bool:
    return True


def editors_by_lead(lead_ids: Collection[int]) -> dict[int | None, list[Person]]:
    people: dict[int | None, list[Person]] = {}
    for membership in editors_of_leads(lead_ids).select_related("person"):
        people.setdefault(membership.jurisdiction_id, []).append(membership.person)
    return people


def reminder_rows(
    kind: str,
    subject: CheckInPlan | Agreement,
    occasion: str,
    people: Sequence[Person | Contact],
    dues: Sequence[tuple[Offset, datetime]],
    end: datetime,
    lead_id: int,
    is_near: IsNear,
) -> list[Email]:
    """One email to each person at each due moment. One that couldn't be sent expires when the next is due."""
    ends = [due_at for _, due_at in dues[1:]] + [end]
    return [
        outbox.build_row(kind, f"{occasion}/{offset.name}", one, subject, due_at, until, lead_id)
        for (offset, due_at), until in zip(dues, ends, strict=True)
        if is_near(due_at)
        for one in people
    ]


def batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """The rows in batches by primary key; each batch is read when it's needed."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def rows_near(rows: QuerySet[Row], field: str, day: date, first: int, last: int) -> QuerySet[Row]:
    """Rows of partnerships that have not ended, whose `field` is `first` to `last` days from `day`, plus HORIZON."""
    days = {f"{field}__gte": day + timedelta(days=first), f"{field}__lte": day + timedelta(days=last) + HORIZON}
    return rows.filter(**days).exclude(partnership__status=Status.ENDED)
