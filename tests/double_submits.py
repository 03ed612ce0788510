"""Idempotency: every form that creates or sends something, sent twice, does it once.

`in_a_row` sends a form twice in this process. `at_once` sends it to a server from two connections of one person at the
same moment, and then restores the database. What a form creates is found by sending it once and rolling that back
(`tests.posting`).
"""

import io
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import Resolver404, resolve
from psycopg2.extras import execute_values

from partnerships.core import clock
from partnerships.directory.suggestions import suggest
from partnerships.models import Party, Round
from partnerships.web.frame.idempotency import FIELD
from tests import access
from tests.access_presses import PRESSES
from tests.people import make_people
from tests.posting import NEW, Sender, dump, touches
from tests.servers import free_port, wait_for
from tests.serving import Browser
from tests.snapshots import _all_rows
from tests.tampering import APART, FILLED_WITH, _forms, changed, edited_world, filled, pages_with_forms, settle
from tests.waiting import LIMIT, at_once
from tests.writes import MAY, allowed

ROLES = ("editor", "manager", "administrator", "partner", "member", "stranger", "link_holder", "anonymous")
# What each write leaves in addition to what it creates.
BESIDE = {"Change", "Tombstone"}
# The time of the latest choice: a page of a personal link saves the choice again.
SAID_AGAIN = {"at"}
# The trial computes a small network at once, and a server stores none of it (tests.tampering.edited_world).
NOT_SERVED = {"network"}
PRESSED = {route for _, names, _ in PRESSES for route in names}


def _before_the_yes(world):
    Party.objects.filter(pk=world["partner's seat"].pk).update(state="recorded")


def _while_partners_name(world):
    Round.objects.filter(pk=world["open round"].pk).update(
        answering_at=None, roll_closes_at=clock.now() + timedelta(days=3)
    )


def _proposed(world):
    fields = {"name": "Renters of Lake Street"}
    world.records["suggestion"] = suggest(
        by=world.people.stranger, kind="propose", office=world.people.office, fields=fields
    )


# Route → what has to be so before its form makes anything.
PREPARED = {"seat_invite": _before_the_yes, "round_name": _while_partners_name, "suggestion": _proposed}
# Routes that can make rows, and make none in this trial → why, or where a double post of them is tried.
NOT_TRIED = dict.fromkeys(
    ("account_follow_end", "measure_edit", "outcome_remove", "own_name", "own_place", "round_publish"),
    "changes or ends what is there",
)
NOT_TRIED |= {
    "account_erase": "ends its session",
    "person_erase": "an erased account has nothing left to erase",
    "import_columns": "remembers the columns of a file once for an office",
    "code": "tests/web/test_round_codes.py, tests/web/test_inviting.py",
    "mfa_activate_totp": "a code of an app is good once: tests/web/test_denial_of_sign_in.py",
}


@dataclass
class Case:
    """A form that is accepted with `data`, and `made`: model → number of rows that sending it once creates.

    `offered`: the names of all its fields.
    """

    route: str
    url: str
    role: str
    data: dict
    made: Counter
    offered: frozenset


@dataclass
class Count:
    tried: int = 0
    routes: set = field(default_factory=set)
    emails: int = 0
    wrong: list[str] = field(default_factory=list)


def routes() -> set[str]:
    """The routes that write, by the tables of these tests."""
    return (MAY.keys() | PRESSED) - APART


def creating() -> set[str]:
    """Those of them that may make rows. An undo makes again what was there; Django's own pages are its own."""
    own = {route for route in routes() if not route.endswith("_undo") and not route.startswith("admin:")}
    own -= {"undo_together", *NOT_TRIED}
    return {route for route in own if {sort for sort in allowed(route) if sort[0] == "+"} - {"+Draft"}}


def made_by(found) -> Counter:
    """Return model → number of created rows among these changes."""
    return Counter(model for model, pk in {(one.model, one.pk) for one in found if one.before == NEW})


def makes(sent) -> bool:
    """Whether the form created more than log entries: a row or an email."""
    return bool(made_by(sent.touches).keys() - BESIDE)


def cases(sender, only=(), is_meant=makes) -> list[Case]:
    """Find for each route the first form that does what is meant when it's sent filled in.

    Most forms are on the page of their own route. Forms with a single button are on pages that show a record: first
    those of the record that tests/access_presses.py names.
    """
    wanted = routes() & set(only) if only else routes()
    found, tried = {}, set()
    pages = [page for page in pages_with_forms(sender.world) if page.route in wanted]
    if wanted & PRESSED:
        named = {record for _, names, record in PRESSES if wanted & {*names}}
        pages += sorted(pages_with_forms(sender.world, (access.READ,)), key=lambda page: page.record not in named)
    for page in pages:
        if wanted <= found.keys():
            break
        for role in ROLES:
            if page.route in found:
                break
            for url, form in _forms(sender, role, page):
                route = _route(url)
                if route in wanted - found.keys() and (role, url, frozenset(form.fields)) not in tried:
                    tried.add((role, url, frozenset(form.fields)))
                    found |= {route: case} if (case := _case(sender, route, url, role, form, is_meant)) else {}
    return [found[route] for route in sorted(found)]


def _route(url):
    try:
        return resolve(url.partition("?")[0]).url_name
    except Resolver404:
        return ""


