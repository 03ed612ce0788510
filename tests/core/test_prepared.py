"""A prepared condition or statement selects the same rows as the filter that it was made from, for any values."""

from datetime import timedelta

import pytest
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, When, prefetch_related_objects

from partnerships.core import clock
from partnerships.core.fields import InList
from partnerships.core.prepared import (
    Placeholder,
    PreparedExists,
    PreparedRows,
    prefetch_prepared,
    prepared_by_ids,
    prepared_column,
    prepared_subquery,
)
from partnerships.core.snapshots import prefetch_rows
from partnerships.directory.models import BODIES
from partnerships.models import Jurisdiction, Organization, Partnership, Party
from tests.factories import make_issue_area, make_jurisdiction, make_organization, make_partnership

pytestmark = pytest.mark.both


def test_it_is_true_exactly_where_the_filter_has_rows(db):
    make_organization(name="Quilt'; --", listing="profiled")
    asked = PreparedExists.exists(
        Organization.objects.filter(name=Placeholder("name"), listing="profiled", version=Placeholder("version"))
    )
    office = make_jurisdiction()

    def matches(name, version):
        return Jurisdiction.objects.filter(asked.given({"name": name, "version": version}), pk=office.pk).exists()

    version = Organization.objects.get().version
    assert matches("Quilt'; --", version)
    assert not matches("Quilt", version)
    assert not matches("Quilt'; --", version + 1)
    assert not matches("%s", version)


def test_a_subquery_has_the_rows_of_its_moment(db):
    make_organization(name="100% \u2018quilt\u2019; --")
    asked = prepared_subquery(Organization.objects.filter(name__startswith="100%").values("kept_by"))
    office = make_jurisdiction()
    assert not Jurisdiction.objects.filter(pk__in=asked).exists()
    Organization.objects.update(kept_by=office)
    assert list(Jurisdiction.objects.filter(pk__in=asked)) == [office]
    assert not Jurisdiction.objects.exclude(pk__in=asked).filter(pk=office.pk).exists()


def test_a_subquery_that_nothing_can_meet_has_no_rows(db):
    office = make_jurisdiction()
    asked = prepared_subquery(Jurisdiction.objects.filter(pk__in=[]).values("pk"))
    assert not Jurisdiction.objects.filter(pk__in=asked).exists()
    assert list(Jurisdiction.objects.exclude(pk__in=asked)) == [office]


def test_it_can_be_negated_and_combined(db):
    office = make_jurisdiction()
    asked = PreparedExists.exists(Organization.objects.filter(name=Placeholder("name")))
    assert Jurisdiction.objects.filter(~asked.given({"name": "Nobody"}), pk=office.pk).count() == 1


def test_a_filter_that_nothing_can_meet_is_never_true(db):
    make_organization()
    make_jurisdiction()
    asked = PreparedExists.exists(Organization.objects.filter(name=Placeholder("name"), listing__in=[]))
    assert Jurisdiction.objects.filter(asked.given({"name": "x"})).count() == 0


def test_a_column_has_the_value_of_each_row_at_its_moment(db):
    first, second = make_jurisdiction("First"), make_jurisdiction("Second")
    keeps = Exists(Organization.objects.filter(kept_by=OuterRef("pk"), name__startswith="100%"))
    column = prepared_column(Jurisdiction.objects.all(), Case(When(keeps, then=1), default=0))
    rows = Jurisdiction.objects.annotate(keeps=column).order_by("name").values_list("name", "keeps")
    assert list(rows.all()) == [("First", 0), ("Second", 0)]
    make_organization(name="100% \u2018quilt\u2019; --", kept_by=second)
    assert list(rows.all()) == [("First", 0), ("Second", 1)]
    assert list(rows.filter(keeps=1, pk__in=[first.pk, second.pk])) == [("Second", 1)]


def test_a_column_cannot_be_part_of_a_subquery(db):
    column = prepared_column(Jurisdiction.objects.all(), Case(When(name="First", then=1), default=0))
    inner = Jurisdiction.objects.annotate(is_first=column).filter(is_first=1)
    with pytest.raises(AssertionError):
        Jurisdiction.objects.filter(pk__in=inner.values("pk")).exists()


