"""Every form of every write route, sent by every role: as it is, changed, and tampered with field by field.

A role that isn't offered a form sends the one that others are offered, with all its fields. A role that is offered it
sends it with additional names, and each field with a value that isn't offered. tests/forbidden_effects.py defines what must not
happen.
"""

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import BooleanField, IntegerField

from partnerships.core import clock
from partnerships.insight.network_queries import Network
from partnerships.registry.choices import Kind
from partnerships.web.frame.drafts import DOES
from tests import access, forbidden_effects
from tests.browser.forms import TEXTS, forms
from tests.edited import edit_all
from tests.factories import in_days
from tests.posting import Sender, tables
from tests.snapshots import snapshot_of
from tests.test_access import address, cells
from tests.world import World

# Asking for a code writes an email while the request runs. `signing_in` tries it separately.
APART = {"account_login", "account_request_login_code", "account_confirm_login_code"}
PAGES = {"partnership_new": [f"?kind={kind}" for kind in Kind.values]}  # more pages at the same address
NEW_TEXT = {"date": "2026-05-06", "time": "09:15", "number": "30", "url": "https://other.example.org/x"}
NEW_TEXT |= {"email": "other@example.org", "file": None}
BY_NAME = {"mail_domain": "other.example.org", "key": "other_words", "every": "1", "times": "3", "until": ""}
STRONG = (
    "profiled",
    "public",
    "manager",
    "approved",
    "accepted",
    "accept",
    "decline",
    "withdraw",
    "on",
    "yes",
    "theirs",
)
PER_ROW = (
    "id",
    "jurisdiction",
    "department",
    "organization",
    "partnership",
    "person",
    "party",
    "meeting",
    "by",
    "side",
    "role",
)
PER_ROW += ("position", "visible_to", "is_sample", "consented_on", "confirm_asked_on", "claim", "DELETE")


# Route → values that make the form save instead of showing a preview. None leaves a field out.
_LOOKED_AT = {"look": None, "own": None}
_PRESSED = {"look": None, "save": "yes", "drop-issue_areas": None}
_IN_PERCENT = {"unit": "percent", "counted": "people", "per": "", "lowest": "", "highest": ""}
_IN_PERCENT |= {"period": "year", "baseline_on": "2024", "target_on": "2027"}
WITHOUT_MARKS = ("word", "own_word", "term_new")  # labels, which have neither “<” nor “>”
SAVED_WITH = {
    "round_new": {"closes_on": in_days(30).isoformat(), "asks": "ten"},
    "round_move": {"closes_on": in_days(40).isoformat()},
    "portfolio_new": {"closes_on": in_days(30).isoformat(), "back": None},
    "checkinplan_new": {"anchor_on": in_days(30).isoformat()},
    **dict.fromkeys((*WITHOUT_MARKS, "site_text"), _LOOKED_AT),
    **dict.fromkeys(("partnership_many", "organization_many", "department_many"), _PRESSED),
}
WEBHOOKS = {
    route: {"url": "https://hooks.example.org/T1"}
    for route in ("organization_webhook_new", "jurisdiction_webhook_new", "department_webhook_new", "webhook_edit")
}
# Route → data to send first, where the answer to a form is a second form with a preview.
SENT_FIRST = {
    "measure_paste": {
        "cells": "Group\t2023\t2024\nAll together\t40%\t41%\n",
        "published_by": "Census Bureau",
        "link": "https://example.org/table",
        "why": "A late answer",
    },
    "plan_import": {"pasted": "Number\tOutcome\r\n1\tHomes that last\r\n9\tBuses at night"},
    **WEBHOOKS,
    "portfolio_new": {"title": "Both sides", "closes_on": in_days(30).isoformat(), "erases_answers": "on"},
}
# The same for forms with everything filled in, so that the values fit together.
FILLED_WITH = SAVED_WITH | {
    "indicator_new": _IN_PERCENT,
    "measure_new": _IN_PERCENT,
    "makeup_new": {"members": "90", "prefer_not": "1", "no_answer": "1"},
    "population_new": {"year": "2024"},
    "measure_data": {
        f"{clock.today().year - 1}-01-01||{part}": number
        for part, number in (("numerator", "44"), ("denominator", "90"))
    }
    | {"why": "A late answer"},
    "measure_paste": _PRESSED,
    "account_emails": {"quiet_from": "", "quiet_until": "", "meeting_changed": "daily"},
    "seat_invite": {"what": "letter", "source": "The director, by phone", "was_read": "on"},
    "round_name": {"name_1": "Front porch", "phone_1": "612 555 0101"},
    "account_first_steps": {"shown": None},
    **WEBHOOKS,
    "imports": {
        "file": SimpleUploadedFile("groups.csv", b"Name,Side\nLake readers,community\n", content_type="text/csv")
    },
}


