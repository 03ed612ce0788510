"""Which meetings, check-ins and emails a person may see, and which they may change."""

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from partnerships.assessment import hooks
from partnerships.assessment.models import Respondent
from partnerships.core import clock
from partnerships.core.access import (
    Viewer,
    acts_as_themselves,
    belongs_somewhere,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
)
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import Action, CheckInPlan, Meeting, Participant
from partnerships.registry.choices import Status
from partnerships.registry.representatives import belongs_to, has_left
from partnerships.registry.rules import (
    may_speak_for,
    may_write_partnership,
    own_partnership_ids,
    own_party_ids,
    seated_partnership_ids,
)
from partnerships.registry.seats import is_at_table

# Where a partnership has ended, its planned meetings stay on record, but no one is reminded of them and no page says that
# they come next.
TAKES_PLACE = Q(status=MeetingStatus.PLANNED) & ~Q(partnership__status=Status.ENDED)


def meetings_visible_to(person: Viewer) -> QuerySet[Meeting]:
    """Public meetings of published partnerships for everyone; all meetings of a partnership for its lead's staff.

    People of a party also see those to which anyone was invited for it, and those to which they were invited on their own.
    Each row has `link_shown` (`with_link_shown`).
    """
    return with_link_shown(person, meetings_without_link_shown(person))


def meetings_without_link_shown(person: Viewer) -> QuerySet[Meeting]:
    """The same rows as `meetings_visible_to`, without `link_shown`: for a caller that shows no link to join."""
    if is_administrator(person):
        return Meeting.objects.all()
    public = Q(is_public=True, partnership__is_published=True)
    if person is None or not belongs_somewhere(person):
        return Meeting.objects.filter(public)
    asked = Participant.objects.filter(_asked_alone(person), person=person.pk)
    own = Q(pk__in=asked.values("meeting"), partnership__in=own_partnership_ids(person))
    return Meeting.objects.filter(public | _own_meetings(person) | own)


