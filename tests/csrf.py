"""Requests from elsewhere: CSRF, host headers, open redirects, and framing by other sites.

Each function tries one of them at `some` addresses, or at every address of the table of rights, and returns a Count.
bench/figures/qa17.py adds them up.
"""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from tests import access
from tests.counts import forget_counts
from tests.posting import Sender, dump, taken_back
from tests.test_access import address, cells
from tests.world import CODE_SENT

HERE, ELSEWHERE = "testserver", "elsewhere.example.org"
NOT_CHECKED = "We couldn’t check this form."
PROSE = "These words took an hour to write."

HOSTS = (
    ELSEWHERE, f"{ELSEWHERE}:80", f"{HERE}.{ELSEWHERE}", f"{HERE}@{ELSEWHERE}", f"{HERE}:80@{ELSEWHERE}", f"[{ELSEWHERE}]",
    f"127.0.0.1.{ELSEWHERE}", f"{HERE} {ELSEWHERE}", f"{HERE},{ELSEWHERE}", f"{HERE}/{ELSEWHERE}", f"{HERE}#{ELSEWHERE}",
    f"{HERE}\\{ELSEWHERE}",
)  # fmt: skip
FORWARDED = ("X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "Forwarded", "X-Original-URL")

WAYS_OUT = (
    "//{0}", "///{0}", "////{0}", "/\\{0}", "\\\\{0}", "\\/{0}", "/\\/{0}", "//{0}/..", "http://{0}", "https://{0}/",
    "HTTPS://{0}", "http:{0}", "https:{0}", "https:/{0}", "https:///{0}", "http:\\\\{0}", "//{0}%2f..", "%2f%2f{0}", "/%2f{0}",
    "%5c%5c{0}", "/%5c{0}", "/%09/{0}", "/\t/{0}", "\t//{0}", " //{0}", "\x00//{0}", "/\n/{0}", "\r\n//{0}", "//{0}\\@testserver",
    "http://testserver@{0}", "http://testserver:80@{0}/", "https://testserver.{0}", "//testserver.{0}", "//{0}?testserver",
    "//{0}#testserver", "//{0};testserver", "/.//{0}", "/..//{0}", "./\\{0}", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)", "data:text/html,<b>x</b>", "vbscript:x", "ftp://{0}", "mailto:x@{0}", "//[::1]", "//2130706433",
    "／／{0}", "/／{0}", "//{0}。", "http://{0}％2f", "/account/\r\nLocation: //{0}", "//user:pass@{0}", "///\\;@{0}",
    "/%0d%0aLocation:%20//{0}", "http://[{0}",
)  # fmt: skip


@dataclass
class Count:
    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, is_right, problem):
        self.tried += 1
        if not is_right:
            self.wrong.append(problem)


PAGES = (access.READ, access.WRITE, access.OWN)


def addresses(world, kinds=(*PAGES, access.API)):
    """Return (group, address) of every row of the table of rights, each address once."""
    found = {address(world, route, record): group for group, route, record in cells() if group.kind in kinds}
    return [(group, url) for url, group in found.items()]


# CSRF


def forged(world, roles, some=()) -> Count:
    """Post every form as each role, without this browser's token or from another site."""
    found, clients, other = Count(), {role: world.client(role) for role in roles}, get_token(RequestFactory().get("/"))
    before = dump()
    for role, client in clients.items():
        client.handler.enforce_csrf_checks = True
        client.get("/organizations/missing/")  # sets the browser's CSRF cookie
        own = client.cookies[settings.CSRF_COOKIE_NAME].value
        # A personal link is itself the right to what it opens. No cookie says who asks, so no other site can forge a
        # request.
        for url in [url for _, url in some or addresses(world) if not url.startswith("/by-link/")]:
            for name, data, headers, secure in _forgeries(own, other):
                answer = client.post(url, data | {"words": PROSE}, headers=headers, secure=secure)
                is_api = url.startswith("/api/")
                words = answer.json().get("detail", "") if is_api else answer.content.decode()
                is_right = answer.status_code == 403 and NOT_CHECKED in words
                is_right |= is_api and answer.status_code in (401, 404, 405)
                found.note(is_right, f"{role} {url}: {name}: {answer.status_code}")
    found.note(dump() == before, "something was written")
    return found


