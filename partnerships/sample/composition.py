"""Loads made-up counts: the composition of the sample's committee, and the population of its city."""

from partnerships.core.access import SYSTEM
from partnerships.measurement.composition import OF, save_composition, save_population
from partnerships.measurement.composition_models import Makeup
from partnerships.sample import illustration, illustration_numbers
from partnerships.sample.run import MADE_UP, Run


def load_compositions(run: Run) -> None:
    committee = run.records[illustration.COMMITTEE["key"]]
    if Makeup.objects.filter(partnership=committee).exists():
        return
    for row in illustration_numbers.POPULATIONS:
        fields = row["fields"] | _counts(row) | {"jurisdiction": committee.lead, "year": run.today.year - 2}
        save_population(by=SYSTEM, fields=fields | MADE_UP)
        run.new["populations"] += 1
    for row in illustration_numbers.MAKEUPS:
        fields = row["fields"] | _counts(row) | {"partnership": committee, "counted_on": run.day(row["days"])}
        save_composition(by=SYSTEM, fields=fields | MADE_UP)
        run.new["counts of members"] += 1


def _counts(row):
    return {f"{OF}{key}": count for key, count in row["counts"].items()}
