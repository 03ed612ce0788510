"""An administrator loads the sample into an empty registry on a page, in the background, and removes it there."""

import pytest
from django.urls import reverse

from partnerships import tasks
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.core.stored_texts import shown
from partnerships.models import Jurisdiction, Membership, Organization, Partnership, Person, SampleWork
from partnerships.sample import loading, work
from tests import factories
from tests.cached_rows import once
from tests.markup import one_line
from tests.sample.test_sample import run

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE = "/office/sample/"


@pytest.fixture
def loaded(db):
    once("sample of today", lambda: run("load_sample"))


@pytest.fixture
def administrator(client):
    person = factories.make_person("first@example.org", is_administrator=True)
    office = factories.make_jurisdiction("City of Newton")
    Membership.objects.create(person=person, jurisdiction=office, role="manager")
    client.force_login(person)
    return person


def main_text(client, url=PAGE):
    return one_line(client.get(url).content.decode())


def press(client, do):
    return client.post(PAGE, {"do": do})


def test_it_is_loaded_in_the_background_and_removed_again(client, administrator):
    assert f'href="{PAGE}"' in main_text(client, reverse("home"))
    assert "Load sample data?" in main_text(client)
    assert press(client, "load")["Location"] == PAGE
    waiting = client.get(PAGE)
    assert (waiting["Refresh"], "Loading sample data" in one_line(waiting.content.decode())) == ("2", True)
    assert press(client, "load").status_code == 422
    tasks.process_sample()
    done = SampleWork.objects.get()
    assert (done.parts_done, done.problems, done.done_at is None) == (len(loading.PARTS), [], False)
    assert Partnership.objects.filter(is_sample=True).count() == 9
    page = main_text(client)
    assert ("Remove sample data?" in page, "9 partnerships" in page, "6 people" in page) == (True, True, True)
    assert "Remove sample data" in main_text(client, reverse("home"))
    assert press(client, "remove").status_code == 302
    tasks.process_sample()
    assert not work.has_sample()
    assert Jurisdiction.objects.filter(name="City of Newton").exists()
    assert "Load sample data?" in main_text(client)


def test_a_worker_that_died_is_followed_by_one_that_goes_on(administrator, monkeypatch):
    work.request_loading(administrator)
    monkeypatch.setattr(loading, "PARTS", loading.PARTS[:3])
    tasks.process_sample()
    known = set(Partnership.objects.values_list("pk", flat=True))
    monkeypatch.undo()
    SampleWork.objects.update(done_at=None)
    tasks.process_sample()
    assert set(Partnership.objects.values_list("pk", flat=True)) >= known
    assert Partnership.objects.count() == 9


def test_real_records_that_refer_to_the_sample_are_named_and_nothing_is_removed(client, loaded, administrator):
    lead = Jurisdiction.objects.get(name="City of Newton")
    group = Organization.objects.filter(is_sample=True).first()
    real = factories.make_partnership("Ours", lead=lead, parties=[factories.party(group)])
    assert f"{real.public_id} “Ours”" in main_text(client)
    press(client, "remove")
    tasks.process_sample()
    assert (work.has_sample(), f"{real.public_id} “Ours”" in main_text(client)) == (True, True)


def test_it_is_not_loaded_next_to_real_records(client, administrator):
    factories.make_organization("Lake readers")
    assert "The registry has records of its own" in main_text(client)
    assert press(client, "load").status_code == 422
    assert not SampleWork.objects.exists()


@pytest.mark.parametrize("do", ["", "both"])
def test_something_else_is_refused(client, administrator, do):
    assert press(client, do).status_code == 422
    assert not SampleWork.objects.exists()


def test_only_administrators_load_and_remove_it(client, people):
    for person in (people.manager, people.editor, people.stranger):
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        with pytest.raises(NotAllowed):
            work.request_loading(person)
        with pytest.raises(NotAllowed):
            work.request_removal(person)
    assert PAGE not in main_text(client, reverse("home"))


def test_a_person_who_is_no_longer_an_administrator_changes_nothing(client, administrator):
    work.request_loading(administrator)
    Person.objects.update(is_administrator=False)
    tasks.process_sample()
    error = "You’re no longer an administrator, so nothing was changed."
    assert [shown(one) for one in SampleWork.objects.get().problems] == [error]
    assert not work.has_sample()


def test_someone_of_the_sample_does_not_delete_their_own_account(loaded):
    with pytest.raises(ValidationError, match="account of your own"):
        work.request_removal(Person.objects.get(email="administrator@example.org"))
