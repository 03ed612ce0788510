"""Deletes the files and results of imports that name an erased person. How many rows were imported stays."""

import html
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from partnerships.accounts.choices import ImportState
from partnerships.accounts.models import Person
from partnerships.core.stored_texts import stored_words
from partnerships.records.imports.files import ERASED_FILE, IMPORTED
from partnerships.records.models import Import
from partnerships.records.person_patterns import PersonPattern

_TAGS = re.compile(r"(?:<[^<>]*>)+")
_MOST_UNPACKED = 64 * 2**20  # bytes of a workbook
_READ = ("person_id", "filename", "sheet", "columns", "picked", "fixes", "result", "content", "state")


def imports_naming(pattern: PersonPattern, *, person: Person | None = None) -> Iterator[Import]:
    """The imports whose file or result names the person, one at a time. `person`: not those of this account."""
    rows = Import.objects.exclude(person=person) if person else Import.objects.all()
    for one in rows.only(*_READ).order_by("pk").iterator(1):
        stored = [one.filename, one.sheet, one.columns, one.picked, one.fixes, one.result]
        if any(map(pattern.is_in, stored)) or _file_names(bytes(one.content), pattern):
            yield one


def delete_contents(pattern: PersonPattern) -> int:
    """Delete what was stored of the imports that name the person. Returns how many these were."""
    found = [one.pk for one in imports_naming(pattern)]
    for pk in found:
        one = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        one.filename, one.content, one.sheet = pattern.replaced(one.filename, "").strip() or "file", b"", ""
        one.columns, one.picked, one.fixes, one.result = {}, {}, {}, _kept_result(one)
        if one.state == ImportState.UNDOING:
            one.state = ImportState.DONE
        elif one.state not in IMPORTED:
            one.state = ImportState.FAILED
        one.claimed_until = None  # a worker that has it notices
        one.save()
    return len(found)


def _kept_result(one: Import) -> dict[str, Any]:
    """What stays of a result: numbers, and why there is no more of it."""
    kept = {name: one.result[name] for name in ("counts", "same") if name in one.result} | {"erased": True}
    if one.state not in IMPORTED:
        return kept | {"failed": [[0, "", stored_words(ERASED_FILE)]]}
    written = one.result.get("written", [])
    added = sum(verb == "added" for verb, *_ in written)
    kept |= {"added": added, "changed": len(written) - added}
    return kept | ({"undone": one.result["undone"] | {"left": []}} if "undone" in one.result else {})


def _file_names(content: bytes, pattern: PersonPattern) -> bool:
    """Whether a file names the person. One that we can’t read counts as if it did."""
    if not content:
        return False
    try:
        return any(map(pattern.find, _texts_of(content)))
    except (BadZipFile, UnicodeDecodeError, ValueError, OSError):
        return True


def _texts_of(content: bytes) -> Iterator[str]:
    """The texts of a workbook, hidden sheets too, or of a CSV or JSON file."""
    if not content.startswith(b"PK"):
        is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        yield content.decode("utf-16" if is_wide else "utf-8-sig", "strict" if is_wide else "replace")
        yield content.decode("cp1252", "replace")
        return
    left = _MOST_UNPACKED
    with ZipFile(BytesIO(content)) as book:
        for info in book.infolist():
            if info.filename.endswith(".xml"):
                with book.open(info) as part:
                    text = part.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise ValueError("The workbook is too large.")
                yield html.unescape(_TAGS.sub("\n", text.decode()))
