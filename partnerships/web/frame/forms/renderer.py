"""How form fields look: the templates in templates/forms, and CSS classes of inputs."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext

_WIDGETS = "django/forms/widgets/"
_LINES = ("text", "email", "url", "number", "date", "time", "textarea", "select", "password", "file")
_CLASSES = {f"{_WIDGETS}{name}.html": "input" for name in _LINES}
_SHORT = {f"{_WIDGETS}{name}.html" for name in ("date", "time", "number")}
# Inputs with the browser's own pickers and validation. They can't show an invalid value, so that gets a text input.
_NATIVE = {f"{_WIDGETS}{name}.html": name for name in ("date", "time", "number", "url", "email")}
_READS = {"date": forms.DateField(), "time": forms.TimeField()}
_OPTIONS = tuple(f"{_WIDGETS}{name}_option.html" for name in ("radio", "checkbox"))


class RegistryRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"

    def render(self, template_name, context, request=None):
        if "widget" in context:
            _add_attributes(template_name, context["widget"])
        return super().render(template_name, context, request)


def _add_attributes(template_name, widget):
    attrs = widget["attrs"]
    if template_name in _CLASSES:
        attrs["class"] = f"{_CLASSES[template_name]} {attrs.get('class', '')}".strip()
    if template_name in _NATIVE:
        native = _NATIVE[template_name]
        is_unreadable = attrs.get("aria-invalid") and widget["value"]
        if native in _READS and widget["value"]:
            shown = _in_picker(native, widget["value"])
            widget["value"], is_unreadable = shown or widget["value"], not shown
        widget["type"] = "text" if is_unreadable else native
    if template_name in _SHORT:
        attrs["class"] += " short"
    if widget.get("type") == "text":
        widget["attrs"] = {name: value for name, value in attrs.items() if name not in ("min", "max", "step")}
    if template_name.endswith("/select.html"):
        _say_what_nothing_means(widget)
    if template_name.endswith("/textarea.html") and attrs.get("rows") == "10":
        attrs["rows"] = "5"  # 10 is Django's default
    if template_name in _OPTIONS:
        # The error belongs to the group, not to a single option.
        attrs.pop("aria-invalid", None)


def _in_picker(native, value) -> str:
    """A date or time as its picker takes it, in every language: Django writes a date as 30/04/2026 in Spanish, which a picker
    shows as no date at all. A time without seconds is in minutes. "" if this is no date or time.
    """
    try:
        found = _READS[native].to_python(value)
    except ValidationError:
        return ""
    return found.isoformat().removesuffix(":00") if found else ""


def _say_what_nothing_means(widget):
    for _, options, _ in widget["optgroups"]:
        for option in options:
            if (option["value"], option["label"]) == BLANK_CHOICE_DASH[0]:
                option["label"] = gettext("Choose one") if widget["required"] else gettext("Not provided")
