"""The roles in the table of rights (tests/access.py), and what a group of routes is."""

from dataclasses import dataclass, field

READ, WRITE, API, OWN = "read", "write", "api", "own"

NOBODY = frozenset()
# Staff of the office that leads the partnership or keeps the record. The manager also manages the partner's
# organization.
MANAGERS = frozenset({"manager", "administrator"})
WRITERS = MANAGERS | {"editor"}
OFFICE = WRITERS | {"reader"}
EDITORS = WRITERS | {"other_editor", "member"}  # “member”: of a jurisdiction that takes part
STAFF = EDITORS | OFFICE  # staff of some office
PARTNERS = frozenset({"partner", "partner_reader"})  # an editor and a viewer of one organization
SIGNED_IN = STAFF | PARTNERS | {"department", "other_department", "other_partner", "stranger"}
ANYONE = SIGNED_IN | {"anonymous"}
GUESTS = OFFICE | PARTNERS  # people a draft is shared with
# The pages that belong to an organization.
OWN_PEOPLE = {
    **{key: {"administrator"} for key in ("profiled", "named", "unlisted")},
    "unlisted with the partner": MANAGERS | PARTNERS, "no organization": NOBODY}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Routes that answer by the same rule.

    `records`: name of a record of the test's world → who may see it, or (who may see it, who may write it). The name “”
    is a page without a record. `statuses`: for OWN, roles by the status of a GET.
    """

    name: str
    kind: str
    routes: tuple[str, ...]
    records: dict = field(default_factory=dict)
    statuses: dict = field(default_factory=dict)


def equivalent_role(role, kind):
    """The role whose answers this role gets from routes of this kind: of the three below, “anonymous” or “reader”."""
    as_nobody = role in ("suspended", "link_holder") or (role == "read_token" and kind != API)
    return "anonymous" if as_nobody else "reader" if role == "read_token" else role
