"""What the field templates ask about a bound form field."""

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.text import capfirst

LONG = 200  # from here on a hint says how much text fits


def shape(bound) -> str:
    """“tiles” (one of a few), “checks” (any of a few), “check” (yes or no) or “input”."""
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect):
        return "tiles"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checks"
    return "check" if isinstance(widget, forms.CheckboxInput) else "input"


def hint(bound) -> str:
    limit = getattr(bound.field, "max_length", None)
    long = isinstance(bound.field.widget, forms.Textarea) and limit and limit >= LONG
    return " ".join(filter(None, [str(bound.help_text), f"Up to {limit:,} characters." if long else ""]))


def control(bound):
    parts = [f"{bound.auto_id}_helptext"] if hint(bound) else []
    parts += [f"{bound.auto_id}_error"] if bound.errors else []
    return bound.as_widget(attrs={"aria-describedby": " ".join(parts)} if parts else None)


def options(bound) -> list[dict]:
    """`widget.helps` (key → a sentence), where a form sets it, says what choosing an option means."""
    helps = getattr(bound.field.widget, "helps", {})
    return [
        {
            "tag": option.tag(),
            "label": option.choice_label,
            "help": helps.get(option.data["value"], ""),
        }
        for option in bound.subwidgets
    ]


def error_links(shown) -> list[dict]:
    """Errors of bound forms and formsets, in the order of the page; errors of a whole form have no address."""
    links = []
    for one in shown:
        if isinstance(one, BaseFormSet):
            links += [_plain(text) for text in one.non_form_errors()] if one.is_bound else []
            links += error_links(one.forms)
        elif one is not None and one.is_bound:
            links += [_plain(text) for text in one.non_field_errors()]
            links += [_link(one[name], text) for name in one.errors if name in one.fields for text in one.errors[name]]
    return links


def _plain(text):
    return {"text": text}


def _link(bound, text):
    if bound.is_hidden:
        return _plain(text)
    where = getattr(bound.form, "legend", "")
    return {
        "url": f"#{bound.auto_id}",
        "label": f"{where}, {bound.label}" if where else capfirst(bound.label),
        "text": text,
    }
