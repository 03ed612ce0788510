"""Edit pages of whole organizations. `own` has the pages for sections of one."""

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.directory import actions, queries, rules
from partnerships.directory.choices import Reader
from partnerships.directory.models import Organization
from partnerships.web.components import similar
from partnerships.web.components.forms import organization as made
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import form_copy, rows_to_send, typed_values
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.record_edit import RecordEdit, edit_record

ROWS = {
    "contacts": (made.ContactFormSet, made.ContactForm.Meta.fields),
    "identifiers": (made.IdentifierFormSet, made.IdentifierForm.Meta.fields),
}

LISTS = {"contacts": _("Contacts"), "identifiers": _("Identifiers")}

# The form of a whole organization folds these: title → fields. None of them is required.
FOLDED = {
    _("Issue areas and area served"): ("issue_areas", "area", "area_note"),
    _("Languages"): ("languages",),
    _("Led by and communities served"): ("led_by", "communities"),
    _("Has it closed?"): ("closed_on",),
    _("Address, source, and the reason for this change"): ("address", "source", "last_verified_on", "why"),
}


@dataclass
class FieldWithReader:
    """A bound field next to the one for who can see it."""

    field: BoundField
    reader: BoundField

    @property
    def errors(self):
        return self.field.errors

    def value(self):
        return self.field.value()

    def as_field_group(self) -> str:
        return render_to_string("organizations/_field_with_reader.html", {"field": self.field, "reader": self.reader})


@dataclass
class OrganizationEdit(RecordEdit):
    """A whole organization or a section of it.

    With `readers`, each profile field has one for who can see it. `came_from` is the page to return to.
    """

    readers: bool = False
    came_from: str = ""

    template_name = "organizations/edit.html"
    joins_changes = True

    def make_forms(self, data=None):
        names = self.section.fields if self.section else None
        self.form = made.OrganizationForm(
            data, instance=form_copy(self.record), person=self.person, names=names, readers=self.readers
        )
        shown = self.section.parts if self.section else ROWS
        self.parts = {name: self._formset(name, data) for name in shown}

    def keep_section(self, section):
        """The form already contains only the fields of the section."""

    def _formset(self, name, data):
        formset, keys = ROWS[name]
        rows = getattr(self.record, name).all() if self.record.pk and data is None else []
        initial = [made.row_initial(row, keys) for row in rows]
        of_record = {"owner": self.record} if name == "contacts" else {}
        return formset(data, prefix=name, initial=initial, form_kwargs=of_record)

    @property
    def names(self):
        return [name for name in self.form.fields if name not in ("why", "may_count", "keeps_name")]

    def save(self, leave_out, version):
        values = self.values(leave_out)
        readers = {name: values.pop(name) for name in [*values] if name.startswith(made.OPEN)}
        if readers:
            values["open_fields"] = {name.removeprefix(made.OPEN): reader for name, reader in readers.items()}
        rows: dict[str, Any] = {name: self.rows(name, leave_out) for name in self.parts}
        return actions.save_organization(
            organization=self.existing,
            by=self.person,
            fields=values,
            version=version,
            why=self.form.cleaned_data.get("why", ""),
            **similar.stated_distinct(self.request, rules.organizations_visible_to(self.person)),
            may_count=self.form.cleaned_data.get("may_count", "no") != "no",
            **rows,
        )

    def submitted(self):
        mine = super().submitted()
        mine |= {name: Reader(mine[name]).label for name in self.names if name.startswith(made.OPEN)}
        for name, formset in self.parts.items():
            rows_to_send(formset)
            mine[name] = [typed_values(form, ROWS[name][1]) for form in formset.sent]
        return mine

    def comparable(self, snapshot, current):
        read_by = Organization(open_fields=snapshot["open_fields"])
        readers = {made.OPEN + name: Reader(read_by.reader_of(name)).label for name in made.WITH_READERS}
        rows = {
            name: [{key: row.get(key) for key in keys} for row in snapshot[name]] for name, (_, keys) in ROWS.items()
        }
        return snapshot | rows | readers

    def saved_url(self, after):
        return self.came_from or super().saved_url(after)

    def back(self):
        return self.came_from or super().back()

    def context(self):
        folded = {} if self.section else FOLDED
        folded_names = {name for names in folded.values() for name in names}
        lists = [(LISTS[name], formset) for name, formset in self.parts.items()]
        folds = [Fold(title, self._fields(names)) for title, names in folded.items()]
        return {
            "fields": self._fields([name for name in self._without_readers() if name not in folded_names]),
            "folds": folds + [Fold(title, rows=rows) for title, rows in lists] if folded else [],
            "lists": [] if folded else lists,
            "similar": similar.rows_of(self.duplicates),
            "distinct": similar.answer_of(self.request),
        }

    def _without_readers(self):
        return [name for name in self.form.fields if not name.startswith(made.OPEN)]

    def _fields(self, names):
        """These fields as the page shows them, each with the one for who can see it if there is one."""
        form = self.form
        return [
            FieldWithReader(form[name], form[made.OPEN + name]) if made.OPEN + name in form.fields else form[name]
            for name in names
        ]


@require_http_methods(["GET", "POST"])
@with_drafts()
def new(request):
    require(rules.may_add_organization(request.user))
    offices = queries.jurisdictions_of_editor(request.user)
    record = Organization(kept_by=offices.first() if offices.count() == 1 else None)
    return edit_record(OrganizationEdit(request, record, gettext("Add an organization")))


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.organization(request.user, public_id)
    require(rules.may_write_organization(request.user, record))
    return edit_record(OrganizationEdit(request, record, gettext("Edit: %(title)s") % {"title": record.name}))
