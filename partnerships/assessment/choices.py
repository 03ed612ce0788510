"""Closed vocabularies of rounds, and the thresholds of what a side's score shows."""

from django.db import models


class Standing(models.TextChoices):
    """What there is of a side's score for one item. Only the first has a number, and the others are never drawn as zero."""

    SHOWN = "shown", "Answered"
    KEPT_BACK = "kept_back", "Kept back"
    DECLINED = "declined", "Chose not to answer"
    NO_ANSWER = "no_answer", "Asked, no answer yet"
    NOT_ASKED = "not_asked", "Not asked"


class Way(models.TextChoices):
    """How an answer reached the registry."""

    SELF = "self", "By the person who answers"
    PAPER = "paper", "On paper"
    PHONE = "phone", "By phone"
    TALK = "talk", "In a talk"
    CODE = "code", "With a code, without an email address"


class CanceledAs(models.TextChoices):
    """In which role someone canceled a round."""

    LEAD = "lead", "The lead agency"
    PARTNER = "partner", "A partner"
    ADMINISTRATOR = "administrator", "An administrator of this registry"
    REGISTRY = "registry", "The registry"


ANSWERED = (Standing.SHOWN, Standing.KEPT_BACK)  # whoever has done so may see what the other side says
RECORDED = (Way.PAPER, Way.PHONE, Way.TALK)

LEAD, OTHERS = "lead", "others"  # the two sides of a partnership that has one side only
NATION = "nation-"  # a tribal nation answers as a side of its own: “nation-12”, with its jurisdiction's key

ON_RECORD = 2  # a side of at most so many answers on the record
SCORE_FROM = 3  # a larger side shows low, middle or high from so many answers that no one of another side recorded
MEDIAN_FROM = 5  # the median, and whether answers are close together, from so many; and words that people chose to show
SPREAD_FROM = 8  # the lowest and the highest from so many
FEW = 8  # a smaller side shows bands only where one or two of its people changed since an earlier round
REPEAT_DAYS = 60  # from the day that answers open until the same is asked again
WIDE_GAP = 2  # levels: a gap from here on owes a response
LOW = 1  # a second side's score up to here owes one, whatever the gap
NOTE_DAYS = 30  # within which a response note is owed

ROLL_DAYS = 7  # in which partners name who answers for them
ANSWER_DAYS = 7  # that people have to answer at least
CONFIRMED_DAYS = 14  # for which a partner has agreed to its seat before its people can be asked
MOVE_DAYS = 30  # by which the last day of a round can be moved, once
PROGRESS_FROM = 5  # while a round is open, how far a side is shows only from so many people
UNREAD_DAYS = 30  # for which the answers of a canceled round are kept, unread, before they are erased
PAUSE_DAYS = 30  # after a round was canceled, before a new one starts there
