"""Closed vocabularies of the outbox: the kinds of emails by name, and the states of an email."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pace(models.TextChoices):
    """When news of a kind reaches its reader."""

    AT_ONCE = "at_once", _("Right away")
    DAILY = "daily", _("In a daily email")
    WEEKLY = "weekly", _("In a weekly email")
    NEVER = "never", _("Never")


class Bounce(models.TextChoices):
    """Why no more emails go to an address."""

    GONE = "gone", _("The mail server says the address doesn’t exist")
    COMPLAINT = "complaint", _("The recipient reported our email as spam")
    BY_HAND = "by_hand", _("Blocked by an administrator")


class Channel(models.TextChoices):
    EMAIL = "email", _("Email")


class EmailState(models.TextChoices):
    PLANNED = "planned", _("Scheduled")
    CLAIMED = "claimed", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Canceled")


OPEN_STATES = (EmailState.PLANNED, EmailState.CLAIMED)


class EmailKind(models.TextChoices):
    SIGN_IN_CODE = "sign_in_code", _("Sign-in code")
    UNKNOWN_ADDRESS = "unknown_address", _("Sign-in tried with a suspended account")
    MEETING_REMINDER = "meeting_reminder", _("Meeting reminder")
    MEETING_CHANGED = "meeting_changed", _("Meeting changed")
    MEETING_CANCELLED = "meeting_cancelled", _("Meeting canceled")
    MEETING_PLANNED = "meeting_planned", _("Meeting invitation")
    MEETING_NOTES = "meeting_notes", _("Meeting notes ready")
    CHECK_IN_DUE = "check_in_due", _("Check-in")
    CHECK_IN_MISSED = "check_in_missed", _("Check-in without an answer")
    CALL_ASKED = "call_asked", _("Call requested")
    AGREEMENT_ENDING = "agreement_ending", _("Agreement ending")
    ACTION_ASSIGNED = "action_assigned", _("New action item")
    ACTION_DUE = "action_due", _("Action item due soon")
    ACTION_OVERDUE = "action_overdue", _("Action item overdue")
    ACTION_DONE = "action_done", _("Action item done")
    INVITATION = "invitation", _("Invitation")
    MEMBERSHIP_CHANGED = "membership_changed", _("Role changed")
    PASSED_ON = "passed_on", _("Work of someone who left")
    CLAIM_MADE = "claim_made", _("Claim to decide")
    CLAIM_DECIDED = "claim_decided", _("Claim decided")
    FIRST_MANAGER = "first_manager", _("First manager of an organization")
    CONFIRMATION_ASKED = "confirmation_asked", _("Is the record right?")
    RECORD_DISPUTED = "record_disputed", _("Disagreement with a record")
    STATEMENT_SAVED = "statement_saved", _("Answer about a record saved")
    REMARK_SHOWN = "remark_shown", _("Statement shown before it is public")
    REMARK_REPLIED = "remark_replied", _("Reply to a statement")
    SEAT_INVITED = "seat_invited", _("Invitation to confirm a seat")
    SEAT_ANSWERED = "seat_answered", _("Answer to a seat")
    NAME_ALIKE = "name_alike", _("Organization with a name like yours")
    LEAD_CHANGED = "lead_changed", _("New lead agency")
    ROUND_ASKED = "round_asked", _("How is the work going?")
    ROUND_REMINDER = "round_reminder", _("Answers still missing")
    ROUND_TAKEN = "round_taken", _("Answers recorded for someone")
    ROUND_OPENED = "round_opened", _("Answers of both sides are open")
    ROUND_NAME = "round_name", _("Who answers for you?")
    ROUND_NAMED = "round_named", _("A partner of your side named its people")
    ROUND_CANCEL_ASKED = "round_cancel_asked", _("Someone wants to cancel a round")
    ROUND_CANCELED = "round_canceled", _("Round canceled")
    ROUND_PUBLISH_ASKED = "round_publish_asked", _("May everyone read a round?")
    ROUND_AGREEMENT = "round_agreement", _("Answer about a round saved")
    NUMBERS_DUE = "numbers_due", _("Numbers are due")
    NUMBER_DISPUTED = "number_disputed", _("Disagreement with a number")
    NUMBER_ANSWERED = "number_answered", _("Question about a number answered")
    REPORT_READY = "report_ready", _("Report is ready")
    SUGGESTION_MADE = "suggestion_made", _("Suggestion to decide")
    SUGGESTION_DECIDED = "suggestion_decided", _("Suggestion decided")
    WEBHOOK_PAUSED = "webhook_paused", _("Webhook paused")
    SERVICE_UNANSWERED = "service_unanswered", _("Service account without a manager")
    FOLLOWED = "followed", _("News of what you follow")
    DIGEST = "digest", _("Daily or weekly email")


# Kinds that a reader can't turn off: they give access, cancel something, or answer what the reader did.
ALWAYS_SENT = (
    EmailKind.SIGN_IN_CODE,
    EmailKind.UNKNOWN_ADDRESS,
    EmailKind.MEETING_CANCELLED,
    EmailKind.INVITATION,
    EmailKind.MEMBERSHIP_CHANGED,
    EmailKind.CLAIM_MADE,
    EmailKind.CLAIM_DECIDED,
    EmailKind.NAME_ALIKE,
    EmailKind.FIRST_MANAGER,
    EmailKind.SERVICE_UNANSWERED,
    EmailKind.SUGGESTION_DECIDED,
    EmailKind.ROUND_AGREEMENT,
    EmailKind.STATEMENT_SAVED,
)
