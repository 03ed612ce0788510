"""Texts of ours that are stored, such as the errors of an import: what is stored is the English text with its values, and
what is shown is in the reader's language.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

# How a text is stored: {"text": in English, "values": {name: a user's text, or another stored text}}, or {"parts": […],
# "between": "; "}. A plain text is one that people wrote.
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
    """A text of ours as JSON."""
    return StoredText.of(words).stored


def from_stored(stored: Stored) -> str:
    """A StoredText from JSON, or what people wrote."""
    return StoredText._made(stored) if isinstance(stored, dict) else str(stored)


def shown(stored: Any) -> Any:
    """A stored text in the reader's language. What isn't a text of ours stays as it is."""
    if not isinstance(stored, dict):
        return stored
    if "parts" in stored:
        return str(stored["between"]).join(str(shown(part)) for part in stored["parts"])
    text, values = str(stored["text"]), stored["values"]
    text = gettext(text) if text else ""
    return text % {name: shown(value) for name, value in values.items()} if values else text
