"""The occasions of emails about accounts and memberships, as the outbox stores them in `occurrence`."""

from partnerships.accounts.models import Invitation

CLOSED, OPENED, MADE_ONE = "suspended/", "reinstated/", "merged/"  # the prefixes of emails about an account
LET_IN = "let-in/"  # prefix of the email to an organization's own people, followed by the change's primary key


def occurrence_of(invitation: Invitation) -> str:
    return f"invitation/{invitation.pk}/{invitation.sent_at.isoformat()}"
