"""Forms of a partner's interpretation of a measure's numbers, and of the answer to it."""

from django import forms

from partnerships.measurement.choices import InterpretationKind
from partnerships.measurement.models import Reading
from partnerships.web.forms.statements import ForPartyForm


class InterpretationForm(ForPartyForm):
    """`numbers` has (key, label) of the numbers to choose from, latest first. The key "" is the whole measure."""

    about = forms.ChoiceField(label="What you speak of")
    kind = forms.ChoiceField(
        label="What you say",
        choices=InterpretationKind.choices,
        widget=forms.RadioSelect,
        initial=InterpretationKind.READING,
        help_text="To see a number differently is no blame. The office looks at it with you, and says what it found.",
    )

    class Meta:
        model = Reading
        fields = ("words",)
        labels = {"words": "In your own words"}
        help_texts = {"words": "Everyone who may read the measure reads this, beside the number, unedited."}

    field_order = ("party", "about", "kind", "words")

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = numbers
        self.order_fields(self.field_order)


class AnswerForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ("answer",)
        labels = {"answer": "What you found"}
        help_texts = {"answer": "It stands beside the party’s words. Correct the number first, if it was wrong."}

    def _post_clean(self):
        """The action validates the record."""
