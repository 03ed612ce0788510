"""Sends a failed email again when a person asks for it: the same row with the same Message-ID."""

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from partnerships.core import clock
from partnerships.core.access import Author, Viewer, is_administrator, jurisdictions_written_by, require
from partnerships.core.background import wake
from partnerships.core.errors import ValidationError
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.mail.models import Email

# Their codes aren't stored. A person who wants to sign in asks for a new one.
_AT_ONCE = (EmailKind.SIGN_IN_CODE, EmailKind.UNKNOWN_ADDRESS)
ASKED = gettext_noop("Someone asked for it to be sent again.")


def may_send_again(person: Viewer, email: Email) -> bool:
    """Whether the email failed, isn't too late, and the person is an editor of the office that it belongs to."""
    is_late = email.expires_at is not None and email.expires_at <= clock.now()
    writes = is_administrator(person) or email.lead_id in jurisdictions_written_by(person)
    return writes and email.state == EmailState.FAILED and email.kind not in _AT_ONCE and not is_late


@transaction.atomic
def send_again(*, email: Email, by: Author) -> None:
    """Queue the email again. The sender checks whether its reader may still have it.

    Raises NotAllowed, or ValidationError with code “decided” when it isn't a failed email any longer.
    """
    require(is_administrator(by) or email.lead_id in jurisdictions_written_by(by))
    email = Email.objects.select_for_update().get(pk=email.pk)
    if not may_send_again(by, email):
        raise ValidationError(
            gettext("This email can’t be sent again. It didn’t fail, or it’s too late."), code="decided"
        )
    Email.objects.filter(pk=email.pk).update(
        state=EmailState.PLANNED,
        next_attempt_at=clock.now(),
        attempts=0,
        data_started_at=None,
        last_reply=ASKED,
    )
    wake("send_emails")
