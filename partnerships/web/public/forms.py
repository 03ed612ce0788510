"""The form of a page about the site. `was` identifies the text that the person saw."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.directory.models import SiteText


class SiteTextForm(forms.ModelForm):
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = SiteText
        fields = ("text",)
        labels = {"text": _("Text")}
        widgets = {"text": ProseInput(attrs={"rows": 16})}
        help_texts = {
            "text": _("Plain text. An empty line starts a new paragraph. Leave it empty for the registry’s own text.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False

    def _post_clean(self):
        """The action validates the text."""
