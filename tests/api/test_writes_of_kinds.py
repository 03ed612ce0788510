"""What each kind of record takes through the API, and what it keeps when a body leaves it out."""

import pytest

from partnerships.accounts.choices import Writable
from partnerships.api.resources import RESOURCES
from partnerships.models import (
    Action,
    Activity,
    Change,
    Contact,
    Department,
    Identifier,
    Meeting,
    Partnership,
    Plan,
    Result,
    Term,
)
from partnerships.registry.consent import withdraw_from_seat
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem
from tests.factories import in_days

pytestmark = pytest.mark.django_db


def path_of(record):
    paths = {"P": "partnerships", "G": "organizations", "D": "departments"}
    return f"{paths[record.public_id[0]]}/{record.public_id}/"


def changes_of(record):
    return Change.objects.filter(record_type=record._meta.model_name, record_id=record.pk).count()


def test_every_kind_that_a_token_may_change_has_a_serializer():
    assert {path for path, view in RESOURCES.items() if view.serializer_class} == set(Writable.values)


# Facts of partnerships


@pytest.mark.both
def test_facts_of_one_row(program, people):
    record = factories.make_partnership(lead=people.office, kind="joint_project")
    terms = {"amount": "48000.00", "currency": "USD", "starts_on": "2026-01-01", "payment_days": 30, "scope": "Clinics"}
    answer = program.change(path_of(record), {"facts": {"agreement": terms}})
    assert answer.status_code == 200, answer.content
    whole = terms | {"ends_on": None, "renewal": ""}
    assert answer.json()["facts"] == {"agreement": whole}
    # What is left out of a fact stays, and so do facts that are left out.
    answer = program.change(path_of(record), {"facts": {"agreement": {"payment_days": 15}}})
    assert answer.json()["facts"] == {"agreement": whole | {"payment_days": 15}}
    before = changes_of(record)
    assert program.change(path_of(record), {"facts": answer.json()["facts"]}).status_code == 200
    assert program.change(path_of(record), {"facts": {}}).json()["facts"] == answer.json()["facts"]
    assert changes_of(record) == before
    wrong = {"facts": {"agreement": {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}}}
    assert pointers(program.change(path_of(record), wrong)) == [("#/facts/agreement/ends_on", "invalid")]
    assert program.change(path_of(record), {"facts": {"agreement": None}}).json()["facts"] == {}


@pytest.mark.slow
@pytest.mark.both
def test_facts_of_many_rows_name_partners_by_id(program, people):
    record = factories.make_partnership(lead=people.office, kind="advisory_body")
    office, group = [party.entity.public_id for party in record.parties.all()]
    rows = [{"title": "Chair", "held_by": group, "chosen_by": "The council"}, {"title": "Renters", "held_by": None}]
    facts = {"advisory_body": {"seat_count": 9}, "seats": rows}
    answer = program.change(path_of(record), {"facts": facts})
    assert answer.status_code == 200, answer.content
    document = answer.json()["facts"]
    assert [(seat["title"], seat["held_by"]) for seat in document["seats"]] == [("Chair", group), ("Renters", None)]
    assert document["advisory_body"]["seat_count"] == 9
    first = [seat.pk for seat in record.seats.all()]
    rows = [document["seats"][0] | {"held_by": office}]
    answer = program.change(path_of(record), {"facts": {"seats": rows}})
    assert [(seat.pk, seat.held_by.entity) for seat in record.seats.all()] == [(first[0], people.office)]
    rows = [{"title": "Chair", "held_by": people.other_office.public_id}]
    assert pointers(program.change(path_of(record), {"facts": {"seats": rows}})) == [
        ("#/facts/seats/0/held_by", "unknown_value")
    ]
    rows = [{"title": "Chair", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}]
    assert pointers(program.change(path_of(record), {"facts": {"seats": rows}})) == [
        ("#/facts/seats/0/ends_on", "invalid")
    ]
    # Partners that come with the same body can be named, and removing the list's rows empties it.
    parties = [{"id": office}, {"id": group}, {"id": people.other_office.public_id}]
    body = {"parties": parties, "facts": {"seats": [{"title": "Chair", "held_by": people.other_office.public_id}]}}
    answer = program.change(path_of(record), body)
    assert answer.json()["facts"]["seats"][0]["held_by"] == people.other_office.public_id
    assert "seats" not in program.change(path_of(record), {"facts": {"seats": []}}).json()["facts"]


