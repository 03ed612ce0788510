"""Forms of labels: of a value in a closed vocabulary, and of a term in an open one.

`was` is the label that the person saw.
"""

from django import forms

from partnerships.directory.models import Term, Wording


class WordForm(forms.ModelForm):
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    class Meta:
        model = Wording
        fields = ("label", "help")
        labels = {"label": "Word", "help": "Help"}
        help_texts = {"help": "One sentence that says what it means. Optional."}

    def __init__(self, *args, own, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["label"].help_text = f"Leave it empty for the registry’s own word: {own}."

    def _post_clean(self):
        """The action validates the record."""


class TermForm(forms.ModelForm):
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    class Meta:
        model = Term
        fields = ("key", "label", "help", "position", "is_retired")
        labels = {"label": "Word", "position": "Place in the list", "is_retired": "Out of use"}
        help_texts = {
            "key": "Small letters, digits and _. It never changes, since programs know the term by it.",
            "position": "A small number stands first.",
            "is_retired": "Nobody can pick it any more. Records that have it keep it.",
        }

    def __init__(self, *args, is_new=False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_retired"], self.fields["was"]
        else:
            del self.fields["key"]

    def _post_clean(self):
        """The action validates the term."""
