"""Survey rounds: what both sides answer about one partnership, the respondents, and the scores of each side."""

from datetime import date

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.assessment import catalog
from partnerships.assessment.choices import ON_RECORD, AnswerSource, CanceledAs, ScoreState
from partnerships.core import clock
from partnerships.core.fields import LineField, ProseField
from partnerships.core.models import Record
from partnerships.directory.models import Contact, Organization
from partnerships.mail.message import mailbox_of
from partnerships.registry.models import Partnership, Party

ITEM_KEYS = [(item.key, item.lazy_name) for item in (*catalog.items().values(), catalog.SAY)]
TIE_KEYS = [(item.key, item.lazy_name) for item in catalog.TIES]
ASKS = [
    (catalog.TEN, _("Ten questions: is power shared?")),
    (catalog.ENGAGEMENT, _("One question: how much influence did the community have?")),
]


class Round(Record):
    """One survey round of a partnership.

    First its partners name their respondents, until `roll_closes_at` at the latest; answering begins at
    `answering_at`. Answers stay sealed until `opened_at`: after the deadline (`closes_on`, in `zone`), or as soon as
    all respondents have finished or declined themselves. `asks`: the ten items of the catalogue's `edition`, or only
    the one about influence. `started_by` is the partner that started it; null if the lead agency did
    (`started_by_lead`), or if that partner's seat was removed from the record. `facts`: what the records said when
    answers opened (`suggested_levels.Facts`), for what they suggest next to the scores.
    """

    ID_PREFIX = "R"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="rounds")
    title = LineField("name of the round", max_length=80)
    closes_on = models.DateField("deadline")
    zone = models.CharField("time zone", max_length=50)
    closes_at = models.DateTimeField(editable=False)
    moved_from = models.DateField(null=True, editable=False)  # its first deadline, if it was moved
    reminded_on = models.DateField(null=True, editable=False)  # the day in `zone` on which someone last sent reminders
    asks = models.CharField("what is asked", max_length=10, choices=ASKS, default=catalog.TEN)
    edition = models.PositiveSmallIntegerField(default=catalog.CURRENT, editable=False)
    # all parties are of one side: compares the lead with the others
    compares_lead = models.BooleanField(default=False, editable=False)
    erases_answers = models.BooleanField("erase single answers once the scores are made", default=True)
    roll_closes_at = models.DateTimeField(null=True, editable=False)
    answering_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    facts = models.JSONField(null=True, editable=False)
    started_by = models.ForeignKey(Party, models.SET_NULL, null=True, editable=False, related_name="+")
    started_by_lead = models.BooleanField(default=True, editable=False)
    # whether people of organizations that another side entered count only after a vouch: not in rounds from before that
    checks_who_entered = models.BooleanField(default=True, db_default=False, editable=False)
    # whether sync tells of it (`round_sync`); who reads it, `rules.published_rounds` says
    is_public = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-closes_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "asks"],
                condition=Q(opened_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_round_a_partnership",
                violation_error_message=_(
                    "A round is already open here. Wait until its answers open, or cancel it first."
                ),
            )
        ]
        indexes = [
            models.Index(
                fields=["closes_at"],
                condition=Q(opened_at__isnull=True, cancelled_at__isnull=True),
                name="round_to_open",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def items(self) -> dict[str, catalog.Item]:
        return catalog.items(self.edition, self.asks)

    @property
    def ties(self) -> dict[str, catalog.Item]:
        """The optional items about each other party."""
        return catalog.TIE_ITEMS if self.asks == catalog.TEN else {}

    @property
    def is_running(self) -> bool:
        """Whether partners still name people or answer: its answers haven't been opened, and it isn't canceled."""
        return self.opened_at is None and self.cancelled_at is None

    @property
    def is_answering(self) -> bool:
        """Whether the round is running and its respondent list is closed, so that it can be answered."""
        return self.is_running and self.answering_at is not None

    @property
    def roll_closes_on(self) -> date:
        """The day until which partners name their respondents."""
        assert self.roll_closes_at is not None  # partners have been asked to name people
        return clock.day_of(self.roll_closes_at, clock.zone(self.zone))

    @property
    def was_reminded_today(self) -> bool:
        return self.reminded_on == clock.today(clock.zone(self.zone))


class Cancellation(models.Model):
    """Who wants a round canceled, for which partner (`party`), and why.

    The round goes on until `Round.cancelled_at` is set: at once if answering hasn't begun, otherwise after more
    than half of the confirmed partners of each side have said yes.
    """

    round = models.OneToOneField(Round, models.CASCADE, related_name="cancellation")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=13, choices=CanceledAs.choices)
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    why = ProseField("reason for canceling", max_length=1000)
    at = models.DateTimeField()


class CancellationYes(models.Model):
    """What a partner answers to a cancellation. Silence counts as no, so only a partner that answers by a personal link has a
    row for its no (`agrees` False).
    """

    cancellation = models.ForeignKey(Cancellation, models.CASCADE, related_name="yeses")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")
    agrees = models.BooleanField(default=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cancellation", "party"], name="one_yes_a_party_on_a_cancellation")
        ]


class RoundSide(models.Model):
    """A side of a round, and how many people were asked on it, which doesn't change when people leave later.

    `has_recorded`: another side's staff recorded answers for its people, confirmed or not. `bands_only`: one or two of
    its people changed since an earlier round, so its scores are low, middle or high. `has_unvouched`: when answers
    opened, no one had vouched for some of its organizations (`entered_organizations`). `standing`: what exists of its
    scores in the whole round, if fewer than SCORE_FROM people took part; blank if each item has its own.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="sides")
    key = models.CharField(max_length=30)
    asked = models.PositiveSmallIntegerField(default=0)
    has_recorded = models.BooleanField(default=False)
    bands_only = models.BooleanField(default=False)
    has_unvouched = models.BooleanField(default=False, db_default=False)
    standing = models.CharField(max_length=11, blank=True, db_default="", choices=ScoreState.choices)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "key"], name="one_side_a_round")]

    @property
    def is_on_record(self) -> bool:
        """Whether so few were asked that its score is known to be theirs, and can be kept back."""
        return self.asked <= ON_RECORD


class AskedParty(models.Model):
    """A partner that was picked for a round, and how many people were asked for it, even if they leave later.

    `named_at`: when it named its people, or said that no one answers for it. `code` is the digest of the code with
    which a partner without editors names its people and objects to respondents. `code_by` printed it, and may belong
    to another side (`code_by_other_side`).
    """

    side = models.ForeignKey(RoundSide, models.CASCADE, related_name="parties")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    asked = models.PositiveSmallIntegerField(default=0)
    named_at = models.DateTimeField(null=True)
    named_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    code = models.CharField(max_length=64, blank=True)
    code_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    code_by_other_side = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["side", "party"], name="one_place_a_party_on_a_side"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_partner_a_code"),
        ]


# A person, a contact, a phone number alone, or no one any longer.
_ONE_AT_MOST = (Q(person=None) | Q(contact=None)) & (Q(mark="") | Q(person=None, contact=None))


class Respondent(models.Model):
    """A person who is asked, for a party and its side.

    `of_party`: how many were asked for the same party, even if they leave later. `finished_at`: they finished.
    `declined_at`: they declined to take part. `keeps_back`: they want their side's score to stay with the side.
    `took_part`: they had answers when the round opened. `is_named`: by their own partner; until then they are only
    proposed. `objections`: partners of their own side that object to them, so that they don't count toward the three
    answers that a score needs.

    After a round has opened, its rows stay; that of a removed contact or an erased person belongs to no one. `digest`
    identifies the same person in other rounds (`scoring`) and is removed when they are erased.

    A respondent without an email address answers with a code. Their partner entered their `name`, which is removed
    when the round closes, and a keyed digest of their phone number (`mark`). `code` is the digest
    of their code. `code_by` printed the code with which their partner named them, if it did so, and may belong to
    another side (`code_by_other_side`).

    `left_at`: the person left while the round was open (`assessment.successors`). `follower_person` or
    `follower_contact` followed, if anyone did. An unanswered place is the follower's from then on. A given answer stays
    with its author: `kept_for` identifies the personal link by which they can still remove it. No page says which of the
    two it is, so everyone sees the follower.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="respondents")
    side = models.ForeignKey(RoundSide, models.CASCADE, related_name="respondents")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    of_party = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, editable=False)
    keeps_back = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    took_part = models.BooleanField(default=False)
    is_named = models.BooleanField(default=True)
    name = LineField(blank=True, max_length=120)
    mark = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=64, blank=True)
    code_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    code_by_other_side = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True, editable=False)
    follower_person = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    follower_contact = models.ForeignKey(Contact, models.SET_NULL, null=True, editable=False, related_name="+")
    kept_for = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=_ONE_AT_MOST, name="respondent_is_one_at_most"),
            models.UniqueConstraint(fields=["round", "person"], name="one_place_a_person_in_a_round"),
            models.UniqueConstraint(fields=["round", "contact"], name="one_place_a_contact_in_a_round"),
            models.UniqueConstraint(
                fields=["round", "mark"], condition=~Q(mark=""), name="one_place_a_number_in_a_round"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_respondent_a_code"),
        ]

    @property
    def who(self) -> str:
        """What people of their own side see as their name: of who follows, since someone left."""
        if self.left_at:
            return str(self.follower_person or self.follower_contact or gettext("someone who left"))
        return str(self.person or self.contact or self.name or gettext("someone without an email address"))

    @property
    def addresses(self) -> set[str]:
        """`address`, and the mailbox of who follows."""
        follower = self.follower_person or self.follower_contact
        return {self.address, mailbox_of(follower.email) if follower else ""} - {""}

    @property
    def address(self) -> str:
        """What distinguishes them from all others: their mailbox, or the digest of their phone number."""
        someone = self.person or self.contact
        return mailbox_of(someone.email) if someone else self.mark