def test_a_retired_term_of_a_record_can_be_sent_back_and_no_other(program, people):
    elders, youth = (factories.make_term("community", key) for key in ("elders", "youth"))
    record = factories.make_partnership(lead=people.office, communities=[elders])
    group = factories.make_organization(
        "Elders circle",
        kept_by=people.office,
        communities=[elders],
        contacts=[{"name": "Front desk", "role": factories.make_term("contact_role", "chair")}],
    )
    other = factories.make_partnership(
        "Another", lead=people.office, purpose=factories.make_term("purpose", "training")
    )
    Term.objects.exclude(key="training").update(is_retired=True)
    for one in (record, group):
        whole, before = program.get(path_of(one)).json(), changes_of(one)
        answer = program.change(path_of(one), whole | {"why": "Read and sent back"}, "PUT")
        assert (answer.status_code, changes_of(one)) == (200, before), answer.content
    contact = program.get(path_of(group)).json()["contacts"][0]
    assert program.change(path_of(group), {"contacts": [contact | {"phone": "612 555 0100"}]}).status_code == 200
    for body, found in (
        ({"communities": ["youth"]}, [("#/communities", "unknown_value")]),
        ({"communities": ["elders"]}, [("#/communities", "unknown_value")]),
        ({"purpose": record.purpose.key}, [("#/purpose", "unknown_value")]),
    ):
        assert pointers(program.change(path_of(other), body)) == found
    assert program.change(path_of(record), {"communities": []}).json()["communities"] == []
    assert youth.key not in program.get(path_of(record)).json()["communities"]


def test_asks_and_practices(program, people):
    asks = [{"text": "Stop evictions", "asked_on": "2026-01-05", "answer": "adopted", "answered_on": "2026-02-01"}]
    record = factories.make_partnership(lead=people.office, kind="organizing", published=False)
    answer = program.change(path_of(record), {"facts": {"asks": asks}})
    assert [(ask["text"], ask["answer"]) for ask in answer.json()["facts"]["asks"]] == [("Stop evictions", "adopted")]
    learning = factories.make_partnership(lead=people.office, kind="learning", published=False)
    office, group = [party.entity.public_id for party in learning.parties.all()]
    toolkit = {"title": "A toolkit", "shared_by": office, "adopted_by": [group], "shared_on": "2026-03-01"}
    practices = [toolkit | {"adopted_on": "2026-04-01"}]
    answer = program.change(path_of(learning), {"facts": {"practices": practices}})
    assert answer.json()["facts"]["practices"] == practices
    answer = program.change(
        path_of(learning), {"facts": {"practices": [toolkit | {"adopted_on": in_days(1, people.office).isoformat()}]}}
    )
    assert pointers(answer) == [("#/facts/practices/0/adopted_on", "future")]
    answer = program.change(
        path_of(learning), {"facts": {"practices": [toolkit | {"adopted_on": in_days(0, people.office).isoformat()}]}}
    )
    assert answer.json()["facts"]["practices"][0]["adopted_on"] == in_days(0, people.office).isoformat()
    practices = [practices[0] | {"adopted_by": [people.other_office.public_id]}]
    answer = program.change(path_of(learning), {"facts": {"practices": practices}})
    assert pointers(answer) == [("#/facts/practices/0/adopted_by", "unknown_value")]


def test_a_partner_that_is_not_shown_keeps_its_seat(program, people):
    rows = [factories.party(people.office, "lead"), factories.party(people.organization, "advisor")]
    facts = {"seats": [{"title": "Chair", "held_by": 1}]}
    record = factories.make_partnership(lead=people.office, kind="advisory_body", parties=rows, facts=facts)
    withdraw_from_seat(party=record.parties.get(organization=people.organization), by=people.partner, may_count=True)
    document = program.get(path_of(record)).json()["facts"]["seats"]
    assert document[0]["held_by"] is None
    answer = program.change(path_of(record), {"facts": {"seats": [*document, {"title": "Renters"}]}})
    assert answer.status_code == 200, answer.content
    assert [seat.held_by and seat.held_by.entity for seat in record.seats.all()] == [people.organization, None]


