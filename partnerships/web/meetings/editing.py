"""Edit pages of meetings: plan, change, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import NotFound
from partnerships.mail import schedule
from partnerships.meetings import agenda, burden, meetings, queries, recurrence, rules, series
from partnerships.meetings.models import Meeting
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import version_of
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.meetings.forms.agenda import line, text_of
from partnerships.web.meetings.forms.meeting import MeetingForm


@dataclass
class MeetingEdit(RecordEdit):
    """`like` is the meeting that a new one is copied from."""

    like: Meeting | None = None
    overlaps: Sequence = ()

    template_name = "meetings/edit.html"
    form_class = MeetingForm
    fields = MeetingForm.Meta.fields

    @cached_property
    def invited(self):
        """The keys of those who are invited so far."""
        return queries.invited_keys(self.existing) if self.existing else []

    def form_arguments(self, data):
        meeting = self.record
        parties = queries.parties_seen(self.person, meeting.partnership)
        shown = self.like or self.existing
        asked = queries.invited_keys(self.like) if self.like and data is None else self.invited
        initial = {"agenda": text_of(shown, parties), "asked": asked} if shown and data is None else {}
        offered = queries.who_may_be_asked(self.person, meeting.partnership, parties, invited=self.invited)
        others = meeting.pk and len(series.meetings_in_scope(meeting, series.ALL)) > 1
        return {"initial": initial, "parties": parties, "offered": offered, "takes_others": others}

    def check_rest(self):
        data = self.form.cleaned_data
        if not self.form.errors.keys() & {"date", "time", "zone"}:
            meetings.require_wall_time(data["date"], data["time"], data["zone"])

    def has_question(self):
        """Ask once if the same people have other meetings at the chosen times, unless the person already confirmed."""
        meeting, data = self.existing, self.form.cleaned_data
        names = ("date", "time", "zone", "minutes_long")
        if self.request.POST.get("despite") or (meeting and all(getattr(meeting, n) == data[n] for n in names)):
            return False
        mine = series.meetings_in_scope(meeting, data.get("scope", series.ONE)) if meeting else []
        days = [recurrence.shift_day(one.date, data["date"] - meeting.date) for one in mine]
        if not mine:
            days = recurrence.days(data["rule"], data["date"]) if data["rule"] else [data["date"]]
        times = [(schedule.instant(day, data["time"], data["zone"]), data["minutes_long"]) for day in days]
        leave_out = [one.pk for one in mine]
        self.overlaps = burden.overlapping_meetings(self.person, self.record.partnership, times, leave_out=leave_out)
        return bool(self.overlaps)

    def save(self, leave_out, version):
        return self._change(leave_out, version) if self.record.pk else self._plan()

    def _plan(self):
        data, form = self.form.cleaned_data, self.form
        fields = self.values() | {"partnership": self.record.partnership}
        asked = queries.participants_from(data["asked"], offered=form.offered)
        more = {
            "by": self.person,
            "fields": fields,
            "why": data["why"],
            "agenda": data["agenda"],
            "participants": asked,
        }
        return series.plan_series(rule=data["rule"], **more) if data["rule"] else meetings.save_meeting(**more)

    def _change(self, leave_out, version):
        data, form, meeting = self.form.cleaned_data, self.form, self.record
        # Others may have invited contacts that this person can't see. They stay invited.
        offered = {key for key, _, _ in form.offered}
        unseen = [key for key in self.invited if key not in offered]
        asked = queries.participants_from([*data["asked"], *unseen], meeting, form.offered)
        return series.change_series(
            meeting=meeting,
            by=self.person,
            scope=data.get("scope", series.ONE),
            fields=self.values(leave_out),
            version=version,
            why=data["why"],
            agenda=None if "agenda" in leave_out else agenda.with_existing_rows(data["agenda"], meeting),
            participants=None if "asked" in leave_out else asked,
        )

    def submitted(self):
        data, names = self.form.cleaned_data, {key: label.split(" · ")[0] for key, label, _ in self.form.offered}
        agenda = [line(row["title"], row["minutes"], row["owner"]) for row in data["agenda"]]
        return super().submitted() | {"agenda": agenda, "asked": sorted(names[key] for key in data["asked"])}

    def comparable(self, snapshot, current):
        agenda = [line(row["title"], row["minutes"], row["owner"]) for row in snapshot["agenda"]]
        asked = sorted(str(row["person"] or row["contact"]) for row in snapshot["participants"])
        return snapshot | {"agenda": agenda, "asked": asked}

    def saved_message(self, after):
        if self.record.pk and after.sequence > self.record.sequence and not rules.was_held(after):
            return gettext("Saved. We’ll email everyone who is invited what changed.")
        if self.record.pk:
            return super().saved_message(after)
        data = self.form.cleaned_data
        if not data["rule"] and rules.was_held(after):
            return gettext("Saved as a past meeting, so we don’t email anyone. You can add notes and decisions now.")
        if not data["rule"]:
            return gettext("Scheduled. We’ll email everyone who is invited.")
        days = recurrence.days(data["rule"], data["date"])
        return gettext(
            "Scheduled %(number)s meetings. Everyone who is invited gets one email, and reminders of each meeting."
        ) % {"number": len(days)}

    def back(self):
        if self.record.pk:
            return self.record.get_absolute_url()
        return partnership_url(self.record.partnership, "meetings")

    def crumbs(self):
        return crumbs_to_partnership(self.record.partnership)

    def context(self):
        asked = [] if self.record.pk else burden.load_of(self.person, self.record.partnership)
        return {"overlaps": self.overlaps, "burden": asked}


@require_http_methods(["GET", "POST"])
@with_drafts()
def new(request, public_id):
    """Plan a meeting, either empty or a copy of another one of this partnership (`?like=M-…`) except for its date."""
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    like = queries.meeting(request.user, request.GET["like"]) if request.GET.get("like") else None
    if like and like.partnership_id != partnership.pk:
        raise NotFound
    given = {name: getattr(like, name) for name in MeetingEdit.fields if name != "date"} if like else {}
    given = {"title": gettext("Partnership meeting"), "zone": partnership.lead.zone} | given
    blank = Meeting(partnership=partnership, **given)
    return edit_record(
        MeetingEdit(
            request,
            blank,
            gettext("Schedule a meeting: %(partnership)s") % {"partnership": partnership.title},
            like=like,
        )
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(may_write_partnership(request.user, meeting.partnership))
    return edit_record(MeetingEdit(request, meeting, gettext("Edit: %(title)s") % {"title": meeting.title}))


class _CancelForm(forms.Form):
    scope = forms.ChoiceField(
        label=_("Which meetings to cancel"), choices=series.SCOPES, initial=series.ONE, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("Optional. Appears in the history.")
    )

    def __init__(self, *args, takes_others, **kwargs):
        super().__init__(*args, **kwargs)
        if not takes_others:
            del self.fields["scope"]


@require_http_methods(["GET", "POST"])
def cancel(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(may_write_partnership(request.user, meeting.partnership))
    form = _CancelForm(request.POST or None, takes_others=len(series.meetings_in_scope(meeting, series.ALL)) > 1)

    def act(data):
        scope, version = data.get("scope", series.ONE), version_of(request)
        series.cancel_series(meeting=meeting, by=request.user, scope=scope, version=version, why=data["why"])
        return gettext("Canceled. We’ll send one email to everyone who was invited.")

    def page(meeting):
        return Step(
            title=gettext("Cancel “%(title)s”?") % {"title": meeting.title},
            text=gettext("Everyone who was invited gets one email, and no more reminders. The record stays."),
            record=meeting,
            button=gettext("Cancel meeting"),
            back=meeting.get_absolute_url(),
        )

    return take_step(request, form, act, page, meeting, to=meeting.get_absolute_url())
