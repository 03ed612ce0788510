"""Locks and races: two people who act at the same time."""

from tests.faults import Fault

KIND = "locks"
WAITING = "tests/core/test_locks.py"
FAULTS = [
    Fault(
        KIND,
        "a save of an old version overwrites a newer one",
        "(pk=record.pk).first()\n    if current is None:\n        raise NotFound\n"
        "    if version is not None and current.version != version:",
        "(pk=record.pk).first()\n    if current is None:\n        raise NotFound\n"
        "    if version is not None and current.version < version:",
        ("tests/registry/test_actions.py::test_a_stale_save_raises_a_conflict_with_the_current_record",),
    ),
    Fault(
        KIND,
        "a sender that lost its lease goes on",
        "return Email.objects.filter(pk=email.pk, token=email.token, state=EmailState.CLAIMED)",
        "return Email.objects.filter(pk=email.pk, state=EmailState.CLAIMED)",
        ("tests/mail/test_leases.py::test_a_sender_that_lost_its_lease_changes_nothing",),
    ),
    Fault(
        KIND,
        "an answer doesn't wait while its round is scored",
        'Round.objects.select_for_update(no_key=True, of=("self",)).get(pk=respondent.round_id)',
        "Round.objects.get(pk=respondent.round_id)",
        (f"{WAITING}::test_an_answer_waits_while_its_round_is_scored",),
        database="postgresql",
    ),
    Fault(
        KIND,
        "two saves of one record don't wait for each other",
        'return type(record)._default_manager.select_for_update(no_key=True, of=("self",))',
        "return type(record).objects.all()",
        (f"{WAITING}::test_a_record_is_saved_by_one_at_a_time",),
        database="postgresql",
    ),
    Fault(
        KIND,
        "two senders claim the same emails",
        "list(due.select_for_update(skip_locked=True).order_by",
        "list(due.order_by",
        (f"{WAITING}::test_an_email_that_another_sender_claims_is_passed_by",),
        database="postgresql",
    ),
]
