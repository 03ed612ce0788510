"""Who a person acts for, and how to get one record out of the rows that they may see.

A person is a Person, an AnonymousUser or None. Memberships are read once per person object and kept on it.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeGuard, TypeVar

from django.db.models import Manager, Model, Q, QuerySet

from partnerships.core import clock, ids
from partnerships.core.errors import MergedInto, NotAllowed, NotFound
from partnerships.core.models import Merge, Record, type_key
from partnerships.core.prepared import PreparedRows

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.auth.models import _User as Person  # the model of AUTH_USER_MODEL

    # Someone who reads. The public is None or AnonymousUser.
    Viewer: TypeAlias = Person | AnonymousUser | "MemberView" | "Rights" | "System" | None
    # Someone who writes: `by` of an action.
    Author: TypeAlias = Person | "System"
else:  # `core` knows no accounts
    Person = Viewer = Author = object

Row = TypeVar("Row", bound=Model)
FoundRecord = TypeVar("FoundRecord", bound=Record)
WRITING_ROLES = ("editor", "manager")
MANAGING_ROLES = ("manager",)
LISTS_KEPT = 600  # statements for all sorts of readers, about 80 kB each
FIRST_STAND_IN = (
    -2_000_000_000
)  # for a reader's keys in statements that are kept: no row has it, and it fits into 32 bits


class MembershipRow(NamedTuple):
    """A role of a person in one office or organization. The fields are columns of the table of memberships."""

    jurisdiction_id: int | None
    department_id: int | None
    organization_id: int | None
    role: str


def get_or_not_found(rows: QuerySet[FoundRecord], public_id: str) -> FoundRecord:
    """Return the record with this public id from these rows.

    Raises NotFound when the rows have no such record, MergedInto when it was merged into another record of these rows, and
    MistypedId when the text can't be a public id.
    """
    public_id = ids.parse(public_id)
    found = rows.filter(public_id=public_id).first() or merged_into(rows, public_id)
    if found is None:
        raise NotFound
    if found.public_id != public_id:
        raise MergedInto(found.public_id)
    return found


def merged_into(rows: QuerySet[Row] | Manager[Row], public_id: str) -> Row | None:
    """The record that the one with this public id was merged into, if it is among these rows; otherwise None."""
    return _merged_record(rows, lost_public_id=public_id)


def merged_into_by_pk(rows: QuerySet[Row] | Manager[Row], pk: int) -> Row | None:
    """`merged_into` by primary key, for records without a public id."""
    return _merged_record(rows, lost_id=pk)


def _merged_record(rows: QuerySet[Row] | Manager[Row], **lost: str | int) -> Row | None:
    """The record that the lost one was merged into, also through later merges; None if it isn't among these rows."""
    not_undone = Merge.objects.filter(record_type=type_key(rows.model), undone_at=None)
    pk = not_undone.filter(**lost).values_list("kept_id", flat=True).first()
    while later := not_undone.filter(lost_id=pk).values_list("kept_id", flat=True).first() if pk else None:
        pk = later
    return rows.filter(pk=pk).first() if pk else None


@dataclass(frozen=True)
class Rights:
    """All that a prepared list knows of its reader, as attributes of a person.

    Stand-ins take the place of the primary keys, so that readers with the same roles have equal Rights.
    """

    pk: int | None
    is_active: bool
    is_service: bool
    is_administrator: bool
    _is_narrowed: bool
    _own_memberships: tuple[MembershipRow, ...]


def prepared_list(build: Callable[..., QuerySet]) -> Callable[..., list]:
    """Decorate a list that pages show as it is: Django writes its statement once a day for all readers with the same roles.

    `build` is given the reader's Rights, and may ask the database nothing, since its answer would be kept. It uses their
    keys only as values in filters. Rows are read each time. `build`: (person, *options) → queryset, where options have
    few different values. Values that differ between requests are placeholders in it, and the keyword arguments of what
    is returned: a function (person, *options, **values) → list of the rows that the database has now.
    """

    def prepared(rights: Rights, *options: Hashable) -> PreparedRows:
        return PreparedRows(build(rights, *options))

    @wraps(build)
    def rows(person: Viewer, *options: Hashable, **values: Any) -> list:
        rights, keys = _rights_of(person)
        found: PreparedRows = _built_once(prepared, rights, clock.today(), *options)
        return found.given(values, keys)

    return rows


