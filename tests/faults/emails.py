"""Emails and their timing."""

from tests.faults import Fault

KIND = "emails"
FAULTS = [
    Fault(
        KIND,
        "a reminder goes after the meeting started",
        "late = [email for email in emails if email.expires_at and email.expires_at <= now]",
        "late = []",
        ("tests/mail/test_outbox.py::test_a_reminder_that_could_not_leave_in_time_expires",),
    ),
    Fault(
        KIND,
        "an email of a kind that its reader stopped goes out",
        "if not refusal and pace == Pace.NEVER:",
        "if not refusal and pace is None:",
        ("tests/meetings/test_action_items.py::test_a_muted_kind_is_not_planned_and_refused_at_the_fence",),
    ),
    Fault(
        KIND,
        "emails go to a mailbox that is gone",
        "if reason not in _that_stop(kind):",
        "if reason not in (Bounce.BY_HAND,):",
        ("tests/mail/test_suppression.py::test_an_email_to_a_suppressed_address_fails_and_others_are_sent",),
    ),
    Fault(
        KIND,
        "a moved meeting keeps its old reminders",
        "gone = [email.pk for email in emails if not keep(email)]",
        "gone = [email.pk for email in emails if not keep]",
        ("tests/notifications/test_planning.py::test_a_moved_meeting_sends_the_change_and_never_the_old_reminder",),
    ),
    Fault(
        KIND,
        "quiet hours end at the start of a night that crosses midnight",
        "timedelta(days=end_at < start_at)",
        "timedelta(days=0)",
        ("tests/notifications/test_digest_hours.py::test_quiet_hours",),
    ),
    Fault(
        KIND,
        "suspended people get emails",
        "return recipient.person is None or recipient.person.is_active",
        "return True",
        ("tests/accounts/test_suspension.py::test_other_emails_do_not_go_to_a_suspended_person",),
    ),
]
