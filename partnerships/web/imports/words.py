"""Words for the pages of an import: its step, and its rows, page by page."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import ImportKind, ImportState
from partnerships.core.choices import Side
from partnerships.core.errors import ValidationError
from partnerships.core.importing import CHANGED, DECIDE, NEW, REFUSED, SAME
from partnerships.core.stored_texts import Stored, StoredText, as_stored, from_stored, shown
from partnerships.directory.reference.vocabularies import term_name
from partnerships.records.imports import files as importing
from partnerships.records.imports import previews
from partnerships.records.imports.cells import NO_OPTION, SHOWN
from partnerships.records.imports.fields import KINDS
from partnerships.records.imports.fixes import options_of, suggestion
from partnerships.records.imports.items import OTHER
from partnerships.web.components.adding import add_links
from partnerships.web.components.similar import WORDS
from partnerships.web.imports.forms import SourceForm

LEFT_SHOWN = 200
SAME_NAME = 100  # the score of two rows with one name
PAGE_SIZE = 20
ERRORS_ON_PAGE = 100  # more, since what was chosen on one page is lost on the next unless it was applied
SKIPPED, SIDES = "skipped", "sides"
VIEWS = {
    DECIDE: _("Possible duplicates"),
    REFUSED: _("Errors"),
    SIDES: _("Sides"),
    CHANGED: _("Changed"),
    NEW: _("New"),
    SAME: _("No change"),
    SKIPPED: _("Skipped"),
}
ROWS_SHOWN = 12  # row numbers of an error; of one that is corrected row by row, all of them up to ROWS_TO_TYPE
ROWS_TO_TYPE = 20
SIDES_SHOWN = 200  # organizations of a group of sides; its buttons are for all of them
_STEPS = {
    ImportState.UPLOADED: _("Columns to match"),
    ImportState.CHECKING: _("Comparing"),
    ImportState.READY: _("Ready to preview"),
    ImportState.WRITING: _("Importing"),
    ImportState.DONE: _("Imported"),
    ImportState.FAILED: _("Nothing was imported"),
    ImportState.UNDOING: _("Being undone"),
    ImportState.UNDONE: _("Undone"),
}
_VERBS = {"added": _("Added"), "changed": _("Changed")}


def crumbs():
    return [(gettext("Organizations"), reverse("organizations")), (gettext("Import a spreadsheet"), reverse("imports"))]


def step_of(one) -> str:
    return str(_STEPS[one.state])


def help_rows(kind):
    """The rows of the sheet that explains the columns."""
    for one in KINDS[kind].fields:
        listed = ", ".join(str(label) for _, label in one.of) if one.reads in ("choice", "choices") else ""
        texts = [
            gettext(one.help) if one.help else "",
            gettext("One of: %(names)s.") % {"names": listed} if listed else "",
        ]
        required = gettext("For a new record") if one.is_needed else ""
        yield [gettext(one.label), required, " ".join(filter(None, texts)), one.example]


def _to_be_written(counts) -> str:
    words = gettext(
        "%(new)s new and %(changed)s changed: we import the whole file or nothing. The history of each record names the file."
    )
    return words % {"new": f"{counts.get('new', 0):,}", "changed": f"{counts.get('changed', 0):,}"}


def to_be_undone(one) -> str:
    if not importing.may_be_undone(one):
        return gettext("This import can’t be undone as a whole. Correct its records on their pages.")
    if one.kind == ImportKind.NUMBERS:
        return gettext(
            "We remove the numbers that it added and restore those that it replaced. Numbers that someone changed after "
            "the import stay, and we list them."
        )
    return gettext(
        "We delete the records that it added and restore the ones that it changed. Records that someone changed or used "
        "after the import stay, and we list them."
    )


def why_skipped(group) -> Stored:
    """Why the rows of a group of errors are skipped, as it is stored with the file."""
    column, words = from_stored(group["column"]), from_stored(group["words"])
    return as_stored(StoredText("%(column)s: %(problem)s", column=column, problem=words) if column else words)


def in_words(stored) -> str:
    """A text of ours that is stored with an import. Those of earlier imports are plain English texts."""
    return gettext(stored) if isinstance(stored, str) and stored else shown(stored)


def problem_rows(person, one) -> list[list]:
    """[row, column, message] of all errors of an import, or of why it failed or is no longer shown."""
    if one.state == ImportState.READY and (outdated := importing.why_outdated(person, one)):
        return [[0, "", outdated]]
    rows = one.result.get("problems") or one.result.get("failed") or []
    return [[row, shown(column), in_words(words)] for row, column, words in rows]


def page_of(request, one) -> tuple[str, dict]:
    """The template and the context for the page of an import at its current step."""
    if one.state in importing.AT_WORK:
        return "imports/at_work.html", {}
    if one.state == ImportState.DONE:
        return "imports/done.html", _result_words(request, one)
    if one.state == ImportState.UNDONE:
        return "imports/undone.html", _undone_words(request.user, one)
    if one.state == ImportState.READY and not importing.why_outdated(request.user, one):
        return "imports/preview.html", _preview(request, one)
    return "imports/failed.html", {"failed": problem_rows(request.user, one)[:200]}


def _undone_words(person, one) -> dict:
    undone = one.result["undone"]
    seen = previews.still_seen(undone["left"][:LEFT_SHOWN], person, lambda row: (row[0], row[1]))
    left = [
        {"name": name, "url": reverse(kind, args=[public_id]), "why": in_words(why)}
        for kind, public_id, name, why in seen
    ]
    number = undone["done"]
    if one.kind == ImportKind.NUMBERS:
        words = ngettext(
            "%(number)s number was removed or restored.", "%(number)s numbers were removed or restored.", number
        )
    else:
        words = ngettext(
            "%(number)s record was deleted or restored.", "%(number)s records were deleted or restored.", number
        )
    return {
        "undone": words % {"number": f"{number:,}"},
        "left": left,
        "more": max(0, len(undone["left"]) - LEFT_SHOWN),
    }


def _preview(request, one):
    result, address = one.result, reverse("import_file", args=[one.pk])
    rows = {view: _rows_of(one, view) for view in VIEWS}
    view, start = _view(request, rows), _number(request, "after")
    more = start + (ERRORS_ON_PAGE if view == REFUSED else PAGE_SIZE)
    page = rows[view][start:more]
    if view == REFUSED:
        found = list(_groups(request, one, page))
    elif view == SIDES:
        found, more = sides_of(one), len(rows[SIDES])
    elif view == SKIPPED:
        found = page
    else:
        answers, left = importing.picks_of(one)
        likely = previews.duplicates_in({"items": page}, one.kind, request.user)
        found = [_preview_row(one.kind, row, likely, answers, left) for row in page]
    fixes, cells_fixed = _fixes(one), sum(len(cells) for cells in one.fixes.get("cells", {}).values())
    return {
        # What is checked or typed stays when the language changes.
        "switch_form": gettext("Continue") if (found and view != SAME) or fixes or cells_fixed else "",
        "counts": result["counts"],
        "views": [
            (f"{words} ({len(rows[key]):,})", f"{address}?show={key}", key == view)
            for key, words in VIEWS.items()
            if rows[key]
        ],
        "view": view,
        "heading": VIEWS[view],
        "rows": found,
        "fixes": fixes,
        "cells_fixed": cells_fixed,
        "skipped": len(rows[SKIPPED]),
        "rows_refused": len({row for group in rows[REFUSED] for row in group["rows"] if row}),
        "pager": {
            "earlier_url": f"{address}?show={view}" if start else None,
            "more_url": f"{address}?show={view}&after={more}" if len(rows[view]) > more else None,
        },
        "sides_words": _sides_words(rows[SIDES]),
        "to_be_written": _to_be_written(result["counts"]),
        "remarks": [(row, in_words(words)) for row, words in result["remarks"]],
        "more_remarks": result["more_remarks"],
        "may_write": importing.may_be_written(request.user, one),
        "problems": len(result["problems"]),
        "is_nothing": importing.is_nothing_to_write(one),
        "source_form": SourceForm() if result.get("to_confirm") else None,
    }


def _rows_of(one, view):
    """The rows of a view: groups of errors for REFUSED, rows of the file for SKIPPED, else records."""
    result = one.result
    if view == REFUSED:
        return result.get("groups", [])
    if view == SKIPPED:
        return [{"row": row, "why": in_words(why)} for row, why in one.fixes.get("skipped", {}).items()]
    if view == SIDES:
        return [row for row in result["items"] if row.get("side") and row["state"] != REFUSED]
    if view == DECIDE:
        return [row for row in result["items"] if row["alike"] or row.get("near", ())]
    return [row for row in result["items"] if row["state"] == view]


def _view(request, rows):
    asked = request.GET.get("show", "")
    if asked and asked not in VIEWS:
        raise ValidationError({"show": gettext("This page doesn’t know these rows.")})
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
    return words % {"text": term_name(reason) if by == "kind" else reason, "number": f"{number:,}"}


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
        column, words = shown(group["column"]), in_words(group["words"])
        field, rows = fields.get(group["key"]), group["rows"]
        if field and field.key not in options:
            options[field.key] = options_of(field)
        choices = options.get(group["key"], [])
        is_by_row = bool(field and not choices and not group["is_value"] and 0 < len(rows) <= ROWS_TO_TYPE)
        yield group | {
            "label": column or gettext("Whole row"),
            "options": [(value, _option_name(field, label)) for value, label in choices],
            "message": _no_option(group["text"]) if choices and group.get("code") == NO_OPTION else words,
            "links": _links(request, one, group, field),
            "suggested": suggestion(field, group["text"], choices) if field and choices and group["text"] else "",
            "can_type": bool(field and not choices and group["is_value"]),
            "typed_rows": [(row, f"cell-{group['id']}-{row}") for row in rows] if is_by_row else [],
            "can_be_empty": bool(field and group["is_value"] and not field.is_needed),
            "rows_words": _rows_words([row for row in rows if row]),
            "can_skip": all(rows),
        }


def _rows_words(rows) -> str:
    """Which rows, in one line: “3 rows: 2, 5, 8”. The rest of many is only counted."""
    if not rows:
        return ""
    if len(rows) == 1:
        return gettext("Row %(row)s") % {"row": rows[0]}
    values = {
        "number": f"{len(rows):,}",
        "rows": ", ".join(map(str, rows[:ROWS_SHOWN])),
        "more": f"{len(rows) - ROWS_SHOWN:,}",
    }
    if len(rows) > ROWS_SHOWN:
        return gettext("%(number)s rows: %(rows)s and %(more)s more") % values
    return gettext("%(number)s rows: %(rows)s") % values


def _option_name(field, label) -> str:
    """An option in the reader's language. What a field without options may hold is shown as it is."""
    return gettext(label) if field.reads in ("choice", "choices") else term_name(label)


