"""Naughty strings (tests/naughty_list.py) typed into every text input of every form, and what pages and the database show then.

The forms are those of the table of rights, each as one role, so a new route is tried without more code. An input that
keeps any text gets all texts, many in one post, and some of them alone: every form others. An input that names a record,
or holds a number or a date, gets an eighth of them. Of control characters, each input gets some, and the next input others.
"""

import contextlib
import json
import os
import re
import time
import unicodedata
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from partnerships.models import Claim, Email, Suggestion
from tests.naughty_list import LINES, PARAGRAPHS, REFUSED
from tests.naughty_pages import KEPT_WITHIN, more_pages
from tests.posting import Sender, taken_back
from tests.snapshots import snapshot_of
from tests.tampering import APART, SAVED_WITH, WITHOUT_MARKS, filled, pages_with_forms, settle

ROLES = ("partner", "editor", "manager", "stranger", "administrator", "anonymous", "link_holder")
# Inputs that name a record or hold a code, a list or an address. They accept what they know and refuse the rest with an
# error.
MEANT = (
    "url",
    "entity",
    "addresses",
    "area",
    "parent",
    "neighbors",
    "overlaps",
    "body",
    "agenda",
    "currency",
    "mail_domain",
    "state",
    "value",
    "code",
    "key",
    "pasted",
    "query",
    "partnerships",
    "cells",
    "baseline_on",
    "target_on",
    "baseline_value",
    "target_value",
    "lowest",
    "highest",
)
KEEPS_NAME = "keeps_name"  # checked, it adds the former name to what is typed into the other names
MEANT_HERE = {("suppressions", "why")}  # not an address here
TEXTS = ("text", "textarea")
BLANK = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0", *map(chr, range(0xFE00, 0xFE10))}
SHARES = 24  # each form gets one of so many shares of the texts alone, and the next form the next one
MEANT_SHARES = 8  # the same for inputs that don't keep any text
TOO_LONG = 21_000  # characters, more than any input takes
REFUSED_AT_ONCE = 3  # control characters that an input gets
REFUSALS = ("can’t save", "Null characters")


@dataclass
class Count:
    posts: int = 0
    typed: int = 0  # counts each text in each input
    inputs: set = field(default_factory=set)
    pages: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, is_right, problem):
        if not is_right:
            self.wrong.append(problem[:400])


@dataclass
class Sheet:
    """A form that is accepted with `data`. `free`: its inputs that keep any text. `meant`: the others.

    A form that saves nothing this way has all its inputs in `meant`.
    """

    route: str
    url: str
    role: str
    data: dict
    free: dict
    meant: dict

    def __str__(self):
        return f"{self.role} {self.route}"


def normal(text):
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def as_line(text):
    """The text as one line shows it: without what no one sees, and with a space for a separator of lines."""
    text = re.sub("[\u2028\u2029]", " ", normal(text))
    return "".join(char for char in text if unicodedata.category(char) != "Cf" and char not in BLANK).strip()


def sheets(sender, routes=()) -> list[Sheet]:
    """Every form with text inputs, once. An input that appears in several forms of a route is tried in the first.

    `routes`: only these. Django's admin pages for vocabularies are left out.
    """
    found, met, done = [], set(), set()
    for target in [*pages_with_forms(sender.world), *sender.world.typed_pages]:
        if routes and target.route not in routes:
            continue
        if (target.route, target.url.partition("?")[2]) in done or target.route.startswith("admin:"):
            continue
        role = next((role for role in ROLES if _forms(sender, role, target)), None)
        for form in _forms(sender, role, target) if role else ():
            texts = [
                name for name, one in form.fields.items() if one.kind not in NO_TEXT and (target.route, name) not in met
            ]
            if texts:
                done.add((target.route, target.url.partition("?")[2]))
                met |= {(target.route, name) for name in texts}
                found.append(_sheet(target, role, form, texts, sender))
    return found


def _forms(sender, role, target):
    return [form for action, form in sender.forms(role, target.url) if action == target.url]