def _forgeries(own, other):
    """Yield (what it is, form data, headers, whether over https)."""
    token = {"csrfmiddlewaretoken": own}
    yield "no token", {}, {}, False
    yield "an empty token", {"csrfmiddlewaretoken": ""}, {}, False
    yield "another's token", {"csrfmiddlewaretoken": other}, {}, False
    yield "a token cut short", {"csrfmiddlewaretoken": own[:-1]}, {}, False
    yield "another's token in a header", {}, {"x-csrftoken": other}, False
    yield "from another site", token, {"origin": f"http://{ELSEWHERE}"}, False
    yield "from another port", token, {"origin": f"http://{HERE}:8001"}, False
    yield "from nowhere", token, {"origin": "null"}, False
    yield "from another site by https", token, {"origin": f"https://{ELSEWHERE}"}, True
    yield "referred by another site", token, {"referer": f"https://{ELSEWHERE}/"}, True
    yield "referred by a site with our name in its own", token, {"referer": f"https://{HERE}.{ELSEWHERE}/"}, True
    yield "referred by nobody", token, {}, True


def honest(world, roles, some=()) -> Count:
    """Post the same forms with this browser's token from our own pages: none may be refused as a forgery."""
    found = Count()
    sender = Sender(world)
    for role in roles:
        client = sender.clients[role]
        client.handler.enforce_csrf_checks = True
        client.get("/organizations/missing/")
        data = {"csrfmiddlewaretoken": client.cookies[settings.CSRF_COOKIE_NAME].value, "version": "0"}
        for _, url in some or addresses(world, (access.WRITE,)):
            answer = sender.send(role, url, data, headers={"origin": f"http://{HERE}"}).answer
            found.note(
                NOT_CHECKED not in answer.getvalue().decode(errors="replace"), f"{role} {url}: taken for a forgery"
            )
    return found


# Host headers


def other_hosts(world, roles, some=()) -> Count:
    found = Count()
    for role in roles:
        client = world.client(role)
        for _, url in some or addresses(world):
            for host in HOSTS:
                answer = client.get(url, headers={"host": host})
                content = _all_of(answer)
                is_right = answer.status_code == 400 and ELSEWHERE not in content and not answer.get("Location")
                found.note(is_right, f"{role} {url} as {host}: {answer.status_code}")
            for name in FORWARDED:
                value = f"host={ELSEWHERE}" if name == "Forwarded" else ELSEWHERE
                content = _all_of(client.get(url, headers={name: value}))
                found.note(ELSEWHERE not in content, f"{role} {url} with {name}: says so")
    return found


def _all_of(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.items())} {answer.cookies.output()} {body.decode(errors='replace')}"


# Open redirects


def leads_out(location) -> bool:
    """Whether a browser that follows this Location leaves our site, by the rules of browsers for resolving URLs."""
    text = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    text = re.sub(r"^(https?):/*", r"\1://", text, flags=re.I)
    there = urlsplit(urljoin(f"http://{HERE}/some/page/", text))
    return there.scheme not in ("http", "https") or there.netloc != HERE


def ways_out(world, roles, ways=WAYS_OUT, some=()) -> Count:
    """Request every address and post every form with another site as `next`, in the query and in the form."""
    found, sender = Count(), Sender(world)
    for role in roles:
        for _, url in some or addresses(world, PAGES):
            for way in ways:
                place = way.format(ELSEWHERE)
                for answer in (sender.ask(role, url, {"next": place}), sender.send(role, url, {"next": place}).answer):
                    _note_way(found, f"{role} {url} next={place!r}", answer)
    return found


def ways_out_of_sign_in(world, ways=WAYS_OUT) -> Count:
    """Enter the sign-in code, and sign out, with another site as `next` in the form and in the query."""
    found, sender = Count(), Sender(world)
    for way in ways:
        place = way.format(ELSEWHERE)
        for role, path, data in (
            ("link_holder", "/sign-in/code/", {"code": CODE_SENT["code"]}),
            ("editor", "/sign-out/", {}),
        ):
            for query in ("", "?" + urlencode({"next": place})):
                answer = sender.send(role, path + query, data | ({} if query else {"next": place})).answer
                found.note(
                    answer.status_code == 302 or "\0" in place, f"{role} {path} with {place!r}: {answer.status_code}"
                )
                _note_way(found, f"{role} {path}{query} {place!r}", answer)
    return found


def ways_out_of_a_whole_sign_in(world) -> Count:
    """Sign in from the first page to the last, with another site as `next` throughout.

    It sends emails, so a test that rolls back can't use it.
    """
    found = Count()
    for way in WAYS_OUT:
        forget_counts()
        client, place = Client(raise_request_exception=False), {"next": way.format(ELSEWHERE)}
        answers = [
            client.post("/sign-in/", {"login": world.people.editor.email} | place, QUERY_STRING=urlencode(place))
        ]
        if "\0" in way:  # refused before a view runs
            found.note(answers[0].status_code == 400, f"{place}: {answers[0].status_code}")
            continue
        state = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
        answers.append(client.post("/sign-in/code/", {"code": state["code"]}, QUERY_STRING=urlencode(place)))
        found.note(client.get("/account/").status_code == 200, f"{place}: not signed in")
        for answer in answers:
            _note_way(found, f"sign-in with {place}", answer)
    return found


