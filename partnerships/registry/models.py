"""Partnerships: parties, purpose and terms; the facts of each kind; and the published document."""

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.core.fields import LineField, LinkField, NumbersField, ProseField
from partnerships.core.models import Record
from partnerships.directory.choices import Listing
from partnerships.directory.models import (
    BODIES,
    Body,
    Contact,
    Department,
    IssueArea,
    Jurisdiction,
    Organization,
    Term,
    body_of,
    exactly_one,
)
from partnerships.mail.message import mailbox_of
from partnerships.registry.choices import (
    AskAnswer,
    Circle,
    ConsentWay,
    Engagement,
    Kind,
    Role,
    SeatState,
    Status,
    Verdict,
    WithheldName,
)

# The facts of each kind of partnership: single rows, or lists of rows.
ONE_ROW = ("agreement", "training", "advisory_body", "joint_project")
MANY_ROWS = ("seats", "asks", "practices", "documents")


class DatesInOrder(models.CheckConstraint):
    """A check of two dates whose error belongs to the end date, so that a form shows it next to that field."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().validate(*args, **kwargs)
        except ValidationError as problem:
            raise ValidationError({"ends_on": problem.error_list}) from None

    def deconstruct(self) -> tuple:
        _, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs  # the same to migrations


def no_end_before_start(name: str) -> models.CheckConstraint:
    either_open = Q(starts_on__isnull=True) | Q(ends_on__isnull=True)
    return DatesInOrder(
        condition=either_open | Q(ends_on__gte=F("starts_on")),
        name=name,
        violation_error_message=_("The end date is before the start date. Choose a later date."),
    )


class Partnership(Record):
    """A partnership. Staff of its lead jurisdiction keep the record, and until it is published only they see it."""

    ID_PREFIX = "P"

    title = LineField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    purpose = models.ForeignKey(Term, models.PROTECT, related_name="+")
    origin = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+")
    origin_note = ProseField(_("why it formed, in words"), blank=True, max_length=2000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.FORMING)
    status_reason = ProseField(blank=True, max_length=1000)
    lessons = ProseField(_("lessons learned"), blank=True, max_length=3000)
    summary = ProseField(_("what it is for"), blank=True, max_length=3000)
    common_agenda = ProseField(blank=True, max_length=5000)
    engagement = models.PositiveSmallIntegerField(
        _("promised to the community"), choices=Engagement.choices, null=True, blank=True
    )
    issue_areas = models.ManyToManyField(IssueArea, blank=True, related_name="partnerships")
    communities = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("communities most affected")
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    lead = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="led_partnerships")
    is_published = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    backbone_is_shared = models.BooleanField(_("several partners share the backbone role"), default=False)
    internal_notes = ProseField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-updated_at", "-id"]
        constraints = [no_end_before_start("partnership_no_end_before_start")]
        indexes = [
            models.Index(fields=["is_published", "-updated_at", "-id"], name="partnership_recent"),
            models.Index(fields=["is_published", "title", "id"], name="partnership_title"),
            models.Index(fields=["is_published", "starts_on", "id"], name="partnership_start"),
            models.Index(
                fields=["is_published", "kind", "-updated_at", "-id"], include=["lead"], name="partnership_kind_recent"
            ),
            models.Index(
                fields=["is_published", "status", "-updated_at", "-id"],
                include=["lead"],
                name="partnership_status_recent",
            ),
            models.Index(fields=["is_published", "-published_at", "-id"], name="partnership_published"),
            models.Index(fields=["ends_on", "is_published", "id"], name="partnership_ends"),
            # For readers who see drafts along with published records.
            models.Index(fields=["-updated_at", "-id"], name="partnership_updated"),
        ]

    def __str__(self) -> str:
        return self.title


class Party(models.Model):
    """One jurisdiction, department or organization in a partnership, with its side, circle, dates and contribution.

    `state`: whether it has agreed to the seat. Saving a partnership never changes it; `registry.consent` does.
    `unnamed`: what figures may say of it after its name was removed (`registry.name_withholding`).
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="parties")
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, null=True, blank=True, related_name="parties", db_index=False
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="parties", db_index=False
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="parties", db_index=False
    )
    side = models.CharField(max_length=12, choices=Side.choices)
    circle = models.CharField(max_length=15, choices=Circle.choices, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    contribution = ProseField(blank=True, max_length=1000)
    internal_notes = ProseField(blank=True, max_length=2000)
    consented_on = models.DateField(_("date they agreed to be listed"), null=True, blank=True)
    state = models.CharField(max_length=9, choices=SeatState.choices, default=SeatState.RECORDED, editable=False)
    unnamed = models.CharField(max_length=8, choices=WithheldName.choices, blank=True, editable=False)
    confirm_asked_on = models.DateField(_("asked to confirm the record"), null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    is_own: bool  # whether it's a seat of the reader's own office or organization (`party_queries.parties_seen`)
    NAMED_BY = BODIES  # the records whose name it has (`snapshots.with_named`)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="party_is_exactly_one"),
            no_end_before_start("party_no_end_before_start"),
            models.CheckConstraint(
                condition=Q(organization__isnull=True, side=Side.GOVERNMENT)
                | (Q(organization__isnull=False) & ~Q(side=Side.GOVERNMENT)),
                name="party_government_side",
            ),
            models.UniqueConstraint(fields=["partnership", "jurisdiction"], name="one_party_a_jurisdiction"),
            models.UniqueConstraint(fields=["partnership", "department"], name="one_party_a_department"),
            models.UniqueConstraint(fields=["partnership", "organization"], name="one_party_an_organization"),
        ]
        indexes = [
            models.Index(fields=["side", "partnership"]),
            models.Index(fields=["partnership"], condition=~Q(unnamed=""), name="party_unnamed"),
            # Which partnerships show an office or organization, answered from the index alone.
            *(models.Index(fields=[entity, "partnership"], name=f"party_{entity}") for entity in BODIES),
        ]

    @property
    def entity(self) -> Body:
        return body_of(self)

    @property
    def is_unlisted(self) -> bool:
        """Whether it’s an organization that the public doesn’t see, nor what it says."""
        return self.organization is not None and self.organization.listing == Listing.UNLISTED

    def __str__(self) -> str:
        return str(self.entity)


class SeatConsent(models.Model):
    """A partner's yes or no to its seat, or the office's invitation. The latest one holds, even for a seat that was
    removed and added again.

    `text`: what the partner read. `may_count`: a withdrawn seat still counts in figures, without its name. For an
    invitation: `way` says how it was sent, `source` where the address is from or how the text was read to the partner,
    `until` how long it can be answered, `note` what the office writes to the partner, and `code` is the digest of a printed
    code. For a yes by a personal link, `code` is a mark of the mailbox that the link went to.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="seat_consents")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=SeatState.choices)
    way = models.CharField(max_length=8, choices=ConsentWay.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    text = ProseField(blank=True, max_length=5000)
    may_count = models.BooleanField(default=True)
    at = models.DateTimeField()
    source = LineField(_("where the address is from"), blank=True, max_length=300)
    until = models.DateTimeField(null=True, blank=True)
    note = ProseField(blank=True, max_length=500)
    code = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="seat_consent_of_exactly_one"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_invitation_a_code"),
        ]
        indexes = [
            # Who recently confirmed a seat by a link, and is asked whether they speak for its organization.
            models.Index(fields=["at"], condition=Q(state="confirmed", way="link"), name="seat_yes_by_link"),
        ]

    def mark_mailbox(self) -> None:
        """Remember the mailbox that its contact has now, as a keyed digest."""
        salt = secrets.token_hex(8)
        self.code = f"{salt}.{self._mailbox_digest(salt)}"

    def has_same_mailbox(self) -> bool:
        """Whether its contact still has the mailbox that was marked: someone can change its address, or merge it."""
        salt, _, digest = self.code.partition(".")
        return bool(digest) and constant_time_compare(digest, self._mailbox_digest(salt))

    def _mailbox_digest(self, salt: str) -> str:
        address = self.contact.email if self.contact else ""
        return salted_hmac("partnerships.consent.mailbox", f"{salt}:{mailbox_of(address)}").hexdigest()[:40]

    def find_party(self) -> Party | None:
        """The seat that it is about, if it still exists."""
        body = {name: getattr(self, f"{name}_id") for name in BODIES}
        rows = Party.objects.filter(partnership=self.partnership_id, **{f"{k}_id": pk for k, pk in body.items()})
        bodies = ("partnership__lead", "jurisdiction", "department__jurisdiction", "organization")
        return rows.select_related(*bodies).first()


class PartyNote(models.Model):
    """A party's notes for its own people. No one else reads them, not even the lead's staff. Not in the change log."""

    party = models.OneToOneField(Party, models.CASCADE, related_name="own_note")
    text = ProseField(blank=True, max_length=2000)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()


class DraftShare(models.Model):
    """A draft that its lead shares with another jurisdiction, department or organization, to read."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="shares")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="share_with_exactly_one"),
            models.UniqueConstraint(fields=["partnership", "jurisdiction"], name="one_share_a_jurisdiction"),
            models.UniqueConstraint(fields=["partnership", "department"], name="one_share_a_department"),
            models.UniqueConstraint(fields=["partnership", "organization"], name="one_share_an_organization"),
        ]


