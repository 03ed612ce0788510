"""Closed vocabularies of partnerships. Keys never change; labels may."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnerships.core.choices import OverridableIntegerChoices, OverridableTextChoices


class Kind(OverridableTextChoices):
    CONTRACT = "contract", _("Contract")
    TRAINING = "training", _("Training")
    ADVISORY_BODY = "advisory_body", _("Advisory body")
    ORGANIZING = "organizing", _("Organizing and pressure")
    LEARNING = "learning", _("Cross-jurisdiction learning")
    STRATEGY = "strategy", _("Cross-department strategy")
    JOINT_PROJECT = "joint_project", _("Joint project")


# The facts of each kind of partnership. Documents are possible with any kind.
KIND_FACTS: dict[str, tuple[str, ...]] = {
    Kind.CONTRACT: ("agreement",),
    Kind.TRAINING: ("training", "agreement"),
    Kind.ADVISORY_BODY: ("advisory_body", "seats"),
    Kind.ORGANIZING: ("asks",),
    Kind.LEARNING: ("practices",),
    Kind.STRATEGY: (),
    Kind.JOINT_PROJECT: ("joint_project", "agreement"),
}


class Status(OverridableTextChoices):
    FORMING = "forming", _("Forming")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REPAIRING = "repairing", _("Repairing")
    ENDED = "ended", _("Ended")


OPEN_STATUSES = (Status.FORMING, Status.ACTIVE, Status.PAUSED, Status.REPAIRING)


class Role(OverridableTextChoices):
    BACKBONE = "backbone", _("Backbone")
    LEAD = "lead", _("Lead partner")
    CONVENOR = "convenor", _("Convener")
    MEMBER = "member", _("Participant")
    CONTRACTOR = "contractor", _("Contractor")
    TRAINER = "trainer", _("Trainer")
    FUNDER = "funder", _("Funder")
    ADVISOR = "advisor", _("Advisor")
    ORGANIZER = "organizer", _("Organizer (outside)")


class Circle(OverridableTextChoices):
    """How close a party is to the decisions, from the center out."""

    DECIDES = "decides", _("Decides")
    CO_DESIGNS = "co_designs", _("Co-designs")
    CONSULTED = "consulted", _("Consulted")
    INFORMED = "informed", _("Informed")
    NOT_APPROACHED = "not_approached", _("Not yet approached")
    DECLINED = "declined", _("Declined")


# Parties in these circles are named only in the office that keeps the record.
OFFICE_ONLY_CIRCLES = (Circle.NOT_APPROACHED, Circle.DECLINED)


class SeatState(models.TextChoices):
    """Whether a partner has agreed to its seat. Only the partner itself can confirm, decline or withdraw."""

    RECORDED = "recorded", _("Recorded by the office")
    INVITED = "invited", _("Invited")
    CONFIRMED = "confirmed", _("Confirmed by the partner")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# These partners said no: no list, figure or page outside the office shows the seat.
GIVEN_UP = (SeatState.DECLINED, SeatState.WITHDRAWN)


class WithheldName(models.TextChoices):
    """What figures may say of a seat whose name was removed after it was public. Blank: nothing was removed."""

    COUNTED = "counted", _("Counts, without a name")
    WITHHELD = "withheld", _("Doesn’t count")


class ConsentWay(models.TextChoices):
    """How a partner answered about its seat."""

    ACCOUNT = "account", _("By its own editor, signed in")
    LINK = "link", _("By a personal link")
    CODE = "code", _("With a code sent by text or mail")
    NO_REPLY = "no_reply", _("It hasn’t replied")
    KIND = "kind", _("Asked again: the partnership became organizing")
    MERGE = "merge", _("The stricter answer of two records that were merged")
    LED = "led", _("It led the partnership until then")
    EARLIER = "earlier", _("Before the registry asked: it had confirmed the record or answered")


class Engagement(OverridableIntegerChoices):
    """How much influence the community is promised.

    Levels 1 to 4 have the names of the IAP2 Spectrum; level 0 and “defer to” come from González's Spectrum of
    Community Engagement to Ownership (2019).
    """

    IGNORE = 0, _("Not involved")
    INFORM = 1, _("Inform")
    CONSULT = 2, _("Consult")
    INVOLVE = 3, _("Involve")
    COLLABORATE = 4, _("Collaborate")
    EMPOWER = 5, _("Defer to community")


class AskAnswer(models.TextChoices):
    """A government's answer to an ask. Blank: no answer yet."""

    ADOPTED = "adopted", _("Adopted")
    IN_PART = "in_part", _("Adopted in part")
    DECLINED = "declined", _("Declined")
    OTHER_AUTHORITY = "other_authority", _("Needs another authority")


RESOURCE = "partnership"  # its name in search, counts, sync and URLs

# The facets of a stored document (“kind:contract”) also hold the public ids of its lead and parties, as “at:J-…”.
AT = "at:"


class Verdict(models.TextChoices):
    """What a party says about the record of its partnership."""

    CONFIRMED = "confirmed", _("Confirms the record")
    DISPUTED = "disputed", _("Disagrees with the record")


class TimelineKind(models.TextChoices):
    """The kinds of entries in a timeline."""

    ASK = "ask", _("Asks and answers")
    MEETING = "meeting", _("Meetings")
    DECISION = "decision", _("Decisions")
    ACTION = "action", _("Action items")
    CHECK_IN = "check_in", _("Check-ins")
    STATEMENT = "statement", _("What each side said")
    STATUS = "status", _("Status changes")
    ROUND = "round", _("Survey rounds")
    RESULT = "result", _("Results")
    MEASURE = "measure", _("Measures and numbers")
    READING = "reading", _("Comments on numbers")
    ACTIVITY = "activity", _("Activities")
    OUTCOME = "outcome", _("Plan outcomes")
