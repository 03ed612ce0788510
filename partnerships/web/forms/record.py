"""What the forms of whole records share."""

from django import forms

from partnerships.core import record_types
from partnerships.directory.queries import issue_tree, terms


class RecordForm(forms.ModelForm):
    """A form for a copy of a record (`editing.throwaway`); the record is checked whole by the action. Its help and the terms
    that it offers are those of the kind of record."""

    why = forms.CharField(
        label="Why this change", max_length=300, required=False, help_text="Stands in the history. Optional."
    )

    def __init__(self, data=None, *, instance, **kwargs):
        if data is not None:
            # What was sent stands in place of the lists that the record has, so these are not read.
            lists = {field.name: field.related_model.objects.none() for field in instance._meta.many_to_many}
            instance._prefetched_objects_cache = lists
        super().__init__(data, instance=instance, **kwargs)
        for field in record_types.fields_of(instance):
            if field.name in self.fields and field.help:
                self.fields[field.name].help_text = field.help
            if field.name in self.fields and field.vocabulary:
                self.fields[field.name].queryset = terms(field.vocabulary)
        if "issue_areas" in self.fields:
            self.fields["issue_areas"].choices = issue_choices  # read only where they are shown

    def _post_clean(self):
        pass


def fields_of(kind) -> tuple[str, ...]:
    """The fields of a kind of record that a form can ask for."""
    kind = record_types.get(kind)
    names = {field.name for field in kind.model._meta.get_fields() if getattr(field, "editable", False)}
    return tuple(field.name for field in kind.fields if field.name in names)


class Rows(forms.BaseFormSet):
    """Rows of a record. Where someone has added a row since the page was drawn, one that was blank there stays blank: it isn't
    compared with theirs."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.initial:
            self.initial = self.initial[: self.initial_form_count()]


def issue_choices(by="pk"):
    """The issue areas as a tree, each part set in below its whole. `by`: the field that names one."""
    return [(getattr(area, by), "\u2003" * level + area.name) for level, area in issue_tree()]


def why_field():
    return forms.CharField(label="Why", max_length=300, required=False, help_text="Stands in the history. Optional.")


class WhyForm(forms.Form):
    """A step that asks for nothing but a reason."""

    why = why_field()
