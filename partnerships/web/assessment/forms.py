"""Forms of survey rounds: start one, change its deadline, answer an item, record answers, respond to a gap."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.catalog import TEN
from partnerships.assessment.choices import RECORDED, AnswerSource
from partnerships.assessment.models import Answer, Portfolio, PublishingWord, Respondent, ResponseNote, Round
from partnerships.core.fields import ProseInput
from partnerships.directory.models import Contact
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm


class AllCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes with a button that checks all of them."""

    selects_all = True


class RoundForm(RecordForm):
    """`offered` has (key, label) of the partners and people that this person may ask."""

    asked = forms.MultipleChoiceField(
        label=_("Partners, and people you propose"),
        required=False,
        widget=AllCheckboxes,
        help_text=_(
            "Each partner names its own people and has 7 days. You can propose some, and the partner sees their names and "
            "addresses. For your own office or organization, you name them right here. Partners that confirmed their seat less "
            "than 14 days ago aren’t listed. A side of one or two people is on the record. A larger side needs three answers "
            "before we show low, middle or high, and five before we show the middle answer."
        ),
    )

    class Meta:
        model = Round
        fields = ("title", "asks", "closes_on", "erases_answers")
        widgets = {"asks": forms.RadioSelect}
        labels = {
            "title": _("Name of the round"),
            "asks": _("What is asked"),
            "closes_on": _("Deadline"),
            "erases_answers": _("Erase single answers once the scores are made"),
        }
        help_texts = {
            "title": _("For example “Fall 2027”."),
            "closes_on": _(
                "Answers open on the next day, or sooner if everyone who was asked has finished or declined."
            ),
            "erases_answers": _("We keep the score of each side, and the words that people chose to show."),
        }

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "asked", forms.ChoiceField).choices = offered
        self.fields["asks"].required = False
        self.order_fields(["title", "asks", "closes_on", "asked", "erases_answers", "why"])

    def clean_asks(self):
        return self.cleaned_data["asks"] or TEN


def _levels(item):
    return [(n, f"{n}. {name}") for n, name in enumerate(item.names)]


class PortfolioForm(RecordForm):
    """One form that starts a round in each of many partnerships."""

    why = None  # type: ignore[assignment]  # how Django removes a field of the base class

    class Meta:
        model = Portfolio
        fields = ("title", "closes_on", "erases_answers")
        labels = RoundForm.Meta.labels | {"title": _("Name of the rounds")}
        help_texts = RoundForm.Meta.help_texts


class CancelForm(forms.Form):
    why = forms.CharField(
        label=_("Why should it be canceled?"),
        max_length=1000,
        widget=ProseInput(attrs={"rows": 3}),
        help_text=_("Everyone who was asked reads this, and it stays on the partnership’s page."),
        error_messages={"required": _("Give a reason. Everyone who was asked reads it.")},
    )


MORE_PEOPLE = 3  # people without an email address that one submit can add


