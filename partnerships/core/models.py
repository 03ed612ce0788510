"""The base classes of all records and trees, the change log, and the small tables behind sync, search and counts."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import LineField


def type_key(record: models.Model | type[models.Model]) -> str:
    """The key of its record type: the name of its model. Rows, URLs and arguments name a record's kind by it."""
    return str(record._meta.model_name)


class Record(models.Model):
    """A record with a permanent public id, a version that guards against lost edits, and a stamp for sync.

    `version` moves with every change. `public_version`, `updated_at` and `stamp` (which orders changes for sync,
    `core.stamps`) move only when everyone can see the change, so that no one learns of a change that they may not see
    (`core.writing.public_snapshot`). Only who may change the record reads `version`. `source` says where the facts come from.
    `is_sample` rows are deleted with the sample. `is_illustration` rows are made up to show how a page works, and are marked
    wherever they appear.
    """

    ID_PREFIX = ""

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    public_version = models.PositiveIntegerField(default=1, editable=False)
    stamp = models.BigIntegerField(default=0, editable=False, db_index=True)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    last_verified_on = models.DateField(_("last verified"), null=True, blank=True)
    source = LineField(_("source of the facts"), blank=True, max_length=300)
    is_sample = models.BooleanField(default=False, editable=False)
    is_illustration = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """The address of its page, which has the name of its kind."""
        return reverse(type_key(self), args=[self.public_id])


def related_model(model: type[models.Model], name: str) -> type[models.Model]:
    """The model that a relation leads to. Raises FieldDoesNotExist."""
    found = model._meta.get_field(name).related_model
    assert isinstance(found, type)  # it is a relation, and all models are loaded
    return found


def model_field(model: type[models.Model], name: str) -> models.Field:
    """A field of the model itself. Raises FieldDoesNotExist."""
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


class TreeNode(models.Model):
    """A row of a tree.

    `path` holds the primary keys from the root, “/3/17/”, and is kept up to date by `core.trees`.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, default="", editable=False, db_index=True)

    class Meta:
        abstract = True


NAMES = ("name", "title")  # what records call their name


class Change(models.Model):
    """One entry of the change log: the fields of a record before and after, who changed them, when and why."""

    request_id = models.UUIDField(default=uuid.uuid4, db_index=True)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    why = LineField(blank=True, max_length=300)
    verb = models.CharField(max_length=20)
    record_type = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    public_id = models.CharField(max_length=12, db_index=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["record_type", "record_id"]),
            models.Index(fields=["by", "record_type", "-id"], name="changes_of_a_person"),
            # The changes of a name, by which search finds a record (`search_sql.IsRename`).
            models.Index(fields=["record_type", "id"], condition=Q(before__has_any_keys=[*NAMES]), name="renames"),
        ]


class Stamp(models.Model):
    """A single row.

    SQLite: the counter of writing transactions. PostgreSQL: an offset for transaction ids (after a restore).
    """

    value = models.BigIntegerField(default=0)


class Tombstone(models.Model):
    """A record that was public and no longer is: its id and the moment, nothing else.

    Partnerships use `Publication` instead.
    """

    resource = models.CharField(max_length=20)
    public_id = models.CharField(max_length=12)
    stamp = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "public_id"], name="one_tombstone_a_record")]
        indexes = [models.Index(fields=["resource", "stamp"])]


class Merge(models.Model):
    """Two records that were merged: a request for the lost one is redirected to the kept one.

    `steps`: each row that was moved or deleted, in order. `before`: the former fields of the kept record. Both are for
    undo.
    """

    record_type = models.CharField(max_length=30)
    kept_id = models.BigIntegerField()
    lost_id = models.BigIntegerField()
    lost_public_id = models.CharField(max_length=12, db_index=True)
    lost_name = LineField()
    steps = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["record_type", "kept_id"], name="merged_into")]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "lost_id"], condition=Q(undone_at=None), name="one_standing_merge_a_lost_record"
            ),
            models.CheckConstraint(condition=~Q(lost_id=F("kept_id")), name="no_merge_into_itself"),
        ]


class Outdated(models.Model):
    """A record whose stored texts have to be rebuilt (`core.outdated`).

    `stamp` is that of the change that made them outdated.
    """

    resource = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    stamp = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["resource", "record_id"], name="outdated_record")]


class FacetCount(models.Model):
    """How many published records of a resource have a value of a filter."""

    resource = models.CharField(max_length=20)
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=60)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "facet", "value"], name="one_count_a_facet_value")]


class SearchEntry(models.Model):
    """What text search knows of a record: only what the public may read, as folded words.

    `is_public` says whether signed-out visitors find it. The index itself (FTS5 on SQLite, a tsvector column on
    PostgreSQL) is created by a migration and kept up to date by `core.search`.
    """

    resource = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    is_public = models.BooleanField(default=False)
    title = models.TextField(default="")
    names = models.TextField(default="")
    body = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "record_id"], name="one_search_entry_a_record")]


class SearchWord(models.Model):
    """A word of published entries, and how many entries have it: what a mistyped word is corrected against."""

    word = models.CharField(max_length=40, unique=True)
    entries = models.IntegerField(default=0)
    length = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(entries__gte=0), name="words_stand_in_entries")]


class SearchGram(models.Model):
    """A pair of letters of a word (with its edges marked), to find words with similar spelling."""

    gram = models.CharField(max_length=3)
    word = models.ForeignKey(SearchWord, models.CASCADE, related_name="grams")

    class Meta:
        indexes = [models.Index(fields=["gram", "word"])]


class Heartbeat(models.Model):
    """When a background worker last reported that it is running."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()


class SubmittedForm(models.Model):
    """A form that was sent and saved something (`core.idempotency`): its one-time key, and where its sender was
    redirected.

    `content`: a digest of what was sent. `is_shown_once`: the first answer showed a secret. `page`: that answer, encrypted
    with a key that isn't stored, for as long as a repeat gets it again.
    """

    mark = models.CharField(max_length=64, unique=True)
    content = models.CharField(max_length=64)
    answer = models.TextField()
    is_shown_once = models.BooleanField(default=False)
    page = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)


class RateCount(models.Model):
    """How many times something was tried in a time window that ends at `ends` (seconds since 1970).

    The key is a digest of the action and the sender. `core.rate_limits` counts.
    """

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField()
    ends = models.FloatField(db_index=True)
