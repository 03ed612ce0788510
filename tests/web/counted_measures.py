"""Results and measures of the world in which queries are counted (counted_world.py)."""

from datetime import date

from partnerships.core.access import SYSTEM
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from tests.factories import BY_GENDER, make_body, make_composition, make_measure, make_population, make_result


def add_measures(world, partnership, i):
    """Add a result and a measure of the first partnership. The first measure gets one more group and number each time."""
    owner = {"party": partnership.parties.get(organization=world.organization), "supplies": True}
    shown = {"is_published": True, "issue_areas": [world.area], "partnerships": [partnership]}
    world.__dict__.setdefault("results", []).append(make_result(f"Result {i}", lead=world.people.office, **shown))
    of = {"result": world.results[0], "owners": [owner], "is_published": True}
    world.__dict__.setdefault("measures", []).append(make_measure(f"Measure {i}", **of))
    make_measure(f"Answered in time {i}", partnership=partnership, owners=[owner], is_published=True)
    first = world.measures[0]
    for n in range(5 if i == 0 else 0):  # the log's latest entries stay of one kind
        save_measure(measure=first, by=SYSTEM, fields={"definition": f"As read {n}"})
    groups = [{"id": row.pk, "dimension": "age", "key": row.key, "name": row.name} for row in first.groups.all()]
    groups.append({"dimension": "age", "key": f"age-{i}", "name": f"Age {i}"})
    world.measures[0] = first = save_measure(measure=first, by=SYSTEM, fields={}, groups=groups)
    rows = [{"starts_on": date(2020 + i, 1, 1), "cell": cell, "numerator": 40, "denominator": 80}
            for cell in ("", f"age=age-{i}")]  # fmt: skip
    save_points(measure=first, by=SYSTEM, rows=rows, party=owner["party"])
    _add_makeups(world, i)


def _add_makeups(world, i):
    """Add an advisory body with one more count each time, in two dimensions, and one more population table."""
    if i == 0:
        world.body = make_body(lead=world.people.office)
    at = {"counted_on": date(2020 + i, 1, 1), "changed": 20}
    world.makeup = make_composition(world.body, counts=BY_GENDER, **at)
    make_composition(world.body, "disability", {"with": 8, "without": 12}, **at)
    world.people_counted = make_population(world.people.office, year=2020 + i)
