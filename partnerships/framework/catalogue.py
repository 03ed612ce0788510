"""The ten items that both sides answer: five conditions of collective impact (Kania and Kramer 2011) and five questions of
racial equity, each from 0 (absent) to 4 (shared and lasting). Pure data.

Keys never change. Words may: then a new edition is added and becomes the CURRENT one, and a round keeps the edition under
which it was asked.
"""

from dataclasses import dataclass

CONDITION, QUESTION = "condition", "question"
GROUPS = ((CONDITION, "Five conditions of working together"), (QUESTION, "Five questions about racial equity"))
LEVELS = ("Not there", "Started", "Partly", "Working", "Shared and lasting")


@dataclass(frozen=True)
class Item:
    """`levels`: what is true at each level, from 0 to 4, in the words of whoever answers."""

    key: str
    group: str
    name: str
    question: str
    levels: tuple[str, str, str, str, str]


_FIRST = (
    Item(
        "common_agenda",
        CONDITION,
        "Common agenda",
        "Do we name the same problem and the same goal?",
        (
            "We have no joint statement of the problem.",
            "We talk about it. Nothing is written down.",
            "One side wrote it. Others have seen it.",
            "All of us agreed to it. It names racial gaps and targets.",
            "We review it each year. Community can change it, and has.",
        ),
    ),
    Item(
        "shared_measurement",
        CONDITION,
        "Shared measurement",
        "Do we count the same things and read them together?",
        (
            "Each side keeps its own numbers.",
            "We swap some numbers.",
            "We have a short common list. Some data is missing.",
            "The list is complete, on time, and split by race and place.",
            "We read the numbers together and changed course because of them.",
        ),
    ),
    Item(
        "activities",
        CONDITION,
        "Activities that fit together",
        "Does each partner’s work add to the others’?",
        (
            "We do not know what the others do.",
            "We know who does what.",
            "Some tasks line up. Some overlap.",
            "We have one plan. Each part is its own and has money.",
            "We share the work out anew as needs move, and government stops things too.",
        ),
    ),
    Item(
        "communication",
        CONDITION,
        "Steady communication",
        "Do we hear from each other in good time?",
        (
            "There is no plan to be in touch.",
            "We are in touch when something comes up.",
            "We meet on a schedule. Not everyone comes.",
            "Both sides keep the rhythm. Notes come in time.",
            "Bad news is raised early, and it gets an answer.",
        ),
    ),
    Item(
        "backbone",
        CONDITION,
        "Someone holds it together",
        "Is there a backbone with time, money and trust?",
        (
            "Nobody holds it.",
            "One person does it in spare time.",
            "Someone is named, without sure hours or money.",
            "It has staff and money, and answers to all of us.",
            "It outlasts staff changes. Community has a say in who it is and what it spends.",
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
        "Grassroots groups are in",
        "Are grassroots communities of color part of this?",
        (
            "They are absent.",
            "They are told afterwards.",
            "They are asked when invited.",
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
            "Government decides alone and does not say how.",
            "Government decides alone and explains why.",
            "Advice is written down. It does not bind anyone.",
            "Some named decisions are shared, with a vote or a block.",
            "Community decides agreed matters and money, and can appeal.",
        ),
    ),
    Item(
        "understanding",
        QUESTION,
        "A shared understanding",
        "Do we mean the same thing by racial equity?",
        (
            "We have no shared words for it.",
            "Some people have been trained.",
            "We have common definitions. Not all use them.",
            "We use them in documents and choices.",
            "New people are brought in on it, and we work through differences.",
        ),
    ),
    Item(
        "influence",
        QUESTION,
        "Influence on direction",
        "How have communities of color shaped this work?",
        (
            "They have not.",
            "Their comments were taken.",
            "Some changes can be traced to them.",
            "They helped design it from the start.",
            "They set the direction, and the results show it.",
        ),
    ),
)

EDITIONS: dict[int, tuple[Item, ...]] = {1: _FIRST}
CURRENT = 1


def items(edition: int = CURRENT) -> dict[str, Item]:
    """The items of an edition by key, in the order in which they are asked."""
    return {item.key: item for item in EDITIONS[edition]}
