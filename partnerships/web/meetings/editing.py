"""Editing meetings: plan, change, cancel."""

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Missing, Stale, ValidationError
from partnerships.mail import schedule
from partnerships.meetings import actions, burden, queries, recurrence, series
from partnerships.meetings.models import Meeting
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import overtaken, place_errors, raw, saved, status_of, throwaway, typed, version_of
from partnerships.web.forms.agenda import kept, line, text_of
from partnerships.web.forms.meeting import MeetingForm

FIELDS = MeetingForm.Meta.fields


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    meeting, form = _blank(request, partnership)
    overlaps = []
    if request.method == "POST" and form.is_valid():
        try:
            overlaps = _overlaps(request, form, meeting)
            after = None if overlaps else _plan(request, form, partnership)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            if after:
                return saved(request, _planned_words(form), _page(after))
    asked = burden.asked_of(request.user, partnership)
    return _show(request, form, meeting, f"Plan a meeting: {partnership.title}", overlaps=overlaps, asked=asked)


def _planned_words(form):
    if not form.cleaned_data["rule"]:
        return "Planned. Those who are asked get a letter."
    days = recurrence.days(form.cleaned_data["rule"], form.cleaned_data["date"])
    return f"Planned: {len(days)} meetings. Those who are asked get one letter, and reminders of each."


