"""Labels that staff chose for values of closed vocabularies, in place of the registry's own: every label is looked up
here.

A label is a lazy text that is looked up when it is shown, in the memory of the process, without a query.
`directory.label_overrides` reads the table into the process. The chosen labels are in English: where an email or page is in
another language, the registry's own label is shown in translation (docs/decisions/0014).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import translation
from django.utils.functional import lazy

from partnerships.core.types import Text


@dataclass(frozen=True)
class LabelOverrides:
    """The labels that staff chose.

    `version` identifies the state of the rows that were read. `words`: (vocabulary, key, public id of a jurisdiction,
    or “” for all) → (label, help). `translations`: (language, label of a term or name of an issue area) → the same in that
    language.
    """

    version: tuple = ("0", "None", "None", "None")
    words: dict = field(default_factory=dict)
    translations: dict = field(default_factory=dict)


class _Process:
    chosen = LabelOverrides()


_jurisdiction: ContextVar[str] = ContextVar("place_of_words", default="")


def version() -> tuple:
    return _Process.chosen.version


def use_version(version: tuple) -> None:
    """The labels that this process has are those of this version."""
    _Process.chosen = replace(_Process.chosen, version=version)


def use_overrides(chosen: LabelOverrides) -> None:
    """Use these labels in this process from now on."""
    _Process.chosen = chosen


@contextmanager
def for_jurisdiction(public_id: str) -> Iterator[None]:
    """Wraps the rendering of a jurisdiction's page: its own labels come first there."""
    token = _jurisdiction.set(public_id)
    try:
        yield
    finally:
        _jurisdiction.reset(token)


def override_for(vocabulary: str, key: str, place: str = "") -> tuple[str, str]:
    """The (label, help) that staff chose; empty texts where they chose none."""
    return _Process.chosen.words.get((vocabulary, key, place), ("", ""))


def translation_of(label: str) -> str:
    """The label of a term, or the name of an issue area, in the language of this page that staff entered, or ""."""
    return _Process.chosen.translations.get((translation.get_language() or "en", label), "")


def translations_into(code: str) -> dict[str, str]:
    """Label or name → the one in this language, for all that staff entered."""
    return {label: text for (language, label), text in _Process.chosen.translations.items() if language == code}


def _chosen_text(vocabulary: str, key: str, own: Text, index: int) -> str:
    """The label (`index` 0) or help (1) that staff chose for the jurisdiction of this page, else for all; else `own`."""
    if _Process.chosen.words and (translation.get_language() or "en").startswith("en"):
        for jurisdiction in dict.fromkeys((_jurisdiction.get(), "")):
            if word := override_for(vocabulary, key, jurisdiction)[index]:
                return word
    return str(own)


def current_label(vocabulary: str, key: str, own: Text) -> str:
    return _chosen_text(vocabulary, key, own, 0)


def current_help(vocabulary: str, key: str, own: Text = "") -> str:
    return _chosen_text(vocabulary, key, own, 1)


_later = lazy(current_label, str)


def lazy_label(vocabulary: str, key: str, own: Text) -> Text:
    """The label as a lazy text that is looked up when it is shown.

    It remembers its value, so that `help_of` finds the help text.
    """
    label = _later(vocabulary, key, own)
    label.of_value = vocabulary, key  # type: ignore[attr-defined]  # a lazy text isn't quite a str
    return label


def help_of(label: Any) -> str:
    """The help text that staff chose for the value of this label; "" for any other text."""
    of_value = getattr(label, "of_value", None)
    return current_help(*of_value) if of_value else ""