def _sheet(target, role, form, texts, sender):
    free = {
        name: one for name in texts if _is_free(one := form.fields[name]) and (target.route, name) not in MEANT_HERE
    }
    data = form.values()
    if target.route not in APART:
        checked = {name: one.values for name, one in form.fields.items() if one.kind == "radio" and one.values}
        more = {"not_a_duplicate": "yes"} | SAVED_WITH.get(target.route, {})
        data = settle(filled(form, sender.world) | checked | more, form, target.url, role, sender)
        data = {name: value for name, value in data.items() if value is not None}
    data.pop(KEEPS_NAME, None)
    if free and not sender.send(role, target.url, data).touches:
        free = {}  # nothing typed into it would be saved
    if free:
        _read_limits(free, sender.send(role, target.url, data | dict.fromkeys(free, "x" * TOO_LONG)).answer)
    meant = {name: form.fields[name] for name in texts if name not in free and _is_first(name)}
    return Sheet(target.route, target.url, role, data, free, meant)


def _read_limits(free, answer):
    """Set how much each input takes by the errors of a page on which all were too long: a browser lets people type more."""
    page = answer.content.decode()
    for name, one in free.items():
        start = rf'id="id_{re.escape(name)}_error"[^>]*>(?:<svg.*?</svg>)?\s*<span>'
        found = re.search(start + r"[^<]*The limit is ([\d,]+)", page)
        one.most = int(found[1].replace(",", "")) if found else one.most


def _is_first(name):
    """Whether it's in the first of several equal rows."""
    return "-" not in name or name.split("-")[1] == "0" or not name.split("-")[1].isdigit()


NO_TEXT = ("hidden", "checkbox", "radio", "select", "button", "file", "submit")


def _is_free(one):
    return one.kind in TEXTS and one.name.rpartition("-")[2] not in MEANT


def fit(one, texts, n):
    """Return the n-th of the texts that fit into this input."""
    fitting = [text for text in texts if len(normal(text)) <= (one.most or 10_000)]
    return fitting[n % len(fitting)] if fitting else "x"


def texts_for(one, texts):
    return texts if one.kind == "textarea" else [text for text in texts if text not in PARAGRAPHS]


def kept_by(sheet, texts):
    """Return those of these texts that the inputs of this form keep: labels of options have no “<” and no “>”."""
    return [text for text in texts if sheet.route not in WITHOUT_MARKS or not {"<", ">"} & {*text}]


def type_all(sheet, sender, count, texts, alone):
    """Type each text into each input that keeps any text: as many at once as fit, and those of `alone` by themselves.

    Each must be saved as it was typed, and every page that shows it must have the same structure as with plain words.
    """
    if not sheet.free:
        return
    plain = sender.send(
        sheet.role, sheet.url, sheet.data | dict.fromkeys(sheet.free, "Plain words"), _look(sheet, sender)
    ).seen
    for typed in [*_joined(sheet, kept_by(sheet, texts)), *_alone(sheet, kept_by(sheet, alone))]:
        sent = sender.send(sheet.role, sheet.url, sheet.data | typed, _look(sheet, sender))
        count.posts += 1
        count.typed += len(typed)
        count.pages += len(sent.seen)
        if sent.answer.status_code not in (200, 302):
            count.wrong.append(f"{sheet}: {sent.answer.status_code} {typed}"[:500])
            continue
        kept = _kept(sent)
        kept |= {as_line(text) for text in kept}
        wanted = {
            name: normal(text) if sheet.free[name].kind == "textarea" else as_line(text) for name, text in typed.items()
        }
        if sheet.route in KEPT_WITHIN:
            kept = {text for text in wanted.values() if any(one.endswith(text) for one in kept)}
        lost = {name: text for name, text in wanted.items() if text not in kept}
        count.note(not lost, f"{sheet}: not kept {lost}")
        count.note(sent.seen.keys() == plain.keys(), f"{sheet}: other pages {sorted(sent.seen)} for {typed}")
        for page in sent.seen.keys() & plain.keys():
            count.note(sent.seen[page] == plain[page], f"{sheet}: {page} is built in another way by {typed}")
    count.inputs |= {(sheet.route, name) for name in sheet.free}


