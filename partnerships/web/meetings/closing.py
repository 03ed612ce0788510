"""Closing a meeting: one page for who came, what was said, what was decided and what is to do."""

from dataclasses import dataclass

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.core.plain import plain
from partnerships.meetings import actions, closing, queries, rules
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, raw, rows_to_send, saved, throwaway, typed, version_of
from partnerships.web.forms.closing import SAID, ActionFormSet, AttendanceForm, ClosingForm, DecisionFormSet

ROWS = {"attendance": ("party", "came", "people"), "decisions": ("question", "options", "outcome", "community_input")}
ROWS["decisions"] += ("decided_by", "could_block")


@dataclass
class _Forms:
    """All that the page sends, for one meeting; blank from what is noted, or filled from what was sent."""

    form: ClosingForm
    attendance: list
    decisions: object
    actions: object

    @property
    def all(self):
        return [self.form, *self.attendance, self.decisions, self.actions]

    def are_valid(self) -> bool:
        return not [form for form in self.all if not form.is_valid()]  # each is asked: each shows its errors


def _forms(request, meeting, data=None) -> _Forms:
    parties = queries.parties_seen(request.user, meeting.partnership)
    came = {row.party_id: row for row in meeting.attendance.all()}
    table = {"form_kwargs": {"parties": parties}}
    people = {"form_kwargs": {"parties": parties, "people": queries.people_of_the_lead(meeting.partnership)}}
    decisions = [
        _decision_initial(decision) for decision in meeting.decisions.prefetch_related("decided_by", "could_block")
    ]
    may_publish = rules.may_publish_notes(meeting)
    return _Forms(
        ClosingForm(data, instance=throwaway(meeting), agenda=meeting.agenda.all(), may_publish=may_publish),
        [
            AttendanceForm(data, instance=throwaway(came[pk]) if pk in came else None, prefix=f"came-{pk}", party=party)
            for pk, party in parties.items()
        ],
        DecisionFormSet(data, prefix="decisions", initial=decisions, **table),
        ActionFormSet(data, prefix="actions", **people),
    )


def _decision_initial(decision):
    names = ("question", "options", "outcome", "community_input")
    many = {name: [str(p.pk) for p in getattr(decision, name).all()] for name in ("decided_by", "could_block")}
    return {name: getattr(decision, name) for name in names} | many | {"id": decision.pk}


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def close(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(rules.may_write_meeting(request.user, meeting))
    page = reverse("meeting", args=[meeting.public_id])
    if not rules.was_held(meeting):
        return redirect(page)
    forms, conflict = _forms(request, meeting, request.POST or None), None
    if request.method == "POST" and forms.are_valid():
        try:
            _save(request, meeting, forms, conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            forms, conflict = _meet(request, forms, stale)
        except ValidationError as problem:
            place_errors(problem, forms.form, {"decisions": forms.decisions, "actions": forms.actions})
        else:
            return saved(request, "Noted what came of it.", page)
    return _show(request, meeting, forms, conflict)


def _save(request, meeting, forms, leave_out):
    """Saves all but what is in `leave_out`, whose saved texts stand."""
    fields = {name: forms.form.cleaned_data.get(name, False) for name in closing.FIELDS if name not in leave_out}
    closing.close_meeting(
        meeting=meeting,
        by=request.user,
        fields=fields,
        attendance=None if "attendance" in leave_out else _came(forms.attendance),
        decisions=None if "decisions" in leave_out else rows_to_send(forms.decisions),
        said={pk: text for pk, text in forms.form.said().items() if f"{SAID}{pk}" not in leave_out},
        actions=rows_to_send(forms.actions),
        version=version_of(request),
        why=forms.form.cleaned_data["why"],
    )


def _meet(request, forms, stale):
    """After a stale save: the forms again with what merges by itself taken over, and the clashes."""
    current, labels = stale.current, {name: field.label for name, field in forms.form.fields.items()}
    points = {item.title: f"{SAID}{item.pk}" for item in current.agenda.all()}

    def comparable(shot):
        said = {points[row["title"]]: row["notes"] for row in shot["agenda"] if row["title"] in points}
        rows = {name: [{key: row.get(key) for key in keys} for row in shot[name]] for name, keys in ROWS.items()}
        return {name: shot[name] for name in closing.FIELDS} | said | rows

    conflict = conflicts.compare(
        current,
        stale.given,
        actions.snapshot(current),
        _mine(forms),
        labels=labels | {"attendance": "Who came", "decisions": "What was decided"},
        normalize=comparable,
    )
    data, fresh = request.POST.copy(), _forms(request, current)
    for name in conflict.theirs & fresh.form.fields.keys():
        data.setlist(name, raw(fresh.form[name]))
    merged = _forms(request, current, data)
    for name in conflict.theirs & ROWS.keys():
        setattr(merged, name, getattr(fresh, name))
    return merged, conflict


def _mine(forms) -> dict:
    """What was typed, as a snapshot has it."""
    mine = typed(forms.form, [name for name in forms.form.fields if name != "why"])
    for name, rows in (("attendance", _came(forms.attendance)), ("decisions", rows_to_send(forms.decisions))):
        mine[name] = [{key: _in_snapshot(row[key]) for key in ROWS[name]} for row in rows]
    return mine


def _in_snapshot(value):
    return sorted(str(plain(one)) for one in value) if isinstance(value, list) else plain(value)


def _came(forms) -> list[dict]:
    """A row of each party; none where nobody is said to have come, since then it was not written down."""
    if not any(form.cleaned_data["came"] for form in forms):
        return []
    rows = [
        {"party": form.party, "came": form.cleaned_data["came"], "people": form.cleaned_data["people"]}
        for form in forms
    ]
    return [row | ({"id": form.instance.pk} if form.instance.pk else {}) for row, form in zip(rows, forms, strict=True)]


def _show(request, meeting, forms, conflict):
    unjudged(request, forms.all)
    is_refused = forms.form.is_bound and any(
        form.total_error_count() if hasattr(form, "total_error_count") else form.errors for form in forms.all
    )
    context = {
        "title": f"What came of it: {meeting.title}",
        "meeting": meeting,
        "forms": forms,
        "form": forms.form,
        "all_forms": forms.all,
        "may_publish": rules.may_publish_notes(meeting),
        "conflict": conflict,
        "version": version_shown(request, meeting, conflict.version if conflict else 0),
        "crumbs": [("Meetings", reverse("meetings")), (meeting.title, reverse("meeting", args=[meeting.public_id]))],
    }
    status = 409 if conflict else 422 if is_refused else 200
    return render(request, "meetings/close.html", context, status=status)
