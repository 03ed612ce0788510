"""Imports: the file, its columns, a preview of each row, and saving."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts.choices import ImportState
from partnerships.core.access import require
from partnerships.core.choices import Side
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import LANGUAGE, refuse_unknown
from partnerships.core.stored_texts import Stored, stored_words
from partnerships.core.workbooks import CONTENT_TYPE, workbooks
from partnerships.directory.rules import may_add_organization
from partnerships.records.imports import files as importing
from partnerships.records.imports.fields import KINDS
from partnerships.web.frame.csv import download
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now, status_of
from partnerships.web.imports import words
from partnerships.web.imports.forms import ColumnsForm, SheetForm, StepForm, UploadForm

# The sheets to fill in. A name of a sheet has 31 characters at most.
_SHEETS = {
    "organizations": gettext_noop("Organizations"),
    "contacts": gettext_noop("Contacts"),
    "departments": gettext_noop("Departments"),
    "partnerships": gettext_noop("Partnerships"),
    "numbers": gettext_noop("Numbers"),
    "interactions": gettext_noop("Interactions"),
}
SKIP = "skip"  # the answer that a row isn't imported
LOOK_AGAIN = 3  # seconds until the browser reloads the progress of an import


@never_cache
@require_http_methods(["GET", "POST"])
def imports(request):
    require(may_add_organization(request.user))
    offices = importing.offices_of(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            made = importing.add_file(
                by=request.user,
                jurisdiction=form.cleaned_data["jurisdiction"],
                kind=form.cleaned_data["kind"],
                filename=file.name,
                content=file.read(),
            )
            return redirect("import_columns", made.pk)
        except ValidationError as problem:
            form.add_error("file", problem)
    context = {
        "form": form,
        "rows": [(one, words.step_of(one)) for one in importing.imports_of(request.user)],
        "kinds": [(described, _(described.rows)) for described in KINDS.values()],
        "crumbs": words.crumbs()[:1],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "imports/imports.html", context, status=status)


@require_safe
def template(request, kind, ending):
    """A file to fill in. The CSV has the headings, and the XLSX also a sheet that explains the columns."""
    if kind not in KINDS or ending not in ("csv", "xlsx"):
        raise NotFound
    refuse_unknown(request.GET, (LANGUAGE,))
    headings = [_(one.label) for one in KINDS[kind].fields]
    if ending == "csv":
        return download(f"{kind}-to-import.csv", headings, iter(()))
    help_sheet = (_("Columns"), [_("Column"), _("Required"), _("Contents"), _("Example")], words.help_rows(kind))
    content = workbooks([(_(_SHEETS[kind]), headings, iter(())), help_sheet])
    headers = {"Content-Disposition": f'attachment; filename="{kind}-to-import.xlsx"'}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


@never_cache
@require_http_methods(["GET", "POST"])
def columns(request, pk):
    """Match columns with fields. Submitting the form starts the comparison."""
    one = importing.import_of(request.user, pk)
    if one.state in (*importing.AT_WORK, ImportState.DONE) and request.method == "GET":
        return redirect("import_file", pk)
    data, was = request.POST if request.method == "POST" else None, {"was": one.state}
    sheets = one.result.get("sheets", [])
    sheet_form = SheetForm(
        data if data and "use_sheet" in data else None, sheets=sheets, initial=was | {"sheet": one.sheet}
    )
    form = ColumnsForm(
        None if sheet_form.is_bound else data,
        kind=one.kind,
        headings=one.result.get("headings", []),
        samples=one.result.get("samples", []),
        columns=one.columns,
        initial=was,
    )
    bound = sheet_form if sheet_form.is_bound else form
    if bound.is_bound and bound.is_valid():
        try:
            _require_step(one, bound)
            if bound is sheet_form:
                importing.choose_sheet(one=one, by=request.user, sheet=bound.cleaned_data["sheet"])
                return redirect("import_columns", pk)
            importing.match(one=one, by=request.user, columns=form.chosen)
            return redirect("import_file", pk)
        except ValidationError as problem:
            add_errors(problem, bound)
            seen_now(bound, was=one.state)
    context = {
        "one": one,
        "form": form,
        "sheet_form": sheet_form if len(sheets) > 1 else None,
        "rows_words": _(KINDS[one.kind].rows),
        "crumbs": words.crumbs(),
    }
    return render(request, "imports/columns.html", context, status=status_of(bound))


def _require_step(one, form):
    if form.cleaned_data.get("was") != one.state:
        raise ValidationError(
            _("This import has moved on in the meantime. Check its status, then try again."), code="stale"
        )


@never_cache
@require_http_methods(["GET", "POST"])
def import_file(request, pk):
    """The page of an import: its progress, the preview, or the result."""
    one = importing.import_of(request.user, pk)
    refuse_unknown(request.GET, ("show", "after"))
    problem = ""
    if request.method == "POST":
        try:
            return _run_action(request, one)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
    if one.state == ImportState.UPLOADED and request.method == "GET":
        return redirect("import_columns", pk)
    done = importing.rows_done(one)
    page, context = words.page_of(request, one)
    context |= {"one": one, "done": done, "problem": problem, "crumbs": words.crumbs()}
    response = render(request, page, context, status=422 if problem else 200)
    if one.state in importing.AT_WORK:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _run_action(request, one):
    """Handle the buttons of an import's page."""
    data, by = request.POST, request.user
    form = StepForm(data)
    form.is_valid()
    _require_step(one, form)
    if data.get("do") == "pick":
        take = {tuple(text.split(":", 1)) for text in data.getlist("take") if ":" in text}
        importing.pick(one=one, by=by, shown=words.shown_differences(one, data.getlist("row")), take=take)
        return redirect_after_save(request, _("Your choices are saved."), request.get_full_path())
    if data.get("do") == "answer":
        answers = {
            key.removeprefix("is-"): decision for key, decision in data.items() if key.startswith("is-") and decision
        }
        skip = {key for key, decision in _answers(answers).items() if decision == SKIP}
        given = {key: decision for key, decision in answers.items() if key not in skip}
        importing.answer(one=one, by=by, answers=given, skip=skip)
    elif data.get("do") in _FIXES:
        _FIXES[data["do"]](one, by, data)
    elif data.get("do") == "others":
        importing.answer(one=one, by=by, answers=importing.all_others(one))
    elif data.get("do") == "compare":
        importing.compare_again(one=one, by=by)
    elif data.get("do") == "write":
        importing.start_writing(one=one, by=by, numbers_source=data.get("numbers_source", ""))
    else:
        raise ValidationError(_("Select one of the buttons on this page."))
    return redirect("import_file", one.pk)


