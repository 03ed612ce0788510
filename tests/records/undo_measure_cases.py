"""The same as tests/records/undo_cases.py for results and measures: every field that can be changed and undone."""

from datetime import date

from partnerships.core.snapshots import snapshot_fields
from partnerships.measurement import actions, composition
from tests.factories import (
    make_body,
    make_composition,
    make_measure,
    make_partnership,
    make_population,
    make_result,
    party,
)
from tests.records.undo_cases import DAY, LINE, PROSE, Kept

YOUNG = {"dimension": "age", "key": "young", "name": "Under 18", "is_reference": True}
OLD = {"dimension": "age", "key": "old", "name": "Over 65", "is_reference": False}


def result(people):
    made = make_result(lead=people.office, partnerships=[make_partnership(lead=people.office)])
    return Kept(made, actions.save_result, snapshot_fields, "result")


RESULT = {
    "title": {"title": LINE},
    "population": {"population": LINE, "detail": PROSE},
    "lead": lambda kept: {"lead": kept.city},
    "issue_areas": lambda kept: {"issue_areas": [kept.area]},
    "partnerships": {"partnerships": []},
    "is_published": {"is_published": True},
    "source": {"source": LINE, "last_verified_on": DAY},
}
RESULT_NOT = {"is_illustration"}


def measure(people):
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    owners = [{"party": one, "supplies": not place} for place, one in enumerate(table.parties.all())]
    made = make_measure(partnership=table, groups=[YOUNG, OLD], owners=owners)
    return Kept(made, actions.save_measure, actions.snapshot_measure, "measure")


def _groups(kept, *changed):
    """Return the groups as the page sends them, with these changes to each. None removes the group."""
    rows = [
        {"id": row.pk, "dimension": row.dimension, "key": row.key, "name": row.name, "is_reference": row.is_reference}
        for row in kept.record.groups.all()
    ]
    return {"groups": [row | more for row, more in zip(rows, changed, strict=True) if more is not None]}


def _owners(kept, *supplies):
    rows = [{"id": row.pk, "party": row.party, "supplies": row.supplies} for row in kept.record.owners.all()]
    return {"owners": [row | {"supplies": said} for row, said in zip(rows, supplies, strict=False)]}


MEASURE = {
    "title": {"title": LINE, "definition": PROSE},
    "kind": {"kind": "better_off", "direction": "down"},
    "unit": {"unit": "rate", "per": 1000, "counted": "events"},
    "score": {"unit": "score", "lowest": 1, "highest": 5, "counted": ""},
    "period": {"period": "school_year", "first_month": 8},
    "baseline": {"baseline_value": "12.5", "baseline_on": date(2020, 1, 1)},
    "target": {"target_value": 80, "target_on": date(2030, 1, 1)},
    "last": {"last_on": date(2031, 1, 1)},
    "smallest": {"smallest": 11, "due_days": 60},
    "is_published": {"is_published": True},
    "source": {"source": LINE, "last_verified_on": DAY},
    "groups": lambda kept: _groups(kept, {"name": LINE, "is_reference": False}, {"is_reference": True}),
    "a group goes": lambda kept: _groups(kept, {}, None),
    "owners": lambda kept: _owners(kept, False, True),
    "an owner goes": lambda kept: _owners(kept, True),
}
MEASURE_NOT = {"is_illustration", "lead", "result", "partnership", "numbers", "revision", "taken_out", "readings"}


def member_composition(people):
    made = make_composition(make_body(lead=people.office), changed=2)
    return Kept(made, composition.save_composition, composition.snapshot_composition, "makeup")


MAKEUP = {
    "counted_on": {"counted_on": date(2025, 1, 1)},
    "counts": {"of_women": 10, "of_men": 6, "of_another": 1},
    "members": {"members": 24, "prefer_not": 3, "no_answer": 4},
    "several": {"several": True, "of_women": 12},
    "changed": {"changed": None, "asked_how": LINE, "note": PROSE},
    "source": {"source": LINE, "last_verified_on": DAY},
}
MAKEUP_NOT = {"is_illustration", "partnership", "dimension"}


def population(people):
    made = make_population(people.office)
    return Kept(made, composition.save_population, composition.snapshot_population, "population")


POPULATION = {
    "year": {"year": 2021},
    "counts": {"of_women": None, "of_men": 481, "of_another": 3},
    "total": {"total": 2000, "several": True},
    "source": {"source": LINE, "link": "https://example.org/table", "note": PROSE, "last_verified_on": DAY},
}
POPULATION_NOT = {"is_illustration", "jurisdiction", "dimension"}

KINDS = {
    "result": (result, RESULT, RESULT_NOT, "administrator"),
    "measure": (measure, MEASURE, MEASURE_NOT, "administrator"),
    "makeup": (member_composition, MAKEUP, MAKEUP_NOT, "administrator"),
    "population": (population, POPULATION, POPULATION_NOT, "administrator"),
}