@lru_cache(maxsize=LISTS_KEPT)
def _built_once(build: Callable[..., Any], rights: Rights, day: date, *options: Hashable) -> Any:
    return build(rights, *options)


def _rights_of(person: Viewer) -> tuple[Rights, dict[int, int]]:
    """The person's Rights, and the primary key of each stand-in."""
    keys: dict[int, int] = {}

    def stand_in(key: int | None) -> int | None:
        if key is None:
            return None
        keys[number := FIRST_STAND_IN + len(keys)] = key
        return number

    def by_role(own: MembershipRow) -> tuple:
        return [key is None for key in own[:-1]], own.role

    rights = Rights(
        pk=stand_in(getattr(person, "pk", None)),
        is_active=bool(getattr(person, "is_active", False)),
        is_service=not speaks_for_itself(person),
        is_administrator=is_administrator(person),
        _is_narrowed=bool(getattr(person, "_is_narrowed", False)),
        _own_memberships=tuple(
            MembershipRow._make([*map(stand_in, own[:-1]), own.role])
            for own in sorted(_memberships(person), key=by_role)
        ),
    )
    return rights, keys


def require(allowed: bool) -> None:
    """Raise NotAllowed unless `allowed`. Call it after the record was found among the rows that the person may see."""
    if not allowed:
        raise NotAllowed


def _is_account(person: Viewer) -> TypeGuard["Person | MemberView"]:
    return bool(getattr(person, "is_active", False) and getattr(person, "pk", None))


def _memberships(person: Viewer) -> tuple[MembershipRow, ...]:
    """The memberships by which the person has rights now: read once for an account; a MemberView brings its own."""
    if not _is_account(person):
        return ()
    if not isinstance(person, MemberView) and not hasattr(person, "_own_memberships"):
        rows = person.memberships.values_list(*MembershipRow._fields)
        person._own_memberships = tuple(MembershipRow(*row) for row in rows)
    return person._own_memberships


def limit_to_memberships(person: Person, memberships: Iterable[MembershipRow]) -> Person:
    """Limit the person to these memberships and to no administrator rights.

    For a caller with less than the whole account, such as an API token. Changes and returns the same object. Don't
    save it.
    """
    person._own_memberships, person.is_administrator, person._is_narrowed = tuple(memberships), False, True
    return person


def acts_as_themselves(person: Viewer) -> bool:
    """Whether the person reads with all of their account, including rights that come from no membership.

    With a token they don't.
    """
    return bool(getattr(person, "is_active", False) and not getattr(person, "_is_narrowed", False))


def speaks_for_itself(person: Viewer) -> bool:
    """Whether this is someone who can say something for an office or organization: confirm, dispute, answer, open its profile.
    A service account can't.
    """
    return not getattr(person, "is_service", False)


class System:
    """The type of SYSTEM. Rules treat it as the public: it has no account and no memberships."""

    is_active = is_administrator = is_authenticated = False
    pk = None

    def __repr__(self) -> str:
        return "SYSTEM"


# `by` of an action that no account does: a command, a background task, or someone whose link or code the caller has
# checked. Actions let it do everything. None isn't that: it's the public, which may change nothing.
SYSTEM = System()


def account_of(by: Author | None) -> Person | None:
    """The account to store as the author: None for SYSTEM. Raises TypeError for None, so that no one forgets to say who."""
    if by is None:
        raise TypeError("Say who does it: `by` is a person or SYSTEM.")
    return None if isinstance(by, System) else by


class MemberView:
    """A reader who belongs to this one office or organization and to nothing else, with the role of a viewer.

    Used for content that is made for an organization's own people, no matter who asked for it.
    """

    is_active, is_administrator, is_authenticated = True, False, False
    pk = -1  # matches no account

    def __init__(self, body: Record) -> None:
        nowhere = MembershipRow(None, None, None, "reader")
        self._own_memberships = (nowhere._replace(**{_column_of(body): body.pk}),)


def _column_of(body: Record) -> str:
    """The field of a membership in this jurisdiction, department or organization."""
    return f"{type_key(body)}_id"


