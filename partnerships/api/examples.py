"""One example of each record, for openapi.yaml and the documentation page. A test validates them against the schemas."""

KEPT = {
    "source": "",
    "is_illustration": False,
    "last_verified_on": None,
    "version": 2,
    "created_at": "2026-03-02T15:04:05.000000Z",
    "updated_at": "2026-03-09T09:30:00.000000Z",
}


def filled(shape, example, without=()) -> dict:
    """The example in the order of its schema, with a value for each name that it leaves out: as in KEPT, or an empty one.

    `without`: names that only some readers get.
    """
    names, at = list(example), 0
    for name in shape["properties"]:
        if name in without:
            continue
        if name not in names:
            names.insert(at, name)
        at = names.index(name) + 1
    return {
        name: example[name] if name in example else KEPT.get(name, _empty(shape["properties"][name])) for name in names
    }


def _empty(schema):
    """The value of a field that no one has filled in."""
    if "null" in schema["type"]:
        return None
    return {"array": [], "boolean": False}.get(schema["type"], "")


PARTY = {
    "type": "jurisdiction",
    "id": "J-7REHWF-R",
    "name": "City of Minneapolis",
    "side": "government",
    "circle": "decides",
    "roles": ["lead"],
    "starts_on": None,
    "ends_on": None,
    "contribution": "Hosts the meetings and keeps the notes.",
    "confirmed": True,
}

PARTNERSHIP = {
    "id": "P-282466-5",
    "title": "Learning from one another",
    "kind": "learning",
    "purpose": "learning",
    "status": "active",
    "summary": "Two cities meet four times a year and share what works.",
    "starts_on": "2026-03-02",
    "lead": {"id": "J-7REHWF-R", "name": "City of Minneapolis"},
    "issue_areas": ["housing"],
    "parties": [PARTY],
    "all_partners_listed": True,
    "statements": [
        {"party": "J-7REHWF-R", "verdict": "confirmed", "words": "", "on": "2026-03-09", "is_current": True}
    ],
    "led_to": [{"id": None, "came_of_it": "A shared racial equity tool", "url": ""}],
    "facts": {},
    "documents": [{"title": "Notes of the first meeting", "url": "https://www.example.org/notes"}],
}

ORGANIZATION = {
    "id": "G-V6824N-X",
    "name": "Tenants’ association",
    "side": "community",
    "listing": "profiled",
    "kind": "grassroots",
    "other_names": "",
    "aims": "Homes that people can stay in.",
    "website": "https://www.example.org/",
    "area": ["J-7REHWF-R"],
    "area_note": "",
    "languages": ["en", "so"],
    "issue_areas": ["housing"],
    "identifiers": [{"scheme": "ein", "value": "12-3456789", "confirmed": True}],
}

JURISDICTION = {
    "id": "J-7REHWF-R",
    "name": "City of Minneapolis",
    "kind": "city",
    "state": "MN",
    "neighbors": ["J-QCNJ9E-D"],
    "stage": "organizing",
    "stages": [{"stage": "organizing", "since": "2026-01-15"}],
    "zone": "America/Chicago",
    "identifiers": [
        {"scheme": "ocd", "value": "ocd-division/country:us/state:mn/place:minneapolis", "confirmed": True}
    ],
}

DEPARTMENT = {
    "id": "D-5JS6RA-B",
    "name": "Department of Housing",
    "other_names": "Office of Housing",
    "kind": "department",
    "jurisdiction": "J-7REHWF-R",
    "issue_areas": ["housing"],
    "contacts": [
        {
            "name": "Housing desk",
            "role": None,
            "email": "housing@example.org",
            "phone": "",
            "note": "",
            "language": "en",
            "visible_to": "public",
        }
    ],
}

ISSUE_AREA = {
    "id": "A-3D8KQ1-7",
    "key": "housing",
    "name": "Housing",
    "position": 100,
}

MEETING = {
    "id": "M-0ZB7TN-T",
    "partnership": "P-282466-5",
    "title": "Spring meeting",
    "date": "2026-04-14",
    "time": "18:30",
    "zone": "America/Chicago",
    "starts_at": "2026-04-14T23:30:00Z",
    "minutes_long": 90,
    "place": "Central library, room 2",
    "access_notes": "Food and child care.",
    "interpretation": "Spanish and Somali.",
    "agenda": [{"title": "What we learned since March", "minutes": 30, "notes": "Repairs take half as long."}],
    "notes": "All tables came.",
    "decisions": [
        {
            "question": "Who speaks first to the council?",
            "options": "The city, or the tenants.",
            "outcome": "The tenants.",
            "community_input": "The order of speakers.",
        }
    ],
    "status": "planned",
    "sequence": 0,
    "is_public": True,
}

RESULT = {
    "id": "S-7D2QK4-0",
    "title": "Every family has a home it can afford",
    "population": "Renters",
    "jurisdiction": "J-7REHWF-R",
    "issue_areas": ["housing"],
    "is_published": True,
}

MEASURE = {
    "id": "N-5M1XW8-Z",
    "title": "Renters who pay more than half of their income",
    "kind": "indicator",
    "jurisdiction": "J-7REHWF-R",
    "result": "S-7D2QK4-0",
    "definition": "Renting households that pay more than half of what they earn for rent.",
    "unit": "percent",
    "counted": "people",
    "direction": "down",
    "period": "year",
    "first_month": 1,
    "baseline_value": 26.0,
    "target_value": 20.0,
    "baseline_on": "2024-01-01",
    "target_on": "2028-01-01",
    "smallest": 5,
    "groups": [{"dimension": "place", "key": "north", "name": "North side", "is_reference": False}],
    "is_published": True,
    "numbers": [
        {
            "starts_on": "2025-01-01",
            "group": "",
            "state": "shown",
            "value": 25.0,
            "numerator": 250.0,
            "denominator": 1000.0,
            "low": 22.0,
            "high": 29.0,
            "story": "Rents rose more slowly than before.",
            "source": "A survey of renters",
            "published_by": "",
            "link": "",
            "is_disputed": False,
            "definition_changed_on": None,
        }
    ],
}

