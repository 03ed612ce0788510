"""QI4: a receiver of webhooks that is slow, flapping, redirecting, down, and killed and restarted, while records change.

Two workers plan and send with the task that production runs, and one of them is killed now and then. The clock is moved
instead of waited for, and only while no worker is at work: to a worker that moved ahead alone, the lease of another one
would seem to have expired. For bench.trials.
"""

import contextlib
import fcntl
import itertools
import json
import mmap
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.urls import reverse

from partnerships import tasks
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import Change, Membership
from partnerships.notifications.choices import NewsKind
from partnerships.registry.actions import save_partnership
from partnerships.webhooks import actions
from tests.chaos import ground
from tests.chaos.receiver import LISTENS, MOODS
from tests.factories import make_jurisdiction, make_partnership, make_person, party
from tests.servers import ROOT, free_port
from tests.waiting import until

RECORDS, WORKERS, TURN = 6, 2, 5  # partnerships, processes, changes a turn
MOVES = (31, 31, 300, 1800)  # seconds by which the clock may move after a turn
DRAIN, DRAINS = 3600, 72  # seconds by which it moves after the last change, and how often at most
NEW_SECRET = 3  # moods before the secret is replaced
KILLS = 0.2  # the share of turns in which a worker is killed


def figure(events, seconds, turns_a_mood="5"):
    """Change records this many times over about this many seconds. Returns what went wrong, and what was tried."""
    settings.SHARED_CLOCK = False  # PostgreSQL's own clock can't be moved
    with contextlib.ExitStack() as stack:
        moved = stack.enter_context(time_machine.travel(datetime.now(UTC), tick=True))
        receiver = stack.enter_context(Receiver(Path(settings.VAR_DIR)))
        office = make_jurisdiction()
        records = [make_partnership(f"Work {n}", lead=office, parties=[party(office, "lead")]) for n in range(RECORDS)]
        hook = _add_webhook(office, receiver)
        reverse("webhook", args=[hook.pk])  # loads all that a worker needs, so that a forked one doesn't have to
        crew = stack.enter_context(Crew(Path(settings.VAR_DIR) / "at-work", moved, receiver))
        first = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]
        _change(int(events), float(seconds), int(turns_a_mood), records, receiver, crew, hook)
        receiver.be("works")
        _drain(crew, hook)
        stack.close()
        tried = {"workers killed": crew.kills, "restarts": receiver.restarts}
        return _judge(receiver, hook, first) | {"crashed": crew.crashed} | tried


def _add_webhook(office, receiver):
    manager = make_person("manager@example.org")
    Membership.objects.create(person=manager, jurisdiction=office, role="manager")
    fields = {"name": "Hook", "url": receiver.url, "format": "registry", "reach": "own", "rights": "public"}
    hook, secret = actions.add_webhook(by=manager, body=office, fields=fields | {"kinds": NewsKind.values})
    receiver.orders["secrets"].append((secret, 0))
    receiver.be("works")
    return hook


