"""Forms for bulk edits. A field that is left empty changes nothing."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock, record_types
from partnerships.core.choices import Vocabulary
from partnerships.core.types import Text
from partnerships.directory import queries
from partnerships.directory.choices import DepartmentKind
from partnerships.directory.models import IssueArea
from partnerships.directory.reference.vocabularies import term_name
from partnerships.records.bulk import ADD, DROP
from partnerships.registry.choices import OPEN_STATUSES
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import issue_choices

LEAVE = _("Keep as is")


class BulkEditForm(forms.Form):
    """`asked` has the changes in the form that `records.bulk` takes."""

    KIND = ""
    TITLE: Text = ""  # of the page
    CHOICES: dict[str, list] = {}
    VOCABULARIES: dict[str, str] = {}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        for name, choices in self.CHOICES.items():
            self.fields[name] = forms.ChoiceField(
                label=self._label(name), choices=[("", LEAVE), *choices], required=False
            )
        for name, vocabulary in self.VOCABULARIES.items():
            field = forms.ModelChoiceField(
                queries.terms(vocabulary), label=self._label(name), empty_label=LEAVE, required=False
            )
            field.label_from_instance = term_name  # type: ignore[method-assign, assignment]
            self.fields[name] = field
        for prefix, label in ((ADD, _("Issue areas to add")), (DROP, _("Issue areas to remove"))):
            self.fields[f"{prefix}issue_areas"] = forms.ModelMultipleChoiceField(
                IssueArea.objects.all(), label=label, required=False, widget=forms.CheckboxSelectMultiple
            )
            field_of(self, f"{prefix}issue_areas", forms.ChoiceField).choices = issue_choices
        self.add_more(person)
        self.fields["checked"] = forms.BooleanField(
            label=_("Someone verified these records today"),
            required=False,
            help_text=_("Sets “Last verified” to today."),
        )
        self.fields["why"] = forms.CharField(
            label=_("Why"),
            max_length=300,
            required=False,
            help_text=_("Optional. Appears in the history of each record."),
        )

    def _label(self, name):
        return gettext(record_types.get(self.KIND).name_of(name))

    def add_more(self, person):
        """Add fields for this kind of record."""

    def clean(self):
        super().clean()
        data = self.cleaned_data
        both = set(data.get(f"{ADD}issue_areas") or ()) & set(data.get(f"{DROP}issue_areas") or ())
        if both:
            words = gettext("You can’t add and remove the same issue area: %(names)s. Choose one.")
            names = ", ".join(sorted(term_name(one) for one in both))
            self.add_error(f"{DROP}issue_areas", words % {"names": names})
        return data

    @property
    def asked(self) -> dict:
        data = {name: value for name, value in self.cleaned_data.items() if name != "why"}
        found = {name: list(value) if hasattr(value, "model") else value for name, value in data.items() if value}
        if found.pop("checked", None):
            found["last_verified_on"] = clock.today()
        return {name: value for name, value in found.items() if value}


class ManyPartnerships(BulkEditForm):
    KIND = "partnership"
    TITLE = _("Edit several partnerships")
    CHOICES = {"status": [(status.value, status.label) for status in OPEN_STATUSES]}
    VOCABULARIES = {"purpose": Vocabulary.PURPOSE, "origin": Vocabulary.ORIGIN}


class ManyOrganizations(BulkEditForm):
    KIND = "organization"
    TITLE = _("Edit several organizations")
    VOCABULARIES = {"kind": Vocabulary.ORGANIZATION_KIND}

    def add_more(self, person):
        self.fields["kept_by"] = forms.ModelChoiceField(
            queries.jurisdictions_of_editor(person),
            label=_("Office that keeps the record"),
            empty_label=LEAVE,
            required=False,
        )


class ManyDepartments(BulkEditForm):
    KIND = "department"
    TITLE = _("Edit several departments")
    CHOICES = {"kind": DepartmentKind.choices}


FORMS = {form.KIND: form for form in (ManyPartnerships, ManyOrganizations, ManyDepartments)}
