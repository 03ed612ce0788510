"""The matches below a box in which people pick an office or an organization: those of the search box, of some kinds."""

import re

import pytest
from django.conf import settings

from partnerships.directory.actions import save_organization
from tests.factories import make_department, make_jurisdiction, make_organization, make_partnership
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def picked(client):
    def picked(text, kinds="GDJ"):
        answer = client.get("/search/picker/", {"q": text, "kinds": kinds})
        assert answer.status_code == 200
        text = answer.content.decode()
        return re.findall(r'data-value="([^"]+)"', text), re.findall(r'data-count="([^"]+)"', text)

    return picked


def test_it_finds_by_name_former_name_and_with_a_typo(client, people, picked):
    group = make_organization("Harbor renters", kept_by=people.office)
    value = f"Harbor renters ({group.public_id})"
    assert picked("harbor") == ([value], ["1 match"])
    assert picked("harbur rent") == ([value], ["1 match"])
    client.force_login(people.editor)
    save_organization(organization=group, by=people.editor, fields={"name": "Bay tenants"})
    assert picked("harbor") == ([f"Bay tenants ({group.public_id})"], ["1 match"])


def test_it_counts_in_the_language_of_the_page(client, people):
    make_organization("Harbor renters", kept_by=people.office)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    shown = [client.get("/search/picker/", {"q": text}).content.decode() for text in ("harbor", "zzzzz")]
    assert re.findall(r'data-count="([^"]+)"', "".join(shown)) == [
        "1 coincidencia",
        "Ninguna coincidencia. Pruebe con otra forma de escribirlo, un nombre anterior o un ID.",
    ]


def test_it_finds_only_the_kinds_that_the_box_takes_and_ten_of_them(people, picked):
    place = make_jurisdiction("Harbor city")
    make_department(place, "Harbor office")
    for n in range(12):
        make_organization(f"Harbor group {n}")
    assert picked("harbor city", "J") == ([f"Harbor city ({place.public_id})"], ["1 match"])
    values, notes = picked("harbor group", "G")
    assert (len(values), notes) == (10, ["The first 10 of 12 matches"])
    assert picked("zzyzx") == ([], ["No matches. Try another spelling, a former name, or an ID."])
    assert picked("") == ([], [])


def test_a_jurisdiction_comes_before_its_departments_when_its_name_is_typed(people, picked):
    place = make_jurisdiction("Harbor county")
    office = make_department(place, "Water office")
    assert picked("harbor county")[0] == [
        f"Harbor county ({place.public_id})",
        f"Water office ({office.public_id})",
    ]
    assert picked("water office")[0] == [f"Water office ({office.public_id})"]


def test_it_finds_only_what_the_person_may_see(client, people, picked):
    hidden = make_organization("Quiet harbor", "unlisted", kept_by=people.office)
    assert picked("quiet harbor")[0] == []
    client.force_login(people.stranger)
    assert picked("quiet harbor")[0] == []
    client.force_login(people.editor)
    assert picked("quiet harbor")[0] == [f"Quiet harbor ({hidden.public_id})"]


@pytest.mark.parametrize("query", [{"q": "harbor", "kinds": "X"}, {"q": "harbor", "kinds": ""}, {"who": "harbor"}])
def test_what_it_cannot_read_is_refused(client, query):
    assert client.get("/search/picker/", query).status_code == 400


def test_of_many_lead_agencies_one_is_picked_by_name(client, people):
    places = [make_jurisdiction(f"City {n}") for n in range(20)]
    record = make_partnership(lead=places[0])
    client.force_login(people.administrator)
    url = f"/partnerships/{record.public_id}/edit/overview/"
    page = client.get(url)
    fields = fields_of(page)
    assert fields["lead"] == f"City 0 ({places[0].public_id})"
    assert "data-pick" in page.content.decode()
    assert client.post(url, fields).status_code == 302
    refused = client.post(url, fields | {"lead": "City 77"})
    assert refused.status_code == 422
    assert "We can’t find “City 77”." in refused.content.decode()
    for typed in (f"City 3 ({places[3].public_id})", "City 3", str(places[3].pk)):
        record.refresh_from_db()
        answer = client.post(url, fields | {"lead": typed, "version": record.version})
        assert answer.status_code == 302
        record.refresh_from_db()
        assert record.lead == places[3]
