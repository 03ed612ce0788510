"""Denial of sign-in (bench/figures/qa29.py): strangers flood the sign-in pages over HTTP.

It measures whether the person still gets in, and how many guesses of a burst are compared with a code. The server is
gunicorn with several processes on the data of this process, and bench.judged_app counts the comparisons. The stranger comes
from other networks, and from the person's own where that one may be flooded. After each flood, the person signs in in
every possible way.
"""

import email
import http.client
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.test import Client

from partnerships.accounts import member_actions
from partnerships.registry import inviting
from partnerships.web.account import sign_in
from tests import existence_timing
from tests.counts import forget_counts
from tests.factories import make_organization, make_partnership, make_person, party
from tests.passkeys import Passkey, passkey_options
from tests.people import make_people
from tests.servers import ROOT, free_port, wait_for
from tests.signing_in import app_code, is_signed_in, secret_on, type_code, wait_for_emails

AT_ONCE = 40
HOME = "192.0.2.7"  # the person's own network
APP, RECOVERY, STEP = "/account/second-step/app/", "/account/second-step/recovery/", "/sign-in/second-step/"
TOKEN = "0123456789abcdefghijklmnopqrstuv"  # the CSRF token in forms and cookies


# The server


@contextmanager
def server(**more):
    """Run gunicorn on the data of this process. Yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bench.judged_app", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "4", "--threads", "4", "--timeout", "120", "--backlog", "512"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(60)


class Stranger:
    """A browser over HTTP, from a network of its own."""

    def __init__(self, port, network):
        self.port, self.network, self.cookies = port, network, {"csrftoken": TOKEN}

    def post(self, path, **fields):
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": TOKEN} | fields))

    def get(self, path):
        return self._ask("GET", path)

    def _ask(self, method, path, body=None):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "X-Forwarded-For": self.network, "Host": "127.0.0.1"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            answer.read()
        finally:
            link.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status


def burst(tasks):
    """Run these functions at the same moment. Returns what each returned."""
    barrier = Barrier(len(tasks))

    def run(task):
        barrier.wait(60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def several(task, over):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(task, over))


def judged(what) -> int:
    file = Path(os.environ["JUDGED"])
    return file.read_text().split().count(what) if file.exists() else 0


# The person


def browser(network):
    """A browser of the person. It needs no server, since rate limits are counted in the database."""
    return Client(HTTP_X_FORWARDED_FOR=network)


def newest_code(address):
    """Return the code in the newest email to this address, from any process."""
    wait_for_emails()
    for path in sorted(Path(settings.MAIL_DIR).glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        message = email.message_from_bytes(path.read_bytes())
        code = re.search(rb"\b[B-Z]{4}-[B-Z]{4}\b", message.get_payload(0).get_payload(decode=True))
        if code and address in message["To"]:
            return code.group().decode()
    return ""


class Owner:
    """A person with an app, recovery codes and a passkey, and one without, each with their own browser."""

    def __init__(self):
        self.people = make_people()
        self.person, self.own = self.people.editor, browser(HOME)
        self.sign_in(self.own, self.person)
        self.secret = secret_on(self.own.get(APP))
        self.typed = [app_code(self.secret)]
        self.own.post(APP, {"code": self.typed[0]})
        self.recovery = re.findall(r"<code>(\d{8})</code>", self.own.get(RECOVERY).content.decode())
        self.passkey, page = Passkey(), "/account/second-step/passkeys/add/"
        made = self.passkey.made(passkey_options(self.own.get(page).content.decode()))
        self.own.post(page, {"name": "Laptop", "passwordless": "on", "credential": made})
        self.own.post("/sign-out/")
        self.plain, self.plain_own, self.made = make_person("plain@example.org"), browser(HOME), 0
        self.sign_in(self.plain_own, self.plain)
        self.plain_own.post("/sign-out/")

    def sign_in(self, client, person):
        client.post("/sign-in/", {"login": person.email})
        type_code(client, newest_code(person.email))

    def doors(self):
        """Return way of signing in → whether the person got in this way just now."""
        return {
            "a code in a new browser": self.new_browser,
            "a code in a known browser": self.known_browser,
            "an app's code in a known browser": self.app,
            "a recovery code in a known browser": self.recovery_code,
            "a passkey alone": self.alone,
            "a printed code": self.printed,
            "an emailed invitation": self.invitation,
        }

    def new_browser(self):
        client = browser("198.51.100.200")
        self.sign_in(client, self.plain)
        return is_signed_in(client)

    def known_browser(self):
        self.sign_in(self.plain_own, self.plain)
        got_in = is_signed_in(self.plain_own)
        self.plain_own.post("/sign-out/")
        return got_in

    def _second_step(self, code):
        self.sign_in(self.own, self.person)
        self.own.post(STEP, {"code": code})
        got_in = is_signed_in(self.own)
        self.own.post("/sign-out/")
        return got_in

    def app(self):
        while not (new := [code for code in (app_code(self.secret, n) for n in (-1, 0, 1)) if code not in self.typed]):
            time.sleep(1)  # each code works once, and a new one comes every 30 seconds
        self.typed.append(new[0])
        return self._second_step(new[0])

    def recovery_code(self):
        if not self.recovery:
            Authenticator.objects.filter(user=self.person, type=Authenticator.Type.RECOVERY_CODES).delete()
            self.recovery = RecoveryCodes.activate(self.person).generate_codes()
        return self._second_step(self.recovery.pop())

    def alone(self):
        page = "/sign-in/passkey/"
        options = self.own.get(page, headers={"accept": "application/json"}).json()
        self.own.post(page, {"credential": self.passkey.used(options)})
        got_in = is_signed_in(self.own)
        self.own.post("/sign-out/")
        return got_in

    def printed(self):
        self.made += 1
        office = self.people.office
        group = make_organization(f"Tenants {self.made}", "named", listing_source="A report", kept_by=office)
        rows = [party(office, "lead"), party(group, "member", circle="decides")]
        record = make_partnership(f"Homes {self.made}", lead=office, parties=rows, confirmed=False)
        seat = record.parties.select_related("partnership", "department").get(organization=group)
        _, code = inviting.print_code(party=seat, by=self.people.editor, source="The director, by phone")
        sent = {"code": code, "answer": "confirmed", "seen": "invited"}
        answer = browser("198.51.100.200").post("/code/", sent)
        seat.refresh_from_db()
        return answer.status_code == 200 and seat.state == "confirmed"

    def invitation(self):
        """Follow the link of an invitation, sign in, and arrive where it's accepted."""
        self.made += 1
        body = make_organization(f"Voices {self.made}", "unlisted")
        member_actions.invite(by=self.people.administrator, body=body, address=self.plain.email, role="reader")
        invitation = body.invitations.get()
        self.sign_in(self.plain_own, self.plain)
        self.plain_own.post(f"/invitations/{invitation.pk}/", {"answer": "accept"})
        self.plain_own.post("/sign-out/")
        return body.memberships.filter(person=self.plain).exists()


