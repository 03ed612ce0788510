"""Files that people import for an office: match columns, compare with the registry, then save all rows or none.

Comparing and saving run in the background (`work`). Every choice is kept with the file.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.accounts.choices import ImportKind, ImportState
from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import fingerprint, is_administrator, jurisdictions_written_by, require
from partnerships.core.background import wake
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.importing import DECIDE, match_columns, names_of, without_fillers
from partnerships.core.progress import read_progress
from partnerships.core.stored_texts import Stored, stored_words
from partnerships.core.table_files import read
from partnerships.core.tables import MOST_COLUMNS, Table, normalize_heading
from partnerships.directory.models import Jurisdiction
from partnerships.directory.rules import may_write_jurisdiction
from partnerships.records.imports import hsds, previews
from partnerships.records.imports.fields import KINDS
from partnerships.records.imports.fixes import LONGEST, REMEMBERED, Fixes, alike, folded
from partnerships.records.imports.items import OTHER
from partnerships.records.models import ColumnMemory, Import, ValueMemory

KEPT = timedelta(days=7)
UNDONE_WITHIN = timedelta(days=90)  # how long a whole import can be undone, and is listed
MOST_KEPT = 20  # imports of one person
_OF_ROWS = ("skipped", "samples")  # the parts of a result that hold rows of the file
ERASED_FILE = _("We deleted this file because it named someone whose account was erased. Upload it again without them.")
SAMPLES = 3  # rows whose cells the page for columns shows
AT_WORK = (ImportState.CHECKING, ImportState.WRITING, ImportState.UNDOING)
IMPORTED = (ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)


# Bringing a file


def offices_of(person: Person) -> QuerySet[Jurisdiction]:
    """The offices that this person can import for."""
    offices = Jurisdiction.objects.order_by("name", "pk")
    return offices if is_administrator(person) else offices.filter(pk__in=jurisdictions_written_by(person))


def imports_of(person: Person) -> QuerySet[Import]:
    """This person's imports for offices they can edit, latest first, without file content and results."""
    if not getattr(person, "is_active", False):
        return Import.objects.none()
    rows = Import.objects.exclude(_expired()).filter(person=person).select_related("jurisdiction")
    rows = rows if is_administrator(person) else rows.filter(jurisdiction__in=jurisdictions_written_by(person))
    return rows.defer("content", "picked", "fixes", "result")


def _expired() -> Q:
    now = clock.now()
    return Q(asked_at__lte=now - UNDONE_WITHIN) | Q(asked_at__lte=now - KEPT) & ~Q(state__in=IMPORTED)


def import_of(person: Person, pk: int) -> Import:
    """One of this person's imports. Raises NotFound."""
    found = imports_of(person).defer(None).defer("content").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def add_file(*, by: Person, jurisdiction: Jurisdiction, kind: str, filename: str, content: bytes) -> Import:
    """Keep a file, with its columns matched as far as possible. Raises NotAllowed, or ValidationError with a message."""
    require(may_write_jurisdiction(by, jurisdiction))
    if hsds.is_json(content) and kind != ImportKind.ORGANIZATIONS:
        raise ValidationError(gettext("This is a JSON file. We read JSON only for organizations. Upload XLSX or CSV."))
    head = _read_samples(kind, content)
    columns = match_columns(names_of(KINDS[kind].fields), head.headings, memory_of(jurisdiction, kind))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = Import.objects.filter(person=by).exclude(state__in=(*AT_WORK, *IMPORTED))
        old = mine.order_by("-asked_at", "-pk").values_list("pk", flat=True)[MOST_KEPT - 1 :]
        Import.objects.filter(pk__in=list(old)).delete()
        return Import.objects.create(
            person=by,
            jurisdiction=jurisdiction,
            kind=kind,
            filename=_file_name(filename),
            content=content,
            sheet=head.sheet[:100],
            columns={str(index): key for index, key in columns.items()},
            result=_of_head(head),
            asked_at=clock.now(),
        )


