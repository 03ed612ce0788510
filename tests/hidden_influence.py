"""A change that outsiders may not see changes nothing that everyone reads: no version, time, stamp, ETag or byte.

`HIDDEN` has changes that only some people may see, and `SEEN` has changes that everyone may see. Before and after each,
the test reads every public address of a small town. The clock doesn't move in between, and is a day after the town was
made.
"""

import re
from datetime import timedelta
from unittest.mock import patch

import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from partnerships.accounts import claims, member_actions
from partnerships.core import clock, stamps
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_jurisdiction, save_organization
from partnerships.measurement.actions import save_measure, save_result
from partnerships.measurement.activities import save_activity
from partnerships.measurement.composition import save_composition
from partnerships.measurement.plans import save_outcome
from partnerships.meetings import meetings
from partnerships.meetings.closing import close_meeting
from partnerships.models import (
    Activity,
    Makeup,
    Measure,
    Meeting,
    Organization,
    Partnership,
    Person,
    Plan,
    Result,
)
from partnerships.registry import actions as registry
from partnerships.registry import own_part
from tests import factories
from tests.people import make_people

DAY = timedelta(days=1)
# (first character of a public id, address). The address is read for each record with such an id, or once without one.
ADDRESSES = (
    ("P", "/partnerships/{}/"), ("P", "/partnerships/{}/timeline/"), ("P", "/partnerships/{}/meetings.ics"),
    *(("P", f"/partnerships/{{}}/{tab}/") for tab in ("partners", "power", "results", "meetings", "agreement")),
    ("G", "/organizations/{}/"), ("J", "/jurisdictions/{}/"), ("D", "/departments/{}/"),
    ("M", "/meetings/{}/"), ("V", "/activities/{}/"), ("S", "/results/{}/"), ("N", "/measures/{}/"), ("K", "/plans/{}/"),
 ("P", "/api/v1/partnerships/{}/"), ("G", "/api/v1/organizations/{}/"),
    ("J", "/api/v1/jurisdictions/{}/"), ("D", "/api/v1/departments/{}/"), ("M", "/api/v1/meetings/{}/"),
    *(
        ("", f"/{kind}{end}")
        for kind in ("partnerships", "organizations", "meetings")
        for end in ("/", ".csv", "/?ordering=-updated")
    ),
    *(
        ("", f"/api/v1/{kind}/{query}")
        for kind in ("partnerships", "organizations", "jurisdictions", "departments", "meetings")
        for query in ("", "?ordering=-updated", "?updated_since=")
    ),
    ("", "/partnerships.atom"),
    ("", "/"), ("", "/meetings/calendar/"), ("", "/departments/"), ("", "/jurisdictions/"), ("", "/coverage/"),
    ("", "/partnerships/?q=homes"), ("", "/search/?q=homes"), ("", "/search/suggestions/?q=quiet"), ("", "/api/v1/"),
)  # fmt: skip
HEADERS = ("ETag", "Last-Modified", "Link", "Content-Length", "Location")
# Values that differ with each answer.
TOKENS = re.compile(r'((?:name="(?:csrfmiddlewaretoken|form_key)" value=|nonce=|"as_of": ?|updated_since=)"?)[^"&<> ]*')


