"""Who a letter goes to, where, and whether they may still have it. Asked when it is taken up and again at the fence.

A recipient is written “person:12” or “contact:7”; the address itself stands in no row and is looked up at sending.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from partnerships.accounts.models import Membership, Person
from partnerships.communication import digests
from partnerships.communication.account_readers import ACCOUNT_READERS
from partnerships.communication.choices import LetterKind, MeetingStatus, Pace
from partnerships.communication.models import CheckIn, CheckInPlan, Letter, Meeting, Participant
from partnerships.communication.owners import of_action
from partnerships.communication.recipients_rounds import ROUNDS
from partnerships.communication.recipients_words import WORDS
from partnerships.communication.rules import meetings_visible_to, notes_are_out
from partnerships.communication.schedule import WEEK_AHEAD, meets_often
from partnerships.core import clock
from partnerships.directory.models import Contact, Suggestion
from partnerships.directory.rules import may_decide
from partnerships.registry.choices import Status
from partnerships.registry.models import Agreement, Partnership, Party
from partnerships.registry.speakers import keepers

NO_ONE = "address"  # the recipient of a letter to an address that belongs to no one we know


@dataclass(frozen=True)
class Recipient:
    """Where a letter goes now. `zone` is empty when we do not know the reader's own. `language`: the one they asked for."""

    key: str
    name: str
    address: str
    zone: str
    language: str
    person: Person | None


def key_of(someone) -> str:
    return f"{type(someone)._meta.model_name}:{someone.pk}"


def is_sample(someone) -> bool:
    """Whether a person, or the owner of a contact, belongs to the sample."""
    if isinstance(someone, (Person, Suggestion)):
        return someone.is_sample
    return (someone.organization or someone.department or someone.jurisdiction).is_sample


def read(someone) -> Recipient:
    if isinstance(someone, Person):
        return Recipient(key_of(someone), someone.name, someone.email, someone.zone, someone.language, someone)
    if isinstance(someone, Suggestion):
        return Recipient(key_of(someone), "", someone.address, "", "en", None)
    return Recipient(key_of(someone), someone.name, someone.email, someone.zone, someone.language, None)


def unknown(address: str) -> Recipient:
    """Someone who typed an address that belongs to no account."""
    return Recipient(NO_ONE, "", address, "", "en", None)


def find(key: str) -> Recipient | None:
    """The recipient as they are now; None when the account is closed, or the contact or sender is gone or has no address."""
    kind, _, pk = key.partition(":")
    rows = {
        "person": Person.objects.filter(is_active=True),
        "contact": Contact.objects.exclude(email=""),
        "suggestion": Suggestion.objects.exclude(address=""),
    }.get(kind)
    someone = rows.filter(pk=pk).first() if rows is not None else None
    return read(someone) if someone else None


def parties_at(partnership: Partnership, day: date):
    """The parties that have not left by that day."""
    return Party.objects.filter(partnership=partnership).exclude(ends_on__lt=day)


def belongs_to(person: Person, partnership: Partnership, day: date) -> bool:
    """Whether the person is of the lead jurisdiction or of a party's own body."""
    parties = parties_at(partnership, day)
    return Membership.objects.filter(
        Q(jurisdiction=partnership.lead_id)
        | Q(department__jurisdiction=partnership.lead_id)
        | Q(jurisdiction__in=parties.exclude(jurisdiction=None).values("jurisdiction"))
        | Q(jurisdiction__in=parties.exclude(department=None).values("department__jurisdiction"))
        | Q(department__in=parties.exclude(department=None).values("department"))
        | Q(department__jurisdiction__in=parties.exclude(jurisdiction=None).values("jurisdiction"))
        | Q(organization__in=parties.exclude(organization=None).values("organization")),
        person=person,
    ).exists()


@dataclass(frozen=True)
class Look:
    """What stands behind a letter now: to whom, about what, and why it may not go (empty when it may)."""

    recipient: Recipient | None
    subject: object
    refusal: str
    pace: str = Pace.AT_ONCE


def look(letter: Letter) -> Look:
    """Reads recipient and subject anew and asks whether this one may have this letter; in words for staff."""
    reader = _READERS.get(letter.subject_type)
    someone, subject, refusal = reader(letter) if reader else (find(letter.recipient), None, "")
    recipient = someone if someone is None or isinstance(someone, Recipient) else read(someone)
    may_have_it = recipient is not None and (_may_be_written_to(recipient) or letter.subject_type == "person")
    if not refusal and not (may_have_it and recipient.address):
        refusal = "There is no active account or address any more."
    pace = digests.paces({letter.recipient}, {letter.kind}).get((letter.recipient, letter.kind), Pace.AT_ONCE)
    if not refusal and pace == Pace.NEVER:
        refusal = "They chose not to get letters of this kind."
    return Look(recipient, subject, refusal, pace)


def stopped(keys: set, kinds: set) -> set[tuple[str, str]]:
    """(recipient, kind) of those among these that the reader wants no letters of."""
    return {key for key, pace in digests.paces(keys, kinds).items() if pace == Pace.NEVER}


def _may_be_written_to(recipient):
    return recipient.person is None or recipient.person.is_active


def _of_meeting(letter):
    seat = next(iter(seats(letter.recipient, letter.subject_id)), None)
    if seat is None:
        return None, None, "The meeting is gone, or they no longer take part in it."
    return seat.person or seat.contact, seat.meeting, _refused_seat(letter, seat, seat.meeting)


