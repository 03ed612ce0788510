"""Closed vocabularies of rounds, and the thresholds for what a side's score shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScoreState(models.TextChoices):
    """What exists of a side's score. Only SHOWN has a number; the others are never drawn as zero.

    A side of SCORE_FROM or more participants has one for each item. A smaller side has one for the whole round
    (`RoundSide.standing`), and its items only say that there is no score.
    """

    SHOWN = "shown", "Answered"
    KEPT_BACK = "kept_back", "Withheld"
    DECLINED = "declined", "Chose not to answer"
    NO_ANSWER = "no_answer", "Asked, no answer yet"
    NOT_ASKED = "not_asked", "Not asked"
    NOT_VOUCHED = "not_vouched", "Entered by another side, and not vouched for"
    # Of a side of fewer participants, for the whole round.
    TOO_FEW = "too_few", "Fewer than three answered"
    INCOMPLETE = "incomplete", "Not every question has an answer"
    # Of one item of such a side.
    NO_SCORE = "no_score", "No score"


class AnswerSource(models.TextChoices):
    """How an answer reached the registry."""

    SELF = "self", _("By the person who answers")
    PAPER = "paper", _("On paper")
    PHONE = "phone", _("By phone")
    TALK = "talk", _("In person")
    CODE = "code", _("With a code, without an email address")


class CanceledAs(models.TextChoices):
    """In which role a person canceled a round."""

    LEAD = "lead", _("The lead agency")
    PARTNER = "partner", _("A partner")
    ADMINISTRATOR = "administrator", _("An administrator of this registry")
    REGISTRY = "registry", _("The registry")


class Agreement(models.TextChoices):
    """What a partner is asked to agree to."""

    CANCEL = "cancel", _("Cancel a round")
    PUBLISH = "publish", _("Publish a round")


# A side with one of these may see what the other side says.
ANSWERED = (
    ScoreState.SHOWN,
    ScoreState.KEPT_BACK,
    ScoreState.NOT_VOUCHED,
    ScoreState.TOO_FEW,
    ScoreState.INCOMPLETE,
)
RECORDED = (AnswerSource.PAPER, AnswerSource.PHONE, AnswerSource.TALK)

LEAD, OTHERS = "lead", "others"  # the two sides of a partnership in which all parties are of one side
NATION = "nation-"  # a tribal nation is a side of its own: “nation-12”, with the primary key of its jurisdiction

ON_RECORD = 2  # the largest number of answers with which a side answers on the record
# the number of answers, not counting those recorded by another side, from which a larger side shows low, middle or
# high; a side of fewer participants has one standing for the whole round
SCORE_FROM = 3
# from which it shows the median, whether answers are close together, and comments that people chose to show
MEDIAN_FROM = 5
SPREAD_FROM = 8  # from which it shows the lowest and highest answer
FEW = 8  # a smaller side shows only bands if one or two of its people changed since an earlier round
REPEAT_DAYS = 60  # from the day that answers open until the same can be asked again
WIDE_GAP = 2  # levels: a gap of this size or more requires a response
LOW = 1  # a second side's score up to this level requires one, whatever the gap
NOTE_DAYS = 30  # within which a response is due

NAMING_DAYS = 7  # in which partners name their respondents
ANSWER_DAYS = 7  # the least number of days for answering
CONFIRMED_DAYS = 14  # for which a partner must have confirmed its seat before its people can be asked
KNOWN_DAYS = 60  # after which an organization is known that named its people itself in an earlier round
MOVE_DAYS = 30  # by which the deadline of a round can be moved, once
PROGRESS_FROM = 5  # the size from which a side's progress is shown while a round is open
UNREAD_DAYS = 30  # for which the answers of a canceled round are kept, unread, before they are erased
PAUSE_DAYS = 30  # after a round was canceled, before a new one can start there
