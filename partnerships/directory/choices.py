"""Closed vocabularies of the directory."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JurisdictionKind(models.TextChoices):
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    SCHOOL_DISTRICT = "school_district", _("School district")
    PARK_DISTRICT = "park_district", _("Park district")
    SPECIAL_DISTRICT = "special_district", _("Other special district")
    STATE = "state", _("State")
    REGIONAL_BODY = "regional_body", _("Regional body")
    TRIBAL_NATION = "tribal_nation", _("Tribal nation")


class DepartmentKind(models.TextChoices):
    DEPARTMENT = "department", _("Department")
    OFFICE = "office", _("Office")
    INITIATIVE = "initiative", _("Initiative")
    UNIT = "unit", _("Unit")


class RelationKind(models.TextChoices):
    NEIGHBOR = "neighbor", _("Neighbor")
    OVERLAP = "overlap", _("Overlaps")


class Listing(models.TextChoices):
    """How much of an organization is public. One that staff enter is unlisted until the organization decides."""

    PROFILED = "profiled", _("Full profile")
    NAMED = "named", _("Named only")
    UNLISTED = "unlisted", _("Unlisted")


class Reader(models.TextChoices):
    """Who may read a private field."""

    PUBLIC = "public", _("Everyone")
    PARTNERS = "partners", _("Partners")
    STAFF = "staff", _("Registry staff")


class IdentifierScheme(models.TextChoices):
    OCD = "ocd", _("OCD division id")
    GEOID = "geoid", "GEOID"
    EIN = "ein", "EIN"
    UEI = "uei", "UEI"


class SuggestionKind(models.TextChoices):
    CORRECT = "correct", _("Something is wrong")
    CLOSED = "closed", _("It has closed")
    PROPOSE = "propose", _("Someone is missing")


class SuggestionState(models.TextChoices):
    OPEN = "open", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    DECLINED = "declined", _("Not accepted")
