"""Bulk edit of a list: choose records, preview, save. Also the page of a bulk change, which can undo it as a whole."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core import record_types
from partnerships.core.access import may_write_somewhere, require
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.core.ids import primary_key
from partnerships.records import bulk
from partnerships.web.frame.editing import QUICKER, add_errors, page_status, redirect_after_save
from partnerships.web.frame.forms.bulk import FORMS
from partnerships.web.frame.forms.record import UndoForm
from partnerships.web.frame.history import in_words, name_of_person
from partnerships.web.frame.history_words import ValueWords
from partnerships.web.frame.lists.parameters import saved_parameters
from partnerships.web.frame.nouns import LISTS
from partnerships.web.frame.page_language import typed_now
from partnerships.web.frame.words import label, value_in_words

_NOT_ALLOWED = gettext_noop("You don’t have permission to change it.")
_NOT_YOURS = gettext_lazy(
    "You can no longer change all of these. We didn’t save anything. Review them again, then decide."
)


@never_cache
@require_http_methods(["GET", "POST"])
def bulk_edit(request, kind):
    """Show the records of a filtered list with checkboxes, then a preview of the changes, then save them."""
    require(may_write_somewhere(request.user))
    records, is_more = _of_list(request, kind)
    form = FORMS[kind](request.POST or None, person=request.user)
    lines = []
    if request.method == "POST":
        seen = _versions(request.POST, "record")
        if form.is_valid():
            try:
                if "save" in request.POST:
                    done = bulk.change_many(
                        kind=kind, by=request.user, seen=seen, asked=form.asked, why=form.cleaned_data["why"]
                    )
                    return redirect_after_save(
                        request,
                        _("Saved. You can undo all of these changes here."),
                        reverse("changed_together", args=[done]),
                    )
                lines = _looked_at(request, kind, seen, form)
            except NotAllowed:
                form.add_error(None, ValidationError(_NOT_YOURS, code=bulk.OVERTAKEN))
            except ValidationError as problem:
                add_errors(problem, form)
        ticked = set(seen)
    elif (typed := typed_now()) is not None:
        ticked = {*_versions(typed, "record")}
    else:
        ticked = {record.public_id for record in records}
    return _show(request, kind, form, records, ticked, lines, is_more)


def _of_list(request, kind):
    """The first records of the list in this URL that the person may change, and whether the list has more."""
    rows = list(record_types.get(kind).list_of(request.user, request.GET).ordered()[: bulk.MOST + 1])
    may = bulk.writable(request.user, kind, rows)
    return [row for row in rows[: bulk.MOST] if row.pk in may], len(rows) > bulk.MOST


def _versions(data, name) -> dict:
    """Public ID or primary key → the version that was shown, from values of the form “key:version”.

    An invalid version counts as 0, which no record has.
    """
    pairs = [text.partition(":") for text in data.getlist(name)[: bulk.MOST + 1]]
    return {
        key: int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        for key, _, version in pairs
    }


def _looked_at(request, kind, seen, form):
    records = bulk.find(request.user, kind, list(seen))
    lines = [
        line for line in bulk.preview(request.user, kind, records, form.asked) if line.changes and not line.may_not
    ]
    if not lines:
        raise ValidationError(bulk.NONE)
    return lines


def _show(request, kind, form, records, ticked, lines, is_more):
    changing = {line.record.public_id for line in lines}
    query, named = saved_parameters(request.GET), record_types.get(kind).name_of
    context = {
        "title": FORMS[kind].TITLE,
        "form": form,
        "hides_form": not records and not lines,
        "records": records,
        "ticked": ticked,
        "lines": [
            {
                "record": line.record,
                "changes": [
                    (_(named(name)), _words(name, was), _words(name, new)) for name, (was, new) in line.changes.items()
                ],
            }
            for line in lines
        ],
        "same": len(ticked - changing) if lines else 0,
        "is_more": is_more,
        "most": bulk.MOST,
        "back": reverse(f"{kind}s") + (f"?{query}" if query else ""),
        "crumbs": [(LISTS[f"{kind}s"], reverse(f"{kind}s"))],
    }
    return render(request, "records/bulk.html", context, status=_status_of(form))


def _status_of(form) -> int:
    is_stale = any(form.has_error("__all__", code) for code in (bulk.OVERTAKEN, *QUICKER))
    return page_status(is_stale=is_stale, has_errors=form.errors)


def _words(name, value) -> str:
    if name in ("status", "kind") and isinstance(value, str):
        return label(value, name)
    return value_in_words(value)


@never_cache
@require_safe
def bulk_change(request, request_id):
    """The page of all changes that were saved in one request."""
    rows = bulk.bulk_changes(request.user, request_id)
    context = _change_context(request.user, request_id, rows) | {"is_open": any(one.is_open for one in rows)}
    return render(request, "records/changed_together.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def undo(request, request_id):
    """Undo all changes of one request that can be undone, in one transaction."""
    person, form = request.user, UndoForm(request.POST or None)
    rows = bulk.bulk_changes(person, request_id, plans=request.method != "POST")
    require(any(one.may_undo for one in rows))
    if request.method == "POST" and form.is_valid():
        try:
            n = bulk.undo_together(
                request_id=request_id, by=person, seen=_seen_changes(request), why=form.cleaned_data["why"]
            )
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            words = ngettext(
                "Undone. %(number)s record has its earlier values again.",
                "Undone. %(number)s records have their earlier values again.",
                n,
            )
            return redirect_after_save(request, words % {"number": n}, reverse("changed_together", args=[request_id]))
    if request.method == "POST":
        rows = bulk.bulk_changes(person, request_id, plans=True)
    context = _change_context(person, request_id, rows) | {
        "form": form,
        "can": [one for one in rows if one.can_be_undone],
        "cannot": [
            {
                "record": one.record,
                "undone": one.undone,
                "refused": _((one.plan and one.plan.refused) or _NOT_ALLOWED),
            }
            for one in rows
            if not one.can_be_undone
        ],
    }
    context["hides_form"] = not context["can"]
    return render(request, "records/undo_together.html", context, status=_status_of(form))


def _change_context(person, request_id, rows):
    return {
        "rows": [_row(person, one) for one in rows],
        "at": rows[0].change.at,
        "by": name_of_person(rows[0].change.by),
        "page": reverse("changed_together", args=[request_id]),
        "undo_url": reverse("undo_together", args=[request_id]),
    }


def _seen_changes(request) -> dict[int, int]:
    """ID of a change → the version of its record that was shown. An invalid ID counts as 0, which no change has."""
    sent = _versions(request.POST, "change")
    return {primary_key(key): sent[key] for key in sent}


def _row(person, one):
    say = ValueWords(person, one.record, [one.change])
    return {
        "record": one.record,
        "url": one.record.get_absolute_url(),
        "change": one.change,
        "fields": [
            (
                say.name_of(key),
                in_words(one.change.before.get(key), say, key),
                in_words(one.change.after.get(key), say, key),
            )
            for key in sorted({**one.change.before, **one.change.after})
        ],
        "undone": one.undone,
    }
