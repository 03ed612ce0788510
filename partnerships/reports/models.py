"""Reports for councils and partners: the definitions, and each report created from one."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.assessment.models import Round
from partnerships.core.fields import LineField
from partnerships.core.models import Record
from partnerships.directory.models import Body, Jurisdiction, Organization, exactly_one
from partnerships.measurement.models import Measure
from partnerships.meetings.models import Meeting
from partnerships.registry.models import Partnership, Party
from partnerships.reports.choices import ReportAudience, ReportFrequency, ReportKind, ReportState

# What a report names and may have to redact later; each is checked by the rules of its own package.
NAMED = ("partnership", "party", "organization", "measure", "meeting", "round")


class ReportDefinition(Record):
    """A report that an office or organization wants, once or regularly.

    `query`: parameters of the list of partnerships. `eyes`: its audience, everyone or the owner's own people; an
    organization's report is for its own people. `next_on`: the day of the next one, by the office's calendar.
    `month_day`: the chosen day of the month, which a shorter month may lack.
    """

    ID_PREFIX = "Q"

    kind = models.CharField(max_length=10, choices=ReportKind.choices)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.CASCADE, null=True, blank=True, related_name="report_definitions"
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="report_definitions"
    )
    partnership = models.ForeignKey(
        Partnership, models.CASCADE, null=True, blank=True, related_name="report_definitions"
    )
    title = LineField("title", max_length=120)
    query = models.TextField(blank=True, max_length=2000)
    eyes = models.CharField(
        "who can read it", max_length=10, choices=ReportAudience.choices, default=ReportAudience.EVERYONE
    )
    rhythm = models.CharField("how often", max_length=10, choices=ReportFrequency.choices, default=ReportFrequency.NONE)
    next_on = models.DateField("date of the next report", null=True, blank=True)
    month_day = models.PositiveSmallIntegerField(null=True, editable=False)
    mailed_to = models.ManyToManyField(
        Person, verbose_name="who gets an email", blank=True, related_name="reports_mailed"
    )
    ended_on = models.DateField(null=True, editable=False)
    latest: "Report | None"  # (`queries.definitions`)

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            exactly_one("jurisdiction", "organization", name="report_of_exactly_one"),
            models.CheckConstraint(
                condition=Q(kind="partner", organization__isnull=False, eyes="own")
                | (~Q(kind="partner") & Q(jurisdiction__isnull=False)),
                name="partner_report_is_its_own",
                violation_error_message=_("Only an organization can have its own report, for its own people."),
            ),
            models.CheckConstraint(
                condition=Q(kind="profile", partnership__isnull=False) | (~Q(kind="profile") & Q(partnership=None)),
                name="profile_is_of_a_partnership",
                violation_error_message=_("A profile covers one partnership."),
            ),
            models.CheckConstraint(
                condition=(Q(rhythm="none") & Q(next_on=None)) | (~Q(rhythm="none") & Q(next_on__isnull=False)),
                name="report_with_a_rhythm_has_a_day",
                violation_error_message=_("Enter the date of the next report."),
            ),
        ]
        indexes = [models.Index(fields=["next_on"], name="reports_due")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("report_definition", args=[self.public_id])

    @property
    def owner(self) -> Body:
        """The office or organization whose report it is."""
        owner = self.jurisdiction or self.organization
        assert owner is not None  # a constraint of the table
        return owner


class Report(models.Model):
    """A report as it was created.

    `content`: from `reports.content`; null until then. `pdf`: the same as a file; null while it is being created,
    including again after a redaction, and on computers that can't create one (`has_no_pdf`). `asked_by` is null if the
    schedule requested it. `problem`: why it couldn't be created, as a message. `struck_on`: the last day on which a
    name was redacted.
    """

    definition = models.ForeignKey(ReportDefinition, models.CASCADE, related_name="reports")
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    content = models.JSONField(null=True)
    pdf = models.BinaryField(null=True)
    has_no_pdf = models.BooleanField(default=False)
    problem = LineField(blank=True, max_length=300)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    struck_on = models.DateField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["definition"],
                condition=Q(content__isnull=True, state__in=("waiting", "making")),
                name="one_report_at_a_time",
            ),
        ]


class ReportName(models.Model):
    """A record named in a report, with the `number` it has in the content, so that it can be found for redaction."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="names")
    number = models.PositiveIntegerField()
    partnership = models.ForeignKey(Partnership, models.CASCADE, null=True, related_name="+")
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+")
    measure = models.ForeignKey(Measure, models.CASCADE, null=True, related_name="+")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="+")
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            exactly_one(*NAMED, name="report_names_exactly_one"),
            models.UniqueConstraint(fields=["report", "number"], name="one_name_a_number"),
        ]
