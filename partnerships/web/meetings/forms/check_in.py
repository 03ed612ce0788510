"""Forms of check-ins: the schedule and who answers, and recording that one was held."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.meetings.check_ins import FIELDS, require_ahead
from partnerships.meetings.models import CheckInPlan
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm
from partnerships.web.frame.forms.zones import ZoneField


class CheckInPlanForm(RecordForm):
    """`answerers` are the people who may answer (`queries.who_may_answer`), and `holders` the staff of the lead agency."""

    answered_by = forms.ChoiceField(
        label=_("Who answers"),
        help_text=_(
            "We email them four short questions. They answer through a link, without an account. We email a week before, "
            "on the due date, and twice after it if there’s no answer. If someone is missing, add their email address as a "
            "contact on the page of their organization."
        ),
    )
    zone = ZoneField(label=_("Time zone"), help_text=_("We send emails at 9 a.m. in this time zone."))
    holder = forms.ChoiceField(
        label=_("Relationship holder in your office"),
        required=False,
        help_text=_(
            "Gets replies to the emails about these check-ins, and one email when no one has answered for ten days. After that, "
            "the office does. If you choose no one, replies go to who set the check-ins."
        ),
    )

    class Meta:
        model = CheckInPlan
        fields = FIELDS
        labels = {
            "rhythm": _("How often"),
            "anchor_on": _("First due on"),
            "skips_holidays": _("Move a due date on a federal holiday to the next working day"),
            "is_active": _("These check-ins are active"),
        }
        help_texts = {
            "anchor_on": _("The others follow on schedule. If you change this date, the next check-in moves to it."),
            "is_active": _("Uncheck this to stop them. We’ll send no more emails. Earlier answers stay."),
        }

    def __init__(self, *args, instance, answerers, holders, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.answerers, self.holders = answerers, {str(one.pk): one for one in holders}
        blank = [] if instance.pk else [("", gettext("Choose"))]
        field_of(self, "answered_by", forms.ChoiceField).choices = blank + [
            (key, label) for key, (label, _) in answerers.items()
        ]
        field_of(self, "holder", forms.ChoiceField).choices = [
            ("", gettext("No one specific")),
            *((pk, str(one)) for pk, one in self.holders.items()),
        ]
        if not instance.pk:
            del self.fields["is_active"]
        self.order_fields(
            ["answered_by", "rhythm", "anchor_on", "zone", "skips_holidays", "holder", "is_active", "why"]
        )

    def clean_anchor_on(self):
        day = self.cleaned_data["anchor_on"]
        if day != self.initial.get("anchor_on"):
            require_ahead(self.instance.partnership, day)
        return day

    def clean_answered_by(self):
        """The values of the record's fields, including the party that the person answers for."""
        key = self.cleaned_data["answered_by"]
        kind, _, pk = key.partition(":")
        none = {"person_id": None, "contact_id": None}
        return none | {f"{kind}_id": int(pk), "party_id": self.answerers[key][1]}

    def clean_holder(self):
        return self.holders.get(self.cleaned_data["holder"])


class CheckInDoneForm(forms.Form):
    done_on = forms.DateField(label=_("Date held"))
    note = forms.CharField(
        label=_("What came up"),
        max_length=2000,
        required=False,
        widget=ProseInput(attrs={"rows": 4}),
        help_text=_("Only staff of the lead agency can read this."),
    )
