"""Notes and decisions of a meeting: one page for attendance, notes, decisions and action items."""

from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.meetings import closing, queries, rules
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import add_errors, as_in_snapshots, form_copy, typed_values
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.meetings.forms.closing import (
    AGENDA_NOTES,
    ActionFormSet,
    AttendanceForm,
    ClosingForm,
    DecisionFormSet,
)

ROWS = {"attendance": ("party", "came", "people"), "decisions": ("question", "options", "outcome", "community_input")}
ROWS["decisions"] += ("decided_by", "could_block")


class MeetingClosing(RecordEdit):
    template_name = "meetings/close.html"
    fields = closing.FIELDS

    def make_forms(self, data=None):
        meeting = self.record
        parties = queries.parties_seen(self.person, meeting.partnership)
        came = {row.party_id: row for row in meeting.attendance.all()}
        people = queries.people_of_the_lead(meeting.partnership)
        decisions = [
            _decision_initial(decision) for decision in meeting.decisions.prefetch_related("decided_by", "could_block")
        ]
        may_publish = rules.is_public(meeting)
        self.form = ClosingForm(data, instance=form_copy(meeting), agenda=meeting.agenda.all(), may_publish=may_publish)
        self.parts = {
            "attendance": [
                AttendanceForm(
                    data, instance=form_copy(came[pk]) if pk in came else None, prefix=f"came-{pk}", party=party
                )
                for pk, party in parties.items()
            ],
            "decisions": DecisionFormSet(data, prefix="decisions", initial=decisions, form_kwargs={"parties": parties}),
            "actions": ActionFormSet(data, prefix="actions", form_kwargs={"parties": parties, "people": people}),
        }

    def all_forms(self):
        return [self.form, *self.parts["attendance"], self.parts["decisions"], self.parts["actions"]]

    def save(self, leave_out, version):
        values = {name: self.form.cleaned_data.get(name, False) for name in self.fields if name not in leave_out}
        closing.close_meeting(
            meeting=self.record,
            by=self.person,
            fields=values,
            attendance=None if "attendance" in leave_out else self._attendance(),
            decisions=self.rows("decisions", leave_out),
            agenda_notes={
                pk: text for pk, text in self.form.agenda_notes().items() if f"{AGENDA_NOTES}{pk}" not in leave_out
            },
            actions=self.rows("actions") or (),
            version=version,
            why=self.form.cleaned_data["why"],
        )
        return self.record

    def _attendance(self) -> list[dict]:
        """A row for each party. Empty if no one is checked, since then attendance wasn't recorded."""
        forms = self.parts["attendance"]
        if not any(form.cleaned_data["came"] for form in forms):
            return []
        rows = [
            {"party": form.party, "came": form.cleaned_data["came"], "people": form.cleaned_data["people"]}
            for form in forms
        ]
        return [
            row | ({"id": form.instance.pk} if form.instance.pk else {}) for row, form in zip(rows, forms, strict=True)
        ]

    def submitted(self):
        mine = typed_values(self.form, [name for name in self.form.fields if name != "why"])
        for name, rows in (("attendance", self._attendance()), ("decisions", self.rows("decisions") or [])):
            mine[name] = [as_in_snapshots({key: row[key] for key in ROWS[name]}) for row in rows]
        return mine

    def comparable(self, snapshot, current):
        points = {item.title: f"{AGENDA_NOTES}{item.pk}" for item in current.agenda.all()}
        kept_notes = {points[row["title"]]: row["notes"] for row in snapshot["agenda"] if row["title"] in points}
        rows = {name: [{key: row.get(key) for key in keys} for row in snapshot[name]] for name, keys in ROWS.items()}
        return {name: snapshot[name] for name in self.fields} | kept_notes | rows

    def labels(self):
        return super().labels() | {"attendance": gettext("Who came"), "decisions": gettext("Decisions")}

    def place_errors(self, problem):
        add_errors(problem, self.form, {name: self.parts[name] for name in ("decisions", "actions")})

    def saved_message(self, after):
        return gettext("Notes and decisions saved.")

    def context(self):
        return {"meeting": self.record, "parts": self.parts, "may_publish": rules.is_public(self.record)}


def _decision_initial(decision):
    names = ("question", "options", "outcome", "community_input")
    many = {name: [str(p.pk) for p in getattr(decision, name).all()] for name in ("decided_by", "could_block")}
    return {name: getattr(decision, name) for name in names} | many | {"id": decision.pk}


@require_http_methods(["GET", "POST"])
@with_drafts()
def close(request, public_id):
    meeting = queries.meeting(request.user, public_id)
    require(rules.may_write_meeting(request.user, meeting))
    if not rules.was_held(meeting):
        return redirect(meeting.get_absolute_url())
    return edit_record(
        MeetingClosing(request, meeting, gettext("Notes and decisions: %(title)s") % {"title": meeting.title})
    )
