"""Forms for bulk edits. A field that is left empty changes nothing."""

from django import forms

from partnerships.core import clock
from partnerships.core.choices import Vocabulary
from partnerships.directory import queries
from partnerships.directory.choices import DepartmentKind
from partnerships.directory.models import IssueArea
from partnerships.records.bulk import ADD, DROP
from partnerships.registry.choices import OPEN_STATUSES
from partnerships.web.forms.fields import field_of
from partnerships.web.forms.record import issue_choices

LEAVE = "Keep as is"


class BulkEditForm(forms.Form):
    """`asked` has the changes in the form that `records.bulk` takes."""

    CHOICES: dict[str, list] = {}
    VOCABULARIES: dict[str, str] = {}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        for name, choices in self.CHOICES.items():
            self.fields[name] = forms.ChoiceField(choices=[("", LEAVE), *choices], required=False)
        for name, vocabulary in self.VOCABULARIES.items():
            self.fields[name] = forms.ModelChoiceField(queries.terms(vocabulary), empty_label=LEAVE, required=False)
        for prefix, label in ((ADD, "Issue areas to add"), (DROP, "Issue areas to remove")):
            self.fields[f"{prefix}issue_areas"] = forms.ModelMultipleChoiceField(
                IssueArea.objects.all(), label=label, required=False, widget=forms.CheckboxSelectMultiple
            )
            field_of(self, f"{prefix}issue_areas", forms.ChoiceField).choices = issue_choices
        self.add_more(person)
        self.fields["checked"] = forms.BooleanField(
            label="Someone verified these records today", required=False, help_text="Sets “Last verified” to today."
        )
        self.fields["why"] = forms.CharField(
            label="Why", max_length=300, required=False, help_text="Optional. Appears in the history of each record."
        )

    def add_more(self, person):
        """Add fields for this kind of record."""

    def clean(self):
        super().clean()
        data = self.cleaned_data
        both = set(data.get(f"{ADD}issue_areas") or ()) & set(data.get(f"{DROP}issue_areas") or ())
        if both:
            names = ", ".join(sorted(map(str, both)))
            self.add_error(f"{DROP}issue_areas", f"You can’t add and remove the same issue area: {names}. Choose one.")
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
    CHOICES = {"status": [(status.value, status.label) for status in OPEN_STATUSES]}
    VOCABULARIES = {"purpose": Vocabulary.PURPOSE, "origin": Vocabulary.ORIGIN}


class ManyOrganizations(BulkEditForm):
    KIND = "organization"
    VOCABULARIES = {"kind": Vocabulary.ORGANIZATION_KIND}

    def add_more(self, person):
        self.fields["kept_by"] = forms.ModelChoiceField(
            queries.jurisdictions_of_editor(person),
            label="Office that keeps the record",
            empty_label=LEAVE,
            required=False,
        )


class ManyDepartments(BulkEditForm):
    KIND = "department"
    CHOICES = {"kind": DepartmentKind.choices}


FORMS = {form.KIND: form for form in (ManyPartnerships, ManyOrganizations, ManyDepartments)}
