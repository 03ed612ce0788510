"""Closed vocabularies that every room uses. Keys never change; words may."""

from django.db import models


class Side(models.TextChoices):
    """Who answers for a party. In gaps, circles and coverage “community” means the second side alone."""

    GOVERNMENT = "government", "Government"
    COMMUNITY = "community", "Community"
    INSTITUTION = "institution", "Institution"


class Stage(models.TextChoices):
    """How far a jurisdiction has come in its racial equity work (GARE: normalize, organize, operationalize)."""

    NOT_STARTED = "not_started", "Not started"
    NORMALIZING = "normalizing", "Normalizing"
    ORGANIZING = "organizing", "Organizing"
    OPERATIONALIZING = "operationalizing", "Operationalizing"


class Vocabulary(models.TextChoices):
    """Open vocabularies, whose terms staff may add to."""

    PURPOSE = "purpose", "Purposes"
    ORIGIN = "origin", "Origins"
    ORGANIZATION_KIND = "organization_kind", "Kinds of organization"
    CONTACT_ROLE = "contact_role", "Roles of contacts"
    COMMUNITY = "community", "Communities"
    LANGUAGE = "language", "Languages"
