"""The form of a new API token."""

from django import forms

from partnerships.accounts.choices import Readable, Writable
from partnerships.accounts.models import ApiToken
from partnerships.accounts.token_actions import MOST_DAYS, MOST_OVERLAP


class _Bodies(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, membership):
        body = membership.jurisdiction or membership.department or membership.organization
        return f"{body} ({membership.get_role_display().lower()})"


class _Lines(forms.CharField):
    """One value a line."""

    def clean(self, value):
        return super().clean(value).split()


class SecretForm(forms.Form):
    """How long the secret from before goes on working."""

    overlap_days = forms.IntegerField(
        label="Days until the old secret stops working",
        min_value=0,
        max_value=MOST_OVERLAP,
        initial=1,
        help_text=f"From 0 to {MOST_OVERLAP}. Enter 0 if someone else may have it.",
    )


class TokenForm(forms.ModelForm):
    """`memberships` are the person's own. Without any, the form doesn't ask for them."""

    memberships = _Bodies(
        queryset=None,
        required=False,
        label="What else it reads",
        help_text="It always reads what everyone may. Pick bodies whose drafts and private fields it reads as well.",
    )
    writes = forms.MultipleChoiceField(
        choices=Writable.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="What it may change",
        help_text="Leave these empty for a program that only reads. It never changes more than you may in the bodies above.",
    )
    reads = forms.MultipleChoiceField(
        choices=Readable.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="What it reads",
        help_text="Optional. Leave these empty for a program that reads everything.",
    )
    addresses = _Lines(
        required=False,
        label="Where it may be used",
        help_text="Optional. IP addresses or networks, one a line, such as 192.0.2.0/24. Leave it empty for everywhere.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    days = forms.IntegerField(
        label="Days until it ends",
        min_value=1,
        max_value=MOST_DAYS,
        initial=90,
        help_text=f"From 1 to {MOST_DAYS}. After that you make a new one.",
    )

    class Meta:
        model = ApiToken
        fields = ("name",)
        help_texts = {"name": "What you use it for, such as “Nightly copy”."}

    def __init__(self, *args, memberships, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["memberships"].queryset = memberships
        if not memberships:
            del self.fields["memberships"], self.fields["writes"]
