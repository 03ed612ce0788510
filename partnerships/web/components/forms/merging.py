"""Forms for merging two records: which other record, and which value to keep where they differ."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import record_types
from partnerships.core.languages import OWN_NAMES
from partnerships.directory.merge_fields import BOTH, KEPT, OTHER, differences
from partnerships.mail.schedule import zone_words
from partnerships.records import merging_contacts, merging_people
from partnerships.web.frame.forms.entities import EntityField
from partnerships.web.frame.forms.record import why_field
from partnerships.web.frame.words import value_in_words

TAKE = "take-"
_OTHER = {"organization": _("The other organization"), "department": _("The other department")}


class OtherForm(forms.Form):
    """Chooses the other record, with GET."""

    def __init__(self, *args, person, id_prefix, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"] = EntityField(
            person=person, prefixes=id_prefix, label=_OTHER[kind], help_text=gettext("Name or ID.")
        )


class _TakeForm(forms.Form):
    """A field for each difference between two people or contacts. `take` maps field names to which value to keep."""

    def choose(self, differences, *, kept, lost):
        for field, *_values, usual in differences:
            self.fields[TAKE + field.name] = forms.ChoiceField(
                label=gettext("%(field)s to keep") % {"field": gettext(str(field.verbose_name).capitalize())},
                choices=[(KEPT, value_words(field.name, kept)), (OTHER, value_words(field.name, lost))],
                initial=usual,
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def take(self) -> dict:
        data = self.cleaned_data
        return {name.removeprefix(TAKE): value for name, value in data.items() if name.startswith(TAKE)}


class MergeForm(_TakeForm):
    """A field for each difference between two records. `take` has the form that `records.merging.merge` expects."""

    def __init__(self, *args, kept, other, **kwargs):
        super().__init__(*args, **kwargs)
        whose = {KEPT: kept.name, OTHER: other.name, BOTH: gettext("both")}
        for one in differences(kept, other):
            takes = {KEPT: one.mine, OTHER: one.other}
            if BOTH in one.takes:
                takes[BOTH] = sorted({*one.mine, *one.other}, key=str)
            suffix = "" if one.name == "name" else " ({})"
            self.fields[TAKE + one.name] = forms.ChoiceField(
                label=gettext(record_types.for_record(kept).name_of(one.name)),
                choices=[(key, value_in_words(value) + suffix.format(whose[key])) for key, value in takes.items()],
                initial=one.usual,
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["why"] = why_field()


class SplitForm(forms.Form):
    """The name of the new record, and checkboxes for each kind of row that moves to it."""

    name = forms.CharField(label=_("Name of the new record"), max_length=200)

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.kinds = [kind for kind in rows if rows[kind]]
        for kind in self.kinds:
            self.fields[kind] = forms.TypedMultipleChoiceField(
                label=_GOES[kind][0],
                choices=[(row.pk, _GOES[kind][1](row)) for row in rows[kind]],
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["why"] = why_field()

    @property
    def going(self) -> dict:
        return {kind: self.cleaned_data[kind] for kind in self.kinds}


_GOES = {
    "parties": (_("Partnerships of the new record"), lambda row: row.partnership.title),
    "contacts": (_("Contacts of the new record"), lambda row: f"{row.name}{f', {row.email}' if row.email else ''}"),
    "identifiers": (_("Identifiers of the new record"), lambda row: f"{row.get_scheme_display()}: {row.value}"),
}


class PeopleForm(_TakeForm):
    """For two accounts. The hidden field `seen` has the state that the person saw."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, kept, lost, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = merging_people.seen_of(kept, lost)
        self.choose(merging_people.differences(kept, lost), kept=kept, lost=lost)
        self.fields["why"] = forms.CharField(
            label=gettext("Why"), max_length=300, help_text=gettext("Only administrators can read this.")
        )


class ContactsForm(_TakeForm):
    """For two contacts of the same organization or office."""

    def __init__(self, *args, kept, lost, **kwargs):
        super().__init__(*args, **kwargs)
        self.choose(merging_contacts.differences(kept, lost), kept=kept, lost=lost)
        self.fields["why"] = why_field()


def value_words(name, someone) -> str:
    """The value of a field that is chosen between, in words."""
    value = getattr(someone, name) or ""
    words: dict[str, Callable[[str], str | None]] = {"zone": zone_words, "language": OWN_NAMES.get}
    return (words.get(name, str)(value) if value else "") or gettext("Empty")