class Objection(models.Model):
    """A partner objects to a respondent of its own side. Only that partner can withdraw it; it outlives its seat."""

    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="objections")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["respondent", "party"], name="one_objection_a_party_to_a_respondent")
        ]


class Vouch(models.Model):
    """A partner says that its side knows an organization that another side entered, so that its people count.

    It holds in all rounds of the partnership, and like an objection it outlives the partner's seat. Only that partner
    can withdraw it, while a round is running.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "party"], name="one_vouch_a_party_for_an_organization")
        ]


class Answer(models.Model):
    """One person's answer to one item: a level, or null if they would rather not say. Only its author ever reads it.

    `taken_by` recorded it for them, and they confirmed it; `by_other_side` if that person was staff of another side.
    """

    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=20, choices=ITEM_KEYS)
    level = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(catalog.SAY.top)])
    comment = ProseField(blank=True, max_length=2000)
    evidence = LineField("what shows this", blank=True, max_length=300)
    shares_words = models.BooleanField("show my words when answers open", default=False)
    way = models.CharField(max_length=6, choices=AnswerSource.choices, default=AnswerSource.SELF)
    taken_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    by_other_side = models.BooleanField(default=False)
    was_read_back = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["respondent", "item"], name="one_answer_an_item")]


class PendingAnswer(models.Model):
    """What another person recorded for a respondent on paper, by phone or in a talk.

    Only the respondent can read it, and it never changes what they answered themselves. When they confirm it with a
    code of their own, it becomes their Answer. When the round closes, an unconfirmed one is erased if `by_other_side`;
    one recorded by their own side counts if they haven't answered themselves.
    """

    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="pending_answers")
    item = models.CharField(max_length=20, choices=ITEM_KEYS)
    level = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(catalog.SAY.top)])
    way = models.CharField(max_length=6, choices=AnswerSource.choices)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    by_other_side = models.BooleanField()
    was_read_back = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["respondent", "item", "by_other_side"], name="one_pending_answer_an_item_and_side"
            )
        ]


class TieAnswer(models.Model):
    """What one person says about one other party of the round, which is optional (`catalog.TIES`).

    Only its author reads it.
    """

    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="tie_answers")
    about = models.ForeignKey(Party, models.CASCADE, related_name="+")
    item = models.CharField(max_length=20, choices=TIE_KEYS)
    level = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["respondent", "about", "item"], name="one_answer_an_item_of_a_party")
        ]


class Scored(models.Model):
    """The combined score of several people's answers, written once when their round opens (`gaps.Score`)."""

    standing = models.CharField(max_length=11, choices=ScoreState.choices)
    median = models.FloatField(null=True)
    is_band = models.BooleanField(default=False)
    answered = models.PositiveSmallIntegerField(default=0)
    is_wide = models.BooleanField(null=True)
    low = models.PositiveSmallIntegerField(null=True)
    high = models.PositiveSmallIntegerField(null=True)

    class Meta:
        abstract = True


