"""Forms for blocked email addresses."""

from django import forms

from partnerships.core.text import without_addresses


class SuppressForm(forms.Form):
    address = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="We don’t store the address. We only recognize it when it’s entered again.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    why = forms.CharField(
        label="Why", max_length=200, help_text="Only administrators can read this. Don’t enter an email address here."
    )

    def clean_why(self):
        why = self.cleaned_data["why"]
        if without_addresses(why) != why:
            raise forms.ValidationError("Don’t enter an email address here. We don’t store any.")
        return why


class AllowForm(forms.Form):
    """Sends the reason that the person saw."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
