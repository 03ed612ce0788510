"""What a party says it has gained by a partnership: shown beside the others', said, changed and taken back by its own people."""

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.measurement import activities
from partnerships.measurement import activity_queries as queries
from partnerships.measurement.models import Gain
from partnerships.measurement.rules import may_write_gain
from partnerships.registry import queries as registry
from partnerships.web import conflicts
from partnerships.web.editing import STALE, place_errors, saved, status_of, throwaway, version_of
from partnerships.web.forms.activity import GainForm
from partnerships.web.history import who
from partnerships.web.partnerships.activities import party_words

_CHANGED = "These words were changed while you were reading. Look at them again, then decide."


def section(person, partnership) -> dict:
    """What partnerships/_gains.html wants: the sides that say something, government first and community last, and whether she
    may say something for a party. Days are of the lead's calendar."""
    found, own = queries.gains_of(person, partnership), queries.parties_to_gain_for(person, partnership)
    mine, zone = {party.pk for party in own}, clock.zone(partnership.lead.zone)
    for gain in found:
        gain.shown_party, gain.may_write = party_words(gain.party), gain.party_id in mine
        gain.on = gain.at.astimezone(zone).date()
    sides = [gains for _, gains in queries.by_side(found) if gains]
    return {"gains": sides, "may_gain": bool(own)}


@never_cache
@require_http_methods(["GET", "POST"])
def new(request, public_id):
    record = registry.partnership(request.user, public_id)
    parties = queries.parties_to_gain_for(request.user, record)
    require(bool(parties))
    form = GainForm(request.POST or None, instance=Gain(), parties=parties)
    if request.method == "POST" and form.is_valid():
        party = form.cleaned_data.get("party") or parties[0]
        try:
            activities.save_gain(party=party, by=request.user, fields=_fields(form))
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Saved. It stands beside what the others have gained.", _page(record))
    return _show(request, record, form, "What have you gained?", 0)


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request, pk):
    gain = queries.gain(request.user, pk)
    require(may_write_gain(request.user, gain.party))
    form, conflict = GainForm(request.POST or None, instance=throwaway(gain), parties=[gain.party]), None
    version = version_of(request) if request.POST else gain.version
    if request.method == "POST" and form.is_valid():
        fields = _fields(form)
        if "text" in conflicts.chosen_theirs(request.POST):
            del fields["text"]
        try:
            activities.save_gain(party=gain.party, by=request.user, gain=gain, fields=fields, version=version)
        except Stale as stale:
            conflict, version = _meet(form, stale.current), stale.current.version
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Saved.", _page(gain.party.partnership))
    return _show(request, gain.party.partnership, form, f"What {gain.party} has gained", version, conflict)


def _fields(form):
    return {name: form.cleaned_data[name] for name in GainForm.Meta.fields}


def _meet(form, gain):
    """Both texts, where another of the party's people saved in between."""
    by, mine = who(gain.by), form.cleaned_data["text"]
    words = {"label": "What you have gained", "by": by, "at": gain.at, "id": "clash-text"}
    words |= {"name": f"{conflicts.PREFIX}text", "mine": mine, "theirs": gain.text, "chosen": "mine"}
    return conflicts.Conflict([words] if mine != gain.text else [], by=by)


def _show(request, record, form, title, version, conflict=None):
    context = {
        "title": title,
        "record": record,
        "form": form,
        "conflict": conflict,
        "version": version,
        "back": reverse("partnership", args=[record.public_id]),
        "crumbs": [("Partnerships", reverse("partnerships")), (record.title, _page(record))],
    }
    return render(request, "partnerships/gain_edit.html", context, status=409 if conflict else status_of(form))


def _page(record):
    return reverse("partnership", args=[record.public_id]) + "#gains"


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request, pk):
    gain = queries.gain(request.user, pk)
    require(may_write_gain(request.user, gain.party))
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound:
        try:
            activities.withdraw_gain(gain=gain, by=request.user, version=version_of(request))
            return saved(request, "Taken back. It is gone for good.", _page(gain.party.partnership))
        except Stale:
            form.add_error(None, ValidationError(_CHANGED, code=STALE))
            gain.refresh_from_db()
    context = {
        "title": "Take it back?",
        "text": f"{gain.party} has gained: “{gain.text}” It is deleted, and no list of changes keeps it.",
        "record": gain,
        "form": form,
        "button": "Take it back",
        "back": _page(gain.party.partnership),
        "crumbs": [
            ("Partnerships", reverse("partnerships")),
            (gain.party.partnership.title, _page(gain.party.partnership)),
        ],
    }
    return render(request, "step.html", context, status=status_of(form))