def _file_name(filename: str) -> str:
    kept = "".join(char for char in str(filename) if char.isprintable() and char not in '/\\<>"')
    return kept.strip()[-200:] or "file"


def read_file(kind: str, content: bytes, **more: Any) -> Table:
    """The table of a file: CSV, a workbook, or HSDS, in which only an empty text and null are empty."""
    if not hsds.is_json(content):
        return read(content, is_known_for(kind), **more)
    table = read(hsds.as_csv(content), is_known_for(kind), **more)
    table.has_blanks = False
    return table


def _read_samples(kind: str, content: bytes, sheet: str = "") -> Table:
    table = read_file(kind, content, sheet=sheet, most=SAMPLES)
    troubles = [
        words for _row, _column, words in table.troubles if not table.headings or len(table.headings) > MOST_COLUMNS
    ]
    if troubles:
        raise ValidationError(troubles[0])
    return table


def _of_head(table: Table) -> dict:
    samples = [[str(cell if cell is not None else "")[:60] for cell in cells] for _, cells in table.rows]
    return {"headings": table.headings, "samples": samples, "sheets": table.sheets, "headings_at": table.headings_at}


def is_known_for(kind: str) -> Callable:
    names = names_of(KINDS[kind].fields)
    loose = {without_fillers(name) for name in names} - {""}
    return lambda heading: (name := normalize_heading(heading)) in names or without_fillers(name) in loose


def memory_of(jurisdiction: Jurisdiction, kind: str) -> dict[str, str]:
    """Folded heading → key of the field, as the office matched it last time."""
    rows = ColumnMemory.objects.filter(jurisdiction=jurisdiction, kind=kind)
    return dict(rows.values_list("heading", "field"))


def choose_sheet(*, one: Import, by: Person, sheet: str) -> None:
    """Read another sheet of the workbook. Raises ValidationError."""
    _require_mine(by, one)
    _require_state(one, ImportState.UPLOADED, ImportState.READY, ImportState.FAILED)
    _require_file(one)
    head = _read_samples(one.kind, bytes(one.content), sheet)
    columns = match_columns(names_of(KINDS[one.kind].fields), head.headings, memory_of(one.jurisdiction, one.kind))
    _change_state(one, state=ImportState.UPLOADED, sheet=head.sheet[:100], result=_of_head(head), picked={}, fixes={},
          columns={str(index): key for index, key in columns.items()})  # fmt: skip


def match(*, one: Import, by: Person, columns: dict[int, str]) -> None:
    """Match columns to fields, remember them for the office, and start comparing.

    Raises NotAllowed, and ValidationError by column (“column-2”).
    """
    _require_mine(by, one)
    _require_state(one, ImportState.UPLOADED, ImportState.READY, ImportState.FAILED)
    _require_file(one)
    fields, headings, wrong, seen = KINDS[one.kind].by_key, one.result["headings"], {}, {}
    columns = {index: key for index, key in columns.items() if key and index < len(headings)}
    for index, key in columns.items():
        if key not in fields:
            wrong[f"column-{index}"] = gettext("Choose one of the fields.")
        elif key in seen:
            wrong[f"column-{index}"] = gettext("“%(label)s” is chosen twice. Choose it for only one column.") % {
                "label": gettext(fields[key].label)
            }
        seen[key] = index
    if not columns:
        wrong["__all__"] = gettext("Choose a field for at least one column.")
    if wrong:
        raise ValidationError(wrong)
    fixes = Fixes.of(one.fixes)
    for row in ValueMemory.objects.filter(jurisdiction=one.jurisdiction, kind=one.kind, field__in=seen):
        fixes.values.setdefault(row.field, {}).setdefault(row.text, row.value)
    with transaction.atomic():
        _remember(one, headings, columns)
        _change_state(one, state=ImportState.CHECKING, columns={str(index): key for index, key in columns.items()}, picked={},
              fixes=fixes.as_json(), result=file_part(one), rows_done=0)  # fmt: skip
        wake("process_imports")


