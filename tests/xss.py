"""Stored XSS: payloads (tests/payloads.py) in every form, and every page opened in Chromium with script on.

`gather` saves payloads through every text and URL input of every form, as a role that may. It keeps the HTML of every
page that anyone sees then: forms before and after, validation errors and edit conflicts, records, lists, searches, and
HTML emails. `Browser` opens each page. A payload that ran is a finding, and so is any event handler or script URL.
"""

import mimetypes
import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.models import Department, Email, IssueArea, Jurisdiction, Organization, Partnership, Person
from partnerships.notifications import emails, recipients
from partnerships.registry import actions as registry
from tests import access
from tests.browser.forms import forms
from tests.counts import forget_counts
from tests.naughty_searches import LISTS
from tests.naughty_strings import KEEPS_NAME, join_fitting, normal, sheets, world_to_type_into
from tests.notifications.every_email import STAND_INS, make_everything
from tests.payloads import LINKS, PAYLOADS
from tests.posting import Sender, taken_back
from tests.tampering import WITHOUT_MARKS, pages_with_forms

# Begins every text: it closes an attribute, a title, a text area and a script, and then runs.
FIRST = "x\"'></title></textarea></script><img src=x onerror=alert(1)>"
ROLES = ("anonymous", "stranger", "partner", "editor", "manager", "administrator")
# Forms that hide what other pages show. Their pages are read, and then the form is rolled back.
ENDS = ("partnership_withdraw", "person_suspend", "contact_erase", "member_remove", "account_erase", "meeting_cancel")
ENDS += ("person_erase",)
# Pages that expire once they are answered, withdrawn or moved. They are read and answered before anything else is
# written.
SEEN_BEFORE = ("answer_meeting", "answer_check_in", "answer_round", "answer_ties", "invitation_take_back")
SEEN_BEFORE += (
    "round_published",
    "round_publish",
    "answer_seat",
    "name_by_link",
    "agree_by_link",
    "state_by_link",
    "draft_drop",
)
SEARCHES = ("alert", "onerror", "script", "constructor", "alrt", "zzyzx <script>alert(1)</script>")
BLANK = re.compile(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]*"')
SCRIPT = re.compile(r"^[\x00-\x20]*(?:j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t|data|vbscript)\s*:", re.I)


@dataclass
class Gathered:
    pages: dict = field(
        default_factory=dict
    )  # HTML → (who and where, address, its CSP if it is the first page of its route)
    routes: set = field(default_factory=set)  # routes whose pages were seen
    inputs: set = field(default_factory=set)  # (route, input) that saved a payload
    refused: list = field(default_factory=list)  # forms that were refused

    def add(self, role, route, url, answer):
        if answer.streaming or not answer.content or not answer.get("Content-Type", "").startswith("text/html"):
            return answer
        is_new = answer.status_code != 404 and route not in self.routes
        self.routes |= {route} if is_new else set()
        policy = answer["Content-Security-Policy"] if is_new else ""
        self.pages.setdefault(BLANK.sub("", answer.content.decode()), (f"{role} {url}", url, policy))
        return answer


class Texts:
    """The payloads in turn for each input, as many as fit. The next text of an input continues where the last one ended."""

    def __init__(self):
        self.starts, self.links = {}, {}

    def text(self, place, most):
        first = FIRST if len(FIRST) < most else "<svg onload=alert(1)>"
        start = self.starts.get(place, 7 * len(self.starts) % len(PAYLOADS))
        more, end = join_fitting(PAYLOADS, start, most - len(normal(first)) - 1)
        self.starts[place] = end % len(PAYLOADS)
        return f"{first} {more}"[:most]

    def link(self, place, takes):
        """Return the next URL payload that this input accepts, or an empty text."""
        start = self.links.get(place, 0)
        found = next((link for link in [*LINKS[start:], *LINKS[:start]] if takes(link)), "")
        self.links[place] = LINKS.index(found) + 1 if found else 0
        return found


