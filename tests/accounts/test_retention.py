"""Retention: what an office's rules delete after their number of days, what they keep, and what the log says."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from partnerships import tasks
from partnerships.accounts.token_actions import make_token
from partnerships.assessment import answering
from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed
from partnerships.meetings import check_ins
from partnerships.models import (
    Answer,
    ApiToken,
    Change,
    CheckIn,
    Claim,
    Email,
    Invitation,
    Participant,
    Partnership,
    Person,
    RetentionRule,
    RetentionRun,
    Round,
    SharedWord,
    SideScore,
    Suggestion,
    TieAnswer,
)
from partnerships.records import retention
from tests.assessment.conftest import Board
from tests.factories import make_meeting, make_organization, make_partnership, make_person, party
from tests.snapshots import snapshot_fixture, snapshot_of
from tests.world import World

OLD, NEW = 100, 10
KINDS = {"claims": Claim, "invitations": Invitation, "suggestions": Suggestion, "letters": Email, "changes": Change}


def ago(days):
    return clock.now() - timedelta(days=days)


@snapshot_fixture
def rows(people):
    """For each kind of record: an old and a new one of our office, and an old one of another office."""
    world = snapshot_of(World, people)
    plan = check_ins.save_check_in_plan(
        by=SYSTEM, fields=world._rhythm() | {"anchor_on": clock.today() - timedelta(days=400)}
    )
    theirs = make_organization("Elsewhere", "named", kept_by=people.other_office, listing_source="A report")
    other = make_partnership("Elsewhere", lead=people.other_office, parties=[party(people.other_office, "lead")])
    ours = world["profiled"]
    for model in KINDS.values():
        model.objects.all().delete()
    for days, organization, partnership in (
        (OLD, ours, world["published"]),
        (NEW, ours, world["published"]),
        (OLD, theirs, other),
    ):
        at, office = ago(days), organization.kept_by
        Claim.objects.create(
            person=people.stranger,
            organization=organization,
            state="denied",
            position="Member",
            reviewed_at=at,
            made_at=at,
        )
        Invitation.objects.create(
            person=people.stranger, organization=organization, state="declined", sent_at=at, answered_at=at,
            expires_at=ago(-30),
        )  # fmt: skip
        Suggestion.objects.create(
            kind="correct",
            organization=organization,
            state="declined",
            reviewed_at=at,
            made_at=at,
            address="a@example.org",
        )
        Email.objects.create(
            kind="meeting_reminder", occurrence=f"{days}/{office.pk}", recipient="person:1", lead=office, due_at=at,
            next_attempt_at=at, state="sent", message_id=f"m{days}-{office.pk}@example.org",
        )  # fmt: skip
        Change.objects.create(
            at=at, verb="update", record_type="partnership", record_id=partnership.pk, public_id=partnership.public_id
        )
        if office == people.office:
            CheckIn.objects.create(plan=plan, due_on=at.date(), done_on=at.date(), note="Words", recorded_by=None)
    return people.office


@pytest.mark.both
@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_old_and_ours_goes(rows, kind):
    retention.set_rules(jurisdiction=rows, by=SYSTEM, days={kind: 30})
    Change.objects.filter(verb="keeping").delete()  # the entry that the rule was set
    (run,) = retention.apply_rules()
    assert (run.kind, run.days, run.erased, run.jurisdiction) == (kind, 30, 1, rows)
    assert {name: model.objects.count() for name, model in KINDS.items()} == {
        name: 2 if name == kind else 3 for name in KINDS
    }
    assert retention.apply_rules() == []
    assert RetentionRun.objects.count() == 1


@pytest.mark.slow
def test_the_history_of_everything_that_is_the_offices_goes(people):
    world = snapshot_of(World, people)
    names = (
        "office",
        "department",
        "profiled",
        "published",
        "public meeting",
        "action",
        "interaction",
        "check-in",
        "open round",
        "activity",
    )
    names += ("makeup", "public result", "public measure", "plan", "population", "expected seat")
    ours = {(world[name]._meta.model_name, world[name].pk) for name in names}
    theirs = ("jurisdiction", people.other_office.pk)
    assert {kind for kind, _ in ours} >= {kind.key for kind in record_types.with_history()}
    Change.objects.all().delete()
    for kind, pk in ours | {theirs}:
        Change.objects.create(at=ago(OLD), verb="update", record_type=kind, record_id=pk)
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"changes": 30})
    (run,) = retention.apply_rules()
    assert run.erased == len(ours)
    assert [*Change.objects.exclude(verb="keeping").values_list("record_type", "record_id")] == [theirs]


def test_check_ins_keep_their_day_and_lose_their_words(rows):
    retention.set_rules(jurisdiction=rows, by=SYSTEM, days={"check_ins": 30})
    (run,) = retention.apply_rules()
    assert run.erased == 1
    assert sorted(CheckIn.objects.values_list("note", flat=True)) == ["", "Words"]


def test_who_was_asked_to_past_meetings_goes_and_who_is_asked_now_stays(people, rows):
    ours = Partnership.objects.filter(lead=rows).first()
    theirs = Partnership.objects.filter(lead=people.other_office).first()
    for days, partnership in ((-OLD, ours), (-NEW, ours), (NEW, ours), (-OLD, theirs)):
        make_meeting(partnership, days=days, people=[people.reader])
    before = Participant.objects.count()
    retention.set_rules(jurisdiction=rows, by=SYSTEM, days={"participants": 30})
    (run,) = retention.apply_rules()
    assert (run.erased, before - Participant.objects.count()) == (1, 1)
    assert not Participant.objects.filter(meeting__partnership=ours, meeting__starts_at__lt=ago(30)).exists()
    log = Change.objects.filter(record_type="meeting", after__has_key="participants").order_by("pk")
    invited = [row["person"] for entry in log for row in entry.after["participants"]]
    assert invited[-4:] == ["[erased]", *[str(people.reader)] * 3]


def test_what_still_waits_is_kept(people, rows):
    Claim.objects.exclude(made_at__lt=ago(50), organization__kept_by=rows).delete()
    Claim.objects.update(state="pending")
    Suggestion.objects.update(state="open")
    Email.objects.update(state="planned")
    retention.set_rules(jurisdiction=rows, by=SYSTEM, days={"claims": 30, "suggestions": 30, "letters": 30})
    assert retention.apply_rules() == []


def test_without_a_rule_all_is_kept(rows):
    assert retention.apply_rules() == []


def test_managers_set_the_rules(people):
    for by in (people.editor, people.reader, people.other_editor, people.partner):
        with pytest.raises(NotAllowed):
            retention.set_rules(jurisdiction=people.office, by=by, days={"claims": 30})
    retention.set_rules(jurisdiction=people.office, by=people.administrator, days={"claims": 30, "letters": 90})
    retention.set_rules(jurisdiction=people.office, by=people.administrator, days={"claims": None, "letters": 60})
    assert list(RetentionRule.objects.values_list("kind", "days")) == [("letters", 60)]


@pytest.mark.parametrize("days", [0, 29, 36_501])
def test_days_out_of_range_are_refused(people, days):
    with pytest.raises(ValidationError):
        retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"claims": days})


# Records that belong to no office


@snapshot_fixture
def records_without_office(people):
    """For each kind, an old record and a new one that belong to no office."""
    group = make_organization("Kept by nobody", "profiled")
    for days in (OLD, NEW):
        at = ago(days)
        Email.objects.create(
            kind="sign_in_code", occurrence=f"now/{days}", recipient="person:1", due_at=at, next_attempt_at=at,
            state="sent", message_id=f"m{days}@example.org",
        )  # fmt: skip
        Claim.objects.create(
            person=people.stranger, organization=group, state="denied", position="Member", reviewed_at=at, made_at=at
        )
        decided = {"kind": "correct", "state": "declined", "reviewed_at": at, "made_at": at, "address": "a@example.org"}
        Suggestion.objects.create(organization=group, **decided)
        Suggestion.objects.create(organization=make_organization("Ours", kept_by=people.office), **decided)
        Invitation.objects.create(
            person=people.stranger, organization=group, state="declined", sent_at=at, answered_at=at,
            expires_at=ago(-30),
        )  # fmt: skip
        token = make_token(by=people.stranger, name=f"Copy {days}", days=30)[0]
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=at)
        unused = make_person(f"unused{days}@example.org")
        Person.objects.filter(pk=unused.pk).update(joined_at=at)
    return group


def counts():
    models = (Email, Claim, Suggestion, Invitation, ApiToken)
    return [model.objects.count() for model in models]


@pytest.mark.both
def test_what_belongs_to_no_office_goes_after_ninety_days_and_the_log_says_so(people, records_without_office, client):
    client.force_login(people.stranger)
    for key in (client.session.session_key, "a session that has ended"):
        people.stranger.usersession_set.create(ip="192.0.2.77", session_key=key, user_agent="Browser")
    before = counts()
    gone = retention.apply_fixed_rules()
    assert gone == {
        "letters": 1, "claims": 1, "suggestions": 1, "addresses": 1, "invitations": 1, "tokens": 1, "sessions": 1,
        "accounts": 1,
    }  # fmt: skip
    assert counts() == [n - 1 for n in before]
    assert Change.objects.get(verb="let_go").after == gone
    assert [row.session_key for row in people.stranger.usersession_set.all()] == [client.session.session_key]
    assert sorted(Suggestion.objects.values_list("address", flat=True)) == ["", "a@example.org", "a@example.org"]
    assert retention.apply_fixed_rules() == {}
    client.force_login(people.administrator)
    assert "accounts that were never used: 1" in client.get("/people/").content.decode()


def test_accounts_that_were_used_or_have_a_role_or_invitation_stay(people, records_without_office):
    Person.objects.update(joined_at=ago(OLD))
    kept = {person.pk for person in people.as_roles().values()}
    Person.objects.filter(pk=people.stranger.pk).update(last_login=ago(NEW))
    used = (people.stranger, people.administrator, people.suspended)
    for person in (one for one in people.as_roles().values() if one not in used and not one.memberships.exists()):
        Invitation.objects.create(
            person=person, organization=records_without_office, sent_at=ago(NEW), expires_at=ago(-NEW), state="open"
        )
    retention.apply_fixed_rules()
    assert set(Person.objects.values_list("pk", flat=True)) == kept


@pytest.mark.slow
@pytest.mark.both
def test_the_task_carries_all_of_it_out(people, records_without_office, rows):
    retention.set_rules(jurisdiction=rows, by=SYSTEM, days={"claims": 30})
    tasks.delete_expired_data()
    assert [(run.kind, run.erased) for run in RetentionRun.objects.all()] == [("claims", 1)]
    assert Change.objects.filter(verb="let_go").count() == 1


@pytest.mark.both
def test_of_rounds_words_and_single_answers_go_and_the_scores_stay(people):
    ours, theirs = Board(lead=people.office, organizations=1), Board(lead=people.other_office, organizations=1)
    for board in (ours, theirs):
        board.ask(5, 5, erases_answers=False)
        answering.save_tie_answers(respondent=board.respondents_of(1)[0], party=board.parties[0], levels={"mission": 2})
        for number in (0, 1):
            board.all_say(number, *[2] * 5, comment="Words", shares_words=True)
    counts = Answer.objects.count(), SharedWord.objects.count(), SideScore.objects.count()
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"rounds": 30})
    assert (retention.apply_rules(), counts) == ([], (20, 4, 40))
    Round.objects.filter(partnership=ours.partnership).update(opened_at=ago(31))
    (run,) = retention.apply_rules()
    kept = Answer.objects.count(), SharedWord.objects.count(), SideScore.objects.count()
    assert (run.erased, kept) == (13, (10, 2, 40))
    assert TieAnswer.objects.get().respondent.round.partnership == theirs.partnership
    assert not Answer.objects.filter(respondent__round__partnership=ours.partnership).exists()
