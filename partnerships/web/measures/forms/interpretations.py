"""Forms of a partner's interpretation of a measure's numbers, and of the answer to it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.measurement.choices import InterpretationKind
from partnerships.measurement.models import Reading
from partnerships.web.components.forms.statements import ForPartyForm
from partnerships.web.frame.forms.fields import field_of


class InterpretationForm(ForPartyForm):
    """`numbers` has (key, label) of the numbers to choose from, latest first. The key "" is the whole measure."""

    about = forms.ChoiceField(label=_("About"))
    kind = forms.ChoiceField(
        label=_("Your comment"),
        choices=InterpretationKind.choices,
        widget=forms.RadioSelect,
        initial=InterpretationKind.READING,
        help_text=_("Disputing a number isn’t blaming anyone. The office reviews it with you and says what it found."),
    )

    class Meta:
        model = Reading
        fields = ("words",)
        labels = {"words": _("In your own words")}
        help_texts = {"words": _("Everyone who can read the measure can read this next to the number, unedited.")}

    field_order = ("party", "about", "kind", "words")

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "about", forms.ChoiceField).choices = numbers
        self.order_fields(self.field_order)


class AnswerForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ("answer",)
        labels = {"answer": _("What you found")}
        help_texts = {
            "answer": _("It appears next to the partner’s comment. If the number was wrong, correct it first.")
        }

    def _post_clean(self):
        """The action validates the record."""
