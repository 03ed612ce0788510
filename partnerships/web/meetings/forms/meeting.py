"""Forms of a meeting: its fields, agenda and participants."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.meetings import recurrence, series
from partnerships.meetings.models import Meeting
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.forms.record import RecordForm
from partnerships.web.frame.forms.zones import ZoneField
from partnerships.web.meetings.forms import agenda


class MeetingForm(RecordForm):
    """`offered` are the people who may be invited, and `parties` those of the partnership.

    A new meeting can repeat (`rule`), and a change to a meeting of a series can apply to others (`scope`).
    """

    zone = ZoneField(label=_("Time zone"))
    repeats = forms.ChoiceField(label=_("How often"), choices=recurrence.REPEATS, required=False)
    every = forms.IntegerField(
        label=_("Repeat every (weeks or months)"),
        required=False,
        help_text=_("2 means every second week or month. Empty means 1."),
    )
    until = forms.DateField(
        label=_("Repeat until"), required=False, help_text=_("The last possible date. Or enter how many times.")
    )
    times = forms.IntegerField(
        label=_("How many times"),
        required=False,
        help_text=format_lazy(
            _("At most {number} meetings, up to {years} years ahead."), number=recurrence.MOST, years=recurrence.YEARS
        ),
    )
    scope = forms.ChoiceField(
        label=_("Which meetings to change"),
        choices=series.SCOPES,
        initial=series.ONE,
        widget=forms.RadioSelect,
        help_text=_("The other meetings get the changes you make here and keep the rest. Each person gets one email."),
    )
    asked = forms.MultipleChoiceField(
        label=_("Who is invited"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            _(
                "We’ll email them now, and remind them 7 days, 48 hours and 2 hours before. If the meeting is sooner, they get "
                "the reminders that are still ahead. Only people with an email address are listed."
            )
        ),
    )
    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        max_length=4000,
        widget=ProseInput(attrs={"rows": 5}),
        help_text=_(
            "One point per line. You can add minutes and the partner who presents it after bars: “Eviction data | 20 | "
            "Tenants’ association”."
        ),
    )
    REPEAT = ("repeats", "every", "until", "times")

    class Meta:
        model = Meeting
        fields = (
            "title", "date", "time", "zone", "minutes_long", "place", "access_notes", "link", "link_is_public", "interpretation",
            "is_public",
        )  # fmt: skip
        labels = {"title": _("Title"), "date": _("Date"), "time": _("Time"), "place": _("Place")}
        help_texts = {
            "time": _("Local time, such as 17:30."),
            "link": _("Shown to people who take part: your office, the partners’ users, and everyone who is invited."),
            "link_is_public": _("Anyone can then join."),
            "is_public": _("A public meeting of a published partnership appears on public pages and in the API."),
        }

    def __init__(self, *args, parties, offered, takes_others=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.parties, self.offered = parties, offered
        field_of(self, "asked", forms.ChoiceField).choices = [(key, label) for key, label, _ in offered]
        for name in self.REPEAT if self.instance.pk else ():
            del self.fields[name]
        if not takes_others:
            del self.fields["scope"]
        own = self.Meta.fields
        self.order_fields(["scope", *own, "agenda", "asked", "why", *self.REPEAT])

    @property
    def first_fields(self) -> list:
        return [self[name] for name in self.fields if name not in self.REPEAT]

    @property
    def fold(self) -> Fold | None:
        """How a new meeting repeats. Most don't."""
        return None if self.instance.pk else Fold(gettext("Repeat this meeting"), [self[name] for name in self.REPEAT])

    def clean_agenda(self):
        return agenda.read(self.cleaned_data["agenda"], self.parties)

    def clean_asked(self):
        """The keys of people and contacts. A party that is checked includes all its contacts."""
        chosen, keys = self.cleaned_data["asked"], []
        for key, _label, party in self.offered:
            by_party = key.startswith("contact:") and f"party:{party}" in chosen
            keys += [key] if not key.startswith("party:") and (key in chosen or by_party) else []
        return keys

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        cleaned["rule"] = ""
        if cleaned.get("repeats") and cleaned.get("date") and not self.errors.keys() & {*self.REPEAT}:
            ends = {name: cleaned.get(name) for name in ("until", "times")}
            try:
                every = 1 if cleaned.get("every") is None else cleaned["every"]
                cleaned["rule"] = recurrence.build_rule(cleaned["repeats"], cleaned["date"], every=every, **ends)
            except forms.ValidationError as problem:
                self.add_error(None, problem)
        elif not cleaned.get("repeats") and (cleaned.get("until") or cleaned.get("times")):
            self.add_error("repeats", gettext("Choose how often it repeats, or clear when it ends."))
        return cleaned
