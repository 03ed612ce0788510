"""The picture: the same marks have the same positions, none overlaps another, and what doesn't fit becomes one mark."""

import random
import re
from itertools import pairwise

import pytest

from partnerships.web.charts.ring import RING_NAMES, both_sizes, broken, small, spoken, still
from partnerships.web.charts.ring_places import BELOW, LEFT, NARROW, RIGHT, WIDE, Mark, placed


def make_mark(n, side=LEFT, ring=0, **more):
    return Mark(str(n), f"place-{n}", f"Partner {n}", "Member", side, ring, **more)


def box(size, x, y):
    """The bounding box of a mark: left, top, right, bottom. Squares and diamonds are inside it."""
    return x - size.mark, y - size.mark, x + size.mark, y + size.mark


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def overlaps(found, size):
    """Return marks that overlap another mark, the name of a circle, or another mark's line or label."""
    wrong, boxes = [], [(m, box(size, x, y)) for m, x, y in found]
    for i, (one, a) in enumerate(boxes):
        wrong += [(one.id, other.id) for other, b in boxes[:i] if overlap(a, b)]
    letter, down = (6.6, 17) if size.is_wide else (6.1, 12.5)
    for ring_name, edge in zip(RING_NAMES, size.edges, strict=True):
        half, line = len(ring_name) * letter / 2, down - edge
        wrong += [(one.id, ring_name) for one, a in boxes if overlap(a, (-half, line - 10, half, line + 3))]
    if size.is_wide:
        sided = [(m, x, y) for m, x, y in found if m.side != BELOW]
        for m, x, y in sided:
            sign = -1 if m.side == LEFT else 1
            line = sorted((x + sign * (size.mark + 3), sign * (size.edges[-1] + 14)))
            leader = (line[0], y - 0.5, line[1], y + 0.5)
            wrong += [(m.id, f"leader of {o.id}") for o, a in boxes if o is not m and overlap(a, leader)]
            wrong += [(m.id, o.id, "label") for o, _, b in sided if o.side == m.side and 0 < b - y < 30]
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_mark_of_a_thousand_tables_lies_on_anything(size):
    chance = random.Random(5)
    for _ in range(1000):
        most = chance.choice([3, 8, 12, 40])
        sides = [LEFT] * chance.randrange(most + 1) + [RIGHT] * chance.randrange(most + 1)
        sides += [BELOW] * chance.randrange(7)
        marks = [make_mark(n, side, chance.randrange(5)) for n, side in enumerate(sides)]
        found = placed(marks, size)
        assert overlaps(found, size) == []
        assert sum(one.more for one, _, _ in found) == len(marks)
        assert placed(marks, size) == found


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_twelve_marks_of_a_half_are_shown_and_a_thirteenth_folds(size):
    twelve = [make_mark(n, RIGHT, ring) for n, ring in enumerate([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3])]
    assert sorted(one.id for one, _, _ in placed(twelve, size)) == sorted(one.id for one in twelve)
    found = placed([*twelve, make_mark(12, RIGHT, 3)], size)
    folded = [one for one, _, _ in found if one.more > 1]
    assert [(one.number, one.name, one.id, one.ring) for one in folded] == [
        ("+2", "2 more in the table", "place-11", 3)
    ]
    assert len(found) == 12


def test_a_crowd_folds_by_rings_and_each_mark_stays_in_its_ring():
    marks = [make_mark(n, LEFT, n % 4) for n in range(200)]
    for size in (WIDE, NARROW):
        found = placed(marks, size)
        assert len(found) <= 12
        assert {one.ring for one, _, _ in found} == {0, 1, 2, 3}
        for one, x, y in found:
            assert x < 0
            assert (x**2 + y**2) ** 0.5 == pytest.approx(size.middles[one.ring])


def test_institutions_are_below_between_the_halves():
    marks = [
        make_mark(0, BELOW, 0),
        make_mark(1, BELOW, 2),
        make_mark(2, BELOW, 2),
        make_mark(3, LEFT, 2),
        make_mark(4, RIGHT, 2),
    ]
    found = {one.id: (x, y) for one, x, y in placed(marks, WIDE)}
    assert found["place-0"] == (0, WIDE.middles[0])
    assert all(found[f"place-{n}"][1] > 130 for n in (1, 2))
    assert found["place-3"][0] < -100
    assert found["place-4"][0] > 100


def test_a_picture_without_a_table_names_all_who_are_in_it():
    wide, narrow = re.findall(r"<svg.*?</svg>", still([make_mark(1), make_mark(2, RIGHT, 1)], title="Here", centre="T"))
    names = "1 Partner 1 Member, government, decides; 2 Partner 2 Member, community, co-designs."
    assert (f"{names}</desc>" in wide, f"{names}</desc>" in narrow) == (True, True)


