"""Bulk changes of a list: previewed, saved completely or not at all, with one request id, and undone together."""

import re
import uuid

import pytest

from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.models import Change, Membership, Organization, Partnership
from partnerships.records import bulk
from partnerships.registry import actions as registry
from tests.factories import make_department, make_issue_area, make_organization, make_partnership, make_term
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def partnerships(people):
    return [make_partnership(f"Table {n}", lead=people.office) for n in "ABC"]


def text_of(response):
    return " ".join(response.content.decode().split())


def boxes(*records):
    return [f"{one.public_id}:{one.version}" for one in records]


def state(model=Partnership):
    return sorted(model.objects.values_list("pk", "version", "updated_at"))


def test_the_records_of_the_filtered_list_that_are_ones_own(client, people, partnerships):
    make_partnership("Elsewhere", lead=people.other_office)
    registry.save_partnership(partnership=partnerships[2], by=SYSTEM, fields={"status": "paused"})
    client.force_login(people.editor)
    assert 'href="/partnerships/many/?status=active"' in text_of(client.get("/partnerships/?status=active"))
    text = text_of(client.get("/partnerships/many/?status=active"))
    assert sorted(re.findall(r"<span>(Table \w|Elsewhere)</span>", text)) == ["Table A", "Table B"]
    assert len(re.findall(r'name="record"[^>]* checked>', text)) == 2


@pytest.mark.both
def test_it_is_shown_first_and_then_changed_in_one_go(client, people, partnerships):
    area, purpose = make_issue_area(), make_term(key="training", label="Training")
    client.force_login(people.editor)
    asked = {
        "record": boxes(*partnerships[:2]),
        "purpose": purpose.pk,
        "add-issue_areas": [area.pk],
        "why": "As agreed.",
    }
    before = state()
    look = client.post("/partnerships/many/", asked | {"look": "yes"})
    assert look.status_code == 200
    assert state() == before
    text = text_of(look)
    for words in ("2 of them would change", "Learning", "Training", "Housing", "Change 2 records"):
        assert words in text
    answer = client.post("/partnerships/many/", asked | {"save": "yes"})
    assert answer.status_code == 302
    for one in partnerships:
        one.refresh_from_db()
    assert [one.purpose.key for one in partnerships] == ["training", "training", "learning"]
    assert [list(one.issue_areas.all()) for one in partnerships] == [[area], [area], []]
    log = Change.objects.filter(why="As agreed.")
    assert (log.count(), log.values("request_id").distinct().count()) == (2, 1)
    assert answer.url == f"/changes/{log[0].request_id}/"


def test_another_language_keeps_what_is_checked_and_chosen(client, people, partnerships):
    client.force_login(people.editor)
    asked = {"record": boxes(partnerships[0]), "status": "paused", "why": "As agreed.", "switch": "es"}
    text = text_of(client.post("/partnerships/many/?lang=es", asked))
    assert ("<h1>Editar varias alianzas</h1>" in text, text.count('id="answer"')) == (True, 1)
    assert re.findall(r'name="record" value="([^"]+)" checked', text) == boxes(partnerships[0])
    assert re.findall(r'<option value="([^"]+)" selected', text) == ["paused"]
    assert 'value="As agreed."' in text
    look = text_of(client.post("/partnerships/many/?lang=es", asked | {"switch": [], "look": "yes"}))
    for words in ("Cambiaría 1 ficha", "Activa", "En pausa", "Cambiar 1 ficha"):
        assert words in look


@pytest.mark.both
def test_it_is_undone_as_one(client, people, partnerships):
    area = make_issue_area()
    client.force_login(people.editor)
    asked = {"record": boxes(*partnerships), "add-issue_areas": [area.pk], "status": "paused", "save": "yes"}
    page = client.post("/partnerships/many/", asked).url
    text = text_of(client.get(page))
    assert "3 records that you see were changed together" in text
    assert "Undo all of these changes" in text
    sent = re.findall(r'name="change" value="([^"]+)"', text_of(client.get(f"{page}undo/")))
    assert client.post(f"{page}undo/", {"change": sent, "why": "x" * 201}).status_code == 422  # never cut short
    assert {*Partnership.objects.values_list("status", flat=True)} == {"paused"}
    assert client.post(f"{page}undo/", {"change": sent, "why": "Too soon."}).status_code == 302
    assert {*Partnership.objects.values_list("status", flat=True)} == {"active"}
    assert not Partnership.objects.filter(issue_areas=area).exists()
    again = text_of(client.get(page))
    assert (len(re.findall(r">\s*Undone\s*<", again)), "Undo all" in again) == (3, False)


