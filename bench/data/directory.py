"""The directory that made-up partnerships refer to: real places, and made-up departments and organizations."""

import random
from collections import Counter

from bench.data import loading
from bench.data import words as made_up
from bench.data.partnerships import LAST_DAY, World
from partnerships.core import ids, search
from partnerships.directory.models import IssueArea, Jurisdiction, Term
from partnerships.models import SearchEntry

RECORD = ("id", "public_id", "version", "stamp", "created_at", "updated_at", "source", "is_sample", "is_illustration")
SEARCHENTRY = ("resource", "record_id", "is_public", "title", "names", "body")
STAGES = ("not_started", "normalizing", "organizing", "operationalizing", "")
UNLISTED = 3  # the last digit of ids of unlisted organizations, one in ten


def load(n) -> World:
    """Copy a directory for n partnerships into the database, with search entries."""
    chance = random.Random(1)
    jurisdictions = _jurisdictions(min(3000, 100 + n // 300), chance)
    departments = _departments(min(10_000, 200 + n // 100), len(jurisdictions), chance)
    sides = _organizations(min(50_000, 500 + n // 20), len(jurisdictions), chance)
    loading.set_sequences()
    terms = Term.objects.order_by("position", "pk")
    return World(
        n,
        jurisdictions,
        departments,
        sides,
        list(terms.filter(vocabulary="purpose").values_list("pk", flat=True)),
        list(terms.filter(vocabulary="origin").values_list("pk", flat=True)),
        list(IssueArea.objects.order_by("pk").values_list("pk", flat=True)),
    )


def _record(prefix, pk):
    return (pk, ids.from_number(prefix, pk * 31), 1, 1, LAST_DAY, LAST_DAY, "", False, False)


def _jurisdictions(n, chance):
    # Leads are mostly drawn from low ids, so these include cities. The states are the roots.
    places = made_up.places(n)
    states = {place.state: pk for pk, place in enumerate(places, start=1) if place.kind == "state"}
    rows = []
    for pk, place in enumerate(places, start=1):
        parent = None if place.kind == "state" else states[place.state]
        path = f"/{parent}/{pk}/" if parent else f"/{pk}/"
        stage = chance.choice(STAGES)
        rows.append((*_record("J", pk), parent, path, place.name, place.kind, place.state, stage, "", "", place.zone))
    columns = (*RECORD, "parent_id", "path", "name", "kind", "state", "stage", "about", "website", "zone")
    loading.copy("jurisdiction", columns, rows)
    kinds = dict(Jurisdiction._meta.get_field("kind").choices)
    entries = [search.Entry(pk, True, p.name, kinds[p.kind]) for pk, p in enumerate(places, start=1)]
    _index("jurisdiction", entries)
    return [place.name for place in places]


def _departments(n, jurisdictions, chance):
    rows, entries, found = [], [], {}
    for pk in range(1, n + 1):
        home = int(jurisdictions * chance.random() ** 2) + 1
        number = len(found.setdefault(home, []))
        name = made_up.DEPARTMENTS[number % len(made_up.DEPARTMENTS)]
        name += f" {number // len(made_up.DEPARTMENTS) + 1}" if number >= len(made_up.DEPARTMENTS) else ""
        found[home].append(pk)
        rows.append((*_record("D", pk), None, f"/{pk}/", home, name, "department", name == "Office of Equity", "", ""))
        entries.append(search.Entry(pk, True, name, ""))
    columns = (*RECORD, "parent_id", "path", "jurisdiction_id", "name", "kind", "is_equity_office", "about", "website")
    loading.copy("department", columns, rows)
    _index("department", entries)
    return found


def _organizations(n, jurisdictions, chance):
    rows, entries, sides = [], [], []
    for pk in range(1, n + 1):
        name, side = made_up.organization(pk - 1), "community" if chance.random() < 0.75 else "institution"
        listing = "unlisted" if pk % 10 == UNLISTED else chance.choice(("profiled", "named"))
        sides.append(side)
        keeper = int(jurisdictions * chance.random() ** 2) + 1
        rows.append((*_record("G", pk), name, "", side, "", "", listing, "", keeper, "", "", "{}"))
        entries.append(search.Entry(pk, listing != "unlisted", name))
    columns = (
        *RECORD, "name", "other_names", "side", "aims", "website", "listing", "listing_source", "kept_by_id", "area_note",
        "address", "open_fields",
    )  # fmt: skip
    loading.copy("organization", columns, rows)
    _index("organization", entries)
    return sides


def _index(resource, entries):
    rows = [search.row_of(resource, entry) for entry in entries]
    rows = [(row.resource, row.record_id, row.is_public, row.title, row.names, row.body) for row in rows]
    loading.copy("searchentry", SEARCHENTRY, rows)


def count_words() -> Counter:
    """Count the words of the directory's search entries."""
    rows = SearchEntry.objects.exclude(resource__startswith="partnership").filter(is_public=True)
    counts = Counter()
    for text in rows.values_list("title", "names", "body"):
        counts.update(set(" ".join(text).split()))
    return counts