def _joined(sheet, texts):
    """Yield data with all texts in each input, as many at once as fit."""
    starts = dict.fromkeys(sheet.free, 0)
    while any(start < len(texts_for(sheet.free[name], texts)) for name, start in starts.items()):
        typed = {}
        for name, one in sheet.free.items():
            typed[name], starts[name] = join_fitting(texts_for(one, texts), starts[name], min(one.most or 3000, 3000))
        yield typed


def _alone(sheet, texts):
    """Yield data with one text in each input, which move on by one input each time."""
    for n in range(len(texts)):
        yield {name: fit(one, texts_for(one, texts), n + place) for place, (name, one) in enumerate(sheet.free.items())}


def _kept(sent) -> set[str]:
    """Yield every text that the database holds now and didn't hold before."""
    return {text for touch in sent.touches for text in strings(touch.after)}


def strings(value):
    if isinstance(value, str) and value[:1] in "{[":
        with contextlib.suppress(ValueError):
            yield from strings(json.loads(value))
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)
    if isinstance(value, str):
        yield value


def refuse_all(sheet, sender, count, texts=REFUSED):
    """Send control characters, one input at a time.

    Each is refused with an error next to what was typed, and nothing changes. Every input gets the next few of these
    characters; of equal rows, only the first gets several.
    """
    for place, name in enumerate(sheet.free):
        number = min(REFUSED_AT_ONCE, len(texts)) if _is_first(name) else 1
        for text in [texts[(place * REFUSED_AT_ONCE + more) % len(texts)] for more in range(number)]:
            sent = sender.send(sheet.role, sheet.url, sheet.data | {name: text})
            body = sent.answer.content.decode()
            count.posts += 1
            count.typed += 1
            is_right = sent.answer.status_code == 422 and any(words in body for words in REFUSALS) and not sent.touches
            count.note(
                is_right, f"{sheet}: {name}={text!r}: {sent.answer.status_code} {[t.path for t in sent.touches]}"
            )


def break_all(sheet, sender, count, texts, few):
    """Send texts to inputs that don't keep any text: nothing may fail.

    Text inputs (names of records, codes, lists) get every text, dates, numbers and addresses get a few, and one-line
    inputs get line ends.
    """
    lines = [name for name, one in sheet.meant.items() if one.kind in TEXTS]
    for n in range(len(texts) if lines else 0):
        _break(sheet, sender, count, {name: texts[(n + place) % len(texts)] for place, name in enumerate(lines)})
    for name in sheet.meant:
        for text in few:
            _break(sheet, sender, count, {name: text})
    count.inputs |= {(sheet.route, name) for name in sheet.meant}
    for text in {*texts} - {*kept_by(sheet, texts)} if sheet.free else ():
        answer = sender.send(sheet.role, sheet.url, sheet.data | dict.fromkeys(sheet.free, text)).answer
        count.note(answer.status_code == 422, f"{sheet}: takes {text!r}: {answer.status_code}")
    for name, one in sheet.free.items():
        if one.kind != "textarea":
            answer = sender.send(sheet.role, sheet.url, sheet.data | {name: "first\r\nsecond"}).answer
            count.note(answer.status_code == 422, f"{sheet}: {name} takes two lines: {answer.status_code}")


def _break(sheet, sender, count, typed):
    answer = sender.send(sheet.role, sheet.url, sheet.data | typed).answer
    count.posts += 1
    count.typed += len(typed)
    count.note(answer.status_code in (200, 302, 409, 422), f"{sheet}: {typed}: {answer.status_code}")


# What pages show


