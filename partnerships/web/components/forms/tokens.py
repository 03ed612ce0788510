"""The form of a new API token."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Readable, Writable
from partnerships.accounts.models import ApiToken
from partnerships.accounts.service_rules import ROLES
from partnerships.accounts.token_actions import MOST_DAYS, MOST_OVERLAP
from partnerships.core.fields import ProseInput
from partnerships.web.frame.forms.fields import field_of


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
        label=_("Days until the old secret stops working"),
        min_value=0,
        max_value=MOST_OVERLAP,
        initial=1,
        help_text=_("From 0 to 7. Enter 0 if someone else may have it."),
    )


class _LimitsForm(forms.ModelForm):
    """What every token may be limited to."""

    writes = forms.MultipleChoiceField(
        choices=Writable.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("What it can change"),
        help_text=_(
            "Leave these empty for a program that only reads. It can never change more than you may at the offices and "
            "organizations above."
        ),
    )
    reads = forms.MultipleChoiceField(
        choices=Readable.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("What it can read"),
        help_text=_("Optional. Leave these empty for a program that reads everything."),
    )
    addresses = _Lines(
        required=False,
        label=_("Allowed IP addresses"),
        help_text=_(
            "Optional. IP addresses or networks, one per line, such as 192.0.2.0/24. Leave this empty to allow all."
        ),
        widget=ProseInput(attrs={"rows": 3}),
    )
    days = forms.IntegerField(
        label=_("Days until it expires"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=90,
        help_text=_("From 1 to 366. After that, create a new one."),
    )

    class Meta:
        model = ApiToken
        fields = ("name", "rate")
        labels = {"name": _("Name"), "rate": _("Requests a minute")}
        help_texts = {
            "name": _("What you use it for, for example “Nightly copy”."),
            "rate": _("Optional. Keeps this program from using up the requests that your other programs need."),
        }


class TokenForm(_LimitsForm):
    """`memberships` are the person's own. Without any, the form doesn't ask for them."""

    memberships = _Bodies(
        queryset=None,
        required=False,
        label=_("What else it can read"),
        help_text=_(
            "It can always read what’s public. Choose the offices and organizations whose drafts and private fields it can "
            "also read."
        ),
    )
    field_order = ("name", "memberships", "writes", "reads", "addresses", "rate", "days")

    def __init__(self, *args, memberships, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "memberships", forms.ModelChoiceField).queryset = memberships
        if not memberships:
            del self.fields["memberships"], self.fields["writes"]


class ServiceAccountForm(_LimitsForm):
    """A service account of an office or organization, whose rights are those of a role there."""

    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in ROLES],
        widget=forms.RadioSelect,
        initial=ROLES[0],
        label=_("Role"),
        help_text=_(
            "A viewer only reads. An editor also changes what you check below. Neither can confirm, dispute or answer "
            "anything for a partner."
        ),
    )
    field_order = ("name", "role", "writes", "reads", "addresses", "rate", "days")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["writes"].help_text = _("Only for an editor. Leave these empty for a program that only reads.")

    def _post_clean(self):
        """The action checks the values, once."""
