"""The personal note that goes into an email that someone asks for."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from partnerships.core.fields import ProseInput

_LINK = re.compile(r"https?:|www\.", re.IGNORECASE)


class NoteField(forms.CharField):
    """Optional. Links are refused, so that no one can be led elsewhere in our name."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Personal note"),
            required=False,
            max_length=500,
            widget=ProseInput(attrs={"rows": 3}),
            help_text=gettext_lazy(
                "Optional. The email has your note and your name, and answers to it go to your email address."
            ),
        )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if _LINK.search(value):
            raise forms.ValidationError(gettext_lazy("Leave out links. The email has the one that’s needed."))
        return value