ACTIVITY = {
    "id": "V-4H8KZ2-G",
    "partnership": "P-282466-5",
    "title": "Help with court papers",
    "kind": "does",
    "status": "under_way",
    "starts_on": "2026-03-02",
    "is_public": True,
    "results": ["S-7D2QK4-0"],
    "parties": [{"id": "G-V6824N-X", "side": "community", "part": "leads"}],
    "all_partners_listed": True,
}

PLAN = {
    "id": "K-3F6GH1-P",
    "title": "Racial equity action plan",
    "jurisdiction": "J-7REHWF-R",
    "link": "https://www.example.org/plan",
    "starts_on": "2026-01-01",
    "ends_on": "2028-12-31",
    "is_published": True,
    "outcomes": [
        {
            "number": "1.2",
            "goal": "Housing",
            "title": "Fewer families lose their homes",
            "actions": "Fund help with court papers.",
            "measured_by": "Evictions filed",
            "accountable": "Department of Housing",
            "due": "By the end of 2027",
            "progress": "Two clinics opened.",
            "result": "S-7D2QK4-0",
            "partnerships": ["P-282466-5"],
        }
    ],
}

ACTION_ITEM = {
    "id": "A-9C4TR2-M",
    "partnership": "P-282466-5",
    "meeting": "M-0ZB7TN-T",
    "title": "Send the notes to all partners",
    "owner": "J-7REHWF-R",
    "due_on": "2026-04-21",
    "status": "done",
    "done_on": "2026-04-20",
    "log": [{"at": "2026-04-20T15:00:00.000000Z", "status": "done", "text": "Sent."}],
}

CHECK_IN_PLAN = {
    "id": "T-5Q1ZN8-D",
    "partnership": "P-282466-5",
    "partner": "G-V6824N-X",
    "rhythm": "quarterly",
    "first_due_on": "2026-01-15",
    "next_due_on": "2026-07-15",
    "zone": "America/Chicago",
    "skips_holidays": True,
    "is_active": True,
    "log": [
        {
            "due_on": "2026-04-15",
            "done_on": "2026-04-14",
            "is_answer": True,
            "note": "",
            "going": "mixed",
            "changed": "We have a new director.",
            "needs": "A larger room.",
            "record_is_right": "yes",
            "wants_call": False,
        }
    ],
}

INTERACTION = {
    "id": "H-6K2PW9-K",
    "office": "J-7REHWF-R",
    "organization": "G-V6824N-X",
    "kind": "call",
    "direction": "to_us",
    "date": "2026-04-09",
    "time": "10:30",
    "summary": "Interpreters for the clinic",
    "text": "They need a Somali interpreter on Thursdays.",
    "contacts": ["Front desk"],
    "partnerships": ["P-282466-5"],
    "is_shared": True,
    "follow_up_on": "2026-04-16",
    "followed_up_on": None,
    "remarks": [{"at": "2026-04-10T15:00:00.000000Z", "is_from_office": False, "text": "Thank you."}],
}

COMPOSITION = {
    "id": "B-8W3YJ6-K",
    "partnership": "P-282466-5",
    "dimension": "gender",
    "counted_on": "2026-03-01",
    "state": "shown",
    "members": 25,
    "groups": [
        {"key": "women", "members": 15},
        {"key": "men", "members": 10},
        {"key": "another", "members": None},
        {"key": "prefer-not", "members": 0},
        {"key": "no-answer", "members": None},
    ],
    "asked_how": "A form that members fill in each year",
}

POPULATION = {
    "id": "C-1R7HV4-S",
    "jurisdiction": "J-7REHWF-R",
    "dimension": "gender",
    "year": 2024,
    "total": 428579,
    "counts": {"women": 212600, "men": 215979},
    "link": "https://www.example.org/table",
}

AGREEMENT = {
    "id": "P-282466-5",
    "title": "Help for renters in court",
    "jurisdiction": "J-7REHWF-R",
    "status": "active",
    "is_published": True,
    "amount": "48000.00",
    "currency": "USD",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "scope": "Two clinics a week.",
    "payment_days": 30,
    "renewal": "Both sides decide by October.",
}


def _score(side, **more):
    values = {"side": side, "standing": "shown", "level": None, "at_least": None, "at_most": None}
    return values | {"is_wide": None, "lowest": None, "highest": None} | more


ROUND = {
    "id": "R-2M8VX5-6",
    "partnership": "P-282466-5",
    "title": "Spring 2026",
    "asks": "ten",
    "opened_at": "2026-05-02T06:00:00.000000Z",
    "sides": [{"side": "government", "standing": None}, {"side": "community", "standing": None}],
    "items": [
        {
            "item": "common_agenda",
            "scores": [
                _score("government", level=3.0, is_wide=False),
                _score("community", at_least=0.0, at_most=1.0),
            ],
            "gap": 2.0,
            "is_flagged": True,
            "response": "We will write the agenda together in June.",
        }
    ],
    "replies": [
        {"party": "G-V6824N-X", "words": "We look forward to it.", "at": "2026-05-20T18:00:00.000000Z"},
    ],
}

VOCABULARY = {
    "id": "circle",
    "terms": [{"key": "decides", "label": "Decides", "help": "", "is_retired": False}],
}

PARTS = {"Party": PARTY}
