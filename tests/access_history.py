"""The part of the table of rights (tests/access.py) for the history of records and for undoing a change."""

from tests.access_roles import ANYONE, EDITORS, MANAGERS, NOBODY, OFFICE, PARTNERS, READ, WRITE, WRITERS, Group

ITS_OFFICE = (OFFICE, WRITERS)
OTHER_OFFICE = frozenset({"other_editor", "administrator"})
OF_DEPARTMENT = frozenset({"department"})
# Once an organization has editors of its own, the staff of its office can read the history and change nothing.
ITS_OWN = (OFFICE | PARTNERS, frozenset({"manager", "administrator", "partner"}))
# Kind of record → record → (who reads its history, who may undo a change in it).
# fmt: off
RECORDS = {
    "partnership": {"published": ITS_OFFICE, "draft": ITS_OFFICE, "shared draft": ITS_OFFICE,
        "no partnership": NOBODY, "mistyped": NOBODY},
    "organization": {"profiled": ITS_OFFICE, "named": ITS_OFFICE, "unlisted": ITS_OFFICE, "unlisted with the partner": ITS_OWN,
        "no organization": NOBODY},
    "jurisdiction": {"office": ITS_OFFICE, "jurisdiction": (OTHER_OFFICE, OTHER_OFFICE), "no jurisdiction": NOBODY},
    "department": {"department": (OFFICE | OF_DEPARTMENT, WRITERS | OF_DEPARTMENT), "no department": NOBODY},
    "meeting": {"public meeting": ITS_OFFICE, "internal meeting": ITS_OFFICE, "meeting of a draft": ITS_OFFICE,
        "meeting of the partner": ITS_OFFICE, "no meeting": NOBODY},
    "action": {"action": ITS_OFFICE, "partner's action": ITS_OFFICE, "no action": NOBODY},
    "interaction": {"interaction": ITS_OFFICE, "shared interaction": ITS_OFFICE, "no interaction": NOBODY},
    "checkinplan": {"check-in": ITS_OFFICE, "no check-in": NOBODY},
    "result": {"public result": ITS_OFFICE, "inner result": ITS_OFFICE, "no result": NOBODY},
    "measure": {"public measure": ITS_OFFICE, "inner measure": ITS_OFFICE, "no measure": NOBODY},
    "activity": {"activity": ITS_OFFICE, "public activity": ITS_OFFICE, "partner's activity": ITS_OFFICE, "no activity": NOBODY},
    "plan": {"plan": ITS_OFFICE, "public plan": ITS_OFFICE, "no plan": NOBODY},
    # Past membership counts are for those who enter them.
    "makeup": {"makeup": (WRITERS, WRITERS), "makeup of a draft": (WRITERS, WRITERS), "no makeup": NOBODY},
    "population": {"population": ITS_OFFICE, "no population": NOBODY},
}
# fmt: on


def readers(records):
    return {name: NOBODY if rights is NOBODY else rights[0] for name, rights in records.items()}


# Only a manager reports a duplicate of their own organization. Editors of a jurisdiction report duplicate departments.
TWICE = {
    "organization": {
        "profiled": (ANYONE, WRITERS),
        "named": (ANYONE, WRITERS),
        "unlisted": ITS_OFFICE,
        "unlisted with the partner": (OFFICE | PARTNERS, MANAGERS),
        "no organization": NOBODY,
    },
    "department": {"department": (ANYONE, WRITERS), "no department": NOBODY},
}
MERGES = tuple(
    group
    for kind, records in TWICE.items()
    for group in (
        Group(f"making one of two, or two of one: {kind}", WRITE, (f"{kind}_merge", f"{kind}_split"), records),
        Group(
            f"taking apart again: {kind}",
            WRITE,
            (f"{kind}_apart",),
            {f"{kind} made one": (ANYONE, WRITERS), f"no {kind}": NOBODY},
        ),
    )
)

MANY = (
    Group(
        "changing many records",
        WRITE,
        ("partnership_many", "organization_many", "department_many"),
        {"": (ANYONE, EDITORS)},
    ),
    Group("what was changed together", READ, ("changed_together",), {"published": OFFICE, "no partnership": NOBODY}),
    Group("undoing it as one", WRITE, ("undo_together",), {"published": ITS_OFFICE, "no partnership": NOBODY}),
)

GROUPS = (
    MANY
    + MERGES
    + tuple(
        group
        for kind, records in RECORDS.items()
        for group in (
            Group(f"the history of a {kind}", READ, (f"{kind}_history",), readers(records)),
            Group(f"undoing a change of a {kind}", WRITE, (f"{kind}_undo",), records),
        )
    )
)
