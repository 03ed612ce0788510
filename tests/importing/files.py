"""Files as offices import them, made in memory, and the steps of an import from upload to end."""

import csv
from io import BytesIO, StringIO

import openpyxl
from django.urls import reverse

from partnerships import tasks
from partnerships.core.stored_texts import shown
from partnerships.models import Import
from partnerships.records.imports import files as importing


def as_csv(*rows, mark=",", encoding="utf-8"):
    out = StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(*rows, change=None):
    """Return the rows as XLSX. `change(workbook)` can do more to it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring(person, office, content, kind="organizations", name="list.csv", columns=None):
    """Import a file until its preview: columns are matched by guess, or as `columns` says (position → field)."""
    file_import = importing.add_file(by=person, jurisdiction=office, kind=kind, filename=name, content=content)
    columns = columns or {int(place): key for place, key in file_import.columns.items()}
    importing.match(one=file_import, by=person, columns=columns)
    tasks.process_imports()
    return fresh(file_import)


def write(person, file_import):
    importing.start_writing(one=fresh(file_import), by=person)
    tasks.process_imports()
    return fresh(file_import)


def answer(person, file_import, answers=None):
    file_import = fresh(file_import)
    importing.answer(
        one=file_import, by=person, answers=importing.all_others(file_import) if answers is None else answers
    )
    tasks.process_imports()
    return fresh(file_import)


def fresh(file_import):
    return Import.objects.select_related("jurisdiction", "person").get(pk=file_import.pk)


def states(file_import):
    return [row["state"] for row in fresh(file_import).result["items"]]


def result_of(file_import):
    """Return what was found in a file, with its texts as they are shown."""
    return _shown(fresh(file_import).result)


def _shown(value):
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if isinstance(value, dict) and value.keys() in ({"text", "values"}, {"parts", "between"}):
        return shown(value)
    return {name: _shown(one) for name, one in value.items()} if isinstance(value, dict) else value


def problems(file_import):
    """Return (row, column, message) of all errors."""
    return [tuple(row) for row in result_of(file_import).get("problems", ())]


def page(client, file_import, query=""):
    """The text of the page of an import."""
    return " ".join(client.get(reverse("import_file", args=[file_import.pk]) + query).content.decode().split())


def press_step(client, file_import, **data):
    """Press a button on the page of an import, and let the worker do what it starts."""
    found = client.post(reverse("import_file", args=[file_import.pk]), {"was": fresh(file_import).state} | data)
    tasks.process_imports()
    return found