def test_what_was_changed_again_since_stays_and_is_said(client, people, partnerships):
    client.force_login(people.editor)
    page = client.post("/partnerships/many/", {"record": boxes(*partnerships), "status": "paused", "save": "yes"}).url
    partnerships[0].refresh_from_db()
    registry.save_partnership(partnership=partnerships[0], by=SYSTEM, fields={"status": "repairing"})
    assert "Undo all of these changes" in text_of(client.get(page))
    text = text_of(client.get(f"{page}undo/"))
    assert "2 records would have their earlier values again." in text
    sent = re.findall(r'name="change" value="([^"]+)"', text)
    assert client.post(f"{page}undo/", {"change": sent}).status_code == 302
    assert sorted(Partnership.objects.values_list("status", flat=True)) == ["active", "active", "repairing"]


@pytest.mark.both
def test_one_record_that_changed_since_stops_them_all(client, people, partnerships):
    client.force_login(people.editor)
    seen = boxes(*partnerships)
    registry.save_partnership(partnership=partnerships[1], by=SYSTEM, fields={"summary": "News."})
    before = state()
    answer = client.post(
        "/partnerships/many/", {"record": seen, "status": "paused", "why": "Typed words.", "save": "yes"}
    )
    assert answer.status_code == 409
    assert "Someone else changed Table B in the meantime. We didn’t save anything." in text_of(answer)
    assert "Typed words." in text_of(answer)
    assert state() == before


def test_an_undo_from_an_outdated_page_changes_nothing(client, people, partnerships):
    client.force_login(people.editor)
    page = client.post("/partnerships/many/", {"record": boxes(*partnerships), "status": "paused", "save": "yes"}).url
    sent = re.findall(r'name="change" value="([^"]+)"', text_of(client.get(f"{page}undo/")))
    partnerships[2].refresh_from_db()
    registry.save_partnership(partnership=partnerships[2], by=SYSTEM, fields={"summary": "News."})
    before = state()
    answer = client.post(f"{page}undo/", {"change": sent, "why": "Typed words."})
    assert answer.status_code == 409
    assert "Typed words." in text_of(answer)
    assert state() == before


def test_nothing_to_change_is_said(client, people, partnerships):
    client.force_login(people.editor)
    for sent in (
        {"record": boxes(*partnerships)},
        {"status": "paused"},
        {"record": boxes(*partnerships), "status": "active"},
    ):
        answer = client.post("/partnerships/many/", sent | {"save": "yes"})
        assert answer.status_code == 422
        assert "Nothing would change." in text_of(answer)
    assert not Change.objects.exclude(verb__in=("create", "publish")).exists()


@pytest.mark.parametrize("record", ["G-000000-0:1", "nonsense", ":", "P-ZZZZZZ-Z:x", "'; drop table:1"])
def test_a_record_that_is_none_changes_nothing(client, people, partnerships, record):
    client.force_login(people.editor)
    sent = {"record": [*boxes(*partnerships), record], "status": "paused", "save": "yes"}
    before, answer = state(), client.post("/partnerships/many/", sent)
    assert answer.status_code == 422
    assert "are gone" in text_of(answer)
    assert state() == before


def test_records_of_others_are_never_changed(client, people, partnerships):
    foreign = make_partnership("Elsewhere", lead=people.other_office)
    client.force_login(people.editor)
    before = state()
    answer = client.post(
        "/partnerships/many/", {"record": boxes(*partnerships, foreign), "status": "paused", "save": "yes"}
    )
    assert answer.status_code == 409
    assert state() == before


def test_an_issue_area_cannot_come_and_go_at_once(client, people, partnerships):
    area = make_issue_area()
    client.force_login(people.editor)
    sent = {"record": boxes(*partnerships), "add-issue_areas": [area.pk], "drop-issue_areas": [area.pk], "save": "yes"}
    answer = client.post("/partnerships/many/", sent)
    assert answer.status_code == 422
    assert "You can’t add and remove the same issue area: Housing." in text_of(answer)


