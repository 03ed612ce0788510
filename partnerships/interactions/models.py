"""Interactions: the calls, emails and visits of an office with an organization, a department or a jurisdiction."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core.fields import LineField, ProseField
from partnerships.core.models import Record
from partnerships.directory.models import Contact, Department, Jurisdiction, Organization, exactly_one
from partnerships.interactions.choices import InteractionDirection, InteractionKind
from partnerships.registry.models import Partnership


class Interaction(Record):
    """What was said between an office and an organization, a department or a jurisdiction, on a day of the office's calendar.

    Its office reads it. If it `is_shared`, so do the people of the other side, without `staff` and the follow-up. A
    follow-up is open until `followed_up_on` is set.
    """

    ID_PREFIX = "H"

    office = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="interactions_kept")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="interactions")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="interactions")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="interactions")
    kind = models.CharField(_("type"), max_length=8, choices=InteractionKind.choices, default=InteractionKind.CALL)
    direction = models.CharField(_("who reached out"), max_length=8, choices=InteractionDirection.choices, blank=True)
    date = models.DateField(_("date"))
    time = models.TimeField(_("time"), null=True, blank=True)
    summary = LineField(_("summary"))
    text = ProseField(_("notes"), blank=True)
    contacts = models.ManyToManyField(Contact, blank=True, related_name="interactions", verbose_name=_("contacts"))
    staff = models.ManyToManyField(Person, blank=True, related_name="interactions", verbose_name=_("from your office"))
    partnerships = models.ManyToManyField(
        Partnership, blank=True, related_name="interactions", verbose_name=_("partnerships")
    )
    is_shared = models.BooleanField(_("shared with the other side"), default=False)
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)
    follow_up_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who follows up")
    )
    followed_up_on = models.DateField(_("followed up on"), null=True, blank=True, editable=False)
    logged_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")

    class Meta:
        ordering = ["-date", "-id"]
        constraints = [exactly_one("jurisdiction", "department", "organization", name="interaction_with_exactly_one")]
        indexes = [
            models.Index(fields=["office", "-date", "-id"], name="interactions_of_an_office"),
            models.Index(
                fields=["office", "follow_up_on"],
                condition=Q(follow_up_on__isnull=False, followed_up_on__isnull=True),
                name="open_follow_ups",
            ),
        ]

    def __str__(self) -> str:
        return self.summary


class InteractionRemark(models.Model):
    """What someone added to a shared interaction: people of the other side, or of the office."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="remarks")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    is_from_office = models.BooleanField(default=False)
    text = ProseField(max_length=1000)

    class Meta:
        ordering = ["at", "id"]


class Owner(models.Model):
    """Who looks after a partnership or an organization in an office, and until when. Owning gives no right.

    An office has at most one owner and one backup of a record at a time. Rows that ended say who it was before.
    """

    office = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="+")
    partnership = models.ForeignKey(Partnership, models.CASCADE, null=True, blank=True, related_name="owners")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="owners")
    person = models.ForeignKey(Person, models.CASCADE, related_name="owned")
    is_backup = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            exactly_one("partnership", "organization", name="owner_of_exactly_one"),
            *(
                models.UniqueConstraint(
                    fields=["office", name, "is_backup"], condition=Q(until__isnull=True), name=f"one_owner_of_a_{name}"
                )
                for name in ("partnership", "organization")
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(until__isnull=True), name="owned_now")]
