"""Everything that people who don't enter a measure's numbers can read: pages, files, pictures, embeds, API, timeline, reports.

And QA24, which searches there for what small counts could be.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from random import Random

import time_machine
from django.db import transaction
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.models import MeasureSum
from partnerships.reports.content import content_of
from partnerships.reports.models import ReportDefinition
from tests.factories import make_measure, make_partnership, make_result, party
from tests.measurement import family_attack
from tests.measurement.family_attack import START, WHOLE, Attack, random_family

TOKEN = re.compile(rb'(name="(?:csrfmiddlewaretoken|form_key)" value=|nonce=)"[^"]*"')
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAMILIES, PEOPLE, SOLVED = 10, 6, 400  # families entered, corrections by one person, families solved


def addresses(measure, table, people):
    page, place = f"/measures/{measure.public_id}/", people.office.public_id
    yield from (page, f"{page}?by=race", "/measures/", "/measures.csv", f"{page}numbers.csv")
    yield from (f"{page}pictures/{name}.svg" for name in ("trend", "groups-race", "dots-race", "apart-race"))
    yield from (f"/partnerships/{table.public_id}/{name}" for name in ("", "results/", "timeline/", "timeline.csv"))
    yield from (
        f"/jurisdictions/{place}/dashboard/",
        f"/embed/jurisdictions/{place}/",
        f"/results/{measure.result.public_id}/",
    )
    yield from (f"/api/v1/measures/{measure.public_id}/", "/api/v1/measures/", "/api/v1/measures/?updated_since=start")


def everything_published(measure, table, people) -> dict:
    """Return (reader, address) → (status, ETag, bytes), for a stranger and a viewer of the office.

    The content of reports is included.
    """
    found = {}
    reader = Client()
    reader.force_login(people.reader)
    with time_machine.travel(NOON, tick=False):
        for name, client in (("stranger", Client()), ("reader", reader)):
            for address in addresses(measure, table, people):
                answer = client.get(address)
                content = answer.getvalue() if answer.streaming else answer.content
                found[name, address] = answer.status_code, answer.headers.get("ETag"), TOKEN.sub(b"", content)
        for eyes in ("everyone", "own"):
            definition = ReportDefinition(kind="profile", jurisdiction=people.office, partnership=table, eyes=eyes)
            found["report", eyes] = 200, None, json.dumps(content_of(definition)[0], default=str).encode()
    return found


def exact_in(found, counts) -> list:
    """Where one of these counts appears as a whole number."""
    forms = {form for count in counts for form in (str(count), f"{count:,}")}
    pattern = re.compile(rf"(?<![\d.,])(?:{'|'.join(forms)})(?![\d]|,\d)")
    return [(where, told) for where, (_, _, text) in found.items() if (told := pattern.findall(text.decode()))]


def figure():
    """Return for bench/figures/qa24.py what was tried, and what is wrong."""
    from tests.people import make_people

    people = make_people()
    table = make_partnership("The table", lead=people.office, parties=[party(people.office, "lead")])
    found = {"tried": 0, "families": 0, "answers": 0, "linked": 0, "wrong": []}
    for seed in range(SOLVED):
        tried, known = family_attack.attacked(seed)
        found["tried"] += tried
        found["families"] += 1
        found["wrong"] += known
    for seed in range(FAMILIES):
        with transaction.atomic():
            _try_family(seed, people, table, found)
            transaction.set_rollback(True)
    for seed in range(PEOPLE):
        with transaction.atomic():
            _try_one_person(seed, people, table, found)
            transaction.set_rollback(True)
    return found


def _try_family(seed, people, table, found):
    """Enter a family as an office does, and read what everyone sees of it from the API and the file."""
    family = random_family(Random(f"entered {seed}"))
    result = make_result("A home for all", lead=people.office, is_published=True, partnerships=[table])
    groups = [{"dimension": "race", "key": group.removeprefix("race="), "name": group} for group in family.groups]
    with time_machine.travel(START, tick=False):
        fields = {"result": result, "groups": groups, "unit": "number", "period": "month", "is_published": True}
        measures = {name: make_measure(name, smallest=family.limits[0], **fields) for name in family.measures}
    shown = []
    for n, version in enumerate(family.truth):
        with time_machine.travel(START + timedelta(days=150 + 30 * n), tick=False):
            for measure in measures.values():
                if measure.smallest != family.limits[n]:
                    save_measure(measure=measure, by=SYSTEM, fields={"smallest": family.limits[n]})
            for name, measure in measures.items():
                rows = [
                    {"starts_on": month, "cell": group, "value": number}
                    for (of, month, group), number in version.items()
                    if of == name
                ]
                save_points(measure=measure, by=SYSTEM, rows=rows, why="A better count")
        shown.append(_read(measures, found))
    family.shown = shown
    tried, known = Attack(family).known()
    found["tried"] += tried
    found["families"] += 1
    found["linked"] += MeasureSum.objects.filter(whole=measures[WHOLE]).exists()
    found["wrong"] += [f"entered {seed}, {words}" for words in known]


def _read(measures, found):
    """Return {(measure, month, group): what the API shows}. The file must show the same."""
    seen, client = {}, Client()
    for name, measure in measures.items():
        numbers = client.get(f"/api/v1/measures/{measure.public_id}/").json()["numbers"]
        file = client.get(f"/measures/{measure.public_id}/numbers.csv").getvalue().decode("utf-8-sig")
        found["answers"] += 2
        for one in numbers:
            is_shown = one["state"] == "shown"
            seen[name, date.fromisoformat(one["starts_on"]), one["group"]] = int(one["value"]) if is_shown else None
        of_file = [line.split(",")[3:5] for line in file.splitlines()[1:]]
        of_api = [
            ["shown", str(int(one["value"]))] if one["state"] == "shown" else ["suppressed", ""] for one in numbers
        ]
        if of_file != of_api:
            found["wrong"].append(f"{name}: the file and the API differ")
    return seen


def _try_one_person(seed, people, table, found):
    """Enter large counts that appear in no other number, and then one more person in one group.

    No answer may change, and none may contain the counts.
    """
    random = Random(f"one person {seed}")
    groups = ("black", "hispanic", "white")
    rows = {
        key: (5 * random.randint(220, 900) + random.randint(1, 4), 5 * random.randint(1000, 1900) + 2) for key in groups
    }
    with time_machine.travel(NOON, tick=False):
        result = make_result("A home for all", lead=people.office, is_published=True, partnerships=[table])
        named = [
            {"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in groups
        ]
        measure = make_measure("Families who own", result=result, groups=named, is_published=True)
        for year in (2023, 2024):
            _enter(measure, year, rows)
    before = everything_published(measure, table, people)
    counts = {number for pair in (*rows.values(), _total(rows)) for number in pair if number % 5}
    found["wrong"] += [f"one person {seed}: {told} at {where}" for where, told in exact_in(before, counts)]
    moved = random.choice(groups)
    rows[moved] = rows[moved][0] + 1, rows[moved][1] + random.choice((0, 1))
    _enter(measure, 2024, rows)
    after = everything_published(measure, table, people)
    found["answers"] += len(before) + len(after)
    log = ("reader", f"/measures/{measure.public_id}/")  # the office's own log
    found["wrong"] += [
        f"one person {seed}: {where} moved" for where in before if before[where] != after[where] and where != log
    ]
    found["wrong"] += [f"{where} answers {status}" for where, (status, *_) in before.items() if status != 200]


def _total(rows):
    return tuple(sum(pair[n] for pair in rows.values()) for n in (0, 1))


def _enter(measure, year, rows):
    cells = {"": _total(rows)} | {f"race={key}": pair for key, pair in rows.items()}
    rows = [
        {"starts_on": date(year, 1, 1), "cell": cell, "numerator": above, "denominator": below}
        for cell, (above, below) in cells.items()
    ]
    save_points(measure=measure, by=SYSTEM, rows=rows, source="Survey", why="One more was found")
