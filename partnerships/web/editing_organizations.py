"""Editing organizations: new and edit, with likely duplicates shown before a second record of one group is made."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.directory import actions, queries, rules
from partnerships.directory.models import Organization
from partnerships.web import conflicts
from partnerships.web.editing import place_errors, raw, rows_to_send, saved, throwaway, typed, version_of
from partnerships.web.forms import organization as made

FIELDS = list(made.OrganizationForm.Meta.fields)
CONTACT = made.ContactForm.Meta.fields
IDENTIFIER = made.IdentifierForm.Meta.fields


class Sheet:
    """All forms of the editing page for one organization, or a new one."""

    def __init__(self, request, record, data=None):
        self.request, self.record, self.person = request, record, request.user
        self.form = made.OrganizationForm(data, instance=throwaway(record), person=request.user)
        stored = record.pk and data is None
        contacts = record.contacts.all() if stored else []
        identifiers = record.identifiers.all() if stored else []
        self.rows = {
            "contacts": made.ContactFormSet(
                data, prefix="contacts", initial=[made.row_initial(c, CONTACT) for c in contacts]
            ),
            "identifiers": made.IdentifierFormSet(
                data, prefix="identifiers", initial=[made.row_initial(i, IDENTIFIER) for i in identifiers]
            ),
        }

    def all_forms(self):
        return [self.form, *self.rows.values()]

    def is_valid(self):
        # Each is asked, or the errors of the later ones would be missing from the page.
        return not [form for form in self.all_forms() if not form.is_valid()]

    def save(self, leave_out=()):
        values = {name: self.form.cleaned_data[name] for name in FIELDS if name not in leave_out}
        rows = {name: None if name in leave_out else rows_to_send(formset) for name, formset in self.rows.items()}
        return actions.save_organization(
            organization=self.record if self.record.pk else None,
            by=self.person,
            fields={name: list(v) if hasattr(v, "model") else v for name, v in values.items()},
            version=version_of(self.request) if self.record.pk else None,
            why=self.form.cleaned_data["why"],
            **rows,
        )

    def mine(self):
        mine = typed(self.form, FIELDS)
        for name, formset in self.rows.items():
            rows_to_send(formset)
            keys = CONTACT if name == "contacts" else IDENTIFIER
            mine[name] = [typed(form, keys) for form in formset.sent]
        return mine


def _comparable(shot):
    keys = {"contacts": CONTACT, "identifiers": IDENTIFIER}
    return shot | {name: [{key: row.get(key) for key in keys[name]} for row in shot[name]] for name in keys}


@require_http_methods(["GET", "POST"])
def new(request):
    require(rules.may_add_organization(request.user))
    offices = queries.jurisdictions_of_editor(request.user)
    record = Organization(kept_by=offices.first() if offices.count() == 1 else None)
    sheet = Sheet(request, record, request.POST or None)
    similar = []
    if request.method == "POST" and sheet.is_valid():
        if "not_a_duplicate" not in request.POST:
            similar = queries.similar_organizations(request.user, sheet.form.cleaned_data["name"])
        if not similar:
            try:
                after = sheet.save()
            except ValidationError as problem:
                place_errors(problem, sheet.form, sheet.rows)
            else:
                return saved(request, "Saved.", _page(after))
    return _show(request, sheet, "Add an organization", similar=similar)


@require_http_methods(["GET", "POST"])
def edit(request, public_id):
    record = queries.organization(request.user, public_id)
    require(rules.may_write_organization(request.user, record))
    sheet, conflict = Sheet(request, record, request.POST or None), None
    if request.method == "POST" and sheet.is_valid():
        try:
            after = sheet.save(conflicts.chosen_theirs(request.POST))
        except Stale as stale:
            sheet, conflict = _meet(request, sheet, stale)
        except ValidationError as problem:
            place_errors(problem, sheet.form, sheet.rows)
        else:
            words = "Saved." if after.version != record.version else "Nothing was different, so nothing was saved."
            return saved(request, words, _page(after))
    return _show(request, sheet, f"Edit: {record.name}", conflict)


def _meet(request, sheet, stale):
    now = actions.snapshot(stale.current)
    labels = {name: field.label for name, field in sheet.form.fields.items()}
    conflict = conflicts.compare(stale.current, stale.given, now, sheet.mine(), labels=labels, normalize=_comparable)
    data, fresh = request.POST.copy(), Sheet(request, stale.current)
    for name in conflict.theirs & set(FIELDS):
        data.setlist(name, raw(fresh.form[name]))
    merged = Sheet(request, stale.current, data)
    for name in conflict.theirs & fresh.rows.keys():
        merged.rows[name] = fresh.rows[name]
    return merged, conflict


def _show(request, sheet, title, conflict=None, similar=()):
    crumbs = [("Organizations", reverse("organizations"))]
    crumbs += [(sheet.record.name, _page(sheet.record))] if sheet.record.pk else []
    wrong = any(form.is_bound and not form.is_valid() for form in sheet.all_forms())
    context = {
        "title": title,
        "record": sheet.record,
        "form": sheet.form,
        "lists": [("Contacts", sheet.rows["contacts"]), ("Identifiers", sheet.rows["identifiers"])],
        "all_forms": sheet.all_forms(),
        "conflict": conflict,
        "similar": [{"score": round(100 * score), "record": record} for score, record in similar],
        "crumbs": crumbs,
    }
    return render(
        request, "organization_edit.html", context, status=409 if conflict else 422 if wrong or similar else 200
    )


def _page(record):
    return reverse("organization", args=[record.public_id])
