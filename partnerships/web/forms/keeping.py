"""What the managers of an office set: how long partners see a statement first, and how long things are kept."""

import json

from django import forms

from partnerships.accounts.choices import Kept
from partnerships.records.retention import MOST_REPLY_DAYS, REPLY


class KeepingForm(forms.Form):
    """A number of days for each kind; an empty one keeps it. `settings`: as they stand, and as the form is made from."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, *args, settings, **kwargs):
        super().__init__(*args, initial=settings | {"seen": json.dumps(settings)}, **kwargs)
        self.fields[REPLY] = forms.IntegerField(
            label="Days to reply before a statement is public",
            min_value=1,
            max_value=MOST_REPLY_DAYS,
            help_text=f"So long the partners see it first, and can reply. From 1 to {MOST_REPLY_DAYS}. It holds for what you say "
            "from now on.",
        )
        for kind in Kept:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                required=False,
                min_value=30,
                max_value=36_500,
                help_text="Days, from 30 to 36,500. Leave it empty to keep them.",
            )

    def kept(self):
        """The fields that say how long something is kept."""
        return [self[kind] for kind in Kept.values]

    def was(self) -> dict:
        """The settings that the form was made from; of a broken form nothing is known."""
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except (ValueError, RecursionError):
            seen = {}
        return seen if isinstance(seen, dict) else {}

    def days(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
