"""What people have in hand at the registry's desk: files of rows that they bring in, and forms that they have not saved yet."""

import uuid

from django.db import models

from partnerships.accounts.choices import ImportKind, ImportState
from partnerships.accounts.models import Person
from partnerships.core.fields import LineField
from partnerships.directory.models import Jurisdiction


class Import(models.Model):
    """A file of rows that somebody brings in for an office: its columns matched, compared with what is there, then written whole
    or not at all.

    `columns`: place of a column → field; `picked`: row → field → whose value is taken where both differ; `result`: what was
    found, or done. `reader`: as of `ListFile`.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="imports")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    filename = LineField(max_length=200)
    content = models.BinaryField()
    sheet = LineField(blank=True, max_length=100)
    columns = models.JSONField(default=dict)
    picked = models.JSONField(default=dict)
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


class ColumnMemory(models.Model):
    """Which field an office took a column of this heading for, the last time that it brought in a file."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="column_memories")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    heading = models.CharField(max_length=200)
    field = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "kind", "heading"], name="one_memory_a_heading"),
        ]


class Draft(models.Model):
    """What a person typed into a form and has not saved yet. Hers alone."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    page = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "page"], name="one_draft_a_page")]
