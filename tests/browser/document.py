"""A page without script: what it shows, the names of its elements, and what its forms would send.

Names are computed as browsers do for assistive technology: aria-labelledby, aria-label, labels, text. There is no
layout: the window counts as wide, and of the style sheet only the classes of NARROW are known, which appear on small
screens alone.
"""

import re

import tinyhtml5

NOT_SHOWN = {"head", "script", "style", "template", "option", "datalist"}
NARROW = {"menu-link", "menu-close", "only-narrow", "narrow-key"}
HEADINGS = {f"h{level}" for level in range(1, 7)}
ROLES = {
    "link": lambda e: e.tag == "a" and "href" in e.attrib,
    "button": lambda e: e.tag == "button" or (e.tag == "input" and e.get("type") in ("submit", "button")),
    "checkbox": lambda e: e.tag == "input" and e.get("type") == "checkbox",
    "radio": lambda e: e.tag == "input" and e.get("type") == "radio",
    "code": lambda e: e.tag == "code",
    "heading": lambda e: e.tag in HEADINGS,
    "listitem": lambda e: e.tag == "li",
    "row": lambda e: e.tag == "tr",
    "table": lambda e: e.tag == "table",
    "rowheader": lambda e: e.tag == "th" and e.get("scope") in ("row", "rowgroup"),
    "textbox": lambda e: e.tag == "textarea" or (e.tag == "input" and e.get("type", "text") in TEXTS),
}
TEXTS = {"text", "email", "url", "tel", "number", "search", "password"}
FIELDS = {"input", "select", "textarea"}


def collapse_spaces(text):
    return " ".join(text.split())


def exactly(name, text):
    """Whether an element with this text has this name.

    Text after a colon, in parentheses or in digits may be for screen readers alone.
    """
    text, name = (re.sub(r"\s+", "", one).casefold() for one in (text, name))
    return re.match(rf"{re.escape(name)}(:|\(|\d|$)", text) is not None


class Document:
    def __init__(self, text):
        self.root = tinyhtml5.parse(text, namespace_html_elements=False)
        self.parents, self.ids = {}, {}
        for element in list(self.root.iter()):
            for child in list(element):
                if isinstance(child.tag, str):
                    child.tag = child.tag.rpartition("}")[2]  # in an SVG picture
                    self.parents[child] = element
            if "id" in element.attrib:
                self.ids.setdefault(element.attrib["id"], element)

    # Content

    def above(self, element):
        """Yield the element and all its ancestors, from the inside out."""
        while element is not None:
            yield element
            element = self.parents.get(element)

    def is_shown(self, element):
        return not any(self._hides(one) or self._is_folded(one) for one in self.above(element))

    def _hides(self, element):
        return (
            element.tag in NOT_SHOWN
            or "hidden" in element.attrib
            or (element.tag == "input" and element.get("type") == "hidden")
            or not NARROW.isdisjoint(element.get("class", "").split())
        )

    def _is_folded(self, element):
        """Whether it's inside a closed details element."""
        around = self.parents.get(element)
        is_closed = around is not None and around.tag == "details" and "open" not in around.attrib
        return is_closed and element is not around.find("summary")

    def is_heard(self, element):
        return self.is_shown(element) and all(one.get("aria-hidden") != "true" for one in self.above(element))

    def shown_text(self, element):
        return collapse_spaces("".join(self._shown(element))) if self.is_shown(element) else ""

    def _shown(self, element):
        yield element.text or ""
        for child in element:
            if isinstance(child.tag, str) and not self._hides(child) and not self._is_folded(child):
                if child.tag == "br":
                    yield " "
                yield from self._shown(child)
            yield child.tail or ""

    # Names

    def name(self, element):
        """Return the accessible name of an element."""
        if named := self._named(element):
            return named
        if element.tag in FIELDS and element.get("type") not in ("submit", "button"):
            return " ".join(map(self._spoken, self.labels(element))) or element.get("title", "")
        return element.get("value", "") if element.tag == "input" else self._spoken(element) or element.get("title", "")

    def _named(self, element):
        others = [self.ids[one] for one in element.get("aria-labelledby", "").split() if one in self.ids]
        return collapse_spaces(" ".join(map(self._spoken, others))) or collapse_spaces(element.get("aria-label", ""))

    def _spoken(self, element):
        return collapse_spaces("".join(self._heard(element)))

    def _heard(self, element):
        yield element.text or ""
        for child in element:
            is_heard = isinstance(child.tag, str) and child.get("aria-hidden") != "true" and not self._hides(child)
            if is_heard and child.tag not in FIELDS:
                yield f" {child.get('alt') or self._named(child) or ''.join(self._heard(child))} "
            yield child.tail or ""

    def labels(self, field):
        return [
            label
            for label in self.root.iter("label")
            if (label.get("for") == field.get("id") if "for" in label.attrib else label in self.above(field))
        ]

    def label_texts(self, field):
        """Return the texts by which a field can be found."""
        return [text for text in (self._named(field), *map(self._spoken, self.labels(field))) if text]

    def by_role(self, role, within):
        return [e for e in within.iter() if isinstance(e.tag, str) and ROLES[role](e) and self.is_heard(e)]

    # Form data

    def form_of(self, control):
        if "form" in control.attrib:
            return self.ids[control.get("form")]
        return next((one for one in self.above(control) if one.tag == "form"), None)

    def controls(self, form):
        return [e for e in self.root.iter() if e.tag in FIELDS and self.form_of(e) is form]

    def is_disabled(self, control):
        return "disabled" in control.attrib or any(
            one.tag == "fieldset" and "disabled" in one.attrib for one in self.above(control)
        )

    def values(self, form, files):
        """Return (name, value) of everything that the form sends, except the button. A file is (name, content, type)."""
        found = []
        for control in self.controls(form):
            name, kind = control.get("name"), control.get("type", "text")
            if not name or self.is_disabled(control) or kind in ("submit", "button", "image", "reset"):
                continue
            if kind in ("checkbox", "radio") and control.tag == "input":
                if "checked" in control.attrib:
                    found.append((name, control.get("value", "on")))
            elif kind == "file" and control.tag == "input":
                found.append((name, files.get(control, ("", b"", "application/octet-stream"))))
            elif control.tag == "select":
                found += [(name, option_value(option)) for option in chosen(control)]
            else:
                value = "".join(control.itertext()) if control.tag == "textarea" else control.get("value", "")
                found.append((name, re.sub(r"\r?\n", "\r\n", value)))
        return found

    def missing(self, form, files):
        """The required controls without a value, which a browser would ask for in forms without `novalidate`."""
        filled = {name for name, value in self.values(form, files) if any(value[:1])}  # a text, or (file name, …)
        required = [control for control in self.controls(form) if "required" in control.attrib]
        return [one for one in required if one.get("name") not in filled and not self.is_disabled(one)]


def chosen(select):
    options = list(select.iter("option"))
    picked = [option for option in options if "selected" in option.attrib]
    if "multiple" in select.attrib:
        return picked
    return picked[-1:] or [option for option in options if "disabled" not in option.attrib][:1]


def option_value(option):
    return option.get("value", collapse_spaces("".join(option.itertext())))
