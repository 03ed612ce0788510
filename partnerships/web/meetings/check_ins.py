"""Check-ins of a partnership: set and change their schedule, and record that one was held."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.meetings import check_ins, queries
from partnerships.meetings.models import CheckInPlan
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.frame.words import day
from partnerships.web.meetings.forms.check_in import CheckInDoneForm, CheckInPlanForm

_LEAD = _(
    "Check-ins keep people in touch between meetings. Only staff of the lead agency can see who is asked and what they "
    "answer."
)


class CheckInPlanEdit(RecordEdit):
    form_class = CheckInPlanForm
    fields = (*check_ins.FIELDS, "holder")
    label = _("Check-ins")
    links_history = True

    def form_arguments(self, data):
        plan = self.record
        holders = queries.people_of_the_lead(plan.partnership)
        if plan.holder and plan.holder not in holders:
            holders.append(plan.holder)
        initial = {"answered_by": queries.answered_by(plan), "holder": str(plan.holder_id or "")}
        answerers = queries.who_may_answer(self.person, plan)
        return {"initial": initial, "answerers": answerers, "holders": holders}

    def values(self, leave_out=()):
        values = super().values(leave_out)
        if "answered_by" in self.form.changed_data and "answered_by" not in leave_out:
            values |= self.form.cleaned_data["answered_by"]
        return values if self.record.pk else values | {"partnership": self.record.partnership}

    def submitted(self):
        answers, _ = self.form.answerers[self.form.data["answered_by"]]
        return super().submitted() | {"answered_by": answers.split(" · ")[0]}

    def comparable(self, snapshot, current):
        return snapshot | {"answered_by": snapshot["person"] or snapshot["contact"]}

    def saved_url(self, after):
        return self.back()

    def back(self):
        return _back(self.record)

    def crumbs(self):
        return crumbs_to_partnership(self.record.partnership, self.back())

    def context(self):
        return {
            "lead": gettext("Next due on %(day)s.") % {"day": day(self.record.next_due_on)} if self.record.pk else _LEAD
        }


def _back(plan):
    return partnership_url(plan.partnership, "office")


@require_http_methods(["GET", "POST"])
@with_drafts()
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    blank = CheckInPlan(partnership=partnership, zone=partnership.lead.zone)
    return edit_record(
        CheckInPlanEdit(request, blank, gettext("Set check-ins: %(partnership)s") % {"partnership": partnership.title})
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    plan = queries.check_in_plan(request.user, public_id)
    require(may_write_partnership(request.user, plan.partnership))
    return edit_record(
        CheckInPlanEdit(
            request, plan, gettext("Change check-ins: %(partnership)s") % {"partnership": plan.partnership.title}
        )
    )


@require_http_methods(["GET", "POST"])
def done(request, public_id):
    plan = queries.check_in_plan(request.user, public_id)
    require(may_write_partnership(request.user, plan.partnership))

    def act(data):
        check_ins.record_check_in(plan=plan, by=request.user, due_on=request.POST.get("due_on"), **data)
        return gettext("Saved. The next check-in is scheduled.")

    def page(plan):
        return Step(
            title=gettext("Check-in due on %(day)s") % {"day": day(plan.next_due_on)},
            text=f"{plan.partnership}. {plan.get_rhythm_display()}.",
            record=plan,
            button=gettext("Record check-in"),
            back=_back(plan),
            more={"due_on": plan.next_due_on},
        )

    form = CheckInDoneForm(request.POST or None, initial={"done_on": clock.today(clock.zone(plan.zone))})
    return take_step(request, form, act, page, plan, to=_back(plan))
