"""Everything that may be done only so often: what passes, what is refused, and whether Retry-After holds.

Each limit is tried as somebody meets it: sent until it is refused, at times that lie apart; then two seconds before the time
that Retry-After named (still refused) and at that time (it passes). A page keeps what was typed; the API answers with a
problem of RFC 9457.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import time_machine
from allauth.account import app_settings
from allauth.core.internal.ratelimit import get_rates
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partnerships.accounts import claims
from partnerships.accounts.token_actions import make_token
from partnerships.models import Claim
from tests.make import make_organization, make_person
from tests.people import make_people
from tests.signing_in import ask, code_for, is_signed_in, secret_on, shown, type_code

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WRONG = "BBBB-BBBB"
APP = "/account/second-step/app/"


@dataclass
class Limit:
    """`send(n)` does it once more; `most` times pass, `gap` seconds apart. `typed` stands in the page of a refusal."""

    name: str
    send: object
    most: int
    passes: int = 200
    typed: str = ""
    gap: float = 1
    then: object = None  # what is asked when all is tried: sentences on what went wrong


class Trial:
    def __init__(self, limit, traveller):
        self.limit, self.traveller, self.sent, self.wrong = limit, traveller, 0, []

    def run(self, rounds):
        passed = self._until_refused()
        if passed != self.limit.most:
            self._say(f"{passed} passed, not {self.limit.most}")
        for _ in range(rounds):
            wait = self._refused(self._send())
            if wait > 2:
                self.traveller.shift(wait - 2)
                if self._send().status_code != 429:
                    self._say(f"passes before the {wait} seconds are over")
                self.traveller.shift(2)
            else:
                self.traveller.shift(wait)
            if self._send().status_code != self.limit.passes:
                self._say(f"does not pass after {wait} seconds")
            self._until_refused()
        self.wrong += [f"{self.limit.name}: {words}" for words in (self.limit.then() if self.limit.then else ())]
        return self

    def _until_refused(self):
        for passed in range(self.limit.most + 1):
            answer = self._send()
            if answer.status_code != self.limit.passes:
                self._refused(answer)
                return passed
            self.traveller.shift(self.limit.gap)
        return self.limit.most + 1

    def _send(self):
        self.sent += 1
        return self.limit.send(self.sent)

    def _refused(self, answer) -> int:
        """The seconds that it says to wait; notes what is not as it should be."""
        wait = answer.get("Retry-After", "")
        if answer.status_code != 429 or not wait.isdigit() or int(wait) < 1:
            self._say(f"answers {answer.status_code} with Retry-After “{wait}”")
            return 1
        text = answer.content.decode()
        if answer["Content-Type"] == "application/problem+json":
            found = json.loads(text)
            if (
                (found["status"], found["code"]) != (429, "too_many_requests")
                or not found["title"]
                or not found["type"]
            ):
                self._say(f"is no such problem: {text}")
        elif self.limit.typed not in text or ", then try again." not in text:
            self._say("loses what was typed, or does not say how long to wait")
        return int(wait)

    def _say(self, words):
        self.wrong.append(f"{self.limit.name}: {words}")


def most_of(action, per):
    """How many pass by ACCOUNT_RATE_LIMITS: per “ip” or “key”, the shortest time."""
    rates = get_rates(app="allauth.account", action=action, config=app_settings.RATE_LIMITS)
    return min((rate for rate in rates if rate.per == per), key=lambda rate: rate.duration).amount


def codes_for_an_address():
    most = most_of("request_login_code", "key")
    return Limit("", lambda n: ask(Client(), "one@example.org"), most, 302, "one@example.org", gap=31)


def codes_in_a_day():
    a_day = max(get_rates(app="allauth.account", action="request_login_code"), key=lambda rate: rate.duration)
    gap = 1 + 600 / most_of("request_login_code", "key")
    return Limit("", lambda n: ask(Client(), "day@example.org"), a_day.amount, 302, "day@example.org", gap=gap)


def codes_for_a_network():
    most = most_of("request_login_code", "ip")
    return Limit("", lambda n: ask(Client(), f"many{n}@example.org"), most, 302, "@example.org", gap=2)


def tries_in_a_network():
    """Others of the network type wrong codes until nobody there may; the right code of one of them still holds after it."""
    most, waiting = most_of("try_login_code", "ip"), []

    def send(n):
        if n % 4 == 1:  # four wrong codes leave a code alive
            waiting.append(Client())
            typist = f"typist{len(waiting)}@example.org"
            ask(waiting[-1], typist, REMOTE_ADDR=f"198.51.100.{len(waiting) % 250}")
        return type_code(waiting[-1], WRONG)

    def then():
        mine = Client()
        code = code_for(mine, settings, "mine@example.org", REMOTE_ADDR="198.51.100.251")
        sent = 0
        while send(1 + sent % 4).status_code != 429:
            sent += 1
        first = type_code(mine, code)
        if (first.status_code, is_signed_in(mine), code in first.content.decode()) != (429, False, True):
            yield f"the right code is answered {first.status_code} while the network has to wait"
        traveller.shift(int(first.get("Retry-After", 1)))
        type_code(mine, code)
        if not is_signed_in(mine):
            yield "the right code is lost by the wait"

    traveller = Travelling.now
    return Limit("", send, most, 200, WRONG, then=then)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def enrolled(person):
    """The person has an app from now on; a browser of theirs in which the app's code was not typed yet."""
    first = signed_in(person)
    first.post(APP, {"code": shown(secret_on(first.get(APP)))})
    cache.clear()
    return person


