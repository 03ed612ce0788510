"""The form of a report's settings."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core.types import Text
from partnerships.reports.choices import ReportFrequency, ReportKind
from partnerships.reports.filter_words import EVERY, OURS, own_query, partnerships_in_words
from partnerships.reports.models import ReportDefinition
from partnerships.reports.queries import people_of
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm

OWN = "own"  # sent for the filter of the office that the report is for


class _People(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person):
        return str(person)


class ReportForm(RecordForm):
    """`owners` are the offices or organizations that the report can be for. With only one, the form doesn't ask.

    A report of an organization is only for its own people, and a report about one partnership has no filters.
    """

    owner = forms.ChoiceField(label=_("Owner"))
    query = forms.CharField(
        label=_("Which partnerships?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("To choose others, filter the list of partnerships, and create the report there."),
    )
    mailed_to = _People(
        label=_("Who gets an email"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("We email them when a scheduled report is ready. The email has a link and no attachment."),
    )

    class Meta:
        model = ReportDefinition
        fields = ("title", "eyes", "query", "rhythm", "next_on", "mailed_to")
        widgets = {"eyes": forms.RadioSelect, "rhythm": forms.RadioSelect}
        labels = {
            "title": _("Title"),
            "eyes": _("Who can read it"),
            "rhythm": _("How often"),
            "next_on": _("Date of the next report"),
        }
        help_texts = {
            "title": _("For example, “Housing partnerships for the council”."),
            "eyes": _("A report for everyone includes only what’s public. A report for your own people includes more."),
            "next_on": _("Only for a scheduled report."),
        }

    def __init__(self, *args, instance, owners, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.owners = {one.public_id: one for one in owners}
        field_of(self, "owner", forms.ChoiceField).choices = [(key, str(one)) for key, one in self.owners.items()]
        people = people_of(owners[0])
        for one in owners[1:]:
            people = people | people_of(one)
        field_of(self, "mailed_to", _People).queryset = people
        if len(owners) == 1:
            del self.fields["owner"]
        if instance.kind == ReportKind.COUNCIL:
            self._offer_queries(instance)
        else:
            del self.fields["query"]
        if instance.kind == ReportKind.PARTNER:
            del self.fields["eyes"]
        self.order_fields(["title", "owner", "query", "eyes", "rhythm", "next_on", "mailed_to", "why"])

    @property
    def chosen_owner(self):
        return self.owners.get(self.cleaned_data.get("owner")) or next(iter(self.owners.values()))

    def _offer_queries(self, instance):
        """The partnerships of the office, all of them, or those of the filters that the report has or was started with."""
        given = self.data.get("query", instance.query) if self.is_bound else instance.query
        office = next(iter(self.owners.values()))
        if instance.query in ("", own_query(office)) and (not instance.pk or instance.query):
            self.initial["query"] = OWN
        choices: list[tuple[str, Text]] = [(OWN, OURS), ("", EVERY)]
        if given not in (OWN, "", own_query(office)):
            filtered = ReportDefinition(kind=instance.kind, jurisdiction=office, eyes=instance.eyes, query=given)
            choices.insert(0, (given, partnerships_in_words(filtered)))
        self.fields["query"].widget.choices = choices

    def clean_query(self):
        chosen = self.cleaned_data["query"]
        return own_query(self.chosen_owner) if chosen == OWN else chosen

    def clean(self):
        rhythm = self.cleaned_data.get("rhythm")
        has_day = self.cleaned_data.get("next_on") or self.has_error("next_on")
        if rhythm and rhythm != ReportFrequency.NONE and not has_day:
            self.add_error("next_on", gettext("Enter the date of the next report."))
        return self.cleaned_data