def test_each_mark_links_to_its_row_and_has_a_full_name():
    marks = [
        make_mark(1),
        make_mark(2, RIGHT, 1, is_hollow=True),
        make_mark(3, BELOW, 3),
        make_mark(4, RIGHT, 3, is_quiet=True),
    ]
    declined = [Mark("5", "place-5", "Builders", "", RIGHT, 5, is_hollow=True)]
    text = both_sizes(marks, declined, title="Who <is> here", centre="Table")
    wide, narrow = re.findall(r"<svg.*?</svg>", text)
    for picture in (wide, narrow):
        assert sorted(re.findall(r'href="#([^"]+)"', picture)) == [f"place-{n}" for n in range(1, 6)]
    assert "Who &lt;is&gt; here" in text
    assert "style=" not in text
    assert [spoken(one) for one in (*marks, *declined)] == [
        "1 Partner 1 Member, government, decides",
        "2 Partner 2 Member, community, co-designs",
        "3 Partner 3, Member, institution, informed",
        "4 Partner 4 Member, community, informed",
        "5 Declined: Builders, community",
    ]
    assert text.count("v-seat v-com v-declined") == 2
    assert text.count("v-mark v-com v-drift") == 2
    assert "v-tail" not in text


def texts(picture):
    return re.findall(r'<text class="v-(?:n|label|note)"[^>]*>([^<]*)<', picture)


def test_a_long_name_breaks_over_two_lines_and_is_never_cut():
    long = Mark("1", "place-1", "Council of all the faith bodies of the valley", "Member", RIGHT, 1)
    seen = texts(both_sizes([long], [], title="T", centre="Table"))
    assert seen == ["1", "Council of all the faith", "bodies of the valley", "Member", "1"]
    assert spoken(long).startswith(" ".join(seen[:4]))
    below = Mark("1", "place-1", "A" * 40 + " " + "B" * 50, "Member", BELOW, 1)
    assert texts(both_sizes([below], [], title="T", centre="Table"))[2:4] == ["A" * 40, "B" * 50 + ", Member"]
    for name in ("x" * 90, "one two " * 20):
        assert " ".join(broken(name)) == " ".join(name.split())
        assert len(broken(name)) <= 2
    assert 'textLength="232"' in both_sizes([Mark("1", "p", "x" * 90, "", LEFT, 1)], [], title="T", centre="Table")


def test_a_note_is_left_out_rather_than_drawn_over_the_next_name():
    marks = [
        Mark(str(n), f"place-{n}", f"Council of all the faith bodies of valley {n}", "Member", RIGHT, 1)
        for n in range(7)
    ]
    wide = re.findall(r"<svg.*?</svg>", both_sizes(marks, [], title="T", centre="Table"))[0]
    heights = sorted(float(y) for y in re.findall(r'<text class="v-(?:label|note)" x="[^"]*" y="([^"]*)"', wide))
    assert all(low + 14 <= high for low, high in pairwise(heights))
    assert wide.count('class="v-label"') == 14


def test_links_follow_from_the_center_out():
    sides = [LEFT, RIGHT, BELOW]
    marks = [make_mark(n, sides[n % 3], 3 - n // 3) for n in range(12)]
    declined = [Mark("12", "place-12", "Builders", "", RIGHT, 5, is_hollow=True)]
    for picture in re.findall(r"<svg.*?</svg>", both_sizes(marks, declined, title="T", centre="Table")):
        found = [int(n) for n in re.findall(r'href="#place-(\d+)"', picture)]
        rings = {one.id: one.ring for one in [*marks, *declined]}
        assert [rings[f"place-{n}"] for n in found] == sorted(rings.values())


def test_a_seat_that_is_not_confirmed_has_a_mark_and_words():
    recorded = Mark("1", "place-1", "Choir", "Recorded by the office", RIGHT, 1, is_recorded=True)
    text = both_sizes([recorded, make_mark(2, RIGHT, 1)], [], title="T", centre="Table")
    assert (text.count("v-recorded"), text.count("Recorded by the office</text>")) == (2, 1)
    assert spoken(recorded) == "1 Choir Recorded by the office, community, co-designs"


def test_without_anyone_not_yet_approached_there_are_four_rings():
    four, five = (both_sizes([make_mark(1, ring=n)], [], title="T", centre="Table") for n in (0, 4))
    assert ("v-ring-4" in four, "Not yet approached" in four) == (False, False)
    assert ("v-ring-4" in five, "Not yet approached" in five) == (True, True)


def test_the_small_picture_says_where_its_table_is():
    """The list next to it may have only the first partners."""
    text = small([make_mark(1)], title="Who is at the table")
    assert "The page “Partners” has the same information as a table." in text