def _blank(request, partnership):
    """A new meeting and its form: empty, or like another of this partnership (`?like=M-…`) but for its day."""
    like = queries.meeting(request.user, request.GET["like"]) if request.GET.get("like") else None
    if like is None:
        meeting = Meeting(partnership=partnership, zone=partnership.lead.zone)
        return meeting, _form(request, meeting, partnership, request.POST or None)
    if like.partnership_id != partnership.pk:
        raise Missing
    meeting = Meeting(partnership=partnership, **{name: getattr(like, name) for name in FIELDS if name != "date"})
    return meeting, _form(request, meeting, partnership, request.POST or None, like=like)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(may_write_partnership(request.user, meeting.partnership))
    form, conflict, overlaps = _form(request, meeting, meeting.partnership, request.POST or None), None, []
    if request.method == "POST" and form.is_valid():
        try:
            overlaps = _overlaps(request, form, meeting)
            after = None if overlaps else _change(request, form, meeting, conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            form, conflict = _meet(request, form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            if after:
                words = "Saved." if after.version != meeting.version else "Nothing was different, so nothing was saved."
                return saved(request, words, _page(after))
    return _show(request, form, meeting, f"Edit: {meeting.title}", conflict, overlaps)


def _form(request, meeting, partnership, data=None, like=None):
    parties = queries.parties_seen(request.user, partnership)
    shown = like or (meeting if meeting.pk else None)
    initial = {"agenda": text_of(shown, parties), "asked": queries.asked(shown)} if shown and data is None else {}
    offered = queries.who_may_be_asked(request.user, partnership, parties)
    others = meeting.pk and len(series.to_change(meeting, series.ALL)) > 1
    return MeetingForm(
        data, instance=throwaway(meeting), initial=initial, parties=parties, offered=offered, takes_others=others
    )


def _overlaps(request, form, meeting) -> list:
    """Other meetings of the same people at the chosen times: said once, before it is saved; none once they said “anyway”."""
    data = form.cleaned_data
    names = ("date", "time", "zone", "minutes_long")
    if request.POST.get("despite") or (meeting.pk and all(getattr(meeting, n) == data[n] for n in names)):
        return []
    mine = series.to_change(meeting, data.get("scope", series.ONE)) if meeting.pk else []
    days = [recurrence.moved(one.date, data["date"] - meeting.date) for one in mine]
    if not mine:
        days = recurrence.days(data["rule"], data["date"]) if data["rule"] else [data["date"]]
    times = [(schedule.instant(day, data["time"], data["zone"]), data["minutes_long"]) for day in days]
    leave_out = [one.pk for one in mine]
    return burden.at_the_same_time(request.user, meeting.partnership, times, leave_out=leave_out)


def _plan(request, form, partnership):
    data = form.cleaned_data
    fields = {name: data[name] for name in FIELDS} | {"partnership": partnership}
    asked = queries.participants_from(data["asked"], offered=form.offered)
    more = {"by": request.user, "fields": fields, "why": data["why"], "agenda": data["agenda"], "participants": asked}
    return series.plan_series(rule=data["rule"], **more) if data["rule"] else actions.save_meeting(**more)


def _change(request, form, meeting, leave_out):
    data = form.cleaned_data
    # Somebody else may have asked a contact that this person does not see: they stay asked.
    offered = {key for key, _, _ in form.offered}
    unseen = [key for key in queries.asked(meeting) if key not in offered]
    asked = queries.participants_from([*data["asked"], *unseen], meeting, form.offered)
    return series.change_series(
        meeting=meeting,
        by=request.user,
        scope=data.get("scope", series.ONE),
        fields={name: data[name] for name in FIELDS if name not in leave_out},
        version=version_of(request),
        why=data["why"],
        agenda=None if "agenda" in leave_out else kept(data["agenda"], meeting),
        participants=None if "asked" in leave_out else asked,
    )


def _comparable(shot):
    agenda = [line(row["title"], row["minutes"], row["owner"]) for row in shot["agenda"]]
    asked = sorted(str(row["person"] or row["contact"]) for row in shot["participants"])
    return shot | {"agenda": agenda, "asked": asked}


def _meet(request, form, stale):
    labels = {name: field.label for name, field in form.fields.items()}
    names = {key: label.split(" · ")[0] for key, label, _ in form.offered}
    agenda = [line(row["title"], row["minutes"], row["owner"]) for row in form.cleaned_data["agenda"]]
    mine = typed(form, FIELDS) | {"agenda": agenda, "asked": sorted(names[key] for key in form.cleaned_data["asked"])}
    now = actions.snapshot(stale.current)
    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=_comparable)
    data, fresh = request.POST.copy(), _form(request, stale.current, stale.current.partnership)
    for name in conflict.theirs & {*FIELDS, "agenda", "asked"}:
        data.setlist(name, raw(fresh[name]))
    return _form(request, stale.current, stale.current.partnership, data), conflict


def _show(request, form, meeting, title, conflict=None, overlaps=(), asked=()):
    partnership = meeting.partnership
    crumbs = [("Partnerships", reverse("partnerships"))]
    crumbs.append((partnership.title, reverse("partnership", args=[partnership.public_id])))
    version = version_shown(request, meeting, conflict.version if conflict else 0)
    unjudged(request, [form])
    context = {
        "title": title,
        "form": form,
        "meeting": meeting,
        "conflict": conflict,
        "overlaps": overlaps,
        "burden": asked,
        "crumbs": crumbs,
        "version": version,
    }
    status = 409 if conflict else 422 if overlaps or (form.is_bound and form.errors) else 200
    return render(request, "meetings/edit.html", context, status=status)


def _page(meeting):
    return reverse("meeting", args=[meeting.public_id])


class _CancelForm(forms.Form):
    scope = forms.ChoiceField(
        label="Which meetings are cancelled", choices=series.SCOPES, initial=series.ONE, widget=forms.RadioSelect
    )
    why = forms.CharField(label="Why", max_length=300, required=False, help_text="Stands in the history. Optional.")

    def __init__(self, *args, takes_others, **kwargs):
        super().__init__(*args, **kwargs)
        if not takes_others:
            del self.fields["scope"]


@require_http_methods(["GET", "POST"])
def cancel(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(may_write_partnership(request.user, meeting.partnership))
    form = _CancelForm(request.POST or None, takes_others=len(series.to_change(meeting, series.ALL)) > 1)
    if request.method == "POST" and form.is_valid():
        try:
            scope = form.cleaned_data.get("scope", series.ONE)
            why = form.cleaned_data["why"]
            series.cancel_series(meeting=meeting, by=request.user, scope=scope, version=version_of(request), why=why)
        except Stale as stale:
            meeting = overtaken(form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Cancelled. Those who were asked get one letter.", _page(meeting))
    context = {
        "title": f"Cancel “{meeting.title}”?",
        "text": "Everyone who was asked gets one letter. No reminder goes out after that. The record stays.",
        "record": meeting,
        "form": form,
        "button": "Cancel the meeting",
        "back": _page(meeting),
    }
    return render(request, "step.html", context, status=status_of(form))
