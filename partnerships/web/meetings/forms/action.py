"""Forms of action items: tasks with their owners and status."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import NO_NAME
from partnerships.core.fields import ProseInput
from partnerships.meetings.action_items import FIELDS
from partnerships.meetings.action_queries import who_may_own
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action
from partnerships.web.frame.forms.record import RecordForm

_NOBODY = _("No one specific")


class ActionForm(RecordForm):
    """`person` is the one who assigns the action item. They choose among the partners that they may see."""

    class Meta:
        model = Action
        fields = FIELDS
        labels = {
            "title": _("Action item"),
            "detail": _("Details"),
            "activity": _("Activity"),
            "owner_party": _("Partner responsible"),
            "owner_person": _("Person responsible"),
            "due_on": _("Due date"),
        }
        help_texts = {
            "owner_party": _("Its users can see the action item, and its editors get emails about it."),
            "owner_person": _("If you choose a person, only they get the emails."),
            "due_on": (
                _(
                    "We email them when it’s assigned, three days before, and on the next working morning after the date if it’s "
                    "still open. If it’s due in less than three days, they get no reminder before that morning."
                )
            ),
        }
        widgets = {"detail": ProseInput(attrs={"rows": 4})}

    def __init__(self, *args, instance, person, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        parties, people = who_may_own(person, instance)
        activities = list(instance.partnership.activities.all())
        choosing = (
            ("activity", activities, gettext("None")),
            ("owner_party", parties, _NOBODY),
            ("owner_person", people, _NOBODY),
        )
        for name, rows, nothing in choosing:
            choices = [("", nothing), *((row.pk, _name_of(row)) for row in rows)]
            by_key = {str(row.pk): row for row in rows}
            self.fields[name] = forms.TypedChoiceField(
                label=self.Meta.labels[name],
                help_text=self.Meta.help_texts.get(name, ""),
                choices=choices,
                coerce=by_key.get,
                empty_value=None,
                required=False,
            )


def _name_of(row):
    """A person without a name isn't listed by their email address."""
    return getattr(row, "name", "") or (str(NO_NAME) if hasattr(row, "email") else str(row))


class NoteForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"), choices=ActionStatus.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=ProseInput(attrs={"rows": 4}),
        help_text=_(
            "The lead agency’s staff and the people responsible can read this. It’s kept with the action item."
        ),
    )
