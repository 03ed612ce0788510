"""The reference data: vocabularies and places, loaded twice, in part, and over existing data."""

import io

import pytest
from django.core.management import CommandError, call_command

from partnerships.core.trees import subtree
from partnerships.directory.actions import save_jurisdiction
from partnerships.directory.reference import FILE, all_places, places_of, state_codes
from partnerships.models import Change, Identifier, IssueArea, Jurisdiction, Term
from tests.factories import make_issue_area, make_jurisdiction, make_person, make_term

pytestmark = pytest.mark.django_db

AREAS = [
    "Housing", "Equitable development", "Jobs and workforce", "Contracting and procurement", "Criminal justice", "Health",
    "Education", "Environment and sustainability", "Parks and recreation", "Transportation", "Arts and culture",
    "Libraries", "Civic engagement", "Immigration", "Food",
]  # fmt: skip
RACES = [
    "American Indian or Alaska Native", "Asian", "Black or African American", "Hispanic or Latino",
    "Middle Eastern or North African", "Native Hawaiian or Pacific Islander", "White",
]  # fmt: skip


def run(name, *args):
    out = io.StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def rows_of(*models):
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_vocabularies_hold_what_the_domain_names():
    run("load_vocabularies")
    assert list(IssueArea.objects.filter(parent=None).values_list("name", flat=True)) == AREAS
    assert list(Term.objects.filter(edition="OMB SPD 15, 2024").values_list("label", flat=True)) == RACES
    assert Term.objects.filter(vocabulary="purpose").count() == 8
    assert list(Term.objects.filter(vocabulary="origin").values_list("key", flat=True)) == [
        "community_pressure", "community_expertise", "shared_mandate", "funder_requirement", "peer_learning", "other",
    ]  # fmt: skip
    assert Term.objects.get(vocabulary="language", key="hmong").help == "Hmoob"
    housing = IssueArea.objects.filter(key="housing")
    assert set(subtree(housing).values_list("key", flat=True)) == {
        "housing", "renting", "home_ownership", "homelessness",
    }  # fmt: skip


def test_vocabularies_twice_change_nothing():
    run("load_vocabularies")
    before = rows_of(Term, IssueArea, Change)
    assert run("load_vocabularies") == "Vocabularies: 0 terms and 0 issue areas added.\n"
    assert rows_of(Term, IssueArea, Change) == before


def test_vocabularies_leave_the_words_of_staff():
    make_term("origin", "other", "Something else")
    Term.objects.filter(key="other").update(is_retired=True)
    make_issue_area("housing", "Homes")
    run("load_vocabularies")
    other = Term.objects.get(vocabulary="origin", key="other")
    assert (other.label, other.is_retired) == ("Something else", True)
    assert IssueArea.objects.get(key="housing").name == "Homes"
    assert IssueArea.objects.get(key="renting").parent.name == "Homes"


def test_the_file_is_small_and_each_identifier_is_there_once():
    assert FILE.stat().st_size <= 500_000
    identifiers = [pair for place in all_places() for pair in place.identifiers]
    assert len(identifiers) == len(set(identifiers))
    assert all(place.identifiers for place in all_places())
    assert len(state_codes()) == 51


def test_identifiers_are_as_the_outside_world_spells_them():
    by_ocd = {place.ocd: place for place in all_places() if place.ocd}
    expected = {
        "ocd-division/country:us/state:mn": ("Minnesota", "27"),
        "ocd-division/country:us/state:mn/county:hennepin": ("Hennepin County", "27053"),
        "ocd-division/country:us/state:mn/county:ramsey": ("Ramsey County", "27123"),
        "ocd-division/country:us/state:mn/county:st_louis": ("St. Louis County", "27137"),
        "ocd-division/country:us/state:mn/place:st_paul": ("Saint Paul", ""),
        "ocd-division/country:us/state:or/county:multnomah": ("Multnomah County", "41051"),
        "ocd-division/country:us/state:md/county:prince_george~s": ("Prince George's County", "24033"),
        "ocd-division/country:us/state:la/parish:orleans": ("Orleans Parish", "22071"),
        "ocd-division/country:us/state:ak/borough:anchorage": ("Anchorage Municipality", "02020"),
        "ocd-division/country:us/state:va/place:alexandria": ("Alexandria", "51510"),
        "ocd-division/country:us/district:dc": ("District of Columbia", "11"),
    }
    assert {ocd: (by_ocd[ocd].name, by_ocd[ocd].geoid) for ocd in expected} == expected