class Town:
    """A published partnership of organizations with each kind of listing, and a public meeting with a hidden link."""

    def __init__(self, people):
        self.people, self.office = people, people.office
        self.department = factories.make_department(people.office, "Department of Homes")
        self.profiled = factories.make_organization("Profiled homes", "profiled", kept_by=people.office, aims="Homes")
        self.named = factories.make_organization(
            "Named homes", "named", kept_by=people.office, listing_source="A report"
        )
        self.unlisted = factories.make_organization("Unlisted homes", "unlisted", kept_by=people.office)
        for name, role in (("manager", "manager"), ("editor", "editor")):
            self.profiled.memberships.create(
                person=factories.make_person(f"{name}@homes.example", name=name), role=role
            )
        bodies = (people.office, self.profiled, self.named, self.unlisted)
        self.partnership = factories.make_partnership(
            "Homes for all", lead=people.office, parties=[factories.party(one, "member") for one in bodies]
        )
        held = {"is_public": True, "link": "https://join.example/secret", "partnership": self.partnership}
        self.meeting = factories.make_meeting(title="Open table", **held)
        self.save_meeting(agenda=[{"title": "Welcome"}])
        self.activity = factories.make_activity(self.partnership, "Help with homes", is_public=True)
        self.past = factories.make_meeting(title="Held table", days=0, **held)
        self.draft = factories.make_partnership(
            "Quiet homes", lead=people.office, published=False, parties=[factories.party(people.office, "lead")]
        )
        out = {"lead": people.office, "is_published": True}
        self.result = factories.make_result(**out, partnerships=[self.partnership])
        self.inner = factories.make_result("Quiet result", lead=people.office)
        self.measure = factories.make_measure(partnership=self.partnership, is_published=True)
        self.plan = factories.make_plan(**out, outcomes=[{"title": "Homes"}])
        self.body = factories.make_body(
            "Homes council", lead=people.office, parties=[factories.party(people.office, "lead")]
        )
        self.makeup = factories.make_composition(self.body)

    def records(self):
        return (
            *(self.partnership, self.profiled, self.named, self.unlisted, self.office, self.department),
            *(self.meeting, self.past, self.activity, self.result, self.measure, self.plan, self.body),
        )

    def seat(self, body):
        return self.partnership.parties.get(**{body._meta.model_name: body})

    def save(self, which, **more):
        """Change one of the organizations."""
        lists = {key: more.pop(key) for key in ("contacts", "identifiers") if key in more}
        record = Organization.objects.get(pk=getattr(self, which).pk)
        save_organization(organization=record, by=SYSTEM, fields=more, **lists)

    def save_place(self, contact):
        save_jurisdiction(jurisdiction=self.office, by=SYSTEM, fields={}, contacts=[contact])
        save_department(department=self.department, by=SYSTEM, fields={}, contacts=[contact])

    def save_activity(self, body):
        activity = Activity.objects.get(pk=self.activity.pk)
        save_activity(activity=activity, by=SYSTEM, fields={}, parts=[{"party": self.seat(body), "part": "leads"}])

    def save_measure(self, body):
        record = Measure.objects.get(pk=self.measure.pk)
        save_measure(measure=record, by=SYSTEM, fields={}, owners=[{"party": self.seat(body)}])

    def save_result(self, partnerships):
        save_result(result=Result.objects.get(pk=self.result.pk), by=SYSTEM, fields={"partnerships": partnerships})

    def save_outcome(self, **fields):
        plan = Plan.objects.get(pk=self.plan.pk)
        save_outcome(plan=plan, by=SYSTEM, outcome=plan.outcomes.get(), fields=fields)

    def count(self, **counts):
        """Change the membership count. Three members gave no answer."""
        typed = {f"of_{key}": count for key, count in counts.items()} | {"members": sum(counts.values()) + 3}
        save_composition(makeup=Makeup.objects.get(pk=self.makeup.pk), by=SYSTEM, fields=typed)

    def save_meeting(self, agenda=None, participants=None, **fields):
        meeting = Meeting.objects.get(pk=self.meeting.pk)
        meetings.save_meeting(meeting=meeting, by=SYSTEM, fields=fields, agenda=agenda, participants=participants)

    def close(self, notes_are_public, body):
        close_meeting(
            meeting=Meeting.objects.get(pk=self.past.pk),
            by=SYSTEM,
            fields={"notes": "Notes", "notes_are_public": notes_are_public},
            attendance=[{"party": self.seat(body), "came": True, "people": 3}],
        )

    def save_party(self, body, **fields):
        """Change one party. With `fields` as {"gone": True}, the party is removed."""
        rows = []
        for seat in self.partnership.parties.all():
            one = seat.jurisdiction or seat.organization
            if one != body or "gone" not in fields:
                roles = [{"role": role} for role in seat.roles.values_list("role", flat=True)]
                kept = {"id": seat.pk, one._meta.model_name: one, "roles": roles}
                rows.append(kept | (fields if one == body else {}))
        partnership = Partnership.objects.get(pk=self.partnership.pk)
        registry.save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=rows)


