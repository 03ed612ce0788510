"""Forms of plans: the plan, an outcome with the partnerships that serve it, and importing a table of outcomes."""

import json

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.errors import ValidationError
from partnerships.core.fields import ProseInput
from partnerships.core.tables import MOST_BYTES, MOST_COLUMNS, column_letters
from partnerships.directory import queries as directory
from partnerships.measurement.models import Outcome, Plan
from partnerships.measurement.plan_fields import COLUMNS, guessed
from partnerships.measurement.plan_queries import offered_partnerships
from partnerships.measurement.plans import FIELDS, MOST_OUTCOMES, OUTCOME
from partnerships.measurement.rules import results_visible_to
from partnerships.records.imports.plans import MOST_TEXT
from partnerships.registry.models import Partnership
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm, why_field

MOST_PASTED = 200_000
_UNREADABLE = _("We can no longer read this table. Upload the file again.")


class PlanForm(RecordForm):
    """`person` adds a plan for an office that they may write for. The office of an existing plan doesn't change."""

    class Meta:
        model = Plan
        fields = ("lead", *FIELDS)
        labels = {"lead": _("Office"), "title": _("Name of the plan"), "starts_on": _("From"), "ends_on": _("Until")}
        help_texts = {"is_published": _("Includes its outcomes. Names of draft partnerships stay internal.")}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["lead"]
            return
        leads = directory.jurisdictions_of_editor(person).distinct()
        field_of(self, "lead", forms.ModelChoiceField).queryset = leads
        field_of(self, "lead", forms.ModelChoiceField).empty_label = (
            None if leads.count() == 1 else gettext("Choose one")
        )


class OutcomeForm(forms.ModelForm):
    """`person` chooses among the results of the plan's office and the partnerships that they may see.

    A result that they may not see stays linked.
    """

    why = why_field()
    partnerships = forms.ModelMultipleChoiceField(
        label=_("Partnerships that serve it"),
        queryset=Partnership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Outcome
        fields = OUTCOME
        labels = {"number": _("Number in the plan"), "result": _("Result")}
        help_texts = {
            "number": _("For example 2.3."),
            "due": _("As in the plan, for example “Fall 2027”."),
        }
        widgets = {
            "actions": ProseInput(attrs={"rows": 4}),
            "measured_by": ProseInput(attrs={"rows": 2}),
            "progress": ProseInput(attrs={"rows": 3}),
        }

    def __init__(self, *args, instance, plan, person, **kwargs):
        super().__init__(*args, **kwargs | {"instance": instance})
        results = results_visible_to(person).filter(lead=plan.lead_id)
        if instance.result_id:
            results = results | results.model.objects.filter(pk=instance.result_id)
        field_of(self, "result", forms.ModelChoiceField).queryset = results.distinct()
        field_of(self, "result", forms.ModelChoiceField).empty_label = gettext("None")
        rows = offered_partnerships(person, plan, instance if instance.pk else None)
        field_of(self, "partnerships", forms.ModelChoiceField).queryset = Partnership.objects.filter(
            pk__in=[one.pk for one in rows]
        )
        if instance.pk:
            self.initial["partnerships"] = list(instance.partnerships.values_list("pk", flat=True))
        self.order_fields([*OUTCOME, "partnerships", "why"])

    def _post_clean(self):
        """The action validates the outcome together with the others of its plan."""


class UploadPlanForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput,
        required=False,
        help_text=format_lazy(_("CSV or XLSX, {rows} rows at most. We don’t keep the file."), rows=MOST_OUTCOMES),
    )

    pasted = forms.CharField(
        label=_("Or paste the rows here"),
        required=False,
        max_length=MOST_PASTED,
        widget=ProseInput(attrs={"rows": 4}),
        help_text=_("Copied from your spreadsheet, with their headings."),
    )

    @property
    def content(self) -> bytes:
        sent = self.cleaned_data["file"]
        return sent.read() if sent else self.cleaned_data["pasted"].encode()

    def clean(self):
        if not self.errors and not self.cleaned_data.get("file") and not self.cleaned_data.get("pasted"):
            self.add_error("file", gettext("Choose a file, or paste its rows below."))
        return self.cleaned_data

    def clean_file(self):
        sent = self.cleaned_data["file"]
        if sent and sent.size > MOST_BYTES:  # before reading the content
            words = gettext("This file is larger than %(most)s MB. Import its rows in parts.")
            raise ValidationError(words % {"most": MOST_BYTES // 2**20}, code="too_large")
        return sent


class TableForm(forms.Form):
    """The table as the page sends it, {"headings": […], "rows": [[number, […]], …]}, and what each column contains."""

    table = forms.CharField(widget=forms.HiddenInput, max_length=2 * MOST_TEXT)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data, *, headings, samples=(), **kwargs):
        super().__init__(data, **kwargs)
        choices = [
            ("", gettext("Don’t import this column")),
            *((column.key, gettext(column.label)) for column in COLUMNS),
        ]
        for index, (heading, key) in enumerate(zip(headings, guessed(headings), strict=True)):
            such_as = next((text for text in (row[index] for row in samples) if text), "")
            without = gettext("Column %(letters)s, without a heading") % {"letters": column_letters(index)}
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=f"“{heading}”" if heading else without,
                choices=choices,
                initial=key,
                required=False,
                help_text=gettext("Example: %(text)s") % {"text": such_as[:60]}
                if such_as
                else gettext("The first rows of this column are empty."),
            )
        self.columns = [f"column-{index}" for index in range(len(headings))]

    @property
    def keys(self) -> list[str]:
        return [self.cleaned_data.get(name, "") for name in self.columns]


def parse_table(text) -> tuple[list, list]:
    """(headings, rows) of a table that a page sent. Raises ValidationError if it's malformed."""
    try:
        sent = json.loads(text[: 2 * MOST_TEXT])
        headings, rows = sent["headings"], [(number, texts) for number, texts in sent["rows"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValidationError(_UNREADABLE) from None
    fits = isinstance(headings, list) and len(headings) <= MOST_COLUMNS and len(rows) <= MOST_OUTCOMES
    fits = fits and all(isinstance(number, int) and isinstance(texts, list) for number, texts in rows)
    fits = fits and all(len(texts) == len(headings) for _, texts in rows)
    if not fits or not all(
        isinstance(one, str) for texts in [headings, *(texts for _, texts in rows)] for one in texts
    ):
        raise ValidationError(_UNREADABLE)
    return headings, rows
