"""Exports made in the background: complete, for one person, with that person's rights, and only once."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from partnerships import tasks
from partnerships.accounts.actions import suspend
from partnerships.core import clock, exports
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.directory.actions import save_organization
from partnerships.measurement.actions import save_result
from partnerships.meetings.action_items import save_action
from partnerships.meetings.meetings import save_meeting
from partnerships.models import ListFile, Membership, Person
from partnerships.records import list_files
from partnerships.records.merging import merge, undo_merge
from partnerships.records.privacy import erase_person, own_data
from partnerships.registry.actions import save_partnership, withdraw_partnership
from partnerships.registry.consent import decline_seat, withdraw_from_seat
from partnerships.registry.sharing import share_draft, unshare_draft
from tests import workbooks
from tests.factories import (
    answer_seats,
    in_days,
    make_measure,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_result,
    party,
)
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def hidden_draft(people):
    for n in range(3):
        make_partnership(f"Street lamps {n}", lead=people.office)
    make_partnership("Quiet draft", lead=people.office, published=False)


def request_file(person, query="", key="partnerships", rows=3):
    return list_files.ask(by=person, key=key, query=query, rows=rows)


def fresh(file):
    return ListFile.objects.get(pk=file.pk)


def titles(person, file):
    rows = workbooks.cells(list_files.content_of(person, fresh(file)))
    return sorted(row[1] for row in rows[1:])


def next_request_of(person):
    """The person as the next request loads them."""
    return Person.objects.get(pk=person.pk)


def test_a_file_waits_is_made_and_holds_the_list(people, hidden_draft):
    file = request_file(people.editor, "q=lamps&ordering=-title&columns=title&columns=id")
    assert (file.state, file.rows_done) == ("waiting", 0)
    with pytest.raises(NotFound):
        list_files.content_of(people.editor, file)
    tasks.make_list_files()
    done = fresh(file)
    assert (done.state, done.rows_done, done.rows_total) == ("ready", 3, 3)
    header, *rows = workbooks.cells(list_files.content_of(people.editor, done))
    assert header == ["id", "title"]
    assert [row[1] for row in rows] == ["Street lamps 2", "Street lamps 1", "Street lamps 0"]


@pytest.mark.both
@pytest.mark.parametrize("key", list_files.SHEETS)
def test_every_list_can_be_made_in_one_batch_or_in_many(people, hidden_draft, key, monkeypatch):
    whole = request_file(people.editor, key=key)
    tasks.make_list_files()
    monkeypatch.setattr(list_files, "BATCH", 1)
    parts = request_file(people.editor, key=key)
    tasks.make_list_files()
    both = [workbooks.cells(list_files.content_of(people.editor, fresh(file))) for file in (whole, parts)]
    assert both[0] == both[1]
    assert both[0][0] == list(list_files.SHEETS[key].columns)


def test_a_file_is_made_by_the_rights_of_that_moment(people, hidden_draft):
    file = request_file(people.reader)
    people.reader.memberships.all().delete()
    tasks.make_list_files()
    assert titles(next_request_of(people.reader), file) == [f"Street lamps {n}" for n in range(3)]
    other = request_file(people.editor)
    tasks.make_list_files()
    assert titles(people.editor, other) == ["Quiet draft", *(f"Street lamps {n}" for n in range(3))]


def _leave(person, people):
    person.memberships.all().delete()


def _read_only(person, people):
    person.memberships.update(role="reader")


def _join(person, people):
    Membership.objects.create(person=person, organization=people.organization, role="reader")


def _administer(person, people):
    Person.objects.filter(pk=person.pk).update(is_administrator=True)


@pytest.mark.parametrize("become", [_leave, _read_only, _join, _administer])
def test_after_their_rights_changed_no_one_gets_it(people, hidden_draft, become):
    file = request_file(people.editor)
    tasks.make_list_files()
    become(people.editor, people)
    with pytest.raises(NotFound):
        list_files.content_of(next_request_of(people.editor), fresh(file))


def test_rights_that_change_while_it_is_made_count(people, hidden_draft, monkeypatch):
    file, write = request_file(people.editor), list_files.workbook

    def leave_meanwhile(*given):
        people.editor.memberships.all().delete()
        return write(*given)

    monkeypatch.setattr(list_files, "workbook", leave_meanwhile)
    tasks.make_list_files()
    with pytest.raises(NotFound):
        list_files.content_of(next_request_of(people.editor), fresh(file))


def test_no_one_else_finds_it(people, hidden_draft):
    file = request_file(people.editor)
    tasks.make_list_files()
    suspend(by=people.administrator, person=people.editor, why="Left.")
    for person in (people.reader, people.administrator, people.stranger, next_request_of(people.editor)):
        with pytest.raises(NotFound):
            list_files.file_of(person, file.pk)
        assert list_files.files_of(person) == []


# Workers that start and stop


@pytest.mark.both
def test_the_file_of_a_worker_that_died_is_taken_up_once_its_lease_is_over(people, hidden_draft):
    file = request_file(people.editor)
    ListFile.objects.update(state="making", claimed_until=clock.now() + timedelta(seconds=60), rows_done=2)
    assert not list_files.make_next()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert list_files.make_next()
    assert (fresh(file).state, fresh(file).rows_done) == ("ready", 3 + 1)


@pytest.mark.both
def test_a_worker_that_was_too_slow_writes_nothing(people, hidden_draft, monkeypatch):
    file, write = request_file(people.editor), list_files.workbook
    claimed_until = clock.now() + timedelta(minutes=5)

    def be_overtaken(*given):
        ListFile.objects.update(claimed_until=claimed_until, rows_done=1)
        return write(*given)

    monkeypatch.setattr(list_files, "workbook", be_overtaken)
    assert list_files.make_next()
    stands = fresh(file)
    assert (stands.state, stands.claimed_until, stands.rows_done, stands.content) == ("making", claimed_until, 1, None)


@pytest.mark.both
def test_a_file_that_goes_while_it_is_made_stays_gone(people, hidden_draft, monkeypatch):
    request_file(people.editor)
    write = list_files.workbook

    def erase_meanwhile(*given):
        ListFile.objects.all().delete()
        return write(*given)

    monkeypatch.setattr(list_files, "workbook", erase_meanwhile)
    tasks.make_list_files()
    assert not ListFile.objects.exists()


def test_progress_is_saved_during_the_work(people, hidden_draft, monkeypatch):
    monkeypatch.setattr(list_files, "BATCH", 1)
    monkeypatch.setattr(list_files, "EVERY", -1)
    file, seen, batch = request_file(people.editor), [], exports.Export.batch

    def look(sheet, listing, pks):
        seen.append((fresh(file).state, fresh(file).rows_done, fresh(file).rows_total))
        return batch(sheet, listing, pks)

    monkeypatch.setattr(exports.Export, "batch", look)
    tasks.make_list_files()
    assert seen == [("making", n, 4) for n in range(4)]


def test_what_goes_wrong_stays_with_its_file(people, hidden_draft, monkeypatch):
    wrong, right = request_file(people.editor, "colour=red"), request_file(people.editor, "q=lamps")
    tasks.make_list_files()
    assert [fresh(file).state for file in (wrong, right)] == ["failed", "ready"]
    assert not list_files.make_next()
    with pytest.raises(NotFound):
        list_files.content_of(people.editor, fresh(wrong))


def test_a_list_that_grew_beyond_what_a_file_holds_is_not_cut(people, hidden_draft, monkeypatch):
    file = request_file(people.editor)
    monkeypatch.setattr(list_files, "MOST_ROWS", 2)
    tasks.make_list_files()
    assert (fresh(file).state, fresh(file).content) == ("failed", None)
    with pytest.raises(ValidationError, match="2 rows at most"):
        request_file(people.editor, rows=3)


def test_rows_are_counted_to_the_most_that_a_file_holds(people, hidden_draft, monkeypatch):
    from partnerships.core import listing

    found = list_files.SHEETS["partnerships"].listing(people.editor, _params(""))
    assert list_files.rows_of(found) == 4
    monkeypatch.setattr(listing, "CAP", 1)
    for most, rows in ((4, 4), (3, 4), (2, 3)):
        monkeypatch.setattr(list_files, "MOST_ROWS", most)
        found = list_files.SHEETS["partnerships"].listing(people.editor, _params(""))
        assert list_files.rows_of(found) == rows


def _params(query):
    from django.http import QueryDict

    return QueryDict(query)


# How many, and for how long


@pytest.mark.both
def test_asking_for_the_same_twice_is_asking_once(people, hidden_draft):
    assert request_file(people.editor, "q=lamps") == request_file(people.editor, "q=lamps")
    assert request_file(people.editor, "q=lamps") != request_file(people.reader, "q=lamps")


def test_five_files_of_one_person_may_wait(people, hidden_draft):
    for n in range(5):
        request_file(people.editor, f"q={n}")
    with pytest.raises(ValidationError, match="still preparing 5 of your spreadsheets"):
        request_file(people.editor, "q=5")
    request_file(people.reader, "q=5")
    tasks.make_list_files()
    assert request_file(people.editor, "q=5").state == "waiting"


def test_of_files_that_are_ready_the_latest_stay(people, hidden_draft):
    files = []
    for n in range(7):
        files.append(request_file(people.editor, f"q={n}"))
        tasks.make_list_files()
    assert [file.pk for file in list_files.files_of(people.editor)] == [file.pk for file in files[:1:-1]]


def test_a_file_is_there_for_a_day(people, hidden_draft):
    file = request_file(people.editor)
    tasks.make_list_files()
    with time_machine.travel(clock.now() + timedelta(hours=23)):
        assert list_files.file_of(people.editor, file.pk)
        assert list_files.delete_expired() == 0
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        with pytest.raises(NotFound):
            list_files.file_of(people.editor, file.pk)
        assert list_files.delete_expired() == 1


def test_ones_own_data_names_them_and_erasing_takes_them(people, hidden_draft):
    request_file(people.stranger, "q=Kestrel")
    tasks.make_list_files()
    (found,) = own_data(people.stranger)["spreadsheets"]
    assert found["query"] == "q=Kestrel"
    assert "content" not in found
    erase_person(person=people.stranger, by=people.stranger)
    assert not ListFile.objects.exists()


@pytest.mark.both
@pytest.mark.parametrize("n", [1, 3])
def test_making_asks_as_often_whatever_the_rows(people, n):
    for i in range(n):
        make_organization(f"Group {i}", "profiled")
    request_file(people.editor, key="organizations")
    with CaptureQueriesContext(connection) as queries:
        assert list_files.make_next()
    # Four of them: the seats of the person's organizations and of their partners, and drafts that they are shown.
    assert len(queries) == 11


def test_no_one_gets_a_file_made_while_their_organization_held_a_seat(people):
    other = make_organization("Neighbors", "profiled", aims="For partners alone", open_fields={"aims": "partners"})
    parties = [party(people.office, "lead"), party(people.organization, "member"), party(other, "member")]
    seat = make_partnership(lead=people.office, parties=parties).parties.get(organization=people.organization)
    file = request_file(people.partner, key="organizations")
    tasks.make_list_files()
    assert "For partners alone" in str(workbooks.cells(list_files.content_of(people.partner, fresh(file))))
    withdraw_from_seat(party=seat, by=people.partner)
    with pytest.raises(NotFound):
        list_files.content_of(next_request_of(people.partner), fresh(file))


def _unlists_itself(scene):
    save_organization(organization=scene.other, by=scene.person, fields={"listing": "unlisted"})


def _closes_a_field(scene):
    save_organization(organization=scene.other, by=scene.person, fields={"open_fields": {"aims": "staff"}})


def _declines(scene):
    decline_seat(party=scene.partnership.parties.get(organization=scene.other), by=scene.person)


def _is_unpublished(scene):
    withdraw_partnership(partnership=scene.partnership, by=SYSTEM)


def _is_internal_again(scene):
    save_meeting(meeting=scene.meeting, by=SYSTEM, fields={"is_public": False})


def _narrows_its_profile(scene):
    save_organization(organization=scene.other, by=scene.person, fields={"listing": "named"})


def _hides_its_link(scene):
    save_meeting(meeting=scene.meeting, by=SYSTEM, fields={"link_is_public": False})


def _becomes_organizing(scene):
    save_partnership(partnership=scene.partnership, by=SYSTEM, fields={"kind": "organizing"})


def _is_in_the_office_only(scene):
    rows = [party(scene.other, circle="not_approached"), party(scene.with_us)]
    save_partnership(partnership=scene.partnership, by=SYSTEM, fields={}, parties=rows)


def _another_is_removed(scene):
    save_partnership(partnership=scene.partnership, by=SYSTEM, fields={}, parties=[party(scene.with_us)])


def _is_shown_no_longer(scene):
    unshare_draft(partnership=scene.draft, by=SYSTEM, share=scene.draft.shares.get())


def _is_removed(scene):
    kept = [party(scene.other, id=scene.partnership.parties.get(organization=scene.other).pk)]
    save_partnership(partnership=scene.partnership, by=SYSTEM, fields={}, parties=kept)


@pytest.fixture
def scene(people):
    """A partnership of the partner with another organization, and a draft that the partner is shown."""
    other, person = make_organization("Neighbors", "profiled", aims="Open"), make_person("neighbor2@example.org")
    Membership.objects.create(person=person, organization=other, role="manager")
    parties = [party(other, "member"), party(people.organization, "advisor")]
    partnership = make_partnership(lead=people.office, parties=parties, confirmed=False)
    draft = make_partnership("Early", lead=people.office, parties=parties, published=False)
    share_draft(partnership=draft, by=SYSTEM, body=people.organization)
    meeting = make_meeting(partnership, is_public=True, link="https://meet.example.org/", link_is_public=True)
    given = {"other": other, "person": person, "with_us": people.organization}
    return SimpleNamespace(partnership=partnership, draft=draft, meeting=meeting, **given)


_HIDING = (
    _unlists_itself,
    _closes_a_field,
    _declines,
    _is_unpublished,
    _is_internal_again,
    _narrows_its_profile,
    _hides_its_link,
    _becomes_organizing,
    _is_in_the_office_only,
    _another_is_removed,
    _is_shown_no_longer,
    _is_removed,
)


@pytest.mark.slow
def test_no_one_gets_a_file_once_something_in_it_was_hidden(people, scene):
    file = request_file(people.partner)
    tasks.make_list_files()
    save_organization(organization=scene.other, by=scene.person, fields={"aims": "Others"})
    make_partnership("New", lead=people.office)
    for hide in _HIDING:
        assert titles(next_request_of(people.partner), file) == ["Early", "Learning from one another"]
        with transaction.atomic():
            hide(scene)
            with pytest.raises(NotFound):
                list_files.content_of(next_request_of(people.partner), fresh(file))
            transaction.set_rollback(True)
        for record in (scene.other, scene.partnership, scene.draft, scene.meeting):
            record.refresh_from_db()


def _lose_their_place(meeting, result):
    save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=[])


def _lose_what_they_share(meeting, result):
    save_result(result=result, by=SYSTEM, fields={"partnerships": []})


@pytest.mark.parametrize(
    ("key", "lose"),
    [("meetings", _lose_their_place), ("actions", _lose_their_place), ("measures", _lose_what_they_share)],
)
def test_no_one_gets_a_file_of_what_they_were_invited_to_or_shared(people, scene, key, lose):
    """The seat of their organization stays, but the meeting or the result isn't theirs anymore."""
    answer_seats(scene.partnership)
    seat = scene.partnership.parties.get(organization=people.organization)
    inner = make_meeting(scene.partnership, is_public=False)
    save_meeting(meeting=inner, by=SYSTEM, fields={}, participants=[{"person": people.partner, "party": seat}])
    save_action(
        by=SYSTEM,
        fields={"partnership": scene.partnership, "title": "Call", "meeting": inner, "owner_person": people.editor},
    )
    result = make_result(lead=people.office, partnerships=[scene.partnership])
    make_measure("Inner measure", result=result)
    file = request_file(people.partner, key=key)
    tasks.make_list_files()
    assert len(titles(next_request_of(people.partner), file)) == {"meetings": 2}.get(key, 1)
    lose(inner, result)
    with pytest.raises(NotFound):
        list_files.content_of(next_request_of(people.partner), fresh(file))


