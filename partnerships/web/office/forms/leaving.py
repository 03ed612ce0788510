"""The form that says who follows someone who leaves."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import languages
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.directory.models import Contact
from partnerships.web.components.forms.members import SeenForm
from partnerships.web.frame.forms.fields import always_given, field_of

NO_ONE, NEW = "none", "new"


class LeavingForm(SeenForm):
    """`people`: key → Person or Contact, for all who can follow. `body`: the office or organization."""

    follows = forms.ChoiceField(
        label=_("Who follows?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who follows, or “No one”."),
            "invalid_choice": _("Choose someone from the list who stays and can sign in, or “No one”."),
        },
    )
    name = forms.CharField(label=_("Name of the new contact"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("Email address of the new contact"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Email language"), choices=languages.choices, initial="en", required=False)
    field_order = ("follows", "name", "email", "language", "confirmed", "was")

    def __init__(self, *args, people, body, **kwargs):
        super().__init__(*args, **kwargs)
        self.people, self.body = people, body
        named = [(key, _name_of(someone)) for key, someone in people.items()]
        last = [(NEW, gettext("A new contact, entered below")), (NO_ONE, gettext("No one"))]
        field_of(self, "follows", forms.ChoiceField).choices = [*named, *last]
        always_given(self.fields["language"])

    def clean(self):
        data = super().clean() or self.cleaned_data
        if data.get("follows") == NEW:
            values = {name: data.get(name) or "" for name in ("name", "email")}
            for name, value in values.items():
                if not value and name not in self.errors:
                    self.add_error(name, ValidationError(gettext("Enter a value."), code="required"))
        return data

    def successor(self):
        """Who follows, of a valid form: a Person or Contact, a new Contact that isn't saved, or None."""
        chosen = self.cleaned_data["follows"]
        if chosen != NEW:
            return self.people.get(chosen)
        values = {name: self.cleaned_data[name] for name in ("name", "email")}
        language = self.cleaned_data["language"] or "en"
        return Contact(**values, language=language, **{type_key(self.body): self.body})


def _name_of(someone) -> str:
    kind = gettext("contact") if isinstance(someone, Contact) else gettext("user")
    address = f", {someone.email}" if someone.email else ""
    return f"{someone} ({kind}{address})"
