"""Every kind of email with made-up text, for staff to preview: when it is sent, to which reader, and what it says.

Nothing here is read from a record, no link opens anything, and no code works. A kind without a sample, or a template
that no sample shows, fails tests/notifications/test_email_samples.py.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partnerships.core.types import Text
from partnerships.mail.choices import ALWAYS_SENT, EmailKind
from partnerships.mail.message import Mail, from_templates
from partnerships.mail.schedule import day_words, moment_words

SITE = "https://registry.example.org"  # a name that no one owns (RFC 2606)
STOP = f"{SITE}/example-link-to-stop"


@dataclass(frozen=True)
class Case:
    """One text of a kind. `values`: those for its templates; days and (moment, zone) are formatted."""

    values: dict
    name: Text = ""
    template: str = ""  # if it isn't the kind's own


@dataclass(frozen=True)
class Sample:
    when: Text
    to: Text
    cases: tuple[Case, ...]


def preview(kind: str, case: Case, language: str) -> Mail:
    """This text in a language, as its reader would get it."""
    stop = "" if kind in ALWAYS_SENT else STOP
    with translation.override(language):
        values = {key: _in_words(value) for key, value in case.values.items()}
        return replace(from_templates(case.template or kind, values | {"site": SITE, "stop": stop}), stop=stop)


def _in_words(value: Any) -> Any:
    if isinstance(value, date):
        return day_words(value)
    return moment_words(*value) if isinstance(value, tuple) else value


_PAGE = {"page": f"{SITE}/partnerships/example/", "is_illustration": False}
_WORK = {"partnership": "Safe routes to school", **_PAGE}
_LED = {**_WORK, "lead": "Example City", "party": "Example Parents’ League"}
_SEAT = {**_LED, "until": date(2027, 5, 31), "is_late": False, "answer": f"{SITE}/example-link-to-answer"}
_NOTE, _REPLY_TO = "We met at the spring fair. I’d like you to see this.", ["Alex Example", "alex@example.org"]
_REPLIES = {"by": "Alex Example", "reply_to": _REPLY_TO}
_INVITES = {**_REPLIES, "note": _NOTE}
_START = datetime(2027, 3, 2, 16, tzinfo=UTC)
_MEETING = {
    **_WORK,
    "office": "Example City",
    "title": "Route planning table",
    "when": (_START, "America/Chicago"),
    "when_for_you": (_START, "America/Denver"),
    "length": "1 hour 30 minutes",
    "place": "Example Library, room 2",
    "link": f"{SITE}/example-link-to-join",
    "interpretation": "Spanish and Hmong",
    "access_notes": "Step-free, child care, food",
    "again": "Every month on the first Tuesday. The next: April 6, 2027",
    "agenda": [
        ({"title": "Welcome", "minutes": 10}, "Example City"),
        ({"title": "Three routes to choose from", "minutes": None}, None),
    ],
    "answer": f"{SITE}/example-link-to-answer",
}
_MOVED = {
    **_MEETING,
    "was": (datetime(2027, 2, 23, 16, tzinfo=UTC), "America/Chicago"),
    "was_day": "February 23",
    "day": "March 2",
}
_REPORT = {
    "report": "Housing partnerships for the council",
    "owner": "Example City",
    "made": date(2027, 1, 4),
    "page": f"{SITE}/reports/made/1/",
    "is_illustration": False,
}
_WEBHOOK = {
    "webhook": "Council channel",
    "owner": "Example City",
    "host": "hooks.example.org",
    "page": f"{SITE}/webhooks/1/",
    "is_illustration": False,
}
_SERVICE = {
    "service": "Council site",
    "owner": "Example City",
    "writes": True,
    "until": date(2026, 12, 17),
    "has_manager": True,
    "page": f"{SITE}/jurisdictions/example/service-accounts/",
    "is_illustration": False,
}
_NUMBERS = {
    "measure": "Children who walk to school",
    "party": "Example Parents’ League",
    "period": "2026 Q4",
    "page": f"{SITE}/measures/example/",
    "is_illustration": False,
}
_NUMBERS_DUE = _NUMBERS | {"due": date(2027, 1, 30), "is_late": False}
_CLAIM = {"about": "Example Parents’ League", "page": f"{SITE}/claims/example/"}
_SUGGESTION = {"about": "Example Parents’ League", "page": f"{SITE}/organizations/example/"}
_ACCOUNT = f"{SITE}/account/"
_NAME_ALIKE = {
    **_REPLIES,
    "organization": "Example Parents’ League",
    "other": "Example Parents League, Inc.",
    "page": f"{SITE}/organizations/example/",
}
_LET_IN = {"body": "Example Parents’ League", "names": "Sam Example", "page": f"{SITE}/organizations/example/people/"}
_PASSED = {
    **_REPLIES,
    "body": "Example Parents’ League",
    "who": "Sam Example",
    "actor": "Alex Example",
    "page": f"{SITE}/organizations/example/",
}
_OFFICE = _("The lead agency’s staff who keep its records")
_ASKED = _("Everyone who is invited to the meeting")
_DUE = {**_WORK, **_REPLIES, "due": date(2027, 3, 2), "answer": f"{SITE}/example-link-to-answer"}
_ENDS = {
    **_WORK,
    "ends": date(2027, 6, 30),
    "days_left": 90,
    "renewal": "By both sides, in writing",
    "lead": "Example City",
}

_ROUND = {
    **_WORK,
    **_REPLIES,
    "asker": "Example City",
    "party": "Example Parents’ League",
    "closes": date(2027, 3, 16),
    "is_short": False,
    "answer": f"{SITE}/example-link-to-answer",
}
_NAMED = {
    **_ROUND,
    "named_by": "Example Tenants’ Union",
    "people": ["Organizer", "Coordinator"],
}
_CANCELED = {
    **_WORK,
    **_REPLIES,
    "asker": "Example City",
    "title": "Spring round",
    "closes": date(2027, 3, 16),
    "is_short": False,
    "who": "Example City",
    "reason": "The wrong people were asked.",
    "round_page": f"{SITE}/rounds/example/",
}
_AGREEMENT = {
    "title": "Spring round",
    "party": "Example Parents’ League",
    "question": "cancel",
    "agrees": None,
    "is_link": True,
    "until": date(2027, 6, 14),
    "answer": f"{SITE}/example-link-to-answer",
}
_STATEMENT = {"is_link": True, "until": date(2028, 3, 2), "answer": f"{SITE}/example-link-to-answer"}
_TO_DO = {**_WORK, "action": "Ask two schools for a crossing guard", "due": date(2027, 3, 2), "done": ""}
_DOER = _("The people responsible")
_NEWS = {
    "title": "Safe routes to school",
    "page": f"{SITE}/partnerships/example/",
    "lines": ["New meeting: Route planning table, Tuesday, March 2, 2027, 10:00."],
    "reasons": ["Example City"],
    "is_illustration": False,
}
_CHOOSE = f"{SITE}/account/letters/"

SAMPLES = {
    EmailKind.SIGN_IN_CODE: Sample(
        _("Right away, when someone enters an email address to sign in"),
        _("That email address"),
        (Case({"code": "THIS-IS-NO-CODE", "minutes": 10}),),
    ),
    EmailKind.UNKNOWN_ADDRESS: Sample(
        _("When someone enters the email address of a suspended account to sign in, at most once an hour"),
        _("That email address"),
        (Case({}),),
    ),
    EmailKind.MEETING_PLANNED: Sample(_("When a meeting is scheduled, or someone is added to it"), _ASKED, (Case(_MEETING),)),
    EmailKind.MEETING_REMINDER: Sample(
        _("A week, two days and two hours before a meeting. Groups that meet often don’t get the first one"),
        _ASKED,
        (Case(_MEETING),),
    ),
    EmailKind.MEETING_CHANGED: Sample(
        _("When the time, place, length or title of a meeting changes"),
        _ASKED,
        (Case(_MOVED, _("it moved")), Case(_MEETING, _("something else changed"))),
    ),
    EmailKind.MEETING_CANCELLED: Sample(_("When a meeting is canceled"), _ASKED, (Case({**_MEETING, "answer": ""}),)),
    EmailKind.MEETING_NOTES: Sample(
        _("When notes and decisions of a meeting are published"), _ASKED, (Case({**_MEETING, "answer": ""}),)
    ),
    EmailKind.ACTION_ASSIGNED: Sample(_("When an action item is assigned to someone"), _DOER, (Case(_TO_DO),)),
    EmailKind.ACTION_DUE: Sample(_("Three days before an action item is due"), _DOER, (Case(_TO_DO),)),
    EmailKind.ACTION_OVERDUE: Sample(_("Once, when an action item is overdue"), _DOER, (Case(_TO_DO),)),
    EmailKind.ACTION_DONE: Sample(
        _("When an action item is done"),
        _("The person who assigned it, or the lead agency’s staff who keep its records"),
        (Case({**_TO_DO, "done": date(2027, 3, 1)}),),
    ),
    EmailKind.FOLLOWED: Sample(
        _("When there is news of a record, for people who follow it and chose “right away”"),
        _("People who follow it and may read it"),
        (Case({"news": _NEWS, "reasons": "Example City", "choose": _CHOOSE, **_PAGE}),),
    ),
    EmailKind.DIGEST: Sample(
        _("Once a day or a week, at the time they chose, when there is news"),
        _("People who chose a daily or weekly email"),
        (
            Case({
                "news": [_NEWS], "more": 0, "count": 2, "choose": _CHOOSE,
                "emails": [{"subject": "Meeting notes are ready: Route planning table", "answer": "", "page": _PAGE["page"]}],
            }),
        ),
    ),
    EmailKind.CHECK_IN_DUE: Sample(
        _("A week before a check-in is due, on the due date, and three and seven days after it if no one has answered"),
        _("The person who answers the partnership’s check-ins"),
        (
            Case({**_DUE, "office": "Example City", "is_late": False}, _("Before it is due")),
            Case({**_DUE, "office": "Example City", "is_late": True}, _("After it was due")),
        ),
    ),
    EmailKind.CHECK_IN_MISSED: Sample(
        _("Ten days after a check-in was due without an answer, and a week later"),
        _("First the relationship holder, then the lead agency’s staff who keep its records"),
        (Case({**_WORK, "due": date(2027, 3, 2)}),),
    ),
    EmailKind.CALL_ASKED: Sample(
        _("When someone answers a check-in with “call me instead”"),
        _("The relationship holder, or the lead agency’s staff who keep its records"),
        (Case({**_WORK, "due": date(2027, 3, 2)}),),
    ),
    EmailKind.AGREEMENT_ENDING: Sample(_("90 and 30 days before an agreement ends"), _OFFICE, (Case(_ENDS),)),
    EmailKind.INVITATION: Sample(
        _("When a manager invites someone, or sends the invitation again"),
        _("The invited person"),
        (
            Case({
                "body": "Example City", "role": "editor", "until": date(2027, 3, 2), "page": _ACCOUNT,
                "address": "newcomer@example.org", **_INVITES,
            }),
        ),
    ),
    EmailKind.MEMBERSHIP_CHANGED: Sample(
        _("When a manager changes or ends someone’s role, or an administrator suspends, reinstates or merges accounts"),
        _("The person it’s about"),
        (
            Case({"body": "Example City", "role": "editor", "page": _ACCOUNT}, _("Another role")),
            Case({"body": "Example City", "role": "", "page": _ACCOUNT}, _("Removed")),
            Case({"is_open": False, "page": ""}, _("Account suspended"), "account_state"),
            Case({"is_open": True, "page": _ACCOUNT}, _("Account reinstated"), "account_state"),
            Case(_LET_IN | {"by": "Alex Example"}, _("Someone outside gave access to an organization"), "let_in"),
            Case(_LET_IN | {"by": ""}, _("Someone joined by the organization’s email domain"), "let_in"),
            Case(_LET_IN | {"by": "Alex Example", "names": ""}, _("The same, to people who left it"), "let_in"),
            Case({"is_gone": False, "page": _ACCOUNT}, _("Two accounts merged"), "accounts_merged"),
            Case({"is_gone": True, "page": ""}, _("Two accounts merged, to the address that was merged in"), "accounts_merged"),
        ),
    ),
    EmailKind.PASSED_ON: Sample(
        when=_("Right away, when someone leaves an office or organization and another person follows"),
        to=_("The contact or user who follows, unless they did it themselves"),
        cases=(
            Case(
                {**_PASSED, "passed": [(_("Upcoming meetings"), 3), (_("Check-ins"), 1)], "has_rounds": False},
                _("With meetings and check-ins"),
            ),
            Case(
                {**_PASSED, "passed": [(_("Places in open survey rounds"), 1)], "has_rounds": True},
                _("With a place in a survey round"),
            ),
            Case({**_PASSED, "passed": [], "has_rounds": False}, _("With nothing open")),
        ),
    ),
    EmailKind.CLAIM_MADE: Sample(
        _("When someone claims an organization, or proposes their own"),
        _("The people who decide about it"),
        (
            Case({**_CLAIM, "is_proposal": False}, _("An organization that is listed")),
            Case({**_CLAIM, "is_proposal": True}, _("One that is not")),
            Case({**_CLAIM, "is_proposal": False, "is_by_seat": True}, _("From someone who confirmed a seat of it")),
        ),
    ),
    EmailKind.CLAIM_DECIDED: Sample(
        _("When a claim is decided or revoked"),
        _("The person who made it"),
        (
            Case({**_CLAIM, "state": "approved"}, _("Approved")),
            Case({**_CLAIM, "state": "denied"}, _("Not approved")),
            Case({**_CLAIM, "state": "revoked"}, _("Revoked")),
        ),
    ),
    EmailKind.FIRST_MANAGER: Sample(
        _("When someone confirmed a seat by a link to an address that the office gave, and becomes the first manager"),
        _("The editors of the office that keeps the record"),
        (Case(_CLAIM),),
    ),
    EmailKind.CONFIRMATION_ASKED: Sample(
        _("When a partnership is published, and again when its record has changed, at most once in seven days"),
        _(
            "People who represent its partners. Of a partner without an account: its contact who confirmed its seat by a "
            "link"
        ),
        (
            Case(_LED, _("To people who represent a partner")),
            Case({**_LED, **_STATEMENT}, _("To the contact of a partner without an account")),
        ),
    ),
    EmailKind.STATEMENT_SAVED: Sample(
        _("When a partner without an account says whether a record is right"),
        _("The contact who confirmed the seat of a partner without an account by a link"),
        (
            Case({**_LED, **_STATEMENT, "verdict": "confirmed"}, _("It confirms the record")),
            Case({**_LED, **_STATEMENT, "verdict": "disputed"}, _("It disagrees")),
        ),
    ),
    EmailKind.RECORD_DISPUTED: Sample(
        _("When a partner disagrees with a record, or the answer to a check-in says that it’s wrong"),
        _OFFICE,
        (
            Case(_LED, _("A partner disagrees")),
            Case({**_WORK, "is_check_in": True}, _("The answer to a check-in says that the record is wrong")),
        ),
    ),
    EmailKind.REMARK_SHOWN: Sample(
        _("When the lead agency writes a statement, before it’s public"),
        _("The users of each partner"),
        (Case({**_LED, "public_on": date(2027, 3, 2)}),),
    ),
    EmailKind.REMARK_REPLIED: Sample(
        _("When a partner replies to a statement"), _OFFICE, (Case({**_LED, "public_on": date(2027, 3, 2)}),)
    ),
    EmailKind.SEAT_INVITED: Sample(
        _("When an office invites a partner to confirm its seat, and on days 7 and 30 after it"),
        _("A contact of the partner, or people who represent it"),
        (
            Case(_SEAT | _INVITES, _("Invitation")),
            Case(_SEAT | _INVITES | {"is_late": True, "note": ""}, _("Reminder")),
        ),
    ),
    EmailKind.SEAT_ANSWERED: Sample(
        _("When a partner confirms, declines or withdraws from its seat"),
        _OFFICE,
        tuple(
            Case({**_LED, "state": state}, name)
            for state, name in (
                ("confirmed", _("Confirmed")), ("declined", _("Declined")), ("withdrawn", _("Withdrawn")),
                ("recorded", _("Confirmation withdrawn")),
            )
        ),
    ),
    EmailKind.NAME_ALIKE: Sample(
        _("When someone records an organization whose name looks like that of one that unlisted itself or declined a seat"),
        _("The managers and editors of that one; its contacts if it has none"),
        (
            Case({**_NAME_ALIKE, "office": "Example City"}, _("Kept by an office")),
            Case({**_NAME_ALIKE, "office": "", "reply_to": None}, _("Kept by no office")),
        ),
    ),
    EmailKind.LEAD_CHANGED: Sample(
        _("When another jurisdiction becomes the lead agency of a partnership"),
        _("The staff of both, and the people who represent its partners"),
        tuple(
            Case({**_WORK, "lead": "Example City", "was": "Example County", "reader": reader}, name)
            for reader, name in (
                ("new", _("To the new lead agency")),
                ("former", _("To the former lead agency")),
                ("partner", _("To a partner")),
            )
        ),
    ),
    EmailKind.ROUND_ASKED: Sample(
        _("When a round begins: both sides answer the same questions about a partnership"),
        _("Everyone who is asked"),
        (Case(_ROUND, _("Ten questions")), Case(_ROUND | {"is_short": True}, _("One question: community influence"))),
    ),
    EmailKind.ROUND_REMINDER: Sample(
        _("Seven and two days before the deadline of a round"), _("People who are asked and haven’t finished"), (Case(_ROUND),)
    ),
    EmailKind.ROUND_TAKEN: Sample(
        _("When someone records what a person answered on paper or by phone"), _("The person who answered"), (Case(_ROUND),)
    ),
    EmailKind.ROUND_OPENED: Sample(
        _("When answers open: after the deadline, or once everyone has answered or declined"),
        _("Everyone who was asked, and the lead agency’s staff who keep its records"),
        (
            Case(_ROUND, _("To people who were asked")),
            Case({**_ROUND, "party": "", "answer": ""}, _("To the lead agency’s staff")),
        ),
    ),
    EmailKind.ROUND_NAME: Sample(
        _("When a round starts: each partner names who answers for it"),
        _("The editors of each partner that was picked. Without an account: its contact who confirmed its seat by a link"),
        (
            Case({**_ROUND, "until": date(2027, 3, 2)}, _("To people who represent a partner")),
            Case(
                {**_ROUND, "until": date(2027, 3, 2), "is_link": True},
                _("To the contact of a partner without an account"),
            ),
        ),
    ),
    EmailKind.ROUND_NAMED: Sample(
        _("When a partner names who answers for it, or changes its list"),
        _(
            "The editors of each other partner of its side that was picked. Without an account: its contact who confirmed its "
            "seat by a link"
        ),
        (
            Case(_NAMED, _("To people who represent a partner")),
            Case({**_NAMED, "is_link": True}, _("To the contact of a partner without an account")),
        ),
    ),
    EmailKind.ROUND_CANCEL_ASKED: Sample(
        _("When someone wants to cancel a round that has answers"),
        _(
            "People who represent a partner that was asked, and the lead agency’s staff who keep its records. Without an "
            "account: its contact who confirmed its seat by a link"
        ),
        (
            Case(_CANCELED, _("To people who represent a partner")),
            Case({**_CANCELED, **_AGREEMENT}, _("To the contact of a partner without an account")),
        ),
    ),
    EmailKind.ROUND_PUBLISH_ASKED: Sample(
        _("When another partner agrees that everyone may read a round"),
        _("The contact who confirmed the seat of a partner without an account by a link"),
        (Case({**_ROUND, **_AGREEMENT, "question": "publish"}),),
    ),
    EmailKind.ROUND_AGREEMENT: Sample(
        _("When a partner without an account agrees to cancel or publish a round, or says no"),
        _("The contact who confirmed the seat of a partner without an account by a link"),
        (
            Case({**_ROUND, **_AGREEMENT, "agrees": True}, _("Yes to canceling")),
            Case({**_ROUND, **_AGREEMENT, "agrees": False}, _("No to canceling")),
            Case({**_ROUND, **_AGREEMENT, "question": "publish", "agrees": True}, _("Yes to publishing")),
            Case({**_ROUND, **_AGREEMENT, "question": "publish", "agrees": False}, _("No to publishing")),
        ),
    ),
    EmailKind.ROUND_CANCELED: Sample(
        _("When a round is canceled"),
        _("Everyone who was asked, people who represent their partners, and the lead agency’s staff who keep its records"),
        (
            Case(_CANCELED, _("To people who represent a partner")),
            Case({**_CANCELED, "round_page": ""}, _("To people who were asked")),
        ),
    ),
    EmailKind.REPORT_READY: Sample(
        _("When a scheduled report is ready"),
        _("The people listed in the report’s settings"),
        (Case(_REPORT),),
    ),
    EmailKind.WEBHOOK_PAUSED: Sample(
        _("When we pause a webhook"),
        _("The managers of the office or organization"),
        tuple(
            Case({**_WEBHOOK, "because": because}, name)
            for because, name in (
                ("failed", _("Nothing was accepted for three days")), ("gone", _("The receiver wants no more")),
                ("no_manager", _("The person who set it up left")), ("port", _("We don’t send to its port")),
            )
        ),
    ),
    EmailKind.SERVICE_UNANSWERED: Sample(
        _("When the person who answers for a service account no longer manages its office or organization"),
        _("The managers of the office or organization, or administrators if it has none"),
        (
            Case(_SERVICE, _("To managers")),
            Case({**_SERVICE, "writes": False}, _("To managers, of a viewer")),
            Case({**_SERVICE, "has_manager": False}, _("To administrators")),
        ),
    ),
    EmailKind.NUMBERS_DUE: Sample(
        _("On the morning when numbers of a measure are due, and two weeks later if they’re missing"),
        _("People who represent the partner that provides them"),
        (Case(_NUMBERS_DUE, _("On the day")), Case(_NUMBERS_DUE | {"is_late": True}, _("Two weeks later"))),
    ),
    EmailKind.NUMBER_DISPUTED: Sample(
        _("When a partner that owns a measure disputes a number"),
        _("The office’s staff who keep its records"),
        (Case(_NUMBERS),),
    ),
    EmailKind.NUMBER_ANSWERED: Sample(
        _("When the office has reviewed a disputed number"),
        _("People who represent that partner"),
        (Case(_NUMBERS),),
    ),
    EmailKind.SUGGESTION_MADE: Sample(
        _("When someone from the public suggests a change, or an organization that is missing"),
        _("The people who decide about it"),
        (
            Case({**_SUGGESTION, "is_proposal": False}, _("A change")),
            Case({**_SUGGESTION, "is_proposal": True}, _("An organization that is missing")),
        ),
    ),
    EmailKind.SUGGESTION_DECIDED: Sample(
        _("When a suggestion is decided"),
        _("The person who made it, if they left an email address"),
        tuple(
            Case({**_SUGGESTION, "state": state, "reason": "Thank you. We called them and recorded it."}, name)
            for state, name in (("accepted", _("Accepted")), ("partly", _("Accepted in part")), ("declined", _("Not accepted")))
        ),
    ),
}  # fmt: skip
