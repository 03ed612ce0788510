"""The rows of made-up partnerships, a chunk at a time. The same number gives the same partnership on every run."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bench.data import words
from partnerships.core import ids

CHUNK = 5000
PARTIES = (2, 3, 3, 4)  # for every four partnerships, so three on average
KINDS = ("contract", "training", "advisory_body", "organizing", "learning", "strategy", "joint_project")
KIND_WEIGHTS = (22, 12, 13, 12, 9, 12, 20)
STATUSES = ("forming", "active", "paused", "repairing", "ended")
STATUS_WEIGHTS = (14, 52, 6, 3, 25)
CIRCLES = ("decides", "co_designs", "consulted", "informed", "", "not_approached", "declined")
CIRCLE_WEIGHTS = (20, 20, 25, 20, 10, 3, 2)
SECOND_ROLE = {"contract": "contractor", "training": "trainer", "organizing": "organizer"}
OTHER_ROLES = ("member", "convenor", "funder", "advisor", "member", "member", "advisor")
LAST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 1826
WIDELY_HELD, HELD = 1, 2  # organizations that take part in 50,000 and in 1,000 partnerships of a million

COLUMNS = {
    "partnership": (
        "id", "public_id", "version", "stamp", "created_at", "updated_at", "last_verified_on", "source", "is_sample",
        "is_illustration", "title", "kind", "origin_note", "status", "status_reason", "lessons", "summary", "common_agenda",
        "engagement", "starts_on", "ends_on", "is_published", "published_at", "backbone_is_shared", "internal_notes",
        "lead_id", "origin_id", "purpose_id",
    ),
    "party": (
        "id", "partnership_id", "jurisdiction_id", "department_id", "organization_id", "side", "circle", "starts_on",
        "ends_on", "contribution", "internal_notes", "consented_on", "position",
    ),
    "partyrole": ("partnership_id", "party_id", "role", "hours_per_month", "is_shared"),
    "partnership_issue_areas": ("partnership_id", "issuearea_id"),
    "partnershiplink": ("earlier_id", "later_id", "came_of_it", "url"),
    "agreement": (
        "partnership_id", "amount", "currency", "starts_on", "ends_on", "scope", "payment_days", "renewal",
    ),
    "training": ("partnership_id", "audience", "hours", "evaluator"),
    "advisorybody": (
        "partnership_id", "seat_count", "term_months", "position", "chosen_how", "decides_what", "decides_how",
        "compensation",
    ),
    "jointproject": ("partnership_id", "outcomes", "budget", "budget_split"),
    "ask": (
        "partnership_id", "text", "asked_on", "answer", "answer_reason", "answer_due_on", "answered_on", "delivered_on",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """What partnerships refer to. `jurisdictions`: names, by id minus one. `departments`: ids by jurisdiction."""

    n: int
    jurisdictions: list[str]
    departments: dict[int, list[int]]
    organization_sides: list[str]
    purposes: list[int]
    origins: list[int]
    issue_areas: list[int]


@dataclass
class Draw:
    """One partnership while its rows are made."""

    pk: int
    kind: str
    lead: int
    starts: date
    chance: random.Random
    parties: list = field(default_factory=list)
    taken: set = field(default_factory=set)


def rows_of_chunk(chunk, world, stamp):
    """Return table → rows of the partnerships whose numbers are in this chunk."""
    chance = random.Random(chunk)
    tables = {name: [] for name in COLUMNS}
    for number in range(chunk * CHUNK, min((chunk + 1) * CHUNK, world.n)):
        _add(number, world, stamp, chance, tables)
    return tables


def updated_at(number, n):
    """Distinct times over five years, in an order that doesn't depend on the ids (37 and n share no factor)."""
    step = timedelta(days=DAYS) / n
    return LAST_DAY - step * ((number * 7_368_787 + 11) % n) - timedelta(microseconds=number % 1000)


def _add(number, world, stamp, chance, tables):
    pk = number + 1
    kind = chance.choices(KINDS, KIND_WEIGHTS)[0]
    lead = int(len(world.jurisdictions) * chance.random() ** 2.5) + 1
    starts = LAST_DAY.date() - timedelta(days=chance.randrange(30, 3600))
    draw = Draw(pk, kind, lead, starts, chance)
    tables["partnership"].append(_partnership(number, draw, world, stamp))
    _add_parties(number, draw, world, tables)
    chosen = {int(len(world.issue_areas) * chance.random() ** 1.5) for _ in range(chance.choice((1, 1, 2)))}
    tables["partnership_issue_areas"] += [(pk, world.issue_areas[place]) for place in sorted(chosen)]
    if number % 50 == 9:
        came = "Ordinance on fair access" if number % 100 == 9 else ""
        tables["partnershiplink"].append((pk - 8, pk, came, ""))
    _add_facts(draw, tables)


