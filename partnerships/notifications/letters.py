"""The letters: one named function and three templates each (`emails/<kind>.{subject.txt,txt,html}`).

A letter is rendered when it is sent, from what the records say then. It holds what its reader is asked to or answers for
and nothing else of a record: no notes, no other people, no party.
"""

from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from partnerships.core import clock, languages
from partnerships.core.errors import Missing
from partnerships.directory.models import Suggestion
from partnerships.directory.rules import organizations_visible_to
from partnerships.mail.choices import ALWAYS_SENT, LetterKind
from partnerships.mail.message import Mail, ascii_address, plain_address, sender, subject_of
from partnerships.mail.message import from_templates as _mail
from partnerships.mail.models import Letter
from partnerships.mail.schedule import CHECK_IN_OPEN, before, day_words, is_zone, length_words, moment_words
from partnerships.meetings import calendar
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import CheckIn, CheckInPlan, Meeting, Participant
from partnerships.meetings.rules import meetings_visible_to
from partnerships.notifications import links, recipients
from partnerships.notifications.letters_accounts import ACCOUNT_LETTERS
from partnerships.notifications.letters_actions import ACTION_CONTEXTS
from partnerships.notifications.letters_numbers import NUMBER_CONTEXTS
from partnerships.notifications.letters_rounds import ROUND_CONTEXTS
from partnerships.notifications.letters_words import CONTEXTS
from partnerships.registry.models import Agreement
from partnerships.registry.rules import partnerships_visible_to

STOP_OPEN = timedelta(days=2 * 366)  # how long the link works that stops a kind of letter
MOST_DAYS = 12  # of a series that a letter names


def render(letter, recipient, context=None) -> Mail:
    """The text of a letter to this recipient. Raises Missing when what it is about is gone.

    `context`: the subject, when the caller has just read it; the code of a sign-in letter; what others of its batch `shared`.
    """
    language, context = languages.written_in(recipient.language), {"shared": {}} | (context or {})
    with translation.override(language):
        found = WRITERS[letter.kind](letter, recipient, context)
        stop = _stop(letter.kind, recipient)
        asked = "" if languages.is_written(recipient.language) else languages.own_name(recipient.language)
        method, part = _invitation(found, recipient, context["shared"]) if letter.kind in NEWS else ("", "")
        more = {"stop": stop, "asked": asked}
        mail = _mail(found.get("template", letter.kind), found | more)
        return replace(mail, stop=stop, method=method, calendar=part)


def check_in_due(letter, recipient, context):
    plan = _subject(CheckInPlan, letter, context)
    return {
        "partnership": plan.partnership.title,
        "due": day_words(plan.next_due_on),
        "is_late": letter.occurrence.endswith("-late"),
        "answer": _answer_check_in(recipient, plan),
        "page": _page(recipient, plan.partnership),
        "is_illustration": plan.is_illustration,
    }


def check_in_missed(letter, recipient, context):
    plan = _subject(CheckInPlan, letter, context)
    return {"due": day_words(plan.next_due_on), **_office(recipient, plan)}


def call_asked(letter, recipient, context):
    """Who asks, and what they wrote, stands on the record's page, for those who read it there."""
    check_in = context.get("subject") or CheckIn.objects.filter(pk=letter.subject_id).first()
    if check_in is None:
        raise Missing
    return {"due": day_words(check_in.due_on), **_office(recipient, check_in.plan)}


def _office(recipient, plan):
    return {
        "partnership": plan.partnership.title,
        "page": _page(recipient, plan.partnership),
        "is_illustration": plan.is_illustration,
    }


def agreement_ending(letter, recipient, context):
    agreement = _subject(Agreement, letter, context)
    return {
        "partnership": agreement.partnership.title,
        "ends": day_words(agreement.ends_on),
        "days_left": (agreement.ends_on - clock.today()).days,
        "renewal": agreement.renewal,
        "lead": agreement.partnership.lead.name,
        "page": _page(recipient, agreement.partnership),
        "is_illustration": agreement.partnership.is_illustration,
    }