STAFF_CONTACT = {"name": "Front desk", "phone": "612-555-0100"}
PUBLIC_CONTACT = STAFF_CONTACT | {"visible_to": "public"}


def _publish_notes(town):
    town.close(True, town.profiled)


HIDDEN = {
    "address of a profile": lambda t: t.save("profiled", address="1 Main Street"),
    "contact of a profile": lambda t: t.save("profiled", contacts=[STAFF_CONTACT]),
    "contact for partners": lambda t: t.save("profiled", contacts=[STAFF_CONTACT | {"visible_to": "partners"}]),
    "field that partners read": lambda t: t.save("profiled", open_fields={"address": "partners"}),
    "who keeps a profile": lambda t: t.save("profiled", kept_by=t.people.other_office),
    "profile of one that is named only": lambda t: t.save("named", aims="Rents", website="https://named.example"),
    "number of one that is named only": lambda t: t.save("named", identifiers=[{"scheme": "ein", "value": "12-3456789"}]),
    "name of an unlisted one": lambda t: t.save("unlisted", name="Another name"),
    "side of an unlisted one": lambda t: t.save("unlisted", side="institution"),
    "a new unlisted one": lambda t: factories.make_organization("Newly unlisted", "unlisted", kept_by=t.office),
    "a new draft": lambda t: factories.make_partnership(
        "Draft of homes", lead=t.office, published=False, parties=[factories.party(t.office, "lead")]
    ),
    "contact of places": lambda t: t.save_place(STAFF_CONTACT),
    "who is asked to a meeting": lambda t: t.save_meeting(participants=[{"person": t.people.partner}]),
    "link of a meeting": lambda t: t.save_meeting(link="https://join.example/another"),
    "hidden party brings a point": lambda t: t.save_meeting(agenda=[{"title": "Welcome", "owner": t.seat(t.unlisted)}]),
    "part of an unlisted party": lambda t: t.save_activity(t.unlisted),
    "an internal meeting": lambda t: factories.make_meeting(t.partnership, title="Inside", is_public=False),
    "notes that are not out": lambda t: t.close(False, t.profiled),
    "internal note of a party": lambda t: t.save_party(t.profiled, internal_notes="Call first"),
    "contribution of an unlisted party": lambda t: t.save_party(t.unlisted, contribution="Ten rooms"),
    "circle of an unlisted party": lambda t: t.save_party(t.unlisted, circle="decides"),
    "an unlisted party left": lambda t: t.save_party(t.unlisted, ends_on=clock.today() - DAY),
    "an unlisted party taken out": lambda t: t.save_party(t.unlisted, gone=True),
    "word of an unlisted party": lambda t: own_part.contribute(
        party=t.seat(t.unlisted), by=_speaks(t.unlisted), contribution="Ten rooms"
    ),
    "note of a party's own": lambda t: own_part.save_note(
        party=t.seat(t.profiled), by=Person.objects.get(email="editor@homes.example"), text="For us", version=0
    ),
    "a hidden party brings a measure": lambda t: t.save_measure(t.unlisted),
    "a draft works on a result": lambda t: t.save_result([t.partnership, t.draft]),
    "a draft serves an outcome": lambda t: t.save_outcome(partnerships=[t.draft]),
    "an outcome is for a result that is not published": lambda t: t.save_outcome(result=t.inner),
    "a member more of a group that stays as it is shown": lambda t: t.count(women=10, men=9),
    "an invitation": lambda t: member_actions.invite(
        by=Person.objects.get(email="manager@homes.example"), body=t.profiled, address="new@homes.example", role="editor"
    ),
    "a claim": lambda t: claims.make_claim(
        by=t.people.stranger, organization=t.profiled, fields={"position": "Director", "evidence": "Call us"}
    ),
}  # fmt: skip
SEEN = {
    "mission of a profile": lambda t: t.save("profiled", aims="Homes and rents"),
    "contact for everyone": lambda t: t.save("profiled", contacts=[PUBLIC_CONTACT]),
    "number of a profile": lambda t: t.save("profiled", identifiers=[{"scheme": "ein", "value": "12-3456789"}]),
    "source of one that is named only": lambda t: t.save("named", listing_source="Another report"),
    "name of one that is named only": lambda t: t.save("named", name="Named rents"),
    "contact of places": lambda t: t.save_place(PUBLIC_CONTACT),
    "part of a party": lambda t: t.save_activity(t.profiled),
    "title of a meeting": lambda t: t.save_meeting(title="Open house"),
    "link that everyone gets": lambda t: t.save_meeting(link_is_public=True),
    "contribution of a party": lambda t: t.save_party(t.profiled, contribution="Ten rooms"),
    "a party taken out": lambda t: t.save_party(t.named, gone=True),
    "a party brings a measure": lambda t: t.save_measure(t.profiled),
    "another partnership works on a result": lambda t: t.save_result([t.body]),
    "progress of an outcome": lambda t: t.save_outcome(progress="Ten homes"),
    "more members of a group": lambda t: t.count(women=15, men=9),
    "notes that are out": _publish_notes,
}