@pytest.mark.both
def test_what_came_of_a_partnership(program, people):
    later = factories.make_partnership("Later", lead=people.office)
    draft = factories.make_partnership("Draft", lead=people.other_office, published=False)
    record = factories.make_partnership(lead=people.office, led_to=[{"later": draft, "came_of_it": ""}])
    links = [{"id": later.public_id, "came_of_it": "A toolkit", "url": ""}]
    links += [{"id": None, "came_of_it": "An ordinance", "url": "https://example.org/law"}]
    answer = program.change(path_of(record), {"led_to": links})
    assert answer.status_code == 200, answer.content
    assert answer.json()["led_to"] == links
    assert set(record.links_later.values_list("later", flat=True)) == {draft.pk, later.pk, None}
    before = changes_of(record)
    assert program.change(path_of(record), {"led_to": links}).status_code == 200
    assert changes_of(record) == before
    assert program.change(path_of(record), {"led_to": []}).json()["led_to"] == []
    assert list(record.links_later.values_list("later", flat=True)) == [draft.pk]
    assert pointers(program.change(path_of(record), {"led_to": [{"id": draft.public_id}]})) == [
        ("#/led_to/0/id", "unknown_value")
    ]


def test_a_new_partnership_comes_with_its_facts(program, people):
    factories.make_term()
    office = people.office.public_id
    body = {"title": "Advice", "kind": "advisory_body", "purpose": "learning", "lead": office}
    body |= {
        "parties": [{"id": office, "roles": ["lead"]}],
        "documents": [{"title": "Charter", "url": "https://example.org"}],
    }
    body |= {"facts": {"seats": [{"title": "Chair", "held_by": office}]}, "led_to": [{"came_of_it": "A policy"}]}
    answer = program.send("POST", "partnerships/", body)
    assert answer.status_code == 201, answer.content
    record = Partnership.objects.get(public_id=answer.json()["id"])
    assert (record.seats.get().held_by.entity, record.documents.get().title) == (people.office, "Charter")
    assert record.links_later.get().came_of_it == "A policy"


# Organizations and departments


@pytest.mark.both
def test_contacts_and_identifiers_of_an_organization(program, people):
    role = factories.make_term("contact_role", "director")
    record = factories.make_organization("Renters", "unlisted", kept_by=people.office)
    desk = {"name": "Front desk", "role": role.key, "email": "desk@example.org"}
    body = {
        "contacts": [desk, {"name": "Night line", "phone": "555 0100"}],
        "identifiers": [{"scheme": "ein", "value": "12-3456789"}],
    }
    answer = program.change(path_of(record), body)
    assert answer.status_code == 200, answer.content
    document = answer.json()
    blank = {"phone": "", "note": "", "language": "en", "visible_to": "staff"}
    assert document["contacts"][0] == blank | desk
    assert document["identifiers"] == [{"scheme": "ein", "value": "12-3456789", "confirmed": False}]
    first, before = set(record.contacts.values_list("pk", flat=True)), changes_of(record)
    # Contacts stay the same rows: meetings and rounds refer to them.
    moved = [document["contacts"][1] | {"note": "After 6 p.m."}, document["contacts"][0] | {"name": "Desk"}]
    answer = program.change(path_of(record), {"contacts": moved})
    assert {one["name"]: one["note"] for one in answer.json()["contacts"]} == {"Desk": "", "Night line": "After 6 p.m."}
    assert set(record.contacts.values_list("pk", flat=True)) == first
    again = program.get(path_of(record)).json()
    assert program.change(path_of(record), again).status_code == 200
    assert changes_of(record) == before + 1
    assert program.change(path_of(record), {"contacts": [], "identifiers": []}).json()["contacts"] == []
    assert (Contact.objects.count(), Identifier.objects.count()) == (0, 0)


