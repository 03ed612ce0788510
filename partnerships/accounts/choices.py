"""Closed vocabularies of accounts: roles, states of invitations and claims, scopes of tokens."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

NO_NAME = _("Someone (no name yet)")
# Verbs of the change log for entries that aren't part of a record, so that no version moves: members of an office or
# organization, its retention rules, its webhooks, its service accounts, and who followed someone who left.
MEMBERS, RETENTION_CHANGED = "members", "keeping"
WEBHOOK_VERBS = ("webhook", "rewebhook", "resecret", "pausehook", "resumehook", "unwebhook")
SERVICE_VERBS = ("service", "reservice", "takeservice", "unservice")
LEFT = "left"  # someone left, and what they had passed to someone else
VERBS_WITHOUT_VERSION = (MEMBERS, RETENTION_CHANGED, LEFT, *WEBHOOK_VERBS, *SERVICE_VERBS)
# How long an organization's people can end a membership that was given from outside, and are told of it after they
# left.
PEOPLE_STAY = timedelta(days=90)
# How long a service account still reads after the person who answers for it stopped managing its office or organization.
READS_UNANSWERED = timedelta(days=14)
LEAST_KEPT_DAYS = 30  # for which every retention rule keeps what it is about
DELETED_UNOWNED = "let_go"  # verb for the whole registry: what belonged to no office and was deleted by retention


class MemberRole(models.TextChoices):
    READER = "reader", _("Viewer")
    EDITOR = "editor", _("Editor")
    MANAGER = "manager", _("Manager")


class Outcome(models.TextChoices):
    """What becomes of something when the person it depends on leaves."""

    PASSES = "passes", _("Passes on")
    ENDS = "ends", _("Ends")
    STAYS = "stays", _("Stays as it is")


class InvitationState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ClaimState(models.TextChoices):
    PENDING = "pending", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    DENIED = "denied", _("Denied")
    REVOKED = "revoked", _("Revoked")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Scope(models.TextChoices):
    """What a token can read: public records, or also what its person can read through the memberships that it names."""

    PUBLIC = "public", "Published records"
    BODIES = "bodies", "Also drafts and private fields of the offices and organizations below"


class Readable(models.TextChoices):
    """What a token may read, by the names of the API's lists."""

    PARTNERSHIPS = "partnerships", _("Partnerships")
    ORGANIZATIONS = "organizations", _("Organizations")
    JURISDICTIONS = "jurisdictions", _("Jurisdictions")
    DEPARTMENTS = "departments", _("Departments")
    ISSUE_AREAS = "issue-areas", _("Issue areas")
    MEETINGS = "meetings", _("Meetings")
    RESULTS = "results", _("Results")
    MEASURES = "measures", _("Measures")
    ACTIVITIES = "activities", _("Activities")
    PLANS = "plans", _("Plans")
    ACTION_ITEMS = "action-items", _("Action items")
    CHECK_INS = "check-ins", _("Check-ins")
    INTERACTIONS = "interactions", _("Interactions")
    COMPOSITIONS = "compositions", _("Counts of members")
    POPULATIONS = "populations", _("Populations")
    AGREEMENTS = "agreements", _("Agreements")
    ROUNDS = "rounds", _("Survey rounds")
    VOCABULARIES = "vocabularies", _("Vocabularies")


class Writable(models.TextChoices):
    """The kinds of record that a token may change, by the names of their lists in the API."""

    PARTNERSHIPS = "partnerships", _("Partnerships")
    ORGANIZATIONS = "organizations", _("Organizations")
    JURISDICTIONS = "jurisdictions", _("Jurisdictions")
    DEPARTMENTS = "departments", _("Departments")
    MEETINGS = "meetings", _("Meetings")
    RESULTS = "results", _("Results")
    MEASURES = "measures", _("Measures and their numbers")
    ACTIVITIES = "activities", _("Activities")
    PLANS = "plans", _("Plans")
    ACTION_ITEMS = "action-items", _("Action items")
    CHECK_INS = "check-ins", _("Check-ins")
    INTERACTIONS = "interactions", _("Interactions")
    COMPOSITIONS = "compositions", _("Counts of members")
    POPULATIONS = "populations", _("Populations")


class RetentionKind(models.TextChoices):
    """The kinds of record that an office can delete after some time."""

    CLAIMS = "claims", _("Decided claims, with their evidence")
    INVITATIONS = "invitations", _("Answered and expired invitations")
    SUGGESTIONS = "suggestions", _("Decided suggestions, with the sender’s address")
    EMAILS = "letters", _("Sent and failed emails")
    CHANGES = "changes", _("Entries of the history")
    CHECK_INS = "check_ins", _("Notes of check-ins")
    INTERACTIONS = "interactions", _("Calls, emails and visits, counted from their date")
    PARTICIPANTS = "participants", _("Who was invited to past meetings, and their answers")
    ROUNDS = "rounds", _("Comments and single answers of survey rounds, counted from the day they open (scores stay)")


class FileState(models.TextChoices):
    WAITING = "waiting", _("waiting to start")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be made")


class ImportKind(models.TextChoices):
    ORGANIZATIONS = "organizations", _("Organizations")
    CONTACTS = "contacts", _("Contacts")
    DEPARTMENTS = "departments", _("Departments")
    PARTNERSHIPS = "partnerships", _("Partnerships with their partners")
    NUMBERS = "numbers", _("Numbers of measures")
    INTERACTIONS = "interactions", _("Calls, emails and visits")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "columns to match"
    CHECKING = "checking", "being compared with the registry"
    READY = "ready", "ready to preview"
    WRITING = "writing", "importing"
    DONE = "done", "written"
    FAILED = "failed", "nothing was imported"
    UNDOING = "undoing", "being undone"
    UNDONE = "undone", "undone"
