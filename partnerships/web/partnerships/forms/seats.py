"""The form for an expected seat, and those that invite a partner to confirm its seat."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.directory.models import Contact
from partnerships.insight.models import RINGS, ExpectedSeat
from partnerships.registry.inviting import NO_SOURCE
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.partnerships.forms.personal_notes import NoteField

EDITORS, NOT_NOW = "editors", "not_now"


class SeatForm(forms.ModelForm):
    """`offered` has (heading, [(key, label)]) of those that the office may expect."""

    who = forms.ChoiceField(
        label=_("Who should take this seat"),
        help_text=_(
            "A department, a neighboring government, a kind of organization, or a community. Never a named group."
        ),
    )
    circle = forms.ChoiceField(label=_("How close to the decisions"), choices=RINGS, widget=forms.RadioSelect)

    class Meta:
        model = ExpectedSeat
        fields = ("who", "circle", "why", "is_public")
        labels = {"why": _("Why they belong here")}
        help_texts = {
            "why": _("Optional. Anyone who can see the seat can read this."),
            "is_public": _("If you uncheck this, only your office and the partners can see it."),
        }

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "who", forms.ChoiceField).choices = [("", gettext("Choose one")), *offered]

    def _post_clean(self):
        """The action validates the seat."""


class InviteForm(forms.Form):
    """Who gets the invitation to confirm a seat: a contact of the partner, or its own editors."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=_("Who gets the email"),
        widget=forms.RadioSelect,
        required=False,
        blank=True,  # without it, Django leaves out the empty label of radio buttons
        empty_label=_("The partner’s own editors here"),
        error_messages={"invalid_choice": _("Choose one of this partner’s contacts.")},
    )
    source = forms.CharField(
        label=_("Where you got this email address"),
        max_length=300,
        required=False,
        help_text=_("How the partner gave it to you, or where it published it. Required for a contact."),
    )
    note = NoteField()

    def __init__(self, *args, contacts, has_editors, **kwargs):
        super().__init__(*args, **kwargs)
        who = field_of(self, "contact", forms.ModelChoiceField)
        if not has_editors:
            who.empty_label = None
        who.queryset = Contact.objects.filter(pk__in=[one.pk for one in contacts])
        who.label_from_instance = lambda obj: f"{obj}, {obj.email}"  # type: ignore[method-assign]
        if contacts:
            self.fields["contact"].initial = contacts[0].pk


class InviteAllForm(forms.Form):
    """Who gets the invitation of each partner, if it's invited now. `offered`: rows of (party, its contacts, whether it has
    editors, whether an earlier invitation got no reply).
    """

    source = forms.CharField(
        label=_("Where you got these email addresses"),
        max_length=300,
        required=False,
        help_text=_(
            "How the partners gave them to you, or where they published them. Required for contacts. It’s saved for each partner "
            "that you invite here. If you got one elsewhere, invite that partner alone."
        ),
    )
    note = NoteField()

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.parties = [party for party, *_more in offered]
        self.offered = {str(contact.pk): contact for _party, contacts, *_more in offered for contact in contacts}
        for party, contacts, has_editors, had_no_reply in offered:
            ways = [(str(contact.pk), f"{contact}, {contact.email}") for contact in contacts]
            ways += [(EDITORS, gettext("The partner’s own editors here"))] if has_editors else []
            self.fields[f"contact-{party.pk}"] = forms.ChoiceField(
                label=str(party),
                choices=[*ways, (NOT_NOW, gettext("Don’t invite it now"))],
                initial=ways[0][0] if len(ways) == 1 and not had_no_reply else None,
                widget=forms.RadioSelect,
                help_text=gettext("It didn’t reply to an earlier invitation.") if had_no_reply else "",
                error_messages={"required": _("Choose who gets the email, or don’t invite this partner now.")},
            )
        self.order_fields([*(f"contact-{party.pk}" for party in self.parties), "source", "note"])

    def clean(self):
        super().clean()
        chosen = self.contacts()
        if any(chosen.values()) and self.cleaned_data.get("source") == "":
            self.add_error("source", NO_SOURCE)
        if not chosen and not self.errors:
            words = gettext("You chose to invite no one now. Choose who gets the email of a partner.")
            self.add_error(None, words)

    def contacts(self) -> dict[int, Contact | None]:
        """Primary key of each party to invite → its contact, or None for its own editors."""
        ways = {party.pk: self.cleaned_data.get(f"contact-{party.pk}", NOT_NOW) for party in self.parties}
        return {pk: self.offered.get(way) for pk, way in ways.items() if way != NOT_NOW}


class PrintCodeForm(forms.Form):
    """For a partner that confirms by phone, on paper or at a meeting: staff read the text to it, and it uses a code."""

    source = forms.CharField(
        label=_("Who you read the words to, when and how"),
        max_length=300,
        help_text=_("For example: the director, by phone, on March 2."),
    )
    was_read = forms.BooleanField(
        label=_("I read all of the words below to the partner"),
        error_messages={"required": _("Read the words to the partner first. Then check this box.")},
    )


class CodeForm(forms.Form):
    """A printed code or one that was read out, for a seat or a round."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("12 letters and digits. Capital letters, spaces and dashes don’t matter."),
        error_messages={"required": _("Enter the code from your paper, or the one that was read to you.")},
    )