def _refused_seat(letter, seat, meeting) -> str:
    if letter.kind == LetterKind.MEETING_NOTES:
        return "" if notes_are_out(meeting) else "The notes are not public any more."
    cancelled = meeting.status == MeetingStatus.CANCELLED
    if letter.occurrence.split("/")[1] != str(meeting.sequence) or (
        cancelled != (letter.kind == LetterKind.MEETING_CANCELLED)
    ):
        return "The meeting was changed or cancelled after this letter was planned."
    if lost := lost_seat(seat):
        return lost
    if letter.occurrence.endswith(f"/{WEEK_AHEAD.name}") and body_meets_often(meeting):
        return "This group meets often, so the letter a week ahead is left out."
    return ""


def seats(key: str, meeting_id: int):
    """The seat of this recipient at a meeting, with all that `lost_seat` reads: one row or none."""
    kind, _, pk = key.partition(":")
    rows = Participant.objects.filter(meeting=meeting_id, **{kind: pk})
    return rows.select_related("meeting__partnership", kind).annotate(left_on=F("party__ends_on"))


def lost_seat(seat) -> str:
    """Why someone who is asked to a meeting has no say in it any more; empty when they have."""
    meeting = seat.meeting
    if meeting.partnership.status == Status.ENDED and meeting.status != MeetingStatus.CANCELLED:
        return "The partnership has ended."
    if seat.left_on and seat.left_on < meeting.date:
        return "The party that they sit for has left the partnership."
    if seat.person and not (
        belongs_to(seat.person, meeting.partnership, meeting.date)
        or meetings_visible_to(seat.person).filter(pk=meeting.pk).exists()
    ):
        return "They may no longer see this meeting."
    return ""


def body_meets_often(meeting) -> bool:
    others = Meeting.objects.filter(partnership=meeting.partnership_id, status=MeetingStatus.PLANNED)
    return meets_often(days_near(meeting.date, others.values_list("date", flat=True)))


def days_near(day: date, days) -> list[date]:
    """Those of the days that lie within 90 days of this one: what says how often the body meets now."""
    return [other for other in days if abs((other - day).days) <= 90]


def _of_check_in(letter):
    plans = CheckInPlan.objects.select_related("partnership", "person", "contact", "holder")
    plan = plans.filter(pk=letter.subject_id, is_active=True).first()
    if plan is None:
        return None, None, "This check-in is no longer planned."
    refusal = ""
    if letter.occurrence.split("/")[1] != plan.next_due_on.isoformat():
        refusal = "The check-in was done or moved after this letter was planned."
    elif plan.partnership.status == Status.ENDED:
        refusal = "The partnership has ended."
    if letter.kind == LetterKind.CHECK_IN_MISSED:
        someone = _of_office(letter, plan)
        return someone, plan, refusal or ("" if someone else "They no longer look after this partnership.")
    if not refusal and (key_of(plan.person or plan.contact) != letter.recipient or not answers_check_in(plan)):
        refusal = "They no longer answer this check-in."
    return plan.person or plan.contact, plan, refusal


def answers_check_in(plan) -> bool:
    """Whether the one who is to answer still belongs to the partnership; a contact does as long as it is there."""
    return plan.person is None or belongs_to(plan.person, plan.partnership, plan.next_due_on)


def _of_office(letter, plan):
    """The reader of this letter as long as they hold the relationship or keep the lead's records, else None."""
    pk = letter.recipient.partition(":")[2]
    keeper = keepers([plan.partnership.lead_id]).filter(person=pk).select_related("person").first()
    if keeper:
        return keeper.person
    holds = plan.holder and str(plan.holder_id) == pk and belongs_to(plan.holder, plan.partnership, clock.today())
    return plan.holder if holds else None


def _of_call(letter):
    rows = CheckIn.objects.select_related("plan__partnership", "plan__holder")
    check_in = rows.filter(pk=letter.subject_id).first()
    if check_in is None:
        return None, None, "The check-in is gone."
    someone = _of_office(letter, check_in.plan)
    return someone, check_in, "" if someone else "They no longer look after this partnership."


def _of_agreement(letter):
    agreement = Agreement.objects.select_related("partnership__lead").filter(pk=letter.subject_id).first()
    if agreement is None or agreement.ends_on is None:
        return None, None, "The agreement no longer has an end."
    keeper = keepers([agreement.partnership.lead_id]).filter(person=letter.recipient.partition(":")[2])
    keeper, refusal = keeper.select_related("person").first(), ""
    if letter.occurrence.split("/")[1] != agreement.ends_on.isoformat():
        refusal = "The end of the agreement was moved after this letter was planned."
    elif agreement.partnership.status == Status.ENDED:
        refusal = "The partnership has ended."
    elif keeper is None:
        refusal = "They no longer keep the records of this office."
    return keeper.person if keeper else None, agreement, refusal


def _of_suggestion(letter):
    suggestion = Suggestion.objects.select_related("organization").filter(pk=letter.subject_id).first()
    someone = find(letter.recipient)
    if suggestion is None:
        return None, None, "The suggestion is gone."
    if letter.kind == LetterKind.SUGGESTION_MADE and not (someone and may_decide(someone.person, suggestion)):
        return None, suggestion, "They may no longer decide it."
    return someone, suggestion, ""


_READERS = {
    "meeting": _of_meeting,
    "checkinplan": _of_check_in,
    "checkin": _of_call,
    "agreement": _of_agreement,
    "suggestion": _of_suggestion,
    "action": of_action,
    **dict.fromkeys(digests.NEWS_SUBJECTS, digests.read_news),
    "digestentry": lambda letter: digests.read_digest(letter, look),
    **ACCOUNT_READERS,
    **WORDS,
    **ROUNDS,
}
