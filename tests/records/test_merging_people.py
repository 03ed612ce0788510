"""Merging two accounts of one person: no reference to the lost one is lost, no rights are added, no key stays valid."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client

from partnerships.accounts import actions as accounts
from partnerships.accounts.queries import account_changes, account_merged_into, names_of
from partnerships.accounts.saved_lists import save_list
from partnerships.accounts.token_actions import make_token
from partnerships.accounts.token_queries import person_by_token
from partnerships.assessment import answering, rounds
from partnerships.core import clock
from partnerships.core.access import SYSTEM, role_in
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.core.repoint_references import foreign_keys_to
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.meetings.feeds import make_feed
from partnerships.models import (
    Action,
    Answer,
    ApiToken,
    Change,
    Claim,
    Draft,
    Email,
    Follow,
    Membership,
    Participant,
    Person,
    Respondent,
    SavedList,
)
from partnerships.records import merging_people
from partnerships.records.privacy import own_data
from tests.factories import in_days, make_meeting, make_partnership, make_person, party

pytestmark = pytest.mark.django_db
renaming = import_module("partnerships.migrations.0065_emails")


@pytest.fixture
def pair(people):
    kept = make_person("ana@city.example.org", name="Ana Ortiz")
    lost = make_person("ana@home.example.org", name="A. Ortiz", language="es")
    return kept, lost


def merge(kept, lost, by=SYSTEM, **more):
    return merging_people.merge(kept=kept, lost=lost, by=by, **more)


def undo_merge(made, kept, by=SYSTEM):
    return merging_people.undo_merge(merge=made, kept=Person.objects.get(pk=kept.pk), by=by)


def start_round(people, *asked, **fields):
    partnership = make_partnership(
        lead=people.office, parties=[party(people.office, "lead"), party(people.organization)]
    )
    place = partnership.parties.get(jurisdiction=people.office)
    values = {"title": "Fall round", "closes_on": in_days(14)} | fields
    for one in asked:
        Membership.objects.get_or_create(person=one, jurisdiction=people.office)
    return rounds.start_round(partnership=partnership, by=SYSTEM, fields=values, asked=[(place, one) for one in asked])


# What each foreign key to an account means in a merge. A new one fails here until someone has decided.
ENDS = {("account.EmailAddress", "user"), ("mfa.Authenticator", "user"), ("socialaccount.SocialAccount", "user")}
ENDS |= {("usersessions.UserSession", "user")}
COMES_ALONG = {
    "admin.LogEntry.user", "Change.by", "Merge.by", "DistinctPair.by", "Wording.by", "SiteText.by", "Suggestion.reviewed_by",
    "Membership.person", "Invitation.person", "Invitation.by", "Claim.person", "Claim.reviewed_by", "ApiToken.person",
    "SavedList.person", "SavedList.by", "ListFile.person", "Import.person", "Draft.person", "PartyNote.by", "Confirmation.by",
    "Remark.by", "Reply.by", "Participant.person", "Action.owner_person", "ActionNote.by", "CheckInPlan.person",
    "CheckInPlan.holder", "CheckIn.recorded_by", "Follow.person", "EmailPreference.person", "DigestEntry.person",
    "CalendarFeed.person", "Respondent.person", "Answer.taken_by", "ResponseNote.by", "PublishingWord.by", "Portfolio.by",
    "Cancellation.by", "CancellationYes.by", "PendingAnswer.by", "AskedParty.named_by", "AskedParty.code_by",
    "Respondent.code_by", "Identifier.stated_by", "Respondent.follower_person",
    "ExpectedSeat.declared_by", "NetworkReading.person", "DataPoint.by", "Reading.by", "Reading.answered_by", "Gain.by",
    "Report.asked_by", "ReportDefinition_mailed_to.person",
    "Interaction.logged_by", "Interaction.follow_up_by", "InteractionRemark.by", "Interaction_staff.person", "Owner.person",
    "SampleWork.person", "SeatConsent.by", "Webhook.by",
    "Erasure.by", "Vouch.by", "ApiToken.answerable",
}  # fmt: skip


def test_each_foreign_key_to_an_account_has_a_rule():
    named = {(field.model._meta.label, field.name) for field in foreign_keys_to(Person)} - ENDS
    assert {f"{label}.{name}".removeprefix("partnerships.") for label, name in named} == COMES_ALONG


@pytest.mark.both
def test_references_to_the_lost_one_point_at_the_kept_one(people, pair):
    kept, lost = pair
    Membership.objects.create(person=lost, jurisdiction=people.office, role="editor")
    partnership = make_partnership(lead=people.office)
    meeting = make_meeting(partnership, people=[lost])
    Follow.objects.create(person=lost, record_type="partnership", record_id=partnership.pk, at=clock.now())
    action = Action(partnership=partnership, title="Call", owner_person=lost, public_id="A-000000-0")
    action.created_at = action.updated_at = clock.now()
    action.save()
    claim = Claim.objects.create(person=lost, organization=people.organization, position="Chair", made_at=clock.now())
    Draft.objects.create(person=lost, page="/partnerships/new/", fields={"title": ["Half"]}, at=clock.now())
    merge(kept, lost, by=people.administrator, why="She told us so.")
    assert not Person.objects.filter(pk=lost.pk).exists()
    assert role_in(Person.objects.get(pk=kept.pk), people.office) == "editor"
    assert meeting.participants.get().person == kept
    for row in (action, claim):
        row.refresh_from_db()
    assert (action.owner_person, claim.person) == (kept, kept)
    assert (kept.follows.count(), kept.drafts.get().fields) == (1, {"title": ["Half"]})


@pytest.mark.both
def test_if_both_have_a_role_at_one_organization_the_higher_one_stays(people, pair):
    kept, lost = pair
    Membership.objects.create(person=kept, jurisdiction=people.office, role="reader")
    Membership.objects.create(person=lost, jurisdiction=people.office, role="manager")
    Membership.objects.create(person=kept, organization=people.organization, role="editor")
    Membership.objects.create(person=lost, organization=people.organization, role="reader")
    merge(kept, lost)
    assert sorted(kept.memberships.values_list("role", flat=True)) == ["editor", "manager"]
    entry = Change.objects.filter(verb="members", record_type="jurisdiction").latest("pk")
    assert dict(entry.before["members"])[lost.pk] == "manager"
    assert dict(entry.after["members"])[kept.pk] == "manager"
    assert lost.pk not in dict(entry.after["members"])
    assert names_of([lost.pk]) == {lost.pk: "Ana Ortiz"}


def test_what_is_taken_is_what_was_asked_for(pair):
    kept, lost = pair
    merge(kept, lost, take={"email": "other", "language": "other"})
    kept.refresh_from_db()
    assert (kept.email, kept.name, kept.language) == ("ana@home.example.org", "Ana Ortiz", "es")
    assert not Person.objects.filter(email="ana@city.example.org").exists()


def test_a_name_that_only_one_has_is_kept(pair):
    kept, lost = pair
    Person.objects.filter(pk=kept.pk).update(name="")
    merge(kept, lost)
    kept.refresh_from_db()
    assert kept.name == "A. Ortiz"


def test_what_could_act_for_the_lost_one_ends_and_does_not_come_back(people, pair):
    kept, lost = pair
    place = Membership.objects.create(person=lost, jurisdiction=people.office, role="editor")
    client = Client()
    client.force_login(lost)
    waiting = Client().session
    waiting["account_login"] = {"email": lost.email}  # asked for a code and hasn't entered it
    waiting.save()
    assert any(lost.email in str(one.get_decoded()) for one in Session.objects.all())
    UserSession.objects.create(user=lost, ip="192.0.2.1", user_agent="", session_key=client.session.session_key)
    Authenticator.objects.create(user=lost, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    Authenticator.objects.create(user=lost, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    _, secret = make_token(by=lost, name="Sheet", memberships=[place], days=30)
    feed, _ = make_feed(by=lost)
    made = merge(kept, lost)
    assert client.get("/account/").status_code == 302
    assert not any(lost.email in str(one.get_decoded()) for one in Session.objects.all())
    assert person_by_token(secret) is None
    feed.refresh_from_db()
    assert feed.revoked_at is not None
    assert not Authenticator.objects.exists()
    kept.refresh_from_db()
    back = undo_merge(made, kept)
    assert client.get("/account/").status_code == 302
    assert person_by_token(secret) is None
    assert not back.feeds.filter(revoked_at=None).exists()
    assert (Authenticator.objects.count(), back.usersession_set.count(), back.has_usable_password()) == (0, 0, False)


def test_who_was_signed_in_by_an_address_that_goes_is_out(pair):
    kept, lost = pair
    stays, goes = Client(), Client()
    stays.force_login(kept)
    other = make_person("third@example.org")
    merge(kept, other)
    assert stays.get("/account/").status_code == 200
    goes.force_login(Person.objects.get(pk=kept.pk))
    merge(kept, lost, take={"email": "other"})
    assert goes.get("/account/").status_code == 302


@pytest.mark.parametrize("closed", [0, 1])
def test_a_suspended_account_comes_to_life_by_no_merge(people, pair, closed):
    Membership.objects.create(person=pair[closed], jurisdiction=people.office, role="manager")
    accounts.suspend(by=people.administrator, person=pair[closed], why="Left", confirmed=True)
    with pytest.raises(ValidationError, match="suspended"):
        merge(*pair)
    assert not Membership.objects.filter(person__is_active=True, role="manager", jurisdiction=people.office).exists()


@pytest.mark.parametrize("role", ["editor", "manager", "reader", "stranger", "suspended"])
def test_only_administrators_do_it(people, pair, role):
    Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
    with pytest.raises(NotAllowed):
        merge(*pair, by=getattr(people, role))
    made = merge(*pair)
    with pytest.raises(NotAllowed):
        undo_merge(made, pair[0], by=getattr(people, role))


def test_an_administrator_who_was_suspended_since_cannot_merge(people, pair):
    Person.objects.filter(pk=people.administrator.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        merge(*pair, by=people.administrator)


def test_what_cannot_be_merged_gets_an_error(people, pair):
    kept, lost = pair
    with pytest.raises(ValidationError, match="the same account"):
        merge(kept, kept, by=people.administrator)
    second = make_person("second@example.org", is_administrator=True)
    with pytest.raises(ValidationError, match="signed in with this account"):
        merge(second, people.administrator, by=people.administrator)
    with pytest.raises(ValidationError, match="is an administrator"):
        merge(kept, second, by=people.administrator)
    with pytest.raises(ValidationError, match="address, so it can’t change"):
        merge(people.administrator, lost, by=people.administrator, take={"email": "other"})
    with pytest.raises(ValidationError, match="sample"):
        merge(kept, make_person("sample@example.org", is_sample=True))
    assert Person.objects.filter(is_administrator=True, is_active=True).count() == 2
    merge(people.administrator, second, by=people.administrator)
    assert Person.objects.get(is_administrator=True) == people.administrator


def test_what_changed_since_the_preview_is_previewed_again(people, pair):
    seen = merging_people.seen_of(*pair)
    Membership.objects.create(person=pair[1], jurisdiction=people.office, role="manager")
    with pytest.raises(ValidationError, match="changed in the meantime"):
        merge(*pair, seen=seen)
    merge(*pair, seen=merging_people.seen_of(*pair))


@pytest.mark.both
def test_of_two_emails_for_one_occasion_one_is_left(people, pair):
    kept, lost = pair
    for one in pair:
        Membership.objects.create(person=one, jurisdiction=people.office)
    subjects = [make_partnership(str(n), lead=people.office) for n in range(5)]
    for n, subject in enumerate(subjects):
        outbox.plan(
            EmailKind.FOLLOWED,
            f"occasion/{n}",
            pair if n < 4 else [lost],
            subject,
            due_at=clock.now() + timedelta(days=1),
        )

    def put(n, person, state):
        Email.objects.filter(occurrence=f"occasion/{n}", recipient=f"person:{person.pk}").update(state=state)

    put(1, lost, EmailState.SENT)
    put(2, kept, EmailState.SENT)
    put(3, kept, EmailState.WITHDRAWN)
    put(4, lost, EmailState.CLAIMED)
    before = set(
        Email.objects.filter(occurrence__startswith="occasion").values_list("occurrence", "recipient", "state")
    )
    made = merge(kept, lost)
    left = Email.objects.filter(occurrence__startswith="occasion").order_by("occurrence")
    assert {row.recipient for row in left} == {f"person:{kept.pk}"}
    assert [row.state for row in left] == ["planned", "sent", "sent", "planned", "planned"]
    undo_merge(made, kept)
    after = set(Email.objects.filter(occurrence__startswith="occasion").values_list("occurrence", "recipient", "state"))
    # What a sender had claimed is free again, and nothing else changed.
    key = f"person:{lost.pk}"
    assert before - after == {("occasion/4", key, "claimed")}
    assert after - before == {("occasion/4", key, "planned")}


@pytest.mark.both
def test_a_merge_from_before_emails_had_their_name_is_undone(pair):
    kept, lost = pair
    partnership = make_partnership()
    outbox.plan(EmailKind.FOLLOWED, "occasion", pair, partnership, due_at=clock.now() + timedelta(days=1))
    rows = Email.objects.filter(occurrence="occasion")
    before = set(rows.values_list("pk", "recipient", "state"))
    made = merge(kept, lost)
    merged = made.steps
    renaming.rename_in_steps({new: old for old, new in renaming.NAMES.items()})(apps, None)
    made.refresh_from_db()
    assert {"letter"} == {step["model"] for step in made.steps} - {step["model"] for step in merged}
    assert '"partnerships.letter"' in str(made.steps)
    renaming.rename_in_steps(renaming.NAMES)(apps, None)
    made.refresh_from_db()
    assert made.steps == merged
    undo_merge(made, kept)
    assert set(rows.values_list("pk", "recipient", "state")) == before


def test_a_reminder_of_the_meeting_that_both_are_asked_to_comes_once(people, pair):
    for one in pair:
        Membership.objects.create(person=one, jurisdiction=people.office)
    meeting = make_meeting(make_partnership(lead=people.office), people=pair)
    Participant.objects.filter(person=pair[1]).update(answer="yes", answered_at=clock.now())
    merge(*pair)
    seat = meeting.participants.get()
    assert (seat.person, seat.answer) == (pair[0], "yes")
    occasions = Email.objects.filter(subject_type="meeting").values_list("occurrence", "recipient")
    assert len(set(occasions)) == len(occasions) == len({occurrence for occurrence, _ in occasions}) > 0


def test_lists_of_one_name_stay_two(pair):
    for one in pair:
        save_list(by=one, name="Mine", key="partnerships", query="")
    merge(*pair)
    assert sorted(SavedList.objects.filter(person=pair[0]).values_list("name", flat=True)) == ["Mine", "Mine (2)"]


@pytest.mark.both
def test_two_who_are_asked_in_an_open_round_wait_until_it_opens(people, pair):
    start_round(people, *pair)
    with pytest.raises(ValidationError, match="Both are asked"):
        merge(*pair)


def test_sealed_answers_come_to_no_other_hand(people, pair):
    """Neither through the account that goes, nor through a new email address of the one that stays."""
    kept, lost = pair
    start_round(people, lost)
    place = Respondent.objects.get(person=lost)
    merge(make_person("first@example.org"), make_person("second@example.org"))
    for _ in ("before they answer", "and after"):  # the same refusal, so it doesn't show who answered
        with pytest.raises(ValidationError, match="only they may read"):
            merge(kept, lost)
        with pytest.raises(ValidationError, match="only they may read"):
            merge(lost, kept, take={"email": "other"})
        answering.save_answer(respondent=place, item="decisions", fields={"level": 2})
    merge(lost, kept)
    assert Answer.objects.get().respondent.person == lost


def test_single_answers_of_an_opened_round_do_not_come_along(people, pair):
    kept, lost = pair
    survey_round = start_round(people, *pair, erases_answers=False)
    for one in pair:
        answering.save_answer(respondent=Respondent.objects.get(person=one), item="decisions", fields={"level": 2})
    type(survey_round).objects.filter(pk=survey_round.pk).update(opened_at=clock.now())
    made = merge(kept, lost)
    assert [answer.respondent.person for answer in Answer.objects.all()] == [kept]
    assert "decisions" not in str(made.steps)
    assert len(own_data(kept)["rounds"]) == 1


def test_who_is_asked_after_a_merge_stays_one_until_the_round_closes(people, pair):
    start_round(people, pair[0])
    made = merge(*pair)
    undo_merge(made, pair[0])
    assert Respondent.objects.get().person == pair[0]


def test_the_old_number_leads_administrators_to_the_kept_one(people, pair):
    kept, lost = pair
    accounts.suspend(by=people.administrator, person=lost, why="Not hers")
    accounts.reinstate(by=people.administrator, person=lost, why="Hers after all")
    merge(kept, lost)
    third = make_person("third@example.org")
    merge(third, kept)
    assert account_merged_into(people.administrator, lost.pk) == third
    assert account_merged_into(people.editor, lost.pk) is None
    reasons = [row.why for row in account_changes(people.administrator, third)]
    assert ("Not hers" in reasons, "Hers after all" in reasons) == (True, True)


def test_a_token_of_the_kept_one_reads_on(people, pair):
    kept, lost = pair
    place = Membership.objects.create(person=kept, jurisdiction=people.office, role="reader")
    Membership.objects.create(person=lost, jurisdiction=people.office, role="editor")
    _, secret = make_token(by=kept, name="Sheet", memberships=[place], days=30)
    merge(kept, lost)
    assert person_by_token(secret)[0].pk == kept.pk
    assert ApiToken.objects.filter(person=kept, revoked_at=None).count() == 1