class Confirmation(models.Model):
    """A party's statement on the record: that it is right, or what is wrong in its own words. The latest one counts.

    `fingerprint` is of the record at that time. When the record's differs, the party is asked again.
    """

    party = models.ForeignKey(Party, models.CASCADE, related_name="confirmations")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    words = ProseField(_("in your own words"), blank=True, max_length=3000)
    fingerprint = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.DISPUTED) | ~Q(words=""), name="dispute_says_what_is_wrong"
            )
        ]


class Remark(models.Model):
    """What the lead's government says of a partnership in public.

    The other parties see it first, and everyone from `public_on` (a day in the jurisdiction's time zone). Each party
    can reply. `lead` said it, also after another government took over the lead; null in older rows: the current lead.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="remarks")
    lead = models.ForeignKey(Jurisdiction, models.PROTECT, null=True, editable=False, related_name="+")
    text = ProseField(_("statement"), max_length=3000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    shown_at = models.DateTimeField()
    public_on = models.DateField(db_index=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-shown_at", "-id"]


class Reply(models.Model):
    """A party's reply to a remark.

    The row is created when the remark is shown to the party, with or without a reply.
    """

    remark = models.ForeignKey(Remark, models.CASCADE, related_name="replies")
    party = models.ForeignKey(Party, models.CASCADE, related_name="replies")
    text = ProseField("reply", blank=True, max_length=3000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField()
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "replies"
        constraints = [models.UniqueConstraint(fields=["remark", "party"], name="one_reply_a_party")]


class PartyRole(models.Model):
    """A role of a party, with its dates, and for the backbone the hours per month."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="roles")
    party = models.ForeignKey(Party, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=12, choices=Role.choices)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    hours_per_month = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            no_end_before_start("role_no_end_before_start"),
            models.UniqueConstraint(fields=["party", "role"], name="one_role_a_party"),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(role=Role.BACKBONE, ends_on__isnull=True, is_shared=False),
                name="one_open_backbone",
                violation_error_message=(
                    _("Two partners have the backbone role. End one of them, or check that they share it.")
                ),
            ),
        ]
        indexes = [models.Index(fields=["role", "partnership"])]


