"""Counts of people as everyone sees them: rounded, with rates, gaps and intervals computed from rounded counts alone.

Also what a correction changes, below which limit a period hides groups, and numbers quoted from a published table.
"""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_kinds import baseline_of
from partnerships.measurement.number_queries import displayed_disparity, numbers_of, true_values
from partnerships.measurement.quoting import HIDES, MIXED, NO_LINK, NO_PUBLISHER, ONLY_INDICATORS, OWN_PAGE
from partnerships.measurement.rate_math import COUNT, EVENTS, PROPORTION, Cell
from partnerships.measurement.rounding import nearest, rounded_cell
from partnerships.measurement.suppression import is_small
from partnerships.models import Change, DataPoint
from tests.factories import make_measure, make_partnership

YEAR = date(2024, 1, 1)
RACES = ("asian", "black", "hispanic", "white")
GROUPS = [{"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in RACES]
QUOTE = {"published_by": "Census Bureau", "link": "https://example.org/table"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def measure():
    return make_measure(groups=GROUPS)


def key_of(name):
    return "" if name == "all" else f"race={name}"


def enter_numbers(measure, on=YEAR, more=None, **cells):
    """Enter numbers. `cells`: group → (numerator, denominator), or the value alone."""
    rows = [{"starts_on": on, "cell": key_of(name)} | _values(given) | (more or {}) for name, given in cells.items()]
    return save_points(measure=measure, by=SYSTEM, rows=rows, why="A better count")


def _values(given):
    return {"numerator": D(given[0]), "denominator": D(given[1])} if isinstance(given, tuple) else {"value": D(given)}


def public_number(measure, name="all", on=YEAR):
    return numbers_of(None, type(measure).objects.get(pk=measure.pk)).number(on, key_of(name))


def counts(number):
    return number.state, number.value, number.numerator, number.denominator


def refusals(measure, **cells):
    with pytest.raises(ValidationError) as problem:
        enter_numbers(measure, **cells)
    return {key: found[0].messages[0] for key, found in problem.value.error_dict.items()}


# What is shown


def test_the_nearest_five():
    found = {count: nearest(count) for count in (0, 1, 2, 3, 5, 7, 8, 12, 13, 102, 103)}
    assert found == {0: 0, 1: 0, 2: 0, 3: 5, 5: 5, 7: 5, 8: 10, 12: 10, 13: 15, 102: 100, 103: 105}
    assert nearest(None) is None


@pytest.mark.parametrize(
    ("kind", "above", "below", "shown"),
    [
        (PROPORTION, 41, 80, (50, 40, 80)),
        (PROPORTION, 0, 41, (0, 0, 40)),  # a real zero
        (PROPORTION, 43, 43, (100, 45, 45)),
        (PROPORTION, 9, 18, (50, 10, 20)),  # 20 after rounding
        (PROPORTION, 9, 17, (None, 10, 15)),
        (EVENTS, 33, 22, (175, 35, 20)),
    ],
)
def test_a_rate_is_made_of_rounded_counts_in_whole_units_from_twenty_up(kind, above, below, shown):
    assert rounded_cell(Cell("", None, D(above), D(below)), 100, kind) == Cell("", *shown)


def test_a_count_is_small_where_it_is_or_is_shown_below_the_limit():
    """With a limit of 7, a count of 7 would be shown as 5, which could then only be 7."""
    found = {
        limit: [n for n in range(40) if is_small(Cell("", D(n)), limit, COUNT)][-1] for limit in (5, 6, 7, 8, 9, 10, 12)
    }
    assert found == {5: 4, 6: 7, 7: 7, 8: 7, 9: 8, 10: 9, 12: 12}


def test_numbers_leave_rounded_and_with_an_interval_that_includes_the_rounding(measure):
    enter_numbers(measure, all=(333, 1104))
    number = public_number(measure)
    assert counts(number) == ("", 30, 335, 1105)
    # Wilson's interval starts at 27.40 for 332.5 of 1107.5, and ends at 33.40 for 337.5 of 1102.5.
    assert (number.low, number.high) == (27, 34)


def test_a_rate_of_too_few_leaves_its_counts_alone(measure):
    enter_numbers(measure, all=(9, 17))
    assert counts(public_number(measure)) == ("counts_only", None, 10, 15)


def test_a_count_of_people_leaves_rounded_wherever_it_was_typed():
    count = make_measure("Who came", unit="number", groups=GROUPS)
    enter_numbers(count, all=23)
    save_points(measure=count, by=SYSTEM, rows=[{"starts_on": date(2023, 1, 1), "numerator": D(41)}])
    assert (counts(public_number(count)), counts(public_number(count, on=date(2023, 1, 1)))) == (
        ("", 25, None, None),
        ("", 40, None, None),
    )


def test_other_things_stay_exact():
    homes = make_measure("Homes mended", unit="number", counted="things", groups=GROUPS)
    enter_numbers(homes, all=23, black=2)
    assert [public_number(homes, name).value for name in ("all", "black")] == [23, 2]
    share = make_measure("Homes to code", counted="things")
    enter_numbers(share, all=(3, 7))
    assert (round(public_number(share).value, 2), public_number(share).numerator, public_number(share).denominator) == (
        D("42.86"),
        3,
        7,
    )
    money = make_measure("Dollars given", unit="money", counted="")
    enter_numbers(money, all="1234.56")
    assert public_number(money).value == D("1234.56")


def test_of_an_average_the_people_it_is_of_are_rounded():
    days = make_measure("Days until help came", unit="days", counted="")
    row = {"starts_on": YEAR, "value": D("12.5"), "numerator": D(525), "denominator": D(42)}
    save_points(measure=days, by=SYSTEM, rows=[row])
    assert counts(public_number(days)) == ("", D("12.5"), None, 40)


def test_ratio_and_gap_need_ten_in_both_counts_above_the_line(measure):
    enter_numbers(measure, all=(340, 1200), black=(103, 400), hispanic=(7, 400), white=(230, 400))
    found = numbers_of(None, measure)
    black, hispanic, white = (found.number(YEAR, key_of(name)) for name in ("black", "hispanic", "white"))
    assert (
        round(displayed_disparity(measure, black, white).ratio, 4),
        displayed_disparity(measure, black, white).gap,
    ) == (D("0.4565"), -31)
    assert displayed_disparity(measure, black, white).gap_between == (
        -40,
        -22,
    )  # Newcombe's interval, from -39.24 to -22.79
    assert (displayed_disparity(measure, hispanic, white).ratio, displayed_disparity(measure, hispanic, white).gap) == (
        None,
        None,
    )


def test_a_baseline_is_rounded_as_its_numbers_are():
    assert baseline_of(make_measure(baseline_value=D("51.25"), baseline_on=YEAR)) == 51
    count = {"unit": "number", "baseline_on": YEAR}
    assert baseline_of(make_measure("Who came", baseline_value=D(23), **count)) == 25
    assert baseline_of(make_measure("Who came", baseline_value=D(3), **count)) is None
    assert baseline_of(make_measure("Homes", counted="things", baseline_value=D(23), **count)) == 23


def test_a_groups_rate_needs_its_counts(measure):
    error = "Enter the numerator and denominator of this group’s rate. We round them before others see the rate."
    assert refusals(measure, all="12.5", black="12.5") == {"points-1-value": error}
    enter_numbers(measure, all="12.5")
    assert counts(public_number(measure)) == ("", 13, None, None)
    # One that was entered before this rule is hidden.
    DataPoint.objects.create(measure=measure, starts_on=YEAR, cell="race=black", value=D(9), at=datetime.now(UTC))
    assert public_number(measure, "black").state == "suppressed"


# Corrections


def test_a_correction_shows_from_five_on(measure):
    enter_numbers(measure, all=(102, 400))
    for above, below, shown in (
        (103, 400, ("", 25, 100, 400)),
        (106, 404, ("", 25, 100, 400)),
        (107, 400, ("", 26, 105, 400)),
        (103, 400, ("", 26, 105, 400)),  # differs by four from 107, which it's made from now
        (107, 405, ("", 26, 105, 405)),
    ):
        enter_numbers(measure, all=(above, below))
        assert (above, below, counts(public_number(measure))) == (above, below, shown)


def test_a_correction_that_does_not_show_moves_nothing_public_and_is_in_the_log(measure):
    enter_numbers(measure, all=(102, 400))
    before, entries = type(measure).objects.get(), Change.objects.count()
    number = public_number(measure)
    enter_numbers(measure, all=(103, 400))
    after = type(measure).objects.get()
    assert [getattr(after, name) == getattr(before, name) for name in ("public_version", "stamp", "updated_at")] == [
        True
    ] * 3
    assert (public_number(measure), Change.objects.count()) == (number, entries + 1)
    enter_numbers(measure, all=(103, 400), more={"story": "Rents rose."})
    after = type(measure).objects.get()
    assert (after.public_version, public_number(measure).story) == (before.public_version + 1, "Rents rose.")
    assert public_number(measure).at == number.at


def test_a_number_that_was_taken_out_comes_back_as_it_was_public(measure):
    enter_numbers(measure, all=(102, 400))
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": YEAR}])
    enter_numbers(measure, all=(103, 400))
    assert counts(public_number(measure)) == ("", 25, 100, 400)


def test_what_is_hidden_stays_hidden_and_small_corrections_hide_nothing_more(measure):
    enter_numbers(measure, all=(335, 1200), asian=(5, 100), black=(30, 100), white=(300, 1000))
    shown = {name: public_number(measure, name) for name in ("all", "asian", "black", "white")}
    assert {number.state for number in shown.values()} == {""}
    enter_numbers(measure, all=(334, 1200), asian=(4, 100))
    assert {name: public_number(measure, name) for name in shown} == shown
    enter_numbers(measure, all=(340, 1200), asian=(0, 100), black=(40, 100))
    enter_numbers(measure, asian=(3, 100))
    assert public_number(measure, "asian").numerator == 0
    enter_numbers(measure, black=(3, 100), all=(303, 1200))
    hidden = [name for name in shown if public_number(measure, name).state]
    enter_numbers(measure, black=(80, 100), all=(380, 1200))
    assert "black" in hidden
    assert [name for name in shown if public_number(measure, name).state] == hidden


# The limit below which groups are hidden


def at_day(day):
    return time_machine.travel(datetime(2025, 1, day, 12, tzinfo=UTC), tick=False)


def set_limit(measure, smallest):
    save_measure(measure=measure, by=SYSTEM, fields={"smallest": smallest})


def test_raising_the_limit_acts_everywhere_and_lowering_it_on_later_periods_alone():
    cells = {"all": (80, 200), "white": (71, 150), "black": (9, 50)}
    with at_day(1):
        measure = make_measure(groups=GROUPS)
        enter_numbers(measure, date(2021, 1, 1), **cells)
    assert public_number(measure, "black", date(2021, 1, 1)).state == ""
    with at_day(2):
        set_limit(measure, 10)
        enter_numbers(measure, date(2022, 1, 1), **cells)
    with at_day(3):
        set_limit(measure, 5)
        enter_numbers(measure, date(2023, 1, 1), **cells)
    found = [public_number(measure, "black", date(year, 1, 1)) for year in (2021, 2022, 2023)]
    assert [(number.state, number.limit) for number in found] == [("suppressed", 10), ("suppressed", 10), ("", 0)]
    with at_day(4):
        set_limit(measure, 20)
    assert public_number(measure, "black", date(2023, 1, 1)).state == "suppressed"


def test_the_limit_is_from_five_to_thirty(measure):
    for smallest in (4, 31):
        with pytest.raises(ValidationError) as problem:
            set_limit(measure, smallest)
        assert list(problem.value.error_dict) == ["smallest"]


# Published tables


def test_a_published_table_is_shown_exactly_with_small_groups_and_rates_alone(measure):
    enter_numbers(measure, more=QUOTE, all=(333, 1104), asian=(3, 4), black="12.5")
    assert counts(public_number(measure, "asian")) == ("", 75, 3, 4)
    assert counts(public_number(measure, "black")) == ("", D("12.5"), None, None)
    assert (public_number(measure).published_by, public_number(measure).link) == (QUOTE["published_by"], QUOTE["link"])
    enter_numbers(measure, all=(334, 1104))
    assert (public_number(measure).numerator, public_number(measure).link) == (
        334,
        QUOTE["link"],
    )  # a correction keeps the quote, so the number is exact


def test_a_quote_needs_an_indicator_who_published_it_and_a_page_elsewhere(measure, settings):
    settings.BASE_URL = "https://registry.example.org"
    wrong = {
        NO_LINK: ("link", {"published_by": "Census Bureau"}),
        NO_PUBLISHER: ("published_by", {"link": "https://example.org/table"}),
        OWN_PAGE: ("link", QUOTE | {"link": "https://registry.example.org/measures/"}),
    }
    for error, (field, given) in wrong.items():
        assert refusals(measure, all=(30, 100), more=given) == {f"points-0-{field}": error}
    clients = make_measure("Clients helped", partnership=make_partnership())
    assert refusals(clients, all=(30, 100), more=QUOTE) == {"points-0-link": ONLY_INDICATORS}


def test_a_period_is_quoted_whole_or_not_at_all(measure):
    enter_numbers(measure, all=(333, 1104), white=(300, 1000))
    assert refusals(measure, black=(33, 104), more=QUOTE) == {"points-0-link": MIXED}
    enter_numbers(measure, more=QUOTE, all=(333, 1104), white=(300, 1000), black=(33, 104))
    assert refusals(measure, black=(33, 104), more={"published_by": "", "link": ""}) == {"points-0-link": MIXED}
    enter_numbers(measure, date(2023, 1, 1), all=(303, 1104), white=(300, 1000), black=(3, 104))
    found = refusals(measure, on=date(2023, 1, 1), more=QUOTE, all=(303, 1104), white=(300, 1000), black=(3, 104))
    assert set(found.values()) == {HIDES}
    cells = measure.points.filter(starts_on=date(2023, 1, 1)).values_list("cell", flat=True)
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(2023, 1, 1), "cell": cell} for cell in cells])
    assert refusals(measure, on=date(2023, 1, 1), more=QUOTE, black=(3, 104)) == {"points-0-link": HIDES}
    enter_numbers(measure, date(2022, 1, 1), more=QUOTE, black=(3, 104))


