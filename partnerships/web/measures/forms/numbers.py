"""Forms for entering numbers: which periods, for which party, and their source."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.measurement import periods
from partnerships.measurement.models import DataPoint
from partnerships.measurement.number_actions import DESCRIPTION
from partnerships.measurement.quoting import NO_LINK, NO_PUBLISHER
from partnerships.web.frame.forms.fields import field_of

_TEXT = {"rows": 3}


class SpanForm(forms.Form):
    """The periods to show, and for a rate whether to type counts or the rate."""

    first = forms.CharField(label=_("From"), required=False, max_length=40)
    last = forms.CharField(label=_("To"), required=False, max_length=40)
    shows = forms.ChoiceField(label=_("What you enter"), required=False)

    def __init__(self, *args, measure, ways, **kwargs):
        super().__init__(*args, **kwargs | {"auto_id": "span-%s"})
        self.measure = measure
        self.fields["first"].help_text = gettext("For example, %(example)s.") % {
            "example": gettext(periods.EXAMPLES[measure.period])
        }
        if ways:
            field_of(self, "shows", forms.ChoiceField).choices = ways
        else:
            del self.fields["shows"]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        for name in ("first", "last"):
            if data.get(name):
                try:
                    data[name] = periods.parse(data[name], self.measure.period, self.measure.first_month)
                except ValueError as problem:
                    self.add_error(name, str(problem))
        if not self.errors and data["first"] and data["last"] and data["last"] < data["first"]:
            self.add_error("last", gettext("The last period is before the first. Choose a later one."))
        return data


class DescriptionForm(forms.Form):
    """What applies to all numbers that are saved together.

    `suppliers` are the parties that the person may supply numbers for. Without `is_office`, they have to choose one.
    `quotes` says whether the numbers can be from a published table.
    """

    party = forms.ChoiceField(label=_("Partner who provides these numbers"), required=False)
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=DataPoint._meta.get_field("source").max_length,
        help_text=_("Anyone who can read the measure can read this."),
    )
    published_by = forms.CharField(
        label=_("Published by"),
        required=False,
        max_length=DataPoint._meta.get_field("published_by").max_length,
        help_text=(
            _(
                "Only for a table that anyone can read, such as a census table. We show its numbers exactly, “as published by "
                "…”. Your own counts of people are rounded to the nearest 5."
            )
        ),
    )
    link = DataPoint._meta.get_field("link").formfield(
        label=_("Link to the published table"), required=False, help_text=_("Required with “Published by”.")
    )
    story = forms.CharField(
        label=_("Story behind the numbers"),
        required=False,
        max_length=DataPoint._meta.get_field("story").max_length,
        widget=ProseInput(attrs=_TEXT),
        help_text=_("What happened, in plain words. It appears next to the numbers that you change now."),
    )
    why = forms.CharField(
        label=_("Reason for the correction"),
        required=False,
        max_length=DataPoint._meta.get_field("why").max_length,
        help_text=_("Required if you change an earlier number."),
    )

    may_tell = forms.BooleanField(
        label=_("Save anyway. The number is about something else"),
        required=False,
        help_text=_("Everyone who can read the measure can read this text."),
    )

    def __init__(self, *args, suppliers, is_office, quotes, **kwargs):
        super().__init__(*args, **kwargs)
        self._may_tell = self.fields.pop("may_tell")
        if self.data.get("may_tell"):
            self.ask()
        if not quotes:
            del self.fields["published_by"], self.fields["link"]
        self.by_key = {str(one.pk): one for one in suppliers}
        named = [(key, str(one)) for key, one in self.by_key.items()]
        if is_office:
            named = [("", gettext("Our office")), *named]
        field_of(self, "party", forms.ChoiceField).choices = named
        self.fields["party"].required = not is_office
        if len(named) == 1:
            self.fields["party"].initial = named[0][0]

    def ask(self):
        """Ask whether to save a text even though it contains a suppressed count."""
        self.fields["may_tell"] = self._may_tell

    def say(self, name, text):
        """Add an error to a field once, or above the form if there is no such field."""
        name = name if name in self.fields else None
        if text not in self.errors.get(name or NON_FIELD_ERRORS, []):
            self.add_error(name, text)

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("published_by") and "link" in data and not data["link"]:
            self.add_error("link", NO_LINK)
        if data.get("link") and "published_by" in data and not data["published_by"]:
            self.add_error("published_by", NO_PUBLISHER)
        return data

    @property
    def chosen_party(self):
        return self.by_key.get(self.cleaned_data["party"])

    @property
    def description(self) -> dict:
        """The values for each number, without empty ones."""
        return {name: self.cleaned_data[name] for name in DESCRIPTION if self.cleaned_data.get(name)}


class PasteForm(DescriptionForm):
    cells = forms.CharField(
        label=_("Cells, with their headings"),
        max_length=100_000,
        strip=False,
        widget=ProseInput(attrs={"rows": 10, "spellcheck": "false"}),
    )
    field_order = ("cells", "party", "source", "published_by", "link", "story", "why")
