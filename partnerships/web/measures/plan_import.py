"""Importing a plan from a table: the file, the meaning of its columns, a preview, and saving all rows or none.

The file isn't stored. The page sends its contents along to the next step.
"""

import json

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import require
from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.filters import LANGUAGE, refuse_unknown
from partnerships.core.importing import CHANGED, NEW, REFUSED, SAME, counts_of
from partnerships.core.stored_texts import StoredText
from partnerships.measurement import plan_queries as queries
from partnerships.measurement.plan_fields import COLUMNS
from partnerships.measurement.rules import may_write_plan
from partnerships.records.imports import plans as files
from partnerships.web.frame.csv import download
from partnerships.web.frame.editing import STALE, redirect_after_save, seen_now, status_of
from partnerships.web.frame.page_language import typed_now
from partnerships.web.measures.forms.plan import TableForm, UploadPlanForm, parse_table

# Each state of a row: how many rows have it, and what the row says.
STATES = {
    REFUSED: (ngettext_lazy("%(number)s with errors", "%(number)s with errors", "number"), _("Error")),
    NEW: (ngettext_lazy("%(number)s new", "%(number)s new", "number"), _("New")),
    CHANGED: (ngettext_lazy("%(number)s changed", "%(number)s changed", "number"), _("Changed")),
    SAME: (ngettext_lazy("%(number)s without a change", "%(number)s without a change", "number"), _("No change")),
}
_CHANGED = _("Someone changed this plan while you had it open. We updated the preview.")


@require_safe
def template(request):
    refuse_unknown(request.GET, (LANGUAGE,))
    return download("plan-to-import.csv", [gettext(column.label) for column in COLUMNS], iter(()))


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request, public_id):
    record = queries.plan(request.user, public_id)
    require(may_write_plan(request.user, record))
    if request.POST.get("table"):
        return _step(request, record, request.POST)
    if (typed := typed_now()) and typed.get("table"):
        return _step(request, record, typed)
    form = UploadPlanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _first_preview_page(request, record, form.content)
        except ValidationError as problem:
            form.add_error("file" if form.cleaned_data.get("file") else "pasted", problem)
    context = {"form": form, "columns": COLUMNS} | _context_of(record)
    return render(request, "measures/plan_import.html", context, status=422 if request.method == "POST" else 200)


def _context_of(record):
    page = record.get_absolute_url()
    return {
        "record": record,
        "back": page,
        "crumbs": [(gettext("Plans"), reverse("plans")), (record.title, page)],
    }


def _first_preview_page(request, record, content):
    """The first preview of a file, with the columns that its headings suggest."""
    table = files.table_of(content)
    data = {"table": json.dumps({"headings": table.headings, "rows": table.rows}), "version": record.version}
    form = TableForm(None, headings=table.headings, samples=[texts for _, texts in table.rows[:3]])
    data |= {name: form.fields[name].initial for name in form.columns}
    form = TableForm(data, headings=table.headings, samples=[texts for _, texts in table.rows[:3]])
    return _preview_page(
        request,
        record,
        form,
        table.rows,
        remarks=[(row, StoredText.of(words)) for row, words in table.remarks],
        is_first=True,
    )


def _step(request, record, data):
    """The preview of a table that the page sent, or saving it. `data`: what was sent, also to switch the language."""
    try:
        headings, rows = parse_table(data["table"])
    except ValidationError as problem:
        form = UploadPlanForm({})
        form.full_clean()
        form.errors.clear()
        form.add_error("file", problem)
        return render(
            request, "measures/plan_import.html", {"form": form, "columns": COLUMNS} | _context_of(record), status=422
        )
    form = TableForm(data, headings=headings, samples=[texts for _, texts in rows[:3]])
    return _preview_page(request, record, form, rows, is_to_write="write" in request.POST)


def _preview_page(request, record, form, rows, *, is_to_write=False, remarks=(), is_first=False):
    found = []
    if form.is_valid():
        try:
            files.checked_columns([form.fields[name].label.strip("“”") for name in form.columns], form.keys)
            found = files.compared(record, rows, form.keys)
            if is_to_write:
                files.write(plan=record, by=request.user, items=found, version=form.cleaned_data["version"])
                return redirect_after_save(request, _result_words(found), record.get_absolute_url())
        except EditConflict as stale:
            record = stale.current
            found = files.compared(record, rows, form.keys)
            form.add_error(None, ValidationError(_CHANGED, code=STALE))
            seen_now(form, version=record.version)
        except ValidationError as problem:
            form.add_error(None, problem)
    named, counts = {item.record.pk for item in found if item.record}, counts_of(found)
    context = {
        "form": form,
        "rows": [(item, STATES[item.state][1]) for item in found],
        "counts": [words % {"number": counts[state]} for state, (words, _label) in STATES.items()],
        "is_good": bool(found) and not counts[REFUSED],
        "changes": bool(counts[NEW] or counts[CHANGED]),
        "left": sum(1 for one in record.outcomes.all() if one.pk not in named) if found else 0,
        "remarks": remarks,
    } | _context_of(record)
    return render(
        request,
        "measures/plan_import_look.html",
        context,
        status=status_of(form) if form.errors and not is_first else 200,
    )


def _result_words(items):
    new, changed = (counts_of(items)[state] for state in (NEW, CHANGED))
    if not (new or changed):
        return gettext("Nothing has changed, so there was nothing to import.")
    return gettext("Imported: %(new)s new, %(changed)s changed.") % {"new": new, "changed": changed}