def test_a_baseline_that_was_hidden_stays_so_under_a_lower_limit():
    measure = make_measure(unit="number", smallest=10, baseline_value=D(8), baseline_on=YEAR)
    assert baseline_of(save_measure(measure=measure, by=SYSTEM, fields={"smallest": 5})) is None
    assert baseline_of(make_measure("Another", unit="number", smallest=5, baseline_value=D(8), baseline_on=YEAR)) == 10


@pytest.mark.parametrize(
    ("given", "fields", "least", "most"),
    [
        (("102", "498"), {}, D("97.5") / D("502.5") * 100, D("102.5") / D("497.5") * 100),
        (("0", "498"), {}, 0, 0),
        ("21", {}, D("20.5"), D("21.5")),
        ("102", {"unit": "number"}, D("97.5"), D("102.5")),
        ("0", {"unit": "number"}, 0, 0),
        ("102", {"unit": "number", "counted": "things"}, 102, 102),
    ],
)
def test_the_true_value_of_every_number_is_within_what_rounding_leaves_open(given, fields, least, most):
    measure = make_measure(**fields)
    enter_numbers(measure, all=given)
    found = true_values(measure, numbers_of(None, measure).number(YEAR))
    assert [round(end, 9) for end in found] == [round(D(end), 9) for end in (least, most)]
    entered = D(given[0]) * 100 / D(given[1]) if isinstance(given, tuple) else D(given)
    assert found.low <= entered <= found.high


def test_a_quoted_number_is_exact():
    measure = make_measure(groups=GROUPS)
    enter_numbers(measure, more=QUOTE, all="21.4")
    assert true_values(measure, numbers_of(None, measure).number(YEAR)) == (D("21.4"), D("21.4"))
    assert true_values(measure, numbers_of(None, measure).number(date(2020, 1, 1))) is None
