"""What a person corrects on the page of an import, so that the file itself can stay as it is.

A fix is a value for all cells of a column that have the same text, or a value for one cell, or a row that is skipped.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation

from partnerships.core.importing import Field
from partnerships.core.stored_texts import Stored
from partnerships.core.tables import Cell, is_empty
from partnerships.directory.models import IssueArea, Term
from partnerships.records.imports.cells import InvalidCell, parts_of, pieces_of, text_of
from partnerships.records.imports.synonyms import match_synonym

CHOSEN = ("choice", "choices", "term", "terms", "issues")  # read as one of some options
REMEMBERED = (*CHOSEN, "body", "bodies")  # the next file of the office gets these fixes too
LONGEST = 200  # characters of a text that is remembered
_LISTS = ("choices", "terms", "issues", "bodies")


_GAP = r"[\s\u2010-\u2015-]+"
_BETWEEN_WORDS = re.compile(rf"(?<!\d){_GAP}|{_GAP}(?!\d)")  # not between two digits: 1-2 isn't 12


def folded(text: str) -> str:
    """A cell's text as fixes keep it and people read it."""
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=4096)
def alike(text: str) -> str:
    """What texts have in common that are written the same but for capitals, spaces and hyphens: “Non-profit”, “nonprofit”."""
    return _BETWEEN_WORDS.sub("", text.casefold()) or folded(text)


@dataclass
class Fixes:
    """`values`: field → folded text → what it becomes, and so do texts alike; empty for a cell that is left empty. `cells`: row
    → field → text. `skipped`: row → why.
    """

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    skipped: dict[int, Stored] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Fixes":
        """The fixes that an import keeps as JSON."""
        return cls(
            {key: dict(texts) for key, texts in kept.get("values", {}).items()},
            {int(row): dict(cells) for row, cells in kept.get("cells", {}).items()},
            {int(row): why for row, why in kept.get("skipped", {}).items()},
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "values": {key: texts for key, texts in self.values.items() if texts},
            "cells": {str(row): cells for row, cells in self.cells.items() if cells},
            "skipped": {str(row): why for row, why in sorted(self.skipped.items())},
        }

    def set_value(self, key: str, text: str, value: str) -> None:
        """Use `value` for a text and those alike, and for the texts that became this text before."""
        texts = {
            earlier: became for earlier, became in self.values.get(key, {}).items() if alike(earlier) != alike(text)
        }
        for earlier, became in texts.items():
            if alike(became) == alike(text):
                texts[earlier] = value
        self.values[key] = texts | {folded(text): value}

    def apply(self, one: Field, row: int, cell: Cell) -> Cell:
        """The cell as it is read after all fixes."""
        cell = self.cells.get(row, {}).get(one.key, cell)
        texts = {alike(text): value for text, value in self.values.get(one.key, {}).items()}
        if not texts or is_empty(cell):
            return cell
        try:
            text = text_of(cell)
        except InvalidCell:
            text = str(cell)
        if alike(text) in texts:
            return texts[alike(text)]
        if one.reads not in _LISTS:
            return cell
        parts = parts_of(text)
        if not any(alike(piece) in texts for part in parts for piece in (part, *pieces_of(part))):
            return cell
        return "; ".join(filter(None, _fixed(parts, texts)))


def _fixed(parts: Iterable[str], texts: dict[str, str]) -> Iterable[str]:
    """`texts`: `alike` of a text → what it becomes."""
    for part in parts:
        if alike(part) in texts:
            yield texts[alike(part)]
        else:
            yield from (texts.get(alike(piece), piece) for piece in pieces_of(part))


def options_of(one: Field) -> list[tuple[str, str]]:
    """(what a cell may hold, label) for a field with options, in their order and in English; else an empty list."""
    if one.reads in ("choice", "choices"):
        with translation.override(settings.LANGUAGE_CODE):
            return [(str(label), str(label)) for _, label in one.of]
    if one.reads in ("term", "terms"):
        terms = Term.objects.filter(vocabulary=one.of, is_retired=False)
        return [(term.label, term.label) for term in terms]
    if one.reads == "issues":
        return [(area.name, area.name) for area in IssueArea.objects.all()]
    return []


def suggestion(one: Field, text: str, options: list[tuple[str, str]]) -> str:
    """The option that a text most likely means, or ""."""
    return match_synonym(
        text, str(one.of) if one.reads in ("term", "terms") else one.key, [value for value, _ in options]
    )