def gather(world, found, texts, routes=(), *, roles=ROLES, rounds=1, every=1, once=False):
    """Save the payloads through all forms, and keep the HTML of all pages. Everything is rolled back.

    `routes`: only these forms and pages. `roles`: who reads the pages afterwards. `every`: try only each n-th of the
    search texts. `once`: each role reads one page of each route, the first that it finds.
    """
    sender, read = Sender(world), set()
    everywhere = pages_with_forms(world, (access.READ,) if routes else (access.READ, access.WRITE, access.OWN))
    sheeted = [sheet for sheet in sheets(sender, routes) if sheet.free or _links(sheet)]
    sheeted.sort(key=lambda sheet: sheet.route not in SEEN_BEFORE)
    for _ in range(rounds):
        forget_counts()
        with taken_back():
            _rename(texts)
            _passkey(world, sender.clients["other_partner"], texts, found)
            for target in everywhere:
                if target.route in SEEN_BEFORE:
                    for role in ROLES:
                        found.add(role, target.route, target.url, sender.clients[role].get(target.url))
            made = {url for sheet in sheeted if (url := _write(sheet, sender.clients, texts, found))}
            _vocabularies(sender.clients["administrator"], everywhere, texts, found)
            for target in everywhere:
                for role in roles:
                    if once and (role, target.route) in read:
                        continue
                    page = found.add(role, target.route, target.url, sender.clients[role].get(target.url))
                    read |= {(role, target.route)} if page.status_code == 200 else set()
            for url in made:
                for role in roles:
                    found.add(role, "", url, sender.clients[role].get(url))
            _ask(sender.clients, found, roles, every)
            _emails(found)
    _write_alone(
        [sheet for sheet in sheeted if sheet.route in {one.split()[1] for one in found.refused}], sender, texts, found
    )
    return found


def _write_alone(refused, sender, texts, found):
    """Send forms that were refused after the others, each in the world as it was: what they name had changed."""
    found.refused.clear()
    for sheet in refused:
        with taken_back():
            _write(sheet, sender.clients, texts, found)


def _rename(texts):
    """Rename records and people, since their names appear on other pages."""
    for model, save, name in (
        (Jurisdiction, directory.save_jurisdiction, "name"),
        (Department, directory.save_department, "name"),
        (Organization, directory.save_organization, "name"),
        (IssueArea, directory.save_issue_area, "name"),
        (Partnership, registry.save_partnership, "title"),
    ):
        for one in model.objects.order_by("pk"):
            save(
                by=SYSTEM,
                fields={name: texts.text((model, one.pk), model._meta.get_field(name).max_length)},
                **{_argument(model): one},
            )
    for person in Person.objects.order_by("pk"):
        person.name = texts.text((Person, person.pk), Person._meta.get_field("name").max_length)
        person.save()


def _argument(model):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


def _links(sheet):
    return [name for name, one in sheet.meant.items() if one.kind == "url"]


def _write(sheet, clients, texts, found):
    """Send the form with an error, with an old version, and as it should be. Returns the address that it redirected to."""
    forget_counts()
    client, role = clients[sheet.role], sheet.role
    page = found.add(role, sheet.route, sheet.url, client.get(sheet.url))
    current, now = {}, {}  # other forms may have changed the record and the choices since
    for form in forms(page.content.decode()) if page.status_code == 200 else ():
        current |= form.values()
        now |= {name: form.values().get(name, []) for name, one in form.fields.items() if _is_of_now(one, sheet.data)}
    data = current | sheet.data | now
    data.pop(KEEPS_NAME, None)
    free = sheet.free | {name: one for name, one in sheet.meant.items() if name == "agenda"}
    data |= {name: texts.text((sheet.route, name), min(one.most or 4000, 4000)) for name, one in free.items()}
    if sheet.route in WITHOUT_MARKS:
        data |= {name: re.sub("[<>]", "", data[name]) for name in free}
    data |= {"agenda": data["agenda"].replace("|", "\n")} if "agenda" in data else {}
    for name in _links(sheet):
        data[name] = texts.link(
            (sheet.route, name), lambda link, name=name: _is_taken(client, sheet, data | {name: link})
        )
    for wrong in ({"version": "0"}, {name: data[name] + "\x07" for name in list(sheet.free)[:1]}):
        with taken_back():
            found.add(role, sheet.route, sheet.url, _post(client, sheet, data | wrong))
    if sheet.route in ENDS:
        with taken_back():
            return _send(sheet, client, data, found) and None
    return _send(sheet, client, data, found)


