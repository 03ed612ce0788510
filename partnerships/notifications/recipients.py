"""Who a letter goes to, where, and whether they may still have it. Asked when it is taken up and again at the fence.

A recipient is written “person:12” or “contact:7”; the address itself stands in no row and is looked up at sending.
"""

from datetime import date
from functools import cache

from django.db.models import F, Q

from partnerships.accounts.models import Person
from partnerships.accounts.occasions import LET_IN
from partnerships.accounts.queries import person_by_address
from partnerships.core import clock
from partnerships.core.prepared import Place, Prepared
from partnerships.directory.models import Contact, Suggestion
from partnerships.directory.rules import may_decide
from partnerships.mail import audience, suppressed
from partnerships.mail.audience import Ahead, Look, Recipient, key_of, unknown
from partnerships.mail.choices import LetterKind, Pace
from partnerships.mail.models import Letter
from partnerships.mail.schedule import WEEK_AHEAD, meets_often
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import CheckIn, CheckInPlan, Meeting, Participant
from partnerships.meetings.rules import meetings_visible_to, notes_are_out
from partnerships.notifications import digests
from partnerships.notifications.account_readers import ACCOUNT_READERS
from partnerships.notifications.recipients_actions import of_action
from partnerships.notifications.recipients_numbers import NUMBERS
from partnerships.notifications.recipients_rounds import ROUNDS
from partnerships.notifications.recipients_words import WORDS
from partnerships.registry.choices import GIVEN_UP, Status
from partnerships.registry.models import Agreement
from partnerships.registry.seats import is_at_table
from partnerships.registry.speakers import belongs_to, keepers


def read(someone) -> Recipient:
    if isinstance(someone, Person):
        return Recipient(key_of(someone), someone.name, someone.email, someone.zone, someone.language, someone)
    if isinstance(someone, Suggestion):
        return Recipient(key_of(someone), "", someone.address, "", "en")
    return Recipient(key_of(someone), someone.name, someone.email, someone.zone, someone.language)


@audience.at_address.register
def at_address(address: str) -> Recipient:
    """Whose account has this address; `unknown` where none has."""
    person = person_by_address(address)
    return read(person) if person else unknown(address)


@audience.owner_of.register
def owner_of(address: str) -> str:
    """Whose address it is now, as a recipient; empty when it belongs to no one that we know."""
    typed = address.strip().lower()
    someone = (
        Person.objects.filter(email=typed).first()
        or Contact.objects.filter(email__iexact=typed).order_by("pk").first()
    )  # fmt: skip
    return key_of(someone) if someone else ""


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


@audience.read_ahead.register
def read_ahead(letters: list[Letter]) -> Ahead:
    of_meetings = [letter for letter in letters if letter.subject_type == "meeting"]
    found: dict = {}
    meetings: dict = {}
    rows = _seats({letter.recipient for letter in of_meetings})
    for seat in rows.filter(meeting__in={letter.subject_id for letter in of_meetings}):
        seat.meeting = meetings.setdefault(seat.meeting_id, seat.meeting)
        found[key_of(seat.person or seat.contact), seat.meeting_id] = seat
    paces = digests.paces({letter.recipient for letter in letters}, {letter.kind for letter in letters})
    listed = suppressed.reasons({(seat.person or seat.contact).email for seat in found.values()})
    return Ahead(found, paces, listed)


@audience.look.register
def look(letter: Letter, ahead: Ahead | None = None, *, anew: bool = True) -> Look:
    """Reads recipient and subject and asks whether this one may have this letter; in words for staff. `ahead`: what was read for
    its batch; `anew`: whether that may have changed since."""
    reader = READERS.get(letter.subject_type)
    if ahead and not anew and letter.subject_type == "meeting":
        someone, subject, refusal = _of_seat(letter, ahead.seats.get((letter.recipient, letter.subject_id)))
    else:
        someone, subject, refusal = reader(letter) if reader else (find(letter.recipient), None, "")
    recipient = someone if someone is None or isinstance(someone, Recipient) else read(someone)
    is_of_account = letter.subject_type == "person" or letter.occurrence.startswith(
        LET_IN
    )  # also of one that is suspended
    may_have_it = recipient is not None and (_may_be_written_to(recipient) or is_of_account)
    if not refusal and not (may_have_it and recipient.address):
        refusal = "There is no active account or address any more."
    paces = digests.paces({letter.recipient}, {letter.kind}) if anew else ahead.paces
    pace = paces.get((letter.recipient, letter.kind), Pace.AT_ONCE)
    if not refusal and pace == Pace.NEVER:
        refusal = "They chose not to get letters of this kind."
    return Look(recipient, subject, refusal, pace)


