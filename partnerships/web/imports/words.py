"""Words for the pages of an import: its step, and its rows, page by page."""

from django.urls import reverse

from partnerships.accounts.choices import ImportState
from partnerships.core.errors import ValidationError
from partnerships.core.importing import CHANGED, DECIDE, NEW, REFUSED, SAME
from partnerships.records.imports import files as importing
from partnerships.records.imports import previews
from partnerships.records.imports.fields import KINDS
from partnerships.records.imports.items import OTHER
from partnerships.web.similar import WORDS

PAGE_SIZE = 20
VIEWS = {
    DECIDE: "Possible duplicates",
    REFUSED: "Errors",
    CHANGED: "Changed",
    NEW: "New",
    SAME: "No change",
}
NOT_YET = "We can’t import this file yet. Go back to see what needs to be fixed."
_STEPS = {
    ImportState.UPLOADED: "Columns to match",
    ImportState.CHECKING: "Comparing",
    ImportState.READY: "Ready to preview",
    ImportState.WRITING: "Importing",
    ImportState.DONE: "Imported",
    ImportState.FAILED: "Nothing was imported",
}
_TEMPLATES = {ImportState.DONE: "imports/done.html", ImportState.FAILED: "imports/failed.html"}


def crumbs():
    return [("Organizations", reverse("organizations")), ("Import a spreadsheet", reverse("imports"))]


def step_of(one) -> str:
    return _STEPS[one.state]


def template_of(person, one) -> str:
    if one.state in importing.AT_WORK:
        return "imports/at_work.html"
    if one.state == ImportState.READY:
        return "imports/preview.html" if importing.has_same_roles(person, one) else "imports/failed.html"
    return _TEMPLATES.get(one.state, "imports/failed.html")


def help_rows(kind):
    """The rows of the sheet that explains the columns."""
    for one in KINDS[kind].fields:
        listed = ", ".join(str(label) for _, label in one.of) if one.reads in ("choice", "choices") else ""
        text = " ".join(filter(None, [one.help, f"One of: {listed}." if listed else ""]))
        yield [one.label, "for a new record" if one.is_needed else "", text, one.example]


def to_be_written(counts) -> str:
    new, changed = counts.get("new", 0), counts.get("changed", 0)
    parts = [f"{new:,} new" if new else "", f"{changed:,} changed" if changed else ""]
    what = " and ".join(filter(None, parts))
    return f"{what}: we import the whole file or nothing. The history of each record names the file."


def page_of(request, one) -> dict:
    """The context for the page of an import at its current step."""
    if one.state == ImportState.READY and importing.has_same_roles(request.user, one):
        return _preview(request, one)
    if one.state == ImportState.DONE:
        return _result_words(request, one)
    if one.state == ImportState.READY:
        return {"failed": [[0, "", "Your permissions have changed since we compared the file."]]}
    return {"failed": one.result.get("failed", [])[:200]}


def _preview(request, one):
    result, address = one.result, reverse("import_file", args=[one.pk])
    rows = {view: _rows_of(result, view) for view in VIEWS}
    view, start = _view(request, rows), _number(request, "after")
    page, more = rows[view][start : start + PAGE_SIZE], start + PAGE_SIZE
    (answers, left), likely = importing.picks_of(one), {}
    if view != REFUSED:
        likely = previews.duplicates_in({"items": page}, one.kind, request.user)
    return {
        "counts": result["counts"],
        "views": [
            (f"{words} ({len(rows[key]):,})", f"{address}?show={key}", key == view)
            for key, words in VIEWS.items()
            if rows[key]
        ],
        "view": view,
        "heading": VIEWS[view],
        "rows": page if view == REFUSED else [_shown(row, likely, answers, left) for row in page],
        "pager": {
            "earlier_url": f"{address}?show={view}" if start else None,
            "more_url": f"{address}?show={view}&after={more}" if len(rows[view]) > more else None,
        },
        "remarks": result["remarks"],
        "more_remarks": result["more_remarks"],
        "may_write": importing.may_be_written(request.user, one),
        "problems": len(result["problems"]),
        "is_nothing": not result["counts"]["new"] and not result["counts"]["changed"],
    }


def _rows_of(result, view):
    """The rows of a view: errors for REFUSED, else records."""
    if view == REFUSED:
        return result["problems"]
    if view == DECIDE:
        return [row for row in result["items"] if row["alike"]]
    return [row for row in result["items"] if row["state"] == view]


def _view(request, rows):
    asked = request.GET.get("show", "")
    if asked and asked not in VIEWS:
        raise ValidationError({"show": "This page doesn’t know these rows."})
    waiting = [row for row in rows[DECIDE] if row["state"] == DECIDE]
    return asked or (DECIDE if waiting else next((view for view in (REFUSED, CHANGED, NEW, SAME) if rows[view]), NEW))


def _number(request, name):
    text = request.GET.get(name, "0")
    if not text.isdecimal() or len(text) > 9:
        raise ValidationError({name: "Enter a number here."})
    return int(text)


def _shown(row, likely, answers, left):
    """A row of the preview with the choices so far. `likely`: as from `previews.duplicates_in`."""
    mine = left.get(row["key"], ())
    alike = [
        {
            "score": one.score,
            "reasons": one.reasons,
            "public_id": one.record.public_id,
            "name": str(one.record),
            "words": next(words for least, words in WORDS if one.score >= least),
            "url": one.record.get_absolute_url(),
            "is_it": answers.get(row["key"]) == one.record.public_id,
        }
        for one in likely.get(row["key"], ())
    ]
    differences = [one | {"take": one["key"] not in mine} for one in row["differences"]]
    return row | {
        "url": reverse(row["record"][0], args=[row["record"][1]]) if row["record"] else "",
        "owner_url": reverse(row["owner"][0], args=[row["owner"][1]]) if row["owner"] else "",
        "likely": alike,
        "is_other": answers.get(row["key"]) == OTHER,
        "differences": differences,
    }


def shown_differences(one, keys) -> list[tuple[str, str]]:
    """(row key, field key) of all differences in these rows."""
    wanted = set(keys)
    return [
        (row["key"], part["key"]) for row in one.result["items"] if row["key"] in wanted for part in row["differences"]
    ]


def _result_words(request, one):
    after = _number(request, "after")
    written = one.result.get("written", [])
    rows = [
        {"verb": verb, "name": name, "url": reverse(kind, args=[public_id])}
        for verb, kind, public_id, name in written[after : after + 100]
    ]
    address = reverse("import_file", args=[one.pk])
    more = f"{address}?after={after + 100}" if len(written) > after + 100 else None
    return {
        "added": sum(1 for row in written if row[0] == "added"),
        "changed": sum(1 for row in written if row[0] == "changed"),
        "rows": rows,
        "same": one.result.get("same", 0),
        "pager": {"earlier_url": address if after else None, "more_url": more},
    }
