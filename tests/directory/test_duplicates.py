"""Where duplicates are searched: only among records that the person may know of, with reasons that they may read."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.core import search
from partnerships.core.access import SYSTEM, belongs_somewhere
from partnerships.directory.actions import save_department, save_organization
from partnerships.directory.distinct_pairs import delete_pairs, mark_distinct
from partnerships.directory.duplicates import similar_departments, similar_organizations, similar_organizations_to_each
from partnerships.directory.matching import Known
from partnerships.models import DistinctPair, SearchEntry
from tests.factories import make_department, make_organization

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TENANTS = "Riverbend Tenants Union"
NOBODY = AnonymousUser()


def names(found):
    return [one.record.name for one in found]


@pytest.mark.parametrize(
    "typed",
    [
        "Riverbend Tenants Union",
        "riverbend tenant's union, inc.",
        "Union of Tenants, Riverbend",
        "Rivrebend Tenants Union",
        "River Bend Tenants Union",
        "RTU",
        "Riverbend Tenants Unoin",
    ],
)
@pytest.mark.parametrize("listing", ["named", "unlisted"])
def test_it_is_found_however_it_is_typed(people, typed, listing):
    make_organization("Riverbend Bike Club", listing, kept_by=people.office)
    make_organization(TENANTS, listing, kept_by=people.office)
    assert names(similar_organizations(people.editor, Known(typed)))[:1] == [TENANTS]


def test_initials_in_the_registry_are_found_by_the_whole_name(people):
    make_organization("RTAU", "named")
    assert names(similar_organizations(people.editor, Known("Riverbend Tenants Assembly Union"))) == ["RTAU"]


@pytest.mark.parametrize("role", ["stranger", "partner", "other_editor", "suspended"])
def test_what_a_person_may_not_know_of_is_never_named(people, role):
    make_organization(TENANTS, "unlisted", kept_by=people.office, website="https://rtu.example")
    wanted = Known(TENANTS, website="https://rtu.example")
    person = getattr(people, role)
    for strict in (True, False):
        assert similar_organizations(person, wanted, strict=strict) == []
        assert similar_organizations(NOBODY, wanted, strict=strict) == []
    assert names(similar_organizations(people.editor, wanted)) == [TENANTS]
    assert names(similar_organizations(people.administrator, wanted)) == [TENANTS]


FACTS = {
    "website": "https://rtu.example",
    "address": "12 Elm Street, Alder",
    "other_names": "Quartz Collective",
}
WANTED = Known(
    "Quartz Collective",
    website="https://rtu.example",
    address="12 Elm Street, Alder",
    identifiers=frozenset({("ein", "123456789")}),
    phones=frozenset({"6125550134"}),
    mail_domains=frozenset({"rtu.example"}),
)


def listed_with_facts(listing, **fields):
    return save_organization(
        by=SYSTEM,
        fields={"name": TENANTS, "listing": listing, "mail_domain": "rtu.example"} | FACTS | fields,
        contacts=[{"name": "Desk", "email": "desk@rtu.example", "phone": "612 555 0134"}],
        identifiers=[{"scheme": "ein", "value": "12-3456789"}],
    )


def test_of_a_listing_by_name_only_nothing_else_is_compared(people):
    listed_with_facts("named", kept_by=people.office)
    assert similar_organizations(people.other_editor, WANTED) == []
    own = similar_organizations(people.editor, WANTED)
    assert names(own) == [TENANTS]
    assert {
        "“Quartz Collective” is another name of it.",
        "Both have the EIN 123456789.",
        "Both have the website rtu.example.",
        "Both use email addresses at rtu.example.",
        "Both have the phone number 612-555-0134.",
        "Both have the same address.",
    } <= set(own[0].reasons)


def test_of_a_profile_only_what_is_open_to_the_reader_is_compared(people):
    closed = {"website": "staff", "other_names": "staff"}
    record = listed_with_facts("profiled", open_fields=closed)
    found = similar_organizations(people.other_editor, WANTED)
    assert [one.reasons for one in found] == [("Both have the EIN 123456789.",)]
    save_organization(organization=record, by=SYSTEM, fields={"open_fields": {"website": "public"}})
    assert "Both have the website rtu.example." in similar_organizations(people.other_editor, WANTED)[0].reasons


def test_outsiders_see_likely_names_alone(people):
    listed_with_facts("profiled")
    make_organization("Riverbend Tenants", "named")
    assert similar_organizations(people.stranger, Known("Bikes", website="https://rtu.example"), strict=True) == []
    found = similar_organizations(NOBODY, Known(TENANTS), strict=True)
    assert [(one.record.name, one.reasons) for one in found] == [(TENANTS, ("The names are the same.",))]
    assert names(similar_organizations(people.editor, Known(TENANTS))) == [TENANTS, "Riverbend Tenants"]


def test_distinct_pairs_are_never_suggested_again_and_a_third_record_still_is(people):
    one, other, third = (make_organization(name, "named") for name in (TENANTS, f"{TENANTS} Inc", f"The {TENANTS}"))
    mark_distinct(one, [other, one], by=people.editor)
    mark_distinct(other, [one], by=people.editor)
    pair = DistinctPair.objects.get()
    assert (pair.record_type, pair.first_id, pair.second_id, pair.by) == (
        "organization",
        one.pk,
        other.pk,
        people.editor,
    )
    for record, rest in ((one, {third}), (other, {third}), (third, {one, other})):
        found = similar_organizations(people.editor, Known(record.name), exclude=record)
        assert {duplicate.record for duplicate in found} == rest
    delete_pairs("department", [one.pk])
    assert DistinctPair.objects.count() == 1
    delete_pairs("organization", [other.pk])
    assert not DistinctPair.objects.exists()


def test_departments_are_looked_for_in_their_own_jurisdiction(people):
    here = make_department(people.office, "Department of Housing")
    make_department(people.other_office, "Department of Housing")
    make_department(people.office, "Department of Health")
    found = similar_departments(people.editor, Known("Housing Dept."), people.office)
    assert [(one.record, one.score) for one in found] == [(here, 95)]
    assert similar_departments(people.editor, Known("Housing Dept."), people.office, exclude=here) == []
    other = save_department(by=SYSTEM, fields={"jurisdiction": people.office, "name": "Housing"})
    mark_distinct(other, [here], by=SYSTEM)
    assert similar_departments(people.editor, Known("Housing"), people.office, exclude=other) == []


def count(run):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        run()
    return len(queries)


@pytest.mark.parametrize("rows", [1, 40])
def test_the_number_of_queries_does_not_depend_on_rows(people, rows):
    for n in range(rows):
        make_organization(f"Riverbend Tenants Union {n}", "profiled", area=[people.office])
        make_organization(f"Riverbend Tenants {n}", "unlisted", kept_by=people.office)
        make_department(people.office, f"Department of Housing {n}")
    for person in (people.editor, people.stranger):
        belongs_somewhere(person)  # loads the person's memberships
    wanted = {f"line {n}": Known(f"{TENANTS} {n}", website="https://rtu.example") for n in range(20)}
    asked = {
        "one, staff": count(lambda: similar_organizations(people.editor, WANTED_HERE)),
        "one, strict": count(lambda: similar_organizations(people.stranger, WANTED_HERE, strict=True)),
        "a department": count(lambda: similar_departments(people.editor, Known("Housing Department"), people.office)),
        "twenty": count(lambda: similar_organizations_to_each(people.editor, wanted)),
    }
    assert asked == {"one, staff": 10, "one, strict": 5, "a department": 7, "twenty": 10}


WANTED_HERE = Known(TENANTS, website="https://rtu.example")


def test_many_lines_are_each_given_their_own(people):
    make_organization(TENANTS, "named")
    make_organization("Cedar Grove Youth Collective", "unlisted", kept_by=people.office)
    lines = {f"line {n}": Known(f"Quartz {n} Band") for n in range(50)}
    lines |= {"a": Known("Riverbend Tenant Union"), "b": Known("Ceder Grove Youth Collective"), "c": Known("!")}
    found = similar_organizations_to_each(people.editor, lines)
    assert {key: names(rows) for key, rows in found.items() if rows} == {
        "a": [TENANTS],
        "b": ["Cedar Grove Youth Collective"],
    }


@pytest.fixture
def index_names(db):
    """Return a function that adds names to the search index and counts their words."""

    def add(*names):
        rows = [search.row_of("organization", search.Entry(10**9 + n, True, name)) for n, name in enumerate(names)]
        SearchEntry.objects.bulk_create(rows)
        search.recount()

    yield add
    SearchEntry.objects.filter(record_id__gte=10**9).delete()


def test_it_is_found_among_very_many_with_the_same_common_words(people, index_names):
    wanted = make_organization("Community Housing Council of Quartzdale", "named")
    index_names(*(f"Community Housing Council {n}" for n in range(4500)))
    for typed in ("Quartzdale Community Housing Council", "Community Housing Council, Quartzdael"):
        assert names(similar_organizations(people.editor, Known(typed))) == [wanted.name]


def test_it_is_found_among_very_many_that_are_spelt_nearly_so(people, index_names):
    wanted = make_organization("New Talare Arts Project", "named")
    index_names(*(f"New Talase Arts Project of {n}" for n in range(300)))
    for typed in (wanted.name, "Talare Art Project"):
        assert names(similar_organizations(people.editor, Known(typed))) == [wanted.name]


@pytest.mark.slow
def test_a_name_of_common_words_alone_is_found_too(people, index_names):
    wanted = make_organization("Fair Housing Coalition", "named")
    kinds = ("Fair Wages Coalition", "Open Housing Coalition", "Fair Housing Center")
    index_names(*(f"{kinds[n % 3]} {n}" for n in range(7500)))
    for typed in (wanted.name, "Coalition for Fair Housing"):
        assert names(similar_organizations(people.editor, Known(typed)))[:1] == [wanted.name]
