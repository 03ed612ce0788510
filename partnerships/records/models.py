"""Work in progress: files that people import, and unsaved form input."""

import uuid

from django.db import models

from partnerships.accounts.choices import ImportKind, ImportState
from partnerships.accounts.models import Person
from partnerships.core.fields import LineField
from partnerships.directory.models import Jurisdiction


class Import(models.Model):
    """A file of rows that a person imports for an office.

    Its columns are matched, its rows compared with the registry, and then saved completely or not at all. `columns`:
    index of a column → field. `picked`: row → field → whose value is taken if both differ. `fixes`: what was corrected on
    the page, as `records.imports.fixes.Fixes` keeps it. `numbers_source`: the official list that its identifiers come from,
    which confirms them. `result`: what was found or done. `reader`: as in `ListFile`.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="imports")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    filename = LineField(max_length=200)
    content = models.BinaryField()
    sheet = LineField(blank=True, max_length=100)
    columns = models.JSONField(default=dict)
    picked = models.JSONField(default=dict)
    fixes = models.JSONField(default=dict)
    numbers_source = LineField(blank=True, max_length=200, default="", db_default="")
    result = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    reader = models.CharField(max_length=64, blank=True)
    request_id = models.UUIDField(default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]


class SampleWork(models.Model):
    """Loading or removing the sample registry in the background, as an administrator asked.

    `parts_done` of `parts` steps are done. `problems`: why it stopped.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    removes = models.BooleanField()
    parts = models.PositiveSmallIntegerField(default=1)
    parts_done = models.PositiveSmallIntegerField(default=0)
    problems = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)


class ColumnMemory(models.Model):
    """The field that an office chose for a column with this heading in its last import."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="column_memories")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    heading = models.CharField(max_length=200)
    field = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "kind", "heading"], name="one_memory_a_heading"),
        ]


class ValueMemory(models.Model):
    """What an office chose in its last import for a text that is none of a field's options.

    `text`: folded as in `records.imports.fixes.folded`. An empty `value` leaves the cell empty.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="value_memories")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    field = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    value = LineField(blank=True, max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "kind", "field", "text"], name="one_memory_a_value"),
        ]


class Draft(models.Model):
    """What a person typed into a form and hasn't saved yet. Visible to them only."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    page = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "page"], name="one_draft_a_page")]


class Erasure(models.Model):
    """The account of a person was erased. Nothing says whose.

    `redacted`: how many live texts were redacted. `unlisted`: how many still name the person and aren't listed, such as the
    private note of a partner. `by`: the administrator; null if the person did it.
    """

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    redacted = models.PositiveIntegerField(default=0)
    unlisted = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-id"]


class LeftText(models.Model):
    """A live text that still named a person after the erasure: where it is, and not what it says.

    `model`: its label in lower case. `jurisdiction`: the office that keeps it.
    """

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="left")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, related_name="+")
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    field = models.CharField(max_length=60)
