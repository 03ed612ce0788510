"""Shared measurement: results and their measures, data points with revisions, interpretations by each side, plans and
activities.
"""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.fields import LineField, LinkField, ProseField
from partnerships.core.models import Record
from partnerships.core.types import Text
from partnerships.directory.models import IssueArea, Jurisdiction
from partnerships.measurement.choices import (
    SMALLEST,
    ActivityKind,
    ActivityStatus,
    Counted,
    Dimension,
    Direction,
    InterpretationKind,
    MeasureKind,
    Part,
    PeriodKind,
    Unit,
)
from partnerships.registry.models import Partnership, Party, no_end_before_start

_BY = settings.AUTH_USER_MODEL


def amount(label: Text | None = None) -> models.DecimalField:
    """A number of any unit, with six decimal places."""
    return models.DecimalField(label, max_digits=18, decimal_places=6, null=True, blank=True)


class Result(Record):
    """What should be different, and who should benefit: a condition of a whole population.

    One jurisdiction keeps it, and several partnerships can work on it.
    """

    ID_PREFIX = "S"

    lead = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="results")
    title = LineField()
    population = LineField(_("population"), max_length=200)
    detail = ProseField(_("what would be different"), blank=True, max_length=3000)
    issue_areas = models.ManyToManyField(IssueArea, blank=True, related_name="results")
    partnerships = models.ManyToManyField(Partnership, blank=True, related_name="results")
    is_published = models.BooleanField(_("everyone can read it"), default=False)

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class Measure(Record):
    """How we know: an indicator of a result, or a performance measure of a partnership.

    `per`: for a rate, per how many people or things. Money is in US dollars. `first_month`: the first month of its
    school or fiscal year. `baseline_on`, `target_on` and `last_on` are first days of periods; after `last_on`, no numbers
    are entered or asked for. `smallest`: a cell of fewer people is hidden; `limits`: its history, as lists of a moment
    (ISO), the number from then on, and the cells of the reference groups from then on (missing in entries from before they
    were kept). `family`: measures with the same value are linked by sums (MeasureSum).
    """

    ID_PREFIX = "N"

    lead = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=12, choices=MeasureKind.choices)
    result = models.ForeignKey(Result, models.PROTECT, null=True, blank=True, related_name="indicators")
    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="measures")
    title = LineField()
    definition = ProseField(_("what is counted, and how"), blank=True, max_length=3000)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    per = models.PositiveIntegerField(_("rate per"), null=True, blank=True, validators=[MinValueValidator(1)])
    counted = models.CharField(_("what the numerator counts"), max_length=6, choices=Counted.choices, blank=True)
    lowest = amount(_("lowest possible score"))
    highest = amount(_("highest possible score"))
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.NEITHER)
    period = models.CharField(max_length=12, choices=PeriodKind.choices, default=PeriodKind.YEAR)
    first_month = models.PositiveSmallIntegerField(
        _("first month of its year"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    baseline_value = amount("baseline")
    baseline_on = models.DateField(_("baseline period"), null=True, blank=True)
    target_value = amount("target")
    target_on = models.DateField(_("target period"), null=True, blank=True)
    last_on = models.DateField(_("last period"), null=True, blank=True)
    smallest = models.PositiveSmallIntegerField(
        _("smallest group that is shown"),
        default=SMALLEST,
        validators=[MinValueValidator(SMALLEST), MaxValueValidator(30)],
    )
    limits = models.JSONField(default=list, blank=True, editable=False)
    family = models.BigIntegerField(null=True, editable=False, db_index=True)
    due_days = models.PositiveSmallIntegerField(
        _("days after each period until data are due"), default=30, validators=[MaxValueValidator(730)]
    )
    is_published = models.BooleanField(_("everyone can read it"), default=False)
    shown_owners: "list[MeasureOwner]"  # those whose party the reader may know of (`queries.measure`)
    redefined_at: datetime | None = None  # when its definition last changed, as far as the history goes (`queries`)

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="indicator", result__isnull=False, partnership=None)
                | (~Q(kind="indicator") & Q(partnership__isnull=False, result=None)),
                name="measure_of_a_result_or_a_partnership",
                violation_error_message=_(
                    "An indicator belongs to a result. Any other measure belongs to a partnership."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(baseline_value=None) & Q(baseline_on=None))
                | Q(baseline_value__isnull=False, baseline_on__isnull=False),
                name="baseline_has_a_period",
                violation_error_message=_("A baseline needs both a number and a period."),
            ),
            models.CheckConstraint(
                condition=(Q(target_value=None) & Q(target_on=None))
                | Q(target_value__isnull=False, target_on__isnull=False),
                name="target_has_a_period",
                violation_error_message=_("A target needs both a number and a period."),
            ),
            models.CheckConstraint(
                condition=~Q(unit="rate") | Q(per__isnull=False),
                name="rate_is_per_so_many",
                violation_error_message=_("Enter the number that the rate is per."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_target_worse(self) -> bool:
        """Whether the target is on the wrong side of the baseline. Some intend that: to slow down a decline."""
        if self.baseline_value is None or self.target_value is None:
            return False
        rise = self.target_value - self.baseline_value
        return rise < 0 if self.direction == Direction.UP else rise > 0 if self.direction == Direction.DOWN else False


class MeasureGroup(models.Model):
    """One category by which a measure is broken out, such as a place.

    `key` is unique in its dimension and never changes, since it identifies cells. The reference group of a dimension
    is the one that the others are compared with.
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="groups")
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    key = models.SlugField(max_length=40)
    name = LineField(max_length=100)
    is_reference = models.BooleanField(_("others are compared with it"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "dimension", "key"], name="one_group_a_key"),
            models.UniqueConstraint(
                fields=["measure", "dimension"], condition=Q(is_reference=True), name="one_reference_a_dimension"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeasureOwner(models.Model):
    """A party that a measure belongs to. One that supplies data is asked for them when they are due."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="owners")
    party = models.ForeignKey(Party, models.CASCADE, related_name="owned_measures")
    supplies = models.BooleanField(_("provides its data"), default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["measure", "party"], name="one_place_an_owner")]


class DataPoint(models.Model):
    """A number of one period and one group: the current one (`replaced_at` is null), or a former one.

    `starts_on`: first day of the period. `cell`: the group's key (`rate_math`), "" for everyone. If numerator and
    denominator are known, the value is computed from them. `published_by`, `link`: for a number that is quoted from a
    public table.
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="points")
    starts_on = models.DateField()
    cell = models.CharField(max_length=200, blank=True)
    value = amount()
    numerator = amount("numerator")
    denominator = amount("denominator")
    story = ProseField(_("story behind the number"), blank=True, max_length=2000)
    source = LineField(_("source"), blank=True, max_length=300)
    published_by = LineField(_("published by"), blank=True, max_length=200)
    link = LinkField(_("link to the published table"), blank=True, max_length=300)
    supplied_by = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(_BY, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    why = LineField(_("reason for the change"), blank=True, max_length=300)
    replaced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["starts_on", "cell", "id"]
        indexes = [models.Index(fields=["measure", "starts_on"], name="points_of_a_measure")]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "starts_on", "cell"], condition=Q(replaced_at=None), name="one_standing_point_a_cell"
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gt=0),
                name="something_below_the_line",
                violation_error_message=_("The denominator can’t be zero. Leave the counts empty instead."),
            ),
        ]


class MeasureSum(models.Model):
    """The counts of some measures add up to those of another: staff said so, or it was detected when numbers were
    saved.

    A small group of one could be computed from the others, so they are protected together. The link is permanent,
    whatever is entered later.
    """

    whole = models.ForeignKey(Measure, models.CASCADE, related_name="sums")
    parts = models.ManyToManyField(Measure, related_name="sums_of")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Reading(models.Model):
    """What a party says about a measure's number in its own words: its interpretation, or that it disputes the number.

    `starts_on`: first day of the period, null for the whole measure. `number_then`: the number as it was shown to the
    party. A dispute is open until the office that keeps the number answers and settles it.
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="readings")
    party = models.ForeignKey(Party, models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=8, choices=InterpretationKind.choices, default=InterpretationKind.READING)
    starts_on = models.DateField(null=True, blank=True)
    cell = models.CharField(max_length=200, blank=True)
    words = ProseField(_("in your own words"), max_length=2000)
    number_then = LineField(blank=True, max_length=60, editable=False)
    by = models.ForeignKey(_BY, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    answer = ProseField(_("response"), blank=True, max_length=2000)
    answered_by = models.ForeignKey(_BY, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, editable=False)
    number: Decimal | None  # `number_then` as a number (`queries.interpretations_of`)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["measure", "starts_on"], name="readings_of_a_measure")]


class Plan(Record):
    """A racial equity action plan of a jurisdiction, with outcomes that partnerships serve."""

    ID_PREFIX = "K"

    lead = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="plans")
    title = LineField()
    link = LinkField(_("link"), blank=True, max_length=300)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_published = models.BooleanField(_("everyone can read it"), default=False)
    size: int  # the number of its outcomes, where `plan_queries.plan_list` counts them

    class Meta:
        ordering = ["title", "id"]
        constraints = [no_end_before_start("plan_no_end_before_start")]

    def __str__(self) -> str:
        return self.title


