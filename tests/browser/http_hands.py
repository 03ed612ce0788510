"""A third way to do a task: without script or browser, by fetching pages and sending their forms."""

import email.message
import urllib.parse
import urllib.request
from contextlib import contextmanager

from urllib3.filepost import encode_multipart_formdata

from tests.browser.document import FIELDS, ROLES, Document, collapse_spaces, exactly

ACCEPTED = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PARTS = {"section", "fieldset", "details", "form", "li"}


class HttpHands:
    """Does tasks over HTTP. `site`: the registry. `document`: the current page, with what was typed into it."""

    def __init__(self, site, session=None):
        self.site, self.session = site, session or site.visitor()
        self.url, self.text, self.document, self.arrived, self.files = site.base + "/", "", Document(""), None, {}
        self.loads_again, self._scopes = False, []

    # Reading

    def go_to(self, address):
        self._load(urllib.request.Request(urllib.parse.urljoin(self.site.base, address)))

    def look_again(self):
        """Load the page again, as its Refresh header does while background work continues."""
        self.site.do_background_work()
        if self.loads_again:
            self._load(urllib.request.Request(self.url))
        assert not self.loads_again, f"{self.address} still waits:\n{self._shown()}"

    def sees(self, *texts):
        shown = self._shown()
        for text in texts:
            assert collapse_spaces(text).casefold() in shown.casefold(), f"“{text}” is not on {self.address}:\n{shown}"

    def misses(self, *texts):
        for text in texts:
            assert collapse_spaces(text).casefold() not in self._shown().casefold(), f"“{text}” is on {self.address}"

    def sees_title(self, text):
        (title,) = [e for e in self.document.by_role("heading", self.document.root) if e.tag == "h1"]
        shown = self.document.shown_text(title)
        assert text in shown, f"{self.address} is titled “{shown}”, not “{text}”:\n{self._shown()}"

    def sees_address(self, address):
        assert self.address == address

    def sees_target(self, text):
        """Check that the target of the address's fragment contains this text."""
        part = self.document.ids[urllib.parse.urlsplit(self.url).fragment]
        assert text in self.document.shown_text(part)

    def reads(self, role):
        """Return the texts of all elements with this role."""
        texts = [self.document.shown_text(e) for e in self.document.by_role(role, self.scope())]
        assert texts, f"no {role} is shown on {self.address}"
        return texts

    def reads_page(self):
        """Return the whole text of an answer, such as JSON."""
        return self.text

    @property
    def address(self):
        return self.url.removeprefix(self.site.base)

    def address_of(self, name):
        """Return where a link leads, or None if there's no such link."""
        found = self._named("link", name)
        return found[0].get("href") if found else None

    # Sections of the page

    def scope(self):
        found = self.document.root
        for narrowed in self._scopes:
            found = narrowed(found)
        return found

    @contextmanager
    def _within(self, narrowed):
        self._scopes.append(narrowed)
        yield
        self._scopes.pop()

    def in_part(self, heading):
        return self._within(lambda _: self._part(heading))

    def in_row(self, text, role="listitem"):
        return self._within(lambda scope: self._row(scope, text, role))

    @contextmanager
    def in_fold(self, name):
        if "open" not in self._fold(name).attrib:
            self.unfold(name)
        with self._within(lambda _: self._fold(name)):
            yield

    def _part(self, heading):
        doc, found = self.document, None
        headings = [e for e in doc.by_role("heading", doc.root) if exactly(heading, doc.name(e))]
        around = {one for e in headings for one in doc.above(e)}
        for element in doc.root.iter():
            if element in around and (element.tag in PARTS or self._follows_heading(element)):
                found = element
        assert found is not None, f"{self.address} has no part “{heading}”"
        return found

    def _follows_heading(self, element):
        """Whether this is `div.spread + *`: the content below a heading that shares its line with a link."""
        siblings = list(self.document.parents.get(element, ()))
        place = siblings.index(element) if element in siblings else 0
        return (
            place > 0 and siblings[place - 1].tag == "div" and "spread" in siblings[place - 1].get("class", "").split()
        )

    def _row(self, scope, text, role):
        for element in self.document.by_role(role, scope):
            if text.casefold() in collapse_spaces("".join(element.itertext())).casefold():
                return element
        raise AssertionError(f"{self.address} has no {role} with “{text}”")

    def _fold(self, name):
        for summary in self.document.root.iter("summary"):
            if collapse_spaces(name).casefold() in collapse_spaces("".join(summary.itertext())).casefold():
                return self.document.parents[summary]
        raise AssertionError(f"nothing opens by “{name}” on {self.address}")

    def _shown(self):
        return self.document.shown_text(self.scope())

    # Actions

    def follow(self, name, *, arrives=True):
        href = self._one("link", name).get("href")
        target = urllib.parse.urljoin(self.url, href)
        if href.startswith("#"):
            self.url = target
        else:
            self._load(urllib.request.Request(target))

    def press(self, name, *, arrives=True):
        self._send(self._one("button", name))

    def write(self, label, text):
        field = self._field(label, ROLES["textbox"])
        assert len(text) <= int(field.get("maxlength", len(text))), f"{label} does not take so long a text"
        if field.tag == "textarea":
            field.text = text
        else:
            field.set("value", text)

    def write_day(self, label, day):
        self._field(label, lambda e: e.get("type") == "date").set("value", day.isoformat())

    def write_time(self, label, at):
        self._field(label, lambda e: e.get("type") == "time").set("value", at.isoformat("minutes"))

    def attach(self, label, name, text):
        self.files[self._field(label, lambda e: e.get("type") == "file")] = (name, text.encode(), "text/plain")

    def pick(self, label, option):
        field = self._field(label, lambda e: e.tag == "select")
        offered = {collapse_spaces("".join(e.itertext())): e for e in field.iter("option")}
        assert option in offered, f"“{option}” is not offered by {label}: {list(offered)}"
        for one in offered.values():
            one.attrib.pop("selected", None)
        offered[option].set("selected", "")

    def tick(self, label):
        box = self._choice(label)
        if box.get("type") == "radio":
            for other in self.document.controls(self.document.form_of(box)):
                if other.get("type") == "radio" and other.get("name") == box.get("name"):
                    other.attrib.pop("checked", None)
        box.set("checked", "")

    def untick(self, label):
        self._choice(label, ("checkbox",)).attrib.pop("checked", None)

    def unfold(self, name):
        for summary in self.scope().iter("summary"):
            text = collapse_spaces("".join(summary.itertext())).casefold()
            if collapse_spaces(name).casefold() in text and self.document.is_heard(summary):
                details = self.document.parents[summary]
                if "open" in details.attrib:
                    del details.attrib["open"]
                else:
                    details.set("open", "")
                return
        raise AssertionError(f"nothing opens by “{name}” on {self.address}")

    def choose_filters(self, name):
        """Go to the page with all filters of a list, or stay there."""
        if self._named("link", "Filters"):
            self.follow("Filters")

    def download(self, name, *, pressed=False):
        name, content = self.download_bytes(name, pressed=pressed)
        return name, content.decode("utf-8-sig")

    def download_bytes(self, name, *, pressed=False):
        self.arrived = None
        (self.press if pressed else self.follow)(name, arrives=False)
        assert self.arrived, f"“{name}” brought no file but {self.address}"
        return self.arrived

    # Person and browser

    def become(self, person):
        """Use the cookies of this visitor from now on."""
        self.session = person.copy()

    @contextmanager
    def visitor(self):
        """A visitor without an account, with a new session."""
        yield HttpHands(self.site)

    def other_tab(self):
        """Open another tab of the same session."""
        return HttpHands(self.site, self.session)

    # Helpers

    def _named(self, role, name):
        return [e for e in self.document.by_role(role, self.scope()) if exactly(name, self.document.name(e))]

    def _one(self, role, name):
        found = self._named(role, name)
        assert found, f"{self.address} has no {role} “{name}”:\n{self._shown()}"
        return found[0]

    def _fields(self, label):
        doc = self.document
        return [
            e
            for e in self.scope().iter()
            if e.tag in FIELDS and any(exactly(label, text) for text in doc.label_texts(e)) and doc.is_shown(e)
        ]

    def _field(self, label, is_right):
        found = self._fields(label)
        assert found, f"{self.address} has no field “{label}”:\n{self._shown()}"
        assert is_right(found[0]), f"“{label}” is a field of another kind"
        return self._changeable(found[0], label)

    def _choice(self, label, kinds=("checkbox", "radio")):
        found = [e for e in self.scope().iter("input") if e.get("type") in kinds and self.document.is_heard(e)]
        found = [e for e in found if exactly(label, self.document.name(e))]
        assert found, f"{self.address} has nothing to tick that is called “{label}”:\n{self._shown()}"
        return self._changeable(found[0], label)

    def _changeable(self, control, label):
        is_fixed = self.document.is_disabled(control) or "readonly" in control.attrib
        assert not is_fixed, f"“{label}” cannot be changed"
        return control

    def _send(self, button):
        doc, form = self.document, self.document.form_of(button)
        assert form is not None and button.get("type", "submit") == "submit" and not doc.is_disabled(button)
        if "novalidate" not in form.attrib and "formnovalidate" not in button.attrib:
            missing = [doc.name(control) for control in doc.missing(form, self.files)]
            assert not missing, f"a browser would not send this form without {missing}"
        target = urllib.parse.urljoin(self.url, button.get("formaction", form.get("action", "")))
        fields = doc.values(form, self.files)
        if button.get("name"):
            fields.append((button.get("name"), button.get("value", "")))
        if button.get("formmethod", form.get("method", "get")).lower() != "post":
            parts = urllib.parse.urlsplit(target)
            query = urllib.parse.urlencode(fields)
            self._load(urllib.request.Request(urllib.parse.urlunsplit(parts._replace(query=query))))
        elif form.get("enctype") == "multipart/form-data":
            body, kind = encode_multipart_formdata(fields)
            self._load(urllib.request.Request(target, body, {"Content-Type": kind}))
        else:
            fields = [(name, value[0] if isinstance(value, tuple) else value) for name, value in fields]
            self._load(urllib.request.Request(target, urllib.parse.urlencode(fields).encode()))

    def _load(self, request):
        request.add_header("Accept", ACCEPTED)
        if self.text:
            request.add_header("Referer", self.url.partition("#")[0])
        answer = self.session.open(request)
        kind = email.message.Message()
        kind["Content-Disposition"] = answer.headers.get("Content-Disposition", "inline")
        if kind.get_content_disposition() == "attachment":
            self.arrived = (kind.get_filename(), answer.body)
            return
        self.url, self.text, self.files = answer.url, answer.text, {}
        self.loads_again = "Refresh" in answer.headers
        self.document = Document(self.text)
