"""Closed vocabularies of the directory."""

from django.db import models


class JurisdictionKind(models.TextChoices):
    CITY = "city", "City"
    COUNTY = "county", "County"
    SCHOOL_DISTRICT = "school_district", "School district"
    PARK_DISTRICT = "park_district", "Park district"
    SPECIAL_DISTRICT = "special_district", "Other special district"
    STATE = "state", "State"
    REGIONAL_BODY = "regional_body", "Regional body"
    TRIBAL_NATION = "tribal_nation", "Tribal nation"


class DepartmentKind(models.TextChoices):
    DEPARTMENT = "department", "Department"
    OFFICE = "office", "Office"
    INITIATIVE = "initiative", "Initiative"
    UNIT = "unit", "Unit"


class RelationKind(models.TextChoices):
    NEIGHBOR = "neighbor", "Neighbor"
    OVERLAP = "overlap", "Overlaps"


class Listing(models.TextChoices):
    """How much of an organization is public. One that staff enter is unlisted until the organization decides."""

    PROFILED = "profiled", "Full profile"
    NAMED = "named", "Named only"
    UNLISTED = "unlisted", "Unlisted"


class Reader(models.TextChoices):
    """Who may read a private field."""

    PUBLIC = "public", "Everyone"
    PARTNERS = "partners", "Partners"
    STAFF = "staff", "Registry staff"


class IdentifierScheme(models.TextChoices):
    OCD = "ocd", "OCD division id"
    GEOID = "geoid", "GEOID"
    EIN = "ein", "EIN"
    UEI = "uei", "UEI"


class SuggestionKind(models.TextChoices):
    CORRECT = "correct", "Something is wrong"
    CLOSED = "closed", "It has closed"
    PROPOSE = "propose", "Someone is missing"


class SuggestionState(models.TextChoices):
    OPEN = "open", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    PARTLY = "partly", "Accepted in part"
    DECLINED = "declined", "Not accepted"