def file_part(one: Import) -> dict[str, Any]:
    """The part of a result that is about the file itself."""
    return {key: one.result[key] for key in ("headings", "samples", "sheets", "headings_at") if key in one.result}


def _remember(one: Import, headings: Sequence[str], columns: dict[int, str]) -> None:
    names = {
        normalize_heading(heading)[:200]: columns.get(index, "")
        for index, heading in reversed(list(enumerate(headings)))
    }
    names.pop("", None)
    rows = [
        ColumnMemory(jurisdiction=one.jurisdiction, kind=one.kind, heading=name, field=key)
        for name, key in sorted(names.items())
    ]
    ColumnMemory.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["jurisdiction", "kind", "heading"], update_fields=["field"]
    )


# Looking it over


def picks_of(one: Import) -> tuple[dict, dict]:
    """(answers, left) as Job takes them."""
    picked = one.picked
    answers = {key: decisions["record"] for key, decisions in picked.items() if decisions.get("record")}
    left = {key: [name for name, whose in decisions.items() if whose == "there"] for key, decisions in picked.items()}
    return answers, left


def pick(*, one: Import, by: Person, shown: Sequence[tuple[str, str]], take: set[tuple[str, str]]) -> None:
    """Keep which differences to apply.

    `shown`: the differences on the page, as pairs of (key of an item, field). Those in `take` use the file's value; the
    others keep the current one.
    """
    _require_mine(by, one)
    _require_state(one, ImportState.READY)
    there = {row["key"]: {part["key"] for part in row["differences"]} for row in one.result["items"]}
    picked = {key: dict(decisions) for key, decisions in one.picked.items()}
    for key, name in shown:
        if name in there.get(key, ()):
            decisions = picked.setdefault(key, {})
            decisions.pop(name, None)
            if (key, name) not in take:
                decisions[name] = "there"
    _change_state(one, picked={key: decisions for key, decisions in picked.items() if decisions})


def answer(*, one: Import, by: Person, answers: dict[str, str], skip: Collection[str] = ()) -> None:
    """Say which record or earlier row each of these rows is, or OTHER, and compare again. `skip`: keys of rows to skip."""
    _require_mine(by, one)
    _require_state(one, ImportState.READY)
    likely = {row["key"]: {part[2] for part in (*row["alike"], *row.get("near", ()))} for row in one.result["items"]}
    picked = {key: dict(chosen) for key, chosen in one.picked.items()}
    for key, chosen in answers.items():
        if not likely.get(key) or chosen not in {*likely[key], OTHER}:
            raise ValidationError(gettext("Choose one of the records shown, or “a different one”."))
        picked[key] = {"record": chosen}
    fixes = Fixes.of(one.fixes)
    rows = [row for item in one.result["items"] if item["key"] in skip for row in item["rows"]]
    fixes.skipped |= dict.fromkeys(rows, stored_words(_("It may be a duplicate.")))
    with transaction.atomic():
        _change_state(one, picked=picked)
        _start_comparing(one, fixes)


def all_others(one: Import) -> dict[str, str]:
    """The answer OTHER for every row without an answer."""
    return {row["key"]: OTHER for row in one.result["items"] if row["state"] == DECIDE}


def fix(
    *,
    one: Import,
    by: Person,
    values: Sequence[tuple[str, str, str]] = (),
    cells: Sequence[tuple[int, str, str]] = (),
    skip: Mapping[int, Stored] | None = None,
) -> None:
    """Correct a file on its page, and compare again. Values for options and records are remembered for the office.

    `values`: (field, text, what it becomes) for all cells with this text. `cells`: (row, field, text) for one cell. `skip`:
    row → why it isn't imported. An empty text leaves a cell empty.
    """
    _require_mine(by, one)
    _require_state(one, ImportState.READY)
    fields, fixes = KINDS[one.kind].by_key, Fixes.of(one.fixes)
    rows = {row for item in one.result["items"] for row in item["rows"]}
    rows |= {row for group in one.result.get("groups", []) for row in group["rows"]}
    if not {key for key, *_ in values} | {key for _, key, _ in cells} <= fields.keys():
        raise ValidationError(gettext("This column isn’t one that we read. Match your columns again."))
    if not {row for row, *_ in cells} | {*(skip or ())} <= rows:
        raise ValidationError(gettext("This page doesn’t know these rows."))
    for key, text, value in values:
        fixes.set_value(key, text, value)
    for row, key, text in cells:
        fixes.cells.setdefault(row, {})[key] = text
    fixes.skipped |= skip or {}
    with transaction.atomic():
        _remember_values(one, [one_value for one_value in values if fields[one_value[0]].reads in REMEMBERED])
        _start_comparing(one, fixes)


