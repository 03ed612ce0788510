"""Requests everything as each role: which canaries appear where, and whether hidden records change any answer."""

import email
import io
import re
import zlib
from collections import defaultdict
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.policy import default
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from pypdf import PdfReader

from partnerships.core import stamps
from partnerships.mail import outbox
from partnerships.notifications import emails
from tests import workbooks
from tests.canaries.blank import Blank
from tests.canaries.table import WHO
from tests.canaries.visits import OWN_TERMS, Visit, visits
from tests.canaries.world import BY_TOKEN, CanaryWorld
from tests.counts import forget_counts
from tests.logs import written
from tests.people import make_people
from tests.posting import taken_back

NOON = datetime(2026, 2, 2, 18, tzinfo=UTC)
_LINK = re.compile(r"http://127\.0\.0\.1:\d+(/[^\s\"'<>\\]*)")
_NEXT = re.compile(r'"next":"([^"]+)",?[^{}]*\}$')


@dataclass
class Answer:
    status: int
    headers: dict
    text: str


@dataclass
class Crawl:
    """The result. `seen`: canary → {(role, surface)}. `differ`: role, visit, and the difference."""

    seen: dict = field(default_factory=lambda: defaultdict(set))
    differ: list = field(default_factory=list)
    answers: int = 0
    compared: int = 0
    planted: set = field(default_factory=set)


def crawl(roles, finder, *, chosen=lambda visit: True) -> Crawl:
    """Make all visits as these roles, in the world with all canaries and in the role's own.

    `chosen(visit)`: whether to make it.
    """
    found, whole, names = Crawl(), {}, list(finder.names.values())
    with written() as log, world_for() as world:
        found.planted, blank = set(world.planted), Blank(world)
        links = _read_emails(world, finder, found)
        links[reverse("own_feed", args=[world.secret_calendar])] = "editor"
        for role in roles:
            whole[role] = {}
            for visit, answer in _go(world, role, names, chosen):
                _look(found, finder, role, visit.surface, f"{answer.headers}{answer.text}")
                whole[role][visit.name] = blank(answer)
        client = world.client("link_holder")
        for link, reader in sorted(links.items()):
            answer = ask(client, Visit("link", link, link))
            # A personal link shows anyone who has it what its recipient may see. Other links show what a visitor
            # without an account may see.
            role = reader if link.startswith("/by-link/") else "link_holder"
            _look(found, finder, role, "link", f"{answer.headers}{answer.text}")
        _look(found, finder, "anybody", "log", log.getvalue())
    for alike in _seeing_alike(roles):
        with world_for(alike[0]) as world:
            blank = Blank(world)
            for role in alike:
                for visit, answer in _go(world, role, names, chosen):
                    if visit.name in whole[role]:
                        found.compared += 1
                        _compare(found, role, visit, whole[role][visit.name], blank(answer))
    return found


def _seeing_alike(roles) -> list[list[str]]:
    """Group the roles by what they may see. Those who see the same share a world."""
    groups = defaultdict(list)
    for role in roles:
        groups[frozenset(name for name, who in WHO.items() if role in who)].append(role)
    return list(groups.values())


@contextmanager
def world_for(role=None):
    """Make a temporary world with all canaries, or with those that the role may see. Due emails are sent.

    Its clock doesn't move, so that two worlds have the same times.
    """
    forget_counts()
    for path in settings.MAIL_DIR.glob("*.eml"):
        path.unlink()
    # PostgreSQL's sync would hold back everything in the world's own open transaction.
    with time_machine.travel(NOON, tick=False), transaction.atomic(), patch.object(stamps, "as_of", lambda: 2**62):
        world = CanaryWorld(make_people(), role)
        while outbox.send_due(render=emails.render):
            pass
        yield world
        transaction.set_rollback(True)


def ask(client, visit) -> Answer:
    answer = getattr(client, visit.method)(visit.path, visit.params)
    text = _body(answer)
    while visit.label.endswith("by pages") and (more := _NEXT.search(text)):
        text += "\n" + _body(client.get(more[1]))
    headers = {name.lower(): value for name, value in answer.items()} | {"set-cookie": str(answer.cookies)}
    return Answer(answer.status_code, headers, text)


def _body(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return workbooks.text(body) if workbooks.is_workbook(body) else body.decode(errors="replace")


def _go(world, role, names, chosen):
    client = world.client(role)
    for visit in visits(world, names):
        if chosen(visit) and (role not in BY_TOKEN or visit.surface.startswith("api")):
            with taken_back() if visit.method == "post" else nullcontext():  # undone for the next role
                answer = ask(client, visit)
            yield visit, answer
            # The next page shows messages about what was done, and their number depends on the buttons there.
            client.cookies.pop("messages", None)
    with override_settings(API_RATE_ANONYMOUS=0, API_RATE_PERSON=0):
        visit = Visit("api_list", "too often", "/api/v1/partnerships/", {"q": "table"})
        yield visit, ask(client, visit)


def _look(found, finder, role, surface, text):
    found.answers += 1
    for canary in finder(text):
        found.seen[canary].add((role, surface))


def _compare(found, role, visit, one, other):
    if one != other and visit.label not in OWN_TERMS:
        texts = [zlib.decompress(packed).decode().splitlines() for packed in (one, other)]
        if visit.surface == "network" and sorted(texts[0]) == sorted(texts[1]):
            return  # partners with the same name are sorted by id
        only = [sorted(set(a) - set(b)) for a, b in (texts, reversed(texts))]
        found.differ.append((role, visit.name, only if any(only) else "the same lines in another order"))


def _read_emails(world, finder, found) -> dict[str, str]:
    """Search all emails for canaries. Returns the links in them, each with its recipient."""
    to_whom, links = world.to | {person.email: role for role, person in world.people.as_roles().items()}, {}
    for path in settings.MAIL_DIR.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        texts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        to = message["To"].addresses[0].addr_spec
        _look(found, finder, to_whom[to], "mail", f"{message.items()}{texts}")
        links |= dict.fromkeys(_LINK.findall(str(texts)), to_whom[to])
    return links