def test_the_middle_of_a_county_lies_in_it():
    hennepin = next(place for place in places_of("MN") if place.geoid == "27053")
    assert 44.78 < hennepin.latitude < 45.25
    assert -93.77 < hennepin.longitude < -93.17


def test_loading_a_state_gives_its_tree():
    run("load_places", "MN")
    state = Jurisdiction.objects.get(kind="state")
    assert (state.name, state.state, state.path, state.zone) == ("Minnesota", "MN", f"/{state.pk}/", "America/Chicago")
    assert Jurisdiction.objects.filter(kind="county", parent=state).count() == 87
    assert not Jurisdiction.objects.exclude(pk=state.pk).exclude(parent=state).exists()
    assert subtree(Jurisdiction.objects.filter(pk=state.pk)).count() == len(places_of("MN"))
    city = Jurisdiction.objects.get(name="Saint Paul")
    assert city.path == f"/{state.pk}/{city.pk}/"
    assert city.population == 303176
    assert list(city.identifiers.values_list("scheme", "value")) == [
        ("ocd", "ocd-division/country:us/state:mn/place:st_paul")
    ]
    assert city.stamp >= state.stamp > 0
    assert Change.objects.filter(record_type="jurisdiction", verb="create").count() == len(places_of("MN"))


def test_loading_twice_changes_nothing():
    run("load_places", "RI", "DE")
    before = rows_of(Jurisdiction, Identifier, Change)
    number = len(places_of("RI"))
    assert run("load_places", "ri") == f"RI: 0 added, 0 changed, {number} unchanged.\n"
    assert rows_of(Jurisdiction, Identifier, Change) == before


def test_a_place_that_is_there_is_completed_and_its_words_stay():
    ocd = "ocd-division/country:us/state:de/place:dover"
    person = make_person("administrator@example.org", is_administrator=True)
    own_place = save_jurisdiction(
        by=person,
        fields={"name": "City of Dover", "kind": "city", "population": 7},
        identifiers=[{"scheme": "ocd", "value": ocd}],
    )
    run("load_places", "DE")
    own_place.refresh_from_db()
    assert (own_place.name, own_place.population, own_place.parent.name) == ("City of Dover", 7, "Delaware")
    assert own_place.latitude is not None
    assert Jurisdiction.objects.filter(name__contains="Dover").count() == 1
    assert own_place.path == f"/{own_place.parent_id}/{own_place.pk}/"


def test_a_value_of_an_older_file_is_renewed():
    run("load_places", "DE")
    Jurisdiction.objects.filter(name="Dover").update(population=5)
    assert run("load_places", "DE").startswith("DE: 0 added, 1 changed,")
    dover = Jurisdiction.objects.get(name="Dover")
    assert (dover.population, dover.version) == (next(p for p in places_of("DE") if p.name == "Dover").population, 2)


def test_a_sample_place_becomes_part_of_the_directory():
    ocd = "ocd-division/country:us/state:de/place:dover"
    sample = make_jurisdiction("Dover", is_sample=True)
    Identifier.objects.create(jurisdiction=sample, scheme="ocd", value=ocd)
    run("load_places", "DE")
    sample.refresh_from_db()
    assert sample.is_sample is False
    assert sample.parent.name == "Delaware"


@pytest.mark.parametrize("args", [["XX"], ["MN", "minnesota"], ["PR"], [], ["MN", "--all"]])
def test_a_state_that_is_not_there_is_refused_and_nothing_is_loaded(args):
    with pytest.raises(CommandError, match=r"Known: AK AL .* WY\."):
        run("load_places", *args)
    assert Jurisdiction.objects.count() == 0
