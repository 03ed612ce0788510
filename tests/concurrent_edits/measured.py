"""The records of shared measurement that two people save at once, for kinds.py."""

from partnerships.core.access import SYSTEM
from partnerships.measurement.activities import save_gain
from partnerships.reports.actions import save_report
from tests.concurrent_edits.table import Subject, of_kind, subject
from tests.factories import (
    make_activity,
    make_body,
    make_composition,
    make_measure,
    make_plan,
    make_population,
    make_result,
)


def result(table, n):
    return subject(table.once("result", lambda: make_result(lead=table.office)))


def measure(table, n):
    return subject(table.once("measure", lambda: make_measure(result=result(table, n).record)))


def activity(table, n):
    return subject(table.once("activity", lambda: make_activity(of_kind("strategy")(table, 0).record)))


def plan(table, n):
    found = table.once("plan", lambda: make_plan(lead=table.office, outcomes=[{"number": "1", "title": "Homes"}]))
    return subject(found, outcome=found.outcomes.get().pk)


def composition(table, n):
    return subject(table.once("makeup", lambda: make_composition(make_body(lead=table.office))))


def population(table, n):
    return subject(table.once("population", lambda: make_population(table.office)))


def gain(table, n):
    record = of_kind("strategy")(table, 0).record
    seat = record.parties.get(organization=table.group)
    new_gain = table.once("gain", lambda: save_gain(party=seat, by=SYSTEM, fields={"text": "A say in it"}))
    return Subject(new_gain, {"pk": new_gain.pk}, lambda now: now.text)


def report(table, n):
    return subject(table.once("report", lambda: _report(table)), lambda now: now.title)


def _report(table):
    fields = {"title": "For the council", "kind": "council", "eyes": "everyone", "jurisdiction": table.office}
    return save_report(by=SYSTEM, fields=fields)
