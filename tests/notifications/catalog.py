"""Texts and their translations: what templates and code mark for translation, and the .po files."""

import ast
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation.template import templatize

from partnerships.web.public.developers import texts

TEMPLATES = settings.BASE_DIR / "templates"
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_MARKS = ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy")
_LITERAL = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_IN_TEMPLATE = re.compile(rf"(?:gettext|_)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})?")

_WITHIN_A_LINE = r"</?(?:a|abbr|b|cite|em|i|mark|q|small|span|strong|time)\b[^>]*>"
_TEXT = r'(?:\{%\s*translate\s+"([^"]*)"[^%]*%\}|\{%\s*blocktranslate\b[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\})'
_PAIR = re.compile(rf"{_TEXT}((?:\s|{_WITHIN_A_LINE}|\{{\{{[^}}]*\}}\}}|[,.;:()–—])*)(?={_TEXT})", re.S)


@dataclass(frozen=True)
class Entry:
    """A string in the other language, and how it's marked there. `forms`: one text, or one for each plural form."""

    forms: tuple[str, ...]
    flags: str


def marked() -> set[tuple[str, str]]:
    """Return (string, its plural or nothing) for everything that templates, code and openapi.yaml have for translation."""
    found = {pair for path in TEMPLATES.rglob("*.*") for pair in _of_template(path)} | {(text, "") for text in texts()}
    return found | {pair for path in (settings.BASE_DIR / "partnerships").rglob("*.py") for pair in _of_code(path)}


def _of_template(path):
    for one, many in _IN_TEMPLATE.findall(templatize(path.read_text(), origin=str(path))):
        yield ast.literal_eval(one), ast.literal_eval(many) if many else ""


def _of_code(path):
    for node in ast.walk(ast.parse(path.read_text())):
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in _MARKS and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value, node.args[1].value if name.startswith("ngettext") else ""


def cut_sentences() -> list[str]:
    """Return places where a tag cuts a sentence in two: a text, a tag within a line, and a text in lower case.

    Translators can't move the parts. "More: this list" is a label and a name for those who can't see what it belongs to.
    """
    return [
        f"{path.relative_to(TEMPLATES)}: {first or block} … {found[-1] or found[-2]}"
        for path in TEMPLATES.rglob("*.html")
        for first, block, between, *found in _PAIR.findall(path.read_text())
        if "<" in between and ":" not in between and re.match(r"\s*[a-z,.;]", found[-1] or found[-2])
    ]


def put_into_words_too_early() -> set[str]:
    """Return calls that translate while a module is imported, so the language is that of the first import."""
    early = ("gettext", "ngettext", "zone_words", "day_words", "time_words", "moment_words", "length_words")
    return {
        f"{path.stem}.{node.func.id}"
        for path in (settings.BASE_DIR / "partnerships").rglob("*.py")
        for node in _at_load(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in early
    }


def _at_load(node):
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda)):
            yield child
            yield from _at_load(child)


def folder(language):
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES"


def entries(language) -> dict[tuple[str, str], Entry]:
    """Return the entries of a language's .po file, without its header."""
    found = {}
    for block in (folder(language) / "django.po").read_text().strip().split("\n\n")[1:]:
        texts, flags, key = {}, "", ""
        for line in block.splitlines():
            if line.startswith("#"):
                flags += line.partition("#,")[2]
            else:
                name, _, literal = line.rpartition(' "') if line[0] != '"' else (key, "", line[1:])
                key = name
                texts[key] = texts.get(key, "") + ast.literal_eval(f'"{literal}')
        forms = tuple(value for name, value in texts.items() if name.startswith("msgstr"))
        assert (texts["msgid"], texts.get("msgid_plural", "")) not in found, texts
        found[texts["msgid"], texts.get("msgid_plural", "")] = Entry(forms, flags)
    return found


def wrong(language) -> list[str]:
    """Return, in words, each string that isn't translated into this language, or with other placeholders or tags."""
    found, needed = entries(language), marked()
    lines = [f"not in the file: {one}" for one, _ in needed - set(found)]
    lines += [f"only in the file: {one}" for one, _ in set(found) - needed]
    return lines + [f"{what}: {one}" for (one, many), entry in found.items() for what in _wrong(one, many, entry)]


def _wrong(one, many, entry):
    if "fuzzy" in entry.flags or not all(entry.forms):
        yield "not translated"
    if len(entry.forms) != (2 if many else 1):
        yield "another number of forms"
    for english, form in zip((one, many), entry.forms, strict=False):
        if sorted(_PLACEHOLDER.findall(form)) != sorted(_PLACEHOLDER.findall(english)):
            yield "other placeholders"
        if form.count("%") != len(_PLACEHOLDER.findall(form)):
            yield "a percent sign"
        if re.search("[<>]", form):
            yield "a tag"
        if sorted(re.findall(r"[{}]\w*", form)) != sorted(re.findall(r"[{}]\w*", english)):
            yield "other numbers that script puts in"


def figure():
    """Return for bench/figures/qx11.py how many strings there are, in how many other languages, and what is wrong."""
    others = [code for code, _ in settings.LANGUAGES if code != "en"]
    lines = [f"{language}: {words}" for language in others for words in wrong(language)]
    return {"strings": len(marked()), "languages": len(others), "wrong": lines}
