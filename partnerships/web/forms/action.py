"""Forms of action items: tasks with their owners and status."""

from django import forms

from partnerships.meetings.action_items import FIELDS
from partnerships.meetings.action_queries import who_may_own
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action
from partnerships.web.forms.record import RecordForm

_NOBODY = "Nobody in particular"


class ActionForm(RecordForm):
    """`person` is the one who assigns the action item. They choose among the partners that they may see."""

    class Meta:
        model = Action
        fields = FIELDS
        labels = {
            "title": "What is to be done",
            "detail": "More about it",
            "activity": "Which activity it is part of",
            "owner_party": "Which party does it",
            "owner_person": "Who does it",
            "due_on": "Due on",
        }
        help_texts = {
            "owner_party": "Its people see the action, and its editors get letters about it.",
            "owner_person": "With a person, only that person gets the letters.",
            "due_on": "A letter goes out three days before, and one on the next working morning if it is still open.",
        }
        widgets = {"detail": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, instance, person, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        parties, people = who_may_own(person, instance)
        activities = list(instance.partnership.activities.all())
        choosing = (
            ("activity", activities, "None"),
            ("owner_party", parties, _NOBODY),
            ("owner_person", people, _NOBODY),
        )
        for name, rows, nothing in choosing:
            choices = [("", nothing), *((row.pk, _named(row)) for row in rows)]
            by_key = {str(row.pk): row for row in rows}
            self.fields[name] = forms.TypedChoiceField(
                label=self.Meta.labels[name],
                help_text=self.Meta.help_texts.get(name, ""),
                choices=choices,
                coerce=by_key.get,
                empty_value=None,
                required=False,
            )


def _named(row):
    """A person without a name isn't listed by their email address."""
    return getattr(row, "name", "") or ("Someone without a name" if hasattr(row, "email") else str(row))


class NoteForm(forms.Form):
    status = forms.ChoiceField(label="How does it stand?", choices=ActionStatus.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="A word about it",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The lead’s staff and whoever owes it read this. It is kept with the action.",
    )
