"""Forms for what partners and lead agencies say about a record, and for sharing a draft."""

from django import forms

from partnerships.registry.choices import Verdict
from partnerships.registry.models import Confirmation, Party, PartyNote, Remark, Reply
from partnerships.web.forms.entities import EntityField


class ContributionForm(forms.ModelForm):
    class Meta:
        model = Party
        fields = ("contribution",)
        labels = {"contribution": "What you add"}
        help_texts = {"contribution": "In plain words. It is part of the record: everyone reads it."}

    def _post_clean(self):
        """The action validates the party."""


class NoteForm(forms.ModelForm):
    class Meta:
        model = PartyNote
        fields = ("text",)
        labels = {"text": "Your note"}
        help_texts = {
            "text": (
                "Only your own people read this here: not the lead’s staff, and it is in no history. It is kept until "
                "you clear it or the partnership goes. A public-records request may still reach it."
            )
        }

    def _post_clean(self):
        """The action validates the note, since it knows the party."""


class ForPartyForm(forms.ModelForm):
    """`parties` are those that this person may speak for. With only one, the form doesn't ask which."""

    party = forms.ChoiceField(label="For", widget=forms.RadioSelect)

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(party.entity.public_id, str(party)) for party in parties]
        if len(parties) == 1:
            self.fields["party"].widget = forms.HiddenInput()
            self.initial.setdefault("party", parties[0].entity.public_id)
        self.order_fields(["party"])

    def _post_clean(self):
        """The action validates the record."""


class StatementForm(ForPartyForm):
    verdict = forms.ChoiceField(
        label="Is this record right?",
        choices=[(Verdict.CONFIRMED, "Yes, it is right"), (Verdict.DISPUTED, "We see it another way")],
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    class Meta:
        model = Confirmation
        fields = ("verdict", "words")
        labels = {"words": "In your own words"}
        help_texts = {
            "words": (
                "Needed when you see it another way. Everyone reads these words beside the record, at equal size, with "
                "your name and the day. Nobody edits them. You can say something else at any time."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["verdict"].widget.helps = {
            Verdict.CONFIRMED: "The page then says that you confirm it, until the record changes.",
            Verdict.DISPUTED: "Your own words stand beside the record, at equal size.",
        }


class ReplyForm(ForPartyForm):
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reply
        fields = ("text",)
        labels = {"text": "Your reply"}
        help_texts = {
            "text": "It stands beside the statement, at equal size, with your name and the day. Nobody edits it."
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True


class RemarkForm(forms.ModelForm):
    class Meta:
        model = Remark
        fields = ("text",)
        labels = {"text": "What you want to say in public"}
        help_texts = {"text": "It cannot be changed once the partners have seen it. You can take it back."}

    def _post_clean(self):
        """The action validates the record."""


class ShareForm(forms.Form):
    body = EntityField(person=None, label="Show it to", help_text="A name from the directory, or its id.")

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].person = person
