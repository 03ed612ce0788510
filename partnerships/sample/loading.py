"""Loads the sample registry through the registry's own actions. Records that exist already stay as they are."""

from collections import Counter
from collections.abc import Callable

from django.db import transaction

from partnerships.sample import run as runs
from partnerships.sample.activities import load_activities
from partnerships.sample.calendar import load_calendar, load_people
from partnerships.sample.circles import load_circles
from partnerships.sample.composition import load_compositions
from partnerships.sample.directory import load_directory
from partnerships.sample.interactions import load_interactions
from partnerships.sample.measures import load_measures
from partnerships.sample.partnerships import load_partnerships
from partnerships.sample.rounds import load_rounds

PARTS = (
    load_directory,
    load_people,
    load_partnerships,
    load_calendar,
    load_interactions,
    load_rounds,
    load_circles,
    load_measures,
    load_activities,
    load_compositions,
)


@transaction.atomic
def load() -> Counter:
    """Add the sample records that are missing. Returns how many are new, by their plural names.

    The vocabularies must be loaded first.
    """
    run = runs.start()
    for part in PARTS:
        part(run)
    return run.new


def load_in_parts(report: Callable[[int], None]) -> Counter:
    """`load`, with a transaction for each of PARTS. `report` is called between them with how many are done."""
    run = runs.start()
    for done, part in enumerate(PARTS, start=1):
        with transaction.atomic():
            part(run)
        report(done)
    return run.new
