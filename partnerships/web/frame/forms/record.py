"""What the forms of records share."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import record_types
from partnerships.core.text import fold_words
from partnerships.core.types import Text
from partnerships.directory.matching import with_name
from partnerships.directory.queries import issue_tree, terms, terms_of_record
from partnerships.directory.reference.vocabularies import term_name
from partnerships.records.undoing import LONGEST_WHY
from partnerships.web.frame.forms.fields import INDENT, field_of


class RecordForm(forms.ModelForm):
    """A form for a copy of a record (`editing.form_copy`), since the action validates the record itself.

    Help texts and terms come from the record type.
    """

    why = forms.CharField(
        label=_("Reason for this change"),
        max_length=300,
        required=False,
        help_text=_("Optional. Appears in the history."),
    )

    def __init__(self, data=None, *, instance, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        labels = getattr(self._meta, "labels", None) or {}
        for field in record_types.fields_of(instance):
            if field.name in self.fields and field.name not in {*labels, *self.declared_fields}:
                self.fields[field.name].label = gettext(record_types.for_record(instance).name_of(field.name))
            if field.name in self.fields and field.help:
                self.fields[field.name].help_text = gettext(field.help)
            if field.name in self.fields and field.vocabulary:
                chosen = field_of(self, field.name, forms.ModelChoiceField)
                chosen.label_from_instance = term_name  # type: ignore[method-assign, assignment]
                # A record keeps a retired term until someone takes it away.
                chosen.queryset = terms(field.vocabulary, kept=terms_of_record(instance, field.name))
        if "issue_areas" in self.fields:
            field_of(
                self, "issue_areas", forms.ChoiceField
            ).choices = issue_choices  # callable: queried only where they are shown

    def _post_clean(self):
        pass


class RenamingForm(RecordForm):
    """The form of a record with other names: when its name changes, it offers to keep the former one among them.

    The box is unchecked at first. Most changes of a name correct its spelling, and everyone reads other names.
    """

    keeps_name = forms.BooleanField(
        required=False, help_text=_("Leave this unchecked if you only correct how the name is written.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["keeps_name"]
            return
        words = gettext("It was renamed. Keep “%(name)s” among its other names.")
        self.fields["keeps_name"].label = words % {"name": self.instance.name}
        self.order_fields(["name", "keeps_name"])

    def clean(self):
        super().clean()
        cleaned, former = self.cleaned_data, self.instance.name
        is_kept = cleaned.get("keeps_name") and {"name", "other_names"} <= cleaned.keys()
        if is_kept and fold_words(cleaned["name"]) != fold_words(former):
            names = with_name(cleaned["other_names"], former)
            most = field_of(self, "other_names", forms.CharField).max_length
            if most and len(names) > most:
                words = gettext(
                    "“%(name)s” doesn’t fit: other names have at most %(most)s characters. Shorten them, or uncheck this."
                )
                self.add_error("keeps_name", words % {"name": former, "most": most})
            else:
                cleaned["other_names"] = names
        return cleaned


def fields_of(kind) -> tuple[str, ...]:
    """The names of fields of this kind of record that a form can contain."""
    kind = record_types.get(kind)
    names = {field.name for field in kind.model._meta.get_fields() if getattr(field, "editable", False)}
    return tuple(field.name for field in kind.fields if field.name in names)


class Rows(forms.BaseFormSet):
    """Rows of a record.

    If someone else added a row since the page was rendered, a row that was blank then stays blank and isn't compared
    with the new one.

    `add_label` is the label of a button that adds a row. Without script, or without a label, saving gives more rows.
    `open_rows`: how many empty rows are open if none is saved yet.
    """

    add_label: Text = ""
    open_rows = 1

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.initial:
            self.initial = self.initial[: self.initial_form_count()]

    def add_fields(self, form, index):
        super().add_fields(form, index)
        is_empty = index is not None and 0 <= index - self.initial_form_count() < self.open_rows
        form.starts_open = is_empty and not self.has_saved

    @property
    def has_saved(self) -> bool:
        """Whether a row is saved already. Otherwise the first empty one is open."""
        return any(row.get("id") for row in self.initial or ())


def issue_choices(by="pk"):
    """(value, label) pairs of the issue areas, with sub-areas indented. `by` is the field to use as the value."""
    return [(getattr(area, by), INDENT * level + term_name(area.name)) for level, area in issue_tree()]


def why_field(most=300):
    return forms.CharField(
        label=_("Why"), max_length=most, required=False, help_text=_("Optional. Appears in the history.")
    )


class WhyForm(forms.Form):
    """A step that asks only for a reason."""

    why = why_field()


class UndoForm(forms.Form):
    """Asks for the reason of an undo. The history has it after the day of the change that was undone."""

    why = why_field(LONGEST_WHY)