class SideScore(Scored):
    """A side's score for one item of the round."""

    side = models.ForeignKey(RoundSide, models.CASCADE, related_name="scores")
    item = models.CharField(max_length=20, choices=ITEM_KEYS)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["side", "item"], name="one_score_a_side_and_item")]


class TieScore(Scored):
    """What a side says about a party: trust and value.

    How closely they work together is said by a party (`by`) about a party.
    """

    side = models.ForeignKey(RoundSide, models.CASCADE, related_name="tie_scores")
    by = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+")
    about = models.ForeignKey(Party, models.CASCADE, related_name="tie_scores")
    item = models.CharField(max_length=20, choices=TIE_KEYS)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["side", "about", "item"], condition=Q(by=None), name="one_score_a_side_and_party"
            ),
            models.UniqueConstraint(
                fields=["side", "by", "about", "item"], condition=Q(by__isnull=False), name="one_score_a_tie"
            ),
        ]


class SharedWord(models.Model):
    """A comment on an item that its author chose to show when answers open, under the name of the side only."""

    side = models.ForeignKey(RoundSide, models.CASCADE, related_name="words")
    item = models.CharField(max_length=20, choices=ITEM_KEYS)
    text = ProseField(blank=True, max_length=2000)
    evidence = LineField(blank=True, max_length=300)

    class Meta:
        ordering = ["id"]