def _case(sender, route, url, role, form, is_meant):
    """Try the form with everything filled in, then with changed texts, then as it is.

    Returns the first that does what is meant.
    """
    choices = {name: one.values for name, one in form.fields.items() if one.kind == "radio" and one.values}
    more = FILLED_WITH.get(route, {})
    full = filled(form, sender.world) | choices | more
    for make in (
        lambda: settle(full, form, url, role, sender),
        lambda: changed(form) | more,
        lambda: form.values() | more,
    ):
        data = {name: value for name, value in make().items() if value is not None}
        sent = sender.send(role, url, data)
        if sent.answer.status_code in (200, 302) and is_meant(sent):
            return Case(route, url, role, data, made_by(sent.touches), frozenset(form.fields))
    return None


def in_a_row(sender, case, count) -> None:
    """The second post creates nothing, sends nothing, and redirects where the first one did."""

    def again(first):
        after = dump()
        _rewind(case.data)
        return after, sender.clients[case.role].post(case.url, case.data), dump()

    sent = sender.send(case.role, case.url, case.data, again)
    after, second, last = sent.seen
    _judge(case, count, "in a row", sent.touches and made_by(touches(sender.before, last)), [sent.answer, second])
    for one in touches(after, last):
        if one.field in SAID_AGAIN:
            continue
        count.wrong.append(f"{case.route} in a row: the second post changed {one.path}")


def _rewind(data):
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)


def _judge(case, count, way, made, answers):
    count.tried += 1
    count.routes.add(case.route)
    count.emails += case.made["Email"]
    twice = {model: (n, case.made[model]) for model, n in (made or {}).items() if n > case.made[model]}
    if made != case.made:
        count.wrong.append(f"{case.route} {way}: made {dict(made or {})} and not {dict(case.made)}; {twice}")
    for answer in answers:
        status = getattr(answer, "status_code", None) or answer.status
        if status not in (200, 302):
            count.wrong.append(f"{case.route} {way}: an answer is {status}")


# At the same moment, against a server


@contextmanager
def served():
    """Run the registry in a process of its own on this database. Yields its port."""
    port = free_port()
    command = [*(sys.executable, "-m", "gunicorn", "equity.wsgi:application", "--bind", f"127.0.0.1:{port}")]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "error"]
    server = subprocess.Popen(command)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(LIMIT)


def browsers(sender, role, port):
    """Two browsers of one person."""
    found = [Browser(port), Browser(port)]
    for one in found:
        one.cookies = {name: morsel.value for name, morsel in sender.clients[role].cookies.items()}
    return found


def both(sender, case, port, count) -> None:
    """Send one form from two connections at the same moment, and then restore the database."""
    kept, before = _all_rows(), dump()
    one, other = browsers(sender, case.role, port)
    token = "t" * 64  # the CSRF check wants the same in cookie and form
    data = case.data | {"csrfmiddlewaretoken": token}
    for browser in (one, other):
        browser.cookies[settings.CSRF_COOKIE_NAME] = token
    answers = at_once(lambda: _post(one, case.url, data), lambda: _post(other, case.url, data))
    try:
        broken = [answer for answer in answers if isinstance(answer, Exception)]
        if broken:
            count.wrong.append(f"{case.route} at once: {broken[0]!r}")
        else:
            _judge(case, count, "at once", made_by(touches(before, dump())), answers)
    finally:
        put_back(kept)
        one.close()
        other.close()


def _post(browser, url, data):
    fields = {name: _copy(value) for name, value in data.items()}
    body = encode_multipart(BOUNDARY, fields)
    return browser.ask("POST", url, body, **{"Content-Type": MULTIPART_CONTENT})


def _copy(value):
    if not hasattr(value, "seek"):
        return value
    value.seek(0)
    copy = io.BytesIO(value.read())
    copy.name, copy.content_type = value.name, getattr(value, "content_type", "text/plain")
    return copy


def put_back(kept) -> None:
    """Make the database hold these rows and no others. `kept`: rows as tests.snapshots reads them."""
    quote, is_postgres = connection.ops.quote_name, connection.vendor == "postgresql"
    now = _all_rows()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica" if is_postgres else "PRAGMA foreign_keys = OFF")
        with transaction.atomic():
            for table, (columns, rows) in kept.items():
                if rows == now[table][1]:
                    continue
                cursor.execute(f"DELETE FROM {quote(table)}")
                into = f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))}) VALUES "
                if rows and is_postgres:
                    execute_values(cursor.cursor, f"{into} %s", rows, page_size=1000)
                elif rows:
                    cursor.connection.executemany(f"{into} ({', '.join('?' * len(rows[0]))})", rows)
        cursor.execute("SET session_replication_role = DEFAULT" if is_postgres else "PRAGMA foreign_keys = ON")


def figure():
    """Return the result for bench/figures/qa26.py: each form sent both ways, on this process's database."""
    world, count, found = edited_world(make_people()), Count(), []
    with served() as port:
        found += _both_ways(world, count, port)
        for route, prepare in PREPARED.items():
            kept = _all_rows()
            prepare(world)
            found += _both_ways(world, count, port, [route])
            put_back(kept)
    return {
        "tried": count.tried,
        "routes": sorted(count.routes),
        "emails": count.emails,
        "wrong": count.wrong
        + [f"{case.route}: its form has no key" for case in found if FIELD not in case.data]
        + [f"{route}: nothing that we send makes anything" for route in sorted(creating() - count.routes)],
    }


def _both_ways(world, count, port, only=()):
    sender = Sender(world)
    found = cases(sender, only)
    for case in found:
        in_a_row(sender, case, count)
    for case in [case for case in found if case.route not in NOT_SERVED]:
        both(sender, case, port, count)
    return found
