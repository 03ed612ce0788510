"""Which jurisdictions touch or overlap.

A relation belongs to both, so it is in the snapshot and the history of both.
"""

from django.db.models import Q
from django.utils.translation import gettext

from partnerships.core.errors import ValidationError
from partnerships.directory.choices import RelationKind
from partnerships.directory.models import Jurisdiction, JurisdictionRelation

KEYS = {"neighbors": RelationKind.NEIGHBOR, "overlaps": RelationKind.OVERLAP}
MOST = 100  # of each kind


def related(jurisdiction: Jurisdiction) -> dict[str, list[Jurisdiction]]:
    """Key → the related jurisdictions, by name. One query; none for a new jurisdiction."""
    rows = []
    if jurisdiction.pk:
        either = Q(first=jurisdiction.pk) | Q(second=jurisdiction.pk)
        rows = list(JurisdictionRelation.objects.filter(either).select_related("first", "second"))
    others = [(row.kind, row.second if row.first_id == jurisdiction.pk else row.first) for row in rows]
    return {
        key: sorted((one for kind, one in others if kind == wanted), key=lambda one: (one.name, one.pk))
        for key, wanted in KEYS.items()
    }


def related_ids(jurisdiction: Jurisdiction) -> dict[str, list[str]]:
    """Key → the sorted public ids of the related jurisdictions."""
    return {key: sorted(one.public_id for one in others) for key, others in related(jurisdiction).items()}


def validate_relations(jurisdiction: Jurisdiction, wanted: dict) -> None:
    """Raise ValidationError by key for a jurisdiction that is related to itself or to too many others."""
    errors = {}
    for key, others in wanted.items():
        if jurisdiction.pk and jurisdiction.pk in {one.pk for one in others}:
            errors[key] = gettext("%(jurisdiction)s can’t be on its own list. Name the others.") % {
                "jurisdiction": jurisdiction
            }
        elif len(others) > MOST:
            errors[key] = gettext("Enter %(number)s at most.") % {"number": MOST}
    if errors:
        raise ValidationError(errors)


def lock_others(jurisdiction: Jurisdiction, wanted: dict) -> list[Jurisdiction]:
    """Lock and return the jurisdictions whose relation to this one changes.

    This one is locked too, always in the same order, so that two people who relate them at once wait for each other.
    """
    now, moving = related(jurisdiction), set()
    for key, others in wanted.items():
        moving |= {one.pk for one in now[key]} ^ {one.pk for one in others}
    if not moving:
        return []
    keys = moving | ({jurisdiction.pk} if jurisdiction.pk else set())
    rows = Jurisdiction.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk")
    return [row for row in rows if row.pk != jurisdiction.pk]


def set_relations(jurisdiction: Jurisdiction, wanted: dict) -> None:
    """Make the relations of these keys equal to `wanted`. Call it under the locks of `lock_others`."""
    for key, others in wanted.items():
        stand, meant = ({one.pk for one in ones} for ones in (related(jurisdiction)[key], others))
        for pk in stand ^ meant:
            first, second = sorted((jurisdiction.pk, pk))
            pair = {"first_id": first, "second_id": second, "kind": KEYS[key]}
            if pk in meant:
                JurisdictionRelation.objects.create(**pair)
            else:
                JurisdictionRelation.objects.filter(**pair).delete()
