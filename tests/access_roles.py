"""The people of the table of rights (tests/access.py), and what a group of routes is."""

from dataclasses import dataclass, field

READ, WRITE, API, OWN = "read", "write", "api", "own"

NOBODY = frozenset()
# Of the office that leads or keeps the record; the manager also manages the organization that the partner edits.
MANAGERS = frozenset({"manager", "administrator"})
WRITERS = MANAGERS | {"editor"}
OFFICE = WRITERS | {"reader"}
EDITORS = WRITERS | {"other_editor", "member"}  # “member”: of a jurisdiction that takes part
STAFF = EDITORS | OFFICE  # of some office
PARTNERS = frozenset({"partner", "partner_reader"})  # an editor and a reader of one organization
SIGNED_IN = STAFF | PARTNERS | {"department", "other_department", "other_partner", "stranger"}
ANYONE = SIGNED_IN | {"anonymous"}
GUESTS = OFFICE | PARTNERS  # whom a draft is shown to
# The pages that are an organization's own.
OWN_PEOPLE = {
    **{key: {"administrator"} for key in ("profiled", "named", "unlisted")},
    "unlisted with the partner": MANAGERS | PARTNERS, "no organization": NOBODY}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """`records`: name of a record of the test's world → who may see it, or (who may see it, who may write it).
    “” stands for a page without a record. `statuses`: for OWN, who → status of a GET."""

    name: str
    kind: str
    routes: tuple[str, ...]
    records: dict = field(default_factory=dict)
    statuses: dict = field(default_factory=dict)


def stands_for(role, kind):
    """As whom this role is answered by routes of this kind."""
    as_nobody = role in ("suspended", "link_holder") or (role == "read_token" and kind != API)
    return "anonymous" if as_nobody else "reader" if role == "read_token" else role
