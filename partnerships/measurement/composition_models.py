"""Membership composition of advisory bodies, as counts, and the population of places by the same groups.

There is never a record of a single member.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import LineField, LinkField, ProseField
from partnerships.core.models import Record
from partnerships.directory.models import Jurisdiction
from partnerships.measurement.choices import Dimension
from partnerships.registry.models import Partnership

MOST_MEMBERS, MOST_PEOPLE = 500, 2_000_000_000
_FEW = [MaxValueValidator(MOST_MEMBERS)]


class Makeup(Record):
    """How many members of a body were in each category of one dimension on a day.

    `counts`: {category: members} for all categories of the dimension (`groups.CATEGORIES`). `changed`: how many
    members joined or left since the last count. What is shown is decided when it is saved: not the keys in
    `kept_back`, and nothing if it `is_closed`. `shown` holds the counts that are public, with `members`, since a
    correction of fewer than five changes nothing public.
    """

    ID_PREFIX = "B"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="makeups")
    dimension = models.CharField(_("counted by"), max_length=10, choices=Dimension.choices)
    counted_on = models.DateField(_("as of"))
    members = models.PositiveSmallIntegerField(_("total members"), validators=_FEW)
    several = models.BooleanField(_("members could choose more than one"), default=False)
    counts = models.JSONField(default=dict)
    prefer_not = models.PositiveSmallIntegerField(_("said that they prefer not to say"), validators=_FEW)
    no_answer = models.PositiveSmallIntegerField(_("did not answer"), validators=_FEW)
    changed = models.PositiveSmallIntegerField(
        _("joined or left since the last count"), null=True, blank=True, validators=_FEW
    )
    asked_how = LineField(_("how members were asked"), blank=True, max_length=300)
    note = ProseField(_("note"), blank=True, max_length=1000)
    kept_back = models.JSONField(default=list, blank=True, editable=False)
    is_closed = models.BooleanField(default=False, editable=False)
    shown = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["dimension", "counted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "dimension", "counted_on"],
                name="one_makeup_a_day",
                violation_error_message=_(
                    "There’s already a count of that date. Change that one, or choose another date."
                ),
            ),
            models.CheckConstraint(
                condition=Q(members__gte=F("prefer_not") + F("no_answer")), name="no_more_silent_than_members"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()}, {date_format(self.counted_on)}"


class Population(Record):
    """The residents of a jurisdiction in a year, from a public source (`source`, `link`).

    `counts`: {category: people}, without those that the source doesn't count. `several`: a person may be in more than
    one.
    """

    ID_PREFIX = "C"

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="populations")
    dimension = models.CharField(_("counted by"), max_length=10, choices=Dimension.choices)
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1970), MaxValueValidator(2200)])
    total = models.PositiveIntegerField(
        _("total population"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    several = models.BooleanField(_("someone may be counted in more than one group"), default=False)
    counts = models.JSONField(default=dict)
    link = LinkField(_("link to the table"), blank=True, max_length=300)
    note = ProseField(_("note"), blank=True, max_length=1000)

    class Meta:
        ordering = ["dimension", "-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "dimension", "year"],
                name="one_population_a_year",
                violation_error_message=_(
                    "There are already numbers for that year. Change those, or enter another year."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()}, {self.year}"