def _note_way(found, where, answer):
    location = answer.get("Location", "")
    ok = (
        not leads_out(location)
        if location
        else f'href="//{ELSEWHERE}' not in answer.getvalue().decode(errors="replace")
    )
    found.note(ok and answer.status_code != 500, f"{where}: {answer.status_code} {location}")


def paths_out(client=None) -> Count:
    """Request paths that look like another site and get a slash appended or a redirect to https."""
    found, client = Count(), client or Client(raise_request_exception=False)
    for way in WAYS_OUT:
        for end in ("", "/partnerships", "/partnerships/.."):
            path = (way.format(ELSEWHERE) + end).encode().decode("latin-1")  # bytes as a WSGI server passes them
            _note_way(found, f"path {path!r}", client.get("/", PATH_INFO=path))
    return found


# Framing


def is_unframed(answer) -> bool:
    policy = answer.get("Content-Security-Policy", "")
    return answer.get("X-Frame-Options") == "DENY" and "frame-ancestors 'none'" in policy


def framed(world, roles, some=()) -> Count:
    """Check every answer to every method, including errors and files, except pages that are meant to be framed."""
    found = Count()
    for role in roles:
        client = world.client(role)
        for url in [url for _, url in some or addresses(world) if not url.startswith("/embed/")]:
            for method in ("get", "head", "post", "options", "delete"):
                answer = getattr(client, method)(url, {"version": "0"} if method == "post" else None)
                found.note(is_unframed(answer), f"{role} {method} {url}: {answer.status_code}")
                if method == "post" and "sign" in url:
                    client = world.client(role)
    odd = Client(raise_request_exception=False)
    for name, answer in _odd_answers(odd):
        found.note(is_unframed(answer), f"{name}: {answer.status_code}")
    return found


def _odd_answers(client):
    yield "a file of ours", client.get("/static/registry/look.css")
    yield "a font of ours", client.get("/static/registry/fonts/PublicSans-Regular-latin.woff2")
    yield "no file of ours", client.get("/static/registry/none.css")
    yield "no page", client.get("/there/is/none/")
    yield "no slash", client.get("/partnerships")
    yield "another host", client.get("/", headers={"host": ELSEWHERE})
    yield "another host, at a file", client.get("/static/registry/look.css", headers={"host": ELSEWHERE})
    yield "unreadable", client.get("/partnerships/", QUERY_STRING="q=%00")
    yield "too large", client.post("/sign-in/", CONTENT_LENGTH=str(2**40))
    yield "asked wrongly", client.get("/partnerships/?kidn=x")
    yield "asked wrongly, the API", client.get("/api/v1/partnerships/?kidn=x")
    yield "no token of the API", client.get("/api/v1/", headers={"authorization": "Bearer x"})
    yield "over https", client.get("/", secure=True)
    etag = client.get("/api/v1/partnerships/")["ETag"]
    yield "not changed", client.get("/api/v1/partnerships/", headers={"if-none-match": etag})


def figure():
    """Return for bench/figures/qa17.py, in process PART of PARTS: what was tried → number of tries, and what is wrong."""
    from tests.people import make_people
    from tests.world import World

    # Forms, hosts and frames are judged before any right is, so five roles answer for all.
    few, found = ["anonymous", "link_holder", "partner", "editor", "administrator"], {}

    def at_the_doors(world):
        doors = [one for one in addresses(world, PAGES) if "sign" in one[1] or "again" in one[1] or "log" in one[1]]
        return ways_out(world, few, some=doors)

    parts = {  # the longest first, so that two processes take about as long
        "hosts": lambda world: other_hosts(world, few),
        "ways out": lambda world: ways_out(world, few, WAYS_OUT[::20]),
        "forged forms": lambda world: forged(world, few),
        "frames": lambda world: framed(world, few),
        "honest forms": lambda world: honest(world, world.roles()),
        "ways out at the doors": at_the_doors,
        "ways out of sign-in": ways_out_of_sign_in,
        "paths": lambda world: paths_out(),
    }
    part, of = int(os.environ["PART"]), int(os.environ["PARTS"])
    for name in list(parts)[part::of]:
        with taken_back():
            forget_counts()
            found[name] = parts[name](World(make_people()))
    if part == 0:
        found["whole sign-ins"] = ways_out_of_a_whole_sign_in(World(make_people()))
    return {name: {"tried": count.tried, "wrong": count.wrong} for name, count in found.items()}