class ResponseNote(models.Model):
    """What the government (or the lead) responds to a flagged gap, with or without an action item.

    The next round shows it again.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="notes")
    item = models.CharField(max_length=20, choices=ITEM_KEYS)
    text = ProseField("response", max_length=3000)
    action = models.ForeignKey("Action", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="one_response_an_item")]


class PublishingWord(models.Model):
    """Whether an asked party agrees that everyone may read both sides' scores, and what it says next to them."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="publishing_words")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")
    agrees = models.BooleanField(_("everyone can read it"))
    reply = ProseField(_("your comment"), blank=True, max_length=1500)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "party"], name="one_word_a_party_on_publishing")]


class Portfolio(Record):
    """Rounds that a person starts for many partnerships at once. A worker starts them one after another."""

    ID_PREFIX = "F"

    title = LineField("name of the rounds", max_length=80)
    closes_on = models.DateField("deadline")
    erases_answers = models.BooleanField("erase single answers once the scores are made", default=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title


class PortfolioPlace(models.Model):
    """A partnership of a portfolio: its round after it was started, or the reason why it couldn't be (`problem`)."""

    portfolio = models.ForeignKey(Portfolio, models.CASCADE, related_name="places")
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="+")
    round = models.OneToOneField(Round, models.SET_NULL, null=True, related_name="portfolio_place")
    problem = LineField(blank=True, max_length=300)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["portfolio", "partnership"], name="once_a_portfolio")]
