"""Closed vocabularies that every room uses. Keys never change; words may."""

from enum import property as enum_property

from django.db import models

from partnerships.core.wording import label_later


def _label(member):
    return label_later(type(member).__name__.lower(), str(member.value), member._label_)


class WordedText(models.TextChoices):
    """A closed vocabulary whose labels staff may reword: they are looked up when they are shown (`core.wording`)."""

    label = enum_property(_label)


class WordedNumber(models.IntegerChoices):
    """The same, of numbers."""

    label = enum_property(_label)


class Side(WordedText):
    """Who answers for a party. In gaps, circles and coverage “community” means the second side alone."""

    GOVERNMENT = "government", "Government"
    COMMUNITY = "community", "Community"
    INSTITUTION = "institution", "Institution"


class Stage(WordedText):
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
