"""Edit pages of action items: add, change, and update the status."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import NotFound
from partnerships.measurement import activity_queries
from partnerships.meetings import action_items
from partnerships.meetings import action_queries as queries
from partnerships.meetings.models import Action
from partnerships.meetings.queries import check_in_held
from partnerships.meetings.rules import may_note_action
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import version_of
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.frame.words import label
from partnerships.web.meetings.forms.action import ActionForm, NoteForm


class ActionEdit(RecordEdit):
    template_name = "meetings/action_edit.html"
    form_class = ActionForm
    fields = ActionForm.Meta.fields
    added = _("Added. We’ll email the people responsible.")

    def values(self, leave_out=()):
        values, action = super().values(leave_out), self.record
        return values if action.pk else values | {"partnership": action.partnership, "check_in": action.check_in}

    def back(self):
        if self.record.pk:
            return self.record.get_absolute_url()
        return partnership_url(self.record.partnership, "meetings", "to-do")

    def crumbs(self):
        return crumbs_to_partnership(self.record.partnership)

    def context(self):
        return {"answer": None if self.record.pk else self.record.check_in}


@require_http_methods(["GET", "POST"])
@with_drafts("check_in", "activity")
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    check_in = request.GET.get("check_in")  # the check-in that it's from
    check_in = check_in_held(request.user, partnership, check_in) if check_in else None
    blank = Action(partnership=partnership, check_in=check_in, activity=_activity(request, partnership))
    return edit_record(
        ActionEdit(request, blank, gettext("Add an action item: %(partnership)s") % {"partnership": partnership.title})
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    action = queries.action(request.user, public_id)
    require(may_write_partnership(request.user, action.partnership))
    return edit_record(ActionEdit(request, action, gettext("Edit: %(title)s") % {"title": action.title}))


def _activity(request, partnership):
    """The activity in the URL, or None. Raises NotFound if it isn't part of this partnership."""
    asked = request.GET.get("activity")
    found = activity_queries.activity(request.user, asked) if asked else None
    if found and found.partnership_id != partnership.pk:
        raise NotFound
    return found


@require_http_methods(["GET", "POST"])
def note(request, public_id):
    action = queries.action(request.user, public_id)
    require(may_note_action(request.user, action))

    def act(data):
        action_items.note_action(action=action, by=request.user, version=version_of(request), **data)
        return gettext("Saved. Status: %(status)s.") % {"status": label(data["status"], "action_status")}

    def page(action):
        return Step(
            title=gettext("Update status: %(title)s") % {"title": action.title},
            text=f"{action.partnership.title}.",
            record=action,
            button=gettext("Save update"),
            back=action.get_absolute_url(),
            crumbs=[(gettext("Action items"), reverse("actions")), (action.title, action.get_absolute_url())],
        )

    form = NoteForm(request.POST or None, initial={"status": action.status})
    return take_step(request, form, act, page, action, to=action.get_absolute_url())
