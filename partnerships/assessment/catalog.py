"""The questions of survey rounds, as plain data.

Ten items are answered by both sides: five conditions of collective impact (Kania and Kramer 2011) and five questions
of racial equity, each from 0 (absent) to 4 (shared and lasting). One item asks about the influence that the community
had, on the scale of what was promised (`registry.choices.Engagement`). Of each other party, respondents can say how
closely they work together, and rate trust and value (the scales of the PARTNER tool).

Keys never change. To change the texts, add a new edition and make it CURRENT; a round keeps the edition under which it
was asked.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from partnerships.core import label_overrides
from partnerships.core.types import Text

TEN, ENGAGEMENT = "ten", "engagement"  # what a round asks
INTENSITY, TRUST, VALUE = "intensity", "trust", "value"
CONDITION, QUESTION = "condition", "question"
GROUPS = (
    (CONDITION, _("Five conditions of collective impact")),
    (QUESTION, _("Five questions about racial equity")),
    (ENGAGEMENT, _("The community’s influence")),
)
LEVELS = (_("Not there"), _("Started"), _("Partly"), _("Working"), _("Shared and lasting"))


@dataclass(frozen=True)
class Item:
    """One question. `levels`: what is true at each level, from `bottom` up; empty when the short `names` say it.

    Staff may change the names. The question and its levels stay the same as long as the edition exists.
    """

    key: str
    group: str
    own_name: Text
    question: Text
    levels: tuple[Text, ...]
    own_names: tuple[Text, ...] = LEVELS
    bottom: int = 0

    @property
    def name(self) -> str:
        return label_overrides.current_label(self.group, self.key, self.own_name)

    @property
    def lazy_name(self) -> Text:
        """The name for the choices of a field: looked up when it's shown."""
        return label_overrides.lazy_label(self.group, self.key, self.own_name)

    @property
    def names(self) -> tuple[Text, ...]:
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
        _("Common agenda"),
        _("Do we name the same problem and the same goal?"),
        (
            _("We have no joint statement of the problem."),
            _("We talk about it, but nothing is in writing."),
            _("One side wrote it. Others have seen it."),
            _("All of us agreed to it. It names racial gaps and targets."),
            _("We review it each year. The community can change it, and has."),
        ),
    ),
    Item(
        "shared_measurement",
        CONDITION,
        _("Shared measurement"),
        _("Do we count the same things and read them together?"),
        (
            _("Each side keeps its own numbers."),
            _("We share some numbers."),
            _("We have a short common list. Some data is missing."),
            _("The list is complete, on time, and split by race and place."),
            _("We read the numbers together and changed course because of them."),
        ),
    ),
    Item(
        "activities",
        CONDITION,
        _("Mutually reinforcing activities"),
        _("Does each partner’s work add to the others’?"),
        (
            _("We don’t know what the others do."),
            _("We know who does what."),
            _("Some tasks line up. Some overlap."),
            _("We have one plan. Each part is distinct and funded."),
            _("We divide the work again as needs change, and government stops doing things too."),
        ),
    ),
    Item(
        "communication",
        CONDITION,
        _("Continuous communication"),
        _("Do we hear from each other in good time?"),
        (
            _("There’s no plan to stay in touch."),
            _("We are in touch when something comes up."),
            _("We meet on a schedule. Not everyone comes."),
            _("Both sides keep to the schedule. Notes come on time."),
            _("Bad news is raised early, and it gets an answer."),
        ),
    ),
    Item(
        "backbone",
        CONDITION,
        _("Backbone support"),
        _("Does someone hold the work together, with time, money and trust?"),
        (
            _("No one does."),
            _("One person does it in their spare time."),
            _("Someone is named, but without reliable hours or money."),
            _("It has staff and money, and answers to all of us."),
            _("It lasts through staff changes. The community helps decide who it is and what it spends."),
        ),
    ),
    Item(
        "targets",
        QUESTION,
        _("Targets and strategies"),
        _("Are there clear targets for racial equity, and ways to reach them?"),
        (
            _("There are none."),
            _("There is a general aim."),
            _("There are targets, but not by race or date."),
            _("Targets are set by race, with dates and a plan for each."),
            _("We say in public what was met, missed and changed."),
        ),
    ),
    Item(
        "grassroots",
        QUESTION,
        _("Grassroots communities of color"),
        _("Are grassroots communities of color part of this?"),
        (
            _("They are absent."),
            _("They are informed afterward."),
            _("They are consulted when invited."),
            _("They hold lasting, paid seats and choose who sits there."),
            _("They lead or co-lead, and bring in who is missing."),
        ),
    ),
    Item(
        "decisions",
        QUESTION,
        _("Decisions and power"),
        _("How are decisions made? Is power shared?"),
        (
            _("Government decides alone and doesn’t say how."),
            _("Government decides alone and explains why."),
            _("Advice is recorded. It isn’t binding."),
            _("Some named decisions are shared, with a vote or a veto."),
            _("The community decides agreed matters and money, and can appeal."),
        ),
    ),
    Item(
        "understanding",
        QUESTION,
        _("A shared understanding"),
        _("Do we mean the same thing by racial equity?"),
        (
            _("We have no shared language for it."),
            _("Some people have been trained."),
            _("We have common definitions. Not everyone uses them."),
            _("We use them in documents and decisions."),
            _("New people learn it, and we work through differences."),
        ),
    ),
    Item(
        "influence",
        QUESTION,
        _("How communities of color shape the work"),
        _("How have communities of color shaped this work?"),
        (
            _("They haven’t."),
            _("Their comments were heard."),
            _("Some changes can be traced to them."),
            _("They helped design it from the start."),
            _("They set the direction, and the results show it."),
        ),
    ),
)

