"""The letters: one named function and three templates each (`emails/<kind>.{subject.txt,txt,html}`).

A letter is rendered when it is sent, from what the records say then. It holds what its reader is asked to or answers for
and nothing else of a record: no notes, no other people, no party.
"""

from datetime import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from partnerships.communication import links
from partnerships.communication.choices import LetterKind, MeetingStatus
from partnerships.communication.letters_accounts import ACCOUNT_LETTERS
from partnerships.communication.letters_words import CONTEXTS
from partnerships.communication.mail import Mail
from partnerships.communication.mail import from_templates as _mail
from partnerships.communication.models import CheckIn, CheckInPlan, Meeting
from partnerships.communication.rules import meetings_visible_to
from partnerships.communication.schedule import CHECK_IN_OPEN, before, day_words, is_zone, moment_words
from partnerships.core import clock
from partnerships.core.errors import Missing
from partnerships.directory.models import Suggestion
from partnerships.directory.rules import organizations_visible_to
from partnerships.registry.models import Agreement
from partnerships.registry.rules import partnerships_visible_to


def render(letter, recipient, context=None) -> Mail:
    """The text of a letter to this recipient. Raises Missing when what it is about is gone.

    `context`: the subject, when the caller has just read it; the code of a sign-in letter.
    """
    with translation.override(recipient.language):
        if letter.kind in CONTEXTS:
            return _mail(letter.kind, CONTEXTS[letter.kind](letter, recipient, context or {}))
        return _LETTERS[letter.kind](letter, recipient, context or {})


def meeting_planned(letter, recipient, context):
    return _mail("meeting_planned", _meeting(letter, recipient, context))


def meeting_reminder(letter, recipient, context):
    return _mail("meeting_reminder", _meeting(letter, recipient, context))


def meeting_changed(letter, recipient, context):
    return _mail("meeting_changed", _meeting(letter, recipient, context))


def meeting_cancelled(letter, recipient, context):
    return _mail("meeting_cancelled", _meeting(letter, recipient, context))


def check_in_due(letter, recipient, context):
    plan = _subject(CheckInPlan, letter, context)
    return _mail(
        "check_in_due",
        {
            "partnership": plan.partnership.title,
            "due": day_words(plan.next_due_on),
            "is_late": letter.occurrence.endswith("-late"),
            "answer": _answer_check_in(recipient, plan),
            "page": _page(recipient, plan.partnership),
            "is_illustration": plan.is_illustration,
        },
    )


def check_in_missed(letter, recipient, context):
    plan = _subject(CheckInPlan, letter, context)
    return _mail("check_in_missed", {"due": day_words(plan.next_due_on), **_office(recipient, plan)})


def call_asked(letter, recipient, context):
    """Who asks, and what they wrote, stands on the record's page, for those who read it there."""
    check_in = context.get("subject") or CheckIn.objects.filter(pk=letter.subject_id).first()
    if check_in is None:
        raise Missing
    return _mail("call_asked", {"due": day_words(check_in.due_on), **_office(recipient, check_in.plan)})


def _office(recipient, plan):
    return {
        "partnership": plan.partnership.title,
        "page": _page(recipient, plan.partnership),
        "is_illustration": plan.is_illustration,
    }


def agreement_ending(letter, recipient, context):
    agreement = _subject(Agreement, letter, context)
    return _mail(
        "agreement_ending",
        {
            "partnership": agreement.partnership.title,
            "ends": day_words(agreement.ends_on),
            "days_left": (agreement.ends_on - clock.today()).days,
            "renewal": agreement.renewal,
            "lead": agreement.partnership.lead.name,
            "page": _page(recipient, agreement.partnership),
            "is_illustration": agreement.partnership.is_illustration,
        },
    )


