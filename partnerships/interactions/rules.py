"""Who may read interactions, change them, and add to them."""

from django.db.models import Q, QuerySet

from partnerships.core.access import (
    Viewer,
    departments_written_by,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
    of_own_bodies,
    organizations_written_by,
)
from partnerships.directory.models import body_key
from partnerships.interactions.models import Interaction


def interactions_visible_to(person: Viewer) -> QuerySet[Interaction]:
    """Those of the person's offices, and those that an office shared with an office or organization of theirs."""
    if is_administrator(person):
        return Interaction.objects.all()
    own = Q(office__in=jurisdictions_read_by(person))
    return Interaction.objects.filter(own | (Q(is_shared=True) & of_own_bodies(person)))


def open_follow_ups(person: Viewer, *, is_mine: bool = False) -> Q:
    """A Q for those with an open follow-up of the person's offices. `is_mine`: only those that are theirs or no one's."""
    still_open = Q(follow_up_on__isnull=False, followed_up_on=None)
    if not is_administrator(person):
        still_open &= Q(office__in=jurisdictions_read_by(person))
    return still_open & (Q(follow_up_by=None) | Q(follow_up_by=person and person.pk)) if is_mine else still_open


def may_log(person: Viewer) -> bool:
    """Whether the person may log interactions: the editors of an office."""
    return bool(jurisdictions_written_by(person))


def reads_for_office(person: Viewer, interaction: Interaction) -> bool:
    """Whether the person reads it as its office does, with the follow-up and the history."""
    return is_administrator(person) or interaction.office_id in jurisdictions_read_by(person)


def may_write_interaction(person: Viewer, interaction: Interaction) -> bool:
    return is_administrator(person) or interaction.office_id in jurisdictions_written_by(person)


def may_remark(person: Viewer, interaction: Interaction) -> bool:
    """Whether the person may add a remark to a shared interaction: the editors of both sides."""
    if not interaction.is_shared:
        return False
    kind, pk = body_key(interaction)
    home = jurisdictions_written_by(person)
    own = {
        "organization": organizations_written_by(person),
        "department": [*departments_written_by(person), *([pk] if _is_department_of(interaction, home) else [])],
        "jurisdiction": home,
    }[kind]
    return pk in own or interaction.office_id in home


def _is_department_of(interaction: Interaction, jurisdictions: list[int]) -> bool:
    return interaction.department is not None and interaction.department.jurisdiction_id in jurisdictions
