"""What the templates of form fields need to know about a bound field."""

from collections.abc import Iterator
from numbers import Number
from typing import TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import BaseFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.label_overrides import help_of
from partnerships.web.frame import page_language

LONG = 200  # characters from which on the hint mentions the limit
LONG_LINE = 120  # characters from which on a line of text gets more room than other fields
LONG_HINT = 150  # characters, more than three lines next to other fields
INDENT = "\u2003"  # before the label of an option, once for each level below the first

# Our texts for Django's default errors. A field or form with its own text for a code keeps it.
_DEFAULTS = {
    "required": _("Enter a value."),
    "blank": _("Enter a value."),
    "null": _("Enter a value."),
    "empty": _("This file is empty. Choose another one."),
    "invalid_choice": _("Choose one of the options."),
    "invalid_list": _("Choose from the options."),
    "invalid_pk_value": _("Choose from the options."),
}
_INVALID = {
    forms.DateField: _("Enter a date that exists, like 2026-11-24."),
    forms.TimeField: _("Enter a time, like 17:30."),
    forms.IntegerField: _("Enter a whole number."),
    forms.DecimalField: _("Enter a number."),
    forms.EmailField: _("Enter a full email address, like name@example.org."),
    forms.URLField: _("Enter a full web address. It starts with https:// or http://."),
}
_LIMITS = {
    "max_length": _("This is too long: %(show_value)s characters. The limit is %(limit_value)s."),
    "min_length": _("This is too short. Enter %(limit_value)s characters or more."),
    "max_value": _("This is too high. Enter %(limit_value)s or less."),
    "min_value": _("This is too low. Enter %(limit_value)s or more."),
    "null_characters_not_allowed": _("This has a character that we can’t save. Type the text again."),
}


AnyField = TypeVar("AnyField", bound=forms.Field)


def field_of(form: forms.BaseForm, name: str, kind: type[AnyField]) -> AnyField:
    """The field of a form with this name, which is of this class."""
    field = form.fields[name]
    assert isinstance(field, kind)
    return field


def row_number(form: forms.BaseForm) -> str:
    """The number of a row of a formset, from 1. In the row that script copies, “__number__” is in its place."""
    index = (form.prefix or "").rpartition("-")[2]
    return str(int(index) + 1) if index.isdecimal() else "__number__"


def always_given(field: forms.Field) -> None:
    """Mark a field that always has a value, so that its label doesn't say whether it is required."""
    field.is_given = True  # type: ignore[attr-defined]  # the templates of fields ask for it


def shape(bound) -> str:
    """“tiles” (radio buttons), “checks” (several checkboxes), “check” (a single one), “long” (a line of text that is usually
    longer than others, or one with a long hint) or “input”.
    """
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):  # before RadioSelect, its base class
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "tiles"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    is_line = isinstance(widget, forms.TextInput) and widget.input_type in ("text", "url")
    is_long = is_line and (getattr(bound.field, "max_length", None) or 0) >= LONG_LINE
    has_long_hint = len(str(bound.help_text)) >= LONG_HINT and not isinstance(widget, forms.Textarea)
    return "long" if is_long or has_long_hint else "input"


def hint(bound) -> str:
    limit = getattr(bound.field, "max_length", None)
    long = isinstance(bound.field.widget, forms.Textarea) and limit and limit >= LONG
    return " ".join(
        filter(
            None,
            [str(bound.help_text), gettext("Up to %(limit)s characters.") % {"limit": f"{limit:,}"} if long else ""],
        )
    )


def control(bound):
    """The input. It takes a text that is too long, so that no end of a pasted text is lost: the error says how long."""
    page_language.show_typed(bound)
    parts = [f"{bound.auto_id}_helptext"] if hint(bound) else []
    parts += [f"{bound.auto_id}_error"] if bound.errors else []
    return bound.as_widget(attrs={"maxlength": False} | ({"aria-describedby": " ".join(parts)} if parts else {}))


def options(bound) -> list[dict]:
    """The options of a field, with the level of each.

    The help text of an option is from `widget.helps` (value → sentence) if the form sets it, else from staff.
    """
    page_language.show_typed(bound)
    helps = getattr(bound.field.widget, "helps", {})
    return [
        {
            "tag": option.tag(),
            "label": label,
            "level": len(option.choice_label) - len(label),
            "help": helps.get(option.data["value"], "") or help_of(option.choice_label),
        }
        for option, label in ((option, option.choice_label.lstrip(INDENT)) for option in bound.subwidgets)
    ]


def explained(bound) -> list[dict]:
    """The options of a select field that have a help text from staff."""
    field = bound.field
    if not isinstance(field, forms.ChoiceField) or isinstance(field, forms.ModelChoiceField):
        return []
    found = [{"label": label, "help": help_of(label)} for _, label in field.widget.choices]
    return [one for one in found if one["help"]]


def error_links(shown) -> list[dict]:
    """The errors of bound forms and formsets, in page order. Errors of a whole form have no `url`."""
    links = []
    for one in shown:
        if isinstance(one, BaseFormSet):
            links += [_plain(text) for text in one.non_form_errors()] if one.is_bound else []
            links += error_links(one.forms)
        elif one is not None and one.is_bound:
            links += [_plain(text) for text in one.non_field_errors()]
            links += [
                _link(one[name], text) for name in one.errors if name in one.fields for text in errors_of(one[name])
            ]
    return links


def errors_of(bound) -> list[str]:
    return list(_in_words(bound.field, bound.errors.as_data()))


def _in_words(field, errors) -> Iterator[str]:
    for error in errors:
        own = {**_DEFAULTS, **_missing_choice(field), "invalid": _INVALID.get(type(field))}.get(error.code)
        if error.code in _LIMITS and error.params:
            yield str(_LIMITS[error.code]) % {name: _with_commas(value) for name, value in error.params.items()}
        elif own and error.message == _default_message(field, error.code):
            yield str(own)
        else:
            yield from ValidationError([error]).messages


def _missing_choice(field) -> dict:
    """The text for a required field whose value is chosen, not typed; {} for other fields."""
    widget = getattr(field, "widget", None)
    if isinstance(widget, (forms.CheckboxSelectMultiple, forms.SelectMultiple)):
        return {"required": _DEFAULTS["invalid_list"]}
    return {"required": _DEFAULTS["invalid_choice"]} if isinstance(widget, (forms.RadioSelect, forms.Select)) else {}


def _with_commas(value):
    return f"{value:,}" if isinstance(value, Number) else value


def _default_message(field, code):
    """Django's default message for this code."""
    for ancestor in type(field).__mro__:
        words = getattr(ancestor, "default_error_messages", {})
        if ancestor.__module__.startswith("django.") and code in words:
            return words[code]
    for validator in field.default_validators:  # that of an email address has its text itself
        if getattr(validator, "code", "") == code:
            return validator.message
    return models.Field.default_error_messages.get(code)  # of an action, which validates the model


def _plain(text):
    return {"text": text}


def _first_input(bound) -> str:
    """The id of the field's input, or of its first option. A group of options can't have the focus itself."""
    if isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return next((one.id_for_label for one in bound.subwidgets), bound.auto_id)
    return bound.auto_id


def _link(bound, text):
    if bound.is_hidden:
        return _plain(text)
    where = getattr(bound.form, "legend", "")
    return {
        "url": f"#{_first_input(bound)}",
        "label": f"{where}, {bound.label}" if where else capfirst(bound.label),
        "text": text,
    }


class NoForm(forms.Form):
    """A step without fields."""
