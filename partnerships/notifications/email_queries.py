"""Reads the outbox: which emails, to which reader, about what, and the text of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from functools import reduce
from operator import or_

import django_filters
from django.conf import settings
from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import NO_NAME
from partnerships.accounts.models import ApiToken, Person
from partnerships.assessment.models import AskedParty, Respondent, Round
from partnerships.core import languages
from partnerships.core.access import Viewer
from partnerships.core.errors import NotFound
from partnerships.core.filters import ListFilter
from partnerships.core.models import type_key
from partnerships.core.text import without_addresses, without_links
from partnerships.core.types import Params
from partnerships.directory.models import Contact
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.mail.models import Email, Suppression
from partnerships.mail.outbox import Renderer
from partnerships.mail.suppressions import suppressions_visible_to
from partnerships.mail.transport import path_of
from partnerships.measurement.models import MeasureOwner, Reading
from partnerships.meetings.models import Action, CheckIn, CheckInPlan, Meeting
from partnerships.meetings.rules import emails_visible_to
from partnerships.notifications import recipients
from partnerships.registry.models import Agreement, Confirmation, Partnership, Party, Reply, SeatConsent

# These are for one reader only: a code, and what they follow.
PERSONAL = (EmailKind.SIGN_IN_CODE, EmailKind.FOLLOWED, EmailKind.DIGEST)
NOT_SHOWN = _("Only the recipient can read the text of this email.")
# What an email is about → where its title is.
TITLES = {
    Partnership: "title",
    Meeting: "title",
    Action: "title",
    CheckInPlan: "partnership__title",
    CheckIn: "plan__partnership__title",
    Agreement: "partnership__title",
    Party: "partnership__title",
    SeatConsent: "partnership__title",
    Confirmation: "party__partnership__title",
    Reply: "remark__partnership__title",
    Respondent: "round__partnership__title",
    Round: "partnership__title",
    AskedParty: "side__round__partnership__title",
    MeasureOwner: "measure__title",
    Reading: "measure__title",
    ApiToken: "name",
}
# Where the partnership is, if that isn't where the title is.
PARTNERSHIPS = {
    Meeting: "partnership",
    Action: "partnership",
    MeasureOwner: "party__partnership",
    Reading: "party__partnership",
}
# Of round reminders, staff see none (`emails_visible_to`).
SHOWN_KINDS = [(key, label) for key, label in EmailKind.choices if key != EmailKind.ROUND_REMINDER]
LONGEST = 100  # characters of a name or title to find
NO_TEXT = _("The text of this email is gone, because what it was about was deleted.")


@dataclass(frozen=True)
class EmailRow:
    """An email as staff read it: its reader, and the title of what it is about (empty for sign-in emails)."""

    email: Email
    to: str
    about: str


@dataclass(frozen=True)
class SuppressionRow:
    """A blocked email address, and who it belonged to."""

    entry: Suppression
    whose: str


def suppression_list(person: Viewer) -> QuerySet[Suppression]:
    """The blocked email addresses that the person may see, latest first."""
    return suppressions_visible_to(person).order_by("-pk")


def suppression_rows(entries: Iterable[Suppression]) -> list[SuppressionRow]:
    entries = list(entries)
    whose = _names("person", Person, entries) | _names("contact", Contact, entries)
    return [SuppressionRow(entry, whose.get(entry.recipient, gettext("Someone we don’t know"))) for entry in entries]


class EmailFilter(ListFilter):
    """The filters of the outbox. `about`: in the title of what an email is about or, of a partnership, its ID."""

    CONTROL = ("after",)

    to = django_filters.CharFilter(method="named", max_length=LONGEST)
    about = django_filters.CharFilter(method="titled", max_length=LONGEST)
    kind = django_filters.ChoiceFilter(choices=SHOWN_KINDS)
    state = django_filters.ChoiceFilter(choices=EmailState.choices)

    class Meta:
        model = Email
        fields: list[str] = []

    def named(self, emails: QuerySet[Email], name: str, text: str) -> QuerySet[Email]:
        kinds: tuple[tuple[str, type[Model]], ...] = (("person", Person), ("contact", Contact))
        return emails.filter(reduce(or_, (Q(recipient__in=_called(kind, model, text)) for kind, model in kinds)))

    def titled(self, emails: QuerySet[Email], name: str, text: str) -> QuerySet[Email]:
        return emails.filter(reduce(or_, (_of_title(model, text) for model in TITLES)))


def email_list(person: Viewer, params: Params) -> EmailFilter:
    """The outbox of the person, filtered by these parameters (a QueryDict). Raises as `ListFilter` does."""
    return EmailFilter(params, emails_seen(person), person=person)


def emails_seen(person: Viewer) -> QuerySet[Email]:
    """All emails of the outbox that the person may see, latest due first."""
    return emails_visible_to(person).select_related("lead").order_by("-due_at", "-pk")


def _called(kind: str, model: type[Model], text: str) -> QuerySet:
    """The keys of recipients of this kind whose name contains the text."""
    rows = model._default_manager.filter(name__icontains=text).order_by()
    return rows.annotate(key=Concat(Value(f"{kind}:"), Cast("pk", CharField()))).values("key")


def _of_title(model: type[Model], text: str) -> Q:
    path, _, last = TITLES[model].rpartition("__")
    path = PARTNERSHIPS.get(model, path if last == "title" else "")
    found = Q(**{f"{TITLES[model]}__icontains": text})
    if path:
        found |= Q(**{f"{path}__title__icontains": text}) | Q(**{f"{path}__public_id": text.upper()})
    if model is Partnership:
        found |= Q(public_id=text.upper())
    rows = model._default_manager.filter(found).order_by()
    return Q(subject_type=type_key(model), subject_id__in=rows.values("pk"))


def email_rows(emails: Sequence[Email]) -> list[EmailRow]:
    """These emails (a page of them) with names and titles, in a fixed number of queries."""
    emails = list(emails)
    to = _names("person", Person, emails) | _names("contact", Contact, emails)
    about: dict[tuple[str, int], str] = {}
    for model in TITLES:
        about |= _titles(model, emails)
    return [
        EmailRow(
            email,
            to.get(email.recipient, gettext("Someone without an account")),
            about.get((email.subject_type, email.subject_pk), ""),
        )
        for email in emails
    ]


def email_body(person: Viewer, email: Email, render: Renderer) -> tuple[str, str]:
    """The text of one email that the person may see, and its language: as it was written to its file, else as it would
    read now. In place of a text that isn't shown, the reason for that in the language of the page, and "".

    `render` is `emails.render`. An email to a sample person that went to a file is shown whole, with its code. In
    others, codes, personal links and email addresses are removed. Raises NotFound.
    """
    if not emails_visible_to(person).filter(pk=email.pk).exists():
        raise NotFound
    whole = email.is_sample and not settings.EMAIL_URL
    if email.kind in PERSONAL and not whole:
        return str(NOT_SHOWN), ""
    text = _file_content(email)
    if text is None and email.kind in PERSONAL:
        return str(NOT_SHOWN), ""
    recipient = recipients.find(email.recipient) or recipients.unknown_recipient("")
    if text is None:
        try:
            text = render(email, recipient, {}).text
        except NotFound:
            return str(NO_TEXT), ""
    language = languages.supported_or_default(recipient.language)
    return text if whole else without_links(without_addresses(text)), language


def _file_content(email: Email) -> str | None:
    """The content of the email's file, if emails go to files."""
    path = path_of(settings.MAIL_DIR, email.message_id)
    if not (email.is_sample or not settings.EMAIL_URL) or not path.exists():
        return None
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    return body.get_content() if body else None


def _names(kind: str, model: type[Model], emails: Sequence[Email | Suppression]) -> dict:
    ids = {email.recipient.partition(":")[2] for email in emails if email.recipient.startswith(f"{kind}:")}
    names = model._default_manager.filter(pk__in=ids).values_list("pk", "name") if ids else []
    return {f"{kind}:{pk}": name or str(NO_NAME) for pk, name in names}


def _titles(model: type[Model], emails: Sequence[Email]) -> dict:
    kind = type_key(model)
    ids = {email.subject_id for email in emails if email.subject_type == kind}
    titles = model._default_manager.filter(pk__in=ids).values_list("pk", TITLES[model]) if ids else []
    return {(kind, pk): words for pk, words in titles}
