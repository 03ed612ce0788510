"""Forms for blocked email addresses."""

from django import forms

from partnerships.core.text import without_addresses


class SuppressForm(forms.Form):
    address = forms.EmailField(
        label="Mail address",
        max_length=254,
        help_text="The list keeps no address. It only knows one again when it is typed.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    why = forms.CharField(label="Why", max_length=200, help_text="Read by administrators only. Write no address here.")

    def clean_why(self):
        why = self.cleaned_data["why"]
        if without_addresses(why) != why:
            raise forms.ValidationError("Leave the address out here: this list keeps none.")
        return why


class AllowForm(forms.Form):
    """Sends the reason that the person saw."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
