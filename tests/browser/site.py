"""A registry for the browser: a process with the sample in its own folder, and people who are signed in.

Its data is separate from the tests' database, so nothing that a browser does reaches another test.
"""

import email
import email.policy
import html
import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from tests.browser import forms
from tests.openid import OpenIdProvider
from tests.start.running import Registry, manage

STAFF, COLLEAGUE, ADMINISTRATOR = "staff@example.org", "reader@example.org", "administrator@example.org"
PARTNER = "partner@example.org"  # an editor of the tenants' association
MANAGER = "manager@example.org"  # a manager of the office
ORGANIZER = "organizer@example.org"  # a manager of the tenants' association
LIMIT = 300  # seconds, reached only if the registry never answers
CODE = re.compile(r"\b[B-Z]{4}-[B-Z]{4}\b")
PARTIES = (("/departments/", "Department of Housing"), ("/organizations/", "Tenants’ association"))  # list and name


class Site:
    """A running registry. `base`: its address. `var`: its folder. `provider`: the OpenID provider, if it has the sample."""

    def __init__(self, var, **ours):
        self.var, self.people, self.kept, self.read, self.own = Path(var), {}, {}, set(), []
        self.provider = None if ours.get("SAMPLE") == "no" else OpenIdProvider()
        if self.provider:
            ours |= self.provider.environment()
        ours |= {"API_RATE_ANONYMOUS": 1_000_000, "PAGE_RATE_ANONYMOUS": 1_000_000}
        ours |= {"DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
        self.registry = Registry(var, **ours)
        self.base = f"http://127.0.0.1:{self.registry.port}"
        self.registry.wait_for("/readyz", 240)
        if ours.get("SAMPLE") != "no":
            # Lists with several pages.
            manage("load_places", "RI", VAR_DIR=var).check_returncode()

    def stop(self):
        self.registry.stop()
        if self.provider:
            self.provider.stop()

    def visitor(self):
        """A client with cookies and no browser."""
        return Visitor(self)

    # Requests to tests/browser/control.py

    def keep(self, *people):
        """Sign these people in (by email address), and keep the data for `restore`."""
        for address in people:
            self.signed_in(address)
        self._control("keep")
        self.kept = {address: visitor.copy() for address, visitor in self.people.items()}

    def restore(self):
        """Restore the kept data and sessions. Takes a tenth of a second."""
        self._control("restore")
        self.people = {address: visitor.copy() for address, visitor in self.kept.items()}
        self.read, self.own = set(), []

    def let_partners_agree(self):
        """Let all partners so far have confirmed their seats, long enough ago to be asked in a round."""
        self._control("agree")

    def do_background_work(self):
        """Do all waiting background work (imports, spreadsheets, reports, rounds, email) before returning."""
        self._control("work")

    def _control(self, command):
        answer = self.visitor().post(f"/under-test/{command}", {})
        assert answer.status == 200, self.registry.text[-3000:]

    def signed_in(self, address):
        """Return the session of this person, which is made once with an emailed code."""
        if address not in self.people:
            self.people[address] = self.sign_in(address)
        return self.people[address]

    def sign_in(self, address):
        """Make a new session of this person with an emailed code."""
        visitor = self.visitor()
        self.forget_emails()
        visitor.send("/sign-in/", login=address)
        visitor.send("/sign-in/code/", code=self.code_for(address))
        assert visitor.get("/account/").url.endswith("/account/"), f"{address} could not sign in"
        return visitor

    def forget_emails(self):
        self.read |= set(self._files())

    def code_for(self, address):
        """Return the code in the newest unread email to this address."""
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:  # a browser may not have submitted the address yet
            self._control("codes")
            for file in self._files():
                if file not in self.read:
                    text = _text_for(file, address)
                    if text and (found := CODE.search(text)):
                        self.read.add(file)
                        return found.group(0)
        raise AssertionError(f"No email with a code came for {address}.")

    def link_in_email_to(self, address, section):
        """Return the newest personal link of this kind in an email to this address."""
        self.do_background_work()
        found = (re.search(rf"/by-link/{section}/[\w.-]+/", _text_for(file, address)) for file in self._files())
        return next(filter(None, found))[0]

    def _files(self):
        return sorted((self.var / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)


def _text_for(file, address):
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",)) if address in str(message["To"]) else None
    return body.get_content() if body else ""


def _text(answer):
    """Return what a page says, for the message of a failure."""
    main = answer.text.partition("<main")[2].partition("</main")[0]
    return f"{answer.status} {answer.url}\n" + re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))[:1500]