@dataclass
class Outcome:
    sent: int = 0
    fields: int = 0
    saved: int = 0  # forms that changed something, as allowed
    routes: set = field(default_factory=set)
    saving: set = field(default_factory=set)  # routes that changed something, as allowed
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """An address that takes forms, and the forms that each role is offered for it."""

    group: object
    route: str
    record: str
    url: str
    offered: dict


def pages_with_forms(world, kinds=(access.WRITE, access.OWN)) -> list[Target]:
    """The write routes of the table of rights, without their forms. Django's admin pages for vocabularies are included."""
    found = {}
    for group, route, record in cells():
        for more in PAGES.get(route, [""]) if group.kind in kinds else ():
            url = address(world, route, record) + more
            found[url] = Target(group, route, record, url, {})
    return list(found.values())


def targets(world, sender, roles=(), near=()) -> list[Target]:
    """The write routes with the forms that these roles (by default all) are offered, on any page.

    `near`: look only at pages of these routes and at pages that show their records.
    """
    offered = defaultdict(lambda: defaultdict(list))
    pages = pages_with_forms(world, (access.READ, access.WRITE, access.OWN))
    if near:
        records = {page.record for page in pages if page.route in near}
        pages = [
            page for page in pages if page.route in near or (page.group.kind == access.READ and page.record in records)
        ]
    for page in pages:
        for role in roles or world.roles():
            for action, form in _forms(sender, role, page):
                if form.fields not in [other.fields for other in offered[action][role]]:
                    offered[action][role].append(form)
    taking = [page for page in pages_with_forms(world) if page.route not in APART]
    return [replace(page, offered=offered[page.url]) for page in taking]


def _forms(sender, role, page):
    first = SENT_FIRST.get(page.route)
    return sender.forms(role, page.url) + (sender.forms(role, page.url, first) if first else [])


def try_all(world, *, roles=(), routes=(), whole=True) -> Outcome:
    """Send the forms as these roles and at these routes, by default all. `whole`: also each field alone."""
    sender, found, done, printed = Sender(world), Outcome(), set(), 0
    extra = extras(world)
    for target in [
        one for one in targets(world, sender, roles, () if whole else routes) if not routes or one.route in routes
    ]:
        if whole:
            print(f"  {target.route} {target.record}", *found.wrong[printed:], sep="\n    ", flush=True)
            printed = len(found.wrong)
        for role in roles or world.roles():
            for data in _data(target, role, extra, sender):
                _try(sender, found, target, role, *data)
            for form in target.offered.get(role, ()) if whole else ():
                for name, value in singles(form, sender, done, (role, target.route)):
                    _try(sender, found, target, role, changed(form, only=()) | {name: value}, 1, True)
    found.sent = sender.sent
    return found


