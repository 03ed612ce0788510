"""Words for the pages of an import: its step, and its rows, page by page."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from partnerships.accounts.choices import ImportKind, ImportState
from partnerships.core.choices import Side
from partnerships.core.errors import ValidationError
from partnerships.core.importing import CHANGED, DECIDE, NEW, REFUSED, SAME
from partnerships.records.imports import files as importing
from partnerships.records.imports import previews
from partnerships.records.imports.cells import ENTER_ONE
from partnerships.records.imports.fields import KINDS
from partnerships.records.imports.fixes import options_of, suggestion
from partnerships.records.imports.items import OTHER
from partnerships.web.adding import add_links
from partnerships.web.similar import WORDS

LEFT_SHOWN = 200
SAME_NAME = 100  # the score of two rows with one name
PAGE_SIZE = 20
ERRORS_ON_PAGE = 100  # more, since what was chosen on one page is lost on the next unless it was applied
SKIPPED, SIDES = "skipped", "sides"
VIEWS = {
    DECIDE: "Possible duplicates",
    REFUSED: "Errors",
    SIDES: "Sides",
    CHANGED: "Changed",
    NEW: "New",
    SAME: "No change",
    SKIPPED: "Skipped",
}
ROWS_SHOWN = 12  # row numbers of an error; of one that is corrected row by row, all of them up to ROWS_TO_TYPE
ROWS_TO_TYPE = 20
SIDES_SHOWN = 200  # organizations of a group of sides; its buttons are for all of them
_STEPS = {
    ImportState.UPLOADED: "Columns to match",
    ImportState.CHECKING: "Comparing",
    ImportState.READY: "Ready to preview",
    ImportState.WRITING: "Importing",
    ImportState.DONE: "Imported",
    ImportState.FAILED: "Nothing was imported",
    ImportState.UNDOING: "Being undone",
    ImportState.UNDONE: "Undone",
}
_TEMPLATES = {
    ImportState.DONE: "imports/done.html",
    ImportState.UNDONE: "imports/undone.html",
    ImportState.FAILED: "imports/failed.html",
}


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


def _to_be_written(counts) -> str:
    new, changed = counts.get("new", 0), counts.get("changed", 0)
    parts = [f"{new:,} new" if new else "", f"{changed:,} changed" if changed else ""]
    what = " and ".join(filter(None, parts))
    return f"{what}: we import the whole file or nothing. The history of each record names the file."


def to_be_undone(one) -> str:
    if not importing.may_be_undone(one):
        return "This import can’t be undone as a whole. Correct its records on their pages."
    if one.kind == ImportKind.NUMBERS:
        return gettext(
            "We remove the numbers that it added and restore those that it replaced. Numbers that someone changed after "
            "the import stay, and we list them."
        )
    return (
        "We delete the records that it added and restore the ones that it changed. Records that someone changed or used "
        "after the import stay, and we list them."
    )


def why_skipped(group) -> str:
    """Why the rows of a group of errors are skipped, for the file with these rows."""
    return f"{group['column']}: {group['words']}" if group["column"] else group["words"]


def page_of(request, one) -> dict:
    """The context for the page of an import at its current step."""
    if one.state == ImportState.READY and importing.has_same_roles(request.user, one):
        return _preview(request, one)
    if one.state == ImportState.DONE:
        return _result_words(request, one)
    if one.state == ImportState.UNDONE:
        undone = one.result["undone"]
        left = [
            {"name": name, "url": reverse(kind, args=[public_id]), "why": why}
            for kind, public_id, name, why in undone["left"][:LEFT_SHOWN]
        ]
        words = ngettext("%(number)s number was removed or restored.", "%(number)s numbers were removed or restored.",
                         undone["done"]) % {"number": f"{undone['done']:,}"}  # fmt: skip
        words = words if one.kind == ImportKind.NUMBERS else ""
        return {
            "numbers": words,
            "undone": undone["done"],
            "left": left,
            "more": max(0, len(undone["left"]) - LEFT_SHOWN),
        }
    if one.state == ImportState.READY:
        return {"failed": [[0, "", "Your permissions have changed since we compared the file."]]}
    return {"failed": one.result.get("failed", [])[:200]}


def _preview(request, one):
    result, address = one.result, reverse("import_file", args=[one.pk])
    rows = {view: _rows_of(one, view) for view in VIEWS}
    view, start = _view(request, rows), _number(request, "after")
    more = start + (ERRORS_ON_PAGE if view == REFUSED else PAGE_SIZE)
    page = rows[view][start:more]
    if view == REFUSED:
        shown = _groups(request, one, page)
    elif view == SIDES:
        shown, more = sides_of(one), len(rows[SIDES])
    elif view == SKIPPED:
        shown = page
    else:
        answers, left = importing.picks_of(one)
        likely = previews.duplicates_in({"items": page}, one.kind, request.user)
        shown = [_shown(row, likely, answers, left) for row in page]
    return {
        "counts": result["counts"],
        "views": [
            (f"{words} ({len(rows[key]):,})", f"{address}?show={key}", key == view)
            for key, words in VIEWS.items()
            if rows[key]
        ],
        "view": view,
        "heading": VIEWS[view],
        "rows": shown,
        "fixes": _fixes(one),
        "cells_fixed": sum(len(cells) for cells in one.fixes.get("cells", {}).values()),
        "skipped": len(rows[SKIPPED]),
        "rows_refused": len({row for group in rows[REFUSED] for row in group["rows"] if row}),
        "pager": {
            "earlier_url": f"{address}?show={view}" if start else None,
            "more_url": f"{address}?show={view}&after={more}" if len(rows[view]) > more else None,
        },
        "sides_words": _sides_words(rows[SIDES]),
        "to_be_written": _to_be_written(result["counts"]),
        "remarks": result["remarks"],
        "more_remarks": result["more_remarks"],
        "may_write": importing.may_be_written(request.user, one),
        "problems": len(result["problems"]),
        "is_nothing": not result["counts"]["new"] and not result["counts"]["changed"],
    }


def _rows_of(one, view):
    """The rows of a view: groups of errors for REFUSED, rows of the file for SKIPPED, else records."""
    result = one.result
    if view == REFUSED:
        return result.get("groups", [])
    if view == SKIPPED:
        return [{"row": int(row), "why": why} for row, why in one.fixes.get("skipped", {}).items()]
    if view == SIDES:
        return [row for row in result["items"] if row.get("side") and row["state"] != REFUSED]
    if view == DECIDE:
        return [row for row in result["items"] if row["alike"] or row.get("near", ())]
    return [row for row in result["items"] if row["state"] == view]


def _view(request, rows):
    asked = request.GET.get("show", "")
    if asked and asked not in VIEWS:
        raise ValidationError({"show": "This page doesn’t know these rows."})
    waiting = [row for row in rows[DECIDE] if row["state"] == DECIDE]
    first = REFUSED if rows[REFUSED] else DECIDE if waiting else SIDES if _to_check(rows[SIDES]) else ""
    return asked or first or next((view for view in (CHANGED, NEW, SAME, SKIPPED) if rows[view]), NEW)


def _to_check(rows):
    """The rows whose side the person hasn't confirmed."""
    return [row for row in rows if not row["side"]["is_chosen"]]


