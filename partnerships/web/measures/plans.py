"""Pages of plans: the list, one plan with which partnership serves which outcome, and changing it outcome by outcome."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.core.plain import fields_of
from partnerships.core.workbooks import CONTENT_TYPE, workbook
from partnerships.measurement import plan_queries as queries
from partnerships.measurement import plans
from partnerships.measurement.models import Outcome, Plan
from partnerships.measurement.plan_fields import COLUMNS
from partnerships.measurement.rules import may_write_plan
from partnerships.registry.rules import may_add_partnership
from partnerships.web import conflicts
from partnerships.web.csv import download
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import (
    overtaken,
    place_errors,
    saved,
    status_of,
    taken_over,
    throwaway,
    typed,
    version_of,
)
from partnerships.web.forms.plan import OutcomeForm, PlanForm
from partnerships.web.forms.record import WhyForm
from partnerships.web.partnerships.activities import plain_values
from partnerships.web.record_history import latest

OF_OUTCOME = (*plans.OUTCOME, "partnerships")
_CHANGED = "Someone changed this plan while you were reading. Look at it again, then decide."


@never_cache
@require_safe
def plan_list(request):
    rows = [
        {
            "url": _page(one),
            "title": one.title,
            "facts": [str(one.lead), f"{one.size} outcome{'s' * (one.size != 1)}"],
            "note": "" if one.is_published else "Only its office sees it",
            "is_illustration": one.is_illustration,
        }
        for one in queries.plan_list(request.user, request.GET)
    ]
    return render(request, "measures/plans.html", {"rows": rows, "may_add": may_add_partnership(request.user)})


@never_cache
@require_safe
def plan(request, public_id):
    record = queries.plan(request.user, public_id)
    context = {
        "record": record,
        "found": queries.serving(request.user, record),
        "may_write": may_write_plan(request.user, record),
        **latest(request.user, record),
        "crumbs": [("Plans", reverse("plans"))],
    }
    return render(request, "measures/plan.html", context)


@never_cache
@require_safe
def file(request, public_id, ending):
    """The outcomes as CSV or XLSX, with the columns that an import reads and the partnerships that serve each."""
    record = queries.plan(request.user, public_id)
    columns = [*(column.label for column in COLUMNS), "Partnerships"]
    rows = (
        [*(getattr(one, column.key) for column in COLUMNS), "; ".join(table.title for table in one.seen_partnerships)]
        for one in queries.serving(request.user, record).outcomes
    )
    name = f"plan-{record.public_id}.{ending}"
    if ending == "csv":
        return download(name, columns, rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(workbook("Outcomes", columns, rows), content_type=CONTENT_TYPE, headers=headers)


def _page(record):
    return reverse("plan", args=[record.public_id])


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new(request):
    require(may_add_partnership(request.user))
    form = PlanForm(request.POST or None, instance=Plan(), person=request.user)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in PlanForm.Meta.fields}
        try:
            after = plans.save_plan(by=request.user, fields=fields, why=form.cleaned_data["why"])
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Added. Now bring in its outcomes, or add the first one.", _page(after))
    return _show(request, form, Plan(), "Add a plan")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    record = queries.plan(request.user, public_id)
    require(may_write_plan(request.user, record))
    form, conflict = PlanForm(request.POST or None, instance=throwaway(record), person=request.user), None
    if request.method == "POST" and form.is_valid():
        theirs = conflicts.chosen_theirs(request.POST)
        fields = {name: form.cleaned_data[name] for name in plans.FIELDS if name not in theirs}
        given = {"version": version_of(request), "why": form.cleaned_data["why"]}
        try:
            after = plans.save_plan(plan=record, by=request.user, fields=fields, **given)
        except Stale as stale:
            now, labels = plans.snapshot(stale.current), {name: form.fields[name].label for name in plans.FIELDS}
            conflict = conflicts.compare(stale.current, stale.given, now, typed(form, plans.FIELDS), labels=labels)
            fresh = PlanForm(instance=throwaway(stale.current), person=request.user)
            form = taken_over(
                PlanForm, request, fresh, conflict, instance=throwaway(stale.current), person=request.user
            )
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            words = "Saved." if after.version != record.version else "Nothing was different, so nothing was saved."
            return saved(request, words, _page(after))
    return _show(request, form, record, f"Edit: {record.title}", conflict)


def _show(request, form, record, title, conflict=None):
    unjudged(request, [form])
    context = {
        "title": title,
        "label": "What it says",
        "form": form,
        "conflict": conflict,
        "version": version_shown(request, record, conflict.version if conflict else 0),
        "back": _page(record) if record.pk else reverse("plans"),
        "crumbs": [("Plans", reverse("plans"))] + ([(record.title, _page(record))] if record.pk else []),
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "record_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def outcome_new(request, public_id):
    record = queries.plan(request.user, public_id)
    require(may_write_plan(request.user, record))
    return _outcome(request, record, Outcome(plan=record), f"Add an outcome: {record.title}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def outcome_edit(request, public_id, pk):
    record = queries.plan(request.user, public_id)
    outcome = queries.outcome(record, pk)
    require(may_write_plan(request.user, record))
    return _outcome(request, record, outcome, f"Edit: {outcome}")


def _outcome(request, record, outcome, title):
    given = {"plan": record, "person": request.user}
    form, conflict = OutcomeForm(request.POST or None, instance=throwaway(outcome), **given), None
    if request.method == "POST" and form.is_valid():
        try:
            _save_outcome(request, record, outcome, form)
        except Stale as stale:
            current = queries.outcome(stale.current, outcome.pk) if outcome.pk else Outcome(plan=record)
            conflict = _meet(stale, current, form)
            fresh = OutcomeForm(instance=throwaway(current), **given)
            form = taken_over(OutcomeForm, request, fresh, conflict, instance=throwaway(current), **given)
        except ValidationError as problem:
            place_errors(_of_one(problem), form)
        else:
            return saved(request, "Saved.", _page(record) + "#outcomes")
    return _show(request, form, record, title, conflict)


def _save_outcome(request, record, outcome, form):
    theirs = conflicts.chosen_theirs(request.POST)
    return plans.save_outcome(
        plan=record,
        by=request.user,
        outcome=outcome if outcome.pk else None,
        fields={name: plain_list(form.cleaned_data[name]) for name in OF_OUTCOME if name not in theirs},
        version=version_of(request),
        why=form.cleaned_data["why"],
    )


def plain_list(value):
    return list(value) if hasattr(value, "model") else value


def _of_one(problem):
    """The errors of a plan's rows as those of the one row that was sent."""
    errors = problem.error_dict if hasattr(problem, "error_dict") else {}
    named = {(key.split("-", 2)[2] if key.startswith("outcomes-") else key): found for key, found in errors.items()}
    return ValidationError(named) if named else problem


