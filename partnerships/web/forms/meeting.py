"""The forms of a meeting: its fields, agenda and participants."""

from functools import cache
from zoneinfo import available_timezones

from django import forms

from partnerships.communication import queries as communication
from partnerships.communication.models import AgendaItem, Meeting
from partnerships.communication.schedule import ZONE_WORDS, is_zone, zone_words
from partnerships.web.forms.record import RecordForm


@cache
def zone_choices():
    first = tuple(ZONE_WORDS.items())
    rest = tuple((zone, zone_words(zone)) for zone in sorted(available_timezones() - set(ZONE_WORDS)) if is_zone(zone))
    return ("Common", first), ("All", rest)


class MeetingForm(RecordForm):
    """`zone` offers the country's zones first; `people` are those who may be asked."""

    zone = forms.ChoiceField(label="Time zone")
    asked = forms.MultipleChoiceField(
        label="Who is asked to come",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="They get a letter now, and reminders 7 days, 48 hours and 2 hours before.",
    )
    agenda = forms.CharField(
        label="Agenda",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One point on each line. Minutes may follow after a bar: “Eviction data | 20”.",
    )

    class Meta:
        model = Meeting
        fields = ("title", "date", "time", "zone", "minutes_long", "place", "link", "access_notes", "is_public")
        help_texts = {
            "time": "The time on the clock of the place, such as 17:30.",
            "is_public": "A public meeting of a published partnership stands on the public pages and in the API.",
        }

    def __init__(self, *args, partnership, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices()
        self.fields["asked"].choices = communication.who_may_be_asked(person, partnership)
        self.order_fields([*self.Meta.fields, "agenda", "asked", "why"])

    def clean_agenda(self):
        items = []
        for place, line in enumerate(filter(None, map(str.strip, self.cleaned_data["agenda"].splitlines())), start=1):
            title, bar, minutes = line.rpartition("|")
            if not bar:
                items.append({"title": line, "minutes": None})
            elif minutes.strip().isdecimal() and 0 < int(minutes) <= 24 * 60:
                items.append({"title": title.strip(), "minutes": int(minutes)})
            else:
                self.add_error("agenda", f"Line {place}: after the bar write minutes as a number, such as 20.")
            if len(items) and len(items[-1]["title"]) > AgendaItem._meta.get_field("title").max_length:
                self.add_error("agenda", f"Line {place} is too long. Use up to 200 characters.")
        return items[:100]


def agenda_text(meeting) -> str:
    return "\n".join(f"{i.title} | {i.minutes}" if i.minutes else i.title for i in meeting.agenda.all())


class CheckInDoneForm(forms.Form):
    done_on = forms.DateField(label="Held on")
    note = forms.CharField(
        label="What came up",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only staff of the lead read this.",
    )
