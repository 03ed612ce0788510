"""People with accounts and what they belong to: memberships, invitations, claims and tokens; and retention rules.

There are no passwords: people sign in with a code by email.
"""

from datetime import datetime, time
from ipaddress import ip_address, ip_network
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import (
    LEAST_KEPT_DAYS,
    NO_NAME,
    ClaimState,
    FileState,
    InvitationState,
    MemberRole,
    Readable,
    RetentionKind,
    Scope,
    Writable,
)
from partnerships.core import access
from partnerships.core.fields import LineField, LinkField, ProseField, ZoneField
from partnerships.core.models import Change
from partnerships.directory.models import (
    Body,
    Department,
    Jurisdiction,
    NamesBody,
    Organization,
    body_of,
    exactly_one,
)

WEEKDAYS = list(dates.WEEKDAYS.items())


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, *, name: str = "", **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """A person with an account. Administrators may do everything; all others act through their memberships."""

    email = models.EmailField("email address", unique=True)
    name = LineField(max_length=120, blank=True)
    zone = ZoneField("time zone")
    language = models.CharField(max_length=10, default="en")
    # They said which language they read. Until then, someone whose browser asks for another one is asked, once.
    has_chosen_language = models.BooleanField(default=False, db_default=False, editable=False)
    digest_at = models.TimeField("time of daily and weekly emails", default=time(8))
    digest_weekday = models.PositiveSmallIntegerField("day of weekly emails", choices=WEEKDAYS, default=0)
    quiet_from = models.TimeField("quiet hours start", null=True, blank=True)
    quiet_until = models.TimeField("until", null=True, blank=True)
    is_active = models.BooleanField("can sign in", default=True)
    is_administrator = models.BooleanField("registry administrator", default=False)
    hides_first_steps = models.BooleanField(default=False, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    # The name of a service account in the history. No one signs in as it, and it has no memberships.
    is_service = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    # What `core.access` keeps with the object.
    _own_memberships: tuple[access.MembershipRow, ...]
    _is_narrowed: bool

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        # Never the email address: other people read this in lists and in the change log.
        return self.name or str(NO_NAME)

    # For Django's admin, which only has the open vocabularies and only admits administrators.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class OfBody:
    """Mixin for rows that belong to exactly one jurisdiction, department or organization."""

    @property
    def body(self: NamesBody) -> Body:
        return body_of(self)


class Membership(OfBody, models.Model):
    """A person's role in one jurisdiction, department or organization."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="memberships")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.READER)
    # The change that gave this membership or a higher role in an organization without a yes from its managers, who
    # couldn't have known.
    let_in_with = models.ForeignKey(Change, models.SET_NULL, null=True, editable=False, related_name="+")
    # The office that itself gave the address with which the first manager of an organization confirmed its seat. In scores
    # this person counts as entered by the other side.
    address_given_by = models.ForeignKey(Jurisdiction, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="membership_of_exactly_one"),
            models.UniqueConstraint(fields=["person", "jurisdiction"], name="one_membership_a_jurisdiction"),
            models.UniqueConstraint(fields=["person", "department"], name="one_membership_a_department"),
            models.UniqueConstraint(fields=["person", "organization"], name="one_membership_an_organization"),
        ]


class FormerMember(models.Model):
    """A person who left an organization or was removed: their claims are decided by people, never by a rule.

    Stored as a digest of the email address, which outlasts the account.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="former_members")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="one_former_member_an_address"),
        ]


class Invitation(OfBody, models.Model):
    """An invitation to a person to join in a role.

    Their account is created with it; signing in proves the email address. `note`: what the inviting person writes to
    them, kept until they answer.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="invitations")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="invitations")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.READER)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    note = ProseField(blank=True, max_length=500)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    sender_manages: bool  # whether its sender may still invite there (`rules.open_invitations`)

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
    """A person says that they represent an organization: a listed one, or one that they propose (`name` and the rest).

    `by_seat`: they confirmed a seat of it by a link to their address, and answered whether they speak for it
    (`claims.claim_by_seat`). A no is stored as withdrawn. It has no position and no evidence.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="claims")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="claims")
    name = LineField(_("name of the organization"), blank=True)
    website = LinkField(_("website"), blank=True, max_length=300)
    about = ProseField(_("mission"), blank=True, max_length=2000)
    office = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="claims")
    position = LineField(_("your role"), max_length=120)
    evidence = ProseField(_("proof that you represent it"), blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.PENDING)
    reason = ProseField("reason", blank=True, max_length=1000)
    by_rule = models.BooleanField("approved by its email domain", default=False)
    by_seat = models.BooleanField("confirmed a seat", default=False, db_default=False, editable=False)
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
    """The one file that can come with a claim.

    It is small and private, so it is stored in the database and deleted with the claim.
    """

    claim = models.OneToOneField(Claim, models.CASCADE, related_name="file")
    name = LineField(max_length=120)
    content_type = models.CharField(max_length=60)
    content = models.BinaryField()


