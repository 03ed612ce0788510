"""Editing organizations: new and edit, with likely duplicates shown before a second record of one group is made; and the
way of saving that the small pages of “your organization” share."""

from dataclasses import dataclass

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import is_staff, require
from partnerships.core.errors import Stale, ValidationError
from partnerships.directory import actions, queries, rules
from partnerships.directory.choices import Reader
from partnerships.directory.duplicates import similar_organizations
from partnerships.directory.models import Contact, Identifier, Organization
from partnerships.web import conflicts, similar
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, raw, rows_to_send, saved, throwaway, typed, version_of
from partnerships.web.forms import organization as made

ROWS = {
    "contacts": (made.ContactFormSet, made.ContactForm.Meta.fields),
    "identifiers": (made.IdentifierFormSet, made.IdentifierForm.Meta.fields),
}


@dataclass(frozen=True)
class Part:
    """What one editing page holds of an organization: fields, and lists of rows; without `fields`, all of the form's.

    `readers`: beside each field of the profile stands who reads it. `title` and `text` head the page.
    """

    title: str = ""
    text: str = ""
    fields: tuple[str, ...] | None = None
    rows: tuple[str, ...] = ()
    readers: bool = False


WHOLE = Part(rows=tuple(ROWS))


class Sheet:
    """All forms of an editing page for one organization, or a new one."""

    def __init__(self, request, record, data=None, part=WHOLE):
        self.request, self.record, self.person, self.part = request, record, request.user, part
        self.form = made.OrganizationForm(
            data, instance=throwaway(record), person=request.user, names=part.fields, readers=part.readers
        )
        self.names = [name for name in self.form.fields if name not in ("why", "may_count")]
        self.rows = {name: self._formset(name, data) for name in part.rows}

    def _formset(self, name, data):
        formset, keys = ROWS[name]
        rows = getattr(self.record, name).all() if self.record.pk and data is None else []
        return formset(data, prefix=name, initial=[made.row_initial(row, keys) for row in rows])

    def pairs(self):
        """Each field, and the one for who reads it."""
        form = self.form
        plain = [name for name in form.fields if not name.startswith(made.OPEN)]
        return [(form[name], form[made.OPEN + name] if made.OPEN + name in form.fields else None) for name in plain]

    def all_forms(self):
        return [self.form, *self.rows.values()]

    def is_valid(self):
        # Each is asked, or the errors of the later ones would be missing from the page.
        return not [form for form in self.all_forms() if not form.is_valid()]

    def duplicates(self):
        """Organizations that may be this one, for a new record or a new name."""
        values, person = self.form.cleaned_data, self.person
        if similar.is_needless(self.request) or values.get("name", self.record.name) == self.record.name:
            return []
        contacts = self._as_typed("contacts", Contact, "email", "phone")
        known = similar.known_of(values, contacts, self._as_typed("identifiers", Identifier, "scheme", "value"))
        return similar_organizations(person, known, but=self.record, strict=not is_staff(person))

    def _as_typed(self, name, model, *keys):
        rows = rows_to_send(self.rows[name]) if name in self.rows else []
        return [model(**{key: row[key] for key in keys}) for row in rows]

    def save(self, leave_out=(), *, version=None, apart_from=()):
        """`version`: the one that was edited; without it, the one that was sent along."""
        values = {name: self.form.cleaned_data[name] for name in self.names if name not in leave_out}
        readers = {name: values.pop(name) for name in [*values] if name.startswith(made.OPEN)}
        if readers:
            values["open_fields"] = {name.removeprefix(made.OPEN): reader for name, reader in readers.items()}
        rows = {name: None if name in leave_out else rows_to_send(formset) for name, formset in self.rows.items()}
        return actions.save_organization(
            organization=self.record if self.record.pk else None,
            by=self.person,
            fields={name: list(v) if hasattr(v, "model") else v for name, v in values.items()},
            version=(version or version_of(self.request)) if self.record.pk else None,
            why=self.form.cleaned_data.get("why", ""),
            apart_from=apart_from,
            may_count=self.form.cleaned_data.get("may_count", "no") != "no",
            **rows,
        )

    def mine(self):
        mine = typed(self.form, self.names)
        mine |= {name: Reader(mine[name]).label for name in self.names if name.startswith(made.OPEN)}
        for name, formset in self.rows.items():
            rows_to_send(formset)
            mine[name] = [typed(form, ROWS[name][1]) for form in formset.sent]
        return mine


