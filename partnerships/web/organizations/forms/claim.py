"""Forms for claiming an organization, for proposing your own, and for the decision about it."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts import uploads
from partnerships.accounts.models import Claim
from partnerships.core.errors import ValidationError
from partnerships.core.fields import ProseInput
from partnerships.directory.queries import offices_with_staff
from partnerships.web.components.forms.members import AnswerForm
from partnerships.web.frame.forms.fields import field_of

CLEANED = _("We keep a cleaned copy without scripts, links or details of its author.")
SEEN = _("Only the people who decide can read it. A public-records request may reach it.")


def clean_upload(sent) -> None:
    """Set `accepted` of an uploaded file to what `uploads.accept` returns or raises."""
    try:
        if sent.size > uploads.MOST_BYTES:
            raise ValidationError(gettext("This file is larger than 5 MB. Choose a smaller one."), code="too_large")
        sent.accepted = uploads.accept(sent.name, sent.read())
    except ValidationError as problem:
        sent.accepted = problem


class ClaimForm(forms.ModelForm):
    file = forms.FileField(
        label=_("Supporting document"),
        required=False,
        widget=forms.FileInput,
        help_text=format_lazy(
            "{} {} {} {}", uploads.TAKEN, _("For example, a letter or a flyer with your name."), CLEANED, SEEN
        ),
    )

    class Meta:
        model = Claim
        fields: tuple[str, ...] = ("position", "evidence")
        help_texts = {
            "position": _("For example, director, organizer or board member."),
            "evidence": format_lazy(
                "{} {} {}",
                _("Where we can see that you represent it, or who we can ask."),
                _("Required unless you add a document."),
                SEEN,
            ),
        }

    def __init__(self, *args, person=None, **kwargs):
        """`person`: who makes the claim. Someone without a name is asked for it."""
        super().__init__(*args, **kwargs)
        if person is not None and not person.name:
            self.fields = {"own_name": AnswerForm.base_fields["name"]} | self.fields

    def clean_file(self):
        """The file as `uploads.accept` returns it, or None."""
        sent = self.cleaned_data["file"]
        if not sent:
            return None
        if not hasattr(sent, "accepted"):
            clean_upload(sent)
        if isinstance(sent.accepted, ValidationError):
            raise sent.accepted
        return sent.accepted

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("file", "own_name")}

    def _post_clean(self):
        pass  # the action validates the record


class OwnProposalForm(ClaimForm):
    """A proposal for an organization that isn't listed yet, by someone who represents it."""

    class Meta(ClaimForm.Meta):
        fields = ("name", "website", "about", "office", "position", "evidence")
        help_texts = ClaimForm.Meta.help_texts | {
            "office": _(
                "Its staff decide about your claim, and keep the record. Without one, an administrator decides."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        office = field_of(self, "office", forms.ModelChoiceField)
        office.queryset, office.empty_label = offices_with_staff(), _("I’m not sure")
        self.fields["office"].label = _("Which office should keep the record?")


class VerdictForm(forms.Form):
    """`verdicts` are the choices that are possible now. Each is a button of the page."""

    verdict = forms.ChoiceField(label=_("Your decision"))
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=1000,
        widget=ProseInput,
        help_text=_("Required unless you approve. The person who made the claim can read it."),
    )

    def __init__(self, *args, verdicts, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "verdict", forms.ChoiceField).choices = verdicts