def _remember_values(one: Import, values: Sequence[tuple[str, str, str]]) -> None:
    known = {
        (key, alike(text)): (folded(text), value)
        for key, text, value in values
        if len(text) <= LONGEST and len(value) <= LONGEST
    }
    memories = ValueMemory.objects.filter(jurisdiction=one.jurisdiction, kind=one.kind)
    there = memories.filter(field__in={key for key, _ in known})
    memories.filter(pk__in=[row.pk for row in there if (row.field, alike(row.text)) in known]).delete()
    rows = [
        ValueMemory(jurisdiction=one.jurisdiction, kind=one.kind, field=key, text=text, value=value)
        for (key, _), (text, value) in sorted(known.items())
    ]
    ValueMemory.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["jurisdiction", "kind", "field", "text"], update_fields=["value"]
    )


def remove_fixes(
    *,
    one: Import,
    by: Person,
    values: Sequence[tuple[str, str]] = (),
    skipped: Collection[int] = (),
    cells: bool = False,
) -> None:
    """Undo what was corrected, and compare again.

    `values`: (field, folded text), which the office forgets too. `skipped`: rows to read again. `cells`: all corrections of
    single cells.
    """
    _require_mine(by, one)
    _require_state(one, ImportState.READY)
    fixes = Fixes.of(one.fixes)
    for key, text in values:
        fixes.values.get(key, {}).pop(text, None)
    for row in skipped:
        fixes.skipped.pop(row, None)
    fixes.cells = {} if cells else fixes.cells
    with transaction.atomic():
        for key, text in values:
            ValueMemory.objects.filter(jurisdiction=one.jurisdiction, kind=one.kind, field=key, text=text).delete()
        _start_comparing(one, fixes)


def _start_comparing(one: Import, fixes: Fixes) -> None:
    _change_state(one, fixes=fixes.as_json(), state=ImportState.CHECKING, rows_done=0)
    wake("process_imports")


def skipped_rows(table: Table, fixes: Fixes) -> list[list]:
    """[row, why, texts of its cells] for each row of a file that is skipped."""
    return [
        [number, fixes.skipped[number], ["" if cell is None else str(cell) for cell in cells]]
        for number, cells in table.rows
        if number in fixes.skipped
    ]


def read_skipped(one: Import) -> list[list]:
    """`skipped_rows` of an import, also after it's imported and its file is deleted."""
    if one.state in IMPORTED:
        return one.result.get("skipped", [])
    fixes = Fixes.of(one.fixes)
    if not fixes.skipped:
        return []
    return skipped_rows(read_file(one.kind, bytes(one.content), sheet=one.sheet), fixes)


def compare_again(*, one: Import, by: Person) -> None:
    """Compare a file again. Choices that still fit stay."""
    _require_mine(by, one)
    _require_state(one, ImportState.READY, ImportState.FAILED)
    _require_file(one)
    with transaction.atomic():
        _change_state(one, state=ImportState.CHECKING, result=file_part(one), rows_done=0)
        wake("process_imports")


def start_writing(*, one: Import, by: Person, numbers_source: str = "") -> None:
    """Start saving a file, all rows or none. Raises ValidationError if something must be corrected first.

    `numbers_source`: the official list that the identifiers in the file come from, if the person says so. It confirms them.
    """
    _require_mine(by, one)
    _require_state(one, ImportState.READY)
    if not may_be_written(by, one):
        raise ValidationError(gettext("Something still needs to be fixed. See the page of this file."))
    source = Import._meta.get_field("numbers_source").clean(numbers_source, None)
    if not source and is_nothing_to_write(one):
        raise ValidationError(gettext("Enter the official list that confirms the numbers in this file."))
    with transaction.atomic():
        _change_state(one, state=ImportState.WRITING, rows_done=0, numbers_source=source)
        wake("process_imports")


