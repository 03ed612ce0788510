"""Suggestions from the public, and the decision about one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.directory.choices import SuggestionKind
from partnerships.directory.models import Jurisdiction, Suggestion
from partnerships.directory.queries import offices_with_staff
from partnerships.web.frame.forms.fields import field_of

ADDRESS_HELP = _("Optional. We’ll use it once, to tell you what we decided. No one else sees it.")


class SuggestionForm(forms.ModelForm):
    """A correction of an organization's public record.

    Fields start with the public values, and what is changed is the suggestion.
    """

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[(k.value, k.label) for k in (SuggestionKind.CORRECT, SuggestionKind.CLOSED)],
        widget=forms.RadioSelect,
        initial=SuggestionKind.CORRECT,
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    website = forms.URLField(label=_("Website"), max_length=300, required=False, assume_scheme="https")
    aims = forms.CharField(label=_("Mission"), max_length=2000, required=False, widget=ProseInput)
    area_note = forms.CharField(label=_("Area served, in words"), max_length=300, required=False)

    class Meta:
        model = Suggestion
        fields = ("kind", "words", "address")
        labels = {"words": _("In your own words")}
        help_texts = {"words": _("What is wrong, and how do you know?"), "address": ADDRESS_HELP}

    def __init__(self, *args, shown, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", "website", "aims", "area_note"):
            if name in shown:
                self.fields[name].initial = shown[name]
            else:
                del self.fields[name]
        self.order_fields(["kind", "name", "website", "aims", "area_note", "words", "address"])

    def _post_clean(self):
        pass  # the action validates the record


class ProposalForm(SuggestionForm):
    """A suggestion for an organization that isn't listed."""

    office = forms.ModelChoiceField(
        label=_("Which office should know?"), queryset=Jurisdiction.objects.none(), empty_label=_("Choose one")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, shown=dict.fromkeys(("name", "website", "aims", "area_note"), ""), **kwargs)
        del self.fields["kind"]
        self.fields["name"].required = True
        self.fields["words"].help_text = _("How do you know of it, and where can people read about it?")
        field_of(self, "office", forms.ModelChoiceField).queryset = offices_with_staff()
        self.order_fields(["name", "website", "aims", "area_note", "office", "words", "address"])


class DecisionForm(forms.Form):
    take = forms.MultipleChoiceField(label=_("Accept"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Message to the sender"), max_length=1000, required=False, widget=ProseInput(attrs={"rows": 3})
    )

    def __init__(self, *args, choices, has_sender, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "take", forms.ChoiceField).choices = choices
        if not choices:
            del self.fields["take"]
        if not has_sender:
            self.fields["reason"].help_text = _(
                "They didn’t leave an email address, so only your colleagues can read this."
            )
