"""The form of a check-in that is answered through the link in an email."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.meetings.choices import Going, RecordIsRight


class CheckInForm(forms.Form):
    """All fields are optional, since a person can just ask for a call."""

    going = forms.ChoiceField(
        label=_("How is it going?"), choices=Going.choices, widget=forms.RadioSelect, required=False
    )
    changed = forms.CharField(
        label=_("What has changed?"), max_length=2000, required=False, widget=ProseInput(attrs={"rows": 3})
    )
    needs = forms.CharField(
        label=_("What do you need?"), max_length=2000, required=False, widget=ProseInput(attrs={"rows": 3})
    )
    record_is_right = forms.ChoiceField(
        label=_("Is the record still right?"), choices=RecordIsRight.choices, widget=forms.RadioSelect, required=False
    )
