"""Editing results: a new one, and a change."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import may_write_somewhere, require
from partnerships.core.errors import Stale, ValidationError
from partnerships.measurement import actions, queries
from partnerships.measurement.models import Result
from partnerships.measurement.rules import may_write_result
from partnerships.registry import queries as registry
from partnerships.registry.rules import partnerships_visible_to
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, raw, saved, throwaway, typed, version_of
from partnerships.web.forms.results import ResultForm

FIELDS = (*ResultForm.Meta.fields, "partnerships")
SAME = "Nothing was different, so nothing was saved."


@require_http_methods(["GET", "POST"])
@keeps_drafts("partnership")
def new(request):
    require(may_write_somewhere(request.user))
    of = request.GET.get("partnership")  # one that works on it
    table = registry.partnership(request.user, of) if of else None
    given = {"partnerships": [table], "lead": table.lead_id} if table else {}
    form = _form(request, Result(), request.POST or None, given)
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, None)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Added. Now say how we will know: add an indicator.", _page(after))
    return _show(request, form, Result(), "Add a result")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    record = queries.result(request.user, public_id)
    require(may_write_result(request.user, record))
    form, conflict = _form(request, record, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, record, conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            form, conflict = _meet(request, form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Saved." if after.version != record.version else SAME, _page(after))
    return _show(request, form, record, f"Edit: {record.title}", conflict)


def _form(request, record, data=None, given=None):
    initial = {"partnerships": _seen(request.user, record)} if record.pk else given
    return ResultForm(data, instance=throwaway(record), person=request.user, initial=initial)


def _seen(person, record):
    return list(partnerships_visible_to(person).filter(results=record).order_by("title", "pk"))


def _save(request, form, record, leave_out=()):
    fields = {name: form.cleaned_data[name] for name in FIELDS if name not in leave_out}
    for name in {"issue_areas", "partnerships"} & fields.keys():
        fields[name] = list(fields[name])
    if record and "partnerships" in fields:  # one that she may not see stays where it is
        seen = {one.pk for one in _seen(request.user, record)}
        fields["partnerships"] += [one for one in record.partnerships.all() if one.pk not in seen]
    return actions.save_result(
        result=record,
        by=request.user,
        fields=fields,
        version=version_of(request) if record else None,
        why=form.cleaned_data["why"],
    )


def _meet(request, form, stale):
    labels = {name: field.label for name, field in form.fields.items()}
    now, mine = actions.snapshot_result(stale.current), typed(form, FIELDS)
    shown = {one.public_id for one in _seen(request.user, stale.current)}

    def shown_only(shot):
        seen = [text for text in shot["partnerships"] if text in shown or text in mine["partnerships"]]
        return shot | {"partnerships": seen}

    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=shown_only)
    data, fresh = request.POST.copy(), _form(request, stale.current)
    for name in conflict.theirs & set(FIELDS):
        data.setlist(name, raw(fresh[name]))
    return _form(request, stale.current, data), conflict


def _show(request, form, record, title, conflict=None):
    unjudged(request, [form])
    context = {
        "title": title,
        "form": form,
        "all_forms": [form],
        "label": "The result",
        "conflict": conflict,
        "version": version_shown(request, record, conflict.version if conflict else 0),
        "back": _page(record) if record.pk else reverse("results"),
        "crumbs": [("Results", reverse("results"))] + ([(record.title, _page(record))] if record.pk else []),
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "record_edit.html", context, status=status)


def _page(record):
    return reverse("result", args=[record.public_id])
