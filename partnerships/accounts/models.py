"""People who sign in, and the bodies they belong to: memberships, invitations, claims, tokens; and how long things are kept.

There are no passwords: a code comes by mail.
"""

from datetime import time

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from partnerships.accounts.choices import NO_NAME, ClaimState, FileState, InvitationState, Kept, MemberRole, Scope
from partnerships.core.fields import LineField, LinkField, ProseField
from partnerships.core.models import Change
from partnerships.directory.models import Department, Jurisdiction, Organization, exactly_one

WEEKDAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


class PersonManager(BaseUserManager):
    def create_user(self, email, *, name="", **fields):
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
        return person

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class Person(AbstractBaseUser):
    """Someone with an account. Administrators may do everything; all others act through their memberships."""

    email = models.EmailField("mail address", unique=True)
    name = LineField(max_length=120, blank=True)
    zone = models.CharField("time zone", max_length=50, default="America/Chicago")
    language = models.CharField(max_length=10, default="en")
    digest_at = models.TimeField("hour of daily and weekly letters", default=time(8))
    digest_weekday = models.PositiveSmallIntegerField("day of weekly letters", choices=WEEKDAYS, default=0)
    quiet_from = models.TimeField("no letters from", null=True, blank=True)
    quiet_until = models.TimeField("until", null=True, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    is_administrator = models.BooleanField("registry administrator", default=False)
    is_sample = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self):
        return self.name or NO_NAME  # never the address: others read this, in lists and in the change log

    # Django's admin asks these. It holds open vocabularies only, and only administrators may enter it.
    @property
    def is_staff(self):
        return self.is_active and self.is_administrator

    def has_perm(self, perm, obj=None):
        return self.is_staff

    def has_module_perms(self, app_label):
        return self.is_staff


class OfBody:
    """What belongs to one body: a jurisdiction, a department or an organization."""

    @property
    def body(self):
        return self.jurisdiction or self.department or self.organization


class Membership(OfBody, models.Model):
    """A person's place in one body: a jurisdiction, a department or an organization."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="memberships")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.READER)
    # The change that gave this place or a higher role in an organization without a yes of its managers, who can't have seen it.
    let_in_with = models.ForeignKey(Change, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="membership_of_exactly_one"),
            models.UniqueConstraint(fields=["person", "jurisdiction"], name="one_membership_a_jurisdiction"),
            models.UniqueConstraint(fields=["person", "department"], name="one_membership_a_department"),
            models.UniqueConstraint(fields=["person", "organization"], name="one_membership_an_organization"),
        ]


class FormerMember(models.Model):
    """Someone left an organization or was removed: a claim of theirs is decided by a person, never by a rule.

    Kept as a digest of the email address, which outlasts the account.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="former_members")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="one_former_member_an_address"),
        ]


class Invitation(OfBody, models.Model):
    """An offer to a person to join a body in a role. The person's account is made with it; signing in proves the address."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="invitations")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="invitations")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.READER)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="invitation_to_exactly_one"),
            *(
                models.UniqueConstraint(
                    fields=["person", body], condition=Q(state="open"), name=f"one_open_invitation_to_a_{body}"
                )
                for body in ("jurisdiction", "department", "organization")
            ),
        ]


class Claim(models.Model):
    """Someone says that they speak for an organization: one that is listed, or one that they propose (`name` and the rest)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="claims")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="claims")
    name = LineField("name of the organization", blank=True)
    website = LinkField(blank=True, max_length=300)
    about = ProseField("what it works for", blank=True, max_length=2000)
    office = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="claims")
    position = LineField("your place there", max_length=120)
    evidence = ProseField("how we can tell", blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.PENDING)
    reason = ProseField("reason", blank=True, max_length=1000)
    by_rule = models.BooleanField("approved by its confirmed domain", default=False)
    reviewed_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False) | ~Q(name=""), name="claim_names_its_subject"
            ),
            models.UniqueConstraint(
                fields=["person", "organization"], condition=Q(state="pending"), name="one_open_claim_a_person"
            ),
        ]
        indexes = [models.Index(fields=["state", "-made_at"], name="claim_queue")]


class ClaimFile(models.Model):
    """The one file that may go with a claim, kept in the database: it is small, private, and goes with its claim."""

    claim = models.OneToOneField(Claim, models.CASCADE, related_name="file")
    name = LineField(max_length=120)
    content_type = models.CharField(max_length=60)
    content = models.BinaryField()


class ApiToken(models.Model):
    """A personal token of the API. Only a digest of its secret is kept; `prefix` names it in lists.

    It reads as its person does, less: published records, or also what the person may through `memberships`. A membership
    that ends takes its part of the token with it. `last_used_at` is written at most once an hour.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = LineField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.PUBLIC)
    memberships = models.ManyToManyField(Membership, blank=True, related_name="tokens")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]

    def is_live(self, at) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and at < self.expires_at


class RetentionRule(models.Model):
    """How many days a jurisdiction keeps one kind of record; without a rule it is kept."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="retention_rules")
    kind = models.CharField(max_length=12, choices=Kept.choices)
    days = models.PositiveIntegerField(validators=[MinValueValidator(30), MaxValueValidator(36_500)])

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "kind"], name="one_retention_rule_a_kind")]


class RetentionRun(models.Model):
    """What the keeping of a rule let go, and when: a count, nothing of the records themselves."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="retention_runs")
    kind = models.CharField(max_length=12, choices=Kept.choices)
    days = models.PositiveIntegerField()
    at = models.DateTimeField()
    erased = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-id"]


class SavedList(models.Model):
    """A list page with its filters, order and columns, kept under a name by one person for herself or for an office of hers."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="saved_lists")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="saved_lists")
    name = LineField(max_length=80)
    list = models.CharField(max_length=20)
    query = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            exactly_one("person", "jurisdiction", name="saved_list_of_exactly_one"),
            models.UniqueConstraint(fields=["person", "name"], name="one_saved_list_a_name"),
            models.UniqueConstraint(fields=["jurisdiction", "name"], name="one_office_list_a_name"),
        ]


class ListFile(models.Model):
    """A list as a spreadsheet, made in the background for whoever asked for it, who alone gets it, for a day.

    `reader`: fingerprint of what its reader belonged to, and of their seats, when it was made; once that is another, the file is
    not handed out.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="list_files")
    list = models.CharField(max_length=20)
    query = models.TextField(blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=FileState.choices, default=FileState.WAITING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    reader = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(null=True)
    asked_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]


class LoginCode(models.Model):
    """A sign-in code that was emailed to an address, kept as what it is worked out from; `accounts.login_codes` says how.

    `asked`: a digest of the address. At most one of its codes is open for asking again; each signs in once.
    """

    asked = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    is_open = models.BooleanField(default=True)
    made_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asked"], condition=models.Q(is_open=True), name="one_open_login_code")
        ]
