"""Pages about the registry: how it works, and its glossary (docs/words.md)."""

import re
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from partnerships.web.frame import page_language

DOCS = settings.BASE_DIR / "docs"
SPANISH = "In Spanish: "


@dataclass
class GlossaryEntry:
    """An entry of the glossary with its paragraphs, and its word in the other language."""

    name: str
    anchor: str
    paragraphs: list[str] = field(default_factory=list)
    spanish: str = ""
    english: str = ""


@dataclass
class GlossarySection:
    """A subject of the glossary with its entries."""

    name: str
    anchor: str
    entries: list[GlossaryEntry] = field(default_factory=list)


@require_safe
def about(request):
    return render(request, "public/about.html")


@require_safe
def words(request):
    opening, sections = read_words(glossary())
    if not page_language.is_english():
        opening, sections = _translated(sections)
    return render(request, "public/glossary.html", {"opening": opening, "sections": sections})


@cache
def glossary(language: str = "") -> str:
    """The file of the glossary in English, or in a language of its own."""
    name = f"words.{language}.md" if language else "words.md"
    return (DOCS / name).read_text(encoding="utf-8")


def _translated(english) -> tuple[list[str], list[GlossarySection]]:
    """The glossary in the language of the page. It has the order and the anchors of the English one."""
    opening, sections = read_words(glossary(get_language()))
    for section, same in zip(sections, english, strict=True):
        section.anchor = same.anchor
        for word, entry in zip(section.entries, same.entries, strict=True):
            word.anchor, word.english = entry.anchor, entry.name
    return opening, sections


def read_words(text: str) -> tuple[list[str], list[GlossarySection]]:
    """(paragraphs before the first section, sections). “## ” begins a section, “### ” an entry of it, the rest is paragraphs."""
    opening: list[str] = []
    sections: list[GlossarySection] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        line = " ".join(block.split())
        if line.startswith("## "):
            sections.append(GlossarySection(line[3:], slugify(line[3:])))
        elif line.startswith("### "):
            sections[-1].entries.append(GlossaryEntry(line[4:], slugify(line[4:])))
        elif line.startswith(SPANISH):
            sections[-1].entries[-1].spanish = line.removeprefix(SPANISH)
        elif not line.startswith("# "):
            (sections[-1].entries[-1].paragraphs if sections else opening).append(line)
    return opening, sections
