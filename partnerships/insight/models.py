"""Stored data of overviews: expected seats, quarterly snapshots of circles, and network scores too large for a
request.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core.choices import Side
from partnerships.core.fields import LineField
from partnerships.core.models import Record
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Term, exactly_one
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, Circle
from partnerships.registry.models import Partnership, Party

RINGS = [(circle.value, circle.label) for circle in Circle if circle not in OFFICE_ONLY_CIRCLES]


class ExpectedSeat(Record):
    """A seat that `office` says should be filled: in one partnership, or anywhere it works on an issue area.

    It expects a department, a neighboring jurisdiction, a kind of organization or a community (`term`); never a named
    organization. Unless `is_public`, only the office sees it, and for a partnership the people of its parties.
    """

    ID_PREFIX = "E"

    office = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="+")
    partnership = models.ForeignKey(Partnership, models.CASCADE, null=True, blank=True, related_name="expected_seats")
    issue_area = models.ForeignKey(IssueArea, models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="+")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="+")
    term = models.ForeignKey(Term, models.CASCADE, null=True, blank=True, related_name="+")
    circle = models.CharField(_("how close"), max_length=15, choices=RINGS)
    why = LineField(_("why they belong here"), blank=True, max_length=200)
    is_public = models.BooleanField(_("show the empty seat to everyone"), default=False)
    declared_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    declared_on = models.DateField(editable=False)
    taken_back_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            exactly_one("partnership", "issue_area", name="seat_expected_at_exactly_one_table"),
            exactly_one("department", "jurisdiction", "term", name="seat_expects_exactly_one"),
            *(
                models.UniqueConstraint(
                    fields=["office", table, who],
                    condition=Q(taken_back_on__isnull=True),
                    name=f"one_seat_of_{who}_at_{table}",
                    violation_error_message=_("This seat is already expected here."),
                )
                for table in ("partnership", "issue_area")
                for who in ("department", "jurisdiction", "term")
            ),
        ]


class CircleSnapshot(models.Model):
    """The circle of a party on the first day of a quarter.

    Names are looked up when it is read, as far as the reader may see them. A party that was removed since stays as a
    seat without a name.
    """

    quarter_on = models.DateField()
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    side = models.CharField(max_length=12, choices=Side.choices)
    circle = models.CharField(max_length=15, choices=RINGS)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "quarter_on", "party"], name="one_seat_a_quarter")
        ]


class NetworkReading(models.Model):
    """The scores of a network too large for a request, computed in the background.

    `key` is a digest of the parties and ties, so that only readers of the same network find it. `query` is the request
    of `person`, and is emptied when it is done. `progress`: 0 to 100. `result`: as `networks.Paths`. `asked_at` moves
    when the work starts.
    """

    key = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    query = models.JSONField(default=dict)
    progress = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