def _speaks(organization):
    person = factories.make_person(f"for-{organization.pk}@homes.example")
    organization.memberships.create(person=person, role="editor")
    return person


def read_public(town, since="start") -> dict[str, tuple]:
    """Return address → (status, headers, text) of everything that is public."""
    ids, found, client = [one.public_id for one in town.records()], {}, Client()
    with patch.object(stamps, "as_of", lambda: 2**62):  # sync would hold back all rows of the test's open transaction
        for prefix, address in (*ADDRESSES, ("", f"/partnerships/{town.body.public_id}/members/")):
            for path in [address.format(one) for one in ids if one[0] == prefix] if prefix else [address]:
                answer = client.get(path.replace("updated_since=", f"updated_since={since}"))
                text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
                headers = {name: answer[name] for name in HEADERS if name in answer and not TOKENS.search(text)}
                found[path] = answer.status_code, headers, TOKENS.sub(r"\1", text)
    return found


_before = {}  # time → what an unchanged town reads as. Many tests insert the same town.


def changed_by(town, change) -> list[str]:
    """The addresses whose answers this change affects, among all that are read."""
    later = town.partnership.created_at + DAY
    with time_machine.travel(later, tick=False):
        if later not in _before:
            _before.clear()
            _before[later] = read_public(town)
        before = _before[later]
        change(town)
        after = read_public(town)
    return sorted(path for path in {**before, **after} if before.get(path) != after.get(path))


def figure():
    """Return for bench/figures/qa25.py which hidden changes affect something, and which public ones don't.

    Runs in a process of its own.
    """
    wrong, answers = [], 0
    for changes, moves in ((HIDDEN, False), (SEEN, True)):
        for name, change in changes.items():
            cache.clear()  # so that no rate limit answers for the API
            with transaction.atomic():
                town = Town(make_people())
                answers = len(read_public(town))
                moved = changed_by(town, change)
                transaction.set_rollback(True)
            if bool(moved) != moves:
                wrong.append(f"{name}: {', '.join(moved) or 'moves nothing'}")
    return {"wrong": wrong, "hidden": len(HIDDEN), "answers": answers}
