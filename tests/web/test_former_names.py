"""A renamed department, jurisdiction or organization keeps its former name among its other names, which find it."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department
from partnerships.directory.matching import with_name
from partnerships.models import Change, Membership
from tests.factories import make_department, make_jurisdiction, make_organization
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db


def make(kind, people):
    if kind == "department":
        return make_department(people.office, "Office of Thrift")
    if kind == "jurisdiction":
        return make_jurisdiction("Thrift County", kind="county")
    return make_organization("Thrift League", "profiled", kept_by=people.office)


KINDS = ("department", "jurisdiction", "organization")


def rename(client, record, **fields):
    url = f"{record.get_absolute_url()}edit/"
    data = fields_of(client.get(url)) | {"name": "Bureau of Saving"} | fields
    assert client.post(url, data).status_code == 302
    record.refresh_from_db()
    return record


@pytest.mark.parametrize("kind", KINDS)
def test_its_former_name_is_kept_shown_and_found(client, people, kind):
    record = make(kind, people)
    former = record.name
    client.force_login(people.administrator)
    rename(client, record, keeps_name="on")
    assert (record.name, record.other_names) == ("Bureau of Saving", former)
    change = Change.objects.filter(record_type=kind, record_id=record.pk).latest("pk")
    assert change.after["other_names"] == former
    client.logout()
    assert f"Also known as {former}" in client.get(record.get_absolute_url()).content.decode()
    for url in ("/search/?q=thrift", f"/{kind}s/?q=thrift"):
        page = client.get(url).content.decode()
        assert "Saving" in page, url
        assert "Other name" in page, url
    found = client.get(f"/api/v1/{kind}s/?q=thrift").json()["results"]
    assert [row["other_names"] for row in found] == [former]


@pytest.mark.parametrize("kind", KINDS)
def test_a_spelling_that_someone_corrects_is_not_kept(client, people, kind):
    client.force_login(people.administrator)
    record = make(kind, people)
    form = client.get(f"{record.get_absolute_url()}edit/").content.decode()
    assert "Leave this unchecked if you only correct" in form
    assert rename(client, record).other_names == ""


@pytest.mark.parametrize("kind", KINDS)
def test_if_it_doesnt_fit_nothing_is_lost(client, people, kind):
    record, other_names = make(kind, people), "Thrift office; " * 20
    client.force_login(people.administrator)
    url = f"{record.get_absolute_url()}edit/"
    typed = fields_of(client.get(url)) | {"name": "Bureau of Saving", "other_names": other_names, "keeps_name": "on"}
    page = client.post(url, typed).content.decode()
    words = f"“{record.name}” doesn’t fit: other names have at most 300 characters. Shorten them, or uncheck this."
    assert page.count(words) == 2  # at the top, and at the checkbox
    assert 'value="Bureau of Saving"' in page


def test_a_name_that_only_changes_its_case_is_not_kept(client, people):
    client.force_login(people.administrator)
    assert rename(client, make("department", people), name="office of Thrift", keeps_name="on").other_names == ""


def test_the_own_page_of_an_organization_offers_it_too(client, people):
    Membership.objects.filter(person=people.partner).update(role="manager")
    client.force_login(people.partner)
    url = f"/organizations/{people.organization.public_id}/mine/name/"
    former = people.organization.name
    typed = fields_of(client.get(url)) | {"name": "Renters together", "keeps_name": "on"}
    assert client.post(url, typed).status_code == 302
    people.organization.refresh_from_db()
    assert people.organization.other_names == former


def test_a_new_record_has_no_former_name(client, people):
    client.force_login(people.editor)
    assert "keeps_name" not in client.get("/organizations/new/").content.decode()


def test_a_department_of_that_former_name_may_be_the_same(client, people):
    save_department(department=make("department", people), by=SYSTEM, fields={"other_names": "Office of Coins"})
    client.force_login(people.editor)
    url = f"/jurisdictions/{people.office.public_id}/departments/new/"
    answer = client.post(url, fields_of(client.get(url)) | {"name": "Office of Coins"})
    assert answer.status_code == 422
    assert "another name of it" in answer.content.decode()


@pytest.mark.parametrize(
    ("line", "kept"),
    [("", "B"), ("A", "A; B"), ("A, C", "A; C; B"), ("A; b", "A; b"), ("A;B;C;D;E;F;G", "A;B;C;D;E;F;G")],
)
def test_a_name_joins_the_others_once(line, kept):
    assert with_name(line, "B") == kept
