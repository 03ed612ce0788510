"""Rate limits: what passes, what is refused, and whether Retry-After is right.

Each limit is tried as people meet it: requests with pauses until one is refused, then one two seconds before the time
in Retry-After (still refused), and one at that time (it passes). A page keeps what was typed, and the API answers with
a problem document of RFC 9457.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex

import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partnerships.accounts import claims
from partnerships.accounts.token_actions import make_token
from partnerships.core.rate_limits import rates
from partnerships.models import Claim, Suggestion
from tests.counts import forget_counts
from tests.factories import make_organization, make_person
from tests.people import make_people
from tests.signing_in import app_code, ask, code_for, is_signed_in, secret_on, type_code

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WRONG = "BBBB-BBBB"
APP = "/account/second-step/app/"


@dataclass
class Limit:
    """A rate limit, and how to reach it.

    `send(n)` sends the n-th request. `most` requests pass, `gap` seconds from each other, with the status `passes`. The
    page of a refused request must contain `typed`.
    """

    name: str
    send: object
    most: int
    passes: int = 200
    typed: str = ""
    gap: float = 1
    then: object = None  # called at the end: returns sentences on what went wrong


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
        """Return the seconds in Retry-After, and note what is wrong with a refusal."""
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

    def _say(self, problem):
        self.wrong.append(f"{self.limit.name}: {problem}")


def most_of(limit):
    """How many requests one of settings.RATE_LIMITS allows in its shortest period."""
    return min(rates(settings.RATE_LIMITS[limit]), key=lambda rate: rate.seconds).most


def codes_for_a_network():
    most = most_of("code_asked/network")
    return Limit("", lambda n: ask(Client(), f"many{n}@example.org"), most, 302, "@example.org", gap=2)


def codes_in_a_browser(people):
    client = known_browser(people.editor.email)
    return Limit("", lambda n: ask_again(client), most_of("code_asked/browser"), 302, people.editor.email, gap=2)


def codes_in_a_browser_in_a_day(people):
    client, (short, a_day) = known_browser(people.editor.email), rates(settings.RATE_LIMITS["code_asked/browser"])
    gap = 1 + short.seconds / short.most
    return Limit("", lambda n: ask_again(client), a_day.most, 302, people.editor.email, gap=gap)


def ask_again(client):
    """Ask for a code again in the same browser, without the session that it had started."""
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    return ask(client, "editor@example.org")


def known_browser(address):
    """A browser in which this address has signed in and out."""
    client = Client()
    type_code(client, code_for(client, settings, address))
    client.post("/sign-out/")
    forget_counts()
    return client


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def enrolled(person):
    """Set up an authenticator app for this person and return them."""
    first = signed_in(person)
    first.post(APP, {"code": app_code(secret_on(first.get(APP)))})
    forget_counts()
    return person


def at_second_step(person):
    client = Client()
    type_code(client, code_for(client, settings, person.email))
    return client


class SecondStep:
    """A browser at the second step, which signs in again when the step has expired."""

    def __init__(self, person, typed):
        self.person, self.typed, self.client = person, typed, at_second_step(person)

    def send(self):
        page = "/sign-in/second-step/"
        if self.client.get(page).status_code != 200:
            self.client = at_second_step(self.person)
        return self.client.post(page, {"code": self.typed})


def second_step(people):
    browser = SecondStep(enrolled(people.other_editor), "135790")
    return Limit("", lambda n: browser.send(), most_of("second_step/key"), 200, "135790", gap=7)


def second_step_in_its_browser(people):
    """A browser that the person used before: tries from elsewhere don't count against it."""
    client = known_browser(people.reader.email)
    stranger = SecondStep(enrolled(people.reader), "135794")
    while stranger.send().status_code == 200:
        pass
    type_code(client, code_for(client, settings, people.reader.email))
    own = SecondStep.__new__(SecondStep)
    own.person, own.typed, own.client = people.reader, "135790", client
    return Limit("", lambda n: own.send(), most_of("second_step/browser"), 200, "135790", gap=7)


