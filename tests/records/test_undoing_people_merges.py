"""Undoing a merge of two accounts: everything is as before, but no key or role that ended comes back.

A person who is erased is erased with both accounts.
"""

import pytest

from partnerships.accounts import actions as accounts
from partnerships.accounts.saved_lists import save_list
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock, merges
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.core.models import Merge
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.feeds import make_feed
from partnerships.models import (
    Change,
    Claim,
    Draft,
    Email,
    Follow,
    Membership,
    Person,
)
from partnerships.records.privacy import erase_person
from tests.factories import in_days, make_meeting, make_partnership, make_person
from tests.records.test_merging import everything_else
from tests.records.test_merging_people import merge, undo_merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(people):
    kept = make_person("ana@city.example.org", name="Ana Ortiz")
    lost = make_person("ana@home.example.org", name="A. Ortiz", language="es")
    return kept, lost


def as_it_was() -> dict:
    """Without what ends permanently: passwords (which don't open anything), the validity of keys, and who gave a role."""
    rows, gone = everything_else(), ("password", "revoked_at", "let_in_with")
    return {key: {k: v for k, v in row.items() if k not in gone} for key, row in rows.items()}


def test_a_merge_can_be_undone_and_everything_is_as_it_was(people, pair):
    kept, lost = pair
    for one, role in ((kept, "reader"), (lost, "editor")):
        Membership.objects.create(person=one, jurisdiction=people.office, role=role)
        save_list(by=one, name="Mine", key="partnerships", query="")
        make_feed(by=one)
        Draft.objects.create(person=one, page="/partnerships/new/", fields={"title": [one.name]}, at=clock.now())
        Claim.objects.create(
            person=one, organization=people.organization, position="Chair", evidence=one.email, made_at=clock.now()
        )
    make_token(by=lost, name="Sheet", memberships=[lost.memberships.get()], days=30)
    Membership.objects.create(person=lost, organization=people.organization, role="manager")
    partnership = make_partnership(lead=people.office)
    make_meeting(partnership, people=pair)
    make_meeting(partnership, people=[lost], days=40)
    rhythm = {"person": kept, "holder": lost, "anchor_on": in_days(3), "zone": "UTC"}
    save_check_in_plan(by=SYSTEM, fields=rhythm | {"partnership": partnership})
    followed_by_both = make_partnership(lead=people.office)
    for record in (partnership, followed_by_both):
        Follow.objects.create(person=lost, record_type="partnership", record_id=record.pk, at=clock.now())
    Follow.objects.create(person=kept, record_type="partnership", record_id=followed_by_both.pk, at=clock.now())
    before = as_it_was()
    made = merge(kept, lost, take={"email": "other", "name": "other"})
    assert as_it_was() != before
    back = undo_merge(made, kept)
    assert (back.pk, back.email, back.name) == (lost.pk, "ana@home.example.org", "A. Ortiz")
    assert as_it_was() == before


def test_a_role_that_ended_since_comes_back_to_no_one(people, pair):
    kept, lost = pair
    for one, role in ((kept, "reader"), (lost, "manager")):
        Membership.objects.create(person=one, jurisdiction=people.office, role=role)
        Membership.objects.create(person=one, organization=people.organization, role=role)
    made = merge(kept, lost)
    kept.memberships.get(jurisdiction=people.office).delete()
    kept.memberships.filter(organization=people.organization).update(role="editor")
    back = undo_merge(made, kept)
    assert [(place.body, place.role) for place in back.memberships.all()] == [(people.organization, "editor")]


def test_a_kept_account_that_is_suspended_gives_nothing_back(people, pair):
    kept, lost = pair
    Membership.objects.create(person=lost, jurisdiction=people.office, role="manager")
    made = merge(kept, lost)
    accounts.suspend(by=people.administrator, person=kept, why="Left", confirmed=True)
    with pytest.raises(ValidationError, match="suspended"):
        undo_merge(made, kept)


def test_no_administrator_comes_back_where_none_is_left(people, pair):
    kept, lost = pair
    Person.objects.filter(pk__in=(kept.pk, lost.pk)).update(is_administrator=True)
    made = merge(kept, lost)
    Person.objects.filter(pk=kept.pk).update(is_administrator=False)
    assert undo_merge(made, kept).is_administrator is False


def test_it_is_undone_once_within_90_days_if_the_address_is_free(pair):
    kept, lost = pair
    made = merge(kept, lost)
    newer = make_person(lost.email)
    with pytest.raises(ValidationError, match="prevents this"):
        undo_merge(made, kept)
    newer.delete()
    undo_merge(made, kept)
    with pytest.raises(ValidationError, match="can no longer be undone"):
        undo_merge(made, kept)
    late = merge(kept, lost, take={"email": "other"})
    third = make_person(kept.email)
    with pytest.raises(ValidationError, match="Another account now has this email address"):
        undo_merge(late, kept)
    third.delete()
    Merge.objects.filter(pk=late.pk).update(at=clock.now() - merges.KEPT)
    merges.delete_expired()
    assert "example.org" not in str(Merge.objects.filter(pk=late.pk).values())
    with pytest.raises(ValidationError, match="can no longer be undone"):
        undo_merge(late, kept)


def test_the_log_says_who_why_and_what_became_of_it(people, pair):
    kept, lost = pair
    made = merge(kept, lost, by=people.administrator, why="She told us so.")
    undo_merge(made, kept, by=people.administrator)
    rows = Change.objects.filter(record_type="person").order_by("pk")
    assert [(row.record_id, row.verb, row.by, row.why) for row in rows] == [
        (lost.pk, "merged", people.administrator, "She told us so."),
        (kept.pk, "merge", people.administrator, "She told us so."),
        (lost.pk, "unmerge", people.administrator, ""),
        (kept.pk, "unmerge", people.administrator, ""),
    ]
    assert "example.org" not in str(list(rows.values()))


def test_once_erased_nothing_is_left_of_either_account(people, pair):
    kept, lost = pair
    Membership.objects.create(person=lost, jurisdiction=people.office, role="editor")
    made = merge(kept, lost, by=people.administrator, why="ana@home.example.org is hers, too.", take={"email": "other"})
    third = make_person("third@example.org", name="Third")
    merge(third, kept)
    erase_person(person=third, by=SYSTEM)
    made.refresh_from_db()
    assert (made.steps, made.before, made.lost_name) == ([], {}, "")
    left = str([list(model.objects.values()) for model in (Person, Change, Merge, Email)])
    assert [word for word in ("ana@", "Ortiz", "third@") if word in left] == []


def test_someone_elses_merge_stays_when_a_person_is_erased(people, pair):
    made = merge(*pair)
    erase_person(person=people.stranger, by=SYSTEM)
    made.refresh_from_db()
    assert made.steps != []
