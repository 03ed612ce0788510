"""Forms for a meeting's record afterwards: attendance, notes, decisions, new action items."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.errors import ValidationError
from partnerships.core.fields import ProseInput
from partnerships.meetings.action_items import require_owner
from partnerships.meetings.models import Action, Attendance, Decision, Meeting
from partnerships.web.frame.editing import add_model_errors
from partnerships.web.frame.forms.fields import row_number
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.forms.record import RecordForm, Rows

AGENDA_NOTES = "said-"
MOST_PEOPLE = 32767  # that the column takes


class ClosingForm(RecordForm):
    """Notes for each agenda item and for the whole meeting, and who may read them."""

    class Meta:
        model = Meeting
        fields = ("notes", "notes_are_public")
        labels = {"notes": _("General notes"), "notes_are_public": _("Publish notes and decisions")}
        help_texts = {
            "notes_are_public": _(
                "Everyone can then read them on this page and through the API, and everyone who was invited "
                "gets one email. Otherwise, only your office and the invited partners can read them."
            )
        }

    def __init__(self, *args, agenda, may_publish, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["notes"].widget.attrs["rows"] = 6
        for index, item in enumerate(agenda, start=1):
            self.fields[f"{AGENDA_NOTES}{item.pk}"] = forms.CharField(
                label=f"{index}. {item.title}",
                required=False,
                max_length=3000,
                initial=item.notes,
                widget=ProseInput(attrs={"rows": 2}),
            )
        if not may_publish:
            del self.fields["notes_are_public"]
        self.order_fields(
            [*(name for name in self.fields if name.startswith(AGENDA_NOTES)), "notes", "notes_are_public", "why"]
        )

    def agenda_notes(self) -> dict:
        """ID of an agenda item → its notes."""
        named = {name: text for name, text in self.cleaned_data.items() if name.startswith(AGENDA_NOTES)}
        return {int(name.removeprefix(AGENDA_NOTES)): text for name, text in named.items()}


class _OfTheTable(forms.ModelForm):
    """A form of a row that refers to parties of a partnership. A blank row isn't saved.

    The action validates the rows one after the other. The form does so before, so that all errors show at once.
    """

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        self.parties = {str(pk): party for pk, party in parties.items()}

    def _choose(self, name, label, *, many):
        choices = [(pk, str(party)) for pk, party in self.parties.items()]
        if many:
            self.fields[name] = forms.TypedMultipleChoiceField(
                label=label,
                choices=choices,
                coerce=self.parties.get,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        else:
            choices = [("", gettext("No one specific")), *choices]
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=choices, coerce=self.parties.get, required=False, empty_value=None
            )

    def _post_clean(self):
        if self.is_used:
            add_model_errors([self])

    def as_row(self) -> dict | None:
        """The row for the action, or None if it isn't to be saved."""
        raise NotImplementedError

    @property
    def is_used(self) -> bool:
        return bool(self.as_row() or self.errors)


class AttendanceForm(forms.ModelForm):
    class Meta:
        model = Attendance
        fields = ("came", "people")
        labels = {"came": _("Someone came")}

    def __init__(self, *args, party, **kwargs):
        super().__init__(*args, **kwargs)
        self.party, self.legend = party, str(party)
        # The action validates the row, but its error wouldn't appear at this field.
        self.fields["people"].validators.append(MaxValueValidator(MOST_PEOPLE))

    def _post_clean(self):
        pass

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("people"):
            cleaned["came"] = True
        return cleaned


class DecisionForm(_OfTheTable):
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Decision
        fields = ("question", "options", "outcome", "community_input")
        labels = {"question": _("Question"), "options": _("Options considered")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._choose("decided_by", gettext("Who decided"), many=True)
        self._choose("could_block", gettext("Who could block it"), many=True)
        for name in ("options", "outcome", "community_input"):
            self.fields[name].widget.attrs["rows"] = 2
        for name in ("question", "outcome"):
            self.fields[name].required = False  # an empty row means no decision; the model requires both
        self.legend = gettext("Decision %(number)s") % {"number": row_number(self)}

    @property
    def summary(self):
        return self["question"].value() or ""

    @property
    def first_fields(self) -> list:
        return [self[name] for name in ("question", "outcome", "decided_by", "community_input")]

    @property
    def fold(self) -> Fold:
        """What few decisions need."""
        return Fold(gettext("Options, and who could block it"), [self["options"], self["could_block"]])

    def as_row(self):
        row = dict(self.cleaned_data)
        pk = row.pop("id", None)
        if row.pop("DELETE", False) or not any(row.values()):
            return None
        return row | ({"id": pk} if pk else {})


class ActionForm(_OfTheTable):
    class Meta:
        model = Action
        fields = ("title", "due_on")
        labels = {"title": _("Action item"), "due_on": _("Due date")}

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self._choose("owner_party", gettext("Partner responsible"), many=False)
        self.fields["owner_person"] = forms.TypedChoiceField(
            label=gettext("Person in your office"),
            choices=[("", gettext("No one specific")), *((pk, str(person)) for pk, person in self.people.items())],
            coerce=self.people.get,
            required=False,
            empty_value=None,
        )
        self.fields["title"].required = False
        self.legend = gettext("New action item %(number)s") % {"number": row_number(self)}

    def clean(self):
        cleaned = super().clean()
        if self.is_used and not {"owner_party", "owner_person"} & self.errors.keys():
            try:
                require_owner(self.cleaned_data["owner_party"], self.cleaned_data["owner_person"])
            except ValidationError as problem:
                self.add_error(None, problem)
        return cleaned

    @property
    def summary(self):
        return self["title"].value() or ""

    def as_row(self):
        row = dict(self.cleaned_data)
        return row if any(row.values()) else None


DecisionFormSet = forms.formset_factory(
    DecisionForm, formset=Rows, extra=2, can_delete=True, max_num=50, validate_max=True
)
ActionFormSet = forms.formset_factory(ActionForm, formset=Rows, extra=2, max_num=50, validate_max=True)