def _no_option(text) -> str:
    """What is wrong with a text, on a page that shows the options."""
    return gettext("“%(text)s” isn’t one of the options.") % {"text": text[:SHOWN]}


def _fixes(one):
    """What was corrected for all cells with a text."""
    fields = KINDS[one.kind].by_key
    return [
        {
            "name": f"{key}|{text}",
            "label": gettext(fields[key].label),
            "text": text,
            "value": _option_name(fields[key], value) if value else "",
        }
        for key, texts in one.fixes.get("values", {}).items()
        if key in fields
        for text, value in texts.items()
    ]


def _number(request, name):
    text = request.GET.get(name, "0")
    if not text.isdecimal() or len(text) > 9:
        raise ValidationError({name: gettext("Enter a number here.")})
    return int(text)


def _preview_row(kind, row, likely, answers, left):
    """A row of the preview with the choices so far. `likely`: as from `previews.duplicates_in`."""
    mine = left.get(row["key"], ())
    duplicates = [
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
    duplicates += [
        {
            "score": score,
            "reasons": list(map(in_words, reasons)),
            "public_id": answer,
            "name": shown(name),
            "words": gettext("The same name") if score == SAME_NAME else gettext("Likely the same"),
            "url": "",
            "is_it": answers.get(row["key"]) == answer,
        }
        for score, reasons, answer, name in row.get("near", ())
    ]
    differences = [
        {
            "name": f"{row['key']}:{one['key']}",
            "label": in_words(one["label"]),
            "there": shown(one["there"]),
            "given": shown(one["given"]),
            "take": one["key"] not in mine,
        }
        for one in row["differences"]
    ]
    owner_words = gettext("Number of %(name)s") if kind == ImportKind.NUMBERS else gettext("Contact of %(name)s")
    heading = {"row": ", ".join(map(str, row["rows"])), "name": row["title"]}
    return row | {
        "heading": gettext("Row %(row)s: %(name)s") % heading,
        "owner_words": owner_words % {"name": row["owner"][2]} if row["owner"] else "",
        "values": [(in_words(label), shown(value)) for label, value in row["values"]],
        "url": reverse(row["record"][0], args=[row["record"][1]]) if row["record"] else "",
        "owner_url": reverse(row["owner"][0], args=[row["owner"][1]]) if row["owner"] else "",
        "likely": duplicates,
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
    seen = previews.still_seen(written[after : after + 100], request.user, lambda row: (row[1], row[2]))
    rows = [
        {"verb": _VERBS[verb], "name": name, "url": reverse(kind, args=[public_id])}
        for verb, kind, public_id, name in seen
    ]
    address = reverse("import_file", args=[one.pk])
    more = f"{address}?after={after + 100}" if len(written) > after + 100 else None
    added = one.result.get("added", sum(1 for row in written if row[0] == "added"))
    changed = one.result.get("changed", len(written) - added)
    words = gettext("%(added)s added, %(changed)s changed, %(same)s without a change. We deleted the file.")
    return {
        "added": added,
        "imported": words
        % {"added": f"{added:,}", "changed": f"{changed:,}", "same": f"{one.result.get('same', 0):,}"},
        "rows": rows,
        "skipped": len(one.result.get("skipped", [])),
        "may_undo": importing.may_be_undone(one),
        "failed": problem_rows(request.user, one),
        "pager": {"earlier_url": address if after else None, "more_url": more},
    }
