"""What followers are told about a change: once, what everyone or they may read by then, and for which of their reasons."""

from datetime import timedelta

import pytest
import time_machine

from partnerships.accounts.actions import suspend
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_organization
from partnerships.meetings import meetings
from partnerships.models import Change, Email, Remark
from partnerships.notifications import digest_planning, following, recipients
from partnerships.notifications.news import describe_changes, followers
from partnerships.registry import actions as registry
from partnerships.registry import remarks, statements
from partnerships.registry.sharing import share_draft
from tests.factories import (
    cancel_meeting,
    make_department,
    make_issue_area,
    make_meeting,
    make_organization,
    make_partnership,
    party,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_change_pk(partnership):
    """Return the last change before the test."""
    return Change.objects.order_by("-pk").first().pk


@pytest.fixture
def news(last_change_pk):
    def lines(person, **only):
        found = describe_changes(person, list(Change.objects.filter(pk__gt=last_change_pk, **only).order_by("pk")))
        return [line for one in found for line in one.lines]

    return lines


def follow(person, *records):
    for record in records:
        following.follow(by=person, record=record)


def save(partnership, parties=None, **fields):
    return registry.save_partnership(partnership=partnership, by=SYSTEM, fields=fields, parties=parties)


def seats(partnership, *more):
    """Return the rows of the existing parties, and additional ones."""
    rows = [
        {
            "id": seat.pk,
            seat.entity._meta.model_name: seat.entity,
            "circle": seat.circle,
            "roles": [{"id": role.pk, "role": role.role} for role in seat.roles.all()],
        }
        for seat in partnership.parties.all()
    ]
    return [*rows, *more]


def test_news_says_what_changed_and_never_its_text(people, partnership, news):
    follow(people.stranger, partnership)
    save(partnership, summary="A new text", status="paused", internal_notes="Nobody's business")
    assert news(people.stranger) == ["It is paused now.", "Changed: what it is for."]
    assert "business" not in str(describe_changes(people.stranger, list(Change.objects.all())))


def test_a_person_who_does_not_follow_it_gets_no_news(people, partnership, news):
    follow(people.stranger, people.other_office)
    save(partnership, summary="A new text")
    assert news(people.stranger) == news(people.reader) == []


@pytest.mark.parametrize("role", ["stranger", "reader", "administrator", "partner"])
def test_notes_of_an_office_are_no_news_to_anyone(people, partnership, news, role):
    follow(getattr(people, role), partnership)
    save(partnership, internal_notes="Nobody's business")
    assert news(getattr(people, role)) == []


@pytest.mark.parametrize("role", ["stranger", "reader", "administrator"])
def test_a_party_is_named_when_everyone_sees_it(people, partnership, news, role):
    person = getattr(people, role)
    follow(person, partnership)
    hidden, declined = make_organization("Hidden circle", "unlisted"), make_organization("Not for us", "named")
    new = [party(hidden, "member"), party(declined, circle="declined"), party(people.other_office, "member")]
    save(partnership, parties=seats(partnership, *new))
    assert news(person) == ["New partner: City of Seattle."]


def test_one_who_was_not_yet_approached_is_new_once_they_sit_there(people, partnership, news):
    follow(people.stranger, partnership)
    group = make_organization("Quiet group", "named")
    save(partnership, parties=seats(partnership, party(group, circle="not_approached")))
    assert news(people.stranger) == []
    rows = seats(partnership)
    rows[-1]["circle"] = "consulted"
    save(partnership, parties=rows)
    assert news(people.stranger) == ["New partner: Quiet group."]


def test_a_draft_is_news_to_its_own_office_alone(people, news):
    draft = make_partnership("Early", lead=people.office, published=False, parties=[party(people.office, "lead")])
    share_draft(partnership=draft, by=SYSTEM, body=people.organization)
    for person in (people.stranger, people.partner, people.reader):
        follow(person, people.office)
    save(draft, summary="Still early")
    about = {"record_type": "partnership", "record_id": draft.pk}
    assert (news(people.stranger, **about), news(people.partner, **about)) == ([], [])
    assert news(people.reader, **about) == ["Changed: what it is for."]


def test_changes_of_a_draft_are_no_news_once_it_is_public(people, news):
    follow(people.stranger, people.office)
    draft = make_partnership("Early", lead=people.office, published=False, parties=[party(people.office, "lead")])
    save(draft, summary="Still early", lessons="None")
    registry.publish_partnership(partnership=draft, by=SYSTEM)
    assert news(people.stranger) == ["It is public now."]


def test_an_unpublished_record_makes_no_news(people, partnership, news):
    follow(people.stranger, partnership)
    save(partnership, summary="A new text")
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    assert news(people.stranger) == []


def test_two_reasons_are_one_news_with_both_named(people, partnership, last_change_pk):
    follow(people.stranger, partnership, people.office, people.organization)
    save(partnership, summary="A new text")
    (change,) = Change.objects.filter(pk__gt=last_change_pk)
    (one,) = describe_changes(people.stranger, [change])
    assert one.reasons == ("City of Minneapolis", "Learning from one another", "Tenants' association")
    assert followers([change]) == {change: {people.stranger.pk}}
    digest_planning.plan_news(clock.shared())
    digest_planning.plan_news(clock.shared())
    assert Email.objects.filter(kind="followed", occurrence=f"change/{change.pk}").count() == 1


def test_a_reason_that_they_may_not_see_is_none(people, partnership, news):
    """The partner belongs to an unlisted group. That the group takes part is in no email, and causes none."""
    group = make_organization("Hidden circle", "unlisted", kept_by=people.office)
    save(partnership, parties=seats(partnership, party(group, "member")))
    people.partner.memberships.create(organization=group, role="reader")
    follow(people.partner, group)
    save(partnership, summary="A new text")
    assert news(people.partner, record_type="partnership") == []
    save_organization(organization=group, by=SYSTEM, fields={"aims": "Quiet"})
    assert news(people.partner) == []


def test_an_issue_area_has_news_of_partnerships_at_and_below_it(people, partnership, news):
    area = make_issue_area()
    below = make_issue_area("tenants", parent=area)
    follow(people.stranger, area)
    save(partnership, issue_areas=[below])
    assert news(people.stranger) == ["Changed: issue areas."]


def test_meetings_are_news_for_those_who_see_them(people, partnership, news):
    follow(people.stranger, partnership)
    follow(people.reader, partnership)
    meeting = make_meeting(partnership, title="Inner table")
    assert news(people.stranger) == []
    assert [line[:24] for line in news(people.reader)] == ["New meeting: Inner table"]
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"is_public": True})
    assert [line[:24] for line in news(people.stranger)] == ["New meeting: Inner table"]
    cancel_meeting(meeting=meeting)
    assert [line[:30] for line in news(people.stranger)] == ["Meeting canceled: Inner table,"]


