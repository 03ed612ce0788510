"""Mail scanners: programs that open the links of an email before its recipient use nothing up and get no access.

An email of each kind, each of its links (in text and HTML), and each method of scanners: HEAD, GET, GET in a browser
with script that presses the buttons it finds, and POST without a cookie. Nothing may change, no session may start, and
the link must still lead the recipient to the same page.
"""

import html
import re
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.urls import resolve

from partnerships.accounts import actions, member_actions
from partnerships.mail.choices import EmailKind
from partnerships.models import Email, Invitation, Membership, Person
from partnerships.notifications import emails, recipients
from tests.browser.windows import chromium
from tests.notifications.every_email import STAND_INS, make_everything
from tests.people import make_people
from tests.serving import Browser, serving
from tests.signing_in import newest_code

LINK = re.compile(r"https?://[^\s\"'<>]+")
REDIRECTS = 5
BY_LINK = "/by-link/"  # pages whose buttons are answers without signing in, so the browser presses none
STOPS = f"{BY_LINK}letters/"
# What any request writes: a session without a person, the heartbeat, rate limits.
NOT_COUNTED = {"sessions.session", "partnerships.heartbeat", "partnerships.ratecount"}


@dataclass
class Scanned:
    kind: str
    reader: Person | None
    links: list[str]


@dataclass
class Trial:
    tried: int = 0
    links: int = 0
    kinds: set = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def everything() -> str:
    """Return all rows as text, without those of NOT_COUNTED."""
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.label_lower not in NOT_COUNTED
    ]
    return "\n".join(f"{model._meta.label}: {sorted(map(str, model.objects.values_list()))}" for model in models)


# The emails


def emails_of_every_kind(people, port) -> list[Scanned]:
    """Every scheduled or sent email as it reads now, and the sign-in emails, which are rendered while someone waits."""
    settings.BASE_URL = f"http://127.0.0.1:{port}"
    make_everything(people)
    by = people.administrator
    member_actions.invite(by=by, body=people.organization, address=people.stranger.email, role="reader")
    for act in (actions.suspend, actions.reinstate):
        act(by=by, person=people.other_editor, why="Asked for")
    found = []
    for email in Email.objects.order_by("pk"):
        found += [_scanned(email, kind) for kind in (email.kind, *STAND_INS.get(email.kind, ()))]
    found += [_scanned(Email(kind=kind, recipient=f"person:{people.reader.pk}"), kind) for kind in (
        EmailKind.SIGN_IN_CODE, EmailKind.UNKNOWN_ADDRESS
    )]  # fmt: skip
    return [one for one in found if one]


def _scanned(email, kind):
    email.kind = kind
    recipient = recipients.find(email.recipient)
    if recipient is None:
        return None
    mail = emails.render(email, recipient, {"code": "BCDF-GHJK"})
    own = {link.rstrip(".,") for link in LINK.findall(mail.text) + LINK.findall(html.unescape(mail.html))}
    paths = {link.removeprefix(settings.BASE_URL) or "/" for link in own if link.startswith(settings.BASE_URL)}
    return Scanned(kind, recipient.person, sorted(paths))


# The methods


def head(port, path):
    return _follow(Browser(port), "HEAD", path)


def get(port, path):
    return _follow(Browser(port), "GET", path)


def marked(port, path):
    """Request the link with a tracking parameter, as a gateway that counts clicks does."""
    return get(port, f"{path}{'&' if '?' in path else '?'}utm_source=email")


def post(port, path):
    """Post as a scanner would.

    On pages that stop emails, the mail program's own “One-Click” counts as the recipient's action, so it isn't sent
    there.
    """
    browser = Browser(port)
    browser.post(path, {"seen": "yes"} if path.startswith(STOPS) else {"List-Unsubscribe": "One-Click"})
    return browser.cookies


def _follow(browser, method, path):
    for _ in range(REDIRECTS):
        answer = browser.ask(method, path)
        if answer.status not in (301, 302):
            break
        path = answer.location
    return browser.cookies


