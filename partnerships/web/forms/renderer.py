"""How form fields look: the templates in templates/forms, and CSS classes of inputs."""

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext

_WIDGETS = "django/forms/widgets/"
_LINES = ("text", "email", "url", "number", "date", "time", "textarea", "select", "password", "file")
_CLASSES = {f"{_WIDGETS}{name}.html": "input" for name in _LINES}
_SHORT = {f"{_WIDGETS}{name}.html" for name in ("date", "time", "number")}
# Inputs with the browser's own pickers and validation. They can't show an invalid value, so that gets a text input.
_NATIVE = {f"{_WIDGETS}{name}.html": name for name in ("date", "time", "number", "url", "email")}
_READS = {"date": parse_date, "time": parse_time}
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
        is_unreadable = attrs.get("aria-invalid") and widget["value"] and not _is_readable(native, widget["value"])
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


def _is_readable(native, value):
    """Whether a picker shows this value: a date or time that is only not allowed, such as one in the past."""
    try:
        return native in _READS and _READS[native](str(value)) is not None
    except ValueError:
        return False


def _say_what_nothing_means(widget):
    for _, options, _ in widget["optgroups"]:
        for option in options:
            if (option["value"], option["label"]) == BLANK_CHOICE_DASH[0]:
                option["label"] = gettext("Choose one") if widget["required"] else gettext("Not provided")
