"""Closed vocabularies of results, measures and activities. Keys never change; labels may."""

from django.db import models


class MeasureKind(models.TextChoices):
    """An indicator says how a whole population fares; the other three how well a program does its part.

    Source: Results-Based Accountability (how much was done, how well, is anyone better off).
    """

    INDICATOR = "indicator", "Indicator of a result"
    HOW_MUCH = "how_much", "How much was done"
    HOW_WELL = "how_well", "How well it was done"
    BETTER_OFF = "better_off", "Is anyone better off"


PERFORMANCE = (MeasureKind.HOW_MUCH, MeasureKind.HOW_WELL, MeasureKind.BETTER_OFF)


class Unit(models.TextChoices):
    NUMBER = "number", "A number"
    PERCENT = "percent", "Percent"
    RATE = "rate", "A rate"
    MONEY = "money", "Dollars"
    DAYS = "days", "Days"
    SCORE = "score", "A score"


class Counted(models.TextChoices):
    """What the numerator counts: people from the denominator, or events; one person may have several.

    Counts of both are rounded; counts of other things aren't.
    """

    PEOPLE = "people", "People"
    EVENTS = "events", "Events that happen to people"
    THINGS = "things", "Something else, such as homes or trainings"


class Direction(models.TextChoices):
    UP = "up", "A higher number is better"
    DOWN = "down", "A lower number is better"
    NEITHER = "neither", "Neither is better"


class PeriodKind(models.TextChoices):
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"
    SCHOOL_YEAR = "school_year", "School year"
    FISCAL_YEAR = "fiscal_year", "Fiscal year"


class Dimension(models.TextChoices):
    """What a measure can be broken out by, in the order in which a cell's key lists them.

    The two standards for race and ethnicity are separate dimensions: SPD 15 of 2024, and that of 1997, which older
    data use. So they are never mixed.
    """

    RACE = "race", "Race and ethnicity (2024 standard)"
    RACE_1997 = "race1997", "Race and ethnicity (1997 standard)"
    PLACE = "place", "Place"
    GENDER = "gender", "Gender"
    AGE = "age", "Age"
    DISABILITY = "disability", "Disability"
    LANGUAGE = "language", "Language"


class Race(models.TextChoices):
    """Categories of SPD 15 (OMB, 2024): a single question, with several answers possible."""

    AMERICAN_INDIAN = "american-indian", "American Indian or Alaska Native"
    ASIAN = "asian", "Asian"
    BLACK = "black", "Black or African American"
    HISPANIC = "hispanic", "Hispanic or Latino"
    MIDDLE_EASTERN = "middle-eastern", "Middle Eastern or North African"
    PACIFIC_ISLANDER = "pacific-islander", "Native Hawaiian or Pacific Islander"
    WHITE = "white", "White"
    SEVERAL = "several", "More than one"


class Race1997(models.TextChoices):
    """Categories of the 1997 standard, with Hispanic or Latino asked separately, as in census tables."""

    AMERICAN_INDIAN = "american-indian", "American Indian or Alaska Native"
    ASIAN = "asian", "Asian"
    BLACK = "black", "Black or African American"
    HISPANIC = "hispanic", "Hispanic or Latino, of any race"
    PACIFIC_ISLANDER = "pacific-islander", "Native Hawaiian or Other Pacific Islander"
    WHITE = "white", "White"
    SEVERAL = "several", "Two or more races"
    OTHER = "other", "Some other race"


class InterpretationKind(models.TextChoices):
    READING = "reading", "How we read the number"
    DISPUTE = "dispute", "We dispute this number"


class ActivityKind(models.TextChoices):
    """What a partner stops doing counts as much as what it does."""

    DOES = "does", "To do"
    STOPS = "stops", "To stop"


class ActivityStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    UNDER_WAY = "under_way", "Under way"
    DONE = "done", "Done"
    LET_GO = "let_go", "Canceled"


class Part(models.TextChoices):
    """What a party does in an activity."""

    LEADS = "leads", "Leads"
    ADDS = "adds", "Contributes"
