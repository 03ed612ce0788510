"""The forms of interactions."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import NO_NAME
from partnerships.core import clock
from partnerships.core.fields import ProseInput
from partnerships.directory.models import body_of
from partnerships.directory.queries import contacts_of
from partnerships.interactions.actions import FIELDS
from partnerships.interactions.models import Interaction
from partnerships.interactions.queries import offices_to_log_for, partnerships_with, people_of
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm


class InteractionForm(RecordForm):
    """`person` logs or edits it. They choose among the contacts and partnerships of the other side that they may see."""

    class Meta:
        model = Interaction
        fields = ("office", *FIELDS)
        labels = {
            "office": _("Your office"),
            "summary": _("What was it about?"),
            "staff": _("Who took part from your office"),
            "is_shared": _("Share with the other side"),
            "follow_up_on": _("Follow-up date"),
            "follow_up_by": _("Who follows up"),
        }
        help_texts = {
            "summary": _("One line. Write only what could be read aloud."),
            "time": _("Optional."),
            "is_shared": _(
                "Their people can then read it and add remarks. They never see the follow-up or who took part from your office."
            ),
            "follow_up_on": _("A reminder stays on the home page of the person who follows up until it’s done."),
        }
        widgets = {
            "text": ProseInput(attrs={"rows": 5}),
            "contacts": forms.CheckboxSelectMultiple,
            "staff": forms.CheckboxSelectMultiple,
            "partnerships": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, instance, person, about=None, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        about = [about] if about else []
        offices = [] if instance.pk else offices_to_log_for(person)
        if len(offices) > 1:
            field_of(self, "office", forms.ModelChoiceField).queryset = type(offices[0]).objects.filter(
                pk__in=[office.pk for office in offices]
            )
        else:
            del self.fields["office"]
        field_of(self, "direction", forms.TypedChoiceField).choices = [
            ("", gettext("Not provided")), *Interaction._meta.get_field("direction").flatchoices,
        ]  # fmt: skip
        body, held = body_of(instance), instance.pk is not None
        self._offer("contacts", contacts_of(person, body), getattr(instance, "contacts_seen", []) if held else [])
        self._offer(
            "partnerships",
            [*partnerships_with(person, body), *about],
            getattr(instance, "partnerships_seen", []) if held else [],
        )
        staff = list(people_of(instance.office))
        self._offer("staff", staff, instance.staff.all() if held else [])
        followers = {one.pk: one for one in [*staff, *([instance.follow_up_by] if instance.follow_up_by else [])]}
        self.fields["follow_up_by"] = forms.TypedChoiceField(
            label=self.Meta.labels["follow_up_by"],
            choices=[("", gettext("No one specific")), *((pk, _name_of(one)) for pk, one in followers.items())],
            coerce=lambda pk: followers.get(int(pk)),
            empty_value=None,
            required=False,
        )
        self.fields["date"].widget.attrs["max"] = clock.today(clock.zone(instance.office.zone)).isoformat()

    def _offer(self, name, rows, kept):
        """Let people choose among these records and those that are chosen already."""
        field = field_of(self, name, forms.ModelMultipleChoiceField)
        offered = {one.pk for one in [*rows, *kept]}
        field.queryset = field.queryset.filter(pk__in=offered)  # type: ignore[union-attr]
        field.label_from_instance = _name_of  # type: ignore[method-assign]
        if not offered:
            del self.fields[name]


def _name_of(row):
    """A person without a name isn't listed by their email address."""
    return str(NO_NAME) if hasattr(row, "is_staff") and not row.name else str(row)


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Remark"),
        max_length=1000,
        widget=ProseInput(attrs={"rows": 4}),
        help_text=_("Both sides can read this."),
    )


class SideForm(forms.Form):
    """Asks who it was with."""

    def __init__(self, *args, field, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["side"] = field
