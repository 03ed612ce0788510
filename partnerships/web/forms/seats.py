"""The form of a seat that should be taken."""

from django import forms

from partnerships.insight.models import RINGS, ExpectedSeat


class SeatForm(forms.ModelForm):
    """`offered`: (name of a group, [(key, words)]) of those whom the office may expect."""

    who = forms.ChoiceField(
        label="Who should sit here",
        help_text="A department, a neighboring government, a kind of organization, or a community. Never a named group.",
    )
    circle = forms.ChoiceField(label="How close to the decisions", choices=RINGS, widget=forms.RadioSelect)

    class Meta:
        model = ExpectedSeat
        fields = ("who", "circle", "why", "is_public")
        labels = {"why": "Why they belong here"}
        help_texts = {
            "why": "Optional. Whoever sees the seat reads this.",
            "is_public": "If not, only your office and, at a partnership, its partners see it.",
        }

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", "Pick one"), *offered]

    def _post_clean(self):
        """The seat is checked whole by the action."""
