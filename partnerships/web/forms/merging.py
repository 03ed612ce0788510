"""The forms around making one record of two: which other one it is, and whose value is kept where both say something else."""

from django import forms

from partnerships.directory.merge_fields import BOTH, KEPT, OTHER, differences
from partnerships.web.forms.entities import EntityField
from partnerships.web.words import day

LONGEST = 300  # characters of a value that are shown
TAKE = "take-"


class OtherForm(forms.Form):
    """Names the other record; sent in the address."""

    def __init__(self, *args, person, letter, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"] = EntityField(
            person=person, letters=letter, label=f"The other {kind}", help_text="Its name, or its id."
        )


class MergeForm(forms.Form):
    """A choice for each field in which the two differ. Cleans to `take`, as `communication.merging.merge` has it."""

    def __init__(self, *args, kept, other, **kwargs):
        super().__init__(*args, **kwargs)
        for one in differences(kept, other):
            said = (
                {KEPT: one.mine, OTHER: one.other, BOTH: sorted({*one.mine, *one.other}, key=str)}
                if BOTH in one.takes
                else {KEPT: one.mine, OTHER: one.other}
            )
            self.fields[TAKE + one.name] = forms.ChoiceField(
                label=str(one.field.verbose_name).capitalize(),
                choices=[(key, in_words(value)) for key, value in said.items()],
                initial=one.usual,
                widget=forms.RadioSelect,
            )
        self.fields["why"] = forms.CharField(
            label="Why", max_length=300, required=False, help_text="Stands in the history. Optional."
        )

    @property
    def take(self) -> dict:
        data = self.cleaned_data
        return {name.removeprefix(TAKE): value for name, value in data.items() if name.startswith(TAKE)}


def in_words(value) -> str:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    text = day(value) if hasattr(value, "isoformat") else str("" if value is None else value)
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}…") or "Empty"