def with_link_shown(person: Viewer, rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Annotate these meetings with `link_shown`, the link to join, or "" for readers who may not have it.

    It is for those who take part (the lead's staff, people of partners that hold a seat, current participants), and
    for everyone if the office chose so.
    """
    reads = Q(link_is_public=True)
    if person and getattr(person, "is_active", False):
        sits_for = Q(party__in=own_party_ids(person)) | _asked_alone(person)
        reads |= Q(pk__in=Participant.objects.filter(sits_for, person=person.pk).values("meeting"))
    if belongs_somewhere(person):
        reads |= _own_meetings(person) | Q(partnership__in=seated_partnership_ids(person))
    if is_administrator(person):
        reads = Q(pk__isnull=False)
    shown = {"link_shown": Case(When(reads, then=F("link")), default=Value(""), output_field=CharField())}
    return rows.annotate(**shown)


def _asked_alone(person: Viewer) -> Q:
    """Invitations that aren't for a party: a token, which reads by memberships, reads none of them."""
    return Q(party=None, is_for_party=False) if acts_as_themselves(person) else Q(pk__in=())


def notes_visible_to(person: Viewer) -> QuerySet[Meeting]:
    """The meetings whose outcome the person may read: public ones for everyone, others for the lead's staff and
    invited parties.
    """
    closed = Meeting.objects.filter(closed_at__isnull=False)
    if is_administrator(person):
        return closed
    public = Q(notes_are_public=True, is_public=True, partnership__is_published=True)
    return closed.filter(public | _own_meetings(person) if belongs_somewhere(person) else public)


def notes_are_public(meeting: Meeting) -> bool:
    """Whether everyone may read the outcome of the meeting."""
    return bool(meeting.closed_at and meeting.notes_are_public and is_public(meeting))


def is_public(meeting: Meeting) -> bool:
    """Whether everyone may see the meeting. Only then can its notes be public."""
    return meeting.is_public and meeting.partnership.is_published


def takes_place(meeting: Meeting) -> bool:
    """`TAKES_PLACE` of one meeting."""
    return meeting.status == MeetingStatus.PLANNED and meeting.partnership.status != Status.ENDED


def was_held(meeting: Meeting) -> bool:
    """Whether it has begun and wasn't canceled, so that it can have an outcome."""
    return meeting.starts_at <= clock.now() and meeting.status == MeetingStatus.PLANNED


@hooks.actions_visible_to.register
def actions_visible_to(person: Viewer) -> QuerySet[Action]:
    """Action items for the staff of the lead, for their owners, and for the parties invited to the meeting they come
    from.

    Owners are a party's people, or a person as long as they belong to a party at the table. Never for the public.
    """
    if is_administrator(person):
        return Action.objects.all()
    if person is None or not belongs_somewhere(person):
        return Action.objects.none()
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    own_items = Q(owner_person=person.pk, partnership__in=own_partnership_ids(person))
    theirs = Q(owner_party__in=own_party_ids(person))
    agreed = Q(meeting__in=Meeting.objects.filter(_own_meetings(person)).values("pk"))
    return Action.objects.filter(led | own_items | theirs | agreed)


def owned_by(person: Viewer) -> QuerySet[Action]:
    """The action items that the person may see and owns, alone or through an office or organization."""
    return actions_visible_to(person).filter(is_owned_by(person))


def is_owned_by(person: Viewer) -> Q:
    """`owned_by` as a condition (Q) on action items that the person may see."""
    assert person is not None  # only readers who belong somewhere are asked about
    no_person = Q(owner_person=None) | has_left("owner_person")
    return Q(owner_person=person.pk) | (Q(owner_party__in=own_party_ids(person)) & no_person)


def may_note_action(person: Viewer, action: Action) -> bool:
    """Whether the person may update an action item that they may see: the lead's editors, and its owners."""
    if may_write_partnership(person, action.partnership) or (person and action.owner_person_id == person.pk):
        return True
    return action.owner_party is not None and may_speak_for(person, action.owner_party)


def _own_meetings(person: Viewer) -> Q:
    """Meetings of partnerships that the person's office leads, and those to which a party of theirs was invited."""
    asked = Participant.objects.filter(party__in=own_party_ids(person))
    return Q(partnership__lead__in=jurisdictions_read_by(person)) | Q(pk__in=asked.values("meeting"))


def check_in_plans_visible_to(person: Viewer) -> QuerySet[CheckInPlan]:
    if is_administrator(person):
        return CheckInPlan.objects.all()
    return CheckInPlan.objects.filter(partnership__lead__in=jurisdictions_read_by(person))


def answers_check_in(plan: CheckInPlan) -> bool:
    """Whether the person who is to answer still belongs to the partnership, and the partner they answer for still
    takes part. A contact belongs as long as it exists.
    """
    if plan.party and not is_at_table(plan.party):
        return False
    return plan.person is None or belongs_to(plan.person, plan.partnership, plan.next_due_on)


def emails_visible_to(person: Viewer) -> QuerySet[Email]:
    """The emails of an office for its staff; those about claims and suggestions for its editors, who decide these.

    Reminders of rounds are visible to no one: a person who gets none has answered. Nor is any email about a place that
    someone left: only an unanswered place passes to who follows.
    """
    left = Respondent.objects.filter(left_at__isnull=False).values("pk")
    shown = Email.objects.exclude(kind=EmailKind.ROUND_REMINDER)
    shown = shown.exclude(subject_type="respondent", subject_id__in=left)
    if is_administrator(person):
        return shown
    to_read = Q(lead__in=jurisdictions_read_by(person)) & ~Q(subject_type__in=("claim", "suggestion"))
    return shown.filter(to_read | Q(lead__in=jurisdictions_written_by(person)))


def may_write_meeting(person: Viewer, meeting: Meeting) -> bool:
    return may_write_partnership(person, meeting.partnership)