def _has_same_roles(person: Person, one: Import) -> bool:
    """Whether the person has the same roles as when the file was compared."""
    return one.reader == fingerprint(person)


def why_outdated(person: Person, one: Import) -> str:
    """Why the preview of a file is no longer shown, or "": the person's roles, or records that it names, have changed since
    the file was compared.
    """
    if not _has_same_roles(person, one):
        return gettext("Your permissions have changed since we compared the file.")
    if not previews.holds(one.result, person):
        return gettext("Records in this file have changed since we compared it.")
    return ""


def may_be_written(person: Person, one: Import) -> bool:
    counts = one.result.get("counts", {})
    in_the_way = counts.get("refused") or counts.get("decide") or one.result.get("problems")
    is_anything = not is_nothing_to_write(one) or bool(one.result.get("to_confirm"))
    return not in_the_way and is_anything and _has_same_roles(person, one)


def is_nothing_to_write(one: Import) -> bool:
    """Whether no row of a file is new or changed. Its identifiers may still be confirmed by an official list."""
    counts = one.result.get("counts", {})
    return not counts.get("new") and not counts.get("changed")


def may_be_undone(one: Import) -> bool:
    """Whether a whole import can be undone. Of numbers, it must have kept which ones it made."""
    kept = one.result.get("points" if one.kind == ImportKind.NUMBERS else "written")
    return one.state == ImportState.DONE and bool(kept)


def start_undoing(*, one: Import, by: Person) -> None:
    """Start undoing a whole import in the background."""
    _require_mine(by, one)
    _require_state(one, ImportState.DONE)
    if not may_be_undone(one):
        raise ValidationError(gettext("This import can’t be undone as a whole. Correct its records on their pages."))
    with transaction.atomic():
        _change_state(one, state=ImportState.UNDOING, rows_done=0, rows_total=len(one.result["written"]))
        wake("process_imports")


def delete_import(*, one: Import, by: Person) -> None:
    """Delete a file and what was found. What was saved from it stays."""
    _require_mine(by, one)
    _require_state(one, *(set(ImportState) - set(AT_WORK)))
    Import.objects.filter(pk=one.pk).exclude(state__in=AT_WORK).delete()


def _require_mine(by: Person, one: Import) -> None:
    require(one.person_id == by.pk and may_write_jurisdiction(by, one.jurisdiction))


def _require_state(one: Import, *states: str) -> None:
    if one.state not in states:
        raise ValidationError(gettext("This import is at another step now. Check its status."), code="stale")


def _require_file(one: Import) -> None:
    if one.result.get("erased"):
        raise ValidationError(gettext(ERASED_FILE))


def _change_state(one: Import, **values: Any) -> None:
    """Update the file's row. Raises ValidationError if the file has moved to another step."""
    same = Import.objects.filter(pk=one.pk, state=one.state)
    if not same.update(**({"claimed_until": None} if "state" in values else {}) | values):
        raise ValidationError(gettext("This import has moved on in the meantime. Check its status."), code="stale")


def rows_done(one: Import) -> int:
    """How many rows are done, even while the transaction that saves them is open."""
    return max(one.rows_done, read_progress("import", one.pk))


def delete_expired() -> int:
    """Delete files that are older than seven days. Of what was imported, only what undoing it needs is kept for longer."""
    for one in Import.objects.filter(
        asked_at__lt=clock.now() - KEPT, state__in=IMPORTED, result__skipped__0__isnull=False
    ):
        Import.objects.filter(pk=one.pk).update(result={key: v for key, v in one.result.items() if key not in _OF_ROWS})
    return Import.objects.filter(_expired()).delete()[0]