class Answer:
    def __init__(self, url, status, headers, body):
        self.url, self.status, self.headers, self.body = url, status, headers, body

    @property
    def text(self):
        return self.body.decode()


class Visitor:
    def __init__(self, site):
        self.site, self.jar = site, http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def copy(self):
        """Return the same session with separate cookies."""
        other = Visitor(self.site)
        for cookie in self.jar:
            other.jar.set_cookie(cookie)
        return other

    def get(self, path, **headers):
        return self.open(urllib.request.Request(self.site.base + path, headers=headers))

    def send(self, path, **fields):
        """Send the page's form as it is, except for these fields. A list is several values, and None leaves a field out.

        With `not_a_duplicate`, what may be the same is shown first, and then said to be different.
        """
        data = forms.values(self.get(path).text) | fields
        answer = self.post(path, data)
        alike = re.findall(r'name="seen_alike" value="([^"]+)"', answer.text) if data.get("not_a_duplicate") else []
        return self.post(path, data | {"seen_alike": alike, "distinct_because": "Another one"}) if alike else answer

    def post(self, path, data):
        data = {name: value for name, value in data.items() if value is not None}
        return self.open(
            urllib.request.Request(self.site.base + path, urllib.parse.urlencode(data, doseq=True).encode())
        )

    def sign_in_through_provider(self, person):
        """Sign in as someone with this account at the provider. Returns the answer to the last request."""
        start, form = "/sign-in/provider/", forms.values(self.get("/sign-in/").text)
        on = re.search(r'content="0; url=([^"]+)"', self.post(start, form).text)[1]
        self.site.provider.person = person
        answer = self.open(urllib.request.Request(html.unescape(on)))
        self.site.provider.person = None
        return answer

    def make_partnership(self, title, *, publish=False, **fields):
        """Make a contract between the sample's housing department and its tenants' association. Returns its address."""
        ids = {name: self._id_of(path, name) for path, name in PARTIES}
        rows = {f"parties-{place}-entity": ids[name] for place, (_, name) in enumerate(PARTIES)}
        rows |= {"parties-0-roles": ["lead"], "parties-1-roles": ["contractor"]}
        needed = {"title": title, "purpose": "4", "summary": "A record that a test made.", "agreement-amount": "1200"}
        made = self.send("/partnerships/new/?kind=contract", **needed | rows | fields)
        assert made.status == 200 and "/new/" not in made.url, _text(made)
        path = made.url.removeprefix(self.site.base)
        if publish:
            done = self.send(f"{path}publish/")
            assert done.status == 200 and "/publish/" not in done.url, _text(done)
        return path

    def make_meeting(self, partnership, title, day, **fields):
        fields = {"time": "17:30", "despite": "yes"} | fields  # even if other meetings overlap
        made = self.send(f"{partnership}meetings/new/", title=title, date=day.isoformat(), **fields)
        assert made.status == 200 and "/new/" not in made.url, _text(made)
        return made.url.removeprefix(self.site.base)

    def make_organization(self, name, **fields):
        made = self.send("/organizations/new/", name=name, side="community", not_a_duplicate="yes", **fields)
        assert made.status == 200 and "/new/" not in made.url, _text(made)
        return made.url.removeprefix(self.site.base)

    def who_can_be_asked(self, partnership, words):
        """Return the value of this person or contact in a meeting's form."""
        page = self.get(f"{partnership}meetings/new/").text
        return re.search(rf'name="asked" value="([^"]+)"[^>]*><span>{words}', page).group(1)

    def _id_of(self, path, name):
        # The lists get longer than a page while the tests write.
        page = self.get(f"{path}?{urllib.parse.urlencode({'q': name})}").text
        found = re.search(rf'href="{path}([^"]+)/">{name}', page)
        return found.group(1)

    def open(self, request):
        """Return the answer to a urllib request, after any redirects."""
        try:
            with self._opener.open(request, timeout=LIMIT) as answer:
                return Answer(answer.url, answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.url, answer.code, answer.headers, answer.read())

    def cookies(self):
        """Return the cookies in the format of a browser context."""
        return [{"name": c.name, "value": c.value, "url": self.site.base} for c in self.jar]