def at_second_step(person):
    client = Client()
    type_code(client, code_for(client, settings, person.email))
    return client


def second_step(people):
    client = at_second_step(enrolled(people.editor))
    most = most_of("login_failed", "key")
    return Limit("", lambda n: client.post("/sign-in/second-step/", {"code": "135790"}), most, 200, "135790", gap=7)


def second_steps():
    """Several people of one network, so many that none of them types too often."""
    most, each = most_of("login_failed", "ip"), most_of("login_failed", "key") - 1
    others = [enrolled(make_person(f"step{n}@example.org")) for n in range(most // each + 10)]
    clients = [at_second_step(person) for person in others]
    page, typed = "/sign-in/second-step/", {"code": "135791"}
    return Limit("", lambda n: clients[n // each % len(clients)].post(page, typed), most, 200, "135791")


def setting_up(people):
    client = signed_in(people.stranger)
    client.get(APP)
    return Limit("", lambda n: client.post(APP, {"code": "135792"}), most_of("login_failed", "key"), 200, "135792")


def once_again(people):
    client = signed_in(enrolled(people.department))
    page = "/account/again/"
    return Limit("", lambda n: client.post(page, {"code": "135793"}), most_of("login_failed", "key"), 200, "135793")


def passkeys_alone():
    most = most_of("passkey", "ip")
    return Limit("", lambda n: Client().post("/sign-in/passkey/", {"credential": "x"}), most, 302, gap=2)


def provider():
    """One that does not answer: asking it is what is counted."""
    settings.OIDC = {"name": "Office", "issuer": "https://127.0.0.1:1", "id": "registry", "secret": "x"}
    return Limit("", lambda n: Client().post("/sign-in/provider/"), most_of("provider", "ip"), 503, gap=2)


def suggestions(page, people):
    rate = get_rates(app="allauth.account", action="suggest")[0]
    typed = {"words": "Typed with care", "kind": "correct", "name": "A new name", "office": people.office.pk}

    def send(n):
        # Each about another organization: of those that wait, too, there may be only so many for one.
        where = (
            make_organization(f"Group {n}", "profiled", kept_by=people.office).public_id if page == "suggest" else ""
        )
        return Client().post(f"/organizations/{where}{'/' if where else ''}{page}/", typed)

    return Limit("", send, rate.amount, 302, "Typed with care", gap=61)


def claims_with(people, person, content):
    client = signed_in(person)

    def send(n):
        for waiting in Claim.objects.filter(person=person, state="pending"):
            claims.withdraw_claim(claim=waiting, by=person)
        group = make_organization(f"Group {n}", "profiled", kept_by=people.office)
        typed = {"position": "Director", "evidence": "Typed with care"}
        if content:
            typed["file"] = SimpleUploadedFile("proof.txt", content)
        return client.post(f"/organizations/{group.public_id}/claim/", typed)

    return Limit("", send, claims.MOST_A_DAY, 302, "Typed with care", gap=301)


def api(client, most, passes=200):
    pages = ("/api/v1/", "/api/v1/partnerships/", "/api/v1/organizations/", "/api/v1/jurisdictions/")
    return Limit("", lambda n: client.get(pages[n % len(pages)]), most, passes, gap=20 / most)


def _token_of(person):
    return make_token(by=person, name="Copy", days=90)[1]


def _by(secret):
    return Client(headers={"authorization": f"Bearer {secret}"})


# Name → what sets the stage at NOON and gives the Limit.
LIMITS = {
    "codes for an address": lambda people: codes_for_an_address(),
    "codes for an address in a day": lambda people: codes_in_a_day(),
    "codes for a network": lambda people: codes_for_a_network(),
    "tries of codes in a network": lambda people: tries_in_a_network(),
    "second step": second_step,
    "second step in a network": lambda people: second_steps(),
    "setting up an app": setting_up,
    "the app's code again": once_again,
    "passkeys alone": lambda people: passkeys_alone(),
    "the way to the provider": lambda people: provider(),
    "suggestions": lambda people: suggestions("suggest", people),
    "proposals": lambda people: suggestions("missing", people),
    "claims": lambda people: claims_with(people, people.stranger, None),
    "uploads": lambda people: claims_with(people, people.other_editor, b"I am on its board."),
    "API, a stranger": lambda people: api(Client(), settings.API_RATE_ANONYMOUS),
    "API, a token that does not hold": lambda people: api(_by("reg_guess"), settings.API_RATE_ANONYMOUS, 401),
    "API, a person": lambda people: api(signed_in(people.editor), settings.API_RATE_PERSON),
    "API, a token": lambda people: api(_by(_token_of(people.partner)), settings.API_RATE_PERSON),
}
NAMES = tuple(LIMITS)


class Travelling:
    now = None  # the traveller of the trial that runs


def attempt(name, people, rounds=2) -> Trial:
    """Tries one of the limits."""
    cache.clear()
    with time_machine.travel(NOON, tick=False) as traveller:
        Travelling.now = traveller
        limit = LIMITS[name](people)
        limit.name = name
        return Trial(limit, traveller).run(rounds)


def a_code_ends_after_its_tries():
    """(tries, sentences): after five wrong ones the code is over, and a new one may be asked for at once."""
    cache.clear()
    client = Client()
    old, wrong, tries = code_for(client, settings, "five@example.org"), [], most_of("try_one_code", "key")
    ends = [type_code(client, WRONG) for _ in range(tries)]
    if [answer.status_code for answer in ends] != [200] * (tries - 1) + [302] or ends[-1]["Location"] != "/sign-in/":
        wrong.append("one code: does not end after its tries")
    if "Too many tries with this code. Ask for a new one." not in client.get("/sign-in/").content.decode():
        wrong.append("one code: nobody says that it is over")
    type_code(client, old)
    if is_signed_in(client):
        wrong.append("one code: still signs in")
    type_code(client, code_for(client, settings, "five@example.org"))
    if not is_signed_in(client):
        wrong.append("one code: a new one does not sign in")
    return tries + 2, wrong


def figure():
    """For bench/figures/qa19.py."""
    from partnerships.web.account import sign_in

    sign_in.A_MOMENT = 0
    people = make_people()
    trials = [attempt(name, people, rounds=5) for name in LIMITS]
    tries, wrong = a_code_ends_after_its_tries()
    return {
        "limits": len(trials) + 1,
        "tried": sum(trial.sent for trial in trials) + tries,
        "wrong": sum((trial.wrong for trial in trials), wrong),
    }
