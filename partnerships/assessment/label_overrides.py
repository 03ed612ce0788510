"""The closed vocabularies of rounds whose labels staff can change (`directory.label_overrides`)."""

from django.utils.translation import gettext_lazy as _

from partnerships.assessment import catalog
from partnerships.core.types import Text
from partnerships.directory.label_overrides import CLOSED, ClosedVocabulary

_ROUNDS = (_("rounds and their results"), _("“Is power shared?”"), _("the home page of staff"), _("timelines"))


def _items_of(group: str) -> dict[str, Text]:
    return {item.key: item.own_name for item in catalog.items().values() if item.group == group}


CLOSED["intensity"] = ClosedVocabulary(
    _("How closely partners work"),
    {str(n): name for n, name in enumerate(catalog.TIE_ITEMS[catalog.INTENSITY].own_names)},
    (_("the second page of a round"), _("networks")),
    "The two work together: {}.",
)
CLOSED["condition"] = ClosedVocabulary(
    _("Conditions of working together"), _items_of(catalog.CONDITION), _ROUNDS, "Talk about this: {}."
)
CLOSED["question"] = ClosedVocabulary(
    _("Questions about racial equity"), _items_of(catalog.QUESTION), _ROUNDS, "Talk about this: {}."
)
