"""One visit to a page in one of its states: how one comes to it, and what was sent on the way."""

import functools
import json
import time
from pathlib import Path

from tests.browser.addresses import Addresses
from tests.start.running import manage

CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
MADE_BY_HAND = {"too_often": 429, "broken": 500}


class Visit:
    """`page` stands in the state; `body` is its HTML, `sent` what its first view took, `lost` what a refused form forgot."""

    def __init__(self, state, open_window, site):
        self.state, self.lost = state, []
        addresses = _addresses(site)
        path = state.path.format_map(addresses)  # may have to make the record, or the person
        self.page = open_window(site, state.who, bypass_csp=True).new_page()
        if path.strip("/") in MADE_BY_HAND:
            _refusal(site.var, path.strip("/"))  # before the page waits for it
        for name in MADE_BY_HAND:
            self.page.route(f"**/{name}", functools.partial(_refuse, site, name))
        sent, is_idle = _count(self.page)
        answer = self.page.goto(path)
        while not is_idle():
            self.page.wait_for_timeout(20)
        self.sent = sent()
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
        """Calls a function of checks.js in the page."""
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
def _addresses(site):
    return Addresses(site)


@functools.cache
def _refusal(var, name):
    more = ", TooOften('That was a lot at once.', seconds=600)" if name == "too_often" else ""
    code = (
        "from django.test import RequestFactory; from partnerships.web import errors; import sys; "
        "from partnerships.core.errors import TooOften; "
        f"sys.stdout.write(errors.{name}(RequestFactory().get('/'){more}).content.decode())"
    )
    done = manage("shell", "--no-imports", "-c", code, VAR_DIR=var)
    done.check_returncode()
    return done.stdout


def _refuse(site, name, route):
    """Pages of what no browser should bring about: the registry writes them, the browser is handed them."""
    route.fulfill(status=MADE_BY_HAND[name], body=_refusal(site.var, name), content_type="text/html; charset=utf-8")


def _count(page):
    """Counts what is sent from now on: functions → (bytes as sent, requests, bytes of script), and whether nothing was asked
    for or came in the last tenth of a second and nothing is to come."""
    talk, kinds, sizes, waiting, last = page.context.new_cdp_session(page), {}, {}, set(), [0.0]

    def began(event):
        waiting.add(event["requestId"])
        last[0] = time.monotonic()

    def ended(event):
        waiting.discard(event["requestId"])
        last[0] = time.monotonic()

    talk.on("Network.requestWillBeSent", began)
    talk.on("Network.loadingFailed", ended)
    talk.on("Network.loadingFinished", ended)
    talk.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    talk.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    talk.send("Network.enable")
    talk.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def so_far():
        script = sum(size for one, size in sizes.items() if kinds.get(one) == "Script")
        return int(sum(sizes.values())), len(sizes), int(script)

    return so_far, lambda: not waiting and time.monotonic() - last[0] > 0.1
