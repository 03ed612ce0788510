"""The form that loads or removes the sample data."""

from django import forms


class SampleForm(forms.Form):
    do = forms.ChoiceField(choices=[("load", "load"), ("remove", "remove")], widget=forms.HiddenInput)
