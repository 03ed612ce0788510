"""Two people save the same record at once, again and again, with its real forms over HTTP. `kinds` lists the races.

Both open a form of the same version and send it at the same moment. A person who is told that it was saved must find
their text in the right place. Anyone else must find it in the answer, and sends that again as it is. In the end, both
texts are stored or, where one person chose to replace the other's, in the history.
"""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from django.db import connection

from partnerships.accounts.choices import VERBS_WITHOUT_VERSION
from partnerships.models import Change
from tests.browser import forms
from tests.concurrent_edits.table import Table
from tests.servers import free_port, wait_for
from tests.waiting import LIMIT, at_once

ROUNDS = 1000
# How a race may end.
ONE = "one"  # they collide: one is saved, the other is told, and what they then send replaces the first text
BOTH = "both"  # they don't collide: both are saved in the end, each at the first or second try
AT_ONCE = "at once"  # both are saved at the first try
GONE = "gone"  # as BOTH, but the record of one may be gone, and then the answer returns their text
FIRST = "first"  # one decides something permanently, and the other is told and gets their text back


@dataclass(frozen=True)
class Move:
    """What one of the two does: type a text into a field of a page, and send its form.

    `page`: an address with the subject's names. `more`: other fields, with fixed values or functions of the round's
    number. “{new}” in a field name is the empty row of a list. `value(who, n)`: the text of the nth race, which no
    other race has.
    """

    page: str
    name: str
    more: dict = field(default_factory=dict)
    value: object = "{who} says {n}".format

    def words(self, who, n) -> str:
        return self.value(who=who, n=n)

    def at(self, subject):
        return self.page.format(**subject.names)

    def form(self, page, subject):
        """Return the fields of this move's form on a page, as they are, or none if it isn't there."""
        name = self.name.format(**subject.names, new="0")
        for one in forms.forms(page):
            if one.action.split("#")[0].split("?")[0] in ("", self.at(subject).split("?")[0]) and name in one.fields:
                return one.values()
        return {}

    def open(self, browser, subject, words, n):
        """Open the page and return what the form sends with this text typed in."""
        shown = self.form(browser.get(self.at(subject)).text, subject)
        if not shown:
            return {}
        typed = {self.name: words} | {key: say(n) if callable(say) else say for key, say in self.more.items()}
        return shown | {_named(name, subject, shown): _named(said, subject, shown) for name, said in typed.items()}

    def again(self, browser, subject, answer):
        """Return what the form in an answer sends as it is: the person's own text is selected."""
        return self.form(answer.text, subject)


def _named(text, subject, shown):
    if not isinstance(text, str):
        return text
    rows = text.partition("-{new}")[0]
    new = int(shown[f"{rows}-TOTAL_FORMS"][0]) - 1 if "{new}" in text and f"{rows}-TOTAL_FORMS" in shown else 0
    return text.format(**subject.names, new=new)


@dataclass(frozen=True)
class Press(Move):
    """A button without a text. `seen`: the page with the button, if it isn't `page`."""

    name: str = "csrfmiddlewaretoken"
    seen: str = ""

    def open(self, browser, subject, words, n):
        page = browser.get((self.seen or self.page).format(**subject.names)).text
        return self.form(page, subject) | self.more


@dataclass(frozen=True)
class Looked(Move):
    """A bulk change, which starts with a preview."""

    def open(self, browser, subject, words, n):
        data = super().open(browser, subject, words, n)
        data["record"] = [one for one in data["record"] if one.startswith(subject.names["id"])]
        look = browser.post(self.at(subject), data | {"look": "yes"})
        return self.form(look.text, subject) | {"save": "yes"}

    def again(self, browser, subject, answer):
        """The boxes are checked as before: preview again, then save."""
        look = browser.post(self.at(subject), self.form(answer.text, subject) | {"look": "yes"})
        return self.form(look.text, subject) | {"save": "yes"}


@dataclass(frozen=True)
class Race:
    """A race. `subject(table, n)`: the record of the nth race. `is_logged`: whether the audit log has its text."""

    subject: object
    one: Move
    other: Move
    ends: str = ONE
    is_logged: bool = True


@dataclass
class Found:
    tried: int = 0
    ran: Counter = field(default_factory=Counter)
    first: Counter = field(default_factory=Counter)  # how many were saved at the first try
    wrong: list[str] = field(default_factory=list)


def race(port, rounds, kinds) -> Found:
    """Run this many rounds, with each kind in turn."""
    table, found = Table(port), Found()
    for n in range(rounds):
        for name, one in kinds.items():
            survey_round = _Round(one, table, n, found.tried)
            found.wrong += [f"round {n}, {name}: {words}" for words in survey_round.run()]
            found.first[name] += sum(survey_round.through)
            found.tried, found.ran[name] = found.tried + 1, found.ran[name] + 1
    return found


