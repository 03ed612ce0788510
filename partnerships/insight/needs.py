"""Which groups of partners a purpose needs, and why. Pure functions.

Which partners matter depends on what a partnership is for. A racial equity tool nearly always needs the community; a
rule inside the government needs other departments first; what crosses a border needs the neighboring government, which
is otherwise helpful. Source: the resource guide behind this registry, part 5, in our own words.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from partnerships.core.types import Text
from partnerships.registry.choices import Kind

NEEDED, HELPFUL, NOT_NOW = "needed", "helpful", "not_now"
DEPARTMENTS, NEIGHBORS, COMMUNITY, INSTITUTIONS = "departments", "neighbors", "community", "institutions"
VERDICTS, GROUPS = (NEEDED, HELPFUL, NOT_NOW), (DEPARTMENTS, NEIGHBORS, COMMUNITY, INSTITUTIONS)


@dataclass(frozen=True)
class Need:
    """How much a group of partners matters for a purpose, and why."""

    group: str
    verdict: str
    why: Text


_NO_BORDER = _("Families don’t live within one border.")
_LATER = _("Bring them in once there is a task for them.")
_RULES = {
    "equity_tool": {
        COMMUNITY: (NEEDED, _("The tool asks how a choice affects people. The people it affects must help answer.")),
        DEPARTMENTS: (HELPFUL, _("They know how the policy works today.")),
        NEIGHBORS: (HELPFUL, _("They may have used the same tool, and can share it.")),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "internal_policy": {
        DEPARTMENTS: (NEEDED, _("A rule for staff changes only when the departments that follow it change it.")),
        COMMUNITY: (
            HELPFUL,
            _("They see the rule from the outside, as applicants or as people waiting at the counter."),
        ),
        NEIGHBORS: (HELPFUL, _("They may have written such a rule before.")),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "law_or_policy": {
        COMMUNITY: (NEEDED, _("Laws change when people outside push for them. They know what the law must fix.")),
        DEPARTMENTS: (NEEDED, _("Someone inside has to study it, write it and carry it out.")),
        NEIGHBORS: (HELPFUL, _("A law that stops at a border is weaker.")),
        INSTITUTIONS: (HELPFUL, _("Employers, schools or funders may have to live by it.")),
    },
    "service": {
        DEPARTMENTS: (NEEDED, _("One department can rarely do it alone. Housing, planning and health are connected.")),
        COMMUNITY: (NEEDED, _("The people it’s for know whether it reaches them.")),
        NEIGHBORS: (HELPFUL, _NO_BORDER),
        INSTITUTIONS: (HELPFUL, _("They may add money, rooms or staff.")),
    },
    "cross_border": {
        NEIGHBORS: (NEEDED, _("What crosses a border can’t be changed from one side of it.")),
        DEPARTMENTS: (HELPFUL, _("The departments on each side do the daily work.")),
        COMMUNITY: (HELPFUL, _("Families cross the border every day, and know where it hurts.")),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "learning": {
        NEIGHBORS: (
            HELPFUL,
            _("You learn most from people at a different stage of the work. A joint project can wait."),
        ),
        DEPARTMENTS: (HELPFUL, _("What you learn has to reach the people who can use it.")),
        COMMUNITY: (HELPFUL, _("Invite them when what you learn about is their life.")),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "training": {
        INSTITUTIONS: (
            NEEDED,
            _("Someone has to teach: an outside trainer, unless a community group is paid to do it."),
        ),
        DEPARTMENTS: (NEEDED, _("People who are trained need time for it, and leaders who support it.")),
        COMMUNITY: (HELPFUL, _("Pay a community group to teach what only it knows.")),
        NEIGHBORS: (HELPFUL, _("You can share a trainer.")),
    },
    "oversight": {
        COMMUNITY: (NEEDED, _("The people the government serves should oversee it, and lead that oversight.")),
        DEPARTMENTS: (HELPFUL, _("They have to answer, so they should know when they report, and who they report to.")),
        NEIGHBORS: (HELPFUL, _("They may have oversight like this, and can say what works.")),
        INSTITUTIONS: (NOT_NOW, _("They may do business with the government that is overseen.")),
    },
}
_USUAL = {
    DEPARTMENTS: (HELPFUL, _("One department can rarely do it alone.")),
    NEIGHBORS: (HELPFUL, _NO_BORDER),
    COMMUNITY: (HELPFUL, _("The people it’s about know the most about it.")),
    INSTITUTIONS: (HELPFUL, _("They may add money, rooms or staff.")),
}
# The kind of partnership that most often serves a purpose; any other can be chosen.
USUAL_KIND = {
    "equity_tool": Kind.CONTRACT,
    "internal_policy": Kind.STRATEGY,
    "law_or_policy": Kind.ORGANIZING,
    "service": Kind.JOINT_PROJECT,
    "cross_border": Kind.JOINT_PROJECT,
    "learning": Kind.LEARNING,
    "training": Kind.TRAINING,
    "oversight": Kind.ADVISORY_BODY,
}


def has_rule(purpose: str) -> bool:
    """Whether there is a rule for this purpose. For purposes that an office added, all groups are helpful."""
    return purpose in _RULES


def needs(purpose: str) -> list[Need]:
    """Every group once, needed ones first; within a verdict, government's own first and institutions last."""
    rule = _RULES.get(purpose, _USUAL)
    found = [Need(group, *rule[group]) for group in GROUPS]
    return sorted(found, key=lambda need: VERDICTS.index(need.verdict))