def test_rows_are_those_of_the_moment_for_any_values(db, django_assert_num_queries):
    asked = PreparedRows(
        Organization.objects.filter(name=Placeholder("name"), created_at__lte=Placeholder("now"), version=1)
        .select_related("kept_by")
        .prefetch_related("issue_areas")
        .annotate(is_listed=Q(listing="profiled"))
        .order_by("-pk")
    )

    def found(name, now):
        with django_assert_num_queries(2):
            rows = asked.given({"name": name, "now": now})
            return [(row, row.kept_by.name, [*row.issue_areas.all()], row.is_listed) for row in rows]

    office, area = make_jurisdiction("The office"), make_issue_area()
    first = make_organization("100% \u2018quilt\u2019; --", kept_by=office, listing="profiled", issue_areas=[area])
    now = clock.now()
    assert found("100% \u2018quilt\u2019; --", now) == [(first, "The office", [area], True)]
    second = make_organization("100% \u2018quilt\u2019; --", kept_by=office, listing="unlisted")
    assert found("100% \u2018quilt\u2019; --", now) == [(first, "The office", [area], True)]
    assert [row for row, *_ in found("100% \u2018quilt\u2019; --", clock.now())] == [second, first]
    assert asked.given({"name": "%s", "now": clock.now()}) == []


def test_rows_are_found_by_day_and_as_dictionaries(db):
    today = clock.today()
    make_partnership("The table", ends_on=today)
    ended = Partnership.objects.filter(ends_on__lte=Placeholder("today")).values("title")
    asked = PreparedRows(ended[:1])
    assert asked.given({"today": today}) == [{"title": "The table"}]
    assert asked.given({"today": today - timedelta(days=1)}) == []


def test_rows_that_nothing_can_meet_are_none(db):
    make_jurisdiction()
    assert PreparedRows(Jurisdiction.objects.filter(pk__in=[])).given({}) == []


def test_rows_are_found_by_numbers(db, django_assert_num_queries):
    @prepared_by_ids
    def names(ids):
        offices = Jurisdiction.objects.filter(InList("pk", ids)).order_by().values_list("name")
        return offices.union(Organization.objects.filter(InList("kept_by", ids)).order_by().values_list("name"))

    first, second = make_jurisdiction("First"), make_jurisdiction("Second")
    make_organization("Quilt", kept_by=second)
    with django_assert_num_queries(1):
        assert names([first.pk]) == [("First",)]
    assert sorted(names(pk for pk in (first.pk, second.pk))) == [("First",), ("Quilt",), ("Second",)]
    Jurisdiction.objects.filter(pk=first.pk).update(name="Renamed")
    assert names({first.pk}) == [("Renamed",)]
    with django_assert_num_queries(0):
        assert names([]) == []


def test_relations_are_prefetched_as_by_django(db, django_assert_num_queries):
    area = make_issue_area()
    made = make_partnership("The table", issue_areas=[area], facts={"agreement": {"amount": 7}})

    def read(record):
        purpose = record.purpose.key
        parties = [(party.pk, party.partnership is record) for party in record.parties.all()]
        agreement = record.agreement.amount, record.agreement.partnership is record
        areas = [one.pk for one in record.issue_areas.all()]
        return parties, areas, agreement, getattr(record, "training", None), record.lead.name, purpose, record.origin

    names = ["parties", "issue_areas", "agreement", "training", "lead", "purpose", "origin"]
    by_django, record = (Partnership.objects.get(pk=made.pk) for _ in range(2))
    prefetch_related_objects([by_django], *names)
    with django_assert_num_queries(6):  # none for the origin, which it doesn't have
        prefetch_prepared(record, names)
    with django_assert_num_queries(0):
        assert read(record) == read(by_django)
        prefetch_prepared(record, names)
        prefetch_related_objects([record], *names)


def test_the_other_side_of_a_list_is_prefetched(db, django_assert_num_queries):
    used, unused = make_issue_area("used"), make_issue_area("unused")
    made = make_partnership("The table", issue_areas=[used])
    for area in (used, unused):
        prefetch_prepared(area, ["partnerships"])
    with django_assert_num_queries(0):
        assert [*used.partnerships.all()] == [made]
        assert [*unused.partnerships.all()] == []


def test_a_relation_with_a_queryset_of_its_own_is_read_by_that(db, django_assert_num_queries):
    made = Partnership.objects.get(pk=make_partnership("The table").pk)
    with django_assert_num_queries(4):  # two lists of terms, parties, roles
        prefetch_rows(
            [made], Prefetch("parties", Party.objects.select_related(*BODIES).order_by("-pk")), "parties__roles"
        )
    with django_assert_num_queries(0):
        found = [(party.pk, party.entity.name, len(party.roles.all())) for party in made.parties.all()]
    assert found == [(party.pk, party.entity.name, 1) for party in Party.objects.order_by("-pk")]
