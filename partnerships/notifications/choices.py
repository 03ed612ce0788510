"""Closed vocabulary of news."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NewsKind(models.TextChoices):
    """The subject of one line of news."""

    PUBLISHED = "published", _("A partnership is published")
    STATUS = "status", _("The status of a partnership changes")
    DETAILS = "details", _("Details of a partnership, organization or office change")
    PARTNERS = "partners", _("A partner joins a partnership, or its part changes")
    STATEMENTS = "statements", _("A partner confirms, disagrees or replies, or a lead agency publishes a statement")
    MEETINGS = "meetings", _("A meeting is scheduled, changed or canceled, or its notes are ready")
