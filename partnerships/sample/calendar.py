"""Loads the sample's people, and the meetings, action items and check-ins of the made-up case.

Dates are relative to the day of loading.
"""

from datetime import time, timedelta

from django.db.models import Q

from partnerships.accounts.models import Membership, Person
from partnerships.core.access import SYSTEM
from partnerships.core.models import type_key
from partnerships.directory.models import Contact
from partnerships.meetings.check_ins import record_check_in, save_check_in_plan
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.models import CheckInPlan
from partnerships.sample import illustration
from partnerships.sample.run import MADE_UP, Run, once


def load_people(run: Run) -> None:
    for email, name, place, role in illustration.PEOPLE:
        if Person.objects.filter(email=email).exists():
            continue
        person = Person.objects.create_user(
            email, name=name, zone=illustration.ZONE, is_sample=True, is_administrator=place is None
        )
        run.new["people"] += 1
        if place:
            Membership.objects.create(person=person, role=role, **_as_field(run.records[place]))


def load_calendar(run: Run) -> None:
    for row in illustration.MEETINGS:
        once(run, row, _meeting)
    strategy = run.records[illustration.STRATEGY["key"]]
    if not CheckInPlan.objects.filter(partnership=strategy, is_sample=True).exists():
        for row in illustration.CHECK_INS:
            _check_in(run, strategy, *row)


def _as_field(entity) -> dict:
    return {type_key(entity): entity}


def answerer(email) -> dict:
    """The person or the sample contact with this email address, as a field of a row: {"person": …} or {"contact": …}."""
    person = Person.objects.filter(email=email).first()
    of_sample = Q(organization__is_sample=True) | Q(department__is_sample=True)
    return {"person": person} if person else {"contact": Contact.objects.filter(of_sample).get(email=email)}


def _meeting(run, row, why):
    shape = illustration.PUBLIC_MEETING if row["is_public"] else illustration.INTERNAL_MEETING
    strategy = run.records[illustration.STRATEGY["key"]]
    monday = run.today - timedelta(days=run.today.weekday())
    fields = {name: shape[name] for name in ("minutes_long", "place", "access_notes")}
    fields |= {
        "partnership": strategy,
        "title": row["title"],
        "is_public": row["is_public"],
        "date": monday + timedelta(weeks=row["week"], days=1),
        "time": time.fromisoformat(shape["time"]),
        "zone": illustration.ZONE,
    }
    meeting = save_meeting(
        by=SYSTEM,
        fields=fields | MADE_UP,
        why=why,
        agenda=[{"title": title, "minutes": minutes} for title, minutes in shape["agenda"]],
        participants=[answerer(email) | {"party": party_of(run, strategy, key)} for email, key in shape["who"]],
    )
    if row["key"] in illustration.CAME_OF:
        _record_outcome(run, strategy, meeting, illustration.CAME_OF[row["key"]])
    return meeting


def _record_outcome(run, strategy, meeting, outcome):
    def parties(keys):
        return [party_of(run, strategy, key) for key in keys]

    of_parties = ("decided_by", "could_block")
    close_meeting(
        meeting=meeting,
        by=SYSTEM,
        fields={"notes": outcome["notes"], "notes_are_public": outcome["is_public"]},
        attendance=[
            {"party": party_of(run, strategy, key), "came": True, "people": people} for key, people in outcome["came"]
        ],
        decisions=[row | {name: parties(row[name]) for name in of_parties} for row in outcome["decisions"]],
        actions=[
            {"title": title, "owner_party": party_of(run, strategy, key), "due_on": run.day(due)}
            for title, key, due in outcome["actions"]
        ],
    )


def party_of(run, strategy, key):
    return strategy.parties.get(**_as_field(run.records[key])) if key else None


def _check_in(run, strategy, key, rhythm, due, email, is_held):
    fields = answerer(email) | {
        "partnership": strategy,
        "party": party_of(run, strategy, key),
        "rhythm": rhythm,
        "anchor_on": run.day(due),
        "zone": illustration.ZONE,
        "is_sample": True,
        "is_illustration": True,
    }
    plan = save_check_in_plan(by=SYSTEM, fields=fields)
    run.new["check-ins"] += 1
    keeper = Person.objects.filter(email=illustration.PEOPLE[0][0], is_sample=True).first()
    if is_held and keeper:
        record_check_in(plan=plan, by=keeper, note=illustration.CHECK_IN_NOTE, done_on=run.day(due))
