"""The reading door's small words: whose staff a person is, and from rows that they may see, one record or nothing.

A person is a Person, an AnonymousUser or None; memberships are read once a person object.
"""

from hashlib import sha256

from django.db.models import Q

from partnerships.core import ids
from partnerships.core.errors import Missing, Moved, NotAllowed
from partnerships.core.models import Merge

WRITING_ROLES = ("editor", "manager")
MEMBERSHIP_COLUMNS = ("jurisdiction_id", "department_id", "organization_id", "role")


def get_or_missing(rows, public_id: str):
    """The record of these rows with this public id. Raises Missing (Moved, when it was made one with another of them), or
    MistypedId when the id cannot be one."""
    public_id = ids.parse(public_id)
    found = rows.filter(public_id=public_id).first() or kept_instead(rows, public_id)
    if found is None:
        raise Missing
    if found.public_id != public_id:
        raise Moved(found.public_id)
    return found


def kept_instead(rows, public_id: str):
    """The record of these rows that the one of this id was made one with; None when there is none."""
    return _kept(rows, lost_public_id=public_id)


def kept_instead_of(rows, pk: int):
    """The same by primary key, for records without a public id."""
    return _kept(rows, lost_id=pk)


def _kept(rows, **lost):
    standing = Merge.objects.filter(record_type=rows.model._meta.model_name, undone_at=None)
    pk = standing.filter(**lost).values_list("kept_id", flat=True).first()
    while later := standing.filter(lost_id=pk).values_list("kept_id", flat=True).first() if pk else None:
        pk = later
    return rows.filter(pk=pk).first() if pk else None


def require(allowed: bool) -> None:
    """Raises NotAllowed unless allowed. Use it after the record was found among the rows that the person may see."""
    if not allowed:
        raise NotAllowed


def _memberships(person):
    if not getattr(person, "is_active", False) or not person.pk:
        return ()
    if not hasattr(person, "_own_memberships"):
        person._own_memberships = tuple(person.memberships.values_list(*MEMBERSHIP_COLUMNS))
    return person._own_memberships


def narrow(person, memberships):
    """The person with these of their memberships only (rows of MEMBERSHIP_COLUMNS), and never an administrator: for
    whoever acts with less than a whole account. Gives the same object; do not save it."""
    person._own_memberships, person.is_administrator, person._is_narrowed = tuple(memberships), False, True
    return person


def acts_as_themselves(person) -> bool:
    """Whether someone reads with all of their account, so also what came to them by no membership: by a token they don't."""
    return bool(getattr(person, "is_active", False) and not getattr(person, "_is_narrowed", False))


class OwnPeople:
    """Reads as somebody would who belongs to this one body alone, as a reader: for what is made for a body, whoever asked."""

    is_active, is_administrator, is_authenticated = True, False, False
    pk = -1  # of nobody

    def __init__(self, body):
        places = ("jurisdiction", "department", "organization")
        name = body._meta.model_name
        self._own_memberships = ((*(body.pk if place == name else None for place in places), "reader"),)


def fingerprint(person) -> str:
    """What a person may by her places: another one once any of them has changed, or whether she administers the registry."""
    places = sorted(str(place) for place in _memberships(person))
    return sha256(f"{person.pk} {is_administrator(person)} {places}".encode()).hexdigest()


def is_administrator(person) -> bool:
    return bool(getattr(person, "is_active", False) and getattr(person, "is_administrator", False))


def jurisdictions_read_by(person) -> list[int]:
    """Ids of the jurisdictions whose drafts and notes this person reads as their staff."""
    return [j for j, _, _, _ in _memberships(person) if j]


def jurisdictions_written_by(person) -> list[int]:
    """Ids of the jurisdictions whose records this person may change."""
    return [j for j, _, _, role in _memberships(person) if j and role in WRITING_ROLES]


def jurisdictions_managed_by(person) -> list[int]:
    return [j for j, _, _, role in _memberships(person) if j and role == "manager"]


def departments_of(person) -> list[int]:
    return [d for _, d, _, _ in _memberships(person) if d]


def departments_written_by(person) -> list[int]:
    return [d for _, d, _, role in _memberships(person) if d and role in WRITING_ROLES]


def organizations_of(person) -> list[int]:
    return [o for _, _, o, _ in _memberships(person) if o]


def organizations_written_by(person) -> list[int]:
    return [o for _, _, o, role in _memberships(person) if o and role in WRITING_ROLES]


def of_own_bodies(person) -> Q:
    """Rows that name a body of the person by jurisdiction, department or organization; a jurisdiction's staff speak for its
    departments too."""
    own = jurisdictions_read_by(person)
    return (
        Q(jurisdiction__in=own)
        | Q(department__jurisdiction__in=own)
        | Q(department__in=departments_of(person))
        | Q(organization__in=organizations_of(person))
    )


def belongs_somewhere(person) -> bool:
    """Whether the person has a place in any body, and so may see more than strangers do."""
    return is_administrator(person) or bool(_memberships(person))


def role_in(person, body) -> str:
    """The person's role in a jurisdiction, department or organization itself; empty when they have none."""
    place = ("jurisdiction", "department", "organization").index(body._meta.model_name)
    return next((row[3] for row in _memberships(person) if row[place] == body.pk), "")


def manages(person, body) -> bool:
    """May she invite, change roles and remove there: its managers, those of a department's jurisdiction, administrators."""
    return role_in(person, body) == "manager" or manages_from_outside(person, body)


def manages_from_outside(person, body) -> bool:
    """Stays able to manage the body whoever leaves it: an administrator, or a manager of a department's jurisdiction."""
    above = getattr(body, "jurisdiction", None) if body._meta.model_name == "department" else None
    return is_administrator(person) or (above is not None and role_in(person, above) == "manager")


def is_staff(person) -> bool:
    """Registry staff: staff of some jurisdiction, or an administrator."""
    return is_administrator(person) or bool(jurisdictions_read_by(person))


def may_write_somewhere(person) -> bool:
    return is_administrator(person) or bool(jurisdictions_written_by(person))