def _partnership(number, draw, world, stamp):
    chance, kind = draw.chance, draw.kind
    status = chance.choices(STATUSES, STATUS_WEIGHTS)[0]
    ends = (
        draw.starts + timedelta(days=chance.randrange(1, 1800)) if status == "ended" or chance.random() < 0.4 else None
    )
    place = world.jurisdictions[draw.lead - 1]
    title = f"{chance.choice(words.WORK[kind])} {chance.choice(words.TOPICS)}, {place}"
    changed = updated_at(number, world.n)
    began = changed - timedelta(days=chance.random() * 700)
    published = number % 50 != 13
    summary = f"{chance.choice(words.WHY)} {chance.choice(words.AIMS)} {chance.choice(words.AIMS)}"
    return (
        draw.pk, ids.from_number("P", number * 977 + 5), chance.randrange(1, 9), stamp, began, changed,
        changed.date() if chance.random() < 0.6 else None, "", False, False, title, kind,
        chance.choice(words.WHY) if chance.random() < 0.3 else "", status,
        "Its term was over." if status == "ended" else "", "", summary,
        f"{chance.choice(words.AIMS)}" if chance.random() < 0.5 else "",
        chance.choices((None, 0, 1, 2, 3, 4, 5), (30, 3, 14, 28, 14, 8, 3))[0], draw.starts, ends, published,
        began + timedelta(days=1) if published else None, False, "", draw.lead,
        world.origins[int(len(world.origins) * chance.random() ** 1.5)] if chance.random() < 0.8 else None,
        world.purposes[int(len(world.purposes) * chance.random() ** 1.3)],
    )  # fmt: skip


def _add_parties(number, draw, world, tables):
    chance = draw.chance
    first_id = 12 * (number // 4) + sum(PARTIES[: number % 4]) + 1
    special = WIDELY_HELD if number % 20 == 1 else HELD if number % 1000 == 7 else None
    for place in range(PARTIES[number % 4]):
        party_id = first_id + place
        jurisdiction, department, organization = entity = _entity(place, draw, world, special)
        draw.taken.add(entity)
        side = world.organization_sides[organization - 1] if organization else "government"
        tables["party"].append((
            party_id, draw.pk, jurisdiction, department, organization, side,
            "decides" if place == 0 else chance.choices(CIRCLES, CIRCLE_WEIGHTS)[0],
            None, None, chance.choice(words.ADDS) if chance.random() < 0.3 else "", "",
            draw.starts if organization and draw.kind == "organizing" and chance.random() < 0.6 else None, place,
        ))  # fmt: skip
        role = (
            "lead" if place == 0 else SECOND_ROLE.get(draw.kind, "member") if place == 1 else chance.choice(OTHER_ROLES)
        )
        tables["partyrole"].append((draw.pk, party_id, role, None, False))
        if place == 0 and chance.random() < 0.3:
            tables["partyrole"].append((draw.pk, party_id, "backbone", chance.choice((None, 10, 20, 40, 80)), False))


def _entity(place, draw, world, special):
    """Return (jurisdiction, department, organization) with one of them set, and none twice in a partnership."""
    chance = draw.chance
    here = world.departments.get(draw.lead, ())
    if place == 0:
        department = chance.choice(here) if here and chance.random() < 0.3 else None
        if draw.kind == "strategy":
            department = chance.choice(here) if here else _department(draw, world)
        return (None, department, None) if department else (draw.lead, None, None)
    if special and place == 2:
        return None, None, special
    while True:
        wanted = _wanted(place, draw)
        if wanted == "organization":
            found = None, None, HELD + 1 + int((len(world.organization_sides) - HELD) * chance.random() ** 2)
        elif wanted == "department":
            found = None, _department(draw, world), None
        else:
            found = int(len(world.jurisdictions) * chance.random() ** 2) + 1, None, None
        if found not in draw.taken:
            return found


def _wanted(place, draw):
    if place == 1:
        return {"learning": "jurisdiction", "strategy": "department"}.get(draw.kind, "organization")
    if place == 2 and draw.kind == "strategy":
        return "department"
    return draw.chance.choices(("organization", "department", "jurisdiction"), (60, 25, 15))[0]


def _department(draw, world):
    here = world.departments.get(draw.lead, ())
    if len(here) > 3 and draw.chance.random() < 0.7:
        return draw.chance.choice(here)
    while True:
        there = world.departments.get(int(len(world.jurisdictions) * draw.chance.random() ** 2) + 1)
        if there:
            return draw.chance.choice(there)


def _add_facts(draw, tables):
    chance, pk = draw.chance, draw.pk
    if draw.kind == "contract":
        ends = draw.starts + timedelta(days=chance.randrange(90, 1500))
        amount = chance.randrange(5, 900) * 1000
        tables["agreement"].append((pk, amount, "USD", draw.starts, ends, "", chance.choice((30, 45, 60, None)), ""))
    elif draw.kind == "training":
        tables["training"].append((pk, "Leaders and managers", chance.choice((4, 8, 16, 24)), ""))
    elif draw.kind == "advisory_body":
        seats, term = chance.randrange(5, 25), chance.choice((12, 24, 36))
        tables["advisorybody"].append((pk, seats, term, "", "Chosen by their own groups.", "", "", "A stipend"))
    elif draw.kind == "joint_project":
        tables["jointproject"].append((pk, chance.choice(words.AIMS), chance.randrange(10, 500) * 1000, ""))
    elif draw.kind == "organizing":
        answer = chance.choice(("", "adopted", "in_part", "declined"))
        tables["ask"].append((pk, chance.choice(words.AIMS), draw.starts, answer, "", None, None, None))
