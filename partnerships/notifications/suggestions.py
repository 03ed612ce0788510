"""Emails about suggestions to correct the directory: what they say and who gets them. `directory.suggestions` plans them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from partnerships.core.errors import NotFound
from partnerships.directory.models import Suggestion
from partnerships.directory.rules import may_decide, organizations_visible_to
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.notifications.common import RecipientCheck, Writer


def suggestion_made(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    suggestion = _suggestion(email)
    about = suggestion.organization.name if suggestion.organization else suggestion.fields.get("name", "")
    page = settings.BASE_URL + reverse("suggestion", args=[suggestion.pk])
    return {"about": about, "page": page, "is_proposal": suggestion.organization is None}


def suggestion_decided(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, str]:
    suggestion = _suggestion(email)
    listed = organizations_visible_to(None).filter(pk__in=[suggestion.organization_id]).first()
    return {
        "about": suggestion.before.get("name") or suggestion.fields.get("name") or (listed.name if listed else ""),
        "state": suggestion.state,
        "reason": suggestion.reason,
        "page": settings.BASE_URL + (reverse("organization", args=[listed.public_id]) if listed else "/"),
    }


def _suggestion(email: Email) -> Suggestion:
    found = Suggestion.objects.select_related("organization").filter(pk=email.subject_pk).first()
    if found is None:
        raise NotFound
    return found


WRITERS: dict[str, Writer] = {
    EmailKind.SUGGESTION_MADE: suggestion_made,
    EmailKind.SUGGESTION_DECIDED: suggestion_decided,
}


def read_suggestion(email: Email, find: Callable[[str], Recipient | None]) -> RecipientCheck:
    suggestion = Suggestion.objects.select_related("organization").filter(pk=email.subject_pk).first()
    someone = find(email.recipient)
    if suggestion is None:
        return None, None, gettext_noop("The suggestion is gone.")
    if email.kind == EmailKind.SUGGESTION_MADE and not (someone and may_decide(someone.person, suggestion)):
        return None, suggestion, gettext_noop("They can no longer decide it.")
    return someone, suggestion, ""
