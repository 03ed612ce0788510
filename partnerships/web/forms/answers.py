"""What is answered from a letter."""

from django import forms

from partnerships.meetings.choices import Going, RecordIsRight


class CheckInForm(forms.Form):
    """Whoever asks for a call need not say anything else."""

    going = forms.ChoiceField(label="How is it going?", choices=Going.choices, widget=forms.RadioSelect, required=False)
    changed = forms.CharField(
        label="What has changed?", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    needs = forms.CharField(
        label="What do you need?", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    record_is_right = forms.ChoiceField(
        label="Is the record still right?", choices=RecordIsRight.choices, widget=forms.RadioSelect, required=False
    )