def _sides_words(rows) -> str:
    left = _to_check(rows)
    if not left:
        return ""
    suggested = sum(1 for row in left if row["side"]["value"] == Side.INSTITUTION)
    if not suggested:
        words = ngettext(
            "The file doesn’t say this for %(number)s organization, so we add it as a community organization.",
            "The file doesn’t say this for %(number)s organizations, so we add them as community organizations.",
            len(left),
        )
    else:
        words = ngettext(
            "The file doesn’t say this for %(number)s organization. By its name or type, we add it as an institution.",
            "The file doesn’t say this for %(number)s organizations. By their names or types, we add %(institutions)s as "
            "institutions and %(community)s as community organizations.",
            len(left),
        )
    return words % {
        "number": f"{len(left):,}",
        "institutions": f"{suggested:,}",
        "community": f"{len(left) - suggested:,}",
    }


def sides_of(one) -> list[dict]:
    """The new organizations without a side in the file, grouped by what suggests one. Those with a suggestion come first."""
    groups: dict[tuple, list] = {}
    for row in _rows_of(one, SIDES):
        groups.setdefault((row["side"]["by"], row["side"]["reason"]), []).append(row)
    return [
        {
            "id": f"{by}-{reason}",
            "heading": _reason_words(by, reason, len(rows)),
            "rows": [
                {
                    "key": row["key"],
                    "row": row["rows"][0],
                    "name": gettext("Row %(row)s: %(name)s") % {"row": row["rows"][0], "name": row["title"]},
                    "is_institution": row["side"]["value"] == Side.INSTITUTION,
                    "is_shown": index < SIDES_SHOWN,
                }
                for index, row in enumerate(rows)
            ],
            "more": _more_words(len(rows) - SIDES_SHOWN),
            "is_many": len(rows) > 1,
        }
        for (by, reason), rows in sorted(groups.items(), key=lambda group: not group[0][0])
    ]


