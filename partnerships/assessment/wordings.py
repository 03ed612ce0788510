"""The closed vocabularies of rounds whose labels staff can change (`directory.wordings`)."""

from partnerships.assessment import catalogue
from partnerships.directory.wordings import CLOSED, Closed

_ROUNDS = ("rounds and their results", "“Is power shared?”", "the front page of staff", "stories")


def _items_of(group):
    return {item.key: item.own_name for item in catalogue.items().values() if item.group == group}


CLOSED["intensity"] = Closed(
    "How closely partners work",
    {str(n): name for n, name in enumerate(catalogue.TIE_ITEMS[catalogue.INTENSITY].own_names)},
    ("the second page of a round", "networks"),
    "The two work together: {}.",
)
CLOSED["condition"] = Closed(
    "Conditions of working together", _items_of(catalogue.CONDITION), _ROUNDS, "Talk about this: {}."
)
CLOSED["question"] = Closed(
    "Questions about racial equity", _items_of(catalogue.QUESTION), _ROUNDS, "Talk about this: {}."
)