def test_contacts_and_identifiers_that_cannot_be_used(program, people):
    record = factories.make_organization("Renters", "unlisted", kept_by=people.office)
    taken = factories.make_organization("Known", "profiled")
    Identifier.objects.create(organization=taken, scheme="ein", value="12-3456789", is_confirmed=True)
    hidden = factories.make_organization("Hidden", "unlisted", kept_by=people.other_office)
    Identifier.objects.create(organization=hidden, scheme="ein", value="98-7654321", is_confirmed=True)
    for body, found in (
        ({"contacts": [{"name": "Desk", "email": "desk"}]}, [("#/contacts/0/email", "invalid")]),
        ({"contacts": [{"email": "desk@example.org"}]}, [("#/contacts/0/name", "required")]),
        ({"contacts": [{"name": "Desk", "visible_to": "public"}]}, [("#/contacts/0/visible_to", "not_yours")]),
        ({"contacts": [{"name": "Desk", "role": "none"}]}, [("#/contacts/0/role", "unknown_value")]),
        ({"contacts": [{"name": "Desk", "is_sample": True}]}, [("#/contacts/0/is_sample", "unknown_field")]),
        ({"contacts": [{"name": "Desk"}] * 51}, [("#/contacts", "max_length")]),
        ({"identifiers": [{"scheme": "ein"}]}, [("#/identifiers/0/value", "required")]),
        ({"identifiers": [{"scheme": "tax", "value": "1"}]}, [("#/identifiers/0/scheme", "invalid_choice")]),
        ({"identifiers": [{"scheme": "ein", "value": "123456789"}]}, [("#/identifiers/0/value", "taken")]),
        ({"identifiers": [{"scheme": "ein", "value": "12-345"}]}, [("#/identifiers/0/value", "malformed")]),
        ({"open_fields": {"aims": "public"}}, []),
        ({"open_fields": {"address": "public"}}, [("#/open_fields/address", "not_yours")]),
        ({"open_fields": {"mood": "public"}}, [("#/open_fields/mood", "unknown_field")]),
        ({"open_fields": {"aims": "all"}}, [("#/open_fields/aims", "invalid_choice")]),
        ({"listing": "named"}, [("#/listing_source", "required")]),
    ):
        answer = program.change(path_of(record), body)
        if found:
            assert pointers(answer) == found, body
        else:
            assert answer.status_code == 200
    # The number of a record that this office can't see doesn't reveal it.
    assert (
        program.change(path_of(record), {"identifiers": [{"scheme": "ein", "value": "98-7654321"}]}).status_code == 200
    )


def test_only_an_organizations_own_people_open_its_fields(people):
    program, record = Program(people.partner), people.organization
    document = program.get(path_of(record)).json()
    assert (document["open_fields"]["address"], document["open_fields"]["aims"]) == ("staff", "public")
    body = {"open_fields": {"address": "public"}, "contacts": [{"name": "Desk", "visible_to": "public"}]}
    answer = program.change(path_of(record), body)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["open_fields"]["address"], answer.json()["open_fields"]["aims"]) == ("public", "public")
    record.refresh_from_db()
    assert record.open_fields == {"address": "public"}
    assert record.contacts.get().visible_to == "public"
    # Others read neither who may read what, nor the contacts.
    other = Program(people.other_editor).get(path_of(record)).json()
    assert {"contacts", "open_fields"} & other.keys() == set()
    assert other["address"] == ""


@pytest.mark.both
def test_a_department_is_added_and_changed(program, people):
    area = factories.make_issue_area("housing")
    body = {
        "name": "Office of Housing",
        "kind": "office",
        "jurisdiction": people.office.public_id,
        "issue_areas": ["housing"],
    }
    body |= {
        "identifiers": [{"scheme": "uei", "value": "ABCD1234EFGH"}],
        "contacts": [{"name": "Desk", "visible_to": "public"}],
    }
    made = program.send("POST", "departments/", body)
    assert made.status_code == 201, made.content
    record = Department.objects.get(public_id=made.json()["id"])
    assert (record.jurisdiction, list(record.issue_areas.all())) == (people.office, [area])
    assert (record.contacts.get().name, record.identifiers.get().value) == ("Desk", "ABCD1234EFGH")
    below = program.send(
        "POST", "departments/", {"name": "Unit", "jurisdiction": people.office.public_id, "parent": record.public_id}
    )
    assert below.json()["parent"] == record.public_id, below.content
    answer = program.change(path_of(record), {"about": "Homes", "why": "Asked"})
    assert (answer.json()["about"], changes_of(record)) == ("Homes", 2)
    again = program.change(path_of(record), program.get(path_of(record)).json(), "PUT")
    assert (again.status_code, changes_of(record)) == (200, 2), again.content
    elsewhere = factories.make_department(people.other_office, "Elsewhere")
    for body, found in (
        ({"parent": elsewhere.public_id}, [("#/parent", "other_office")]),
        ({"jurisdiction": people.other_office.public_id}, [("#/jurisdiction", "read_only")]),
        ({"name": ""}, [("#/name", "blank")]),
    ):
        assert pointers(program.change(path_of(record), body)) == found
    problem(program.change(path_of(elsewhere), {"about": "Ours"}), 403, "not_allowed")
    new = {"name": "Unit", "jurisdiction": people.other_office.public_id}
    problem(program.send("POST", "departments/", new), 403, "not_allowed")