def _reason_words(by, reason, number) -> str:
    words = {
        "name": gettext("“%(text)s” in the name (%(number)s)"),
        "kind": gettext("Type: %(text)s (%(number)s)"),
        "": gettext("Nothing suggests an institution (%(number)s)"),
    }[by]
    return words % {"text": reason, "number": f"{number:,}"}


def _more_words(number) -> str:
    if number <= 0:
        return ""
    words = ngettext(
        "And %(number)s more organization, which the two buttons change too.",
        "And %(number)s more organizations, which the two buttons change too.",
        number,
    )
    return words % {"number": f"{number:,}"}


def _links(request, one, group, field) -> list[tuple[str, str]]:
    """(words, URL) of where a record is that an error is about, or where one is added."""
    if group.get("see"):
        kind, public_id = group["see"]
        return [(gettext("See %(name)s") % {"name": group["about"]}, reverse(kind, args=[public_id]))]
    prefixes = {"government": "JD", "not_found": field.of if field else ""}.get(group.get("code", ""), "")
    return add_links(request.user, prefixes, one.jurisdiction)


def _groups(request, one, groups):
    """Groups of errors with the ways to correct each: options of its field, with a suggestion, or texts to type."""
    fields, options = KINDS[one.kind].by_key, {}
    for group in groups:
        field, rows = fields.get(group["key"]), group["rows"]
        if field and field.key not in options:
            options[field.key] = options_of(field)
        choices = options.get(group["key"], [])
        is_by_row = bool(field and not choices and not group["is_value"] and 0 < len(rows) <= ROWS_TO_TYPE)
        yield group | {
            "label": group["column"] or "Whole row",
            "options": choices,
            "message": group["words"].split(ENTER_ONE)[0] if choices else group["words"],
            "links": _links(request, one, group, field),
            "suggested": suggestion(field, group["text"], choices) if field and choices and group["text"] else "",
            "can_type": bool(field and not choices and group["is_value"]),
            "typed_rows": rows if is_by_row else [],
            "can_be_empty": bool(field and group["is_value"] and not field.is_needed),
            "rows_shown": [row for row in rows if row][:ROWS_SHOWN],
            "more_rows": max(0, len(rows) - ROWS_SHOWN),
            "can_skip": all(rows),
        }


def _fixes(one):
    """What was corrected for all cells with a text."""
    fields = KINDS[one.kind].by_key
    return [
        {"name": f"{key}|{text}", "label": fields[key].label, "text": text, "value": value}
        for key, texts in one.fixes.get("values", {}).items()
        if key in fields
        for text, value in texts.items()
    ]


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
    alike += [
        {
            "score": score,
            "reasons": reasons,
            "public_id": answer,
            "name": name,
            "words": "The same name" if score == SAME_NAME else "Likely the same",
            "url": "",
            "is_it": answers.get(row["key"]) == answer,
        }
        for score, reasons, answer, name in row.get("near", ())
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
        "skipped": len(one.result.get("skipped", [])),
        "may_undo": importing.may_be_undone(one),
        "failed": one.result.get("failed", []),
        "pager": {"earlier_url": address if after else None, "more_url": more},
    }
