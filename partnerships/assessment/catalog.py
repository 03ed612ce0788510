"""The questions of survey rounds, as plain data.

Ten items are answered by both sides: five conditions of collective impact (Kania and Kramer 2011) and five questions
of racial equity, each from 0 (absent) to 4 (shared and lasting). One item asks about the influence that the community
had, on the scale of what was promised (`registry.choices.Engagement`). Of each other party, respondents can say how
closely they work together, and rate trust and value (the scales of the PARTNER tool).

Keys never change. To change the texts, add a new edition and make it CURRENT; a round keeps the edition under which it
was asked.
"""

from dataclasses import dataclass

from partnerships.core import label_overrides

TEN, ENGAGEMENT = "ten", "engagement"  # what a round asks
INTENSITY, TRUST, VALUE = "intensity", "trust", "value"
CONDITION, QUESTION = "condition", "question"
GROUPS = (
    (CONDITION, "Five conditions of collective impact"),
    (QUESTION, "Five questions about racial equity"),
    (ENGAGEMENT, "The community’s influence"),
)
LEVELS = ("Not there", "Started", "Partly", "Working", "Shared and lasting")


@dataclass(frozen=True)
class Item:
    """One question. `levels`: what is true at each level, from `bottom` up; empty when the short `names` say it.

    Staff may change the names. The question and its levels stay the same as long as the edition exists.
    """

    key: str
    group: str
    own_name: str
    question: str
    levels: tuple[str, ...]
    own_names: tuple[str, ...] = LEVELS
    bottom: int = 0

    @property
    def name(self) -> str:
        return label_overrides.current_label(self.group, self.key, self.own_name)

    @property
    def names(self) -> tuple[str, ...]:
        if self.group not in (ENGAGEMENT, INTENSITY):
            return self.own_names
        return tuple(label_overrides.lazy_label(self.group, str(n), name) for n, name in enumerate(self.own_names))

    @property
    def top(self) -> int:
        return self.bottom + len(self.own_names) - 1


_FIRST = (
    Item(
        "common_agenda",
        CONDITION,
        "Common agenda",
        "Do we name the same problem and the same goal?",
        (
            "We have no joint statement of the problem.",
            "We talk about it, but nothing is in writing.",
            "One side wrote it. Others have seen it.",
            "All of us agreed to it. It names racial gaps and targets.",
            "We review it each year. The community can change it, and has.",
        ),
    ),
    Item(
        "shared_measurement",
        CONDITION,
        "Shared measurement",
        "Do we count the same things and read them together?",
        (
            "Each side keeps its own numbers.",
            "We share some numbers.",
            "We have a short common list. Some data is missing.",
            "The list is complete, on time, and split by race and place.",
            "We read the numbers together and changed course because of them.",
        ),
    ),
    Item(
        "activities",
        CONDITION,
        "Mutually reinforcing activities",
        "Does each partner’s work add to the others’?",
        (
            "We don’t know what the others do.",
            "We know who does what.",
            "Some tasks line up. Some overlap.",
            "We have one plan. Each part is distinct and funded.",
            "We divide the work again as needs change, and government stops doing things too.",
        ),
    ),
    Item(
        "communication",
        CONDITION,
        "Continuous communication",
        "Do we hear from each other in good time?",
        (
            "There’s no plan to stay in touch.",
            "We are in touch when something comes up.",
            "We meet on a schedule. Not everyone comes.",
            "Both sides keep to the schedule. Notes come on time.",
            "Bad news is raised early, and it gets an answer.",
        ),
    ),
    Item(
        "backbone",
        CONDITION,
        "Backbone support",
        "Does someone hold the work together, with time, money and trust?",
        (
            "No one does.",
            "One person does it in their spare time.",
            "Someone is named, but without reliable hours or money.",
            "It has staff and money, and answers to all of us.",
            "It lasts through staff changes. The community helps decide who it is and what it spends.",
        ),
    ),
    Item(
        "targets",
        QUESTION,
        "Targets and strategies",
        "Are there clear targets for racial equity, and ways to reach them?",
        (
            "There are none.",
            "There is a general aim.",
            "There are targets, but not by race or date.",
            "Targets are set by race, with dates and a plan for each.",
            "We say in public what was met, missed and changed.",
        ),
    ),
    Item(
        "grassroots",
        QUESTION,
        "Grassroots communities of color",
        "Are grassroots communities of color part of this?",
        (
            "They are absent.",
            "They are informed afterward.",
            "They are consulted when invited.",
            "They hold lasting, paid seats and choose who sits there.",
            "They lead or co-lead, and bring in who is missing.",
        ),
    ),
    Item(
        "decisions",
        QUESTION,
        "Decisions and power",
        "How are decisions made? Is power shared?",
        (
            "Government decides alone and doesn’t say how.",
            "Government decides alone and explains why.",
            "Advice is recorded. It isn’t binding.",
            "Some named decisions are shared, with a vote or a veto.",
            "The community decides agreed matters and money, and can appeal.",
        ),
    ),
    Item(
        "understanding",
        QUESTION,
        "A shared understanding",
        "Do we mean the same thing by racial equity?",
        (
            "We have no shared language for it.",
            "Some people have been trained.",
            "We have common definitions. Not everyone uses them.",
            "We use them in documents and decisions.",
            "New people learn it, and we work through differences.",
        ),
    ),
    Item(
        "influence",
        QUESTION,
        "How communities of color shape the work",
        "How have communities of color shaped this work?",
        (
            "They haven’t.",
            "Their comments were heard.",
            "Some changes can be traced to them.",
            "They helped design it from the start.",
            "They set the direction, and the results show it.",
        ),
    ),
)