def _data(target, role, extra, sender):
    """Yield (data to send, number of fields that are tampered with, whether it may change anything)."""
    own = target.offered.get(role, [])
    if not own:
        fullest = max(target.offered.values(), key=lambda forms: sum(len(form.fields) for form in forms), default=[])
        for form in fullest:
            yield extra | changed(form), len(form.fields) + len(extra), False
        yield extra, len(extra), False
        return
    for form in own:
        more = {name: value for name, value in _of_rows(form, extra).items() if name not in form.fields}
        yield form.values(), 0, True
        yield changed(form), len(form.fields), True
        yield (
            more | settle(filled(form, sender.world), form, target.url, role, sender),
            len(form.fields) + len(more),
            True,
        )
        choices = {name: one.values for name, one in form.fields.items() if one.kind == "radio" and one.values}
        kept = filled(form, sender.world) | choices | FILLED_WITH.get(target.route, {})
        yield settle(kept, form, target.url, role, sender), len(form.fields), True


def _try(sender, found, target, role, data, fields, is_offered):
    sent = sender.send(role, target.url, {name: value for name, value in data.items() if value is not None})
    found.fields += fields
    found.routes.add(target.route)
    where = f"{role} {target.route} {target.record}"
    if sent.answer.status_code >= 500:
        found.wrong.append(f"{where}: {sent.answer.status_code} {str(data)[:300]}")
    if is_offered:
        found.saved += bool(sent.touches)
        found.saving |= {target.route} if sent.touches else set()
        found.wrong += forbidden_effects.wrong(sent, sender.world, role, target.route, target.record)
    elif sent.touches:
        found.wrong.append(f"{where}: not offered, and changed {sorted({touch.sort for touch in sent.touches})}")


def changed(form, only=TEXTS + tuple(NEW_TEXT)):
    """Return the form's data as a browser sends it, with other values in fields of these kinds."""
    data = form.values()
    for name, one in form.fields.items():
        if one.kind in only and not _is_entity(name, one):
            data[name] = new_text(one)
        # A button with this name only keeps the typed text, and doesn't send the form.
        if one.kind == "button" and name != DOES:
            data[name] = one.options[0]
    return data


def filled(form, world):
    """Return the form's data with every choice made.

    That's the last of several options, every box checked, and a record in each empty picker.
    """
    data, values = changed(form), {value for one in form.fields.values() for value in one.values}
    names = [f"{one} ({one.public_id})" for one in (world["profiled"], world["named"], world.people.organization)]
    names = [name for name in names if name not in values]
    for name, one in form.fields.items():
        if name.endswith(("entity", "body")) and one.values == [""] and names:
            data[name] = names.pop()
        if one.kind == "checkbox" and not name.endswith("DELETE"):
            data[name] = one.options
        if one.kind == "radio" or (one.kind == "select" and one.values in ([], [""])):
            data[name] = [value for value in one.options if [value] != one.values][-1:]
        data |= {name: BY_NAME[name]} if name in BY_NAME else {}
    return data


def settle(data, form, url, role, sender):
    """Return the data with refused fields as the form had them, so that most of it is accepted."""
    current = form.values()
    for _ in range(4):
        answer = sender.send(role, url, {name: value for name, value in data.items() if value is not None}).answer
        again = {name: f for one in forms(answer.content.decode()) for name, f in one.fields.items()}
        wrong = {name for name, f in again.items() if f.is_wrong}
        # A checkbox that appears only in the answer asks for a confirmation.
        more = {
            name: f.options for name, f in again.items() if f.kind == "checkbox" and name not in {*form.fields, *data}
        }
        if answer.status_code != 422 or not (wrong or more):
            break
        # If part of a row is refused, the whole row stays as it was.
        rows = {name.rpartition("-")[0] for name in wrong if "-" in name}
        refused = {name for name in data if name in wrong or name.rpartition("-")[0] in rows}
        data = {name: value for name, value in data.items() if name not in refused}
        data |= {name: current[name] for name in refused if name in current} | more
    return data


def new_text(one):
    if one.kind == "file":
        return SimpleUploadedFile("letter.txt", b"I am.", content_type="text/plain")
    return NEW_TEXT.get(one.kind, "Other words")


def _is_entity(name, one):
    """Whether a field names a record, such as a partner: other words would only be refused."""
    return name.endswith(("entity", "parent", "body")) or name == "area" or one.kind == "search"


