"""QR10: how late emails and sign-in codes are while the documents of many partnerships are rebuilt.

The load lasts SECONDS: A_SECOND emails come due each second, CODES_A_SECOND people ask for a sign-in code on the pages,
and all of PARTNERSHIPS documents are marked as outdated again as soon as they are rebuilt. The mail server takes
REPLY_TIME seconds for each email. PostgreSQL runs with gunicorn, a worker, a beat and Redis. After two thirds of the
time, the worker is killed with kill -9 and another one takes over. SQLite runs with the single process of `manage.py
serve`.
"""

import contextlib
import http.client
import subprocess
import sys
import threading
import time
from urllib.parse import urlencode

from tests import servers
from tests.chaos import brokers, deployment
from tests.chaos.browsers import TOKEN
from tests.start.running import Registry

SECONDS, A_SECOND, CODES_A_SECOND, PARTNERSHIPS, REPLY_TIME = 180, 10, 2, 300, 0.02
BEGINS = 15  # seconds until the first email is due
LEASE_AND_MORE = 240


def on_postgres():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        database = stack.enter_context(servers.postgres(home))
        email = stack.enter_context(servers.smtp_sink(home, REPLY_TIME))
        redis = stack.enter_context(brokers.running(brokers.Redis, home))
        registry = stack.enter_context(deployment.running(home, database, email, redis.url))
        registry.call("tests.chaos.lateness:prepare")
        registry.pages()
        worker = registry.worker()
        registry.beat()

        def crash():
            registry.end(worker)
            registry.worker()

        found = _under_load(registry, crash)
        registry.wait_until_sent(LEASE_AND_MORE)
        again = "SELECT message_id FROM partnerships_letter WHERE attempts > 1 OR is_ambiguous"
        return found | _emails(registry, {message_id for (message_id,) in registry.ask(again)})


def on_sqlite():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        (home / "var").mkdir()
        database = f"sqlite:///{home}/var/registry.sqlite3"
        email = stack.enter_context(servers.smtp_sink(home, REPLY_TIME))
        registry = deployment.Deployment(home, database, email, "memory://localhost/")
        registry.call("tests.chaos.lateness:prepare")
        names = ("DATABASE_URL", "EMAIL_URL", *deployment.LIMITS)
        pages = Registry(home / "var", SAMPLE="no", **{name: registry.environment[name] for name in names})
        stack.callback(pages.process.kill)
        pages.wait_for("/healthz", 120)
        registry.port = pages.port
        found = _under_load(registry, lambda: None)
        time.sleep(20)
        return found | _emails(registry, set())


def _under_load(registry, crash):
    registry.due = registry.call("tests.chaos.ground:plan_emails", A_SECOND * SECONDS, BEGINS, SECONDS)
    busy = [sys.executable, "-m", "bench.trials", "tests.chaos.lateness:outdate_again_and_again", str(SECONDS + BEGINS)]
    storm = subprocess.Popen(busy, cwd=servers.ROOT, env=registry.environment, stdout=subprocess.PIPE, text=True)
    time.sleep(max(0, min(registry.due.values()) - time.time()))
    asked, threads = {}, []
    for n in range(SECONDS * CODES_A_SECOND):
        if n == SECONDS * CODES_A_SECOND * 2 // 3:
            threading.Thread(target=crash).start()
        threads.append(threading.Thread(target=_ask_for_a_code, args=(registry.port, n, asked)))
        threads[-1].start()
        time.sleep(1 / CODES_A_SECOND)
    for thread in threads:
        thread.join()
    rounds = int(storm.communicate(timeout=120)[0].splitlines()[-1])
    time.sleep(10)
    came = {}
    for line in registry.accepted.read_text().splitlines():
        _, recipient, moment, _ = line.split("\t")
        came.setdefault(recipient, float(moment))
    waits = sorted(came.get(address, float("inf")) - moment for address, moment in asked.items())
    quick = sum(wait <= 10 for wait in waits)
    return {"codes": len(waits), "codes in 10 s": quick, "slowest code": round(waits[-1], 1), "made anew": rounds}


def _emails(registry, after_a_crash):
    moments = registry.moments()
    late = {one: moments.get(one, float("inf")) - due for one, due in registry.due.items()}
    usual = sorted(wait for one, wait in late.items() if one not in after_a_crash)
    crashed = sorted(wait for one, wait in late.items() if one in after_a_crash)
    return {
        "emails": len(late),
        "p99": round(usual[int(len(usual) * 0.99)], 1),
        "latest": round(usual[-1], 1),
        "after the crash": len(crashed),
        "latest of them": round(crashed[-1], 1) if crashed else 0,
    }


def _ask_for_a_code(port, n, asked):
    address = f"reader{n}@example.org"
    headers = {"Cookie": f"csrftoken={TOKEN}", "X-Forwarded-For": f"198.51.100.{n % 250}"}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    asked[address] = time.time()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.suppress(OSError, http.client.HTTPException):
        link.request("POST", "/sign-in/", urlencode({"login": address, "csrfmiddlewaretoken": TOKEN}), headers)
        link.getresponse().read()
    link.close()


# For bench.trials, in separate processes.


def prepare():
    from tests.factories import make_jurisdiction, make_organization, make_partnership, make_person, party

    for n in range(SECONDS * CODES_A_SECOND):
        make_person(f"reader{n}@example.org")
    office, group = make_jurisdiction("Office of the load"), make_organization("Shown by all", "profiled")
    for n in range(PARTNERSHIPS):
        make_partnership(f"Work {n}", lead=office, parties=[party(office, "lead"), party(group, "member")])


def outdate_again_and_again(seconds):
    """Mark all documents as outdated whenever they have been rebuilt. Returns how often they were."""
    from django.db import DatabaseError, transaction

    from partnerships.core.models import Outdated
    from partnerships.models import Partnership
    from partnerships.registry import publication

    ids = list(Partnership.objects.values_list("pk", flat=True))
    rounds, ends = 0, time.monotonic() + float(seconds)
    while time.monotonic() < ends:
        with contextlib.suppress(DatabaseError):
            if not Outdated.objects.exists():
                with transaction.atomic():
                    publication.mark_outdated(ids)
                rounds += 1
        time.sleep(0.2)
    return rounds
