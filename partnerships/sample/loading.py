"""Loads the sample registry through the registry's own actions. Records that exist already stay as they are."""

from collections import Counter

from django.db import transaction

from partnerships.sample import run as runs
from partnerships.sample.activities import load_activities
from partnerships.sample.calendar import load_calendar, load_people
from partnerships.sample.circles import load_circles
from partnerships.sample.composition import load_compositions
from partnerships.sample.directory import load_directory
from partnerships.sample.measures import load_measures
from partnerships.sample.partnerships import load_partnerships
from partnerships.sample.rounds import load_rounds


@transaction.atomic
def load() -> Counter:
    """Add the sample records that are missing. Returns how many are new, by their plural names.

    The vocabularies must be loaded first.
    """
    run = runs.start()
    load_directory(run)
    load_people(run)
    load_partnerships(run)
    load_calendar(run)
    load_rounds(run)
    load_circles(run)
    load_measures(run)
    load_activities(run)
    load_compositions(run)
    return run.new