class ApiToken(OfBody, models.Model):
    """An API token of a person, or the one of a service account. Only a digest of its secret is stored; `prefix` identifies it
    in lists.

    It reads no more than its person: published records, or also what the person may read through `memberships`. When a
    membership ends, that part of the token ends too. It can change records of the kinds in `writes` (values of Writable), as
    far as its person may through these memberships. `reads` limits it to these lists (values of Readable), and `addresses` to
    these networks, such as 192.0.2.0/24; empty means all. A replaced secret (`old_prefix`, `old_digest`) works until
    `old_until`. `last_used_at` is written at most once an hour. `rate`: how many requests a minute it may send, of those that
    its person may.

    The token of a service account belongs to one jurisdiction, department or organization and has a `role` there; its person
    (`is_service`) has no memberships. `answerable`: the manager who answers for it. `unanswered_since`: when that person was
    found to manage there no longer (`service_rules`).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = LineField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.PUBLIC)
    writes = models.JSONField(default=list, blank=True)
    reads = models.JSONField(default=list, blank=True)
    addresses = models.JSONField(default=list, blank=True)
    old_prefix = models.CharField(max_length=12, blank=True, db_index=True)
    old_digest = models.CharField(max_length=64, blank=True)
    old_until = models.DateTimeField(null=True, blank=True)
    memberships = models.ManyToManyField(Membership, blank=True, related_name="tokens")
    rate = models.PositiveIntegerField("requests a minute", null=True, blank=True, validators=[MinValueValidator(1)])
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="service_tokens")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="service_tokens")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="service_tokens")
    role = models.CharField(max_length=10, choices=MemberRole.choices, blank=True)
    answerable = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    unanswered_since = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="", jurisdiction=None, department=None, organization=None)
                | Q(role__in=("reader", "editor"), jurisdiction__isnull=False, department=None, organization=None)
                | Q(role__in=("reader", "editor"), jurisdiction=None, department__isnull=False, organization=None)
                | Q(role__in=("reader", "editor"), jurisdiction=None, department=None, organization__isnull=False),
                name="service_token_of_one_body",
            ),
            models.CheckConstraint(
                condition=~Q(role="") | Q(answerable=None, unanswered_since=None), name="answerable_for_service_tokens"
            ),
        ]

    # Of a service account, as `token_queries.person_by_token` finds it: no one answers for it, so it changes nothing.
    is_unanswered = False

    @property
    def reads_labels(self) -> list[str]:
        return [str(Readable(name).label) for name in self.reads]

    @property
    def writes_labels(self) -> list[str]:
        return [str(Writable(name).label) for name in self.writes]

    def is_live(self, at: datetime) -> bool:
        """Whether the token works at this moment."""
        return self.revoked_at is None and at < self.expires_at

    @staticmethod
    def live_at(at: datetime) -> Q:
        """The condition for tokens that work at this moment, as `is_live` says of one."""
        return Q(revoked_at=None, expires_at__gt=at)

    def is_old_secret_live(self, at: datetime) -> bool:
        """Whether the secret from before the last replacement still works."""
        return self.is_live(at) and self.old_until is not None and at < self.old_until

    def may_be_used_from(self, address: str) -> bool:
        """Whether it may be used from this IP address."""
        if not self.addresses:
            return True
        try:
            found = ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in ip_network(network) for network in self.addresses)


class RetentionRule(models.Model):
    """How many days a jurisdiction keeps one kind of record. Without a rule it is kept forever."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="retention_rules")
    kind = models.CharField(max_length=12, choices=RetentionKind.choices)
    days = models.PositiveIntegerField(validators=[MinValueValidator(LEAST_KEPT_DAYS), MaxValueValidator(36_500)])

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "kind"], name="one_retention_rule_a_kind")]


class RetentionRun(models.Model):
    """What a retention rule deleted, and when: a count, nothing of the records themselves."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="retention_runs")
    kind = models.CharField(max_length=12, choices=RetentionKind.choices)
    days = models.PositiveIntegerField()
    at = models.DateTimeField()
    erased = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-id"]


class SavedList(models.Model):
    """A list with its filters, order and columns, saved under a name by a person for themselves or for their office."""

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
    """A list as a spreadsheet, made in the background. Only the person who asked for it gets it, for one day.

    `reader`: fingerprint of the person's memberships and seats when it was made. If it has changed, the file isn't
    handed out.
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
    """A sign-in code that was emailed, stored as the seed it is derived from (`accounts.login_codes`).

    `asked`: a digest of the address. At most one of its codes is open for asking again, and each signs in once.
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
