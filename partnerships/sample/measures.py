"""Loads the result of the made-up case with two measures, and four years of made-up numbers."""

from decimal import Decimal

from partnerships.core.access import SYSTEM
from partnerships.measurement.actions import save_measure, save_result
from partnerships.measurement.choices import Race
from partnerships.measurement.models import Result
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.periods import after, start_of
from partnerships.sample import illustration, illustration_numbers
from partnerships.sample.calendar import party_of
from partnerships.sample.run import MADE_UP, Run


def load_measures(run: Run) -> None:
    strategy = run.records[illustration.STRATEGY["key"]]
    if Result.objects.filter(partnerships=strategy, is_sample=True).exists():
        return
    areas = [run.areas[key] for key in illustration_numbers.RESULT["issue_areas"]]
    fields = illustration_numbers.RESULT | {"lead": strategy.lead, "issue_areas": areas, "partnerships": [strategy]}
    result = save_result(by=SYSTEM, fields=fields | MADE_UP)
    run.new["results"] += 1
    for row in illustration_numbers.MEASURES:
        scope = {"result": result} if row["fields"]["kind"] == "indicator" else {"partnership": strategy}
        _load_measure(run, strategy, row, scope)


def _load_measure(run, strategy, row, scope):
    last = after("year", start_of("year", run.today), -1)
    first = after("year", last, 1 - illustration_numbers.YEARS)
    fields = {"lead": strategy.lead, "baseline_on": first, "target_on": after("year", last, 2)} | scope | row["fields"]
    groups = [
        {
            "dimension": "race",
            "key": key,
            "name": Race(key).label,
            "is_reference": key == illustration_numbers.REFERENCE,
        }
        for key in row["numbers"]
        if key
    ]
    owners = [
        {"party": party_of(run, strategy, key), "supplies": supplies} for key, supplies in illustration_numbers.OWNERS
    ]
    measure = save_measure(by=SYSTEM, fields=fields | MADE_UP, groups=groups, owners=owners)
    save_points(
        measure=measure,
        by=SYSTEM,
        rows=list(_points(row, first)),
        party=owners[0]["party"],
        source=illustration.SOURCE,
    )
    run.new["measures"] += 1


def _points(row, first):
    for key, counts in row["numbers"].items():
        for years, (part, whole) in enumerate(counts):
            story = {"story": row["story"]} if not key and years == len(counts) - 1 else {}
            yield {
                "starts_on": after("year", first, years),
                "cell": f"race={key}" if key else "",
                "numerator": Decimal(part),
                "denominator": Decimal(whole),
            } | story