def sign_in_code(letter, recipient, context):
    return _mail("sign_in_code", {"code": context["code"], "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60})


def unknown_address(letter, recipient, context):
    return _mail("unknown_address", {})


def suggestion_made(letter, recipient, context):
    suggestion = _suggestion(letter)
    about = suggestion.organization.name if suggestion.organization else suggestion.fields.get("name", "")
    page = settings.BASE_URL + reverse("suggestion", args=[suggestion.pk])
    return _mail("suggestion_made", {"about": about, "page": page, "is_proposal": suggestion.organization is None})


def suggestion_decided(letter, recipient, context):
    suggestion = _suggestion(letter)
    listed = organizations_visible_to(None).filter(pk=suggestion.organization_id).first()
    return _mail(
        "suggestion_decided",
        {
            "about": suggestion.before.get("name") or suggestion.fields.get("name") or (listed.name if listed else ""),
            "state": suggestion.state,
            "reason": suggestion.reason,
            "page": settings.BASE_URL + (reverse("organization", args=[listed.public_id]) if listed else "/"),
        },
    )


def _suggestion(letter):
    found = Suggestion.objects.select_related("organization").filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return found


_LETTERS = {
    LetterKind.SUGGESTION_MADE: suggestion_made,
    LetterKind.SUGGESTION_DECIDED: suggestion_decided,
    LetterKind.MEETING_PLANNED: meeting_planned,
    LetterKind.MEETING_REMINDER: meeting_reminder,
    LetterKind.MEETING_CHANGED: meeting_changed,
    LetterKind.MEETING_CANCELLED: meeting_cancelled,
    LetterKind.CHECK_IN_DUE: check_in_due,
    LetterKind.CHECK_IN_MISSED: check_in_missed,
    LetterKind.CALL_ASKED: call_asked,
    LetterKind.AGREEMENT_ENDING: agreement_ending,
    LetterKind.SIGN_IN_CODE: sign_in_code,
    LetterKind.UNKNOWN_ADDRESS: unknown_address,
    **ACCOUNT_LETTERS,
}


def _subject(model, letter, context):
    found = context.get("subject")
    found = found or model.objects.select_related("partnership__lead").filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return found


def _meeting(letter, recipient, context) -> dict:
    meeting = _subject(Meeting, letter, context)
    return {
        "title": meeting.title,
        "partnership": meeting.partnership.title,
        "when": moment_words(meeting.starts_at, meeting.zone),
        "when_for_you": _for_you(meeting.starts_at, meeting.zone, recipient.zone),
        "length": _length(meeting.minutes_long),
        "place": meeting.place,
        "link": meeting.link,
        "access_notes": meeting.access_notes,
        "agenda": list(meeting.agenda.all()),
        "answer": _answer_meeting(recipient, meeting),
        "page": _page(recipient, meeting.partnership, meeting),
        "is_illustration": meeting.is_illustration,
    }


def _answer_meeting(recipient, meeting) -> str:
    """The personal link to say whether one comes; none once there is nothing to come to."""
    if meeting.status == MeetingStatus.CANCELLED:
        return ""
    token = links.make(links.MEETING, recipient, meeting.pk, meeting.starts_at)
    return settings.BASE_URL + reverse("answer_meeting", args=[token])


def _answer_check_in(recipient, plan) -> str:
    until = before(plan.next_due_on, time(0), plan.zone, days=-CHECK_IN_OPEN)
    token = links.make(links.CHECK_IN, recipient, [plan.pk, plan.next_due_on.isoformat()], until)
    return settings.BASE_URL + reverse("answer_check_in", args=[token])


def _for_you(moment, zone, own_zone) -> str:
    """The moment in the reader's own zone, where clocks show another time there."""
    if not is_zone(own_zone):
        return ""
    there, here = (moment.astimezone(ZoneInfo(name)).utcoffset() for name in (zone, own_zone))
    return moment_words(moment, own_zone) if there != here else ""


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    words = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []
    return " ".join(words + ([f"{rest} minutes"] if rest else []))


def _page(recipient, partnership, meeting=None) -> str:
    """The page that this reader can open: the meeting's, else the partnership's, else the front page."""
    if meeting and meetings_visible_to(recipient.person).filter(pk=meeting.pk).exists():
        return settings.BASE_URL + reverse("meeting", args=[meeting.public_id])
    if partnerships_visible_to(recipient.person).filter(pk=partnership.pk).exists():
        return settings.BASE_URL + reverse("partnership", args=[partnership.public_id])
    return settings.BASE_URL + "/"
