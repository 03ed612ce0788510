"""Your own data, erasing it, how long an office keeps things, and the file for a public-records request."""

import json

import orjson
from django import forms
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import manages, require
from partnerships.core.errors import Stale, ValidationError
from partnerships.directory import queries as directory
from partnerships.records import privacy, retention
from partnerships.records.public_records import records_of
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_read_whole, may_write_partnership
from partnerships.web import conflicts
from partnerships.web.editing import place_errors, saved, seen_now, signed_in
from partnerships.web.forms.keeping import KeepingForm
from partnerships.web.history import changes_in_words, who


@never_cache
@require_safe
@signed_in
def own_data(request):
    return _file("my-data.json", privacy.own_data(request.user))


def _file(name, data):
    body = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z, default=str)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type="application/json", headers=headers)


class _SureForm(forms.Form):
    sure = forms.BooleanField(label="Yes, erase it for good")


class _EraseForm(forms.Form):
    """`named`: the bodies of which the person's address is a contact."""

    address = forms.EmailField(label="Your mail address, to be sure", max_length=254)
    contacts = forms.BooleanField(label="Erase these contacts too", required=False, initial=True)

    def __init__(self, *args, named, **kwargs):
        super().__init__(*args, **kwargs)
        if named:
            words = f"Your address is also a contact of {', '.join(named)}."
            self.fields["contacts"].help_text = f"{words} Meetings and check-ins that name it would lose it."
        else:
            del self.fields["contacts"]


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def erase(request):
    rows = privacy.contacts_with_address_of(request.user)
    named = [str(row.organization or row.department or row.jurisdiction) for row in rows]
    form = _EraseForm(request.POST or None, named=list(dict.fromkeys(named)))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["address"].strip().lower() != request.user.email:
            form.add_error("address", "This is not the address of this account. Nothing was erased.")
        else:
            try:
                contacts = form.cleaned_data.get("contacts", False)
                privacy.erase_person(person=request.user, by=request.user, contacts=contacts)
            except ValidationError as problem:
                place_errors(problem, form)
            else:
                logout(request)
                return saved(request, "Your account and what it held are erased.", reverse("home"))
    context = {
        "title": "Erase your account?",
        "text": "Your name, your address, your letters and your places in offices and organizations go for good, in the "
        "history too. Records that you wrote stay, without your name. This cannot be undone.",
        "points": (
            "What your organization said of a record stays: it is the organization’s word.",
            "Copies of the registry that were made before keep it as long as they are kept.",
        ),
        "points_title": "What stays",
        "form": form,
        "button": "Erase my account",
        "back": reverse("account"),
    }
    return render(request, "step.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def erase_contact(request, pk):
    contact = directory.contact(request.user, pk)
    require(privacy.may_erase_contact(request.user, contact))
    owner = contact.organization or contact.department or contact.jurisdiction
    back = reverse(owner._meta.model_name, args=[owner.public_id])
    form = _SureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        privacy.erase_contact(contact=contact, by=request.user)
        return saved(request, "The contact is erased.", back)
    context = {
        "title": f"Erase {contact.name}?",
        "text": "Name, address and phone go for good, in the history and in stored letters too. Meetings and check-ins "
        "that name this contact lose it. This cannot be undone.",
        "form": form,
        "button": "Erase the contact",
        "back": back,
    }
    return render(request, "step.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def keeping(request, public_id):
    record = directory.jurisdiction(request.user, public_id)
    require(manages(request.user, record))
    form, conflict = KeepingForm(request.POST or None, settings=retention.settings_of(record)), None
    if request.method == "POST" and form.is_valid():
        theirs = conflicts.chosen_theirs(request.POST)
        days = {name: value for name, value in form.days().items() if name not in theirs}
        try:
            retention.set_rules(jurisdiction=record, by=request.user, days=days, seen=form.was())
        except Stale as stale:
            conflict = _meet(form, stale.current)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Saved. The rules are carried out once a day.", request.path)
    context = {
        "record": record,
        "form": form,
        "conflict": conflict,
        "runs": record.retention_runs.all()[:50],
        "changes": changes_in_words(retention.settings_log(record)),
        "crumbs": [
            ("Jurisdictions", reverse("jurisdictions")),
            (record.name, reverse("jurisdiction", args=[public_id])),
        ],
    }
    return render(request, "office/keeping.html", context, status=409 if conflict else 422 if form.is_bound else 200)


def _meet(form, record):
    """After a save that came too late: both numbers of what both changed, and the others' of what they alone changed."""
    now, mine, was = retention.settings_of(record), form.days(), form.was()
    last = next(iter(retention.settings_log(record)), None)
    conflict = conflicts.Conflict(by=who(last.by) if last else "", at=last.at if last else None)
    for name, number in mine.items():
        if now[name] in (number, was.get(name, now)):  # the same, or not touched by the others
            continue
        if number == was.get(name):
            conflict.theirs.add(name)
            continue
        clash = {"id": f"clash-{name}", "name": f"{conflicts.PREFIX}{name}", "label": form.fields[name].label}
        clash |= {
            "by": conflict.by,
            "at": conflict.at,
            "mine": number or "",
            "theirs": now[name] or "",
            "chosen": "mine",
        }
        conflict.clashes.append(clash)
    seen_now(form, seen=json.dumps(now), **{name: now[name] or "" for name in conflict.theirs})
    return conflict


class _RecordsForm(forms.Form):
    private = forms.BooleanField(
        label="With private fields",
        required=False,
        help_text="Notes, people and what each change said. Only those who keep the record may take them out.",
    )


@never_cache
@require_http_methods(["GET", "POST"])
def public_records(request, public_id):
    record = registry.partnership(request.user, public_id)
    require(may_read_whole(request.user, record))
    form = _RecordsForm(request.POST or None)
    if not may_write_partnership(request.user, record):
        del form.fields["private"]
    if request.method == "POST" and form.is_valid():
        found = records_of(request.user, record, private=form.cleaned_data.get("private", False))
        return _file(f"{record.public_id}-records.json", found)
    context = {
        "title": "A file for a public-records request",
        "text": f"All that the registry holds of “{record.title}”, in one file. "
        "A party’s notes for its own people are not in it.",
        "form": form,
        "button": "Make the file",
        "back": reverse("partnership", args=[public_id]),
    }
    return render(request, "step.html", context)