def test_no_one_gets_a_file_once_a_partner_in_it_has_left(people):
    """Their own seat stays, and the partnership still names the other as a former partner."""
    other = make_organization("Neighbors", "profiled", aims="For partners alone", open_fields={"aims": "partners"})
    rows = [party(people.organization, "member"), party(other, "member")]
    partnership = make_partnership(lead=people.office, parties=rows)
    file = request_file(people.partner, key="organizations")
    tasks.make_list_files()
    assert "For partners alone" in str(workbooks.cells(list_files.content_of(people.partner, fresh(file))))
    rows[1] |= {"starts_on": in_days(-90), "ends_on": in_days(-1)}
    save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=rows)
    with pytest.raises(NotFound):
        list_files.content_of(next_request_of(people.partner), fresh(file))


@pytest.mark.both
@pytest.mark.parametrize("key", ["partnerships", "meetings", "organizations", "results"])
def test_no_one_gets_a_file_once_another_office_keeps_a_record_in_it(people, key):
    draft = make_partnership("Quiet draft", lead=people.office, published=False)
    make_meeting(draft, title="Quiet draft", is_public=False)
    group = make_organization("Quiet draft", "unlisted", kept_by=people.office)
    result = make_result("Quiet draft", lead=people.office, published=False)
    file, fields = request_file(people.reader, key=key), {"lead": people.other_office}
    tasks.make_list_files()
    other = make_organization("Elsewhere", "unlisted", kept_by=people.other_office)
    save_organization(organization=other, by=SYSTEM, fields={"kept_by": people.office})
    assert "Quiet draft" in titles(next_request_of(people.reader), file)
    if key == "organizations":
        save_organization(organization=group, by=SYSTEM, fields={"kept_by": people.other_office})
    elif key == "results":
        save_result(result=result, by=SYSTEM, fields=fields)
    else:
        save_partnership(partnership=draft, by=SYSTEM, fields=fields)
    with pytest.raises(NotFound):
        list_files.content_of(next_request_of(people.reader), fresh(file))


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_no_one_gets_a_file_that_names_a_partner_as_it_was_before_a_merge(people, role):
    """No one else may notice that organizations which aren't public were merged."""
    kept, lost = (
        make_organization(name, "unlisted", kept_by=people.other_office) for name in ("Choir", "Quiet circle")
    )
    make_partnership("Street lamps", lead=people.office, parties=[party(lost)])
    readers = getattr(people, role), people.partner

    def made():
        files = [request_file(person) for person in readers]
        tasks.make_list_files()
        return files

    def named_in(files):
        for person, file in zip(readers, files, strict=True):
            try:
                cells = str(workbooks.cells(list_files.content_of(next_request_of(person), fresh(file))))
            except NotFound:
                yield None
            else:
                yield [name for name in ("Choir", "Quiet circle") if name in cells]

    files = made()
    assert list(named_in(files)) == [["Quiet circle"], []]
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        merged = merge(kept=kept, lost=lost, by=SYSTEM, versions=(None, None))
        assert list(named_in(files)) == [None, []]
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        files = made()
        assert list(named_in(files)) == [["Choir"], []]
    with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):
        undo_merge(merge=merged, kept=kept, by=SYSTEM)
        assert list(named_in(files)) == [None, []]
