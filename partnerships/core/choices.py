"""Closed vocabularies that every package uses. Keys never change; labels may."""

from enum import property as enum_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnerships.core.label_overrides import lazy_label
from partnerships.core.types import Text


class OverridableTextChoices(models.TextChoices):
    """A closed vocabulary of texts whose labels staff may change.

    Labels are looked up when they are shown (`core.label_overrides`).
    """

    @enum_property
    def label(self) -> Text:
        return _label(self)


class OverridableIntegerChoices(models.IntegerChoices):
    """A closed vocabulary of numbers whose labels staff may change."""

    @enum_property
    def label(self) -> Text:
        return _label(self)


def _label(member: OverridableTextChoices | OverridableIntegerChoices) -> Text:
    return lazy_label(type(member).__name__.lower(), str(member.value), member._label_)


class Side(OverridableTextChoices):
    """Which side a party speaks for. In gaps, circles and coverage, “community” means this side alone."""

    GOVERNMENT = "government", _("Government")
    COMMUNITY = "community", _("Community")
    INSTITUTION = "institution", _("Institution")


class Stage(OverridableTextChoices):
    """How far a jurisdiction has come in its racial equity work.

    Source: GARE's normalize, organize, operationalize.
    """

    NOT_STARTED = "not_started", _("Not started")
    NORMALIZING = "normalizing", _("Normalizing")
    ORGANIZING = "organizing", _("Organizing")
    OPERATIONALIZING = "operationalizing", _("Operationalizing")


class Vocabulary(models.TextChoices):
    """Open vocabularies, to which staff may add terms."""

    PURPOSE = "purpose", _("Purposes")
    ORIGIN = "origin", _("Origins")
    ORGANIZATION_KIND = "organization_kind", _("Kinds of organization")
    CONTACT_ROLE = "contact_role", _("Roles of contacts")
    COMMUNITY = "community", _("Communities")
    LANGUAGE = "language", _("Languages")
