"""Two people who save one record at once lose nothing. bench/figures/qd1.py runs a thousand races on each database."""

import re

import pytest
from django.urls import resolve

from partnerships.core import label_overrides
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Membership, Organization
from partnerships.web.frame import record_edit
from tests.concurrent_edits import kinds, racing
from tests.factories import make_organization
from tests.serving import serving
from tests.web.test_editing import fields_of
from tests.writes import MAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both, pytest.mark.slow]


@pytest.fixture(autouse=True)
def own_words_again():
    yield
    label_overrides.use_overrides(label_overrides.LabelOverrides())


@pytest.mark.parametrize("group", kinds.GROUPS, ids=lambda group: next(iter(group)))
def test_nothing_is_overwritten_unseen(group):
    with serving() as port:
        found = racing.race(port, 1, group)
    assert found.wrong == []
    assert set(found.ran.values()) == {1}
    for name, one in group.items():
        least = {racing.AT_ONCE: 2}.get(one.ends, 1)
        assert least <= found.first[name] <= (1 if one.ends in (racing.ONE, racing.FIRST) else 2)


def test_words_wait_for_one_another_where_there_is_no_term_yet_to_wait_at():
    with serving() as port:
        found = racing.race(port, 12, {"word": kinds.KINDS["word of a closed list"]})
    assert found.wrong == []
    assert found.first == {"word": 12}


def test_every_form_that_changes_something_is_raced_or_says_why_not():
    pages = {move.page.partition("?")[0] for one in kinds.KINDS.values() for move in (one.one, one.other)}
    raced = {resolve(re.sub(r"{[^}]*}", "1", page)).url_name for page in pages}
    left_out = [route for routes in kinds.NOT_RACED.values() for route in routes]
    assert len(left_out) == len(set(left_out))
    assert raced & {*left_out} == set()
    assert MAY.keys() - raced == {*left_out}


def test_an_overwriting_is_seen(monkeypatch):
    """Without version checks, the races would fail."""
    monkeypatch.setattr(record_edit, "version_of", lambda request, name: None)
    with serving() as port:
        found = racing.race(port, 1, {"one field": kinds.PLACES["jurisdiction: one field"]})
    assert any("silently overwritten" in words for words in found.wrong)


@pytest.fixture
def own(client, people):
    made = make_organization("Neighbors", "profiled", kept_by=people.office, aims="Homes")
    Membership.objects.create(person=people.stranger, organization=made, role="editor")
    client.force_login(people.stranger)
    return made


def change(record, **fields):
    save_organization(organization=Organization.objects.get(pk=record.pk), by=SYSTEM, fields=fields)


def test_another_section_saved_since_is_no_conflict(client, own):
    page = f"/organizations/{own.public_id}/mine/work/"
    held = fields_of(client.get(page))
    change(own, address="1 Canary Street")
    change(own, website="https://neighbors.example.org/")
    assert client.post(page, held | {"aims": "Homes for all"}).status_code == 302
    own.refresh_from_db()
    assert (own.aims, own.address, own.website) == (
        "Homes for all",
        "1 Canary Street",
        "https://neighbors.example.org/",
    )


def test_without_the_log_every_difference_is_shown(client, own):
    """Without the log, no one can tell who changed what, so the other person's text doesn't count as the former one."""
    page = f"/organizations/{own.public_id}/mine/work/"
    held = fields_of(client.get(page))
    change(own, aims="Their aims")
    Change.objects.all().delete()
    answer = client.post(page, held | {"aims": "My aims"})
    assert answer.status_code == 409
    assert all(words in answer.content.decode() for words in ("My aims", "Their aims"))
    own.refresh_from_db()
    assert own.aims == "Their aims"


def test_a_form_without_a_version_is_never_saved_over_anything(client, own):
    page = f"/organizations/{own.public_id}/mine/work/"
    held = fields_of(client.get(page))
    change(own, address="1 Canary Street")
    del held["version"]
    assert client.post(page, held | {"aims": "Typed"}).status_code == 409
