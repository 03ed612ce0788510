"""Pages of activities: the list with its files, one with its parts, action items and history, and edit pages."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import require
from partnerships.core.models import type_key
from partnerships.core.snapshots import serialize
from partnerships.measurement import activities
from partnerships.measurement import activity_queries as queries
from partnerships.measurement.exports import ACTIVITIES
from partnerships.measurement.models import Activity
from partnerships.measurement.rules import may_write_activity
from partnerships.meetings.action_queries import actions_of_activity
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.meetings import row_of as action_row
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame import nouns
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import as_in_snapshots
from partnerships.web.frame.lists.page import offices_first
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, day, label
from partnerships.web.partnerships.forms.activity import ActivityForm


def party_words(party) -> dict:
    """A party for components/_party.html."""
    kind = type_key(party.entity)
    return {"name": str(party), "side": party.side, "url": reverse(kind, args=[party.entity.public_id])}


NO_PART = _("No partner’s part is recorded.")


def lost_words(activity) -> str:
    """A note if a partner with a part in the activity is no longer named."""
    if activity.lost_leader:
        return gettext("The partner that leads it isn’t listed.")
    return gettext("Not all of its partners are listed.") if activity.lost_part else ""


def row_of(activity) -> dict:
    """An activity for components/_row.html."""
    who = [f"{part.party} {label(part.part, 'part').lower()}" for part in activity.seen_parts]
    lost = lost_words(activity)
    kind = [label(activity.kind, "activity_kind")] if activity.kind == "stops" else []
    return {
        "url": activity.get_absolute_url(),
        "title": activity.title,
        "line": " ".join(filter(None, [f"{', '.join(who)}." if who else "", lost])) or NO_PART,
        "facts": [result.title for result in activity.seen_results],
        "tags": [*kind, label(activity.status, "activity_status")],
        "is_illustration": activity.is_illustration,
    }


def list_page(request):
    return offices_first(
        request, ACTIVITIES, gettext("Activities"), nouns.ACTIVITY, by="jurisdiction", api="activities"
    )


@never_cache
@require_safe
@tidy_address
def activity_list(request):
    context = list_page(request).context()
    context["rows"] = [row_of(one) | {"facts": [one.partnership.title]} for one in context["rows"]]
    return render(request, "partnerships/activities.html", context)


@never_cache
@require_safe
def activity(request, public_id):
    person, record = request.user, queries.activity(request.user, public_id)
    partnership = record.partnership
    context = {
        "record": record,
        "partnership": partnership,
        "parts": [{"party": party_words(part.party), "part": part.part} for part in record.seen_parts],
        "lost": lost_words(record),
        "when": _period_words(record),
        "to_do": [action_row(action) for action in actions_of_activity(person, record)],
        "may_write": may_write_activity(person, record),
        "checked": checked_words(record, request.user),
        **latest(person, record),
        "crumbs": crumbs_to_partnership(partnership, partnership_url(partnership, "results")),
    }
    return render(request, "partnerships/activity.html", context)


def _period_words(record):
    start, end = day(record.starts_on), day(record.ends_on)
    if start and end:
        return gettext("%(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return gettext("From %(day)s") % {"day": start}
    return gettext("Until %(day)s") % {"day": end} if end else gettext("Not provided")


class ActivityEdit(RecordEdit):
    template_name = "partnerships/activity_edit.html"
    form_class = ActivityForm
    fields = activities.FIELDS
    added = _("Added.")

    def values(self, leave_out=()):
        """Includes linked records that the person may not see."""
        return {name: value for name, value in self.form.values().items() if name not in leave_out}

    def save(self, leave_out, version):
        about = {} if self.record.pk else {"partnership": self.record.partnership}
        return activities.save_activity(
            activity=self.existing,
            by=self.person,
            fields=self.values(leave_out) | about,
            parts=None if "parts" in leave_out else self.form.rows(),
            version=version,
            why=self.form.cleaned_data["why"],
        )

    def submitted(self):
        rows = [{name: serialize(value) for name, value in row.items()} for row in self.form.rows()]
        return as_in_snapshots(self.values()) | {"parts": rows}

    def labels(self):
        return super().labels() | {"parts": gettext("Who does what")}

    def inputs_of(self, key):
        return list(self.form.parties) if key == "parts" else [key]

    def back(self):
        if self.record.pk:
            return self.record.get_absolute_url()
        return partnership_url(self.record.partnership, "results")

    def crumbs(self):
        return crumbs_to_partnership(self.record.partnership)


@require_http_methods(["GET", "POST"])
@with_drafts()
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    blank = Activity(partnership=partnership)
    return edit_record(
        ActivityEdit(request, blank, gettext("Add an activity: %(partnership)s") % {"partnership": partnership.title})
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.activity(request.user, public_id)
    require(may_write_activity(request.user, record))
    return edit_record(ActivityEdit(request, record, gettext("Edit: %(title)s") % {"title": record.title}))
