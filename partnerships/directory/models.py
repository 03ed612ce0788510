"""The directory: jurisdictions, departments, organizations, contacts, identifiers, issue areas and open vocabularies."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Model, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.choices import Side, Stage, Vocabulary
from partnerships.core.fields import LineField, LinkField, ProseField, ZoneField
from partnerships.core.models import Record, TreeNode
from partnerships.directory.choices import (
    DepartmentKind,
    IdentifierScheme,
    JurisdictionKind,
    Listing,
    Reader,
    RelationKind,
    SuggestionKind,
    SuggestionState,
)

KEY = RegexValidator(r"^[a-z0-9_]+$", _("Use only lowercase letters, digits and _."))


def exactly_one(*fields: str, name: str) -> models.CheckConstraint:
    """A constraint that exactly one of these foreign keys is set."""
    alternatives = Q()
    for chosen in fields:
        alternatives |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return models.CheckConstraint(condition=alternatives, name=name)


BODIES = ("jurisdiction", "department", "organization")


def body_key(row: Model) -> tuple[str, int]:
    """(model name, primary key) of the jurisdiction, department or organization that a row refers to."""
    return next((name, key) for name in BODIES if (key := getattr(row, f"{name}_id")))


def in_bodies(keys: Collection[tuple[str, int]]) -> Q:
    """A Q for rows that refer to one of these, each given as `body_key` returns it."""
    found = Q(pk__in=())
    for name in BODIES:
        found |= Q(**{f"{name}__in": [key for kind, key in keys if kind == name]})
    return found


class Term(models.Model):
    """A term of an open vocabulary. The key never changes; the label may. A retired term stays on old records.

    `translations`: code of a language → the label in it that staff entered.
    """

    vocabulary = models.CharField(max_length=20, choices=Vocabulary.choices)
    key = models.CharField(max_length=40, validators=[KEY])
    label = LineField(max_length=80)
    help = LineField(blank=True, max_length=300)
    edition = LineField(_("version of the list"), blank=True, max_length=40)
    position = models.PositiveIntegerField(default=100)
    is_retired = models.BooleanField(default=False)
    translations = models.JSONField(default=dict, blank=True, editable=False)
    translated_at = models.DateTimeField(null=True, blank=True, editable=False)
    number: int  # of rows that use it, where `directory.label_overrides` counts them

    class Meta:
        ordering = ["vocabulary", "position", "label"]
        constraints = [models.UniqueConstraint(fields=["vocabulary", "key"], name="one_term_a_key")]

    def __str__(self) -> str:
        return self.label


class IssueArea(Record, TreeNode):
    """A field of work, such as housing. Staff may extend the tree.

    `translations`: code of a language → the name in it that staff entered.
    """

    ID_PREFIX = "A"

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    name = LineField(max_length=80)
    about = ProseField(blank=True, max_length=1000)
    position = models.PositiveIntegerField(default=100)
    translations = models.JSONField(default=dict, blank=True, editable=False)
    translated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Where `insight.coverage` counts the partnerships on it.
    partnership_count: int
    with_community: int
    at_least: bool

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("issue_area", args=[self.key])


class HasOtherNames(models.Model):
    """A record with other names, such as former ones, in one line."""

    other_names = LineField(_("other names"), blank=True, max_length=300)

    class Meta:
        abstract = True


class Jurisdiction(Record, TreeNode, HasOtherNames):
    """A government with authority of its own: a city, county, school district, tribal nation …"""

    ID_PREFIX = "J"

    name = LineField()
    kind = models.CharField(max_length=20, choices=JurisdictionKind.choices, db_index=True)
    state = models.CharField(_("state (two letters)"), max_length=2, blank=True, db_index=True)
    stage = models.CharField(max_length=20, choices=Stage.choices, blank=True, db_index=True)
    about = ProseField(blank=True, max_length=2000)
    website = LinkField(blank=True, max_length=300)
    population = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    zone = ZoneField(_("time zone"))
    # How long partners see what this government will say of them in public, before everyone does.
    reply_days = models.PositiveSmallIntegerField(
        _("days to reply before a statement is public"), default=14, validators=[MaxValueValidator(90)]
    )

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"])]

    def __str__(self) -> str:
        return self.name


class JurisdictionRelation(models.Model):
    """Two jurisdictions that touch or overlap: one row per pair and kind, the smaller id first."""

    first = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="relations_as_first")
    second = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="relations_as_second")
    kind = models.CharField(max_length=10, choices=RelationKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second", "kind"], name="one_relation_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="relation_smaller_id_first"),
        ]


class StageEntry(models.Model):
    """When a jurisdiction reached a stage: the history of `Jurisdiction.stage`."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    since = models.DateField()
    note = LineField(blank=True, max_length=300)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "since"], name="one_stage_a_day")]


