"""The reading door's small words: whose staff a person is, and from rows that they may see, one record or nothing.

A person is a Person, an AnonymousUser or None; memberships are read once a person object.
"""

from partnerships.core import ids
from partnerships.core.errors import Missing, NotAllowed

WRITING_ROLES = ("editor", "manager")


def get_or_missing(rows, public_id: str):
    """The record of these rows with this public id. Raises Missing, or MistypedId when the id cannot be one."""
    try:
        return rows.get(public_id=ids.parse(public_id))
    except rows.model.DoesNotExist:
        raise Missing from None


def require(allowed: bool) -> None:
    """Raises NotAllowed unless allowed. Use it after the record was found among the rows that the person may see."""
    if not allowed:
        raise NotAllowed


def _memberships(person):
    if not getattr(person, "is_active", False) or not person.pk:
        return ()
    if not hasattr(person, "_own_memberships"):
        person._own_memberships = tuple(
            person.memberships.values_list("jurisdiction_id", "department_id", "organization_id", "role")
        )
    return person._own_memberships


def is_administrator(person) -> bool:
    return bool(getattr(person, "is_active", False) and getattr(person, "is_administrator", False))


def jurisdictions_read_by(person) -> list[int]:
    """Ids of the jurisdictions whose drafts and notes this person reads as their staff."""
    return [j for j, _, _, _ in _memberships(person) if j]


def jurisdictions_written_by(person) -> list[int]:
    """Ids of the jurisdictions whose records this person may change."""
    return [j for j, _, _, role in _memberships(person) if j and role in WRITING_ROLES]


def organizations_of(person) -> list[int]:
    return [o for _, _, o, _ in _memberships(person) if o]


def is_staff(person) -> bool:
    """Registry staff: staff of some jurisdiction, or an administrator."""
    return is_administrator(person) or bool(jurisdictions_read_by(person))


def may_write_somewhere(person) -> bool:
    return is_administrator(person) or bool(jurisdictions_written_by(person))
