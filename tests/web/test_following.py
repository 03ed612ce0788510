"""The button “Follow”, the list of followed records, and the page of email settings."""

from datetime import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail.choices import ALWAYS_SENT, EmailKind
from partnerships.models import DigestEntry, Email, EmailPreference, Follow, Person
from partnerships.notifications import digests, following
from partnerships.records import privacy
from partnerships.registry import actions as registry
from tests.browser.forms import values
from tests.factories import make_partnership, party
from tests.snapshots import snapshot_fixture, snapshot_of
from tests.world import World

pytestmark = pytest.mark.django_db
PACES, LIST = "/account/letters/", "/account/following/"
RECORDS = ("published", "profiled", "jurisdiction", "department", "issue area")


@snapshot_fixture
def world(people):
    made = snapshot_of(World, people)
    Follow.objects.all().delete()  # the follow of the trial
    return made


def page_of(world, record):
    name = world[record]._meta.model_name
    return reverse("issue_area" if name == "issuearea" else name, args=[world.key(record)])


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def follows(person):
    return set(person.follows.values_list("record_type", "record_id"))


@pytest.mark.parametrize("record", RECORDS)
def test_each_kind_of_record_is_followed_and_unfollowed_on_its_page(world, people, record):
    client, page = client_of(people.stranger), page_of(world, record)
    key = (world[record]._meta.model_name, world[record].pk)
    assert f'action="{page}follow/"' in client.get(page).content.decode()
    for _ in range(2):
        assert client.post(f"{page}follow/").status_code == 302
        assert follows(people.stranger) == {key}
    assert "Stop following" in client.get(page).content.decode()
    for _ in range(2):
        assert client.post(f"{page}follow/", {"stop": "yes"}).status_code == 302
        assert follows(people.stranger) == set()


def test_a_visitor_has_no_button_and_the_press_is_refused(client, world):
    page = page_of(world, "published")
    assert "follow/" not in client.get(page).content.decode()
    assert client.post(f"{page}follow/").status_code == 403
    assert not Follow.objects.exists()


SEEN = {
    "draft": {"editor", "reader", "manager", "administrator"},
    "shared draft": {"editor", "reader", "manager", "administrator", "partner", "partner_reader"},
    "unlisted": {"editor", "reader", "manager", "administrator"},
}


@pytest.mark.parametrize("record", SEEN)
def test_only_who_may_see_a_record_follows_it(world, people, record):
    done = set()
    for role, person in people.as_roles().items():
        if person.is_active:
            status = client_of(person).post(f"{page_of(world, record)}follow/").status_code
            assert status in (302, 404)
            done |= {role} if status == 302 else set()
    assert done == SEEN[record]
    assert Follow.objects.count() == len(done)


def test_the_list_names_what_one_may_see_and_lets_everything_go(people):
    record = make_partnership("Shared work", lead=people.office, parties=[party(people.office, "lead")])
    client = client_of(people.stranger)
    assert "You don’t follow anything yet." in client.get(LIST).content.decode()
    following.follow(by=people.stranger, record=record)
    assert "Shared work" in client.get(LIST).content.decode()
    registry.withdraw_partnership(partnership=record, by=SYSTEM)
    page = client.get(LIST).content.decode()
    assert "Shared work" not in page
    assert "A record that you can’t see now" in page
    assert client.post(f"{LIST}partnership/{record.pk}/end/").status_code == 302
    assert follows(people.stranger) == set()


def test_another_persons_list_stays_as_it_is(people, partnership_of):
    following.follow(by=people.reader, record=partnership_of)
    assert client_of(people.stranger).post(f"{LIST}partnership/{partnership_of.pk}/end/").status_code == 302
    assert follows(people.reader) == {("partnership", partnership_of.pk)}


@snapshot_fixture
def partnership_of(people):
    return make_partnership(lead=people.office, parties=[party(people.office, "lead")])


def test_following_too_many_records_is_refused_with_a_message(people, partnership_of, monkeypatch):
    monkeypatch.setattr(following, "MOST_FOLLOWED", 1)
    client = client_of(people.stranger)
    client.post(f"/jurisdictions/{people.office.public_id}/follow/")
    answer = client.post(f"/partnerships/{partnership_of.public_id}/follow/", follow=True)
    assert "You follow 1 records, which is the limit." in answer.content.decode()
    assert Follow.objects.count() == 1
    # A record that is followed already doesn't count again.
    answer = client.post(f"/jurisdictions/{people.office.public_id}/follow/", follow=True)
    assert "which is the limit." not in answer.content.decode()
    assert Follow.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_costs_the_same(people, rows):
    for n in range(rows):
        following.follow(by=people.stranger, record=make_partnership(f"Work {n}", lead=people.office))
    client = client_of(people.stranger)
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)
    with CaptureQueriesContext(connection) as asked_of_paces:
        client.get(PACES)
    assert (len(asked), len(asked_of_paces)) == (6, 5)


# Which emails, and when


def form_of(client):
    return single_values(client.get(PACES).content.decode())


def single_values(page):
    return {name: value for name, (value,) in values(page).items()}


