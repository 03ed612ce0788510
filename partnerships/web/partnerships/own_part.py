"""A partner's own part in a record: its contribution and its private note.

One form has the texts of all parties for which this person writes, and saves those that were changed.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.measurement.activity_queries import gains_of
from partnerships.registry import own_part, queries, sides
from partnerships.registry.models import PartyNote
from partnerships.web.components.forms.statements import ContributionForm, NoteForm
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.drafts import version_shown
from partnerships.web.frame.editing import form_copy, page_status, redirect_after_save
from partnerships.web.frame.record_edit import SAVED, RecordEdit, conflict_of_text, save_or_explain


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

    def submitted(self):
        return {"contribution": self.form.cleaned_data["contribution"]}

    def comparable(self, snapshot, current):
        key = self.party.entity.public_id
        rows = (
            row for row in snapshot["parties"] if key in (row["organization"], row["department"], row["jurisdiction"])
        )
        return {"contribution": next((row["contribution"] for row in rows), "")}

    def labels(self):
        return {"contribution": gettext("Your contribution")}


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
    def version_name(self):
        return self.form.add_prefix("version")

    @property
    def version(self):
        note = self.part.note or PartyNote(version=0)
        return version_shown(self.request, note, self.conflict.version if self.conflict else 0, self.version_name)


class OwnTexts:
    """The texts of one of the person's parties, for the template."""

    def __init__(self, request, part, gains):
        self.part, self.party = part, part.party
        self.gains = [gain for gain in gains if gain.party_id == part.party.pk]
        about = request, part.party.partnership, str(part.party)
        self.contribution = ContributionEdit(*about, party=part.party)
        self.note = NoteEdit(*about, part=part) if part.may_note else None
        for page in self.pages:
            names = [bound.html_name for bound in page.made().form]
            page.made(request.POST if any(name in request.POST for name in names) else None)

    @property
    def pages(self) -> list[RecordEdit]:
        return [self.contribution, self.note] if self.note else [self.contribution]

    def save(self) -> bool:
        is_saved = True
        for name, page in (("contribution", self.contribution), ("note", self.note)):
            if page and page.form.has_changed():
                page, after = save_or_explain(page)
                setattr(self, name, page)
                is_saved = is_saved and after is not None
        return is_saved


def _save(sections) -> bool:
    """Save all texts that were changed, or none if one of them can't be saved."""
    forms = [page.form for one in sections for page in one.pages if page.form.is_bound]
    # Lists and not generators, so that each text shows its error or its edit conflict.
    if not forms or [form for form in forms if not form.is_valid()]:
        return False
    with transaction.atomic():
        refused = [one for one in sections if not one.save()]
        transaction.set_rollback(bool(refused))
    return not refused


@require_http_methods(["GET", "POST"])
def our_part(request, public_id):
    record = queries.partnership(request.user, public_id)
    parts = [part for part in sides.own_parts(request.user, record) if part.may_write]
    require(bool(parts))
    gains = gains_of(request.user, record)
    sections = [OwnTexts(request, part, gains) for part in parts]
    back = partnership_url(record, "partners", "ours")
    if request.method == "POST" and _save(sections):
        return redirect_after_save(request, SAVED, back)
    stale = [one.contribution.conflict for one in sections if one.contribution.conflict]
    is_stale = any(page.conflict for one in sections for page in one.pages)
    context = {
        "title": gettext("Your part: %(partnership)s") % {"partnership": record.title},
        "record": record,
        "sections": sections,
        "form": sections[0].contribution.form,
        "all_forms": [page.form for one in sections for page in one.pages],
        "is_stale": is_stale,
        "version": version_shown(request, record, stale[-1].version if stale else 0),
        "back": back,
        "crumbs": crumbs_to_partnership(record),
    }
    status = page_status(is_stale=is_stale, has_errors=request.method == "POST")
    return render(request, "partnerships/own_part.html", context, status=status)