def _answers(answers):
    if not answers:
        raise ValidationError(_("Answer for at least one row."))
    return answers


def _fix(one, by, data):
    """Apply what was typed or chosen for each error on the page, if anything was."""
    values, cells = [], []
    skip: dict[int, Stored] = {}
    for group in one.result.get("groups", []):
        key, name, rows = group["key"], group["id"], group["rows"]
        use, is_empty = data.get(f"use-{name}", "").strip(), f"empty-{name}" in data
        if f"skip-{name}" in data:
            skip |= {row: words.why_skipped(group) for row in rows}
        elif (use or is_empty) and group["is_value"]:
            values.append((key, group["text"], "" if is_empty else use))
        elif use:
            cells += [(row, key, use) for row in rows]
        else:
            typed = [(row, data.get(f"cell-{name}-{row}", "").strip()) for row in rows]
            cells += [(row, key, text) for row, text in typed if text and text != group["text"]]
    if not (values or cells or skip):
        raise ValidationError(
            _("Nothing was corrected. Choose or type a value for at least one error, or skip its rows.")
        )
    importing.fix(one=one, by=by, values=values, cells=cells, skip=skip)


def _skip_errors(one, by, data):
    skip = {
        row: words.why_skipped(group)
        for group in reversed(one.result.get("groups", []))
        for row in group["rows"]
        if row
    }
    importing.fix(one=one, by=by, skip=skip)