class Outcome(models.Model):
    """An outcome of a plan.

    It has what the plan says (number, goal, actions, how it is measured, who is accountable, until when), the result
    it is for, and the partnerships that serve it.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="outcomes")
    number = LineField(blank=True, max_length=20)
    goal = LineField(_("goal or area"), blank=True, max_length=200)
    title = LineField(_("outcome"), max_length=300)
    actions = ProseField(_("actions"), blank=True, max_length=3000)
    measured_by = ProseField(_("performance measure"), blank=True, max_length=1000)
    accountable = LineField(_("accountable"), blank=True, max_length=200)
    due = LineField(_("due"), blank=True, max_length=60)
    progress = ProseField(_("progress"), blank=True, max_length=2000)
    result = models.ForeignKey(Result, models.SET_NULL, null=True, blank=True, related_name="outcomes")
    partnerships = models.ManyToManyField(Partnership, blank=True, related_name="outcomes")
    position = models.PositiveSmallIntegerField(default=0)
    # What the reader may know of (`plan_queries`).
    seen_partnerships: list[Partnership]
    seen_result: Result | None
    has_community: bool

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], condition=~Q(number=""), name="one_outcome_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Activity(Record):
    """What parties of a partnership do for its results, or stop doing. Action items can belong to it."""

    ID_PREFIX = "V"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="activities")
    title = LineField()
    detail = ProseField(blank=True, max_length=2000)
    kind = models.CharField(max_length=5, choices=ActivityKind.choices, default=ActivityKind.DOES)
    status = models.CharField(max_length=9, choices=ActivityStatus.choices, default=ActivityStatus.PLANNED)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    results = models.ManyToManyField(Result, blank=True, related_name="activities")
    outcomes = models.ManyToManyField(Outcome, blank=True, related_name="activities")
    is_public = models.BooleanField(_("everyone can read it"), default=False)
    # What the reader may know of (`activity_queries`).
    seen_parts: "list[ActivityPart]"
    seen_results: list[Result]
    seen_outcomes: list[Outcome]

    class Meta:
        ordering = [F("starts_on").asc(nulls_last=True), "title", "id"]
        constraints = [no_end_before_start("activity_no_end_before_start")]

    def __str__(self) -> str:
        return self.title


class ActivityPart(models.Model):
    """A party's part in an activity."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="parts")
    party = models.ForeignKey(Party, models.CASCADE, related_name="activity_parts")
    part = models.CharField(max_length=5, choices=Part.choices, default=Part.ADDS)

    class Meta:
        ordering = ["party__position", "id"]
        constraints = [models.UniqueConstraint(fields=["activity", "party"], name="one_part_a_party")]


class Gain(models.Model):
    """What a party says it has gained from the partnership, in its own words."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="gains")
    text = ProseField(_("what you gained"), max_length=2000)
    gained_on = models.DateField(_("since"), null=True, blank=True)
    is_public = models.BooleanField(_("everyone can read it"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    by = models.ForeignKey(_BY, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def clean(self) -> None:
        if not (self.gained_on and self.party_id):
            return
        if self.gained_on > clock.today(clock.zone(self.party.partnership.lead.zone)):
            words = gettext("This date is in the future. Enter the day since when you have had it, or leave it out.")
            raise ValidationError({"gained_on": ValidationError(words, code="future")})