def _is_of_now(one, data):
    """Whether a field needs today's value: a hidden one, a choice that is no longer offered, or an identifier of one record."""
    if one.kind == "hidden" or one.name.startswith("identifiers-"):
        return True
    picked = data.get(one.name, [])
    return one.kind in ("select", "checkbox") and not {*([picked] if isinstance(picked, str) else picked)} <= {
        *one.options
    }


def _is_taken(client, sheet, data):
    forget_counts()
    with taken_back():
        return _post(client, sheet, data).status_code == 302


def _post(client, sheet, data):
    for value in data.values():
        value.seek(0) if hasattr(value, "seek") else None  # each request reads the file from its start
    return client.post(sheet.url, data)


def _send(sheet, client, data, found):
    forget_counts()
    answer = found.add(sheet.role, sheet.route, sheet.url, _post(client, sheet, data))
    if answer.status_code == 422 and b'name="despite"' in answer.content:  # asks for a confirmation before it saves
        answer = found.add(sheet.role, sheet.route, sheet.url, _post(client, sheet, data | {"despite": "yes"}))
    # All names have the same marks around them, so they look the same.
    if answer.status_code == 422 and b'name="not_a_duplicate"' in answer.content:
        (form,) = [one for one in forms(answer.content.decode()) if "not_a_duplicate" in one.fields]
        said = {"not_a_duplicate": "yes", "distinct_because": "Another one", "seen_alike": form.values()["seen_alike"]}
        answer = found.add(sheet.role, sheet.route, sheet.url, _post(client, sheet, data | said))
    if answer.status_code not in (200, 302):
        wrong = [name for form in forms(answer.content.decode()) for name, one in form.fields.items() if one.is_wrong]
        found.refused.append(f"{sheet}: {answer.status_code} {wrong}")
        return None
    found.inputs |= {(sheet.route, name) for name in [*sheet.free, *_links(sheet)] if data[name]}
    if answer.status_code != 302:
        return None
    url = answer["Location"].split("#")[0]
    found.add(sheet.role, "", url, client.get(url))
    return url


def _vocabularies(client, everywhere, texts, found):
    """Django's admin pages for vocabularies, whose labels appear on our pages."""
    for target in everywhere:
        if target.route in ("admin:partnerships_term_change", "admin:partnerships_issuearea_change"):
            for form in forms(client.get(target.url).content.decode()):
                typed = {
                    name: texts.text((target.route, name), one.most or 500)
                    for name, one in form.fields.items()
                    if one.kind in ("text", "textarea") and name != "key"
                }
                if typed:
                    found.add("administrator", target.route, target.url, client.post(target.url, form.values() | typed))
                    found.inputs |= {(target.route, name) for name in typed}


def _passkey(world, client, texts, found):
    """Store the name of a passkey, which only a browser with a passkey could enter."""
    text = texts.text(("mfa_edit_webauthn", "name"), 100)
    world.people.other_partner.authenticator_set.create(type="webauthn", data={"name": text})
    found.add("other_partner", "mfa_index", reverse("mfa_index"), client.get(reverse("mfa_index")))


def _ask(clients, found, roles, every):
    """Search for payloads: in search boxes and in parameters, with searches that find the stored ones."""
    asked = [(name, {"q": words}) for name in LISTS for words in SEARCHES]
    for place, text in enumerate([*PAYLOADS, *LINKS][::every]):
        name = LISTS[place % len(LISTS)]
        asked += [(name, {"q": text}), (name, {"q": text, "kind": text, text: text, "cursor": text})]
    for name, params in asked:
        for role in roles[::2]:
            url = f"/{name}/?{urlencode(params)}"
            found.add(role, name, url, clients[role].get(url))
    anonymous = clients["anonymous"]
    for route, path in (("", "/no-such-page/"), ("", "/partnerships/"), ("account_login", "/sign-in/?next=")):
        url = path + urlencode({"": FIRST})[1:]
        found.add("anonymous", route, url, anonymous.get(url))
    found.add("anonymous", "account_login", "/sign-in/", anonymous.post("/sign-in/", {"login": "nobody@example.org"}))
    found.add("anonymous", "account_confirm_login_code", "/sign-in/code/", anonymous.get("/sign-in/code/"))