class NameForm(forms.Form):
    """The respondents of a partner.

    `offered` maps keys to a Person, Contact or Respondent, and `chosen` has the keys that are checked at first. `contact_at`
    finds a Contact that isn't offered by the email address that was entered for it; without it, only phone numbers are
    taken. `more` returns the people without an email address to add, and `known` has the contacts that were found.
    """

    asked = forms.MultipleChoiceField(
        label=_("People who answer"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Check only those who answer for you. Others may have proposed some of them."),
    )

    def __init__(self, *args, offered, chosen, typed=None, contact_at=None, **kwargs):
        super().__init__(*args, **kwargs | {"initial": {"asked": chosen} | (typed or {})})
        self.contact_at, self.known = contact_at, []
        field_of(self, "asked", forms.ChoiceField).choices = [(key, _who(someone)) for key, someone in offered.items()]
        if not offered:
            del self.fields["asked"]
        number_words = gettext("Person %(number)d: phone number")
        help_words = gettext(
            "For people who aren’t listed or have no email address. They answer with a code that we show you once, on the next "
            "page. You can add more people later."
        )
        if contact_at:
            number_words = gettext("Person %(number)d: phone number or email address")
            help_words = gettext(
                "For people who aren’t listed. With a phone number, they answer with a code that we show you once, on the next "
                "page. An email address works only if the office has it as one of your contacts. You can add more people later."
            )
        for n in range(1, MORE_PEOPLE + 1):
            self.fields[f"name_{n}"] = forms.CharField(
                label=gettext("Person %(number)d: name") % {"number": n}, max_length=120, required=False
            )
            self.fields[f"phone_{n}"] = forms.CharField(
                label=number_words % {"number": n}, max_length=254 if contact_at else 40, required=False
            )
        self.fields["name_1"].help_text = help_words
        self.fields["phone_1"].help_text = gettext(
            "We don’t keep a phone number. It makes sure that we ask each person once."
        )
        self.fields["no_one"] = forms.BooleanField(label=gettext("No one answers for us in this round"), required=False)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        for n in range(1, MORE_PEOPLE + 1):
            if self._is_address(n):
                contact = self.contact_at(cleaned[f"phone_{n}"])
                self.known += [contact] if contact else []
                if contact is None:
                    words = gettext(
                        "The office has no contact of yours with this email address. Check it, or enter a phone number. Then "
                        "they answer with a code."
                    )
                    self.add_error(f"phone_{n}", words)
            elif bool(cleaned.get(f"name_{n}")) != bool(cleaned.get(f"phone_{n}")):
                missing = f"phone_{n}" if cleaned.get(f"name_{n}") else f"name_{n}"
                words = (
                    gettext("Enter a phone number of their own, too.")
                    if missing.startswith("phone")
                    else gettext("Enter a name, too.")
                )
                self.add_error(missing, words)
        if not self.errors:
            self._require_a_choice(bool(self.chosen() or self.known or self.more()))
        return cleaned

    def _require_a_choice(self, is_anyone_named):
        """Pressing the button of an empty form must not take the partner out of the round."""
        if is_anyone_named == self.cleaned_data["no_one"]:
            if is_anyone_named:
                words = gettext("You named people. Uncheck this box, or remove them.")
            else:
                words = gettext("Name at least one person. If no one answers for you, check this box.")
            self.add_error("no_one", words)

    def chosen(self) -> list[str]:
        return self.cleaned_data.get("asked", [])

    def more(self) -> list[tuple[str, str]]:
        """(name, phone) of each new person."""
        numbers = [n for n in range(1, MORE_PEOPLE + 1) if not self._is_address(n)]
        rows = [(self.cleaned_data[f"name_{n}"], self.cleaned_data[f"phone_{n}"]) for n in numbers]
        return [row for row in rows if row[0]]

    def _is_address(self, n: int) -> bool:
        return self.contact_at is not None and "@" in self.cleaned_data.get(f"phone_{n}", "")


def _who(someone) -> str:
    """With the address of a contact: the office can enter it, and the partner checks that it's that person's."""
    if isinstance(someone, Contact):
        return f"{someone}, {someone.email}"
    if isinstance(someone, Respondent):
        words = gettext("%(who)s (named with a code that another side printed, so it doesn’t count toward the three)")
        return words % {"who": someone.who} if someone.code_by_other_side else someone.who
    return str(someone)


class PartnerCodeForm(forms.Form):
    """Prints a code for a partner without an account, after someone called or met it."""

    source = forms.CharField(
        label=_("Who you called or met, and how they get the code"),
        max_length=200,
        help_text=_("For example: the director, by phone on March 2, code by mail."),
        error_messages={"required": _("Enter who you called or met, and how they get the code.")},
    )


class MoveForm(forms.Form):
    closes_on = forms.DateField(label=_("New deadline"))


class AnswerForm(forms.ModelForm):
    """One item for one respondent. The item's key is the form's prefix, since a page has ten of them."""

    level = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, widget=forms.RadioSelect)

    class Meta:
        model = Answer
        fields = ("level", "evidence", "comment", "shares_words")
        labels = {
            "evidence": _("What shows this?"),
            "comment": _("Anything to add?"),
            "shares_words": _(
                "Show these words to everyone at the table when answers open, under the name of our side"
            ),
        }
        help_texts = {"evidence": _("Optional. A link or a short note, such as “Minutes of October 13”.")}
        widgets = {"comment": ProseInput(attrs={"rows": 3})}

    def __init__(self, *args, item, prefers_not_to_say=False, may_share=True, **kwargs):
        super().__init__(*args, **kwargs | {"prefix": item.key})
        if not may_share:
            del self.fields["shares_words"]
        self.item, self.prefers_not_to_say = item, prefers_not_to_say
        self.fields["level"].label, field_of(self, "level", forms.ChoiceField).choices = item.question, _levels(item)
        self.fields["level"].widget.helps = dict(enumerate(item.levels))

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if self.prefers_not_to_say:
            cleaned["level"] = None
        elif cleaned.get("level") is None and "level" not in self.errors:
            self.add_error("level", gettext("Choose a level, or press “I would rather not answer this”."))
        return cleaned

    def _post_clean(self):
        """The action validates the answer, since it knows the respondent."""