def fingerprint(person: Viewer) -> str:
    """A digest of the person's memberships and administrator rights. It changes when any of them changes."""
    memberships = sorted(str(tuple(row)) for row in _memberships(person))
    return sha256(f"{getattr(person, 'pk', None)} {is_administrator(person)} {memberships}".encode()).hexdigest()


def is_administrator(person: Viewer) -> bool:
    """Whether this is an active account with administrator rights."""
    return bool(getattr(person, "is_active", False) and getattr(person, "is_administrator", False))


def _keys_of(person: Viewer, column: str, roles: Collection[str] | None = None) -> list[int]:
    """The primary keys in this column of the person's memberships: of all of them, or of those with one of these roles."""
    rows = [own for own in _memberships(person) if roles is None or own.role in roles]
    return [key for own in rows if (key := getattr(own, column))]


def jurisdictions_read_by(person: Viewer) -> list[int]:
    """Primary keys of the jurisdictions whose drafts and notes this person reads as their staff."""
    return _keys_of(person, "jurisdiction_id")


def jurisdictions_written_by(person: Viewer) -> list[int]:
    """Primary keys of the jurisdictions whose records this person may change."""
    return _keys_of(person, "jurisdiction_id", WRITING_ROLES)


def jurisdictions_managed_by(person: Viewer) -> list[int]:
    """Primary keys of the jurisdictions that this person manages."""
    return _keys_of(person, "jurisdiction_id", MANAGING_ROLES)


def departments_of(person: Viewer) -> list[int]:
    return _keys_of(person, "department_id")


def departments_written_by(person: Viewer) -> list[int]:
    return _keys_of(person, "department_id", WRITING_ROLES)


def departments_managed_by(person: Viewer) -> list[int]:
    return _keys_of(person, "department_id", MANAGING_ROLES)


def organizations_of(person: Viewer) -> list[int]:
    return _keys_of(person, "organization_id")


def organizations_written_by(person: Viewer) -> list[int]:
    return _keys_of(person, "organization_id", WRITING_ROLES)


def organizations_managed_by(person: Viewer) -> list[int]:
    return _keys_of(person, "organization_id", MANAGING_ROLES)


def of_own_bodies(person: Viewer) -> Q:
    """A Q for rows that name an office or organization of the person, by jurisdiction, department or organization.

    Staff of a jurisdiction speak for its departments too.
    """
    found, own = Q(pk__in=()), jurisdictions_read_by(person)
    if own:
        found |= Q(jurisdiction__in=own) | Q(department__jurisdiction__in=own)
    if departments := departments_of(person):
        found |= Q(department__in=departments)
    if organizations := organizations_of(person):
        found |= Q(organization__in=organizations)
    return found


def belongs_somewhere(person: Viewer) -> bool:
    """Whether the person has any membership, or is an administrator, and so may see more than a signed-out visitor."""
    return is_administrator(person) or bool(_memberships(person))


def role_in(person: Viewer, body: Record) -> str:
    """The person's role in this very jurisdiction, department or organization; "" when they have none."""
    column = _column_of(body)
    return next((own.role for own in _memberships(person) if getattr(own, column) == body.pk), "")


def manages_somewhere(person: Viewer) -> bool:
    """Whether the person manages an office or organization of their own."""
    return any(own.role in MANAGING_ROLES for own in _memberships(person))


def manages(person: Viewer, body: Record) -> bool:
    """Whether the person may invite people, change roles and remove members there.

    True for its managers, for managers of a department's jurisdiction, and for administrators.
    """
    return role_in(person, body) == "manager" or manages_from_outside(person, body)


def manages_from_outside(person: Viewer, body: Record) -> bool:
    """Whether the person manages it without being its member: an administrator, or a manager of a department's
    jurisdiction.

    They can still manage it after all of its own managers have left.
    """
    above = getattr(body, "jurisdiction", None) if type_key(body) == "department" else None
    return is_administrator(person) or (above is not None and role_in(person, above) == "manager")


def is_staff(person: Viewer) -> bool:
    """Whether the person is registry staff: staff of some jurisdiction, or an administrator."""
    return is_administrator(person) or bool(jurisdictions_read_by(person))


def may_write_somewhere(person: Viewer) -> bool:
    return is_administrator(person) or bool(jurisdictions_written_by(person))
