"""What a member of a body may do there."""

from django.db import models


class MemberRole(models.TextChoices):
    READER = "reader", "Reader"
    EDITOR = "editor", "Editor"
    MANAGER = "manager", "Manager"
