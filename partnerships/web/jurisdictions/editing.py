"""Edit pages of jurisdictions and departments."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.directory import actions, queries, relations, rules
from partnerships.directory.models import Department, Jurisdiction
from partnerships.web.components import similar
from partnerships.web.components.forms.organization import ContactForm, ContactFormSet, row_initial
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import rows_to_send, typed_values
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.jurisdictions.forms import DepartmentForm, JurisdictionForm

_CONTACT = ContactForm.Meta.fields


class _PlaceEdit(RecordEdit):
    """A jurisdiction or department, with its contacts."""

    template_name = "jurisdictions/edit.html"

    def make_forms(self, data=None):
        super().make_forms(data)
        rows = self.record.contacts.all() if self.record.pk and data is None else []
        initial = [row_initial(row, _CONTACT) for row in rows]
        contacts = ContactFormSet(data, prefix="contacts", initial=initial, form_kwargs={"owner": self.record})
        self.parts = {"contacts": contacts}

    def submitted(self):
        formset = self.parts["contacts"]
        rows_to_send(formset)
        return super().submitted() | {"contacts": [typed_values(form, _CONTACT) for form in formset.sent]}

    def comparable(self, snapshot, current):
        return snapshot | {"contacts": [{key: row.get(key) for key in _CONTACT} for row in snapshot["contacts"]]}

    def context(self):
        return {"folds": [Fold(gettext("Contacts"), rows=self.parts["contacts"])]}


class JurisdictionEdit(_PlaceEdit):
    form_class = JurisdictionForm
    fields = JurisdictionForm.Meta.fields

    def form_arguments(self, data):
        return {"person": self.person, "initial": relations.related(self.record) if data is None else {}}

    def save(self, leave_out, version):
        related = {key: self.form.cleaned_data[key] for key in relations.KEYS if key not in leave_out}
        return actions.save_jurisdiction(
            jurisdiction=self.existing,
            by=self.person,
            fields=self.values(leave_out),
            version=version,
            why=self.form.cleaned_data["why"],
            contacts=self.rows("contacts", leave_out),
            **related,
        )

    @property
    def names(self):
        return [*super().names, *relations.KEYS]

    def values(self, leave_out=()):
        return super().values({*leave_out, *relations.KEYS})


@dataclass
class DepartmentEdit(_PlaceEdit):
    """A department. Possible duplicates in the same jurisdiction are shown before it's saved."""

    form_class = DepartmentForm
    fields = DepartmentForm.Meta.fields

    def form_arguments(self, data):
        return {"person": self.person, "initial": {}}

    def save(self, leave_out, version):
        return actions.save_department(
            department=self.existing,
            by=self.person,
            fields=self.values(leave_out) | {"jurisdiction": self.record.jurisdiction},
            version=version,
            why=self.form.cleaned_data["why"],
            contacts=self.rows("contacts", leave_out),
            **similar.stated_distinct(self.request, rules.departments_visible_to(self.person)),
        )

    def back(self):
        return (self.record if self.record.pk else self.record.jurisdiction).get_absolute_url()

    def crumbs(self):
        home = self.record if self.record.pk else self.record.jurisdiction
        return [(gettext("Jurisdictions"), reverse("jurisdictions")), (str(home), home.get_absolute_url())]

    def context(self):
        return super().context() | {
            "similar": similar.rows_of(self.duplicates),
            "distinct": similar.answer_of(self.request),
        }


@require_http_methods(["GET", "POST"])
@with_drafts()
def new_jurisdiction(request):
    require(rules.may_write_jurisdiction(request.user, None))
    return edit_record(JurisdictionEdit(request, Jurisdiction(), gettext("Add a jurisdiction")))


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit_jurisdiction(request, public_id):
    record = queries.jurisdiction(request.user, public_id)
    require(rules.may_write_jurisdiction(request.user, record))
    return edit_record(JurisdictionEdit(request, record, gettext("Edit: %(title)s") % {"title": record.name}))


@require_http_methods(["GET", "POST"])
@with_drafts()
def new_department(request, public_id):
    jurisdiction = queries.jurisdiction(request.user, public_id)
    require(rules.may_write_jurisdiction(request.user, jurisdiction))
    blank = Department(jurisdiction=jurisdiction)
    return edit_record(
        DepartmentEdit(
            request, blank, gettext("Add a department: %(jurisdiction)s") % {"jurisdiction": jurisdiction.name}
        )
    )


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit_department(request, public_id):
    record = queries.department(request.user, public_id)
    require(rules.may_write_department(request.user, record))
    return edit_record(DepartmentEdit(request, record, gettext("Edit: %(title)s") % {"title": record.name}))