def _meet(stale, current, form):
    """Of a plan that was saved in between, this outcome: both texts where it was changed on both sides."""
    labels = {name: form.fields[name].label for name in OF_OUTCOME}
    here = {"outcomes": [fields_of(current, leave_out=("plan", "position"))]} if current.pk else {"outcomes": []}
    now = plans.snapshot(stale.current)

    def normalize(shot):
        return next((row for row in shot["outcomes"] if _is_it(row, here)), {})

    mine = plain_values({name: plain_list(form.cleaned_data[name]) for name in OF_OUTCOME})
    if not current.pk:  # a new one is in nobody's way
        return conflicts.Conflict(version=stale.current.version, given=stale.given)
    return conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=normalize)


def _is_it(row, here):
    one = here["outcomes"][0] if here["outcomes"] else {}
    return bool(one) and (row["title"] == one["title"] or (one["number"] and row["number"] == one["number"]))


@never_cache
@require_http_methods(["GET", "POST"])
def outcome_remove(request, public_id, pk):
    record = queries.plan(request.user, public_id)
    outcome = queries.outcome(record, pk)
    require(may_write_plan(request.user, record))
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = {"version": version_of(request), "why": form.cleaned_data["why"]}
        try:
            plans.remove_outcome(plan=record, by=request.user, outcome=outcome, **given)
            return saved(request, "Taken out.", _page(record) + "#outcomes")
        except Stale as stale:
            record = overtaken(form, stale, _CHANGED)
        except ValidationError as problem:
            place_errors(problem, form)
    context = {
        "title": "Take this outcome out?",
        "text": f"{outcome}. It goes from the plan, from what partnerships serve, and from activities. The history of the plan "
        "can bring it back, without its activities.",
        "record": record,
        "form": form,
        "button": "Take it out",
        "back": _page(record),
        "crumbs": [("Plans", reverse("plans")), (record.title, _page(record))],
    }
    return render(request, "step.html", context, status=status_of(form))
