"""Lists as CSV files and as spreadsheets: a long spreadsheet as a background job with a page for its status."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts.choices import FileState
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.workbooks import CONTENT_TYPE
from partnerships.records import list_files
from partnerships.records.list_files import MOST_ROWS, SHEETS
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download
from partnerships.web.frame.editing import signed_in
from partnerships.web.frame.lists.parameters import page_of_saved, saved_parameters
from partnerships.web.frame.nouns import LISTS

LOOK_AGAIN = 3  # seconds until the browser reloads the status of a file


@page_language.english_only
@require_safe
def csv(request, key):
    """The filtered list in this URL as a CSV file, with the columns that it asks for."""
    sheet = SHEETS[key]
    found = sheet.listing(request.user, request.GET)
    rows = sheet.rows(request.user, sheet.batches(found), request.GET, request.build_absolute_uri)
    return download(f"{key}.csv", sheet.chosen(request.GET), rows)


@page_language.english_only
@require_safe
def spreadsheet(request, key):
    """The file of a short list. For a long one, redirect to the page that requests it, with the same filters."""
    person, sheet = request.user, SHEETS[key]
    listing = sheet.listing(person, request.GET)
    content = list_files.small_workbook(person, sheet, listing, request.GET, request.build_absolute_uri)
    return _as_file(key, content) if content else redirect(_with_query("list_file_new", request, key))


def _with_query(name, request, *args):
    query = saved_parameters(request.GET)
    return reverse(name, args=args) + (f"?{query}" if query else "")


def _as_file(key, content):
    headers = {"Content-Disposition": f'attachment; filename="{key}.xlsx"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def new(request, key):
    if key not in SHEETS:
        raise NotFound
    rows, problem = list_files.rows_of(SHEETS[key].listing(request.user, request.GET)), ""
    if request.method == "POST":
        try:
            made = list_files.ask(by=request.user, key=key, query=saved_parameters(request.GET), rows=rows)
            return redirect("list_file", made.pk)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
    back = _with_query(key, request)
    context = {
        "name": LISTS[key],
        "what": _size_words(rows, len(SHEETS[key].chosen(request.GET))),
        "is_too_long": rows > MOST_ROWS,
        "most": f"{MOST_ROWS:,}",
        "problem": problem,
        "csv_url": _with_query(f"{key}_csv", request),
        "back": back,
        "crumbs": [(LISTS[key], back)],
    }
    return render(request, "lists/file_new.html", context, status=422 if problem else 200)


def _size_words(rows, columns) -> str:
    """“1,204 rows with 12 columns.”"""
    counted = ngettext("%(number)s row", "%(number)s rows", rows) % {"number": f"{rows:,}"}
    words = ngettext("%(rows)s with %(number)s column.", "%(rows)s with %(number)s columns.", columns)
    return words % {"rows": counted, "number": columns}


@never_cache
@require_safe
def list_file(request, pk):
    file = list_files.file_of(request.user, pk)
    page = page_of_saved(file)
    query = f"?{file.query}" if file.query else ""
    context = {
        "file": file,
        "name": LISTS[file.list],
        "number": f"{file.rows_done:,}",
        "progress": gettext("%(number)s of %(all)s") % {"number": f"{file.rows_done:,}", "all": f"{file.rows_total:,}"},
        "is_open": file.state in list_files.OPEN,
        "is_ready": file.state == FileState.READY,
        "may_be_read": list_files.may_be_read(request.user, file),
        "page": page,
        "again_url": reverse("list_file_new", args=[file.list]) + query,
        "csv_url": reverse(f"{file.list}_csv") + query,
        "crumbs": [(LISTS[file.list], page)],
    }
    response = render(request, "lists/file.html", context)
    if context["is_open"]:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


@page_language.english_only
@never_cache
@require_safe
def content(request, pk):
    file = list_files.file_of(request.user, pk)
    return _as_file(file.list, list_files.content_of(request.user, file))
