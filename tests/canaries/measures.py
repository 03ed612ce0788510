"""Canaries of results, measures and their numbers. None is public, and the partner supplies the data."""

from datetime import date

from partnerships.core.access import SYSTEM
from partnerships.measurement import interpretations
from partnerships.measurement.actions import save_measure, save_result
from partnerships.measurement.number_actions import save_points
from tests.factories import make_composition

RESULT, MEASURE = ("title", "population", "detail", "source"), ("title", "definition", "source")


def plant(world):
    plant_composition(world)
    if not world.has("result.title"):
        return
    table, office = world["table"], world.people.office
    fields = {name: world.put(f"result.{name}") for name in RESULT}
    result = save_result(by=SYSTEM, fields=fields | {"lead": office, "partnerships": [table], "issue_areas": []})
    owner = {"party": table.parties.get(organization=world.people.organization), "supplies": True}
    fields = {name: world.put(f"measure.{name}") for name in MEASURE} | {"lead": office, "result": result}
    fields |= {"kind": "indicator", "unit": "percent", "counted": "people"}
    group = {"dimension": "place", "key": "east", "name": world.put("measuregroup.name")}
    measure = save_measure(by=SYSTEM, fields=fields, groups=[group], owners=[owner])
    _enter(world, measure, owner["party"])
    interpretation = {"kind": "dispute", "starts_on": date(2024, 1, 1), "words": world.put("reading.words")}
    one = interpretations.save_interpretation(
        measure=measure, party=owner["party"], by=world.people.partner, **interpretation
    )
    interpretations.answer_dispute(reading=one, by=SYSTEM, answer=world.put("reading.answer"))
    world.records |= {"result.title": result, "measure.title": measure}


def _enter(world, measure, party):
    """Enter a number, correct it with a reason, and then quote it from a published table."""
    row = {"starts_on": date(2024, 1, 1), "denominator": 80}
    save_points(measure=measure, by=SYSTEM, rows=[row | {"numerator": 40}], party=party)
    texts = {name: world.put(f"datapoint.{name}") for name in ("story", "source")}
    texts["published_by"] = world.put("datapoint.published_by") or "A bureau"
    texts["link"] = world.put("datapoint.link") or "https://example.org/"
    why = world.put("datapoint.why")
    save_points(measure=measure, by=SYSTEM, rows=[row | {"numerator": 44} | texts], party=party, why=why)


def plant_composition(world):
    body = world.records.get("partnership.title of a draft: advisory_body")
    if body and world.has("makeup.note"):
        texts = {name: world.put(f"makeup.{name}") for name in ("asked_how", "note", "source")}
        world.records["makeup.note"] = make_composition(body, **texts)