class MayClose(models.Model):
    """A department or an organization, which can close. Its record and its history stay."""

    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_closed(self) -> bool:
        """The function `is_closed` for today."""
        return is_closed(self)


class Department(Record, TreeNode, HasOtherNames, MayClose):
    """A department, office, initiative or unit of one jurisdiction. Departments can be nested to any depth."""

    ID_PREFIX = "D"

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="departments")
    name = LineField()
    kind = models.CharField(max_length=12, choices=DepartmentKind.choices, default=DepartmentKind.DEPARTMENT)
    is_equity_office = models.BooleanField(_("leads racial equity work"), default=False)
    about = ProseField(blank=True, max_length=2000)
    website = LinkField(blank=True, max_length=300)
    issue_areas = models.ManyToManyField(IssueArea, blank=True, related_name="departments")

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"])]

    def __str__(self) -> str:
        return self.name


class Organization(Record, HasOtherNames, MayClose):
    """A community organization or an institution. It decides itself which of the two it is.

    The address, contacts, leadership and communities served are visible to registry staff only, until the organization
    opens them. The rest of its profile is visible to everyone unless it decides otherwise (`open_fields`: field name →
    Reader).
    """

    ID_PREFIX = "G"
    PRIVATE_FIELDS = ("address", "led_by", "communities")
    PROFILE_FIELDS = ("kind", "other_names", "aims", "website", "area_note", "area", "languages", "issue_areas")

    name = LineField()
    side = models.CharField(
        max_length=12,
        choices=[(s.value, s.label) for s in (Side.COMMUNITY, Side.INSTITUTION)],
        default=Side.COMMUNITY,
        db_index=True,
    )
    kind = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+")
    aims = ProseField(blank=True, max_length=2000)
    website = LinkField(blank=True, max_length=300)
    listing = models.CharField(max_length=10, choices=Listing.choices, default=Listing.UNLISTED, db_index=True)
    listing_source = LineField(_("published source that names it"), blank=True, max_length=300)
    # It unlisted itself: until its own people list it again, no one else can.
    has_withdrawn = models.BooleanField(default=False, editable=False)
    kept_by = models.ForeignKey(Jurisdiction, models.PROTECT, null=True, blank=True, related_name="+")
    area_note = LineField(_("area served, in words"), blank=True, max_length=300)
    area = models.ManyToManyField(Jurisdiction, blank=True, related_name="served_by")
    languages = models.ManyToManyField(Term, blank=True, related_name="+")
    issue_areas = models.ManyToManyField(IssueArea, blank=True, related_name="organizations")
    address = ProseField(blank=True, max_length=300)
    led_by = models.ManyToManyField(Term, blank=True, related_name="+", verbose_name=_("led by"))
    communities = models.ManyToManyField(Term, blank=True, related_name="+", verbose_name=_("communities served"))
    open_fields = models.JSONField(default=dict, blank=True, editable=False)
    mail_domain = LineField(_("confirmed email domain"), blank=True, max_length=100)

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"])]
        constraints = [
            models.CheckConstraint(condition=~Q(side=Side.GOVERNMENT), name="organization_is_not_government"),
            models.CheckConstraint(
                condition=Q(has_withdrawn=False) | Q(listing=Listing.UNLISTED), name="who_withdrew_is_unlisted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def reader_of(self, field: str) -> str:
        """Who may read a field of the profile while the profile is open (a value of Reader)."""
        return self.open_fields.get(field, Reader.STAFF if field in self.PRIVATE_FIELDS else Reader.PUBLIC)


Body = Jurisdiction | Department | Organization


class NamesBody(Protocol):
    """A row that refers to exactly one jurisdiction, department or organization (`exactly_one`)."""

    @property
    def jurisdiction(self) -> Jurisdiction | None: ...

    @property
    def department(self) -> Department | None: ...

    @property
    def organization(self) -> Organization | None: ...


def body_of(row: NamesBody) -> Body:
    """The jurisdiction, department or organization that a row refers to."""
    body = row.organization or row.department or row.jurisdiction
    assert body is not None  # a constraint of the table
    return body


def is_closed(body: Body | MayClose | None, day: date | None = None) -> bool:
    """Whether this is a department or an organization that has closed by this day, by default today: from its last day on.

    A jurisdiction never closes.
    """
    last = body.closed_on if isinstance(body, MayClose) else None
    return last is not None and last <= (day or clock.today())


class Contact(models.Model):
    """A way to reach a person at a jurisdiction, department or organization.

    For registry staff only, unless it is opened.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="contacts")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="contacts")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="contacts")
    name = LineField(max_length=120)
    role = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+")
    email = models.EmailField(blank=True)
    phone = LineField(blank=True, max_length=40)
    note = LineField(blank=True, max_length=300)
    visible_to = models.CharField(max_length=10, choices=Reader.choices, default=Reader.STAFF)
    zone = models.CharField(_("time zone"), max_length=50, blank=True)
    language = models.CharField(_("email language"), max_length=10, default="en")

    class Meta:
        ordering = ["name", "id"]
        constraints = [exactly_one("jurisdiction", "department", "organization", name="contact_of_exactly_one")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sample(self) -> bool:
        return body_of(self).is_sample


class Identifier(models.Model):
    """What another system calls a record: scheme and value. GEOIDs are text, since leading zeros matter.

    It's a claim until someone checks it (`directory.rules.identifiers_confirmable_by`). `stated_by` typed it, `stated_for`
    an office; no office if the organization's own people or an administrator typed it. `confirmed_for`: the office whose
    editor confirmed it, or `confirmed_source`: the official list that has it.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="identifiers")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="identifiers")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=IdentifierScheme.choices)
    value = LineField(max_length=120)
    is_confirmed = models.BooleanField(default=False, db_default=False, editable=False)
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    stated_for = models.ForeignKey(
        Jurisdiction, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    confirmed_for = models.ForeignKey(
        Jurisdiction, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    confirmed_source = LineField(blank=True, max_length=200, default="", db_default="", editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["scheme", "value"]
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="identifier_of_exactly_one"),
            *(
                models.UniqueConstraint(fields=[body, "scheme", "value"], name=f"{body}_carries_a_number_once")
                for body in ("jurisdiction", "department", "organization")
            ),
        ]


class NameSkeleton(models.Model):
    """How a name of an organization or a department looks (`skeletons`): its name, other names and former names.

    `same_names` keeps the rows. A former name stays, so that no other record can take it unnoticed.
    """

    department = models.ForeignKey(Department, models.CASCADE, null=True, related_name="name_skeletons")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="name_skeletons")
    text = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [
            exactly_one("department", "organization", name="skeleton_of_exactly_one"),
            models.UniqueConstraint(fields=["department", "text"], name="one_skeleton_a_department"),
            models.UniqueConstraint(fields=["organization", "text"], name="one_skeleton_an_organization"),
        ]