def _comparable(shot):
    read_by = Organization(open_fields=shot["open_fields"])
    readers = {made.OPEN + name: Reader(read_by.reader_of(name)).label for name in made.WITH_READERS}
    rows = {name: [{key: row.get(key) for key in keys} for row in shot[name]] for name, (_, keys) in ROWS.items()}
    return shot | rows | readers


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new(request):
    require(rules.may_add_organization(request.user))
    offices = queries.jurisdictions_of_editor(request.user)
    record = Organization(kept_by=offices.first() if offices.count() == 1 else None)
    sheet = Sheet(request, record, request.POST or None)
    alike = []
    if request.method == "POST" and sheet.is_valid():
        found = sheet.duplicates()
        alike = similar.to_show(request, found)
        if not alike:
            try:
                after = sheet.save(apart_from=similar.told_apart(request, found))
            except ValidationError as problem:
                place_errors(problem, sheet.form, sheet.rows)
            else:
                return saved(request, "Saved.", _page(after))
    return _show(request, sheet, "Add an organization", alike=alike)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    record = queries.organization(request.user, public_id)
    require(rules.may_write_organization(request.user, record))
    return edited(request, record, WHOLE, f"Edit: {record.name}", _page(record))


def edited(request, record, part, title, back):
    """The editing page of a part of an organization, or, after a save, the way back."""
    sheet, conflict, alike = Sheet(request, record, request.POST or None, part), None, []
    if request.method == "POST" and sheet.is_valid():
        found = sheet.duplicates()
        alike = similar.to_show(request, found)
        try:
            if not alike:
                after, sheet, conflict = _save(request, sheet, similar.told_apart(request, found))
        except ValidationError as problem:
            place_errors(problem, sheet.form, sheet.rows)
        else:
            if not alike and after:
                same = after.version == sheet.record.version
                return saved(request, "Nothing was different, so nothing was saved." if same else "Saved.", back)
    return _show(request, sheet, title, conflict, back=back, alike=alike)


def _save(request, sheet, apart_from):
    """(the record as it was saved, the sheet, None), or (None, the sheet as it is to be shown, the conflict).

    Who saved in between and changed nothing that stands on this page is no conflict: both changes stay.
    """
    leave_out, version = conflicts.chosen_theirs(request.POST), None
    while True:
        try:
            return sheet.save(leave_out, version=version, apart_from=apart_from), sheet, None
        except Stale as stale:
            merged, conflict = _meet(request, sheet, stale)
            if conflict.clashes or conflict.theirs or not stale.given:
                return None, merged, conflict
            sheet, version = merged, stale.current.version
            if not sheet.is_valid():
                return None, sheet, conflict


def _meet(request, sheet, stale):
    now = actions.snapshot(stale.current)
    labels = {name: field.label for name, field in sheet.form.fields.items()}
    conflict = conflicts.compare(stale.current, stale.given, now, sheet.mine(), labels=labels, normalize=_comparable)
    data, fresh = request.POST.copy(), Sheet(request, stale.current, part=sheet.part)
    for name in conflict.theirs & set(sheet.names):
        data.setlist(name, raw(fresh.form[name]))
    merged = Sheet(request, stale.current, data, sheet.part)
    for name in conflict.theirs & fresh.rows.keys():
        merged.rows[name] = fresh.rows[name]
    return merged, conflict


def _show(request, sheet, title, conflict=None, alike=(), back=None):
    unjudged(request, sheet.all_forms())
    crumbs = [("Organizations", reverse("organizations"))]
    crumbs += [(sheet.record.name, _page(sheet.record))] if sheet.record.pk else []
    wrong = any(form.is_bound and not form.is_valid() for form in sheet.all_forms())
    context = {
        "title": title,
        "record": sheet.record,
        # What was refused or asked about is still made from the version that its page was.
        "version": version_shown(request, sheet.record, conflict.version if conflict else 0),
        "form": sheet.form,
        "lead": sheet.part.text,
        "fields": sheet.pairs(),
        "lists": [(name.capitalize(), formset) for name, formset in sheet.rows.items()],
        "back": back or reverse("organizations"),
        "all_forms": sheet.all_forms(),
        "conflict": conflict,
        "similar": similar.rows_of(alike),
        "crumbs": crumbs,
    }
    return render(
        request, "organizations/edit.html", context, status=409 if conflict else 422 if wrong or alike else 200
    )


def _page(record):
    return reverse("organization", args=[record.public_id])
