"""Editing actions: a new one, a change, and how it stands."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Missing, Stale, ValidationError
from partnerships.measurement import activity_queries
from partnerships.meetings import action_queries as queries
from partnerships.meetings import to_do
from partnerships.meetings.models import Action
from partnerships.meetings.queries import check_in_held
from partnerships.meetings.rules import may_note_action
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import overtaken, place_errors, raw, saved, status_of, throwaway, typed, version_of
from partnerships.web.forms.action import ActionForm, NoteForm

FIELDS = ActionForm.Meta.fields


@require_http_methods(["GET", "POST"])
@keeps_drafts("check_in", "activity")
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(may_write_partnership(request.user, partnership))
    said = request.GET.get("check_in")  # the answer that it comes of
    said = check_in_held(request.user, partnership, said) if said else None
    blank = Action(partnership=partnership, check_in=said, activity=_activity(request, partnership))
    form = ActionForm(request.POST or None, instance=throwaway(blank), person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, None, {"partnership": partnership, "check_in": said})
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Added. Whoever does it gets a letter.", _page(after))
    return _show(request, form, blank, f"Add an action: {partnership.title}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    action = queries.action(request.user, public_id)
    require(may_write_partnership(request.user, action.partnership))
    form = ActionForm(request.POST or None, instance=throwaway(action), person=request.user)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, form, action, {}, conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            form, conflict = _meet(request, form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            words = "Saved." if after.version != action.version else "Nothing was different, so nothing was saved."
            return saved(request, words, _page(after))
    return _show(request, form, action, f"Edit: {action.title}", conflict)


def _activity(request, partnership):
    """The activity that the address asks for. Raises Missing: not one of this partnership."""
    asked = request.GET.get("activity")
    found = activity_queries.activity(request.user, asked) if asked else None
    if found and found.partnership_id != partnership.pk:
        raise Missing
    return found


def _save(request, form, action, about, leave_out=()):
    fields = {name: form.cleaned_data[name] for name in FIELDS if name not in leave_out}
    return to_do.save_action(
        action=action,
        by=request.user,
        fields=fields | about,
        version=version_of(request) if action else None,
        why=form.cleaned_data["why"],
    )


def _meet(request, form, stale):
    labels = {name: field.label for name, field in form.fields.items()}
    now, mine = to_do.snapshot(stale.current), typed(form, FIELDS)
    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels)
    data = request.POST.copy()
    fresh = ActionForm(instance=throwaway(stale.current), person=request.user)
    for name in conflict.theirs & set(FIELDS):
        data.setlist(name, raw(fresh[name]))
    return ActionForm(data, instance=throwaway(stale.current), person=request.user), conflict


def _show(request, form, action, title, conflict=None):
    unjudged(request, [form])
    partnership = action.partnership
    back = reverse("partnership", args=[partnership.public_id])
    context = {
        "title": title,
        "form": form,
        "conflict": conflict,
        "answer": None if action.pk else action.check_in,
        "version": version_shown(request, action, conflict.version if conflict else 0),
        "back": _page(action) if action.pk else back,
        "crumbs": [("Partnerships", reverse("partnerships")), (partnership.title, back)],
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "meetings/action_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def note(request, public_id):
    action = queries.action(request.user, public_id)
    require(may_note_action(request.user, action))
    form = NoteForm(request.POST or None, initial={"status": action.status})
    if request.method == "POST" and form.is_valid():
        try:
            to_do.note_action(action=action, by=request.user, version=version_of(request), **form.cleaned_data)
        except Stale as stale:
            action = overtaken(form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Noted.", _page(action))
    context = {
        "title": f"How does it stand? {action.title}",
        "text": f"{action.partnership.title}.",
        "record": action,
        "form": form,
        "button": "Note it",
        "back": _page(action),
        "crumbs": [("Actions", reverse("actions")), (action.title, _page(action))],
    }
    return render(request, "step.html", context, status=status_of(form))


def _page(action):
    return reverse("action", args=[action.public_id])
