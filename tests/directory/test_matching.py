"""Possible duplicates: two hundred labeled pairs, and the score of single facts. They need no database."""

import csv
from pathlib import Path

import pytest

from partnerships.directory.matching import (
    LIKELY,
    PERHAPS,
    Known,
    names_of_line,
    number_of,
    phone_of,
    similarity,
    site_of,
)
from partnerships.directory.name_similarity import name_similarity

PAIRS = list(csv.DictReader(Path(__file__).with_name("pairs.csv").open(encoding="utf-8")))
HALL = "Riverbend Assembly Hall"


def known(name, facts):
    """Parse a record of the table, like “website: x.example | ein: 12-3456789 | place: MN/Alder”."""
    given = dict(part.strip().split(": ", 1) for part in facts.split("|") if part.strip())
    place = given.get("place")
    return Known(
        name,
        other_names=names_of_line(given.get("also", "")),
        website=given.get("website", ""),
        identifiers=frozenset({number_of("ein", given["ein"])} if "ein" in given else ()),
        mail_domains=frozenset({given["mail"]} if "mail" in given else ()),
        phones=frozenset({phone_of(given["phone"])} if "phone" in given else ()),
        address=given.get("address", ""),
        places=((f"/{place}/", place.rpartition("/")[2]),) if place else (),
        body=given.get("body", ""),
    )


def scores(same):
    """Return “one | other” → score, for the pairs with this label."""
    return {
        f"{row['one']} | {row['other']}": similarity(
            known(row["one"], row["one_known"]), known(row["other"], row["other_known"])
        ).score
        for row in PAIRS
        if row["same"] == same
    }


def test_of_the_same_nearly_all_are_found_and_no_other_is_taken_for_the_same():
    same, others = ([row for row in PAIRS if row["same"] == label] for label in ("yes", "no"))
    assert (len(same), len(others)) == (100, 100)
    missed = {pair: score for pair, score in scores("yes").items() if score <= PERHAPS}
    assert len(missed) <= 5, missed
    assert {pair: score for pair, score in scores("no").items() if score > LIKELY} == {}


def test_the_order_of_the_two_makes_no_difference():
    for row in PAIRS:
        one, other = known(row["one"], row["one_known"]), known(row["other"], row["other_known"])
        assert similarity(one, other).score == similarity(other, one).score, row


def test_every_name_is_the_same_as_itself():
    names = {row[side] for row in PAIRS for side in ("one", "other")}
    assert [name for name in sorted(names) if name_similarity(name, name).score != 100] == []


@pytest.mark.parametrize("name", ["", "!!!", "…", "The", "\0", "العربية", "𝔘𝔫𝔦", "a" * 5000, "A. B. C.", "co", "MN"])
def test_any_name_can_be_compared(name):
    for other in (name, HALL, "", "The Of"):
        assert 0 <= name_similarity(name, other).score <= 100
        assert name_similarity(name, other).score == name_similarity(other, name).score


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (HALL, HALL, "The names are the same."),
        ("Riverbend Hall, Inc.", "The Riverbend Hall", "The names have the same words."),
        ("Hall of Riverbend", "Riverbend Hall", "The names have the same words in another order."),
        ("River Bend Hall", "Riverbend Hall", "The names differ only in how the words are split."),
        ("Riverbend Asembly Hall", HALL, "The names are spelled almost the same."),
        ("RAH", HALL, "“RAH” are the first letters of the other name."),
    ],
)
def test_the_reason_says_how_names_are_similar(one, other, reason):
    assert similarity(Known(one), Known(other)).reasons == (reason,)


def test_reasons_state_the_facts_and_each_raises_the_score():
    one, other = Known("Riverbend Tenants"), Known("Riverbend Renters")
    least = similarity(one, other).score
    given = {
        "website": ("https://www.riverbend.example/", "Both have the website riverbend.example."),
        "mail_domains": (frozenset({"riverbend.example"}), "Both use email addresses at riverbend.example."),
        "phones": (frozenset({"6125550134"}), "Both have the phone number 612-555-0134."),
        "address": ("12 Elm Street, Alder", "Both have the same address."),
        "identifiers": (frozenset({("ein", "123456789")}), "Both have the EIN 123456789."),
    }
    for field, (value, reason) in given.items():
        found = similarity(Known(one.name, **{field: value}), Known(other.name, **{field: value}))
        assert reason in found.reasons
        assert found.score > least, field
        assert reason not in similarity(one, Known(other.name, **{field: value})).reasons


def test_what_speaks_against_is_said_too():
    here, there = ((f"/{place}/", place) for place in ("Alder", "Tilden"))
    found = similarity(Known(HALL, places=(here,)), Known(HALL, places=(there,)))
    assert found.score == 70
    assert found.reasons == ("The names are the same.", "But they serve different places.")
    found = similarity(Known("Riverbend Local 26"), Known("Riverbend Local 62"))
    assert found.score < PERHAPS
    assert found.reasons == ("But a number, direction, place or part of the names differs.",)


def test_a_place_within_another_is_no_other_place():
    city, county = ("/1/2/", "Alder"), ("/1/", "Alder County")
    assert similarity(Known(HALL, places=(city,)), Known(HALL, places=(county,))).score == 100


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("https://www.x.example/", ("x.example", "")),
        ("x.example", ("x.example", "")),
        ("HTTP://X.Example/About/", ("x.example", "/about")),
        ("https://[", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_website_is_read_without_what_says_nothing(typed, site):
    assert site_of(typed) == site


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("(612) 555-0134", "6125550134"), ("+1 612.555.0134 ext. 9", "6125550134"), ("555-0134", ""), ("call us", "")],
)
def test_a_phone_number_is_its_ten_digits(typed, digits):
    assert phone_of(typed) == digits


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("VRJ", ("VRJ",)),
        ("VRJ; Light Group, Inc.", ("VRJ", "Light Group, Inc.")),
        ("VRJ, Light Group, Inc., City of Alder, CA", ("VRJ", "Light Group, Inc.", "City of Alder, CA")),
        (" ; ", ()),
    ],
)
def test_a_line_of_other_names_is_read_name_by_name(line, names):
    assert names_of_line(line) == names