def test_notes_of_a_meeting_are_news_once_everyone_may_read_them(people, partnership, news):
    follow(people.stranger, partnership)
    meeting = make_meeting(partnership, days=-1, is_public=True)
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"notes": "We agreed.", "closed_at": clock.now()})
    assert news(people.stranger) == []
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"notes_are_public": True})
    (line,) = news(people.stranger)
    assert line.startswith("Meeting notes and decisions: Housing table, ")


def test_who_is_asked_to_the_meeting_gets_that_email_and_no_second_one(people, partnership, news):
    for person in (people.editor, people.stranger):
        follow(person, partnership)
    meeting = make_meeting(partnership, is_public=True, people=[people.editor])
    assert (len(news(people.editor)), len(news(people.stranger))) == (0, 1)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, agenda=[{"title": "Welcome"}])
        save(partnership, summary="A new text")
    assert news(people.editor) == ["Changed: what it is for."]


def test_what_one_did_oneself_is_no_news(people, partnership, news):
    follow(people.editor, partnership)
    registry.save_partnership(partnership=partnership, by=people.editor, fields={"summary": "Mine"})
    assert news(people.editor) == []


def test_a_partners_statement_is_news_and_its_text_is_not(people, partnership, news):
    for person in (people.stranger, people.editor):
        follow(person, partnership)
    seat = partnership.parties.get(organization=people.organization)
    statements.dispute_record(party=seat, by=people.partner, words="Not so")
    assert news(people.stranger) == ["Tenants' association disagrees with the record and says why."]
    assert news(people.editor) == []  # the editors who keep the record got another email about it
    statements.confirm_record(party=seat, by=people.partner)
    assert news(people.editor) == ["Tenants' association confirms the record."]


