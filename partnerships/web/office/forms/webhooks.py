"""The forms of webhooks."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.notifications.choices import NewsKind
from partnerships.web.frame.forms.fields import field_of
from partnerships.webhooks.addresses import clean_url
from partnerships.webhooks.choices import OVERLAP_DAYS, WebhookFormat, WebhookReach, WebhookRights
from partnerships.webhooks.models import Webhook


class WebhookForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        choices=NewsKind.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=NewsKind.values,
        error_messages={"required": _("Choose at least one option.")},
    )
    field_order = ("name", "format", "url", "kinds", "reach", "rights")

    class Meta:
        model = Webhook
        fields = ("name", "format", "url", "reach", "rights")
        labels = {
            "name": _("Name"),
            "format": _("Receiver"),
            "url": _("Web address"),
            "reach": _("Which records"),
            "rights": _("What it may include"),
        }
        help_texts = {
            "name": _("What you use it for, for example “Council channel”."),
            "url": _(
                "Starts with https://. Slack and Teams give you one when you add an incoming webhook to a channel. Keep it "
                "secret: anyone who has it can post there."
            ),
        }
        widgets = {
            "url": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
            **dict.fromkeys(("format", "reach", "rights"), forms.RadioSelect),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A model's choices that must be picked have no empty one.
        for name, choices in (("format", WebhookFormat), ("reach", WebhookReach), ("rights", WebhookRights)):
            field_of(self, name, forms.ChoiceField).choices = choices.choices

    def clean_url(self):
        """The address as the action keeps it, so that its errors come with those of the other fields."""
        return clean_url(self.cleaned_data["url"])

    def _post_clean(self):
        """The action checks the values, once."""


class ReplaceSecretForm(forms.Form):
    """How long the secret from before goes on signing."""

    overlap_days = forms.IntegerField(
        label=_("Days until the old secret stops working"),
        min_value=0,
        max_value=OVERLAP_DAYS,
        initial=1,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = gettext("From 0 to %(most)s. Until then each message has a signature of both secrets.")
        self.fields["overlap_days"].help_text = words % {"most": OVERLAP_DAYS}
