"""The words that staff chose for values of closed vocabularies, in place of the registry's own: the one door for labels.

A label is a text that is looked up when it is shown. What stands in the database is read into the process by
`directory.wordings`; looking up asks nothing. Chosen words are English ones: where a letter or page is written in another
language, the registry's own word stands, with its translation (docs/decisions/0014).
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.functional import lazy


@dataclass(frozen=True)
class Chosen:
    """`version`: of the rows that it was read from; `words`: (vocabulary, key, public id of a jurisdiction, or “” for all) →
    (label, help)."""

    version: tuple = ("0", "None")
    words: dict = field(default_factory=dict)


class _Process:
    chosen = Chosen()


_place: ContextVar[str] = ContextVar("place_of_words", default="")


def version() -> tuple:
    return _Process.chosen.version


def all_words() -> dict:
    return _Process.chosen.words


def take(chosen: Chosen) -> None:
    """What counts in this process from now on."""
    _Process.chosen = chosen


@contextmanager
def on_pages_of(public_id: str):
    """Around a page of one jurisdiction: its own words come first there."""
    token = _place.set(public_id)
    try:
        yield
    finally:
        _place.reset(token)


def chosen_for(vocabulary: str, key: str, place: str = "") -> tuple[str, str]:
    """(label, help) as they were chosen; empty where they were not."""
    return _Process.chosen.words.get((vocabulary, key, place), ("", ""))


def _said(vocabulary, key, own, place_of_two) -> str:
    if _Process.chosen.words and (translation.get_language() or "en").startswith("en"):
        for place in dict.fromkeys((_place.get(), "")):
            if word := chosen_for(vocabulary, key, place)[place_of_two]:
                return word
    return str(own)


def label_now(vocabulary: str, key: str, own) -> str:
    return _said(vocabulary, key, own, 0)


def help_now(vocabulary: str, key: str, own="") -> str:
    return _said(vocabulary, key, own, 1)


_later = lazy(label_now, str)


def label_later(vocabulary: str, key: str, own):
    """The label as a text that is looked up when it is shown. It knows of what it is the label, so that `help_of` finds what
    stands beside it."""
    label = _later(vocabulary, key, own)
    label.of_value = vocabulary, key
    return label


def help_of(label) -> str:
    """The help that was chosen for the value of this label; empty for any other text."""
    of_value = getattr(label, "of_value", None)
    return help_now(*of_value) if of_value else ""
