"""Pages about the registry: how it works, and its glossary (docs/words.md)."""

import re
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from partnerships.web import page_language

WORDS_FILE = settings.BASE_DIR / "docs" / "words.md"
SPANISH = "In Spanish: "


@dataclass
class GlossaryEntry:
    """A heading of the glossary with its paragraphs, and the word that our emails in Spanish use."""

    name: str
    anchor: str
    paragraphs: list[str] = field(default_factory=list)
    spanish: str = ""


@page_language.translated
@require_safe
def about(request):
    return render(request, "public/about.html")


@require_safe
def words(request):
    opening, entries = read_words(glossary())
    return render(request, "public/glossary.html", {"opening": opening, "entries": entries})


@cache
def glossary() -> str:
    return WORDS_FILE.read_text(encoding="utf-8")


def read_words(text: str) -> tuple[list[str], list[GlossaryEntry]]:
    """(paragraphs before the first “## ” heading, entries). Supports only headings and paragraphs."""
    opening: list[str] = []
    entries = []
    for block in re.split(r"\n\s*\n", text.strip()):
        line = " ".join(block.split())
        if line.startswith("## "):
            entries.append(GlossaryEntry(line[3:], slugify(line[3:])))
        elif entries and line.startswith(SPANISH):
            entries[-1].spanish = line.removeprefix(SPANISH)
        elif not line.startswith("# "):
            (entries[-1].paragraphs if entries else opening).append(line)
    return opening, entries
