"""What the emails about accounts and memberships are about, as the outbox keeps it in `occurrence`."""

from partnerships.accounts.models import Invitation

CLOSED, OPENED, MADE_ONE = "suspended/", "reinstated/", "merged/"  # how the occasions of letters about an account begin
LET_IN = "let-in/"  # of the letter to an organization's own people, with the number of the change


def occurrence_of(invitation: Invitation) -> str:
    return f"invitation/{invitation.pk}/{invitation.sent_at.isoformat()}"
