"""A page in one of its states over plain HTTP: what a browser would fill in and send, without a browser."""

import html
import re
from urllib.parse import urljoin

from tests.browser import forms
from tests.browser.visit import MADE_BY_HAND, addresses_of, refusal

# What a browser reads from an input of this type. It treats any other text as empty.
READABLE = {"date": r"\d{4}-\d\d-\d\d", "time": r"\d\d:\d\d(:\d\d)?", "number": r"-?\d+(\.\d+)?"}
EXAMPLES = {"date": "2027-03-04", "time": "17:45", "email": "desk@example.org", "url": "https://example.org/x"}
SELECT, OPTION = re.compile(r"<select\b.*?</select>", re.S), re.compile(r"<option\b[^>]*>([^<]*)")
LETTER = re.compile(r"[^\W\d_]")
MAIN = re.compile(r"<main\b.*</main>", re.S)


class HttpPage:
    """The page of `state`.

    `status`, `body` (bytes) and `lost`, the typed values that a refused form didn't show again.
    """

    def __init__(self, state, site):
        self.state, self.lost = state, []
        addresses = addresses_of(site)
        path = state.path.format_map(addresses)
        if path.strip("/") in MADE_BY_HAND:
            name = path.strip("/")
            self.status, self.body = MADE_BY_HAND[name], refusal(site.var, name).encode()
            return
        self.visitor = site.visitor()
        for cookie in site.signed_in(state.who).jar if state.who else ():
            self.visitor.jar.set_cookie(cookie)
        answer = self.visitor.get(path)
        for step in state.before:
            answer, _ = self._send(answer, step(site) if callable(step) else step)
        if state.meanwhile:
            addresses.staff.send(answer.url.removeprefix(site.base), **state.meanwhile)
        if state.sent:
            answer, typed = self._send(answer, state.sent)
            if state.status == 422:
                now = visible_values(main_form(answer.text))
                self.lost = [
                    f"{name}: {was} became {now.get(name)}" for name, was in typed.items() if now.get(name) != was
                ]
        self.status, self.body, self.url = answer.status, answer.body, answer.url

    def _send(self, answer, given):
        """Fill in and send the form of the page. Returns the answer and what was typed."""
        form = main_form(answer.text)
        fill_in(form, given, others=not (self.state.meanwhile or self.state.alone))
        address = urljoin(answer.url, form.action).removeprefix(self.visitor.site.base)
        return self.visitor.post(address, form.values()), visible_values(form)

    def mute(self):
        """Return the unlabeled options of drop-down lists, whose meaning a reader can't know (`mute` in checks.js)."""
        options = [option for select in SELECT.findall(self.body.decode()) for option in OPTION.finditer(select)]
        return [option[0] for option in options if not LETTER.search(html.unescape(option[1]))]


def main_form(page):
    """Return the first form of the page's main part with the method POST, or an empty one."""
    found = MAIN.search(page)
    return next(iter(forms.forms(found[0] if found else "")), forms.Form())


def fill_in(form, given, *, others=True):
    """Fill in fields with `given` (name → text or list) and, with `others`, every other visible field.

    `type` in checks.js does the same in a browser.
    """
    for name, field in form.fields.items():
        is_given = name in given
        if field.kind in ("button", "submit", "file") or name.endswith("DELETE"):
            continue
        if not is_given and (field.kind == "hidden" or not others):
            continue
        if field.kind in ("checkbox", "radio"):
            picked = [given[name]] if is_given and isinstance(given[name], str) else given.get(name, field.options)
            field.values = [option for option in field.options if option in picked]
            if field.kind == "radio":
                field.values = field.values[-1:]
        elif field.kind == "select":
            field.values = [one for one in ([given[name]] if is_given else field.options[-1:]) if one in field.options]
        elif is_given:
            field.values = [given[name].replace("\n", "\r\n")] * len(field.values)
            field.kind = field.kind if field.kind in ("textarea", "hidden") else "text"
        elif field.kind == "textarea":
            field.values = ["First line\r\nSecond line"] * len(field.values)
        elif field.kind == "number":
            field.values = [field.least or "7"] * len(field.values)
        else:
            field.values = [EXAMPLES.get(field.kind) or value or "Typed words" for value in field.values]


def visible_values(form):
    """Return name → values that a browser shows in the visible fields of this form."""
    return {
        name: [_as_shown(field.kind, value) for value in field.values]
        for name, field in form.fields.items()
        if field.kind not in ("hidden", "button", "submit", "file")
    }


def _as_shown(kind, value):
    value = value.replace("\r\n", "\n")
    return value if kind not in READABLE or re.fullmatch(READABLE[kind], value) else ""
