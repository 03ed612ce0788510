"""A prepared condition or statement selects the same rows as the filter that it was made from, for any values."""

from datetime import timedelta

import pytest
from django.db.models import Q

from partnerships.core import clock
from partnerships.core.fields import InList
from partnerships.core.prepared import (
    Placeholder,
    PreparedExists,
    PreparedRows,
    prepared_by_ids,
)
from partnerships.models import Jurisdiction, Organization, Partnership
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


def test_it_can_be_negated_and_combined(db):
    office = make_jurisdiction()
    asked = PreparedExists.exists(Organization.objects.filter(name=Placeholder("name")))
    assert Jurisdiction.objects.filter(~asked.given({"name": "Nobody"}), pk=office.pk).count() == 1


def test_a_filter_that_nothing_can_meet_is_never_true(db):
    make_organization()
    make_jurisdiction()
    asked = PreparedExists.exists(Organization.objects.filter(name=Placeholder("name"), listing__in=[]))
    assert Jurisdiction.objects.filter(asked.given({"name": "x"})).count() == 0


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
