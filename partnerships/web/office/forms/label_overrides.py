"""Forms of labels: of a value in a closed vocabulary, and of a term in an open one.

`was` is the label that the person saw.
"""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.languages import own_name, translated_to
from partnerships.directory.models import Term, Wording
from partnerships.web.frame.forms.fields import field_of


class WordForm(forms.ModelForm):
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    class Meta:
        model = Wording
        fields = ("label", "help")
        labels = {"label": _("Label in English"), "help": _("Help text in English")}
        help_texts = {"help": _("Optional. One sentence that says what it means.")}

    def __init__(self, *args, own, **kwargs):
        super().__init__(*args, **kwargs)
        words = gettext("Leave it empty for the registry’s own label: %(label)s.")
        self.fields["label"].help_text = words % {"label": own}

    def _post_clean(self):
        """The action validates the record."""


class TermForm(forms.ModelForm):
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    class Meta:
        model = Term
        fields = ("key", "label", "help", "position", "is_retired")
        labels = {
            "key": _("Key"),
            "label": _("Label in English"),
            "help": _("Help text in English"),
            "position": _("Place in the list"),
            "is_retired": _("Retired"),
        }
        help_texts = {
            "key": _("Lowercase letters, digits and _. It can never change, because programs use it."),
            "position": _("Lower numbers come first."),
            "is_retired": _("It can no longer be chosen. Records that have it keep it."),
        }

    def __init__(self, *args, is_new=False, **kwargs):
        super().__init__(*args, **kwargs)
        for code in translated_to():
            self.fields[f"label_{code}"] = forms.CharField(
                label=gettext("Label in another language: %(language)s") % {"language": own_name(code)},
                required=False,
                max_length=field_of(self, "label", forms.CharField).max_length,
                help_text=gettext(
                    "Optional. Without it, pages in this language have our own translation, or the label in English."
                ),
                widget=forms.TextInput(attrs={"lang": code}),
                initial=self.instance.translations.get(code, ""),
            )
        self.order_fields(["key", "label", *(f"label_{code}" for code in translated_to())])
        if is_new:
            del self.fields["is_retired"], self.fields["was"]
        else:
            del self.fields["key"]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        texts = {code: cleaned.pop(f"label_{code}", "") for code in translated_to()}
        return cleaned | {"translations": {code: text for code, text in texts.items() if text}}

    def _post_clean(self):
        """The action validates the term."""
