"""No email goes to a blocked email address. Its row says so, and the list contains no addresses."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.mail import outbox
from partnerships.mail.choices import Bounce, EmailKind
from partnerships.mail.suppressions import (
    DESPITE,
    WORDS,
    allow_again,
    digest_of,
    suppress,
    suppress_manually,
    suppression_reason,
    suppressions_visible_to,
)
from partnerships.models import Change, Email, Suppression
from partnerships.notifications import emails
from partnerships.records.privacy import erase_contact, erase_person, own_data
from tests.logs import written

pytestmark = pytest.mark.django_db
DESK = "desk@example.org"


def send():
    outbox.send_due(render=emails.render)


@pytest.mark.parametrize("reason", Bounce.values)
def test_an_email_to_a_suppressed_address_fails_and_others_are_sent(sink, people, meeting, contact, reason):
    suppress(by=SYSTEM, address="Desk@Example.ORG", reason=reason)
    send()
    assert [to for to, _ in sink.emails] == ["editor@example.org"]
    email = Email.objects.get(kind="meeting_planned", recipient=f"contact:{contact.pk}")
    assert (email.state, email.last_reply) == (
        "failed",
        f"{WORDS[reason]} An administrator can unblock it.",
    )


def test_an_address_that_is_blocked_while_its_email_is_sent_gets_none(sink, people, meeting, contact):
    def put(sink):
        if not Suppression.objects.exists():
            suppress(by=SYSTEM, address=DESK, reason=Bounce.GONE)
        return "250 OK"

    Email.objects.exclude(recipient=f"contact:{contact.pk}").delete()
    outbox.send_due(render=emails.render, at=lambda step: put(sink) if step == "body" else None)
    assert sink.emails == []
    assert Email.objects.get(kind="meeting_planned").state == "failed"


def test_who_complained_gets_what_they_ask_for_and_what_is_called_off():
    suppress(by=SYSTEM, address="complaint@example.org", reason=Bounce.COMPLAINT)
    suppress(by=SYSTEM, address="by-hand@example.org", reason=Bounce.BY_HAND)
    suppress(by=SYSTEM, address="gone@example.org", reason=Bounce.GONE)
    despite = {"sign_in_code", "unknown_address", "meeting_cancelled"}
    assert set(DESPITE) == despite
    for name, sent in {
        "complaint": despite,
        "by-hand": despite,
        "gone": set(),
        "other": set(EmailKind.values),
    }.items():
        assert {kind for kind in EmailKind.values if not suppression_reason(f"{name}@example.org", kind)} == sent, name


def test_a_code_goes_to_who_complained_and_to_no_mailbox_that_is_gone(sink, people):
    context = {"code": "BCDF-GHJK"}
    suppress(by=SYSTEM, address="editor@example.org", reason=Bounce.COMPLAINT)
    outbox.send_now(EmailKind.SIGN_IN_CODE, "editor@example.org", context, emails.render)
    suppress(by=SYSTEM, address="editor@example.org", reason=Bounce.GONE)
    with pytest.raises(outbox.NotSent):
        outbox.send_now(EmailKind.SIGN_IN_CODE, "editor@example.org", context, emails.render)
    assert [to for to, _ in sink.emails] == ["editor@example.org"]
    assert list(Email.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed"]


@pytest.mark.parametrize(
    ("listed", "asked", "same"),
    [
        ("desk@example.org", "DESK@EXAMPLE.ORG", True),
        ("desk@münchen.example", "desk@xn--mnchen-3ya.example", True),
        ("desk@example.org", "desk@examp1e.org", False),
        ("desk@example.org", "dеsk@example.org", False),  # a Cyrillic е
        ("desk@example.org", "desk+1@example.org", False),
        ("desk@example.org", "desk@example.org.example.net", False),
    ],
)
def test_an_address_is_itself_in_any_case_and_no_other_one(listed, asked, same):
    suppress(by=SYSTEM, address=listed, reason=Bounce.GONE)
    assert bool(suppression_reason(asked, "meeting_planned")) == same


@pytest.mark.parametrize("address", ["", "desk", "@example.org", "desk@", "desk@a..example", "desk@" + "x" * 70])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError):
        suppress(by=SYSTEM, address=address, reason=Bounce.GONE)


def test_the_list_and_its_log_hold_no_address(people, settings):
    with written() as log:
        entry = suppress_manually(
            by=people.administrator, address=people.editor.email, why=f"Asks {people.editor.email}"
        )
        allow_again(by=people.administrator, entry=entry, was="by_hand")
    assert (entry.recipient, entry.detail) == (f"person:{people.editor.pk}", "Asks (address)")
    rows = [*Suppression.objects.values_list(), *Change.objects.filter(record_type="suppression").values_list()]
    assert len(rows) == 2
    assert "editor@" not in repr(rows) + repr(vars(entry)) + log.getvalue()
    with_key = digest_of(DESK)
    settings.SECRET_KEY = "another" * 10
    assert digest_of(DESK) != with_key  # no one can look an address up without the key


def test_only_administrators_keep_it(people):
    entry = suppress_manually(by=people.administrator, address=DESK, why="They asked")
    for person in (people.editor, people.manager, people.suspended):
        with pytest.raises(NotAllowed):
            suppress_manually(by=person, address="other@example.org", why="No")
        with pytest.raises(NotAllowed):
            allow_again(by=person, entry=entry, was="by_hand")
        assert not suppressions_visible_to(person).exists()
    assert list(suppressions_visible_to(people.administrator)) == [entry]
    with pytest.raises(ValidationError) as twice:
        suppress_manually(by=people.administrator, address=DESK.upper(), why="Again")
    assert twice.value.error_dict["address"][0].code == "there_already"


def test_a_stronger_reason_takes_over_and_a_weaker_one_does_not(people):
    for reason, stands in (
        ("complaint", "complaint"),
        ("by_hand", "complaint"),
        ("gone", "gone"),
        ("complaint", "gone"),
    ):
        suppress(by=SYSTEM, address=DESK, reason=reason)
        assert Suppression.objects.get().reason == stands
    assert Change.objects.filter(record_type="suppression").count() == 2


def test_taken_off_emails_go_there_again(sink, people, meeting, contact):
    entry = suppress_manually(by=people.administrator, address=DESK, why="They asked")
    with pytest.raises(ValidationError):
        allow_again(by=people.administrator, entry=entry, was="gone")  # the reason that they saw has changed
    allow_again(by=people.administrator, entry=entry, was="by_hand")
    with pytest.raises(ValidationError):
        allow_again(by=people.administrator, entry=entry, was="by_hand")  # pressed twice
    send()
    assert sorted(to for to, _ in sink.emails) == [DESK, "editor@example.org"]
    assert Change.objects.filter(verb="unsuppress").count() == 1


def test_erasing_leaves_the_digest_and_nothing_of_whose_it_was(people, contact):
    for address in (people.stranger.email, contact.email):
        suppress_manually(by=people.administrator, address=address, why="They asked")
    (own,) = own_data(people.stranger)["stopped_addresses"]
    assert (own["reason"], sorted(own)) == ("by_hand", ["at", "reason"])
    erase_person(person=people.stranger, by=SYSTEM)
    erase_contact(contact=contact, by=SYSTEM)
    assert list(Suppression.objects.values_list("recipient", "detail")) == [("", ""), ("", "")]
    assert {(row.why, *row.after) for row in Change.objects.filter(verb="suppress")} == {("", "reason")}
    assert suppression_reason(DESK, "meeting_planned")
