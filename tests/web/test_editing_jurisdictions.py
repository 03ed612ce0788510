"""Editing jurisdictions and departments."""

import pytest

from partnerships.models import Department, Jurisdiction
from tests.factories import in_days, make_department, make_jurisdiction
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db


def test_an_editor_adds_a_department_below_another(client, people):
    client.force_login(people.editor)
    above = make_department(people.office, "Human Services")
    url = f"/jurisdictions/{people.office.public_id}/departments/new/"
    data = fields_of(client.get(url)) | {"name": "Office of Housing", "kind": "office", "parent": "human services"}
    assert client.post(url, data).status_code == 302
    saved = Department.objects.get(name="Office of Housing")
    assert (saved.jurisdiction, saved.path) == (people.office, f"/{above.pk}/{saved.pk}/")


def test_staff_read_what_to_do_when_a_department_has_closed(client, people):
    department = make_department(people.office)
    shown = []
    for person in (people.other_editor, people.editor):
        client.force_login(person)
        shown.append("Has this department closed?" in client.get(department.get_absolute_url()).content.decode())
    assert shown == [False, True]


def test_a_department_of_another_jurisdiction_cannot_be_the_parent(client, people):
    client.force_login(people.editor)
    make_department(people.other_office, "Elsewhere")
    url = f"/jurisdictions/{people.office.public_id}/departments/new/"
    answer = client.post(url, fields_of(client.get(url)) | {"name": "Here", "kind": "office", "parent": "Elsewhere"})
    assert answer.status_code == 422
    assert "belongs to another jurisdiction" in answer.content.decode()


def test_a_new_stage_joins_the_history(client, people):
    client.force_login(people.editor)
    people.office.stages.create(stage="normalizing", since=in_days(-400))
    url = f"/jurisdictions/{people.office.public_id}/edit/"
    assert client.post(url, fields_of(client.get(url)) | {"stage": "organizing"}).status_code == 302
    entries = people.office.stages.values_list("stage", "since")
    assert list(entries) == [("organizing", in_days(0)), ("normalizing", in_days(-400))]
    assert Jurisdiction.objects.get(pk=people.office.pk).stage == "organizing"


def test_an_office_says_on_its_page_how_to_reach_it(client, people):
    """The contact page of the site sends people with a question to the lead agency's page."""
    department = make_department(people.office, "Human Services")
    for record, url in (
        (people.office, f"/jurisdictions/{people.office.public_id}/"),
        (department, f"/departments/{department.public_id}/"),
    ):
        client.force_login(people.editor)
        typed = {"contacts-0-name": "Front desk", "contacts-0-email": "desk@example.org"}
        data = fields_of(client.get(f"{url}edit/")) | typed | {"contacts-0-visible_to": "public"}
        assert client.post(f"{url}edit/", data).status_code == 302
        kept = record.contacts.get()
        client.logout()
        assert "mailto:desk@example.org" in client.get(url).content.decode()
        client.force_login(people.editor)
        stale = fields_of(client.get(f"{url}edit/"))
        assert client.post(f"{url}edit/", stale | {"contacts-0-name": "Help desk"}).status_code == 302
        assert record.contacts.get().pk == kept.pk
        answer = client.post(f"{url}edit/", stale | {"contacts-0-name": "Reception"})
        assert answer.status_code == 409
        data = fields_of(client.get(f"{url}edit/")) | {"contacts-0-DELETE": "on"}
        assert client.post(f"{url}edit/", data).status_code == 302
        assert not record.contacts.exists()


def test_only_administrators_add_a_jurisdiction(client, people):
    client.force_login(people.administrator)
    page = client.get("/jurisdictions/new/")
    data = fields_of(page) | {"name": "Ramsey County", "kind": "county", "zone": "America/Chicago"}
    assert client.post("/jurisdictions/new/", data).status_code == 302
    assert Jurisdiction.objects.filter(name="Ramsey County").count() == 1
    client.force_login(people.editor)
    assert client.get("/jurisdictions/new/").status_code == 403


def test_both_texts_are_kept_when_two_save_a_department(client, people):
    client.force_login(people.editor)
    place = make_department(people.office, "Human Services")
    url = f"/departments/{place.public_id}/edit/"
    submitted = fields_of(client.get(url)) | {"about": "Mine"}
    assert client.post(url, submitted | {"about": "Theirs"}).status_code == 302
    answer = client.post(url, submitted)
    assert answer.status_code == 409
    assert [clash["name"] for clash in answer.context["conflict"].clashes] == ["choose-about"]
    assert client.post(url, fields_of(answer) | {"choose-about": "mine"}).status_code == 302
    assert Department.objects.get(pk=place.pk).about == "Mine"


def test_a_circle_in_the_tree_is_refused(client, people):
    client.force_login(people.administrator)
    above = make_jurisdiction("Above", kind="state")
    below = make_jurisdiction("Below", parent=above)
    url = f"/jurisdictions/{above.public_id}/edit/"
    answer = client.post(url, fields_of(client.get(url)) | {"parent": below.public_id})
    assert answer.status_code == 422
    assert "can’t be part of itself" in answer.content.decode()