class PartnershipLink(models.Model):
    """An earlier partnership from which a later one grew, or a policy or tool that it led to; or both."""

    earlier = models.ForeignKey(Partnership, models.CASCADE, related_name="links_later")
    later = models.ForeignKey(Partnership, models.CASCADE, null=True, blank=True, related_name="links_earlier")
    came_of_it = LineField(_("policy or tool that came of it"), blank=True, max_length=300)
    url = LinkField(blank=True, max_length=300)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="one_link_a_pair"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="no_link_to_itself"),
            models.CheckConstraint(condition=Q(later__isnull=False) | ~Q(came_of_it=""), name="link_leads_somewhere"),
        ]


class Document(models.Model):
    """A document of a partnership, as a link."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="documents")
    title = LineField()
    url = LinkField(max_length=500)

    class Meta:
        ordering = ["id"]


class Agreement(models.Model):
    """The terms of a partnership (contracts have them): amount, dates, days until payment, and what happens at the
    end.
    """

    partnership = models.OneToOneField(Partnership, models.CASCADE, related_name="agreement")
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, default="USD")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, db_index=True)
    scope = ProseField(blank=True, max_length=3000)
    payment_days = models.PositiveSmallIntegerField(
        _("days until payment"), null=True, blank=True, validators=[MaxValueValidator(365)]
    )
    renewal = LineField(_("renewal"), blank=True, max_length=300)

    class Meta:
        constraints = [no_end_before_start("agreement_no_end_before_start")]


class Training(models.Model):
    """The facts of a training."""

    partnership = models.OneToOneField(Partnership, models.CASCADE, related_name="training")
    audience = LineField(blank=True, max_length=300)
    hours = models.DecimalField(
        max_digits=6, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    evaluator = LineField(blank=True, max_length=200)


class AdvisoryBody(models.Model):
    """The facts of an advisory body: how members are chosen, for how long, what the body decides and how."""

    partnership = models.OneToOneField(Partnership, models.CASCADE, related_name="advisory_body")
    seat_count = models.PositiveSmallIntegerField(
        _("number of seats"), null=True, blank=True, validators=[MaxValueValidator(500)]
    )
    term_months = models.PositiveSmallIntegerField(
        _("term in months"), null=True, blank=True, validators=[MaxValueValidator(240)]
    )
    position = LineField(_("place in the government"), blank=True, max_length=300)
    chosen_how = ProseField(_("how members are chosen"), blank=True, max_length=1000)
    decides_what = ProseField(_("what it decides"), blank=True, max_length=1000)
    decides_how = ProseField(_("how it decides"), blank=True, max_length=1000)
    compensation = LineField(blank=True, max_length=300)


class Seat(models.Model):
    """A seat of an advisory body.

    Its holder is a party of the partnership or a described role, never a private name.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="seats")
    title = LineField(max_length=120)
    held_by = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="seats")
    chosen_by = LineField(blank=True, max_length=200)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [no_end_before_start("seat_no_end_before_start")]


