"""Closed vocabularies of accounts: what a member of a body may do there, how invitations and claims stand, what tokens read."""

from django.db import models

NO_NAME = "Someone without a name"
MEMBERS = "members"  # the verb of the change log for who belongs to a body: no part of the record, so no version moves


class MemberRole(models.TextChoices):
    READER = "reader", "Reader"
    EDITOR = "editor", "Editor"
    MANAGER = "manager", "Manager"


class InvitationState(models.TextChoices):
    OPEN = "open", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Taken back"


class ClaimState(models.TextChoices):
    PENDING = "pending", "Waiting for a decision"
    APPROVED = "approved", "Approved"
    DENIED = "denied", "Denied"
    REVOKED = "revoked", "Revoked"
    WITHDRAWN = "withdrawn", "Taken back"


class Scope(models.TextChoices):
    """What a token reads: what everyone may, or also what its person may through the bodies that it names."""

    PUBLIC = "public", "Published records"
    BODIES = "bodies", "Also drafts and private fields of the bodies below"


class Kept(models.TextChoices):
    """The kinds of record that an office may let go after some time."""

    CLAIMS = "claims", "Decided claims, with their evidence"
    INVITATIONS = "invitations", "Answered and outdated invitations"
    SUGGESTIONS = "suggestions", "Decided suggestions, with the sender's address"
    LETTERS = "letters", "Rows of sent and failed letters"
    CHANGES = "changes", "Entries of the change log"
    CHECK_INS = "check_ins", "Notes of check-ins"