EDITIONS: dict[int, tuple[Item, ...]] = {1: _FIRST}
CURRENT = 1
SAY = Item(
    ENGAGEMENT,
    ENGAGEMENT,
    "Community influence",
    "How much influence did the community have in this work?",
    (
        "The community wasn’t involved.",
        "The community was told what was decided.",
        "The community was asked. Government decided.",
        "What the community raised is reflected in the decisions.",
        "The community and government decided together.",
        "The community decided, and government carried it out.",
    ),
    ("Not involved", "Inform", "Consult", "Involve", "Collaborate", "Defer to community"),
)


def items(edition: int = CURRENT, asks: str = TEN) -> dict[str, Item]:
    """Key → item, in the order of the questions: the items of an edition, or the one about influence."""
    return {item.key: item for item in (EDITIONS[edition] if asks == TEN else (SAY,))}


_MUCH = ("Not at all", "A little", "Quite a bit", "Very much")


def _item(group, key, name, question):
    return Item(key, group, name, question, (), _MUCH, 1)


# About each other party, on an optional page. Trust and value are the mean of their three items.
TIES = (
    Item(
        INTENSITY,
        INTENSITY,
        "How closely we work together",
        "How closely do you work with them?",
        (
            "We have nothing to do with each other.",
            "We know of each other’s work.",
            "We share news or help now and then.",
            "We plan together, so that our work fits.",
            "We share staff, money or decisions.",
        ),
        ("Not at all", "Aware", "Cooperate", "Coordinate", "Integrate"),
    ),
    _item(TRUST, "reliability", "Reliable", "Do they do what they say they will?"),
    _item(TRUST, "mission", "Supports the mission", "Do they support the mission of this partnership?"),
    _item(TRUST, "openness", "Open to talk", "Can you talk with them about hard things?"),
    _item(VALUE, "power", "Power and influence", "Do they have the power to get things done?"),
    _item(VALUE, "involvement", "Involved", "Do they put in time and care?"),
    _item(VALUE, "resources", "Resources", "Do they bring money, people, data or space?"),
)
TIE_ITEMS = {item.key: item for item in TIES}