@audience.stopped.register
def stopped(keys: set, kinds: set) -> set[tuple[str, str]]:
    """(recipient, kind) of those among these that the reader wants no letters of."""
    return {key for key, pace in digests.paces(keys, kinds).items() if pace == Pace.NEVER}


def _may_be_written_to(recipient):
    return recipient.person is None or recipient.person.is_active


@audience.still_so.register
def still_so(letter: Letter, ahead: Ahead) -> tuple | None:
    """What has to hold for what was read ahead to be true still, as conditions of one statement; None where that takes more.

    Of a contact asked to a meeting a few columns say so. A person is read anew with all that they belong to, and before a letter
    a week ahead so is how often the group meets.
    """
    seat = ahead.seats.get((letter.recipient, letter.subject_id)) if letter.subject_type == "meeting" else None
    if seat is None or seat.contact is None or _is_week_ahead(letter):
        return None
    meeting, address, kind = seat.meeting, seat.contact.email, letter.kind
    values = {
        "seat": seat.pk,
        "left_on": seat.left_on and seat.left_on.isoformat(),
        "version": meeting.version,
        "status": meeting.partnership.status,
        "contact": seat.contact_id,
        "address": address,
        "digest": suppressed.digest_of(address),
    }
    same, unwanted, listed = _asked_of_contacts(kind, seat.left_on is not None)
    return same.given(values), ~unwanted.given(values), ~listed.given(values)


@cache
def _asked_of_contacts(kind: str, has_left: bool) -> tuple[Prepared, Prepared, Prepared]:
    """The seat as it was read, the reader's refusal of this kind, the entry in the list of addresses that stops it."""
    same = Participant.objects.filter(
        pk=Place("seat"),
        party__ends_on=Place("left_on") if has_left else None,
        meeting__version=Place("version"),
        meeting__partnership__status=Place("status"),
        contact__email=Place("address"),
    ).exclude(Q(party__state__in=GIVEN_UP) | Q(party=None, is_for_party=True))
    unwanted = digests.refusals("contact", Place("contact"), kind)
    listed = suppressed.stopping(Place("digest"), kind)
    return Prepared.exists(same), Prepared.exists(unwanted), Prepared.exists(listed)


def _of_meeting(letter):
    return _of_seat(letter, next(iter(seats(letter.recipient, letter.subject_id)), None))


def _of_seat(letter, seat):
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
    if _is_week_ahead(letter) and body_meets_often(meeting):
        return "This group meets often, so the letter a week ahead is left out."
    return ""


def _is_week_ahead(letter):
    return letter.occurrence.endswith(f"/{WEEK_AHEAD.name}")


def seats(key: str, meeting_id: int):
    """The seat of this recipient at a meeting, with all that `lost_seat` reads: one row or none."""
    return _seats({key}).filter(meeting=meeting_id)


def _seats(keys):
    ids = {kind: [key.partition(":")[2] for key in keys if key.startswith(kind)] for kind in ("person", "contact")}
    whose = Q(person__in=ids["person"]) | Q(contact__in=ids["contact"])
    rows = Participant.objects.filter(whose).select_related("meeting__partnership", *filter(ids.get, ids))
    return rows.annotate(left_on=F("party__ends_on"), answered_seat=F("party__state")).order_by()


def lost_seat(seat) -> str:
    """Why someone who is asked to a meeting has no say in it any more; empty when they have."""
    meeting = seat.meeting
    if meeting.partnership.status == Status.ENDED and meeting.status != MeetingStatus.CANCELLED:
        return "The partnership has ended."
    if seat.has_lost_party or seat.answered_seat in GIVEN_UP or (seat.left_on and seat.left_on < meeting.date):
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
    plans = CheckInPlan.objects.select_related("partnership", "person", "contact", "party", "holder")
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
    """Whether the one who is to answer still belongs to the partnership, as a contact does as long as it is there, and the
    partner that they answer for is at the table.
    """
    if plan.party and not is_at_table(plan.party):
        return False
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


# What a letter is about → function that gives its reader, the subject, and why it may not go. Higher packages add theirs.
READERS = {
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
    **NUMBERS,
}