def _emails(found):
    for email in Email.objects.order_by("pk"):
        for kind in (email.kind, *STAND_INS.get(email.kind, ())):
            email.kind = kind
            recipient = recipients.find(email.recipient)
            html = emails.render(email, recipient, {"code": "BCDF-GHJK"}).html if recipient else ""
            if html:
                found.pages.setdefault(html, (f"email {kind}", "/outbox/", ""))


# What the browser sees

INTO_EVERY_FRAME = """
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => console.log('ran')
document.addEventListener('securitypolicyviolation', event => console.log('stopped ' + event.violatedDirective))
"""
SETTLE = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"
LOOK = """() => {
  const found = []
  for (const one of document.querySelectorAll('*')) for (const {name, value} of one.attributes) {
    if (name.startsWith('on') || name === 'srcdoc') found.push(`<${one.localName} ${name}>`)
    else if (!['value', 'title', 'content', 'alt', 'placeholder', 'aria-label'].includes(name))
      found.push([`<${one.localName} ${name}>`, value])
    else if (name === 'content' && one.httpEquiv) found.push([`<meta ${name}>`, value.split('url=')[1] || ''])
  }
  return found
}"""


class Browser:
    """The browser. `wrong`: findings. `opened`: how often a page was opened."""

    def __init__(self, chromium):
        self.context = chromium.new_context(reduced_motion="reduce")
        self.context.add_init_script(INTO_EVERY_FRAME)
        self.page, self.wrong, self.opened, self.said = self.context.new_page(), [], 0, []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("dialog", lambda dialog: (self.said.append("ran"), dialog.dismiss()))
        self.page.route("**/*", self._answer)
        self.body, self.headers = "", {}

    def _answer(self, route):
        path = route.request.url.removeprefix("http://testserver")
        if route.request.is_navigation_request() and route.request.frame == self.page.main_frame:
            return route.fulfill(status=200, body=self.body, headers=self.headers)
        file = finders.find(path.removeprefix("/static/").split("?")[0]) if path.startswith("/static/") else None
        if file and file.endswith(".js"):
            return route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0])
        return route.fulfill(status=404, body="")

    def open(self, where, url, body, policy=""):
        """Open a page under this CSP, or under none."""
        self.body, self.said = body, []
        self.headers = {"Content-Type": "text/html; charset=utf-8"}
        self.headers |= {"Content-Security-Policy": policy} if policy else {}
        self.opened += 1
        self.page.goto("http://testserver" + url.split("#")[0])
        if "sandbox" not in policy:  # script doesn't run there, so the browser can't wait with script either
            self.page.evaluate(SETTLE)
        seen = self.page.evaluate(LOOK)
        wrong = [said for said in self.said if said == "ran" or said.startswith("stopped")]
        wrong += [
            one if isinstance(one, str) else f"{one[0]} {one[1]}"
            for one in seen
            if isinstance(one, str) or SCRIPT.match(one[1])
        ]
        if wrong:
            self.wrong.append(f"{where}: {', '.join(dict.fromkeys(wrong))}"[:300])

    def look_at(self, pages):
        """Open all pages without a CSP, and the first of each route with its CSP.

        Without one, escaping alone must protect them.
        """
        for body, (where, url, policy) in pages.items():
            self.open(where, url, body)
            if policy:
                self.open(f"{where}, with its policy", url, body, policy)
        return self


def world_with_emails():
    world = world_to_type_into()
    make_everything(world.people)
    return world


def figure():
    """Return the result for bench/figures/qa10.py."""
    from tests.browser.windows import chromium

    found = gather(world_with_emails(), Gathered(), Texts(), rounds=int(os.environ.get("ROUNDS", "1")))
    with chromium() as browser:
        eyes = Browser(browser).look_at(found.pages)
    return {
        "wrong": eyes.wrong,
        "opened": eyes.opened,
        "pages": len(found.pages),
        "inputs": len(found.inputs),
        "refused": sorted(set(found.refused)),
        "routes": sorted(found.routes),
    }
