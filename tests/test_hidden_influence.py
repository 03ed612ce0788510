"""A change that not everyone may see doesn't change anything that everyone reads (tests/hidden_influence.py)."""

import pytest
from django.apps import apps

from partnerships.assessment.notes import save_response
from partnerships.assessment.rules import published_rounds
from partnerships.core import clock, writing
from partnerships.core.access import SYSTEM
from partnerships.core.models import Record
from partnerships.models import PublishingWord
from tests import hidden_influence
from tests.assessment.conftest import board  # noqa: F401 (a fixture)
from tests.shares import share_of
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def town(people):
    return hidden_influence.Town(people)


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.parametrize("change", share_of(hidden_influence.HIDDEN, 4))
def test_a_hidden_change_moves_nothing_that_everyone_reads(town, change):
    assert hidden_influence.changed_by(town, hidden_influence.HIDDEN[change]) == []


@pytest.mark.slow
@pytest.mark.parametrize("change", share_of(hidden_influence.SEEN, 4))
def test_a_change_that_everyone_sees_is_found(town, change):
    assert hidden_influence.changed_by(town, hidden_influence.SEEN[change])


# Kinds of record with no private part in their snapshot, or that no outsider reads, and why.
WHOLE = {
    "IssueArea": "Its name, notes and place in the tree are on its page.",
    "Makeup": "`save_composition` says itself whether what is shown of its counts changed: a snapshot has only the true ones.",
    "Partnership": "Its stored documents are compared (registry.publication).",
    "Population": "A table that a public source published, shown as it is there.",
}
INSIDE = {"Action", "CheckInPlan", "ExpectedSeat", "Portfolio", "ReportDefinition"}


def test_each_kind_of_record_says_what_everyone_reads_of_it():
    kinds = {model.__name__ for model in apps.get_models() if issubclass(model, Record)}
    assert kinds == {model.__name__ for model in writing._READERS} | WHOLE.keys() | INSIDE


@pytest.mark.unpublished_writes
def test_a_published_round_moves_only_with_what_everyone_reads_of_it(board):  # noqa: F811
    """`public_version` stays when only the action item changes that a response led to: it's the office's, and the response
    itself is public.
    """
    board.ask(1, 3)
    board.all_say(0, 4)
    board.all_say(1, 0, 0, 0)
    board.close()
    moved = []
    for action, text in (("Inside", "We will"), ("Another", "We will"), ("", "We won't")):
        before = board.round.public_version
        todo = {"title": action, "owner_party": board.parties[0]} if action else None
        save_response(survey_round=board.round, by=SYSTEM, item="decisions", text=text, action=todo)
        board.round.refresh_from_db()
        moved.append(board.round.public_version > before)
        if not published_rounds().exists():
            for seat in board.parties:
                PublishingWord.objects.create(round=board.round, party=seat, agrees=True, at=clock.now())
    assert moved == [True, False, True]


@pytest.mark.slow
def test_everything_that_is_asked_for_is_there(town):
    found = hidden_influence.read_public(town)
    hidden = town.unlisted.public_id
    assert {path: status for path, (status, *_) in found.items() if (status != 200) != (hidden in path)} == {}
