"""Naughty strings (tests/naughty_list.py) in the API's request bodies and headers.

A program with a token sends them in every text, and where a record, term or day is named. They come back as they were sent
or are refused with a pointer, and nothing breaks.
"""

import json
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction
from django.test import Client
from rest_framework.serializers import BooleanField, ListSerializer

from partnerships.accounts.choices import Writable
from partnerships.accounts.token_actions import make_token
from partnerships.api.resources import RESOURCES
from partnerships.api.serializers import Text
from partnerships.core.access import SYSTEM
from partnerships.meetings.action_items import save_action
from partnerships.models import Change
from tests import factories
from tests.counts import forget_counts
from tests.naughty_list import LINES, PARAGRAPHS, REFUSED
from tests.naughty_strings import REFUSED_AT_ONCE, Count, as_line, normal, strings

# Texts that are a link, which has to be one, or a key, or go with such a text.
MEANT = {"website", "url", "link", "zone", "email", "state", "key", "group", "published_by"}
LONGEST_WHY = 200
SHARES = 4  # each body gets one of so many shares of the texts, and the next body the next one
A_DAY = "2026-01-01"  # the one of the texts that is a day
FLAGS = BooleanField.TRUE_VALUES | BooleanField.FALSE_VALUES  # such as “off”, which a field for yes or no takes


@dataclass
class Body:
    """A request body that the API accepts unchanged. `inputs`: the steps to each value → its field."""

    method: str
    path: str
    data: dict
    inputs: dict

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def is_new(self):
        return self.path.count("/") == 1

    def free(self):
        return {at: one for at, one in self.inputs.items() if isinstance(one, Text) and at[-1] not in MEANT}

    def meant(self):
        return [at for at in self.inputs if at not in self.free()]

    def with_values(self, values):
        data = deepcopy(self.data)
        for steps, value in values.items():
            place = data
            for step, _ in pairwise(steps):
                place = place[step]
            place[steps[-1]] = value
        return data


def bodies(people) -> list[Body]:
    """One for each address of the API that is written to."""
    factories.make_term()
    office, group = people.office.public_id, people.organization.public_id
    shown, draft = (
        factories.make_partnership("Kept", lead=people.office, published=is_shown) for is_shown in (True, False)
    )
    kept = factories.make_organization("Kept too", "named", kept_by=people.office, listing_source="A report")
    partnership = {"title": "Homes", "kind": "joint_project", "purpose": "learning", "lead": office}
    partnership |= {"documents": [{"title": "Plan", "url": "https://example.org"}]}
    partnership |= {"parties": [{"id": office, "roles": ["lead"]}, {"id": group, "roles": ["member"]}]}
    organization = {
        "name": "Renters",
        "side": "community",
        "listing": "named",
        "listing_source": "A report",
        "kept_by": office,
    }
    given = {"partnerships": partnership, "organizations": organization} | _more_given(office, shown)
    records = {"partnerships": shown, "organizations": kept, "publish": draft} | _more_records(people.office, shown)
    asked = factories.make_partnership(
        "Asked", lead=people.office, parties=[factories.party(one) for one in (people.office, people.organization)]
    )
    records["check-ins"] = factories.make_check_ins(asked)
    given["check-ins"] = {"partnership": asked.public_id, "partner": group, "first_due_on": "2099-02-05"}
    given["compositions"]["partnership"] = records["compositions"].partnership.public_id
    records["interactions"] = factories.make_interaction(people.office, organization=people.organization)
    records["follow-up"] = factories.make_interaction(people.office, follow_up_on=factories.in_days(3))
    given["interactions"] = {"office": office, "organization": group, "date": "2026-01-05", "summary": "New"}
    done = {"end": {"ends_on": "2026-05-06", "status_reason": "Done"}, "note": {"status": "done", "text": "Done"}}
    done["done"] = {"note": "All is well"}
    done["numbers"] = {"numbers": [{"starts_on": "2024-01-01", "value": 10}]}
    found = []
    for name in Writable.values:
        viewset, page = RESOURCES[name], f"{name}/{records[name].public_id}/"
        if hasattr(viewset, "create"):
            found.append(_body("POST", f"{name}/", given[name], viewset.serializer_class))
        found.append(_body("PATCH", page, given[name], viewset.serializer_class))
        for action in (one for one in viewset.get_extra_actions() if one.detail):
            page = f"{name}/{records.get(action.url_path, records[name]).public_id}/{action.url_path}/"
            data = done.get(action.url_path, {})
            found.append(_body("POST", page, data, action.kwargs["serializer_class"]))
            if action.url_path == "numbers":
                del found[-1].inputs["source",]  # it's only for numbers without one of their own
    return found


def _more_given(office, table):
    """Path → a whole body, of the kinds that belong to an office or a partnership."""
    of_table, of_office = {"partnership": table.public_id, "title": "New"}, {"jurisdiction": office, "title": "New"}
    department = {"name": "Libraries", "jurisdiction": office, "contacts": [{"name": "Desk"}]}
    department |= {"identifiers": [{"scheme": "geoid", "value": "27053"}]}
    members = {"members": 20, "prefer_not": 0, "no_answer": 0, "groups": {"women": 9, "men": 8, "another": 3}}
    meeting = {"date": "2027-05-06", "time": "18:30", "agenda": [{"title": "Welcome"}]}
    return {
        "jurisdictions": {"name": "City of lakes", "identifiers": [{"scheme": "geoid", "value": "2743000"}]},
        "departments": department,
        "meetings": of_table | meeting,
        "activities": of_table | {"parties": [{"id": office, "part": "leads"}]},
        "action-items": of_table | {"owner": office},
        "compositions": {"dimension": "gender", "counted_on": "2024-03-02", "counts": members},
        "populations": {"jurisdiction": office, "dimension": "gender", "year": 2023, "total": 900, "source": "Census"}
        | {"counts": {"women": 400}},
        "results": of_office | {"population": "Renters"},
        "measures": of_table
        | {"kind": "how_much", "unit": "number", "counted": "people"}
        | {"groups": [{"dimension": "place", "name": "North side"}]},
        "plans": of_office | {"outcomes": [{"title": "Homes"}]},
    }