def singles(form, sender, done, place):
    """Yield (field, forged value) for every field that wasn't tried for this role and route.

    Of equal rows, the first and the last are tried. A field with many such values gets every sixth of them, and the
    next role continues with the next ones.
    """
    ids = [str(number) for number in range(1, 9)]
    keys = [key for key in (getattr(one, "public_id", None) for one in sender.world.records.values()) if key]
    turn = list(sender.world.roles()).index(place[0])
    last = {name.split("-")[0]: name.split("-")[1] for name in form.fields if name.split("-")[1:2] and name[-1] != "S"}
    for name, one in form.fields.items():
        prefix, _, rest = name.partition("-")
        is_between = rest[:1].isdigit() and rest.split("-")[0] not in ("0", last.get(prefix))
        if is_between or name == "csrfmiddlewaretoken" or (*place, name) in done:
            continue
        done.add((*place, name))
        if _is_entity(name, one):
            values = [f"Another ({key})" for key in keys[::2]]
        elif one.kind in ("select", "radio", "checkbox", "button"):
            # Mostly values that look like those on offer: numbers of records, or words.
            others = [*ids, *STRONG[:1]] if any(value.isdigit() for value in one.options) else [*STRONG, *ids[:2]]
            values = [value for value in [*one.options[:4], *others] if [value] != one.values]
        elif one.kind == "hidden":
            alike = [*ids, *STRONG[:1]] if one.values and one.values[0].isdigit() else [*keys[::2], *STRONG, *ids[:2]]
            values = [*alike, "0", "-1", "99", ""]
        else:
            values = [new_text(one)]
        values = list(dict.fromkeys(values))
        yield from ((name, value) for value in (values[turn % 6 :: 6] if len(values) > 5 else values))


def extras(world) -> dict:
    """Every column of every table, with a value that someone could gain from."""
    found = {"next": "//elsewhere.example.org", "is_staff": "on", "is_superuser": "on", "state": "approved"}
    other = {type(one).__name__: str(one.pk) for one in world.records.values()}
    other |= {"Jurisdiction": str(world.people.other_office.pk), "Person": str(world.people.administrator.pk)}
    from django.apps import apps

    for model in apps.get_models():
        for column in model._meta.concrete_fields if model.__name__ in tables() else ():
            value = "on" if isinstance(column, BooleanField) else "1" if isinstance(column, IntegerField) else "manager"
            if column.is_relation:
                value = other.get(column.related_model.__name__, "1")
            found.setdefault(column.name, value)
            found.setdefault(column.attname, value)
    return found | {
        "listing": "profiled",
        "visible_to": "public",
        "open_fields": '{"address": "public"}',
        "version": "1",
    }


def _of_rows(form, extra):
    """The same names for the rows that the form holds, as far as they are columns of a row."""
    prefixes = {name.rpartition("-")[0] for name in form.fields if "-" in name and not name.startswith("open-")}
    rows = {f"{prefix}-{name}": extra.get(name, "1") for prefix in prefixes for name in PER_ROW}
    return extra | rows


def edited_world(people):
    """A world in which each record has a change to undo, and no network except an empty one is computed at once."""
    Network.is_quick = property(lambda network: not network.bodies)
    world = snapshot_of(World, people)
    edit_all(world)
    return world


def figure():
    """Return the result for bench/figures/qa5.py: PART of PARTS of the routes."""
    from tests import api_tampering, double_submits, mass_assignment
    from tests.people import make_people

    world = edited_world(make_people())
    routes = list(dict.fromkeys(page.route for page in pages_with_forms(world)))
    part, parts = int(os.environ["PART"]), int(os.environ["PARTS"])
    found = try_all(world, routes=routes[part::parts])
    fields, wrong = api_tampering.tamper(world, lambda cases: cases[part::parts])
    stuffed = mass_assignment.try_all(Sender(world), sorted(double_submits.routes())[part::parts])
    found.sent += fields
    found.fields += fields + stuffed.names
    found.wrong += wrong + stuffed.wrong
    return vars(found) | {"routes": sorted(found.routes), "saving": sorted(found.saving)}
