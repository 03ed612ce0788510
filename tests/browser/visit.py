"""One visit to a page in one of its states: the requests that lead to it, and what was sent on the way."""

import functools
import json
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from tests.browser.addresses import Addresses
from tests.start.running import manage

CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
MADE_BY_HAND = {"too_often": 429, "broken": 500}


class Visit:
    """A visit. `page` shows the state. `body`: its HTML. `sent`: the size of its first view. `lost`: what a refused form forgot.

    `open_page(site, who)` returns a page for this person, made by `new_page`. One page serves many visits.
    """

    def __init__(self, state, open_page, site):
        self.state, self.lost = state, []
        addresses = addresses_of(site)
        path = state.path.format_map(addresses)  # may make the record or the person
        self.page = open_page(site, state.who)
        self.resize(1280)  # a failed check may have left another width
        if (name := path.strip("/")) in MADE_BY_HAND:
            body, kind = refusal(site.var, name), "text/html; charset=utf-8"
            answer = {"status": MADE_BY_HAND[name], "body": body, "content_type": kind}
            self.page.route(f"**/{name}", lambda route: route.fulfill(**answer), times=1)
        answer, self.sent = _first_view(self.page, path)
        for step in state.before:
            answer, _ = self._send(step(site) if callable(step) else step)
        if state.meanwhile:
            addresses.staff.send(self.page.url.removeprefix(site.base), **state.meanwhile)
        if state.sent:
            answer, before = self._send(state.sent)
            if state.status == 422:
                now = self.ask("typed")
                self.lost = [
                    f"{name}: {was} became {now.get(name)}" for name, was in before.items() if now.get(name) != was
                ]
        self.status, self.body = answer.status, answer.body()

    def ask(self, what, *given):
        """Call a function of checks.js in the page."""
        return self.page.evaluate(f"{CHECKS}.{what}({', '.join(map(json.dumps, given))})")

    def resize(self, width, height=900):
        self.page.set_viewport_size({"width": width, "height": height})

    def _send(self, given):
        self.ask("type", given, not (self.state.meanwhile or self.state.alone))
        before = self.ask("typed")
        with self.page.expect_navigation() as arriving:
            self.ask("send")
        return arriving.value, before


@functools.cache
def addresses_of(site):
    return Addresses(site)


@functools.cache
def refusal(var, name):
    """Return the HTML of a page that no test should cause, as the registry renders it: rate limited, or an internal error."""
    more = ", RateLimited('Too many tries.', seconds=600)" if name == "too_often" else ""
    code = (
        "from django.test import RequestFactory; from partnerships.web.frame import errors; import sys; "
        "from partnerships.core.errors import RateLimited; "
        f"sys.stdout.write(errors.{name}(RequestFactory().get('/'){more}).content.decode())"
    )
    done = manage("shell", "--no-imports", "-c", code, VAR_DIR=var)
    done.check_returncode()
    return done.stdout


def new_page(context):
    """Return a page with axe in it that uses no cache, so that each first view is sent completely."""
    page = context.new_page()
    page.add_init_script(Axe().axe_script)
    talk = context.new_cdp_session(page)
    talk.send("Network.enable")
    talk.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


def _first_view(page, path):
    """Return the answer at this path, and (bytes sent, requests, bytes of script) once every request of the page has ended."""
    requests = []

    def keep(request):
        requests.append(request)

    page.on("request", keep)
    answer = page.goto(path)
    page.evaluate("document.fonts.ready.then(() => null)")  # a font may be requested after everything else
    sizes = [(request.resource_type, request.sizes()) for request in requests if request.response()]
    page.remove_listener("request", keep)
    sent = [(kind, size["responseHeadersSize"] + size["responseBodySize"]) for kind, size in sizes]
    return answer, (sum(n for _, n in sent), len(sent), sum(n for kind, n in sent if kind == "script"))
