"""Forms of labels: of a value in a closed vocabulary, and of a term in an open one.

`was` is the label that the person saw.
"""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.directory.models import Term, Wording


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
        if is_new:
            del self.fields["is_retired"], self.fields["was"]
        else:
            del self.fields["key"]

    def _post_clean(self):
        """The action validates the term."""