# Meetings, action items, activities, results and plans


def path_in_api(record):
    kinds = {"M": "meetings", "A": "action-items", "V": "activities", "S": "results", "K": "plans"}
    return f"{kinds[record.public_id[0]]}/{record.public_id}/"


@pytest.fixture
def table(people):
    """A published partnership that the office leads, with the organization."""
    parties = [factories.party(people.office, "lead"), factories.party(people.organization, "member")]
    return factories.make_partnership("Housing table", lead=people.office, parties=parties)


def sent_back_changes_nothing(program, record):
    before = changes_of(record)
    answer = program.change(path_in_api(record), program.get(path_in_api(record)).json(), "PUT")
    assert (answer.status_code, changes_of(record)) == (200, before), answer.content


@pytest.mark.both
def test_a_meeting_is_planned_changed_and_canceled(program, people, table):
    agenda = [{"title": "Welcome", "minutes": 10, "owner": people.office.public_id}, {"title": "Evictions"}]
    body = {"partnership": table.public_id, "title": "June", "date": "2027-06-01", "time": "18:30", "agenda": agenda}
    made = program.send("POST", "meetings/", body | {"is_public": True, "link": "https://example.org/join"})
    assert made.status_code == 201, made.content
    document = made.json()
    assert (document["zone"], document["starts_at"], document["link"]) == (
        people.office.zone, "2027-06-01T23:30:00Z", "https://example.org/join",
    )  # fmt: skip
    record = Meeting.objects.get(public_id=document["id"])
    assert [(one.title, one.owner and one.owner.entity) for one in record.agenda.all()] == [
        ("Welcome", people.office),
        ("Evictions", None),
    ]
    second = record.agenda.all()[1]
    answer = program.change(path_in_api(record), {"place": "Library", "agenda": [{"title": "Evictions", "minutes": 5}]})
    assert (answer.json()["place"], [one.pk for one in record.agenda.all()]) == ("Library", [second.pk]), answer.content
    sent_back_changes_nothing(program, record)
    for body, found in (
        ({"zone": "Nowhere"}, "#/zone"),
        ({"date": "2027-03-14", "time": "02:30"}, "#/time"),
        ({"minutes_long": 1}, "#/minutes_long"),
        ({"agenda": [{"title": "x", "owner": people.other_office.public_id}]}, "#/agenda/0/owner"),
        ({"partnership": factories.make_partnership("Other", lead=people.office).public_id}, "#/partnership"),
        ({"status": "cancelled"}, "#/status"),
        ({"participants": []}, "#/participants"),
    ):
        assert [pointer for pointer, _ in pointers(program.change(path_in_api(record), body))] == [found]
    etag = program.get(path_in_api(record))["ETag"]
    gone = program.change(f"{path_in_api(record)}cancel/", {"why": "Snow"}, "POST", etag)
    assert (gone.status_code, gone.json()["status"]) == (200, "cancelled")


