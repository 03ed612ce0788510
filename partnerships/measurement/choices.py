"""Closed vocabularies of results, measures and activities. Keys never change; labels may."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

SMALLEST = 5  # people in the smallest group whose number is shown, unless a measure asks for more


class MeasureKind(models.TextChoices):
    """An indicator says how a whole population fares; the other three how well a program does its part.

    Source: Results-Based Accountability (how much was done, how well, is anyone better off).
    """

    INDICATOR = "indicator", _("Indicator of a result")
    HOW_MUCH = "how_much", _("How much was done")
    HOW_WELL = "how_well", _("How well it was done")
    BETTER_OFF = "better_off", _("Is anyone better off")


PERFORMANCE = (MeasureKind.HOW_MUCH, MeasureKind.HOW_WELL, MeasureKind.BETTER_OFF)


class Unit(models.TextChoices):
    NUMBER = "number", _("A number")
    PERCENT = "percent", _("Percent")
    RATE = "rate", _("A rate")
    MONEY = "money", _("Dollars")
    DAYS = "days", _("Days")
    SCORE = "score", _("A score")


class Counted(models.TextChoices):
    """What the numerator counts: people from the denominator, or events; one person may have several.

    Counts of both are rounded; counts of other things aren't.
    """

    PEOPLE = "people", _("People")
    EVENTS = "events", _("Events that happen to people")
    THINGS = "things", _("Something else, such as homes or trainings")


class Direction(models.TextChoices):
    UP = "up", _("A higher number is better")
    DOWN = "down", _("A lower number is better")
    NEITHER = "neither", _("Neither is better")


class PeriodKind(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")
    SCHOOL_YEAR = "school_year", _("School year")
    FISCAL_YEAR = "fiscal_year", _("Fiscal year")


class Dimension(models.TextChoices):
    """What a measure can be broken out by, in the order in which a cell's key lists them.

    The two standards for race and ethnicity are separate dimensions: SPD 15 of 2024, and that of 1997, which older
    data use. So they are never mixed.
    """

    RACE = "race", _("Race and ethnicity (2024 standard)")
    RACE_1997 = "race1997", _("Race and ethnicity (1997 standard)")
    PLACE = "place", _("Place")
    GENDER = "gender", _("Gender")
    AGE = "age", _("Age")
    DISABILITY = "disability", _("Disability")
    LANGUAGE = "language", _("Language")


class Race(models.TextChoices):
    """Categories of SPD 15 (OMB, 2024): a single question, with several answers possible. They name groups of measures, so
    they're in English here, and in translation where a page shows a group.
    """

    AMERICAN_INDIAN = "american-indian", gettext_noop("American Indian or Alaska Native")
    ASIAN = "asian", gettext_noop("Asian")
    BLACK = "black", gettext_noop("Black or African American")
    HISPANIC = "hispanic", gettext_noop("Hispanic or Latino")
    MIDDLE_EASTERN = "middle-eastern", gettext_noop("Middle Eastern or North African")
    PACIFIC_ISLANDER = "pacific-islander", gettext_noop("Native Hawaiian or Pacific Islander")
    WHITE = "white", gettext_noop("White")
    SEVERAL = "several", gettext_noop("More than one")


class Race1997(models.TextChoices):
    """Categories of the 1997 standard, with Hispanic or Latino asked separately, as in census tables."""

    AMERICAN_INDIAN = "american-indian", gettext_noop("American Indian or Alaska Native")
    ASIAN = "asian", gettext_noop("Asian")
    BLACK = "black", gettext_noop("Black or African American")
    HISPANIC = "hispanic", gettext_noop("Hispanic or Latino, of any race")
    PACIFIC_ISLANDER = "pacific-islander", gettext_noop("Native Hawaiian or Other Pacific Islander")
    WHITE = "white", gettext_noop("White")
    SEVERAL = "several", gettext_noop("Two or more races")
    OTHER = "other", gettext_noop("Some other race")


class InterpretationKind(models.TextChoices):
    READING = "reading", _("How we read the number")
    DISPUTE = "dispute", _("We dispute this number")


class ActivityKind(models.TextChoices):
    """What a partner stops doing counts as much as what it does."""

    DOES = "does", _("To do")
    STOPS = "stops", _("To stop")


class ActivityStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    CANCELED = "let_go", _("Canceled")


class Part(models.TextChoices):
    """What a party does in an activity."""

    LEADS = "leads", _("Leads")
    ADDS = "adds", _("Contributes")
