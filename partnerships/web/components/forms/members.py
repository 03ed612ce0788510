"""Forms for users of an office or organization, invitations and accounts.

Hidden fields (`was`, `sent_at`) send what the person saw. If that has changed since, the action does nothing.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import MemberRole
from partnerships.core import languages
from partnerships.core.fields import ProseInput
from partnerships.web.frame.forms.fields import field_of

ROLE_HELPS = {
    MemberRole.READER: _("Can read what isn’t public here, but can’t change anything."),
    MemberRole.EDITOR: _("Can also edit records."),
    MemberRole.MANAGER: _("Can also invite users, change roles and remove users."),
}
NO_MANAGER = _("Yes, leave it without a manager. Then only an administrator can invite or remove users there.")


def _roles(**kwargs):
    field = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices, widget=forms.RadioSelect, **kwargs)
    field.widget.helps = ROLE_HELPS
    return field


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        help_text=_("We’ll email this address. Nothing happens until its owner accepts."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = _roles(initial=MemberRole.READER)
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        help_text=_("Optional. We add it to the email, for example to say what you’ll work on together."),
        widget=ProseInput(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(
        label=_("Language of the email"),
        choices=languages.choices,
        required=False,
        help_text=_("Someone who already has an account gets it in the language that they chose."),
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("People who work with you can see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class SeenForm(forms.Form):
    """Removes a membership. Sends the role that the person saw."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, asks_twice=False, **kwargs):
        super().__init__(*args, **kwargs)
        if asks_twice:
            self.fields["confirmed"] = forms.BooleanField(label=NO_MANAGER, required=False)


class RoleForm(SeenForm):
    role = _roles()
    field_order = ("role", "confirmed")


class HandOverForm(forms.Form):
    """`members` are the other memberships, as rows of `queries.members_of`."""

    to = forms.ChoiceField(label=_("New manager"), widget=forms.RadioSelect)

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "to", forms.ChoiceField).choices = [
            (str(row.pk), f"{row.name} ({row.address})") for row in members
        ]


class WithdrawInvitationForm(forms.Form):
    sent_at = forms.CharField(widget=forms.HiddenInput, required=False)


class AnswerForm(forms.Form):
    """Asks for a name if `person` has none yet."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        help_text=_("Other users there can see it. Optional."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=(("accept", _("Accept")), ("decline", _("Decline"))),
        error_messages={"required": _("Accept or decline."), "invalid_choice": _("Accept or decline.")},
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if person.name:
            del self.fields["name"]


class FindForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        help_text=_("The full email address of their account."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class WhyForm(SeenForm):
    """Suspends or reinstates an account."""

    why = forms.CharField(label=_("Why"), max_length=300, help_text=_("Only administrators can read this."))
    field_order = ("why", "confirmed")
