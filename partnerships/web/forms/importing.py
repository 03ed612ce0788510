"""Forms for importing a file.

`was` is the step of the import when the page was rendered. If the import is at another step now, the form does nothing.
"""

from django import forms

from partnerships.accounts.choices import ImportKind
from partnerships.core.errors import ValidationError
from partnerships.core.tables import MOST_BYTES, MOST_ROWS, column_letters
from partnerships.directory.models import Jurisdiction
from partnerships.records.imports.fields import KINDS
from partnerships.web.forms.fields import field_of

_FILE = f"CSV or XLSX, {MOST_BYTES // 2**20} MB and {MOST_ROWS:,} rows at most."
_KEPT = "Only you can see it here. We delete it once it’s imported, or after seven days. A public-records request may reach it."
_TOO_LARGE = f"This file is larger than {MOST_BYTES // 2**20} MB. Import its rows in parts."


class _Kinds(forms.RadioSelect):
    helps = {one.kind: one.rows for one in KINDS.values()}


class UploadForm(forms.Form):
    """`offices` are those that the person may write for."""

    jurisdiction = forms.ModelChoiceField(Jurisdiction.objects.none(), label="Office")
    kind = forms.ChoiceField(label="What the file contains", choices=ImportKind.choices, widget=_Kinds)
    file = forms.FileField(
        label="File",
        widget=forms.FileInput,
        help_text=f"{_FILE} {_KEPT}",
    )

    def __init__(self, *args, offices, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "jurisdiction", forms.ModelChoiceField).queryset = offices
        first = list(offices[:2])
        if len(first) == 1:
            self.fields["jurisdiction"].initial = first[0]

    def clean_file(self):
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:  # before reading the content
            raise ValidationError(_TOO_LARGE, code="too_large")
        return sent


class StepForm(forms.Form):
    was = forms.CharField(widget=forms.HiddenInput, required=False)


class SheetForm(StepForm):
    sheet = forms.ChoiceField(label="Sheet with the rows")

    def __init__(self, *args, sheets, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "sheet", forms.ChoiceField).choices = [(name, name) for name in sheets]


class ColumnsForm(StepForm):
    """A select field for each column. `headings` has their headings, and `samples` the cells of some rows."""

    def __init__(self, *args, kind, headings, samples, columns, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "Don’t import this column"), *((one.key, one.label) for one in KINDS[kind].fields)]
        for index, heading in enumerate(headings):
            shown = [cells[index] for cells in samples if index < len(cells) and cells[index]]
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=f"{heading or 'No heading'} (column {column_letters(index)})",
                choices=choices,
                required=False,
                initial=columns.get(str(index), ""),
                help_text=f"Example: {'; '.join(shown)}" if shown else "The first rows of this column are empty.",
            )

    @property
    def chosen(self) -> dict[int, str]:
        named = {name: key for name, key in self.cleaned_data.items() if name.startswith("column-")}
        return {int(name.removeprefix("column-")): key for name, key in named.items()}
