"""How long an office keeps things."""

from django import forms

from partnerships.accounts.choices import Kept


class KeepingForm(forms.Form):
    """A number of days for each kind; an empty one keeps it."""

    def __init__(self, *args, rules, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in Kept:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                required=False,
                min_value=30,
                max_value=36_500,
                initial=rules.get(kind.value),
                help_text="Days, from 30 to 36,500. Leave it empty to keep them.",
            )
