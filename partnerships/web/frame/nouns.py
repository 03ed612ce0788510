"""What lists call their rows: how many there are, and what they are."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from partnerships.core.types import Text


class Noun(NamedTuple):
    """`counted` takes `n`, which decides the form, and `number`, as it's shown. `all` is the plural without a number."""

    counted: Promise
    all: Text

    def with_number(self, number: str) -> str:
        """“1 partnership”, “1,204 partnerships” or “more than 10,000 partnerships”. `number` has the number and words."""
        n = int("".join(character for character in number if character.isdigit()))
        return self.counted % {"n": n, "number": number}


PARTNERSHIP = Noun(ngettext_lazy("%(number)s partnership", "%(number)s partnerships", "n"), _("partnerships"))
RESULT = Noun(ngettext_lazy("%(number)s result", "%(number)s results", "n"), _("results"))
MEASURE = Noun(ngettext_lazy("%(number)s measure", "%(number)s measures", "n"), _("measures"))
JURISDICTION = Noun(ngettext_lazy("%(number)s jurisdiction", "%(number)s jurisdictions", "n"), _("jurisdictions"))
DEPARTMENT = Noun(ngettext_lazy("%(number)s department", "%(number)s departments", "n"), _("departments"))
MEETING = Noun(ngettext_lazy("%(number)s meeting", "%(number)s meetings", "n"), _("meetings"))
ACTION_ITEM = Noun(ngettext_lazy("%(number)s action item", "%(number)s action items", "n"), _("action items"))
INTERACTION = Noun(ngettext_lazy("%(number)s interaction", "%(number)s interactions", "n"), _("interactions"))
ACTIVITY = Noun(ngettext_lazy("%(number)s activity", "%(number)s activities", "n"), _("activities"))
ORGANIZATION = Noun(ngettext_lazy("%(number)s organization", "%(number)s organizations", "n"), _("organizations"))
PERSON = Noun(ngettext_lazy("%(number)s person", "%(number)s people", "n"), _("people"))
COMPARISON = Noun(ngettext_lazy("%(number)s comparison", "%(number)s comparisons", "n"), _("comparisons"))
ANSWER = Noun(ngettext_lazy("%(number)s answer", "%(number)s answers", "n"), _("answers"))
ANSWERED = Noun(
    ngettext_lazy("%(number)s partnership with answers", "%(number)s partnerships with answers", "n"),
    _("partnerships with answers"),
)
DUE = Noun(ngettext_lazy("%(number)s response due", "%(number)s responses due", "n"), _("responses due"))

# The titles of lists that people save or download, by the key of the list.
LISTS = {
    "partnerships": _("Partnerships"),
    "organizations": _("Organizations"),
    "jurisdictions": _("Jurisdictions"),
    "departments": _("Departments"),
    "results": _("Results"),
    "measures": _("Measures"),
    "activities": _("Activities"),
    "meetings": _("Meetings"),
    "actions": _("Action items"),
    "interactions": _("Interactions"),
    "rounds": _("Is power shared?"),
}