class _Structure(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag != "br":  # their number is that of the line ends
            self.found.append(
                (tag, *sorted(name for name, _ in attrs), *(v for name, v in attrs if name in ("class", "type")))
            )

    def handle_endtag(self, tag):
        self.found.append(f"/{tag}")

    def handle_comment(self, data):
        self.found.append("comment")

    def handle_decl(self, decl):
        self.found.append("declaration")


def structure(body):
    """The structure of a page's HTML. Consecutive paragraphs count as one, since a blank line starts another."""
    read = _Structure()
    read.feed(body)
    paragraph, found = [("p",), "/p"], []
    for one in read.found:
        found.append(one)
        if found[-2:] == paragraph == found[-4:-2]:
            del found[-2:]
    return found


def join_fitting(texts, start, most):
    """Return as many of the texts from this index on as fit together, and the index of the next one."""
    found, length = [], 0
    for text in texts[start:] or texts[:1]:
        size = max(len(text), len(normal(text)))  # spaces at its ends are inside the joined text
        if found and length + size + 1 > most:
            break
        if size <= most:
            found.append(text)
            length += size + 1
        start += 1
    return "|".join(found) or "x", start


def _look(sheet, sender):
    """Return a function that gives name → structure of the pages that the role sees next, and of those that others see."""

    def look(answer):
        urls = [(sheet.role, sheet.url)]
        if answer.status_code == 302:
            urls += [(sheet.role, answer["Location"].split("#")[0]), ("anonymous", answer["Location"].split("#")[0])]
        for model, path in ((Suggestion, "suggestions"), (Claim, "claims"), (Email, "outbox")):
            newest = model.objects.order_by("-pk").first()
            if newest and newest.pk not in sender.before[model.__name__]:
                urls += [("administrator", f"/{path}/"), ("administrator", f"/{path}/{newest.pk}/")]
        pages = {f"{place}: {role}": sender.clients[role].get(url) for place, (role, url) in enumerate(urls)}
        return {name: [page.status_code, *structure(page.content.decode())] for name, page in pages.items()}

    return look


def try_all(world, part=0, parts=1) -> Count:
    """Try the texts in every input of one part of the forms."""
    sender, count = Sender(world), Count()
    for place, sheet in [*enumerate(sheets(sender))][part::parts]:
        was, started = len(count.wrong), time.monotonic()
        type_all(sheet, sender, count, EVERY, EVERY[place % SHARES :: SHARES])
        refuse_all(sheet, sender, count)
        few = EVERY[place % MEANT_SHARES :: MEANT_SHARES]
        break_all(sheet, sender, count, few, [*few[::SHARES], *REFUSED])
        print(f"  {sheet}: {time.monotonic() - started:.0f} s", *count.wrong[was:][:5], sep="\n    ", flush=True)
    return count


def routes_with_forms(world):
    return list(dict.fromkeys(page.route for page in [*pages_with_forms(world), *world.typed_pages]))


def try_some(world, texts, routes) -> Count:
    """Try a few of these texts in every input at these routes, with others for each form, and some inputs alone."""
    sender, count = Sender(world), Count()
    for place, sheet in enumerate(sheets(sender, routes)):
        few = [texts[(2 * place + n) % len(texts)] for n in range(2)]
        type_all(sheet, sender, count, few, few)
        some = replace(sheet, free=dict([*sheet.free.items()][place % 3 :: 3]), meant={})
        refuse_all(some, sender, count, REFUSED[place % len(REFUSED) :][:1])
        break_all(some, sender, count, few[:1], [])
        _break(sheet, sender, count, dict.fromkeys(sheet.meant, few[0]))
        count.inputs |= {(sheet.route, name) for name in sheet.meant}
    return count


EVERY = LINES + PARAGRAPHS


def world_to_type_into():
    """The world, with an invited person who is asked for a name."""
    from tests.people import make_people
    from tests.world import World

    people = make_people()
    people.stranger.name = ""
    people.stranger.save()
    world = snapshot_of(World, people)
    world.typed_pages = more_pages(world)
    return world


def figure():
    """Return the result for bench/figures/qa9.py: PART of PARTS. The first also searches the lists, the last calls the API."""
    from tests.naughty_bodies import write_all
    from tests.naughty_searches import ask_all
    from tests.people import make_people

    part, parts = int(os.environ["PART"]), int(os.environ["PARTS"])
    more = []
    if part == parts - 1:
        with taken_back():
            more.append(write_all(make_people(), EVERY))
    world = world_to_type_into()
    count = try_all(world, part, parts)
    more += [ask_all(EVERY)] if part == 0 else []
    for other in more:
        count.posts, count.typed = count.posts + other.posts, count.typed + other.typed
        count.wrong, count.inputs = count.wrong + other.wrong, count.inputs | other.inputs
    return vars(count) | {"inputs": len(count.inputs), "texts": len(EVERY) + len(REFUSED)}
