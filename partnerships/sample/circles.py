"""Loads the circles of the made-up case: expected seats, filled and empty, and the circles of an earlier quarter."""

from datetime import timedelta

from partnerships.core.access import SYSTEM
from partnerships.insight.circles import quarter_of
from partnerships.insight.expected_seats import expect_seat
from partnerships.insight.models import CircleSnapshot, ExpectedSeat
from partnerships.sample import illustration
from partnerships.sample.calendar import party_of
from partnerships.sample.run import MADE_UP, Run


def load_circles(run: Run) -> None:
    strategy = run.records[illustration.STRATEGY["key"]]
    if ExpectedSeat.objects.filter(partnership=strategy, is_sample=True).exists():
        return
    for vocabulary, key, circle, why in illustration.SEATS:
        _expect(run, vocabulary, key, circle, why, partnership=strategy)
    for area, vocabulary, key, circle, why in illustration.SEATS_OF_AREAS:
        _expect(run, vocabulary, key, circle, why, issue_area=run.areas[area])
    earlier = quarter_of(quarter_of(run.today) - timedelta(days=1))
    for key, circle in illustration.CIRCLES_BEFORE:
        party = party_of(run, strategy, key)
        CircleSnapshot.objects.create(
            quarter_on=earlier, partnership=strategy, party=party, side=party.side, circle=circle
        )
        run.new["circle snapshots"] += 1


def _expect(run, vocabulary, key, circle, why, **scope):
    fields = {"term": run.term(vocabulary, key), "circle": circle, "why": why, "is_public": True}
    expect_seat(office=run.records[illustration.JURISDICTION["key"]], by=SYSTEM, fields=fields | scope | MADE_UP)
    run.new["expected seats"] += 1
