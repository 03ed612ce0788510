"""Forms for importing a file.

`was` is the step of the import when the page was rendered. If the import is at another step now, the form does nothing.
"""

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import ImportKind
from partnerships.core.errors import ValidationError
from partnerships.core.table_files import TOO_LARGE
from partnerships.core.tables import MOST_BYTES, MOST_ROWS, column_letters
from partnerships.directory.models import Jurisdiction
from partnerships.records.imports.fields import KINDS
from partnerships.web.frame.forms.fields import field_of

_FILE = gettext_noop(
    "CSV or XLSX, %(megabytes)s MB and %(rows)s rows at most. Only you can see it here. We delete it once it’s imported, or "
    "after seven days. A public-records request may reach it."
)


class _Kinds(forms.RadioSelect):
    helps = {one.kind: _(one.rows) for one in KINDS.values()}  # which are marked where they are written


class UploadForm(forms.Form):
    """`offices` are those that the person may write for."""

    jurisdiction = forms.ModelChoiceField(Jurisdiction.objects.none(), label=_("Office"))
    kind = forms.ChoiceField(label=_("What the file contains"), choices=ImportKind.choices, widget=_Kinds)
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput,
    )

    def __init__(self, *args, offices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext(_FILE) % {"megabytes": MOST_BYTES // 2**20, "rows": f"{MOST_ROWS:,}"}
        field_of(self, "jurisdiction", forms.ModelChoiceField).queryset = offices
        first = list(offices[:2])
        if len(first) == 1:
            self.fields["jurisdiction"].initial = first[0]

    def clean_file(self):
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:  # before reading the content
            raise ValidationError(gettext(TOO_LARGE) % {"most": MOST_BYTES // 2**20}, code="too_large")
        return sent


class StepForm(forms.Form):
    was = forms.CharField(widget=forms.HiddenInput, required=False)


class SourceForm(forms.Form):
    """What confirms the identifiers in a file."""

    numbers_source = forms.CharField(
        label=_("Official list that the EINs and UEIs come from"),
        required=False,
        max_length=200,
        help_text=_(
            "Enter it only if this file is an official list, such as the IRS Tax Exempt Organization Search of November 2026. "
            "It then confirms the numbers of organizations with the same name, and their history names it. Otherwise the "
            "numbers stay your office’s claim until another office confirms them."
        ),
    )


class SheetForm(StepForm):
    # Part of the form with the columns, which has another button.
    sheet = forms.ChoiceField(label=_("Sheet with the rows"), widget=forms.Select(attrs={"form": "answer"}))

    def __init__(self, *args, sheets, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "sheet", forms.ChoiceField).choices = [(name, name) for name in sheets]


class ColumnsForm(StepForm):
    """A select field for each column. `headings` has their headings, and `samples` the cells of some rows."""

    def __init__(self, *args, kind, headings, samples, columns, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("Don’t import this column")), *((one.key, _(one.label)) for one in KINDS[kind].fields)]
        for index, heading in enumerate(headings):
            shown = [cells[index] for cells in samples if index < len(cells) and cells[index]]
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=gettext("%(heading)s (column %(letters)s)")
                % {"heading": heading or gettext("No heading"), "letters": column_letters(index)},
                choices=choices,
                required=False,
                initial=columns.get(str(index), ""),
                help_text=gettext("Example: %(cells)s") % {"cells": "; ".join(shown)}
                if shown
                else gettext("The first rows of this column are empty."),
            )

    @property
    def chosen(self) -> dict[int, str]:
        named = {name: key for name, key in self.cleaned_data.items() if name.startswith("column-")}
        return {int(name.removeprefix("column-")): key for name, key in named.items()}
