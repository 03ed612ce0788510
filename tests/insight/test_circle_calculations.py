"""Circles, shares and moves, compared with hand-made tables and, on random data, with a longer calculation."""

import random
from datetime import date

import pytest

from partnerships.insight import circles
from partnerships.insight.circles import Share

RINGS = ["decides", "co_designs", "consulted", "informed"]
SIDES = ["government", "community", "institution"]


@pytest.mark.parametrize(
    ("several", "closest"),
    [
        (["consulted", "decides"], "decides"),
        (["informed", ""], "informed"),
        (["", "declined"], ""),
        (["not_approached", "declined"], "not_approached"),
        (["co_designs"], "co_designs"),
    ],
)
def test_a_partner_appears_once_in_its_innermost_circle(several, closest):
    assert circles.innermost(several) == closest


@pytest.mark.parametrize(
    ("sitting", "empty", "found", "ratio"),
    [
        ([], [], Share(0, 0, 0), None),
        ([], ["decides", "informed"], Share(0, 0, 1), None),
        ([("government", "decides"), ("community", "consulted")], [], Share(1, 0, 0), 0),
        ([("government", "decides"), ("community", "co_designs")], ["co_designs"], Share(2, 1, 1), 0.5),
        # An institution isn't community, an unknown circle isn't an inner one, and a partner that declined doesn't
        # count.
        ([("institution", "decides"), ("community", ""), ("community", "declined")], [], Share(1, 0, 0), 0),
    ],
)
def test_the_share_of_the_inner_rings(sitting, empty, found, ratio):
    sitting = [(side, circle, False) for side, circle in sitting]
    assert circles.share(sitting, empty) == found
    assert circles.share(sitting, empty).ratio == ratio


def test_a_seat_is_filled_by_a_fitting_partner():
    seats = {1: ("department", 5), 2: ("term", 9), 3: ("jurisdiction", 5), 4: ("term", 8)}
    answers = {
        "housing": {("department", 5), ("jurisdiction", 2)},
        "tenants": {("term", 9), ("term", 7)},
        "club": {("term", 9)},
    }
    assert circles.fill_seats(seats, answers) == {1: ["housing"], 2: ["tenants", "club"], 3: [], 4: []}


@pytest.mark.parametrize(
    ("last", "limit", "since"),
    [(None, 31, None), (date(2026, 3, 1), 31, date(2026, 3, 1)), (date(2026, 3, 2), 31, None)],
)
def test_quiet_only_when_longer_than_the_rhythm(last, limit, since):
    assert circles.quiet_since(last, limit, date(2026, 4, 2)) == since


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_the_quarter_of_a_day(day, first):
    assert circles.quarter_of(day) == first


def test_moves_between_two_quarters():
    before = {"a": "consulted", "b": "decides", "c": "informed", "d": "informed", "e": "decides"}
    now = {"a": "co_designs", "b": "informed", "c": "informed", "e": "", "f": "decides", "g": "declined", "h": ""}
    found = circles.compare(before, now, gone=2)
    assert found.closer == [("a", "consulted", "co_designs")]
    assert found.outward == [("b", "decides", "informed")]
    assert found.left == [("d", "informed"), ("e", "decides")]
    assert found.came == [("f", "decides")]
    assert (found.gone, bool(found), bool(circles.compare(now | {"e": "informed"}, now | {"e": "informed"}))) == (
        2,
        True,
        True,
    )
    assert not circles.compare({"a": "decides"}, {"a": "decides"})


def _random_table(chance):
    bodies = [
        (
            n,
            chance.choice(SIDES),
            chance.choice([*RINGS, "", "not_approached", "declined"]),
            set(chance.sample(range(8), 2)),
        )
        for n in range(chance.randrange(9))
    ]
    seats = [(n, chance.randrange(8), chance.choice(RINGS)) for n in range(chance.randrange(6))]
    return bodies, seats


def test_a_thousand_random_tables_counted_the_long_way():
    chance = random.Random(20261125)
    seen_empty = seen_filled = 0
    for _ in range(1500):
        bodies, seats = _random_table(chance)
        answers = {n: keys for n, _, circle, keys in bodies if circles.has_seat(circle)}
        found = circles.fill_seats({n: wanted for n, wanted, _ in seats}, answers)
        for n, wanted, _ in seats:
            fill = []
            for body, _, circle, keys in bodies:
                if circle != "declined" and circle != "not_approached" and any(key == wanted for key in keys):
                    fill.append(body)
            assert found[n] == fill
            seen_filled, seen_empty = seen_filled + bool(fill), seen_empty + (not fill)
        empty = [circle for n, _, circle in seats if not found[n]]
        share = circles.share([(side, circle, False) for _, side, circle, _ in bodies], empty)
        taken = community = hollow = 0
        for _, side, circle, _ in bodies:
            if circle == "decides" or circle == "co_designs":
                taken += 1
                community += side == "community"
        for circle in empty:
            hollow += circle == "decides" or circle == "co_designs"
        assert (share.taken, share.community, share.empty) == (taken, community, hollow)
    assert min(seen_empty, seen_filled) > 500


def test_a_thousand_random_comparisons_equal_the_longer_calculation():
    chance = random.Random(7)
    kinds = dict.fromkeys(("closer", "outward", "came", "left", "same"), 0)
    for _ in range(1500):
        before = {n: chance.choice(RINGS) for n in range(8) if chance.random() < 0.6}
        now = {n: chance.choice([*RINGS, "", "declined"]) for n in range(8) if chance.random() < 0.7}
        found = circles.compare(before, now)
        moved = {"closer": [], "outward": [], "came": [], "left": []}
        for n in range(8):
            was = RINGS.index(before[n]) if n in before else None
            is_now = RINGS.index(now[n]) if now.get(n) in RINGS else None
            if was is None and is_now is None:
                continue
            if was is None:
                kind = "came"
                moved[kind].append((n, now[n]))
            elif is_now is None:
                kind = "left"
                moved[kind].append((n, before[n]))
            elif is_now == was:
                kind = "same"
            else:
                kind = "closer" if is_now < was else "outward"
                moved[kind].append((n, before[n], now[n]))
            kinds[kind] += 1
        assert {kind: sorted(getattr(found, kind)) for kind in moved} == moved
    assert min(kinds.values()) > 100