# The floods


def floods(port, owner):
    """Return name → a function that floods and returns the statuses of the answers."""
    address, plain = owner.person.email, owner.plain.email

    def from_everywhere():
        asks = [(f"203.0.0.{n}", one) for n in range(60) for one in (address, plain)]
        return several(lambda ask: Stranger(port, ask[0]).post("/sign-in/", login=ask[1]), asks)

    def from_the_own_network():
        others = [f"many{n}@example.org" for n in range(70)]
        return several(lambda other: Stranger(port, HOME).post("/sign-in/", login=other), others)

    def guesses():
        def guess(n):
            one = Stranger(port, f"203.1.0.{n}")
            one.post("/sign-in/", login=(address, plain)[n % 2])
            return [one.post("/sign-in/code/", code="BBBB-BBBB") for _ in range(6)][-1]

        return several(guess, range(30))

    def second_steps():
        """Guesses by someone who can read the person's email."""
        thief = at_second_step(port, owner, "203.2.0.1")
        return [thief.post(STEP, code="135790") for _ in range(40)]

    def printed_codes():
        return several(lambda n: Stranger(port, "203.3.0.1").post("/code/", code="ABCD-EFGH-JKMN"), range(70))

    def passkeys():
        return several(lambda n: Stranger(port, HOME).post("/sign-in/passkey/", credential="x"), range(130))

    return {
        "asks for the address from everywhere": from_everywhere,
        "asks for others from the own network": from_the_own_network,
        "guesses of codes": guesses,
        "guesses of the second step": second_steps,
        "guesses of printed codes": printed_codes,
        "passkeys from the own network": passkeys,
    }


def at_second_step(port, owner, network):
    """Return a stranger's browser at the second step, after entering the code from the email as soon as it came."""
    thief = Stranger(port, network)
    for _ in range(4):  # one request for a code allows five tries
        thief.post("/sign-in/", login=owner.person.email)
        time.sleep(1.5)
        thief.post("/sign-in/code/", code=newest_code(owner.person.email))
        if thief.get(STEP) == 200:
            return thief
        thief.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    raise TimeoutError("the code did not come")


# The figure


def figure(redis):
    """Return the result with a cache in each process, and with Redis for all processes."""
    os.environ["JUDGED"] = str(settings.VAR_DIR / "judged")
    sign_in.A_MOMENT = 0
    owner, found = Owner(), {"doors": 0, "tried": 0, "judged": {}, "wrong": []}
    for name, cache in (("local caches", ""), ("Redis", redis)):
        forget_counts()
        with server(CACHE_URL=cache) as port:
            _attack(port, owner, found, name)
    return found | {"apart": existence_timing.figure(owner.people)}


def _attack(port, owner, found, name):
    for flood, run in floods(port, owner).items():
        answers = sorted(set(run()))
        for door, get_in in owner.doors().items():
            found["doors"] += 1
            found["tried"] += 1
            if not get_in():
                found["wrong"].append(f"{name}, after {flood}: {door} stays shut ({answers})")
        print(f"{name}, {flood}: {answers}; {found['wrong']}")
    for what, (most, tasks, of) in bursts(port, owner).items():
        before = judged(of)
        burst(tasks)
        count = judged(of) - before
        found["judged"][what] = max(count, found["judged"].get(what, 0))
        found["tried"] += len(tasks)
        if not 0 < count <= most:
            found["wrong"].append(f"{name}, {what}: {count} of {len(tasks)} judged, {most} at most")


def bursts(port, owner):
    """Return what is guessed → (how many guesses may be compared, the tries, the word for it in the file of bench.judged_app)."""
    forget_counts()
    one = Stranger(port, "203.4.0.1")
    one.post("/sign-in/", login=owner.person.email)
    found = {"a code": (5, [lambda: one.post("/sign-in/code/", code="BBBB-BBBB")] * AT_ONCE, "code")}
    thieves = [at_second_step(port, owner, f"203.5.0.{n}") for n in range(4)]
    steps = [lambda thief=thief: thief.post(STEP, code="135790") for thief in thieves * (AT_ONCE // 4)]
    found["a second step, from four browsers"] = (5, steps, "app")
    found["printed codes of a network"] = (
        60,
        [lambda: Stranger(port, "203.6.0.1").post("/code/", code="ABCD-EFGH-JKMN")] * 2 * AT_ONCE,
        "printed",
    )
    return found