EDITIONS: dict[int, tuple[Item, ...]] = {1: _FIRST}
CURRENT = 1
SAY = Item(
    ENGAGEMENT,
    ENGAGEMENT,
    _("Community influence"),
    _("How much influence did the community have in this work?"),
    (
        _("The community wasn’t involved."),
        _("The community was told what was decided."),
        _("The community was asked. Government decided."),
        _("What the community raised is reflected in the decisions."),
        _("The community and government decided together."),
        _("The community decided, and government carried it out."),
    ),
    (_("Not involved"), _("Inform"), _("Consult"), _("Involve"), _("Collaborate"), _("Defer to community")),
)


def items(edition: int = CURRENT, asks: str = TEN) -> dict[str, Item]:
    """Key → item, in the order of the questions: the items of an edition, or the one about influence."""
    return {item.key: item for item in (EDITIONS[edition] if asks == TEN else (SAY,))}


_MUCH = (_("Not at all"), _("A little"), _("Quite a bit"), _("Very much"))


def _item(group: str, key: str, name: Text, question: Text) -> Item:
    return Item(key, group, name, question, (), _MUCH, 1)


# About each other party, on an optional page. Trust and value are the mean of their three items.
TIES = (
    Item(
        INTENSITY,
        INTENSITY,
        _("How closely we work together"),
        _("How closely do you work with them?"),
        (
            _("We have nothing to do with each other."),
            _("We know of each other’s work."),
            _("We share news or help now and then."),
            _("We plan together, so that our work fits."),
            _("We share staff, money or decisions."),
        ),
        (_("Not at all"), _("Aware"), _("Cooperate"), _("Coordinate"), _("Integrate")),
    ),
    _item(TRUST, "reliability", _("Reliable"), _("Do they do what they say they will?")),
    _item(TRUST, "mission", _("Supports the mission"), _("Do they support the mission of this partnership?")),
    _item(TRUST, "openness", _("Open to talk"), _("Can you talk with them about hard things?")),
    _item(VALUE, "power", _("Power and influence"), _("Do they have the power to get things done?")),
    _item(VALUE, "involvement", _("Involved"), _("Do they put in time and care?")),
    _item(VALUE, "resources", _("Resources"), _("Do they bring money, people, data or space?")),
)
TIE_ITEMS = {item.key: item for item in TIES}