class DistinctPair(models.Model):
    """Two organizations or two departments that were marked “not duplicates”; the smaller id first.

    `reason`: why, where someone had to say so.
    """

    record_type = models.CharField(max_length=30)
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    reason = LineField(_("why it’s a different one"), blank=True, max_length=300, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "first_id", "second_id"], name="one_word_a_pair"),
            models.CheckConstraint(condition=Q(first_id__lt=F("second_id")), name="pair_smaller_id_first"),
        ]


class Wording(models.Model):
    """The label that staff chose for a value of a closed vocabulary: for everyone, or for one jurisdiction's own
    pages.
    """

    vocabulary = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="wordings")
    label = LineField(blank=True, max_length=80)
    help = LineField(blank=True, max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vocabulary", "key"], condition=Q(jurisdiction=None), name="one_wording_a_value"
            ),
            models.UniqueConstraint(fields=["vocabulary", "key", "jurisdiction"], name="one_own_wording_a_value"),
        ]


class SiteText(models.Model):
    """The text that an administrator wrote for a page about the site, in place of the registry's own."""

    key = models.CharField(max_length=20, unique=True)
    text = ProseField(max_length=10_000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()


class Suggestion(models.Model):
    """What a member of the public says about a listing: it is wrong, closed or missing.

    `fields` are the suggested values, `before` the values shown at the time, `decisions` which were accepted (field →
    true or false).
    """

    kind = models.CharField(max_length=10, choices=SuggestionKind.choices)
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="suggestions")
    office = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="suggestions")
    fields = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    words = ProseField(_("in your own words"), blank=True, max_length=2000)
    address = models.EmailField(_("your email address"), blank=True)
    language = models.CharField(max_length=10, default="en", editable=False)  # of the page, and so of our answer
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN)
    decisions = models.JSONField(default=dict, blank=True)
    reason = ProseField(blank=True, max_length=1000)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["state", "-made_at"], name="suggestion_queue")]
