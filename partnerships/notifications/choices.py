"""Closed vocabulary of news."""

from django.db import models


class NewsKind(models.TextChoices):
    """The subject of one line of news."""

    PUBLISHED = "published", "A partnership is published"
    STATUS = "status", "The status of a partnership changes"
    DETAILS = "details", "Details of a partnership, organization or office change"
    PARTNERS = "partners", "A partner joins a partnership, or its part changes"
    STATEMENTS = "statements", "A partner confirms, disagrees or replies, or a lead agency publishes a statement"
    MEETINGS = "meetings", "A meeting is scheduled, changed or canceled, or its notes are ready"
