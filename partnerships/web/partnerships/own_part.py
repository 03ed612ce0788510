"""A partner's own part in a record: its contribution and its private note. Each form is saved separately."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.measurement.activity_queries import gains_of
from partnerships.registry import own_part, queries, sides
from partnerships.web import page_language
from partnerships.web.editing import form_copy, redirect_after_save
from partnerships.web.forms.statements import ContributionForm, NoteForm
from partnerships.web.partnerships.tabs import partnership_url
from partnerships.web.record_edit import SAVED, RecordEdit, conflict_of_text, save_or_explain


@dataclass
class ContributionEdit(RecordEdit):
    """A party's contribution. Changes of the rest of the record cause no edit conflict."""

    party: Any = None

    joins_changes = True

    def make_forms(self, data=None):
        party = self.party
        if self.record is not party.partnership:  # after an edit conflict
            party = self.record.parties.filter(pk=party.pk).first() or party
        self.form = ContributionForm(data, instance=form_copy(party), prefix=f"adds-{self.party.entity.public_id}")

    def save(self, leave_out, version):
        text = self.form.cleaned_data["contribution"]
        if "contribution" not in leave_out:
            own_part.contribute(party=self.party, by=self.person, contribution=text, version=version)
        return self.record

    def mine(self):
        return {"contribution": self.form.cleaned_data["contribution"]}

    def comparable(self, shot, current):
        key = self.party.entity.public_id
        rows = (row for row in shot["parties"] if key in (row["organization"], row["department"], row["jurisdiction"]))
        return {"contribution": next((row["contribution"] for row in rows), "")}

    def labels(self):
        return {"contribution": gettext("Your contribution")}

    @property
    def version(self):
        return self.conflict.version if self.conflict else self.record.version


@dataclass
class NoteEdit(RecordEdit):
    """A party's note, which has its own version. `record` is the partnership, or the saved note after an edit conflict."""

    part: Any = None

    def make_forms(self, data=None):
        note, prefix = self.part.note, f"note-{self.part.party.entity.public_id}"
        self.form = NoteForm(data, initial={"text": note.text if note else ""}, prefix=prefix)

    def save(self, leave_out, version):
        text = self.form.cleaned_data["text"]
        if "text" not in leave_out:
            own_part.save_note(party=self.part.party, by=self.person, text=text, version=version)
        return self.record

    def compare(self, stale):
        return conflict_of_text(stale, gettext("Your note"), self.form.cleaned_data["text"])

    @property
    def version(self):
        if self.conflict:
            return self.conflict.version
        return self.part.note.version if self.part.note else 0


class OwnForms:
    """The two forms of one of the person's parties. `sent` is the name of the form in this POST, or ""."""

    def __init__(self, request, part, gains):
        self.part, self.party, self.key = part, part.party, part.party.entity.public_id
        self.gains = [gain for gain in gains if gain.party_id == part.party.pk]
        record, title = part.party.partnership, str(part.party)
        self.pages: dict[str, ContributionEdit | NoteEdit] = {
            "contribution": ContributionEdit(request, record, title, party=part.party),
            "note": NoteEdit(request, record, title, part=part),
        }
        is_ours = request.POST.get("party") == self.key
        self.sent = request.POST.get("part", "") if is_ours else ""
        if self.sent not in (("contribution", "note") if part.may_note else ("contribution",)):
            self.sent = ""
        for name, page in self.pages.items():
            page.made(request.POST if name == self.sent else None)

    @property
    def form(self):
        return self.pages[self.sent or "contribution"].form

    @property
    def is_stale(self):
        return any(page.conflict for page in self.pages.values())

    def is_saved(self) -> bool:
        """Save the form that was sent. Returns False if it has errors or an edit conflict."""
        self.pages[self.sent], after = save_or_explain(self.pages[self.sent])
        return after is not None


@page_language.translated
@require_http_methods(["GET", "POST"])
def our_part(request, public_id):
    record = queries.partnership(request.user, public_id)
    parts = [part for part in sides.own_parts(request.user, record) if part.may_write]
    require(bool(parts))
    gains = gains_of(request.user, record)
    sections = [OwnForms(request, part, gains) for part in parts]
    sent = next((section for section in sections if section.sent), None)
    if sent and sent.is_saved():
        return redirect_after_save(request, SAVED, partnership_url(record, "partners", "ours"))
    is_stale = bool(sent and sent.is_stale)
    context = {
        "title": gettext("Your part: %(partnership)s") % {"partnership": record.title},
        "record": record,
        "sections": sections,
        "form": (sent or sections[0]).form,
        "is_stale": is_stale,
        "back": partnership_url(record, "partners", "ours"),
        "crumbs": [(gettext("Partnerships"), reverse("partnerships")), (record.title, record.get_absolute_url())],
    }
    status = 409 if is_stale else 422 if request.method == "POST" else 200
    return render(request, "partnerships/own_part.html", context, status=status)
