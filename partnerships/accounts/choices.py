"""Closed vocabularies of accounts: what a member of a body may do there, how invitations and claims stand, what tokens read."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

NO_NAME = "Someone without a name"
# Verbs of the change log for what is no part of a record, so that no version moves: who belongs to a body, and how long an
# office keeps things.
MEMBERS, KEEPING = "members", "keeping"
BESIDE_RECORD = (MEMBERS, KEEPING)
# How long an organization's people may end a place that was given from outside, and hear of it after they left.
PEOPLE_STAY = timedelta(days=90)
LET_GO = "let_go"  # of the registry as a whole: what belonged to no office and was let go


class MemberRole(models.TextChoices):
    READER = "reader", _("Reader")
    EDITOR = "editor", _("Editor")
    MANAGER = "manager", _("Manager")


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
    PARTICIPANTS = "participants", "Who was asked to past meetings, and what they answered"
    ROUNDS = "rounds", "Words and single answers of rounds, from the day that they open (scores stay)"


class FileState(models.TextChoices):
    WAITING = "waiting", "waits for its turn"
    MAKING = "making", "being made"
    READY = "ready", "ready"
    FAILED = "failed", "could not be made"


class ImportKind(models.TextChoices):
    ORGANIZATIONS = "organizations", "Organizations"
    CONTACTS = "contacts", "Contacts"
    DEPARTMENTS = "departments", "Departments"
    PARTNERSHIPS = "partnerships", "Partnerships with their parties"
    NUMBERS = "numbers", "Numbers of measures"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "its columns are to be matched"
    CHECKING = "checking", "being compared with the registry"
    READY = "ready", "ready to look at"
    WRITING = "writing", "being written"
    DONE = "done", "written"
    FAILED = "failed", "nothing was written"
