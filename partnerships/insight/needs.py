"""Which groups of partners a purpose needs, and why. Pure functions.

Which partners matter depends on what a partnership is for. A racial equity tool nearly always needs the community; a
rule inside the government needs other departments first; what crosses a border needs the neighboring government, which
is otherwise helpful. Source: the resource guide behind this registry, part 5, in our own words.
"""

from dataclasses import dataclass

from partnerships.registry.choices import Kind

NEEDED, HELPFUL, NOT_NOW = "needed", "helpful", "not_now"
DEPARTMENTS, NEIGHBORS, COMMUNITY, INSTITUTIONS = "departments", "neighbors", "community", "institutions"
VERDICTS, GROUPS = (NEEDED, HELPFUL, NOT_NOW), (DEPARTMENTS, NEIGHBORS, COMMUNITY, INSTITUTIONS)


@dataclass(frozen=True)
class Need:
    """How much a group of partners matters for a purpose, and why."""

    group: str
    verdict: str
    why: str


_NO_BORDER = "Families do not live within one border."
_LATER = "Bring them in once there is a task for them."
_RULES = {
    "equity_tool": {
        COMMUNITY: (NEEDED, "The tool asks what a choice does to people. Those it touches have to help answer."),
        DEPARTMENTS: (HELPFUL, "They know how the policy works today."),
        NEIGHBORS: (HELPFUL, "They may have used the same tool, and can share it."),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "internal_policy": {
        DEPARTMENTS: (NEEDED, "A rule for staff changes only when the departments that live by it change it."),
        COMMUNITY: (HELPFUL, "They see the rule from outside: as people who apply, or who wait at the counter."),
        NEIGHBORS: (HELPFUL, "They may have written such a rule before."),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "law_or_policy": {
        COMMUNITY: (NEEDED, "Laws move when people outside ask for them. They know what the law must mend."),
        DEPARTMENTS: (NEEDED, "Someone inside has to study it, write it and carry it out."),
        NEIGHBORS: (HELPFUL, "A law that stops at a border is weaker."),
        INSTITUTIONS: (HELPFUL, "Employers, schools or funders may have to live by it."),
    },
    "service": {
        DEPARTMENTS: (NEEDED, "One department can rarely do it alone: housing, planning and health touch each other."),
        COMMUNITY: (NEEDED, "Those it is for know whether it reaches them."),
        NEIGHBORS: (HELPFUL, _NO_BORDER),
        INSTITUTIONS: (HELPFUL, "They may add money, rooms or staff."),
    },
    "cross_border": {
        NEIGHBORS: (NEEDED, "What crosses a border cannot be changed on one side of it."),
        DEPARTMENTS: (HELPFUL, "The departments on each side do the daily work."),
        COMMUNITY: (HELPFUL, "Families cross the border every day, and know where it hurts."),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "learning": {
        NEIGHBORS: (HELPFUL, "You learn most from those who stand elsewhere in the work. A joint project can wait."),
        DEPARTMENTS: (HELPFUL, "What is learned has to reach those who can use it."),
        COMMUNITY: (HELPFUL, "Ask them in when what you learn about is their life."),
        INSTITUTIONS: (NOT_NOW, _LATER),
    },
    "training": {
        INSTITUTIONS: (NEEDED, "Someone has to teach: a trainer from outside, unless a community group is paid to."),
        DEPARTMENTS: (NEEDED, "Those who are trained need the time, and heads who want it."),
        COMMUNITY: (HELPFUL, "Pay a community group to teach what only it knows."),
        NEIGHBORS: (HELPFUL, "You can share a trainer."),
    },
    "oversight": {
        COMMUNITY: (NEEDED, "Those whom the government serves have to watch over it, and lead in that."),
        DEPARTMENTS: (HELPFUL, "They have to answer, so they should know when and to whom."),
        NEIGHBORS: (HELPFUL, "They may have such a body, and can say what works."),
        INSTITUTIONS: (NOT_NOW, "They may have business with the government that is watched."),
    },
}
_USUAL = {
    DEPARTMENTS: (HELPFUL, "One department can rarely do it alone."),
    NEIGHBORS: (HELPFUL, _NO_BORDER),
    COMMUNITY: (HELPFUL, "Those whom it is about know most of it."),
    INSTITUTIONS: (HELPFUL, "They may add money, rooms or staff."),
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
