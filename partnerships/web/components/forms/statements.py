"""Forms for what partners and lead agencies say about a record, and for sharing a draft."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.registry.choices import Verdict
from partnerships.registry.models import Confirmation, Party, PartyNote, Remark, Reply
from partnerships.web.frame.forms.entities import EntityField
from partnerships.web.frame.forms.fields import field_of


class ContributionForm(forms.ModelForm):
    class Meta:
        model = Party
        fields = ("contribution",)
        labels = {"contribution": _("Your contribution")}
        help_texts = {"contribution": _("In plain words. It’s part of the record, so everyone can read it.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.is_unlisted:
            words = _(
                "In plain words. It’s part of the record. The public doesn’t see it while %(partner)s is unlisted."
            )
            self.fields["contribution"].help_text = words % {"partner": self.instance}

    def _post_clean(self):
        """The action validates the party."""


class NoteForm(forms.ModelForm):
    class Meta:
        model = PartyNote
        fields = ("text",)
        labels = {"text": _("Your note")}
        help_texts = {
            "text": _(
                "Only your own people can read this here. The lead agency’s staff can’t, and it isn’t in any history. "
                "It’s kept until you clear it or the partnership is deleted. A public-records request may still reach "
                "it."
            )
        }

    def _post_clean(self):
        """The action validates the note, since it knows the party."""


UNLISTED_WORDS = _(
    "Required if you disagree. The public doesn’t see these words while %(partner)s is unlisted. Staff of %(lead)s and "
    "your own people read them. No one edits them. You can change your answer at any time."
)


class ForPartyForm(forms.ModelForm):
    """`parties` are those that this person may speak for. With only one, the form doesn't ask which."""

    party = forms.ChoiceField(label=_("Partner"), widget=forms.RadioSelect)

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "party", forms.ChoiceField).choices = [(party.entity.public_id, str(party)) for party in parties]
        if len(parties) == 1:
            self.fields["party"].widget = forms.HiddenInput()
            self.initial.setdefault("party", parties[0].entity.public_id)
        self.order_fields(["party"])

    def _post_clean(self):
        """The action validates the record."""


class StatementForm(forms.ModelForm):
    """Whether the record is right, and where not. `seen`: the fingerprint of the record as the reader saw it; one that's
    missing or wrong asks to read the record again. `parties`: those that the words may be of.
    """

    verdict = forms.ChoiceField(
        label=_("Is this record right?"),
        choices=[(Verdict.CONFIRMED, _("Yes, it’s right")), (Verdict.DISPUTED, _("We disagree"))],
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Confirmation
        fields = ("verdict", "words")
        labels = {"words": _("In your own words")}
        help_texts = {
            "words": _(
                "Required if you disagree. Everyone can read these words next to the record, at equal size, with your "
                "name and the date. No one edits them. You can change your answer at any time."
            )
        }

    def __init__(self, *args, parties=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.say_who_reads(parties)
        self.fields["verdict"].widget.helps = {
            Verdict.CONFIRMED: _("The page says that you confirm the record, until it changes."),
            Verdict.DISPUTED: _("Your own words appear next to the record, at equal size."),
        }

    def say_who_reads(self, parties):
        if unlisted := [party for party in parties if party.is_unlisted]:
            names = {"partner": ", ".join(map(str, unlisted)), "lead": unlisted[0].partnership.lead}
            self.fields["words"].help_text = UNLISTED_WORDS % names

    def _post_clean(self):
        """The action validates the record."""


class PartyStatementForm(ForPartyForm, StatementForm):
    """A statement by a person who may speak for several parties."""

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, parties=parties, **kwargs)
        self.say_who_reads(parties)


class ReplyForm(ForPartyForm):
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reply
        fields = ("text",)
        labels = {"text": _("Your reply")}
        help_texts = {
            "text": _("It appears next to the statement, at equal size, with your name and the date. No one edits it.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True


class RemarkForm(forms.ModelForm):
    class Meta:
        model = Remark
        fields = ("text",)
        labels = {"text": _("Your public statement")}
        help_texts = {"text": _("You can’t change it once the partners have seen it, but you can withdraw it.")}

    def _post_clean(self):
        """The action validates the record."""


class ShareForm(forms.Form):
    body = EntityField(person=None, label=_("Share with"), help_text=_("A name from the directory, or an ID."))

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "body", EntityField).person = person
