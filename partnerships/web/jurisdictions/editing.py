"""Editing jurisdictions and their departments: one form, one action, both texts shown on a clash."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import is_staff, require
from partnerships.core.errors import Stale, ValidationError
from partnerships.directory import actions, queries, relations, rules
from partnerships.directory.duplicates import similar_departments
from partnerships.directory.models import Department, Jurisdiction
from partnerships.web import conflicts, similar
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, raw, saved, throwaway, typed, version_of
from partnerships.web.forms.places import DepartmentForm, JurisdictionForm

FORMS = {Jurisdiction: JurisdictionForm, Department: DepartmentForm}


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new_jurisdiction(request):
    require(rules.may_write_jurisdiction(request.user, None))
    return _page(request, Jurisdiction(), "Add a jurisdiction")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit_jurisdiction(request, public_id):
    record = queries.jurisdiction(request.user, public_id)
    require(rules.may_write_jurisdiction(request.user, record))
    return _page(request, record, f"Edit: {record.name}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new_department(request, public_id):
    jurisdiction = queries.jurisdiction(request.user, public_id)
    require(rules.may_write_jurisdiction(request.user, jurisdiction))
    return _page(request, Department(jurisdiction=jurisdiction), f"Add a department: {jurisdiction.name}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit_department(request, public_id):
    record = queries.department(request.user, public_id)
    require(rules.may_write_department(request.user, record))
    return _page(request, record, f"Edit: {record.name}")


def _page(request, record, title):
    form, conflict, alike = _form(request, record, request.POST or None), None, []
    if request.method == "POST" and form.is_valid():
        found = [] if similar.is_needless(request) else _duplicates(request.user, record, form)
        alike = similar.to_show(request, found)
    if request.method == "POST" and form.is_valid() and not alike:
        try:
            after = _save(request, record, form, similar.told_apart(request, found))
        except Stale as stale:
            form, conflict = _meet(request, form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            same = record.pk and after.version == record.version
            words = "Nothing was different, so nothing was saved." if same else "Saved."
            return saved(request, words, _address(after))
    # What was refused or asked about is still made from the version that its page was.
    version = version_shown(request, record, conflict.version if conflict else 0)
    unjudged(request, [form])
    home = record if record.pk else getattr(record, "jurisdiction", None)
    context = {
        "title": title,
        "form": form,
        "all_forms": [form],
        "conflict": conflict,
        "version": version,
        "similar": similar.rows_of(alike),
        "back": _address(home) if home else reverse("jurisdictions"),
        "crumbs": [("Jurisdictions", reverse("jurisdictions"))] + ([(str(home), _address(home))] if home else []),
    }
    status = 409 if conflict else 422 if form.is_bound and (form.errors or alike) else 200
    return render(request, "jurisdictions/edit.html", context, status=status)


def _form(request, record, data=None):
    initial = relations.related(record) if isinstance(record, Jurisdiction) and data is None else {}
    return FORMS[type(record)](data, instance=throwaway(record), person=request.user, initial=initial)


def _duplicates(person, record, form):
    """Departments of the same jurisdiction that may be this one, for a new record or a new name."""
    if not isinstance(record, Department) or form.cleaned_data["name"] == record.name:
        return []
    known = similar.known_of(form.cleaned_data)
    return similar_departments(person, known, record.jurisdiction, but=record, strict=not is_staff(person))


def _save(request, record, form, apart_from):
    leave_out = conflicts.chosen_theirs(request.POST)
    fields = {name: form.cleaned_data[name] for name in form.Meta.fields if name not in leave_out}
    if "issue_areas" in fields:
        fields["issue_areas"] = list(fields["issue_areas"])
    shared = {"by": request.user, "why": form.cleaned_data["why"]}
    if record.pk:
        shared["version"] = version_of(request)
    if isinstance(record, Jurisdiction):
        related = {key: form.cleaned_data[key] for key in relations.KEYS if key not in leave_out}
        return actions.save_jurisdiction(jurisdiction=record if record.pk else None, fields=fields, **related, **shared)
    fields["jurisdiction"] = record.jurisdiction
    shared["apart_from"] = apart_from
    return actions.save_department(department=record if record.pk else None, fields=fields, **shared)


def _meet(request, form, stale):
    labels = {name: field.label for name, field in form.fields.items()}
    names = [name for name in form.fields if name != "why"]
    now, mine = actions.snapshot(stale.current), typed(form, names)
    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels)
    data, fresh = request.POST.copy(), _form(request, stale.current)
    for name in conflict.theirs & set(names):
        data.setlist(name, raw(fresh[name]))
    return _form(request, stale.current, data), conflict


def _address(record):
    return reverse(record._meta.model_name, args=[record.public_id])