def test_the_page_shows_the_current_settings_and_saving_it_changes_nothing(people):
    client = client_of(people.stranger)
    EmailPreference.objects.create(person=people.stranger, kind="check_in_due", pace="weekly", at=clock.now())
    form = form_of(client)
    assert form["check_in_due"] == "weekly"
    assert {form[kind] for kind in EmailKind.values if kind in form and kind != "check_in_due"} == {"at_once"}
    assert not {kind for kind in ALWAYS_SENT if kind in form}
    assert (form["zone"], form["digest_at"], form["digest_weekday"]) == ("America/Chicago", "08:00", "0")
    assert client.post(PACES, form).status_code == 302
    assert dict(EmailPreference.objects.values_list("kind", "pace")) == {"check_in_due": "weekly"}
    page = client.get(PACES).content.decode()
    assert all(str(kind.label) in page for kind in ALWAYS_SENT)


def test_what_is_chosen_is_kept(people):
    client = client_of(people.stranger)
    new = {"followed": "daily", "meeting_reminder": "never", "digest_at": "06:30", "digest_weekday": "4"}
    new |= {"zone": "Pacific/Honolulu", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert client.post(PACES, form_of(client) | new).status_code == 302
    person = Person.objects.get(pk=people.stranger.pk)
    assert digests.choices_of(person) == {"followed": "daily", "meeting_reminder": "never"}
    assert [getattr(person, name) for name in following.TIMES] == [
        "Pacific/Honolulu",
        time(6, 30),
        4,
        time(22),
        time(7),
    ]
    client.post(PACES, form_of(client) | {"followed": "at_once", "quiet_from": "", "quiet_until": ""})
    person.refresh_from_db()
    assert digests.choices_of(person) == {"meeting_reminder": "never"}
    assert (person.quiet_from, person.quiet_until) == (None, None)


@pytest.mark.parametrize(("pace", "of_digest"), [("never", "never"), ("weekly", "at_once"), ("at_once", "at_once")])
def test_one_press_chooses_for_all_kinds_and_saves_the_times_too(people, pace, of_digest):
    """More than thirty choices are many on a phone. The daily or weekly email has to come for others to be in it."""
    client = client_of(people.stranger)
    assert client.post(PACES, form_of(client) | {"all": pace, "digest_at": "06:30"}).status_code == 302
    after = form_of(client)
    assert {kind: after[kind] for kind in EmailKind.values if kind in after} == {
        kind: of_digest if kind == "digest" else pace for kind in EmailKind.values if kind not in ALWAYS_SENT
    }
    assert after["digest_at"] == "06:30"


BAD = {
    "half of the quiet hours": ({"quiet_from": "22:00"}, "Enter both hours, or leave both empty."),
    "quiet hours of no length": (
        {"quiet_from": "22:00", "quiet_until": "22:00"},
        "can’t start and end at the same time",
    ),
    "no time": ({"digest_at": "late"}, "Enter a time,"),
    "no zone": ({"zone": "Mars/Base"}, "Choose one of the options."),
    "no day": ({"digest_weekday": "9"}, "Choose one of the options."),
    "no pace": ({"followed": "hourly"}, "Choose one of the options."),
    "a daily email of daily emails": ({"digest": "daily"}, "Choose one of the options."),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_and_what_was_typed_stays(people, case):
    client, (wrong, error) = client_of(people.stranger), BAD[case]
    answer = client.post(PACES, form_of(client) | {"check_in_due": "weekly"} | wrong)
    page = answer.content.decode()
    assert (answer.status_code, error in page) == (422, True)
    assert single_values(page)["check_in_due"] == "weekly"
    assert not EmailPreference.objects.exists()


@pytest.mark.parametrize("kind", [*ALWAYS_SENT, "nothing"])
def test_no_choice_reaches_what_always_comes(people, kind):
    times = {name: getattr(people.stranger, name) for name in following.TIMES}
    with pytest.raises(following.ValidationError):
        following.choose_paces(by=people.stranger, paces={"followed": "daily", kind: "never"}, times=times)
    assert not EmailPreference.objects.exists()


# The person's own data


def test_ones_own_data_holds_it_and_erasing_takes_it_away(people, partnership_of):
    person = people.stranger
    following.follow(by=person, record=partnership_of)
    digests.add(Email(kind="followed", occurrence="change/1", subject_type="change", subject_id=1), person, clock.now())
    Person.objects.filter(pk=person.pk).update(quiet_from=time(22), quiet_until=time(7), digest_at=time(6))
    person.refresh_from_db()
    held = privacy.own_data(person)
    assert [(row["record_type"], row["record_id"]) for row in held["follows"]] == [("partnership", partnership_of.pk)]
    assert [row["occurrence"] for row in held["told_in_daily_emails"]] == ["change/1"]
    assert held["account"]["quiet_from"] == "22:00:00"
    privacy.erase_person(person=person, by=person)
    assert not Follow.objects.exists()
    assert not DigestEntry.objects.exists()
    person = Person.objects.get(pk=person.pk)
    assert (person.digest_at, person.quiet_from, person.quiet_until) == (time(8), None, None)