@pytest.mark.slow
@pytest.mark.both
def test_an_action_item_is_added_changed_and_updated(program, people, table):
    group = people.organization.public_id
    body = {"partnership": table.public_id, "title": "Send the notes", "owner": group, "due_on": "2027-06-01"}
    made = program.send("POST", "action-items/", body)
    assert (made.status_code, made.json().get("owner")) == (201, group), made.content
    record = Action.objects.get(public_id=made.json()["id"])
    sent_back_changes_nothing(program, record)
    for body, found in (
        ({"owner": None}, [("#/owner", "no_owner")]),
        ({"owner": people.other_office.public_id}, [("#/owner", "unknown_value")]),
        ({"status": "done"}, [("#/status", "read_only")]),
        ({"owner_person": 1}, [("#/owner_person", "unknown_field")]),
        ({"due_on": "0001-01-01"}, [("#/due_on", "year")]),
    ):
        assert pointers(program.change(path_in_api(record), body)) == found
    # Its owner updates it and changes nothing else.
    partner_program = Program(people.partner)
    problem(partner_program.change(path_in_api(record), {"title": "Ours"}), 403, "not_allowed")
    note = f"{path_in_api(record)}note/"
    etag = partner_program.get(path_in_api(record))["ETag"]
    done = partner_program.change(note, {"status": "done", "text": "Sent."}, "POST", etag)
    assert (done.status_code, done.json()["status"]) == (200, "done"), done.content
    assert [entry["text"] for entry in done.json()["log"]] == ["Sent."]
    assert pointers(partner_program.change(note, {"status": "done"}, "POST", done["ETag"])) == [
        ("#/text", "nothing_said")
    ]
    problem(partner_program.change(note, {"status": "open"}, "POST", etag), 412, "stale")


@pytest.mark.slow
@pytest.mark.both
def test_an_activity_is_added_and_changed(program, people, table):
    result = factories.make_result(lead=people.office, partnerships=[table])
    office, group = people.office.public_id, people.organization.public_id
    body = {"partnership": table.public_id, "title": "Clinics", "results": [result.public_id]}
    made = program.send("POST", "activities/", body | {"parties": [{"id": group, "part": "leads"}]})
    assert made.status_code == 201, made.content
    record = Activity.objects.get(public_id=made.json()["id"])
    sent_back_changes_nothing(program, record)
    answer = program.change(
        path_in_api(record), {"parties": [{"id": office, "part": "leads"}, {"id": group, "part": "adds"}]}
    )
    assert [(one["id"], one["part"]) for one in answer.json()["parties"]] == [(office, "leads"), (group, "adds")]
    elsewhere = factories.make_result("Elsewhere", lead=people.office, is_published=True)
    hidden = factories.make_result("Hidden", lead=people.other_office)
    for body, found in (
        ({"results": [elsewhere.public_id]}, [("#/results", "other_table")]),
        ({"results": [hidden.public_id]}, [("#/results", "unknown_value")]),
        ({"parties": [{"id": people.other_office.public_id, "part": "adds"}]}, [("#/parties/0/id", "unknown_value")]),
        ({"parties": [{"id": office, "part": "some"}]}, [("#/parties/0/part", "invalid_choice")]),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, [("#/", "invalid")]),
    ):
        answer = program.change(path_in_api(record), body)
        assert [code for _, code in pointers(answer)] == [code for _, code in found], (body, answer.content)


def test_a_partner_that_is_not_shown_keeps_its_part(program, people, table):
    seat = table.parties.get(organization=people.organization)
    record = factories.make_activity(table, parts=[(seat, "leads")])
    withdraw_from_seat(party=seat, by=people.partner, may_count=True)
    assert program.get(path_in_api(record)).json()["parties"] == []
    answer = program.change(path_in_api(record), {"parties": [{"id": people.office.public_id, "part": "adds"}]})
    assert answer.status_code == 200, answer.content
    assert {part.party.entity for part in record.parts.all()} == {people.office, people.organization}


@pytest.mark.both
def test_a_result_is_added_and_changed(program, people, table):
    factories.make_issue_area("housing")
    hidden = factories.make_partnership("Hidden", lead=people.other_office, published=False)
    body = {"title": "Homes", "population": "Renters", "jurisdiction": people.office.public_id}
    made = program.send("POST", "results/", body | {"issue_areas": ["housing"], "partnerships": [table.public_id]})
    assert made.status_code == 201, made.content
    record = Result.objects.get(public_id=made.json()["id"])
    record.partnerships.add(hidden)
    sent_back_changes_nothing(program, record)
    answer = program.change(path_in_api(record), {"partnerships": [], "is_published": True})
    assert (answer.json()["is_published"], list(record.partnerships.all())) == (True, [hidden])
    for body, found in (
        ({"partnerships": [hidden.public_id]}, [("#/partnerships", "unknown_value")]),
        ({"title": ""}, [("#/title", "blank")]),
    ):
        assert pointers(program.change(path_in_api(record), body)) == found
    problem(program.change(path_in_api(record), {"jurisdiction": people.other_office.public_id}), 403, "not_allowed")