def _skip(one, by, data):
    rows = {row for item in one.result["items"] if item["key"] in data.getlist("skip") for row in item["rows"]}
    if not rows:
        raise ValidationError(_("Check at least one row to skip."))
    importing.fix(one=one, by=by, skip=dict.fromkeys(rows, stored_words(gettext_noop("Skipped by choice."))))


def _unskip(one, by, data):
    rows = [int(row) for row in data.getlist("row") if row.isdecimal() and len(row) < 9]
    if not rows:
        raise ValidationError(_("Check at least one row to import after all."))
    importing.remove_fixes(one=one, by=by, skipped=rows)


def _unfix(one, by, data):
    values = [tuple(name.split("|", 1)) for name in data.getlist("fix") if "|" in name]
    importing.remove_fixes(one=one, by=by, values=values, cells="cells" in data)


def _sides(one, by, data):
    """Save the sides of all new organizations that need one, also those that the page has no room for."""
    checked, (side, _colon, group_id) = set(data.getlist("institution")), data.get("all", "").partition(":")
    cells = []
    for group in words.sides_of(one):
        for row in group["rows"]:
            is_institution = row["key"] in checked if row["is_shown"] else row["is_institution"]
            if group_id == group["id"]:
                is_institution = side == Side.INSTITUTION
            cells.append((row["row"], "side", (Side.INSTITUTION if is_institution else Side.COMMUNITY).value))
    importing.fix(one=one, by=by, cells=cells)


_FIXES = {"sides": _sides, "fix": _fix, "skip-errors": _skip_errors, "skip": _skip, "unskip": _unskip, "unfix": _unfix}


@never_cache
@require_http_methods(["GET", "POST"])
def remove(request, pk):
    one = importing.import_of(request.user, pk)

    def act():
        importing.delete_import(one=one, by=request.user)
        return redirect_after_save(request, _("The file was deleted."), reverse("imports"))

    text = _(
        "This deletes the file and its preview. Records that were imported stay, and you can’t undo them together."
    )
    title = _("Delete “%(name)s”?") % {"name": one.filename}
    return _step(request, one, act, title, text, _("Delete file"), reverse("imports"))


def _step(request, one, act, title, text, button, back):
    form = StepForm(request.POST if request.method == "POST" else None, initial={"was": one.state})
    if form.is_bound and form.is_valid():
        try:
            _require_step(one, form)
            return act()
        except ValidationError as problem:
            add_errors(problem, form)
            seen_now(form, was=one.state)
    context = {"title": title, "text": text, "form": form, "button": button, "back": back, "crumbs": words.crumbs()}
    return render(request, "step.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
def undo(request, pk):
    """Confirm, then undo the whole import in the background."""
    one = importing.import_of(request.user, pk)

    def act():
        importing.start_undoing(one=one, by=request.user)
        return redirect("import_file", pk)

    text = words.to_be_undone(one)
    return _step(request, one, act, _("Undo this import?"), text, _("Undo import"), reverse("import_file", args=[pk]))


@never_cache
@require_safe
def skipped(request, pk):
    """The rows that are skipped, as a CSV file with the headings of the import, to correct and import later."""
    one = importing.import_of(request.user, pk)
    refuse_unknown(request.GET, ())
    own = (heading or _("No heading") for heading in one.result.get("headings", []))
    rows = ([row, words.in_words(why), *cells] for row, why, cells in importing.read_skipped(one))
    return download("skipped-rows.csv", [_("Row"), _("Why it was skipped"), *own], rows)


@never_cache
@require_safe
def problems(request, pk):
    """The errors of an import as a CSV file."""
    one = importing.import_of(request.user, pk)
    refuse_unknown(request.GET, ())
    headings = [_("Row"), _("Column"), _("Problem, and what to do")]
    return download("to-correct.csv", headings, iter(words.problem_rows(request.user, one)))
