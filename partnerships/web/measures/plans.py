"""Pages of plans: the list, one plan with the partnerships that serve each outcome, and edit pages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.core.workbooks import CONTENT_TYPE, workbook
from partnerships.measurement import plan_queries as queries
from partnerships.measurement import plans
from partnerships.measurement.models import Outcome, Plan
from partnerships.measurement.plan_fields import COLUMNS
from partnerships.measurement.rules import may_write_plan
from partnerships.registry.rules import may_add_partnership
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import as_in_snapshots, version_of
from partnerships.web.frame.forms.record import WhyForm
from partnerships.web.frame.record_edit import SAVED, RecordEdit, edit_record
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.measures.forms.plan import OutcomeForm, PlanForm

_CHANGED = _("Someone changed this plan while you had it open. Review it again, then decide.")


@never_cache
@require_safe
def plan_list(request):
    rows = [
        {
            "url": one.get_absolute_url(),
            "title": one.title,
            "facts": [
                str(one.lead),
                ngettext("%(number)s outcome", "%(number)s outcomes", one.size) % {"number": one.size},
            ],
            "note": "" if one.is_published else gettext("Only the office can see it"),
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
        "crumbs": [(gettext("Plans"), reverse("plans"))],
    }
    return render(request, "measures/plan.html", context)


@page_language.english_only
@never_cache
@require_safe
def file(request, public_id, ending):
    """The outcomes as CSV or XLSX, with the columns of an import and the partnerships that serve each outcome."""
    record = queries.plan(request.user, public_id)
    columns = [*(column.label for column in COLUMNS), gettext("Partnerships")]
    rows = (
        [
            *(getattr(one, column.key) for column in COLUMNS),
            "; ".join(partnership.title for partnership in one.seen_partnerships),
        ]
        for one in queries.serving(request.user, record).outcomes
    )
    name = f"plan-{record.public_id}.{ending}"
    if ending == "csv":
        return download(name, columns, rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(workbook("Outcomes", columns, rows), content_type=CONTENT_TYPE, headers=headers)


class PlanEdit(RecordEdit):
    form_class = PlanForm
    fields = PlanForm.Meta.fields
    label = _("Plan")
    added = _("Added. Now import its outcomes, or add the first one.")


@require_http_methods(["GET", "POST"])
@with_drafts()
def new(request):
    require(may_add_partnership(request.user))
    return edit_record(PlanEdit(request, Plan(), gettext("Add a plan")))


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.plan(request.user, public_id)
    require(may_write_plan(request.user, record))
    return edit_record(PlanEdit(request, record, gettext("Edit: %(title)s") % {"title": record.title}))


class OutcomeEdit(RecordEdit):
    """One outcome. Its version is that of its plan."""

    form_class = OutcomeForm
    fields = (*plans.OUTCOME, "partnerships")
    label = _("Plan")

    @property
    def versioned(self):
        return self.record.plan

    def form_arguments(self, data):
        return {"plan": self.record.plan, "person": self.person}

    def made_for(self, current, data=None):
        outcome = queries.outcome(current, self.record.pk) if self.record.pk else Outcome(plan=current)
        return super().made_for(outcome, data)

    def save(self, leave_out, version):
        return plans.save_outcome(
            plan=self.record.plan,
            by=self.person,
            outcome=self.existing,
            fields=self.values(leave_out),
            version=version,
            why=self.form.cleaned_data["why"],
        )

    def place_errors(self, problem):
        """Turn errors about rows of the plan into errors of the one row that was sent."""
        errors = problem.error_dict if hasattr(problem, "error_dict") else {}
        named = {(key.split("-", 2)[2] if key.startswith("outcomes-") else key): found for key, found in errors.items()}
        super().place_errors(ValidationError(named) if named else problem)

    def snapshot(self, current):
        return plans.snapshot(current)

    def submitted(self):
        return as_in_snapshots(self.values())

    def comparable(self, snapshot, current):
        """The row of this outcome in the snapshot of its plan."""
        one = queries.outcome(current, self.record.pk)
        return next(
            (
                row
                for row in snapshot["outcomes"]
                if row["title"] == one.title or (one.number and row["number"] == one.number)
            ),
            {},
        )

    def saved_message(self, after):
        return SAVED

    def saved_url(self, after):
        return f"{self.back()}#outcomes"

    def back(self):
        return self.record.plan.get_absolute_url()

    def crumbs(self):
        return [(gettext("Plans"), reverse("plans")), (self.record.plan.title, self.record.plan.get_absolute_url())]


@require_http_methods(["GET", "POST"])
@with_drafts()
def outcome_new(request, public_id):
    record = queries.plan(request.user, public_id)
    require(may_write_plan(request.user, record))
    return edit_record(
        OutcomeEdit(request, Outcome(plan=record), gettext("Add an outcome: %(plan)s") % {"plan": record.title})
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def outcome_edit(request, public_id, pk):
    record = queries.plan(request.user, public_id)
    outcome = queries.outcome(record, pk)
    require(may_write_plan(request.user, record))
    return edit_record(OutcomeEdit(request, outcome, gettext("Edit: %(title)s") % {"title": outcome}))


@never_cache
@require_http_methods(["GET", "POST"])
def outcome_remove(request, public_id, pk):
    record = queries.plan(request.user, public_id)
    outcome = queries.outcome(record, pk)
    require(may_write_plan(request.user, record))
    to = f"{record.get_absolute_url()}#outcomes"

    def act(data):
        version = version_of(request)
        plans.remove_outcome(plan=record, by=request.user, outcome=outcome, version=version, why=data["why"])
        return gettext("Removed.")

    def page(record):
        return Step(
            title=gettext("Remove this outcome?"),
            text=gettext(
                "%(outcome)s. It’s removed from the plan, its partnerships and its activities. You can "
                "restore it from the plan’s history, without its activities."
            )
            % {"outcome": outcome},
            record=record,
            button=gettext("Remove outcome"),
            back=record.get_absolute_url(),
            crumbs=[(gettext("Plans"), reverse("plans")), (record.title, record.get_absolute_url())],
        )

    return take_step(request, WhyForm(posted_data(request)), act, page, record, to=to, changed=_CHANGED)