def _change(events, seconds, turns_a_mood, records, receiver, crew, hook):
    """Change the records, turn by turn and under one mood after another."""
    turns, moods, began = -(-events // TURN), itertools.cycle(MOODS), time.monotonic()
    for turn in range(turns):
        if turn % turns_a_mood == 0:
            receiver.be(next(moods))
        if turn == NEW_SECRET * turns_a_mood:
            _replace_secret(hook, receiver, crew)
        for n in range(turn * TURN, min((turn + 1) * TURN, events)):
            record = random.choice(records)
            fields = {"status": "active" if record.status == "paused" else "paused", "summary": f"Words {n}"}
            save_partnership(partnership=record, by=SYSTEM, fields=fields)
            record.refresh_from_db()
        if random.random() < KILLS:
            crew.replace_one()
        time.sleep(max(0, began + seconds * (turn + 1) / turns - time.monotonic()))
        receiver.revive()
        crew.move(random.choice(MOVES))


def _replace_secret(hook, receiver, crew):
    """The receiver wants a signature of each secret in all messages that are signed from the next second on.

    What was signed before can be read after that, so no worker is at work, and a killed one's message has its time.
    """
    hook.refresh_from_db()
    with crew.paused():
        _, secret = actions.replace_secret(by=hook.by, webhook=hook, overlap_days=7)
        receiver.orders["secrets"].append((secret, int(clock.now().timestamp()) + 1))
        receiver.order()


def _drain(crew, hook):
    """Let the workers work and move the clock until nothing waits, for as long as the registry tries."""
    for _ in range(DRAINS):
        crew.move(DRAIN)
        crew.let_work()
        if not hook.deliveries.filter(state="waiting").exists():
            return


def _judge(receiver, hook, first):
    """Compare what the receiver kept with the changes that were made."""
    changes = {f"msg_{row.message_id.hex}": row.subject_id for row in hook.deliveries.all()}
    made = Change.objects.filter(pk__gt=first, record_type="partnership").values_list("pk", flat=True)
    lines = receiver.lines()
    taken = {changes.get(line["id"]) for line in lines if line["status"] == 200 and line["path"] == receiver.path}
    latest, back = {}, 0
    for line in lines:
        # The order by the registry's own log, and by what a receiver knows of it.
        place = (changes.get(line["id"], 0), line["timestamp"])
        before = latest.setdefault(line["record"], place)
        back += place[0] < before[0] or place[1] < before[1]
        latest[line["record"]] = place
    return {
        "events": len(made),
        "lost": len(set(made) - taken),
        "not settled": hook.deliveries.exclude(state="sent").count(),
        "out of order": back,
        "wrong signature": sum(not line["is_ours"] for line in lines),
        "redirects followed": sum(line["path"] != receiver.path for line in lines) + receiver.strays,
        "unknown": sum(line["id"] not in changes for line in lines),
        "requests": len(lines),
        "came twice": sum(n > 1 for n in Counter(line["id"] for line in lines).values()),
        "moods": dict(Counter(line["mood"] for line in lines)),
    }


class Receiver:
    """The process of tests.chaos.receiver, with what it is told and what it keeps."""

    path = "/hook"

    def __init__(self, home):
        self.folder, self.port, self.process, self.restarts, self.strays = home / "receiver", free_port(), None, 0, 0
        self.url = f"https://127.0.0.1:{self.port}{self.path}"
        self.elsewhere = socket.create_server(("127.0.0.1", 0))
        there = f"http://127.0.0.1:{self.elsewhere.getsockname()[1]}/"
        self.orders = {"mood": "works", "secrets": [], "ahead": [0, 0], "elsewhere": there}
        self.folder.mkdir(parents=True)
        os.environ["SSL_CERT_FILE"] = _certificate(self.folder / "receiver.pem")  # the registry trusts it

    def __enter__(self):
        threading.Thread(target=self._count_strays, daemon=True).start()
        return self

    def __exit__(self, *problem):
        self._kill()

    def _count_strays(self):
        while True:
            self.elsewhere.accept()[0].close()
            self.strays += 1

    def order(self):
        new = self.folder / "orders.new"
        new.write_text(json.dumps(self.orders))
        new.replace(self.folder / "orders")

    def be(self, mood):
        self.orders["mood"] = mood
        self.order()
        if mood == "down":
            self._kill()
        else:
            self.revive()

    def revive(self):
        """Start it again if it was killed, unless it is down."""
        if self.orders["mood"] == "down" or (self.process and self.process.poll() is None):
            return
        self.restarts += self.process is not None
        self._kill()
        command = [sys.executable, "-m", "tests.chaos.receiver", str(self.port), str(self.folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        # It says that it listens: a receiver that dies of its first request may be gone before a connection could tell.
        line = self.process.stdout.readline()
        assert line == LISTENS, f"the receiver ended before it listened: {line!r}"

    def _kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def lines(self):
        """What it kept, without a line that was cut off by a kill."""
        text = (self.folder / "received").read_text()
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Crew:
    """Workers as forked processes, which share a clock that only moves while none of them is at work."""

    def __init__(self, lock, moved, receiver):
        self.moved, self.receiver, self.kills, self.crashed = moved, receiver, 0, 0
        self.lock, self.path = lock.open("w"), lock
        self.shared = mmap.mmap(-1, 8 * (2 + WORKERS))  # seconds ahead, whether to wait, rounds of each worker
        self.numbers = memoryview(self.shared).cast("d")
        self.children = {}

    def __enter__(self):
        for place in range(WORKERS):
            self.children[place] = ground.fork(lambda place=place: self._work(place))
        return self

    def __exit__(self, *problem):
        for place in range(WORKERS):
            self._kill(place)

    def _kill(self, place):
        os.kill(self.children[place], signal.SIGKILL)
        self.crashed += ground.wait(self.children[place]) != -signal.SIGKILL

    def _work(self, place):
        with self.path.open("w") as lock:
            while True:
                while self.numbers[1]:
                    time.sleep(0.01)
                fcntl.flock(lock, fcntl.LOCK_SH)
                self._look_at_the_clock()
                tasks.send_webhooks()
                self.numbers[2 + place] += 1
                fcntl.flock(lock, fcntl.LOCK_UN)
                time.sleep(0.02)

    def _look_at_the_clock(self):
        self.moved.move_to(time_machine.escape_hatch.time.time() + self.numbers[0])

    @contextlib.contextmanager
    def paused(self):
        """No worker is at work within this block."""
        self.numbers[1] = 1
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        yield
        self.numbers[1] = 0
        fcntl.flock(self.lock, fcntl.LOCK_UN)

    def move(self, seconds):
        """Move the clock of everyone by this many seconds."""
        with self.paused():
            self.numbers[0] += seconds
            self._look_at_the_clock()
            self.receiver.orders["ahead"] = [self.numbers[0] - seconds, self.numbers[0]]
            self.receiver.order()

    def let_work(self):
        """Return when each worker has sent all that was due."""
        wanted = [rounds + 2 for rounds in self.numbers[2:]]
        until(lambda: all(has >= wants for has, wants in zip(self.numbers[2:], wanted, strict=True)))

    def replace_one(self):
        """Kill a worker, whatever it is doing, and start another."""
        place = random.randrange(WORKERS)
        self._kill(place)
        self.kills += 1
        self.children[place] = ground.fork(lambda: self._work(place))


def _certificate(path):
    """Write a key and a certificate of its own for 127.0.0.1, and return the path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Receiver of a trial")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    real = datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(real - timedelta(days=1)).not_valid_after(real + timedelta(days=1))
    built = built.add_extension(names, critical=False).sign(key, hashes.SHA256())
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, *form)
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return str(path)
