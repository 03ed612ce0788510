"""Editing meetings: plan, change, cancel; and noting that a check-in was held."""

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.communication import actions, queries
from partnerships.communication.models import Meeting
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web import conflicts
from partnerships.web.editing import STALE, place_errors, raw, saved, status_of, throwaway, typed, version_of
from partnerships.web.forms.meeting import CheckInDoneForm, MeetingForm, agenda_text

FIELDS = MeetingForm.Meta.fields


@require_http_methods(["GET", "POST"])
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    meeting = Meeting(partnership=partnership, zone=partnership.lead.zone)
    form = _form(request, meeting, partnership, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, None, partnership)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Planned. Those who are asked get a letter.", _page(after))
    return _show(request, form, meeting, f"Plan a meeting: {partnership.title}")


@require_http_methods(["GET", "POST"])
def edit(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(may_write_partnership(request.user, meeting.partnership))
    form, conflict = _form(request, meeting, meeting.partnership, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, meeting, None, conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            form, conflict = _meet(request, form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            words = "Saved." if after.version != meeting.version else "Nothing was different, so nothing was saved."
            return saved(request, words, _page(after))
    return _show(request, form, meeting, f"Edit: {meeting.title}", conflict)


def _form(request, meeting, partnership, data=None):
    initial = {"agenda": agenda_text(meeting), "asked": queries.asked(meeting)} if meeting.pk and data is None else {}
    return MeetingForm(data, instance=throwaway(meeting), initial=initial, partnership=partnership, person=request.user)


def _save(request, form, meeting, partnership, leave_out=()):
    fields = {name: form.cleaned_data[name] for name in FIELDS if name not in leave_out}
    # Somebody else may have asked a contact that this person does not see: they stay asked.
    offered = {key for key, _ in form.fields["asked"].choices}
    unseen = [key for key in queries.asked(meeting) if key not in offered] if meeting else []
    asked = queries.participants_from([*form.cleaned_data["asked"], *unseen], meeting)
    return actions.save_meeting(
        meeting=meeting,
        by=request.user,
        fields=fields | ({"partnership": partnership} if partnership else {}),
        version=version_of(request) if meeting else None,
        why=form.cleaned_data["why"],
        agenda=None if "agenda" in leave_out else form.cleaned_data["agenda"],
        participants=None if "asked" in leave_out else asked,
    )


def _comparable(shot):
    agenda = [f"{row['title']} | {row['minutes']}" if row["minutes"] else row["title"] for row in shot["agenda"]]
    asked = sorted(str(row["person"] or row["contact"]) for row in shot["participants"])
    return shot | {"agenda": agenda, "asked": asked}


def _meet(request, form, stale):
    labels = {name: field.label for name, field in form.fields.items()}
    names = dict(form.fields["asked"].choices)
    agenda = [f"{i['title']} | {i['minutes']}" if i["minutes"] else i["title"] for i in form.cleaned_data["agenda"]]
    asked = sorted(names[key].split(" · ")[0] for key in form.cleaned_data["asked"])
    mine = typed(form, FIELDS) | {"agenda": agenda, "asked": asked}
    now = actions.snapshot(stale.current)
    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=_comparable)
    data, fresh = request.POST.copy(), _form(request, stale.current, stale.current.partnership)
    for name in conflict.theirs & {*FIELDS, "agenda", "asked"}:
        data.setlist(name, raw(fresh[name]))
    return _form(request, stale.current, stale.current.partnership, data), conflict


def _show(request, form, meeting, title, conflict=None):
    partnership = meeting.partnership
    crumbs = [("Partnerships", reverse("partnerships"))]
    crumbs.append((partnership.title, reverse("partnership", args=[partnership.public_id])))
    version = conflict.version if conflict else meeting.version
    context = {
        "title": title,
        "form": form,
        "meeting": meeting,
        "conflict": conflict,
        "crumbs": crumbs,
        "version": version,
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "meeting_edit.html", context, status=status)


def _page(meeting):
    return reverse("meeting", args=[meeting.public_id])


class _CancelForm(forms.Form):
    why = forms.CharField(label="Why", max_length=300, required=False, help_text="Stands in the history. Optional.")


@require_http_methods(["GET", "POST"])
def cancel(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(may_write_partnership(request.user, meeting.partnership))
    form = _CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_meeting(
                meeting=meeting, by=request.user, version=version_of(request), why=form.cleaned_data["why"]
            )
        except Stale:
            words = "Someone changed this meeting while you were reading. Look at it again, then decide."
            form.add_error(None, ValidationError(words, code=STALE))
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


@require_http_methods(["GET", "POST"])
def check_in_done(request, pk):
    plan = queries.check_in_plan(request.user, pk)
    require(may_write_partnership(request.user, plan.partnership))
    form = CheckInDoneForm(request.POST or None, initial={"done_on": clock.today()})
    back = reverse("partnership", args=[plan.partnership.public_id])
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_check_in(plan=plan, by=request.user, due_on=request.POST.get("due_on"), **form.cleaned_data)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Noted. The next check-in is set by the rhythm.", back)
    context = {
        "title": f"Check-in due on {plan.next_due_on:%-d %B %Y}",
        "text": f"{plan.partnership}. {plan.get_rhythm_display()}.",
        "record": plan,
        "form": form,
        "due_on": plan.next_due_on,
        "button": "Note that it was held",
        "back": back,
    }
    return render(request, "step.html", context, status=status_of(form))
