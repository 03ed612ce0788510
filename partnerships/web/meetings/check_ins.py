"""Check-ins of a partnership: setting and changing their rhythm, and noting that one was held."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.meetings import check_ins, queries
from partnerships.meetings.models import CheckInPlan
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, saved, status_of, taken_over, throwaway, typed, version_of
from partnerships.web.forms.check_in import CheckInDoneForm, CheckInPlanForm
from partnerships.web.words import day

_LEAD = "Check-ins keep people talking between meetings. Only staff of the lead see who is asked, and what is answered."


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    return _edit(request, CheckInPlan(partnership=partnership, zone=partnership.lead.zone))


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    plan = queries.check_in_plan(request.user, public_id)
    require(may_write_partnership(request.user, plan.partnership))
    return _edit(request, plan)


def _edit(request, plan):
    given, conflict = _given(request.user, plan), None
    form = CheckInPlanForm(request.POST or None, **given)
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, plan)
        except Stale as stale:
            conflict = _compared(form, stale)
            given = _given(request.user, stale.current)
            form = taken_over(CheckInPlanForm, request, CheckInPlanForm(**given), conflict, **given)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            is_same = plan.pk and after.version == plan.version
            return saved(request, "Nothing was different, so nothing was saved." if is_same else "Saved.", _back(plan))
    return _show(request, form, plan, conflict)


def _given(person, plan):
    """What the form is made of."""
    holders = queries.people_of_the_lead(plan.partnership)
    if plan.holder and plan.holder not in holders:
        holders.append(plan.holder)
    initial = {"answered_by": queries.answered_by(plan), "holder": str(plan.holder_id or "")}
    answerers = queries.who_may_answer(person, plan)
    return {"instance": throwaway(plan), "initial": initial, "answerers": answerers, "holders": holders}


def _save(request, form, plan):
    theirs, data = conflicts.chosen_theirs(request.POST), form.cleaned_data
    fields = {name: data[name] for name in (*check_ins.FIELDS, "holder") if name in data and name not in theirs}
    if "answered_by" in form.changed_data and "answered_by" not in theirs:
        fields |= data["answered_by"]
    given = {"by": request.user, "why": data["why"]}
    if plan.pk is None:
        return check_ins.save_check_in_plan(fields=fields | {"partnership": plan.partnership}, **given)
    return check_ins.save_check_in_plan(checkinplan=plan, fields=fields, version=version_of(request), **given)


def _compared(form, stale):
    labels = {name: field.label for name, field in form.fields.items()}
    answers = form.answerers[form.data["answered_by"]][0].split(" · ")[0]
    mine = typed(form, (*check_ins.FIELDS, "holder")) | {"answered_by": answers}

    def comparable(shot):
        return shot | {"answered_by": shot["person"] or shot["contact"]}

    now = check_ins.snapshot(stale.current)
    return conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=comparable)


def _back(plan):
    return f"{reverse('partnership', args=[plan.partnership.public_id])}#office"


def _show(request, form, plan, conflict):
    unjudged(request, [form])
    partnership = plan.partnership
    title = f"{'Change' if plan.pk else 'Set'} check-ins: {partnership.title}"
    context = {
        "title": title,
        "lead": f"Next due on {day(plan.next_due_on)}." if plan.pk else _LEAD,
        "label": "The check-ins",
        "form": form,
        "all_forms": [form],
        "conflict": conflict,
        "version": version_shown(request, plan, conflict.version if conflict else 0),
        "history_url": reverse("checkinplan_history", args=[plan.public_id]) if plan.pk else "",
        "back": _back(plan),
        "crumbs": [("Partnerships", reverse("partnerships")), (partnership.title, _back(plan))],
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "record_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def done(request, public_id):
    plan = queries.check_in_plan(request.user, public_id)
    require(may_write_partnership(request.user, plan.partnership))
    form = CheckInDoneForm(request.POST or None, initial={"done_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            given = {"by": request.user, "due_on": request.POST.get("due_on")}
            check_ins.record_check_in(plan=plan, **given, **form.cleaned_data)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Noted. The next check-in is set by the rhythm.", _back(plan))
    context = {
        "title": f"Check-in due on {day(plan.next_due_on)}",
        "text": f"{plan.partnership}. {plan.get_rhythm_display()}.",
        "record": plan,
        "form": form,
        "due_on": plan.next_due_on,
        "button": "Note that it was held",
        "back": _back(plan),
    }
    return render(request, "step.html", context, status=status_of(form))