def _errors_on_page(page):
    """Return the errors in an answer, for someone who looks for the reason."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", main[0] if main else page).split())[:300]


class _Round:
    """One round. `tried`: the number of rounds before it, which makes its texts unique."""

    def __init__(self, race, table, n, tried):
        self.race, self.table, self.n = race, table, n
        self.moves, self.through = (race.one, race.other), [False, False]
        self.words = [move.words(who, tried) for who, move in zip(("Ana", "Ben"), self.moves, strict=True)]
        self.subject = race.subject(table, n)
        self.since = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.version = self._version()

    def run(self):
        sent = [
            move.open(browser, self.subject, words, self.n)
            for move, browser, words in zip(self.moves, self.table.browsers, self.words, strict=True)
        ]
        if not all(sent):
            yield "a form is not offered"
            return
        answers = self._send_both(sent)
        self.through = [answer.status == 302 for answer in answers]
        yield from self._judge(answers)
        if self.race.ends != FIRST:
            for place, answer in enumerate(answers):
                if answer.status == 409:
                    yield from self._send_on(place, answer)
        yield from self._in_the_end()

    def _send_both(self, sent):
        def send(place):
            return self.table.browsers[place].post(self.moves[place].at(self.subject), sent[place])

        answers = at_once(partial(send, 0), partial(send, 1))
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def _judge(self, answers):
        """Check both answers: a “saved” text is stored, and any other text is in the answer."""
        for place, answer in enumerate(answers):
            is_gone = answer.status == 404 and self.race.ends == GONE
            if answer.status not in (302, 409) and not is_gone:
                yield f"an answer is {answer.status}: {_errors_on_page(answer.text)}"
            if answer.status == 302 and not self._is_kept(place):
                yield f"silently overwritten: “{self.words[place]}”"
            if answer.status in (404, 409) and self._speaks(place) and self.words[place] not in answer.text:
                yield f"lost from the answer: “{self.words[place]}”"
        if not any(self.through):
            yield f"nobody got through: {[answer.status for answer in answers]}"
        if self.race.ends == AT_ONCE and not all(self.through):
            yield "both should have got through at once"
        if self.race.ends in (ONE, FIRST) and all(self.through):
            yield "both were told that they were first"

    def _send_on(self, place, answer):
        move, browser = self.moves[place], self.table.browsers[place]
        again = browser.post(move.at(self.subject), move.again(browser, self.subject, answer))
        if again.status != 302 or not self._is_kept(place):
            yield f"“{self.words[place]}” cannot be sent on: {again.status}"

    def _in_the_end(self):
        for place in (0, 1) if self.race.ends in (BOTH, AT_ONCE) else ():
            if not self._is_kept(place):
                yield f"does not stand in the end: “{self.words[place]}”"
        if not self.race.is_logged:
            return
        wrote = self._log()
        for place in (0, 1):
            counts = self._speaks(place) and (self.through[place] or self.race.ends not in (FIRST, GONE))
            if counts and not any(self.words[place] in f"{entry.after} {entry.why}" for entry in wrote):
                yield f"not in the history: “{self.words[place]}”"
        own = [e for e in wrote if e.record_id == self.subject.record.pk and e.verb not in VERBS_WITHOUT_VERSION]
        own = [e for e in own if e.record_type == self.subject.record._meta.model_name]
        if self.version is not None and self._version() != self.version + len(own):
            yield "versions and history differ in number"

    def _log(self):
        return list(Change.objects.filter(pk__gt=self.since))

    def _version(self):
        record = type(self.subject.record).objects.filter(pk=self.subject.record.pk).first()
        return getattr(record, "version", None)

    def _speaks(self, place):
        return not isinstance(self.moves[place], Press)

    def _is_kept(self, place):
        """Whether the record has this text, or its history, if it's a reason."""
        if not self._speaks(place):
            return True
        if self.moves[place].name == "why":
            return any(self.words[place] in entry.why for entry in self._log())
        return self.words[place] in self.subject.stored()


def figure():
    """Return the result for bench/figures/qd1.py, with a server in another process on this process's database."""
    from tests.concurrent_edits.kinds import KINDS

    port = free_port()
    command = [*(sys.executable, "-m", "gunicorn", "equity.wsgi:application", "--bind", f"127.0.0.1:{port}")]
    command += ["--workers", "2" if connection.vendor == "postgresql" else "1", "--worker-class", "gthread"]
    server = subprocess.Popen([*command, "--threads", "4", "--keep-alive", "60", "--log-level", "error"])
    try:
        wait_for(port)
        found = race(port, -(-ROUNDS // len(KINDS)), KINDS)
    finally:
        server.terminate()
        server.wait(LIMIT)
    return {"tried": found.tried, "ran": found.ran, "first": found.first, "wrong": found.wrong}