def _more_records(office, table):
    party = table.parties.first()
    action = {"partnership": table, "title": "Kept", "owner_party": party}
    return {
        "jurisdictions": office,
        "departments": factories.make_department(office),
        "meetings": factories.make_meeting(table),
        "close": factories.make_meeting(table, days=-1),
        "activities": factories.make_activity(table),
        "action-items": save_action(by=SYSTEM, fields=action),
        "compositions": factories.make_composition(factories.make_body(lead=office)),
        "populations": factories.make_population(office),
        "results": factories.make_result(lead=office),
        "measures": factories.make_measure(partnership=table, unit="number"),
        "plans": factories.make_plan(lead=office),
    }


def _body(method, path, data, serializer_class):
    return Body(method, path, data, dict(_inputs(serializer_class(context={"said": None}), data)))


def _inputs(serializer, data, steps=()):
    for name, one in serializer.fields.items():
        if not isinstance(one, ListSerializer):
            yield (*steps, name), one
        elif name in data:
            place = len(data[name]) - 1
            yield from _inputs(one.child, data[name][place], (*steps, name, place))


class Program:
    """Sends bodies with a token of the office's editor; each is undone."""

    def __init__(self, people):
        person = people.editor
        _, secret = make_token(
            by=person, name="Copy", memberships=list(person.memberships.all()), days=30, writes=Writable.values
        )
        self.client = Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=False)
        self.count = Count()

    def send(self, body, values, **headers):
        """(the answer, every text that is stored of it now)."""
        forget_counts()
        self.count.posts += 1
        self.count.typed += len(values) or len(headers)
        sent = json.dumps(body.with_values(values))
        headers = {"if-match": "*"} | headers
        with transaction.atomic():
            last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            answer = self.client.generic(
                body.method, f"/api/v1/{body.path}", sent, content_type="application/json", headers=headers
            )
            logged = list(Change.objects.filter(pk__gt=last))
            kept = {text for change in logged for text in strings([change.why, change.after])}
            if answer.status_code in (200, 201):
                kept |= set(strings(answer.json()))
            transaction.set_rollback(True)
        return answer, kept, bool(logged)


SHORT = next(line for line in LINES if 1 < len(normal(line)) < 9)  # fits every field


def _nth(one, texts, n):
    """The nth of the texts that this field has room for; of a line, those of one line. SHORT if there is none."""
    fitting = texts if one.style.get("base_template") else [text for text in texts if text not in PARAGRAPHS]
    fitting = [text for text in fitting if len(normal(text)) <= (one.max_length or LONGEST_WHY)] or [SHORT]
    return fitting[n % len(fitting)]


NAMES = [line for line in LINES[::4] if line != A_DAY and line not in FLAGS]


def write_all(people, texts, refused=REFUSED, names=NAMES) -> Count:
    """Send each body a share of these texts, and a part of them in headers. `names`: texts where something is named."""
    program = Program(people)
    for place, body in enumerate(bodies(people)):
        _keep(program, body, texts[place % SHARES :: SHARES] or texts)
        _refuse(program, body, refused, names)
        _break(program, body, texts)
        program.count.inputs |= {(body.method, body.path, *at) for at in body.inputs}
    return program.count


def _keep(program, body, texts):
    for n in range(len(texts)):
        typed = {at: _nth(one, texts, n + place) for place, (at, one) in enumerate(body.free().items())}
        answer, kept, _ = program.send(body, typed)
        lines = {as_line(text) for text in kept}  # of a field of one line
        lost = {at: text for at, text in typed.items() if normal(text) not in kept and as_line(text) not in lines}
        is_right = answer.status_code in (200, 201) and not lost
        program.count.note(is_right, f"{body}: {answer.status_code}, lost {lost}: {answer.content[:300]}")


def _refuse(program, body, texts, names):
    """Control characters, one input at a time, and a wrong text in each place that names something."""
    for place, at in enumerate(body.free()):
        for more in range(min(REFUSED_AT_ONCE, len(texts))):
            _is_refused(program, body, {at: texts[(place * REFUSED_AT_ONCE + more) % len(texts)]})
    if body.meant():
        for text in names:
            _is_refused(program, body, dict.fromkeys(body.meant(), text))


def _is_refused(program, body, values):
    answer, _, is_changed = program.send(body, values)
    program.count.note(answer.status_code == 400 and not is_changed, f"{body}: {answer.status_code} for {values}")


def _break(program, body, texts):
    for at in body.meant():
        for text in texts[::40]:
            answer, _, _ = program.send(body, {at: text})
            program.count.note(answer.status_code in (200, 201, 400), f"{body}: {at} {text!r}: {answer.status_code}")
    header, statuses = ("idempotency-key", (201, 400)) if body.is_new else ("if-match", (200, 400, 412))
    for text in texts[::8]:
        answer, _, _ = program.send(body, {}, **{header: _as_header(text)})
        program.count.note(answer.status_code in statuses, f"{body}: {header} {text!r}: {answer.status_code}")


def _as_header(text):
    """As servers give it on: the bytes as Latin-1, without what would end the line."""
    return "".join(text.split("\n")).replace("\r", "").encode().decode("latin-1")
