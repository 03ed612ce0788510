"""Forms for blocked email addresses."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.text import without_addresses


class SuppressForm(forms.Form):
    address = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        help_text=_("We don’t store the address. We only recognize it when it’s entered again."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Only administrators can read this. Don’t enter an email address here."),
    )

    def clean_why(self):
        why = self.cleaned_data["why"]
        if without_addresses(why) != why:
            raise forms.ValidationError(gettext("Don’t enter an email address here. We don’t store any."))
        return why


class AllowForm(forms.Form):
    """Sends the reason that the person saw."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
