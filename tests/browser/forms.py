"""The forms of a page as a browser reads them: where they are sent, what can be typed, and what they send unchanged."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXTS = ("text", "textarea", "search", "email", "url", "tel")


@dataclass
class Field:
    """A control of a form.

    `kind`: the input's type, “textarea”, “select” or “button”. `options`: values to choose from. `most`: maximum
    length. `least`: minimum number. `is_wrong`: marked as refused.
    """

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    most: int | None = None
    least: str = ""
    is_wrong: bool = False


@dataclass
class Form:
    action: str = ""
    fields: dict[str, Field] = field(default_factory=dict)

    def values(self) -> dict[str, list[str]]:
        """Return what a browser would send for it. A button is sent only when it's pressed."""
        return {name: f.values for name, f in self.fields.items() if f.values and f.kind != "button"}

    def field(self, name, kind, attrs=None):
        a = attrs or {}
        most, is_wrong = a.get("maxlength"), a.get("aria-invalid") == "true"
        made = Field(name, kind, most=int(most) if most else None, least=a.get("min") or "", is_wrong=is_wrong)
        return self.fields.setdefault(name, made)


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.form, self.select, self.area, self.is_template = [], None, None, None, False

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "template" or self.is_template:
            self.is_template = True  # what's in it isn't sent
        elif tag == "form":
            self.form = Form(a.get("action", "")) if a.get("method") == "post" else None
            self.forms += [self.form] if self.form else []
        elif self.form is None:
            return
        elif tag == "input" and a.get("name"):
            self._input(a)
        elif tag == "button" and a.get("name"):
            self.form.field(a["name"], "button").options.append(a.get("value", ""))
        elif tag == "select":
            self.select, self.is_first = self.form.field(a["name"], "select", a), True
        elif tag == "option" and self.select:
            self._option(a)
        elif tag == "textarea":
            self.area = self.form.field(a["name"], "textarea", a)
            self.area.values.append("")

    def _input(self, a):
        kind = a.get("type", "text")
        one = self.form.field(a["name"], kind, a)
        value = a.get("value", "on" if kind == "checkbox" else "")
        if kind in ("checkbox", "radio"):
            one.options.append(value)
        if kind != "file" and (kind not in ("checkbox", "radio") or "checked" in a):
            one.values.append(value)

    def _option(self, a):
        value = a.get("value", "")
        self.select.options.append(value)
        if "selected" in a or self.is_first:
            self.select.values = [value]
        self.is_first = False

    def handle_endtag(self, tag):
        if tag == "template":
            self.is_template = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None
        elif tag == "form":
            self.form = None

    def handle_data(self, data):
        if self.area:
            self.area.values[-1] += data.replace("\r\n", "\n").removeprefix("\n").replace("\n", "\r\n")


def forms(page: str) -> list[Form]:
    """The page's forms with the method POST."""
    read = _Page()
    read.feed(page)
    return read.forms


def values(page: str) -> dict[str, list[str]]:
    """Return name → values of all fields in the page's forms with the method POST."""
    found = {}
    for form in forms(page):
        for name, sent in form.values().items():
            found.setdefault(name, []).extend(sent)
    return found