def second_steps():
    """Several people behind one network, so many that none of them reaches their own limit."""
    most, each = most_of("second_step/network"), most_of("second_step/key") - 1
    others = [enrolled(make_person(f"step{n}@example.org")) for n in range(most // each + 10)]
    browsers = []
    for place, person in enumerate(others):
        browsers.append(SecondStep(person, "135791"))
        if place % 50 == 49:
            forget_counts()
    forget_counts()
    return Limit("", lambda n: browsers[n // each % len(browsers)].send(), most, 200, "135791")


def setting_up(people):
    client = signed_in(people.stranger)
    client.get(APP)
    return Limit("", lambda n: client.post(APP, {"code": "135792"}), most_of("second_step/key"), 200, "135792")


def once_again(people):
    client = signed_in(enrolled(people.department))
    page = "/account/again/"
    return Limit("", lambda n: client.post(page, {"code": "135793"}), most_of("second_step/key"), 200, "135793")


def passkeys_alone():
    most = most_of("passkey/network")
    return Limit("", lambda n: Client().post("/sign-in/passkey/", {"credential": "x"}), most, 302, gap=2)


def passkeys_in_a_browser(people):
    client = known_browser(people.editor.email)
    most = most_of("passkey/browser")
    return Limit("", lambda n: client.post("/sign-in/passkey/", {"credential": "x"}), most, 302, gap=2)


def seat_codes():
    typed = {"code": "ABCD-EFGH-JKMN"}
    most = most_of("printed_code/network")
    return Limit("", lambda n: Client().post("/code/", typed), most, 422, "ABCD-EFGH-JKMN", gap=2)


def provider():
    """A provider that doesn't answer: each attempt to reach it counts."""
    settings.OIDC = {"name": "Office", "issuer": "https://127.0.0.1:1", "id": "registry", "secret": "x"}
    return Limit("", lambda n: Client().post("/sign-in/provider/"), most_of("provider/network"), 503, gap=2)


def suggestions(page, people):
    most = most_of("suggest/network")
    typed = {"words": "Typed with care", "kind": "correct", "name": "A new name", "office": people.office.pk}

    def send(n):
        # Open suggestions about one organization, and to one office, are limited, too.
        Suggestion.objects.all().delete()
        where = (
            make_organization(f"Group {n}", "profiled", kept_by=people.office).public_id if page == "suggest" else ""
        )
        return Client().post(f"/organizations/{where}{'/' if where else ''}{page}/", typed)

    return Limit("", send, most, 302, "Typed with care", gap=61)


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


def pages():
    """Pages of people who aren't signed in, from one network."""
    most = settings.PAGE_RATE_ANONYMOUS
    return Limit("", lambda n: Client().get(("/robots.txt", "/about/")[n % 2]), most, gap=20 / most)


def changes(client, most, passes):
    """What is sent to the API to change something counts as well, whether or not it may."""
    page = "/api/v1/partnerships/"
    send = lambda n: client.post(page, "{}", content_type="application/json")  # noqa: E731
    return Limit("", send, most, passes, gap=20 / most)


def _token_of(person, writes=()):
    memberships = list(person.memberships.all()) if writes else ()
    return make_token(by=person, name=f"Copy {token_hex(4)}", days=90, memberships=memberships, writes=writes)[1]


def _by(secret):
    return Client(headers={"authorization": f"Bearer {secret}"})


# Name → a function that sets the stage at NOON and returns the Limit.
LIMITS = {
    "codes for a network": lambda people: codes_for_a_network(),
    "codes in a known browser": codes_in_a_browser,
    "codes in a known browser in a day": codes_in_a_browser_in_a_day,
    "second step": second_step,
    "second step in a known browser": second_step_in_its_browser,
    "second step in a network": lambda people: second_steps(),
    "setting up an app": setting_up,
    "the app's code again": once_again,
    "passkeys alone": lambda people: passkeys_alone(),
    "passkeys in a known browser": passkeys_in_a_browser,
    "printed codes of seats": lambda people: seat_codes(),
    "the way to the provider": lambda people: provider(),
    "suggestions": lambda people: suggestions("suggest", people),
    "proposals": lambda people: suggestions("missing", people),
    "claims": lambda people: claims_with(people, people.stranger, None),
    "uploads": lambda people: claims_with(people, people.other_editor, b"I am on its board."),
    "pages, a stranger": lambda people: pages(),
    "API, a stranger": lambda people: api(Client(), settings.API_RATE_ANONYMOUS),
    "API, a token that does not hold": lambda people: api(_by("reg_guess"), settings.API_RATE_ANONYMOUS, 401),
    "API, a person": lambda people: api(signed_in(people.editor), settings.API_RATE_PERSON),
    "API, a token": lambda people: api(_by(_token_of(people.partner)), settings.API_RATE_PERSON),
    "API, changes by a stranger": lambda people: changes(Client(), settings.API_RATE_ANONYMOUS, 401),
    "API, changes by a token that only reads": lambda people: changes(
        _by(_token_of(people.editor)), settings.API_RATE_PERSON, 403
    ),
    "API, changes": lambda people: changes(
        _by(_token_of(people.editor, ["partnerships"])), settings.API_RATE_PERSON, 400
    ),
}
NAMES = tuple(LIMITS)


def attempt(name, people, rounds=2) -> Trial:
    """Try one of the limits."""
    forget_counts()
    with time_machine.travel(NOON, tick=False) as traveller:
        limit = LIMITS[name](people)
        limit.name = name
        return Trial(limit, traveller).run(rounds)


def a_code_ends_after_its_tries():
    """Return (tries, sentences): five wrong codes end a request, and a new one can be made at once."""
    forget_counts()
    client = Client()
    old, wrong, tries = code_for(client, settings, "five@example.org"), [], most_of("code_typed/key")
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
        wrong.append("one code: another request does not sign in")
    return tries + 2, wrong


def figure():
    """Return the result for bench/figures/qa19.py."""
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
