"""Texts of ours that are stored, such as the errors of an import or the units in a report: what is stored is the English
text with its values, and what is shown is in the reader's language.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateformat import format as date_words
from django.utils.translation import gettext

# How a text is stored: {"text": in English, "values": {name: a user's text, or another stored text}}, or {"parts": […],
# "between": "; "}, or {"day": "2026-03-03", "format": "F Y"}. A plain text is one that people wrote.
Stored = str | int | dict[str, Any]


class StoredText(str):
    """A text in the language of now that can also be stored for readers of any language.

    `text` is marked for translation (`gettext_noop`). Its `values` are texts that people wrote, or StoredTexts.
    """

    stored: dict[str, Any]

    def __new__(cls, text: str, /, **values: Any) -> "StoredText":
        return cls._made({"text": text, "values": {name: as_stored(value) for name, value in values.items()}})

    @classmethod
    def join(cls, parts: Iterable[Any], between: str = "; ") -> "StoredText":
        return cls._made({"parts": [as_stored(part) for part in parts], "between": between})

    @classmethod
    def of_day(cls, day: date, form: str) -> "StoredText":
        """A day in a format of Django's that is marked for translation, such as “F Y”."""
        return cls._made({"day": day.isoformat(), "format": form})

    @classmethod
    def of(cls, words: str) -> "StoredText":
        """A text of ours without values, such as a label, or a StoredText."""
        return words if isinstance(words, StoredText) else cls(words)

    @classmethod
    def of_error(cls, error: ValidationError) -> "StoredText":
        """A single error with the values of its message. Where it was raised, the language must be English."""
        if not hasattr(error, "message"):
            return cls.join(map(cls, error.messages), " ")
        return cls(str(error.message), **(error.params or {}))

    @classmethod
    def _made(cls, stored: dict[str, Any]) -> "StoredText":
        made = str.__new__(cls, shown(stored))
        made.stored = stored
        return made


def as_stored(value: Any) -> Stored:
    """A text or a whole number as JSON. A text that isn't a StoredText was written by people, and is shown as it is."""
    if isinstance(value, int):
        return value
    return value.stored if isinstance(value, StoredText) else str(value)


def stored_words(words: str) -> dict[str, Any]:
    """A text of ours as JSON, from which `from_stored` makes it in the language of its reader."""
    return StoredText.of(words).stored


def from_stored(stored: Stored) -> str:
    """A StoredText from JSON, or what people wrote."""
    return StoredText._made(stored) if isinstance(stored, dict) else str(stored)


def shown(stored: Any) -> Any:
    """A stored text in the reader's language. What isn't a text of ours stays as it is."""
    if not isinstance(stored, dict):
        return stored
    if "day" in stored:
        return date_words(date.fromisoformat(stored["day"]), gettext(stored["format"]))
    if "parts" in stored:
        return str(stored["between"]).join(str(shown(part)) for part in stored["parts"])
    text, values = str(stored["text"]), stored["values"]
    text = gettext(text) if text else ""
    return text % {name: shown(value) for name, value in values.items()} if values else text


_SHAPES = ({"text", "values"}, {"parts", "between"}, {"day", "format"})


def all_stored(content: Any) -> Any:
    """Content that becomes JSON, with each StoredText in it as it is stored."""
    if isinstance(content, dict):
        return {name: all_stored(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [all_stored(value) for value in content]
    return content.stored if isinstance(content, StoredText) else content


def all_shown(content: Any) -> Any:
    """Content from JSON, with each stored text in it in the reader's language."""
    if isinstance(content, dict):
        is_text = content.keys() in _SHAPES
        return shown(content) if is_text else {name: all_shown(value) for name, value in content.items()}
    return [all_shown(value) for value in content] if isinstance(content, list) else content