def test_a_statement_is_news_from_its_day_on(people, partnership, last_change_pk):
    follow(people.stranger, partnership)
    remark = remarks.show_remark(partnership=partnership, by=SYSTEM, text="It went well.")
    assert describe_changes(people.stranger, [remark, *Change.objects.filter(pk__gt=last_change_pk)]) == []
    emails = Email.objects.filter(kind="followed", occurrence=f"remark/{remark.pk}")
    with time_machine.travel(clock.now() + timedelta(days=14), tick=False) as now:
        now.move_to(digest_planning._morning_of(remark) - timedelta(minutes=1))
        digest_planning.plan_news(clock.shared())
        assert emails.count() == 0
        now.shift(timedelta(minutes=2))
        digest_planning.plan_news(clock.shared())
        (email,) = emails
        assert email.recipient == f"person:{people.stranger.pk}"
        (one,) = describe_changes(people.stranger, [remark])
        assert one.lines == ("City of Minneapolis made a public statement, and the partners can reply.",)
        remarks.withdraw_remark(remark=remark, by=SYSTEM)
        assert describe_changes(people.stranger, [Remark.objects.get()]) == []
        assert recipients.find_audience(email).refusal == "There’s nothing in it that they follow and may read."


def test_only_what_its_reader_may_read_of_an_organization_is_news(people, news):
    group = people.organization
    follow(people.stranger, group)
    save_organization(organization=group, by=SYSTEM, fields={}, contacts=[{"name": "Inner desk", "phone": "555-0100"}])
    save_organization(
        organization=group, by=SYSTEM, fields={"address": "1 Hidden Way", "open_fields": {"aims": "staff"}}
    )
    assert news(people.stranger) == []
    save_organization(organization=group, by=SYSTEM, fields={"aims": "For our own"})
    assert news(people.stranger) == []
    save_organization(organization=group, by=SYSTEM, fields={"website": "https://tenants.example.org/"})
    assert news(people.stranger) == ["Changed: website."]
    department = make_department(people.office)
    follow(people.stranger, department)
    save_department(department=department, by=SYSTEM, fields={"about": "Homes"})
    assert news(people.stranger, record_type="department") == ["Changed: what it is."]


def test_after_a_long_pause_only_news_of_the_last_week_is_sent(people, partnership):
    follow(people.stranger, partnership)
    digest_planning.plan_news(clock.shared())
    with time_machine.travel(clock.now() + timedelta(days=100), tick=False) as now:
        save(partnership, summary="A new text")
        now.shift(timedelta(days=18))
        save(partnership, summary="A newer text")
        now.shift(timedelta(days=2))
        digest_planning.plan_news(clock.shared())
    (email,) = Email.objects.filter(kind="followed")
    assert Change.objects.get(pk=email.subject_pk).after["summary"] == "A newer text"


def test_a_suspended_person_gets_no_news(people, partnership, last_change_pk):
    follow(people.reader, partnership)
    save(partnership, summary="A new text")
    changes = list(Change.objects.filter(pk__gt=last_change_pk))
    digest_planning.plan_news(clock.shared())
    email = Email.objects.filter(kind="followed").last()
    suspend(person=people.reader, by=people.administrator, why="Left")
    assert followers(changes) == {}
    assert recipients.find_audience(email).refusal


def test_the_number_of_questions_does_not_grow_with_the_changes(
    people, partnership, last_change_pk, django_assert_num_queries
):
    follow(people.stranger, partnership, people.office)
    for n in range(5):
        save(partnership, summary=f"Text {n}")
    changes = list(Change.objects.filter(pk__gt=last_change_pk))
    describe_changes(people.stranger, changes[:1])  # loads the person's memberships
    with django_assert_num_queries(4):
        describe_changes(people.stranger, changes[:1])
    with django_assert_num_queries(4):
        describe_changes(people.stranger, changes)
    with django_assert_num_queries(6):
        followers(changes)