def test_organizations_without_those_that_keep_themselves(client, people):
    of_office, own = (make_organization(name, kept_by=people.office) for name in ("Mine", "Their own"))
    Membership.objects.create(person=people.stranger, organization=own, role="editor")
    kind = make_term("organization_kind", "coalition")
    client.force_login(people.editor)
    text = text_of(client.get("/organizations/many/"))
    assert (of_office.public_id in text, own.public_id in text) == (True, False)
    sent = {"record": boxes(of_office), "kind": kind.pk, "checked": "on", "save": "yes"}
    assert client.post("/organizations/many/", sent).status_code == 302
    of_office.refresh_from_db()
    assert (of_office.kind, of_office.last_verified_on is not None) == (kind, True)
    before = state(Organization)
    assert (
        client.post("/organizations/many/", {"record": boxes(own), "kind": kind.pk, "save": "yes"}).status_code == 409
    )
    assert state(Organization) == before


def test_departments_are_changed_together(client, people):
    desk = make_department(people.office, "Housing", issue_areas=[make_issue_area()])
    client.force_login(people.editor)
    sent = {"record": boxes(desk), "drop-issue_areas": [desk.issue_areas.get().pk], "save": "yes"}
    assert client.post("/departments/many/", sent).status_code == 302
    assert not desk.issue_areas.exists()


def test_more_than_can_be_changed_at_once_is_said(client, people, partnerships, monkeypatch):
    monkeypatch.setattr("partnerships.records.bulk.MOST", 2)
    monkeypatch.setattr("partnerships.records.bulk.TOO_MANY", "Choose 2 records at most.")
    client.force_login(people.editor)
    text = text_of(client.get("/partnerships/many/"))
    assert "Your list is longer. These are from its first 2 rows." in text
    answer = client.post("/partnerships/many/", {"record": boxes(*partnerships), "status": "paused", "save": "yes"})
    assert (answer.status_code, "Choose 2 records at most" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("role", ["reader", "partner", "stranger"])
def test_others_have_no_such_page(client, people, partnerships, role):
    client.force_login(getattr(people, role))
    assert client.get("/partnerships/many/").status_code == 403
    assert "/many/" not in text_of(client.get("/partnerships/"))


def test_what_was_changed_together_is_read_by_those_who_read_its_histories(client, people, partnerships):
    client.force_login(people.editor)
    page = client.post("/partnerships/many/", {"record": boxes(*partnerships), "status": "paused", "save": "yes"}).url
    for role, status in (("reader", 200), ("other_editor", 404), ("stranger", 404)):
        client.force_login(getattr(people, role))
        assert client.get(page).status_code == status
    client.force_login(people.reader)
    assert "Undo all" not in text_of(client.get(page))
    assert client.post(f"{page}undo/", {"change": ["1:1"]}).status_code == 403
    assert client.get(f"/changes/{uuid.uuid4()}/").status_code == 404


def test_a_refused_field_names_its_record(client, people, partnerships):
    """The error of one record is shown with its name, and nothing is saved."""
    directory.save_organization(organization=make_organization("Mine", kept_by=people.office), by=SYSTEM, fields={})
    organization = Organization.objects.get(name="Mine")
    client.force_login(people.editor)
    sent = {"record": boxes(organization), "kept_by": people.other_office.pk, "save": "yes"}
    answer = client.post("/organizations/many/", sent)
    assert answer.status_code == 422
    organization.refresh_from_db()
    assert organization.kept_by == people.office


@pytest.mark.both
def test_related_rows_of_many_records_are_read_and_rewritten_once(people, django_assert_max_num_queries):
    """Three more records cost only their own rows. Their documents are rebuilt together."""
    asked = {"status": "paused"}

    def change(records, asked):
        seen = {one.public_id: Partnership.objects.get(pk=one.pk).version for one in records}
        return bulk.change_many(kind="partnership", by=people.editor, seen=seen, asked=asked)

    records = [make_partnership(f"Table {n}", lead=people.office) for n in range(8)]
    change(records[:1], asked)
    with django_assert_max_num_queries(60 + 7 * 22):
        done = change(records[1:], asked)
    seen = {one.change.pk: one.record.version for one in bulk.bulk_changes(people.editor, done)}
    with django_assert_max_num_queries(100 + 7 * 30):
        assert bulk.undo_together(request_id=done, by=people.editor, seen=seen) == 7
    assert Partnership.objects.filter(status="paused").count() == 1