def sign_in_code(letter, recipient, context):
    return {"code": context["code"], "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}


def unknown_address(letter, recipient, context):
    return {}


def suggestion_made(letter, recipient, context):
    suggestion = _suggestion(letter)
    about = suggestion.organization.name if suggestion.organization else suggestion.fields.get("name", "")
    page = settings.BASE_URL + reverse("suggestion", args=[suggestion.pk])
    return {"about": about, "page": page, "is_proposal": suggestion.organization is None}


def suggestion_decided(letter, recipient, context):
    suggestion = _suggestion(letter)
    listed = organizations_visible_to(None).filter(pk=suggestion.organization_id).first()
    return {
        "about": suggestion.before.get("name") or suggestion.fields.get("name") or (listed.name if listed else ""),
        "state": suggestion.state,
        "reason": suggestion.reason,
        "page": settings.BASE_URL + (reverse("organization", args=[listed.public_id]) if listed else "/"),
    }


def _suggestion(letter):
    found = Suggestion.objects.select_related("organization").filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return found


def meeting(letter, recipient, context):
    """Planned, coming up, changed, cancelled or noted: the same facts, in other templates."""
    meeting = _subject(Meeting, letter, context)
    prefetch_related_objects([meeting], "agenda")
    series = _series_of(meeting, recipient)
    later = [one for one in series if one.starts_at > meeting.starts_at and one.status == meeting.status]
    later = [one for one in later if one.asks_reader]
    return {
        "meeting": meeting,
        "series": series,
        "later": later,
        "title": meeting.title,
        "partnership": meeting.partnership.title,
        "when": moment_words(meeting.starts_at, meeting.zone),
        "when_for_you": _for_you(meeting.starts_at, meeting.zone, recipient.zone),
        "length": length_words(meeting.minutes_long),
        "place": meeting.place,
        "link": meeting.link,
        "interpretation": meeting.interpretation,
        "access_notes": meeting.access_notes,
        "agenda": list(meeting.agenda.all()),
        "again": _again(later),
        "answer": _answer_meeting(recipient, meeting),
        "page": _page(recipient, meeting.partnership, meeting, context.get("shared")),
        "is_illustration": meeting.is_illustration,
    }


def followed(letter, recipient, context):
    news = context.get("subject") or recipients.look(letter).subject
    if news is None:
        raise Missing
    why = ", ".join(news.reasons)
    page, made_up = news.page, news.is_illustration
    return {"news": news, "reasons": why, "page": page, "is_illustration": made_up, "choose": _choose()}


def digest(letter, recipient, context):
    """News by record, and of each letter that would have come by itself its subject, the way to answer it, and its page."""
    holds = context.get("subject") or recipients.look(letter).subject
    if holds is None:
        raise Missing
    letters = [_line(Letter(**dict(zip(_ONE, one, strict=True))), recipient) for one in holds.letters]
    count = len(holds.news) + len(letters) + holds.more
    return {"news": holds.news, "letters": letters, "more": holds.more, "count": count, "choose": _choose()}


_ONE = ("kind", "occurrence", "subject_type", "subject_id")


def _line(letter, recipient):
    found = WRITERS[letter.kind](letter, recipient, {})
    return {"subject": subject_of(letter.kind, found), "answer": found.get("answer"), "page": found["page"]}


def _choose() -> str:
    return settings.BASE_URL + reverse("account_letters")


NEWS = (LetterKind.MEETING_PLANNED, LetterKind.MEETING_CHANGED, LetterKind.MEETING_CANCELLED)
# Kind → function that gives the context of its three templates. Higher packages add the kinds that they write.
WRITERS = {
    **dict.fromkeys((*NEWS, LetterKind.MEETING_REMINDER, LetterKind.MEETING_NOTES), meeting),
    LetterKind.SUGGESTION_MADE: suggestion_made,
    LetterKind.SUGGESTION_DECIDED: suggestion_decided,
    LetterKind.CHECK_IN_DUE: check_in_due,
    LetterKind.CHECK_IN_MISSED: check_in_missed,
    LetterKind.CALL_ASKED: call_asked,
    LetterKind.AGREEMENT_ENDING: agreement_ending,
    LetterKind.FOLLOWED: followed,
    LetterKind.DIGEST: digest,
    LetterKind.SIGN_IN_CODE: sign_in_code,
    LetterKind.UNKNOWN_ADDRESS: unknown_address,
    **CONTEXTS,
    **ACTION_CONTEXTS,
    **ROUND_CONTEXTS,
    **NUMBER_CONTEXTS,
    **ACCOUNT_LETTERS,
}


def _subject(model, letter, context):
    found = context.get("subject")
    found = found or model.objects.select_related("partnership__lead").filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return found


def _invitation(found, recipient, shared) -> tuple[str, str]:
    """(method, text) of the calendar part, for this reader alone; `found`: what the letter says.

    All but the line that names its reader is the same in a batch's letters about one meeting, unless that comes again.
    """
    meeting = found["meeting"]
    is_off = meeting.status == MeetingStatus.CANCELLED
    key = ("calendar", meeting.pk, found["page"], translation.get_language())
    part = None if meeting.series_id else shared.get(key)
    if part is None:
        part = shared[key] = calendar.invitation(_events(meeting, found, recipient), organizer=sender(), is_off=is_off)
    method, text = part
    attendee = ascii_address(recipient.address) if recipient.address else sender()
    # Of a series the UID of an answer would not say which meeting is meant; without a key it would prove nothing.
    answers = settings.MAIL_COMES_IN and not meeting.series_id and not is_off and meeting.answer_key is not None
    uids = calendar.uid_of(meeting, _host()), calendar.secret_uid(meeting, plain_address(attendee), _host())
    return method, calendar.addressed(text, attendee, recipient.name, uids=uids, answers=answers)


def _events(meeting, found, recipient) -> list:
    """What the letter is about, as events: a meeting; of a series all that stands, or else each that this reader is asked to
    from this one on, where they are not asked to all or these are called off."""
    make = partial(_event, url=found["page"], at=clock.now())
    if not meeting.series_id:
        return [make(meeting)]
    series, host = meeting.series, _host()
    make = partial(_event, url=_page(recipient, meeting.partnership), at=clock.now())
    standing = [one for one in found["series"] if one.status == MeetingStatus.PLANNED]
    if meeting.status == MeetingStatus.PLANNED and all(one.asks_reader for one in standing):
        return calendar.series_events(series, standing, host=host, make=make, url=make.keywords["url"])
    return [calendar.occurrence(series, one, host=host, make=make) for one in [meeting, *found["later"]]]


def _event(meeting, **more):
    return calendar.event_of(meeting, link=meeting.link, host=_host(), agenda=meeting.agenda.all(), **more)


def _host():
    return urlsplit(settings.BASE_URL).hostname


def _stop(kind, recipient) -> str:
    """The personal link that stops letters of this kind; none where nobody can."""
    if kind in ALWAYS_SENT or recipient.key.partition(":")[0] not in ("person", "contact"):
        return ""
    token = links.make(links.LETTERS, recipient, str(kind), clock.now() + STOP_OPEN)
    return settings.BASE_URL + reverse("stop_letters", args=[token])


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


def _series_of(meeting, recipient) -> list:
    """The meetings of its series, each with whether it asks this reader (`asks_reader`); of none, none."""
    if not meeting.series_id:
        return []
    kind, _, pk = recipient.key.partition(":")
    seats = Participant.objects.filter(meeting=OuterRef("pk"), **{kind: pk})
    rows = Meeting.objects.filter(series=meeting.series_id).annotate(asks_reader=Exists(seats))
    return list(rows.prefetch_related("agenda"))


def _again(later) -> str:
    """What the letter about one meeting of a series says of those that follow it and ask this reader too."""
    if not later:
        return ""
    is_off, more = later[0].status == MeetingStatus.CANCELLED, len(later) - MOST_DAYS
    if is_off:
        words = (
            gettext("Cancelled too: %(days)s, and %(more)d more") if more > 0 else gettext("Cancelled too: %(days)s")
        )
    else:
        words = gettext("And again: %(days)s, and %(more)d more") if more > 0 else gettext("And again: %(days)s")
    return words % {"days": "; ".join(day_words(one.date) for one in later[:MOST_DAYS]), "more": more}


def _page(recipient, partnership, meeting=None, known=None) -> str:
    """The page that this reader can open: the meeting's, else the partnership's, else the front page.

    `known`: what was found for others of the batch. Whoever has no account sees what everyone sees.
    """
    key = ("page", recipient.person and recipient.person.pk, partnership.pk, meeting and meeting.pk)
    known = {} if known is None else known
    if key not in known:
        known[key] = _found_page(recipient, partnership, meeting)
    return known[key]


def _found_page(recipient, partnership, meeting):
    if meeting and meetings_visible_to(recipient.person).filter(pk=meeting.pk).exists():
        return settings.BASE_URL + reverse("meeting", args=[meeting.public_id])
    if partnerships_visible_to(recipient.person).filter(pk=partnership.pk).exists():
        return settings.BASE_URL + reverse("partnership", args=[partnership.public_id])
    return settings.BASE_URL + "/"