class InBrowser:
    """Open the link as a person would, with script, and press each button of the page."""

    def __init__(self, chromium):
        self.chromium = chromium

    def __call__(self, port, path):
        context = self.chromium.new_context(base_url=f"http://127.0.0.1:{port}")
        page = context.new_page()
        page.goto(path, wait_until="load")
        buttons = 0 if path.startswith(BY_LINK) else page.locator("main button").count()
        for n in range(buttons):
            page.goto(path)
            page.locator("main button").nth(n).click(no_wait_after=False)
            page.wait_for_load_state("load")
        cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
        context.close()
        return cookies


# The trial


def scan(port, people, ways, *, short=False) -> Trial:
    """Try all links in all ways.

    `ways`: name → function of port and path that returns the cookies it received. `short`: one link of each route.
    """
    found, scanned = Trial(), emails_of_every_kind(people, port)
    readers = {one.reader and one.reader.pk: Browser(port, one.reader) for one in scanned}
    before = everything()
    seen = set()
    for email in _once(scanned):
        found.kinds.add(email.kind)
        for path in email.links:
            route = resolve(path.partition("?")[0]).url_name
            if short and route in seen:
                continue
            seen.add(route)
            found.links += 1
            lands = _where_it_leads(port, readers, email, path)
            for name, ask in ways.items():
                found.tried += 1
                where = f"{name} {path} of {email.kind}"
                if _gets_in(port, ask(port, path)):
                    found.wrong.append(f"{where}: gets a session")
            after = everything()
            if after != before:
                found.wrong.append(f"{path} of {email.kind}: looking at it changes something")
                before = after
            if _where_it_leads(port, readers, email, path) != lands or lands[0] != 200:
                found.wrong.append(f"{path} of {email.kind}: leads its reader {lands}, later elsewhere")
    _use_them(port, people, ways, found)
    return found


def _once(scanned):
    """One email of each kind, links and recipient."""
    return {(one.kind, one.reader and one.reader.pk, *one.links): one for one in scanned}.values()


def _gets_in(port, cookies) -> bool:
    browser = Browser(port)
    browser.cookies = cookies
    return browser.get("/account/").status != 302


def _where_it_leads(port, readers, email, path):
    """Return the status and address where the recipient arrives, signed in if they have an account."""
    browser = readers[email.reader and email.reader.pk]
    for _ in range(REDIRECTS):
        answer = browser.get(path)
        if answer.status not in (301, 302):
            break
        path = answer.location
    return answer.status, path


def _use_them(port, people, ways, found):
    """After all scans, the recipient can still use what works once: a code and an invitation."""
    browser = Browser(port)
    browser.send("/sign-in/", login="invited@example.org")
    code = newest_code(settings)
    for path in ("/sign-in/", "/sign-in/code/", f"/sign-in/code/?code={code}", f"/sign-in/?code={code}"):
        for name, ask in ways.items():
            found.tried += 1
            if _gets_in(port, ask(port, path)):
                found.wrong.append(f"{name} {path}: gets a session")
    if browser.send("/sign-in/code/", code=code).status != 302 or browser.get("/account/").status != 200:
        found.wrong.append("a code: no longer signs in")
    invitation = Invitation.objects.get(person=people.stranger, state="open")
    answered = Browser(port, people.stranger).send(f"/invitations/{invitation.pk}/", answer="accept")
    if answered.status != 302 or not Membership.objects.filter(person=people.stranger).exists():
        found.wrong.append("an invitation: can no longer be accepted")


WAYS = {"HEAD": head, "GET": get, "GET, marked": marked, "POST": post}


def figure():
    """Return the result for bench/figures/qa7.py."""
    with serving() as port, chromium() as browser:
        found = scan(port, make_people(), WAYS | {"browser": InBrowser(browser)})
    return {"tried": found.tried, "links": found.links, "kinds": len(found.kinds), "wrong": found.wrong}
