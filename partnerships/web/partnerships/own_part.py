"""A party's own part of a record: what it adds, and its own note; each saved alone, for the bodies that you speak for."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.measurement.activity_queries import gains_of
from partnerships.registry import own_part, queries, sides
from partnerships.registry.actions import snapshot
from partnerships.web import conflicts
from partnerships.web.editing import place_errors, saved, throwaway, version_of
from partnerships.web.forms.words import ContributionForm, NoteForm
from partnerships.web.history import who


class Section:
    """The two forms of one own party. `data` fills the one that was sent, named by `sent`."""

    def __init__(self, part, data=None, sent=""):
        self.part, self.party, self.sent = part, part.party, sent
        self.key, note = part.party.entity.public_id, part.note
        self.contribution = ContributionForm(
            data if sent == "contribution" else None, instance=throwaway(self.party), prefix=f"adds-{self.key}"
        )
        initial = {"text": note.text if note else ""}
        self.note = NoteForm(data if sent == "note" else None, initial=initial, prefix=f"note-{self.key}")
        self.gains = []
        self.version, self.note_version = self.party.partnership.version, note.version if note else 0
        self.conflict = self.note_conflict = None

    @property
    def form(self):
        return self.note if self.sent == "note" else self.contribution


@require_http_methods(["GET", "POST"])
def our_part(request, public_id):
    record = queries.partnership(request.user, public_id)
    parts = [part for part in sides.own_parts(request.user, record) if part.may_write]
    require(bool(parts))
    sections, is_sent, gains = [_section(request, part) for part in parts], False, gains_of(request.user, record)
    for section in sections:
        section.gains = [gain for gain in gains if gain.party_id == section.party.pk]
        if section.sent:
            is_sent = True
            if section.form.is_valid() and _save(request, section):
                return saved(request, "Saved.", reverse("partnership", args=[public_id]) + "#ours")
    return _show(request, record, sections, is_sent)


def _section(request, part):
    sent = request.POST.get("part", "") if request.POST.get("party") == part.party.entity.public_id else ""
    kinds = ("contribution", "note") if part.may_note else ("contribution",)
    return Section(part, request.POST, sent if sent in kinds else "")


def _save(request, section) -> bool:
    """Whether it stands as the person wants it now; otherwise the section says what is in the way."""
    act, meet = (_save_note, _meet_note) if section.sent == "note" else (_save_contribution, _meet_contribution)
    if conflicts.chosen_theirs(request.POST):
        return True
    try:
        act(request, section, version_of(request))
    except Stale as stale:
        return meet(request, section, stale)
    except ValidationError as problem:
        place_errors(problem, section.form)
        return False
    return True


def _save_contribution(request, section, version):
    text = section.contribution.cleaned_data["contribution"]
    own_part.contribute(party=section.party, by=request.user, contribution=text, version=version)


def _meet_contribution(request, section, stale) -> bool:
    """After a stale save: both texts, where this very one was changed in between; else it is saved over the rest."""
    conflict = conflicts.compare(
        stale.current,
        stale.given,
        snapshot(stale.current),
        {"contribution": section.contribution.cleaned_data["contribution"]},
        labels={"contribution": "What you add"},
        normalize=lambda shot: {"contribution": _of_party(shot, section.key)},
    )
    if not conflict.clashes and stale.given:
        try:
            _save_contribution(request, section, stale.current.version)
            return True
        except Stale as again:
            stale = again
    section.conflict, section.version = conflict, stale.current.version
    return False


def _of_party(shot, public_id):
    rows = (p for p in shot["parties"] if public_id in (p["organization"], p["department"], p["jurisdiction"]))
    return next((row["contribution"] for row in rows), "")


def _save_note(request, section, version):
    text = section.note.cleaned_data["text"]
    own_part.save_note(party=section.party, by=request.user, text=text, version=version)


def _meet_note(request, section, stale) -> bool:
    note, mine = stale.current, section.note.cleaned_data["text"]
    by = who(note.by)
    words = {"label": "Your note", "by": by, "at": note.at, "id": "clash-note", "name": f"{conflicts.PREFIX}text"}
    section.note_conflict = conflicts.Conflict([words | {"mine": mine, "theirs": note.text, "chosen": "mine"}], by=by)
    section.note_version = note.version
    return False


def _show(request, record, sections, is_sent):
    back = reverse("partnership", args=[record.public_id])
    is_stale = any(section.conflict or section.note_conflict for section in sections)
    context = {
        "title": f"Your part: {record.title}",
        "record": record,
        "sections": sections,
        "form": next((section.form for section in sections if section.sent), sections[0].form),
        "is_stale": is_stale,
        "back": back,
        "crumbs": [("Partnerships", reverse("partnerships")), (record.title, back)],
    }
    status = 409 if is_stale else 422 if is_sent or request.method == "POST" else 200
    return render(request, "partnerships/own_part.html", context, status=status)