@pytest.mark.both
def test_a_plan_is_added_and_changed(program, people, table):
    result = factories.make_result(lead=people.office, is_published=True)
    rows = [
        {"number": "1.1", "title": "Fewer evictions", "result": result.public_id, "partnerships": [table.public_id]},
        {"number": "1.2", "title": "More clinics"},
    ]
    body = {"title": "Equity plan", "jurisdiction": people.office.public_id, "outcomes": rows}
    made = program.send("POST", "plans/", body)
    assert made.status_code == 201, made.content
    record = Plan.objects.get(public_id=made.json()["id"])
    first, second = record.outcomes.all()
    sent_back_changes_nothing(program, record)
    hidden = factories.make_partnership("Hidden", lead=people.other_office, published=False)
    first.partnerships.add(hidden)
    rows = [
        {"number": "1.2", "title": "Many clinics"},
        {"number": "1.1", "title": "Fewer evictions", "partnerships": []},
    ]
    answer = program.change(path_in_api(record), {"outcomes": rows})
    assert answer.status_code == 200, answer.content
    assert [(one.pk, one.title) for one in record.outcomes.all()] == [
        (second.pk, "Many clinics"),
        (first.pk, "Fewer evictions"),
    ]
    assert (list(first.partnerships.all()), first.result) == ([hidden], result)
    for rows, found in (
        ([{"number": "1", "title": "a"}, {"number": "1", "title": "b"}], [("#/outcomes/1/number", "unique")]),
        ([{"number": "1"}], [("#/outcomes/0/title", "required")]),
        ([{"title": "a", "result": "S-000000-0"}], [("#/outcomes/0/result", "unknown_value")]),
    ):
        assert pointers(program.change(path_in_api(record), {"outcomes": rows})) == found


def test_records_of_other_offices_cannot_be_written(people, table):
    """What may be read is refused as not allowed, and what may not be read as missing."""
    result = factories.make_result(lead=people.office, is_published=True)
    shown = [result, factories.make_meeting(table, is_public=True), factories.make_activity(table, is_public=True)]
    shown.append(factories.make_plan(lead=people.office, is_published=True))
    hidden = [factories.make_result(lead=people.office), factories.make_meeting(table), factories.make_activity(table)]
    program = Program(people.other_editor)
    for record in shown:
        problem(program.change(path_in_api(record), {"title": "Ours"}), 403, "not_allowed")
    for record in hidden:
        problem(program.change(path_in_api(record), {"title": "Ours"}), 404, "not_found")
    draft = factories.make_partnership("Draft", lead=people.office, published=False)
    for path in ("meetings", "activities", "action-items"):
        body = {"title": "Ours", "date": "2027-01-01", "time": "10:00"} if path == "meetings" else {"title": "Ours"}
        problem(program.send("POST", f"{path}/", body | {"partnership": table.public_id}), 403, "not_allowed")
        answer = program.send("POST", f"{path}/", body | {"partnership": draft.public_id})
        assert pointers(answer) == [("#/partnership", "unknown_value")]


@pytest.mark.parametrize("kind", ["department", "organization"])
def test_a_program_closes_and_reopens_what_its_office_keeps(program, people, kind):
    made = {
        "department": lambda: factories.make_department(people.office),
        "organization": lambda: factories.make_organization(kept_by=people.office),
    }
    record = made[kind]()
    for day in ("2026-06-30", None):
        assert program.change(path_of(record), {"closed_on": day}).status_code == 200
        assert program.get(path_of(record)).json()["closed_on"] == day
    assert pointers(program.change(path_of(record), {"closed_on": "June"})) == [("#/closed_on", "invalid")]