class TieForm(forms.Form):
    """A respondent's answers about one other partner. All of them are optional."""

    def __init__(self, *args, items, answers=None, **kwargs):
        super().__init__(*args, **kwargs | {"initial": answers})
        for item in items:
            levels = [(str(n), name) for n, name in enumerate(item.names, item.bottom)]
            widget = forms.RadioSelect if item.levels else forms.Select
            field = forms.ChoiceField(
                label=item.question, choices=[("", _("No answer")), *levels], required=False, widget=widget, initial=""
            )
            field.widget.helps = {str(n): words for n, words in enumerate(item.levels, item.bottom)}
            self.fields[item.key] = field

    def levels(self) -> dict:
        """Item → level, as `answering.save_tie_answers` takes it."""
        return {key: int(value) for key, value in self.cleaned_data.items() if value}


class PublishingForm(forms.ModelForm):
    """Whether a party agrees to publish a round."""

    agrees = forms.TypedChoiceField(
        label=_("May everyone read it?"),
        choices=[("yes", _("Yes, we agree")), ("no", _("No, not for now"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = PublishingWord
        fields = ("agrees", "reply")
        help_texts = {"reply": _("Optional. We show it next to the answers, under your name and unedited.")}

    def _post_clean(self):
        """The action validates the record, since it knows the party."""


class AgreeToCancelForm(forms.Form):
    """Whether a partner without an account agrees to cancel a round."""

    agrees = forms.TypedChoiceField(
        label=_("Do you agree to cancel this round?"),
        choices=[("yes", _("Yes, cancel it")), ("no", _("No, go on as planned"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class RecordedForm(forms.Form):
    """Answers that someone gave on paper, by phone or in person: a level for each item, or none."""

    way = forms.ChoiceField(
        label=_("How did they answer?"),
        choices=[(way.value, way.label) for way in RECORDED],
        widget=forms.RadioSelect,
        initial=AnswerSource.PHONE,
    )
    was_chosen = forms.BooleanField(
        label=_("They asked me to record their answers"),
        error_messages={"required": _("Record answers only for someone who asked you to.")},
    )
    was_read_back = forms.BooleanField(label=_("I read the answers back to them"), required=False)

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        for item in items:
            choices = [("", _("Not answered")), *_levels(item), ("none", _("Would rather not answer"))]
            self.fields[item.key] = forms.ChoiceField(label=item.question, choices=choices, required=False)

    def answers(self) -> dict:
        """Item → level, as `answering.record_answers` takes it."""
        about = ("way", "was_chosen", "was_read_back")
        given = {key: value for key, value in self.cleaned_data.items() if key not in about and value != ""}
        return {key: None if value == "none" else int(value) for key, value in given.items()}


class NoteForm(forms.ModelForm):
    """The response to a flagged gap, and an action item for it. `parties` has (key, name) of its possible owners.

    `others` has (key, words) of the other questions without a response.
    """

    also = forms.MultipleChoiceField(
        label=_("The same response for other questions"),
        required=False,
        widget=AllCheckboxes,
        help_text=_("Optional. These have no response yet."),
    )

    action = forms.CharField(
        label=_("Action item"),
        max_length=200,
        required=False,
        help_text=_("Optional. It becomes an action item of this partnership, with reminders."),
    )
    owner = forms.ChoiceField(label=_("Who is responsible"), required=False)
    due_on = forms.DateField(label=_("Due date"), required=False)

    class Meta:
        model = ResponseNote
        fields = ("text",)
        labels = {"text": _("Your response")}
        help_texts = {"text": _("Say what you heard, what will change, and by when. The next round shows it again.")}

    def __init__(self, *args, parties, others, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "also", forms.MultipleChoiceField).choices = others
        if not others:
            del self.fields["also"]
        self.order_fields(["text", "also", "action", "owner", "due_on"])
        field_of(self, "owner", forms.ChoiceField).choices = [("", _("Choose one")), *parties]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("action") and not cleaned.get("owner"):
            self.add_error("owner", gettext("Choose which partner is responsible."))
        if not cleaned.get("action") and (cleaned.get("owner") or cleaned.get("due_on")):
            self.add_error("action", gettext("Enter the action item, or leave all three fields empty."))
        return cleaned

    def _post_clean(self):
        """The action validates the response."""


class NotesForm(NoteForm):
    """One response to several flagged questions."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = kwargs["others"]
        self.fields["also"] = forms.MultipleChoiceField(
            label=_("Questions that you respond to"),
            choices=others,
            initial=[others[0][0]] if len(others) == 1 else None,
            widget=AllCheckboxes,
            error_messages={"required": _("Check at least one question.")},
        )
        self.order_fields(["also"])
