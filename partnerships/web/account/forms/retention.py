"""Settings that the managers of an office can change: the days that partners have to reply, and retention."""

import json

from django import forms
from django.utils.translation import gettext

from partnerships.accounts.choices import RetentionKind
from partnerships.records.retention import MOST_REPLY_DAYS, REPLY


class RetentionForm(forms.Form):
    """A number of days for each kind of data, where empty means no limit. `settings` has the current values."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, *args, settings, **kwargs):
        super().__init__(*args, **kwargs | {"initial": settings | {"seen": json.dumps(settings)}})
        self.fields[REPLY] = forms.IntegerField(
            label=gettext("Days to reply before a statement is public"),
            min_value=1,
            max_value=MOST_REPLY_DAYS,
            help_text=gettext(
                "How long partners see a statement first and can reply: 1 to %(number)s days. Applies to new statements."
            )
            % {"number": MOST_REPLY_DAYS},
        )
        for kind in RetentionKind:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                required=False,
                min_value=30,
                max_value=36_500,
                help_text=gettext("Days, from 30 to 36,500. Leave it empty to keep them forever."),
            )

    def kept(self):
        """The bound fields of the retention settings."""
        return [self[kind] for kind in RetentionKind.values]

    def was(self) -> dict:
        """The settings that the form was rendered with. Empty if the form sends something invalid."""
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except (ValueError, RecursionError):
            seen = {}
        return seen if isinstance(seen, dict) else {}

    def days(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
