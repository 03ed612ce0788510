"""Undoing one change: it comes back as it was, or the page says why it can't, and nothing comes back that must not."""

from copy import copy

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Membership, Publication
from partnerships.records import undoing
from partnerships.registry.actions import publish_partnership, save_partnership
from tests.factories import make_meeting, make_organization, make_partnership
from tests.posting import taken_back
from tests.records import undo_cases, undo_check_in_cases, undo_measure_cases
from tests.records.undo_cases import fresh, last, plan, undo, unlike
from tests.shares import share_of

KINDS = undo_cases.KINDS | undo_measure_cases.KINDS | undo_check_in_cases.KINDS
CASES = [(kind, case) for kind, (_, cases, _, _) in KINDS.items() for case in cases]


@pytest.mark.parametrize(("kind", "case"), share_of(CASES, 4))
def test_each_change_is_undone_and_done_again(people, kind, case):
    make, cases, _, role = KINDS[kind]
    kept, by = make(people), getattr(people, role)
    before = kept.take_snapshot()
    kept.change(cases[case])
    after = kept.take_snapshot()
    assert unlike(before, after)
    undo(kept.record, by)
    assert unlike(before, kept.take_snapshot()) == []
    undo(kept.record, by)
    assert unlike(after, kept.take_snapshot()) == []


@pytest.mark.parametrize("kind", share_of(KINDS, 3))
def test_each_field_of_a_snapshot_is_tried(people, kind):
    make, cases, not_tried, _ = KINDS[kind]
    kept, tried = make(people), set()
    for case in cases.values():
        with taken_back():
            one = copy(kept)
            one.record = fresh(kept.record)
            one.change(case)
            tried |= {*last(one.record).before, *last(one.record).after}
    assert {*kept.take_snapshot()} - tried == not_tried


def test_an_undo_is_an_edit_like_any_other(people):
    record = make_partnership(lead=people.office, summary="First words")
    save_partnership(partnership=record, by=people.editor, fields={"summary": "Second words"}, why="Clearer")
    changed = last(record)
    undo(record, people.editor, why="The first was right")
    entry = last(record)
    on = changed.at.astimezone(clock.zone(people.editor.zone))
    assert (entry.verb, entry.by, entry.why) == (
        "update",
        people.editor,
        f"Undo of the change on {on:%B} {on.day}, {on.year}: The first was right",
    )
    assert (entry.before, entry.after) == ({"summary": "Second words"}, {"summary": "First words"})
    assert entry.request_id not in (changed.request_id, None)
    assert "First words" in Publication.objects.get(partnership=record).body


def test_what_was_changed_again_stays_and_the_rest_comes_back(people):
    record = make_partnership(lead=people.office, summary="First", common_agenda="One")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second", "common_agenda": "Two"})
    change = last(record)
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Third"})
    found = plan(record, people.editor, change)
    assert found.wanted == {"common_agenda": "One"}
    (line,) = [line for line in found.lines if line.key == "summary"]
    assert (line.was, line.became, line.now, line.is_changed) == ("First", "Second", "Third", True)
    undo(record, people.editor, change)
    record = fresh(record)
    assert (record.summary, record.common_agenda) == ("Third", "One")
    state = undoing.undone(record, [change])[change.pk]
    assert (state.is_whole, state.entry) == (False, last(record))


def test_what_reads_as_before_already_is_not_undone_again(people):
    record = make_partnership(lead=people.office, summary="First")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second"})
    change = last(record)
    undo(record, people.editor, change)
    assert plan(record, people.editor, change).refused == "It already has the earlier value."
    count = Change.objects.count()
    with pytest.raises(ValidationError):
        undo(record, people.editor, change)
    assert Change.objects.count() == count


def test_it_shows_what_was_undone_until_the_undo_is_undone(people):
    record = make_partnership(lead=people.office, summary="First")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second"})
    change = last(record)
    states = []
    for _ in range(4):  # undo and redo, twice
        undo(record, people.editor)
        found = undoing.undone(record, [change])
        states.append(change.pk in found and found[change.pk].is_whole)
    assert states == [True, False, True, False]


def test_words_that_only_look_like_an_undo_undo_nothing(people):
    record = make_partnership(lead=people.office, summary="First")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second"})
    change = last(record)
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "First"}, why=undoing.reason(change, SYSTEM))
    assert undoing.undone(record, [change]) == {}


@pytest.mark.parametrize("role", ["reader", "other_editor", "partner", "stranger", "suspended"])
def test_who_may_not_write_may_not_undo(people, role):
    record = make_partnership(lead=people.office, summary="First")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second"})
    with pytest.raises(NotAllowed):
        undo(record, getattr(people, role))
    assert fresh(record).summary == "Second"


def test_an_organization_with_editors_is_not_undone_by_its_office(people):
    group = make_organization("Quiet", "unlisted", kept_by=people.office, aims="First")
    save_organization(organization=group, by=SYSTEM, fields={"aims": "Second"})
    undo(group, people.editor)
    assert fresh(group).aims == "First"
    Membership.objects.create(person=people.partner, organization=group, role="editor")
    with pytest.raises(NotAllowed):
        undo(group, people.editor)


def test_a_stale_page_undoes_nothing(people):
    record = make_partnership(lead=people.office, summary="First")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second"})
    change, version = last(record), fresh(record).version
    save_partnership(partnership=record, by=SYSTEM, fields={"common_agenda": "New"})
    for given, seen in (
        (version, ["summary"]),
        (version + 1, []),
        (version + 1, ["summary", "title"]),
        (0, ["summary"]),
    ):
        with pytest.raises(EditConflict):
            undoing.undo(record=fresh(record), change=change, by=people.editor, version=given, seen=seen)
    assert fresh(record).summary == "Second"


def test_a_save_between_preview_and_undo_is_not_overwritten(people):
    record = make_partnership(lead=people.office, summary="First")
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Second"})
    read = fresh(record)
    save_partnership(partnership=record, by=SYSTEM, fields={"title": "Meanwhile"})
    with pytest.raises(EditConflict):
        undoing.undo(
            record=read,
            change=last(record, before__has_key="summary"),
            by=SYSTEM,
            version=read.version,
            seen=["summary"],
        )
    assert fresh(record).summary == "Second"


def test_the_change_of_another_record_is_not_found(people):
    own_partnership, other = make_partnership(lead=people.office), make_partnership("Other", lead=people.other_office)
    meeting = make_meeting(own_partnership)
    assert undoing.change_of(people.editor, own_partnership, last(own_partnership).pk) == last(own_partnership)
    for record, change in (
        (own_partnership, last(other)),
        (own_partnership, last(meeting)),
        (other, last(other)),
        (people.organization, last(own_partnership)),
    ):
        with pytest.raises(NotFound):
            undoing.change_of(people.editor, record, change.pk)
    for pk in (0, 987654321, 2**63, 2**80):
        with pytest.raises(NotFound):
            undoing.change_of(people.editor, own_partnership, pk)


def test_records_are_neither_taken_away_nor_published_by_an_undo(people):
    record = make_partnership(lead=people.office, published=False)
    assert "was added stays" in plan(record, people.editor).refused
    publish_partnership(partnership=record, by=SYSTEM)
    assert "Unpublish" in plan(record, people.editor).refused
    with pytest.raises(ValidationError):
        undo(record, people.editor)
    assert fresh(record).is_published
