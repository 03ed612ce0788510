"""The form of a report's settings."""

from django import forms

from partnerships.accounts.models import Person
from partnerships.reports.choices import ReportFrequency, ReportKind
from partnerships.reports.models import ReportDefinition
from partnerships.reports.queries import people_of
from partnerships.web.forms.fields import field_of
from partnerships.web.forms.record import RecordForm


class _People(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person):
        return person.name or "Someone (no name yet)"


class ReportForm(RecordForm):
    """`owners` are the offices or organizations that the report can be for. With only one, the form doesn't ask.

    A report of an organization is only for its own people, and a report about one partnership has no filters.
    """

    owner = forms.ChoiceField(label="Owner")
    mailed_to = _People(
        label="Who gets an email",
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="We email them when a scheduled report is ready. The email has a link and no attachment.",
    )

    class Meta:
        model = ReportDefinition
        fields = ("title", "eyes", "query", "rhythm", "next_on", "mailed_to")
        labels = {"query": "Partnerships"}
        widgets = {"eyes": forms.RadioSelect, "rhythm": forms.RadioSelect, "query": forms.TextInput}
        help_texts = {
            "title": "For example, “Housing partnerships for the council”.",
            "eyes": "A report for everyone includes only what’s public. A report for your own people includes more.",
            "query": "The filters from the web address of the list of partnerships. Leave this empty for all partnerships.",
            "next_on": "Only for a scheduled report.",
        }

    def __init__(self, *args, instance, owners, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.owners = {one.public_id: one for one in owners}
        field_of(self, "owner", forms.ChoiceField).choices = [(key, str(one)) for key, one in self.owners.items()]
        people = people_of(owners[0])
        for one in owners[1:]:
            people = people | people_of(one)
        field_of(self, "mailed_to", _People).queryset = people
        self.fields["query"].required = False
        if len(owners) == 1:
            del self.fields["owner"]
        if instance.kind != ReportKind.COUNCIL:
            del self.fields["query"]
        if instance.kind == ReportKind.PARTNER:
            del self.fields["eyes"]
        self.order_fields(["title", "owner", "query", "eyes", "rhythm", "next_on", "mailed_to", "why"])

    @property
    def chosen_owner(self):
        return self.owners.get(self.cleaned_data.get("owner")) or next(iter(self.owners.values()))

    def clean_query(self):
        """From a whole URL, only the query string is used."""
        typed = self.cleaned_data["query"].strip()
        return typed.rpartition("?")[2] if "?" in typed else typed

    def clean(self):
        rhythm = self.cleaned_data.get("rhythm")
        has_day = self.cleaned_data.get("next_on") or self.has_error("next_on")
        if rhythm and rhythm != ReportFrequency.NONE and not has_day:
            self.add_error("next_on", "Enter the date of the next report.")
        return self.cleaned_data
