"""The questions before the form of a new partnership: its purpose, issue areas and lead agency. Sent by GET."""

from functools import partial

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.choices import Vocabulary
from partnerships.core.errors import ValidationError
from partnerships.core.filters import TRACKING
from partnerships.directory import queries as directory
from partnerships.directory.models import IssueArea, Jurisdiction, Term
from partnerships.directory.reference.vocabularies import term_name
from partnerships.directory.rules import issue_areas_visible_to
from partnerships.registry.choices import Kind, Role
from partnerships.web.frame.forms.entities import look_up
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import issue_choices

MOST = 40  # parties in a new form


class _Parties(forms.Field):
    """Public IDs of checked records. Cleans to a list of records without duplicates."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, person, **kwargs):
        super().__init__(required=False, **kwargs)
        self.person = person

    def clean(self, value):
        ids = list(dict.fromkeys(value or ()))
        if len(ids) > MOST:
            raise ValidationError(
                gettext("Choose at most %(number)s partners now. You can add more in the form.") % {"number": MOST},
                code="many",
            )
        return [look_up(text[:240], self.person, "GDJ") for text in ids]


class StartForm(forms.Form):
    purpose = forms.ModelChoiceField(
        queryset=Term.objects.none(),
        to_field_name="key",
        required=False,
        label=_("What is it for?"),
        widget=forms.RadioSelect,
        blank=True,
        empty_label=None,
    )
    lead = forms.ModelChoiceField(
        Jurisdiction.objects.none(), to_field_name="public_id", required=False, label=_("Who leads it?")
    )
    issue = forms.ModelMultipleChoiceField(
        queryset=IssueArea.objects.none(),
        to_field_name="key",
        required=False,
        label=_("What is it about?"),
        help_text=_("Choose all that apply. A broad issue area also finds people who work on parts of it."),
        widget=forms.CheckboxSelectMultiple,
    )
    community = forms.ModelMultipleChoiceField(
        queryset=Term.objects.none(),
        required=False,
        label=_("Who is most affected?"),
        help_text=_("The communities that it matters to most. Optional."),
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        choices=Kind.choices,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("We don’t know this type of partnership. Choose one below.")},
    )

    def __init__(self, data=None, *, person):
        super().__init__(data)
        self.fields["party"] = _Parties(person=person)
        leads = directory.jurisdictions_of_editor(person).distinct()
        field_of(self, "lead", forms.ModelChoiceField).queryset = leads
        field_of(self, "lead", forms.ModelChoiceField).empty_label = (
            None if leads.count() == 1 else gettext("Choose one")
        )
        purposes = directory.terms(Vocabulary.PURPOSE)
        field_of(self, "purpose", forms.ModelChoiceField).queryset = purposes
        self.fields["purpose"].widget.helps = {term.key: term_name(term.help) for term in purposes}
        field_of(self, "community", forms.ModelChoiceField).queryset = directory.terms(Vocabulary.COMMUNITY)
        for name in ("purpose", "community"):
            chosen = field_of(self, name, forms.ModelChoiceField)
            chosen.label_from_instance = term_name  # type: ignore[method-assign, assignment]
        field_of(self, "issue", forms.ModelChoiceField).queryset = issue_areas_visible_to(person)
        field_of(self, "issue", forms.ChoiceField).choices = partial(issue_choices, "key")

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not cleaned.get("kind"):
            for name, words in (
                ("purpose", gettext("Choose what it’s for, so we can suggest who is needed.")),
                ("lead", gettext("Choose who leads it.")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return cleaned

    def given(self) -> tuple[dict, list[dict]]:
        """The initial values of the partnership's form, and of its rows of parties."""
        answers = self.cleaned_data
        fields = {
            "purpose": answers.get("purpose"),
            "lead": answers.get("lead"),
            "issue_areas": list(answers.get("issue") or ()),
            "communities": list(answers.get("community") or ()),
        }
        first = [lead_row(answers["lead"])] if answers.get("lead") else []
        rest = [{"entity": one} for one in answers.get("party") or () if one != answers.get("lead")]
        return {name: value for name, value in fields.items() if value}, first + rest


def lead_row(lead: Jurisdiction) -> dict:
    """The initial row of the lead agency among the parties."""
    return {"entity": lead, "roles": [Role.LEAD]}


def without_empty(params) -> MultiValueDict:
    """The parameters that have values, without those of every page: its language, and what follows visitors."""
    asked = [name for name in params if not TRACKING.match(name)]
    typed = {name: [value for value in params.getlist(name) if value] for name in asked}
    return MultiValueDict({name: values for name, values in typed.items() if values})
