"""The history of a record: its latest changes on the record's page, a page with all changes, and undo."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core import merges, record_types
from partnerships.core.access import require
from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.models import type_key
from partnerships.core.record_types import may_read_history
from partnerships.directory.rules import may_merge
from partnerships.records import undoing
from partnerships.registry import change_queries
from partnerships.web.frame.editing import add_errors, mark_conflict, redirect_after_save, status_of, version_of
from partnerships.web.frame.forms.record import UndoForm
from partnerships.web.frame.history import changes_in_words, in_words, name_of_person, why_in_words
from partnerships.web.frame.history_words import ValueWords

MERGED_KINDS = ("organization", "department")

PAGE_SIZE = 25
# The names of the lists in which records are (`RecordType.listed_in`).
LISTS = {
    "actions": gettext_noop("Action items"),
    "departments": gettext_noop("Departments"),
    "issue_areas": gettext_noop("Issue areas"),
    "interactions": gettext_noop("Interactions"),
    "jurisdictions": gettext_noop("Jurisdictions"),
    "measures": gettext_noop("Measures"),
    "meetings": gettext_noop("Meetings"),
    "organizations": gettext_noop("Organizations"),
    "partnerships": gettext_noop("Partnerships"),
    "plans": gettext_noop("Plans"),
    "results": gettext_noop("Results"),
}


def latest(person, record) -> dict:
    """The latest changes and the URL of the history, for the record's page.

    Both are empty if the person may not read it.
    """
    if not may_read_history(person, record):
        return {"changes": [], "history_url": ""}
    changes = change_queries.change_log(person, record)
    return {
        "changes": changes_in_words(changes, ValueWords(person, record, changes)),
        "history_url": _address(record, "history"),
    }


@never_cache
@require_safe
def history(request, kind, public_id):
    person, record = request.user, record_types.get(kind).find(request.user, public_id)
    page = change_queries.change_pages(person, record, request.GET).page(PAGE_SIZE)
    changes, here = page.rows, _address(record, "history")
    rows = changes_in_words(changes, ValueWords(person, record, changes))
    may_undo, undone = undoing.may_undo(person, record), undoing.undone(record, changes)
    for change, row in zip(changes, rows, strict=True):
        state = undone.get(change.pk)
        row["undone"] = state and {
            "at": state.entry.at,
            "by": name_of_person(state.entry.by),
            "is_whole": state.is_whole,
        }
        if may_undo and change.verb == "update" and change.record_id == record.pk and not (state and state.is_whole):
            row["undo_url"] = _address(record, "undo", change.pk)
    context = {
        "record": record,
        "changes": rows,
        "note": record_types.get(kind).history_note,
        "made_one": merged_records(person, record),
        "pager": {
            "earlier_url": f"{here}?cursor={page.previous}" if page.previous else None,
            "more_url": f"{here}?cursor={page.next}" if page.next else None,
            "label": _("Changes %(first)s to %(last)s, newest first")
            % {"first": f"{page.first:,}", "last": f"{page.first + len(rows) - 1:,}"}
            if rows
            else "",
        },
        "crumbs": _crumbs(kind, record),
    }
    return render(request, "records/history.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def undo(request, kind, public_id, pk):
    person, record = request.user, record_types.get(kind).find(request.user, public_id)
    change = undoing.change_of(person, record, pk)
    require(undoing.may_undo(person, record))
    form, sent = UndoForm(request.POST or None), {"version": version_of(request), "seen": request.POST.getlist("field")}
    if request.method == "POST" and form.is_valid():
        try:
            undoing.undo(record=record, change=change, by=person, why=form.cleaned_data["why"], **sent)
        except EditConflict as stale:
            mark_conflict(form, stale)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(
                request, _("Undone. The record has its earlier values again."), _address(record, "history")
            )
        record = record_types.get(kind).find(person, public_id)
    return _show_undo(request, kind, record, change, form)


def _show_undo(request, kind, record, change, form):
    plan = undoing.plan_for(request.user, record, change)
    say = ValueWords(request.user, record, [change, _Now({line.key: line.now for line in plan.lines})])
    rows: list[dict] = [
        {
            "label": say.name_of(line.key),
            "before": in_words(line.was, say, line.key),
            "after": in_words(line.became, say, line.key),
            "now": in_words(line.now, say, line.key),
            "why": _(line.obstacle) if line.obstacle else "",
            "line": line,
        }
        for line in plan.lines
    ]
    context = {
        "record": record,
        "change": {"at": change.at, "by": name_of_person(change.by), "why": why_in_words(change.why)},
        "refused": _(plan.refused) if plan.refused else "",
        "comes_back": [row for row in rows if row["line"].key in plan.wanted],
        "stays": [row for row in rows if row["line"].obstacle],
        "hides_form": not plan.wanted,
        "brings_rows": any(_brings_back(line) for line in plan.lines if line.key in plan.wanted),
        "form": form,
        "back": _address(record, "history"),
        "crumbs": [*_crumbs(kind, record), (_("History"), _address(record, "history"))],
    }
    return render(request, "records/undo.html", context, status=status_of(form))


def _brings_back(line) -> bool:
    """Whether undo restores a party or contact that the record doesn't have now."""
    if line.key not in ("parties", "contacts"):
        return False
    was, now = ({tuple(row.get(name) for name in _WHO) for row in rows} for rows in (line.was, line.now))
    return bool(was - now)


_WHO = ("organization", "department", "jurisdiction", "name")


class _Now:
    """Current values in the form of a log entry, so that `ValueWords` reads their names as well."""

    def __init__(self, snapshot):
        self.before, self.after = {}, snapshot


def _address(record, page, *args):
    return reverse(f"{type_key(record)}_{page}", args=[record.public_id, *args])


def _crumbs(kind, record):
    page, listed_in = reverse(kind, args=[record.public_id]), record_types.get(kind).listed_in
    return [(_(LISTS[listed_in]), reverse(listed_in)), (str(record), page)]


def merged_records(person, record) -> list[dict]:
    """The merges of a record that this person can undo, for its history."""
    kind = type_key(record)
    if kind not in MERGED_KINDS or not may_merge(person, record):
        return []
    rows = [row for row in merges.active_merges(record).select_related("by") if merges.can_be_undone(row)]
    return [{"merge": row, "url": reverse(f"{kind}_apart", args=[record.public_id, row.pk])} for row in rows]
