"""A change that not everyone may see moves nothing that everyone reads (tests/unseen.py)."""

import pytest
from django.apps import apps

from partnerships.core import writing
from partnerships.core.models import Record
from tests import unseen
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def town(people):
    return unseen.Town(people)


@pytest.mark.both
@pytest.mark.parametrize("change", unseen.HIDDEN)
def test_a_hidden_change_moves_nothing_that_everyone_reads(town, change):
    assert unseen.moved_by(town, unseen.HIDDEN[change]) == []


@pytest.mark.parametrize("change", unseen.SEEN)
def test_a_change_that_everyone_sees_is_found(town, change):
    assert unseen.moved_by(town, unseen.SEEN[change])


# Kinds of record of which everyone who reads one reads all of its snapshot, or that nobody outside reads; `Partnership` compares
# documents (registry.publication).
WHOLE = {"IssueArea", "Partnership"}
INSIDE = {"Action", "CheckInPlan", "ExpectedSeat", "Portfolio", "ReportDefinition"}
# Left: their snapshots name drafts, hidden partners or numbers, and these still move what everyone reads of them.
LEFT = {"Makeup", "Measure", "Plan", "Population", "Result", "Round"}


def test_each_kind_of_record_says_what_everyone_reads_of_it():
    kinds = {model.__name__ for model in apps.get_models() if issubclass(model, Record)}
    assert kinds == {model.__name__ for model in writing._READERS} | WHOLE | INSIDE | LEFT


def test_everything_that_is_asked_for_is_there(town):
    found = unseen.read(town)
    hidden = town.unlisted.public_id
    assert {path: status for path, (status, *_) in found.items() if (status != 200) != (hidden in path)} == {}