class Ask(models.Model):
    """Something the community asked of a government, with the answer and its due date.

    Delivery is recorded separately.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="asks")
    text = ProseField(max_length=1000)
    asked_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=16, choices=AskAnswer.choices, blank=True)
    answer_reason = ProseField(blank=True, max_length=1000)
    answer_due_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class Practice(models.Model):
    """A practice that one jurisdiction shared with the others of a learning partnership."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="practices")
    title = LineField()
    shared_by = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="practices_shared")
    adopted_by = models.ManyToManyField(Party, blank=True, related_name="practices_adopted")
    shared_on = models.DateField(null=True, blank=True)
    adopted_on = models.DateField(_("date adopted"), null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def clean(self) -> None:
        if not (self.adopted_on and self.partnership_id):
            return
        if self.adopted_on > clock.today(clock.zone(self.partnership.lead.zone)):
            words = gettext(
                "This date is in the future. Enter the day when they adopted the practice, or leave it out."
            )
            raise ValidationError({"adopted_on": ValidationError(words, code="future")})


class JointProject(models.Model):
    """The facts of a joint project: its intended outcomes and how its budget is split."""

    partnership = models.OneToOneField(Partnership, models.CASCADE, related_name="joint_project")
    outcomes = ProseField(blank=True, max_length=3000)
    budget = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    budget_split = ProseField(blank=True, max_length=1000)


class Publication(models.Model):
    """The public document of a partnership as stored text (`registry.publication`).

    `body` is the JSON text, null while the partnership isn't public. The body of a record that is marked as outdated
    is never read. `stamp` is 0 until it is first published; a null body with a stamp is a tombstone.
    """

    partnership = models.OneToOneField(Partnership, models.SET_NULL, null=True, related_name="publication")
    public_id = models.CharField(max_length=12, unique=True)
    body = models.TextField(null=True)  # noqa: DJ001 (null means that there is none)
    stamp = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["stamp", "id"], name="publication_sync"),
        ]


class PublicFacets(models.Model):
    """What a published partnership is found by (`registry.facets`): a row exists exactly while it is published.

    Separate from the document, whose text is long, so that lists read little; and separate from the partnership, whose
    row is locked before documents are. Only written under the document's lock.
    """

    partnership = models.OneToOneField(Partnership, models.CASCADE, primary_key=True, related_name="public_facets")
    facets = NumbersField()  # counted for filter options
    lies_in = NumbersField()  # places and times
    updated_at = models.DateTimeField()  # the partnership's, for the order of lists

    class Meta:
        indexes = [models.Index(fields=["-updated_at", "-partnership"], name="public_facets_recent")]
