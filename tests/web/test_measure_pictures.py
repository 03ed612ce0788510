"""Pictures of measures: everything is in its place, and what is hidden or missing is nowhere."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerships.web.charts import measures as pictures
from partnerships.web.charts.drawing import across
from tests.web.measures import ALL, HOSTILE, disparity, dots, panels, points, trend

D = Decimal
LOOK = Path(finders.find("registry/look.css"))
BUILDS = (
    lambda name: pictures.trend_picture(
        trend(
            title=name,
            unit_words=name,
            lines=tuple(pictures.Line(f"{name} {n}", points("2023=4 2024=5d")) for n in "ab"),
        )
    ),
    lambda name: pictures.trend_picture(
        trend(lines=(pictures.Line(name, (pictures.Point(name, D(1)),)),), target=(name, D(2)))
    ),
    lambda name: pictures.panels_picture(panels(lines=(pictures.Line(name, points("2023=4m 2024=5d")),))),
    lambda name: pictures.ratio_picture(disparity(group=name, reference=name, gap_words=name)),
    lambda name: pictures.dots_picture(dots(period=name, groups=(pictures.Group(name, D(1), is_reference=True),))),
)


def drawings(picture):
    """Return each SVG of a picture, as a tree."""
    texts = [svg for *_, svg in picture.panel_svgs] or re.findall(r"<svg.*?</svg>", picture.svgs, re.DOTALL)
    return [ET.fromstring(one) for one in texts]


def marks(root, classes, name="circle"):
    """Return (x, y) of all marks with exactly these classes."""
    return [(float(one.get("cx")), float(one.get("cy"))) for one in root.iter(name) if one.get("class") == classes]


def paths(root, classes):
    return [one.get("d") for one in root.iter("path") if classes in one.get("class")]


def numbers(d):
    return [float(one) for one in re.findall(r"-?[\d.]+", d)]


def texts(root):
    return [one.text for one in root.iter("text")]


def outside(root):
    """Return texts that reach beyond their picture, with a generous estimate of their width."""
    _, _, width, _ = numbers(root.get("viewBox"))
    found = []
    for text in root.iter("text"):
        length, anchor = across(text.text), text.get("class").split()[0]
        left = float(text.get("x")) - length * {"v-a-start": 0, "v-a-middle": 0.5, "v-a-end": 1}[anchor]
        found += [text.text] if left < -3 or left + length > width + 3 else []
    return found


def rendered(picture):
    return render_to_string("measures/_picture.html", {"picture": picture})


# What must not show


def without(points, *states):
    """The same measure without the points in these states, as if their values had never been there."""
    gone = {"value": None, "low": None, "high": None} | ({"gap": None} if hasattr(points[0], "gap") else {})
    return tuple(replace(one, **gone) if one.state in states else one for one in points)


def test_a_value_that_is_kept_back_or_missing_changes_nothing():
    given = points("2019=4 2020=900~800s 2021=-900s 2022=700m 2023=5")
    line, bare = (pictures.Line("All", some) for some in (given, without(given, "suppressed", "missing")))
    assert given != bare.points
    assert pictures.trend_picture(trend(lines=(line, line))) == pictures.trend_picture(trend(lines=(bare, bare)))
    assert pictures.trend_picture(trend(forecast=given)) == pictures.trend_picture(trend(forecast=bare.points))
    small, small_bare = (pictures.panels_picture(panels(lines=(one,), whole=one)) for one in (line, bare))
    assert small == small_bare
    for build, sample, field in (
        (pictures.ratio_picture, disparity(), "points"),
        (pictures.dots_picture, dots(), "groups"),
    ):
        some = without(getattr(sample, field), "suppressed", "missing")
        assert some != getattr(sample, field)
        assert build(sample) == build(replace(sample, **{field: some}))


def test_a_reference_group_that_is_kept_back_draws_no_line():
    groups = (pictures.Group("A", D(4)), pictures.Group("B", D(5), state="suppressed", is_reference=True))
    picture = pictures.dots_picture(dots(groups=groups))
    assert [paths(one, "v-reference") for one in drawings(picture)] == [[], []]
    assert "compared" not in picture.sentence


def test_numbers_that_are_none_are_missing():
    lines = (pictures.Line("All", (pictures.Point("2023", D("NaN")), pictures.Point("2024", D("Infinity")))),)
    assert pictures.trend_picture(pictures.Trend("Calls", "", lines)).rows == (
        ("2023", "No data"),
        ("2024", "No data"),
    )


# Trends


def test_a_line_breaks_where_no_value_is_known():
    for root in drawings(ALL[0]):
        (d,) = paths(root, "v-series-0")
        assert (d.count("M"), d.count("L")) == (3, 2)  # 2017 and 2019; 2021 and 2022; 2024 alone
        assert len(marks(root, "v-dot v-open")) == 1 + 3  # the disputed one, and the forecast
        assert len(paths(root, "v-half")) == 1
        assert len(marks(root, "v-dot")) == 4 + 1  # 2017, 2019, 2022, 2024, and the target


def test_years_without_a_number_still_take_their_space():
    root = drawings(ALL[0])[0]
    xs = [x for x, _ in marks(root, "v-dot")]
    years = dict(zip((2017, 2019, 2022, 2024), xs, strict=False))
    steps = [(years[b] - years[a]) / (b - a) for a, b in pairwise(years)]
    assert max(steps) - min(steps) < 0.2


def test_a_target_far_ahead_is_drawn_far_ahead():
    line = pictures.Line("Everyone together", points("Q1=4 Q2=5"))
    asked = trend(
        lines=(line,), target=("Q12", D(8)), baseline=None, forecast=(), axis=tuple(f"Q{n}" for n in range(1, 13))
    )
    root = drawings(pictures.trend_picture(asked))[0]
    (first, _), (second, _), *_ = marks(root, "v-dot")
    ((last, _),) = marks(root, "v-aim")
    assert abs((last - first) - 11 * (second - first)) < 0.5


def test_target_and_forecast_are_where_their_numbers_say():
    for root in drawings(ALL[0]):
        ys = {text.text: float(text.get("y")) - 5 for text in root.iter("text") if text.text in ("0", "20")}
        place = lambda value: ys["0"] + (ys["20"] - ys["0"]) * value / 20  # noqa: B023, E731 (used at once)
        ((x, y),) = marks(root, "v-aim")
        assert abs(y - place(8)) < 0.2
        (d,) = paths(root, "v-forecast")
        forecast = numbers(d)
        assert (abs(forecast[1] - place(11)) < 0.2, abs(forecast[-1] - place(9.5)) < 0.2) == (True, True)
        assert forecast[-2] == x  # both of 2027
        (baseline,) = paths(root, "v-baseline")
        assert abs(numbers(baseline)[1] - place(14.2)) < 0.2
        assert "Forecast" in texts(root)


def test_what_the_wide_picture_says_at_the_mark_the_narrow_one_says_above():
    narrow = [key.words for key in ALL[0].keys if key.is_narrow]
    assert narrow == ["Baseline: 14.2 in 2019", "Forecast: 9.5 for 2027", "Target: 8 by 2027"]
    assert [key.words for key in ALL[0].keys if not key.is_narrow] == [
        "Someone disputes this number",
        "Range where the true number may lie",
    ]
    wide = texts(drawings(ALL[0])[0])
    assert {"Baseline", "14.2 in 2019", "Forecast", "9.5 for 2027", "Target", "8 by 2027"} <= set(wide)


def test_lines_differ_by_dashes_and_beyond_six_the_table_helps():
    lines = tuple(pictures.Line(f"Group {n}", points(f"2023={n} 2024={n + 1}")) for n in range(8))
    picture = pictures.trend_picture(pictures.Trend("Calls", "", lines))
    root = drawings(picture)[0]
    assert [len(paths(root, f"v-series-{n}")) for n in range(6)] == [1] * 6
    dashes = re.findall(r"\.v-series-\d\{stroke-dasharray:([\d ]+)\}", LOOK.read_text())
    assert len(set(dashes)) == 5  # and the first, which is solid
    assert picture.notes == ("The chart shows the first 6 lines. The table has all 8.",)
    assert len(picture.head) == 1 + 8
    labels = [one for one in root.iter("text") if (one.text or "").startswith("Group")]
    ys = sorted(float(one.get("y")) for one in labels)
    assert all(b - a >= 39.9 for a, b in pairwise(ys))


def test_a_line_named_as_the_target_is_no_target():
    lines = tuple(pictures.Line(name, points("2023=4 2024=5")) for name in ("Target", "Baseline", "Forecast"))
    root = drawings(pictures.trend_picture(pictures.Trend("Calls", "", lines)))[0]
    assert (marks(root, "v-aim"), paths(root, "v-baseline"), paths(root, "v-forecast")) == ([], [], [])


def test_of_very_many_points_only_the_ends_and_the_lone_ones_have_a_dot():
    given = [pictures.Point(f"Week {n}", D(n) if n not in (20, 22) else None) for n in range(52)]
    root = drawings(pictures.trend_picture(pictures.Trend("Calls", "", (pictures.Line("All", tuple(given)),))))[0]
    assert len(marks(root, "v-dot")) == 3


def test_one_point_is_a_dot_and_no_point_no_picture():
    one = pictures.trend_picture(pictures.Trend("Calls", "", (pictures.Line("All", points("2024=12")),)))
    assert [marks(root, "v-dot") != [] for root in drawings(one)] == [True, True]
    assert "12" in texts(drawings(one)[0])
    for lines in ((), (pictures.Line("All", points("2023=m 2024=4s")),)):
        none = pictures.trend_picture(pictures.Trend("Calls", "", lines))
        assert (none.is_drawn, drawings(none), none.keys) == (False, [], ())
        assert ("<svg" in rendered(none), none.sentence in rendered(none)) == (False, True)


# Groups


def test_small_pictures_share_one_scale_and_the_whole_population():
    roots = drawings(ALL[1])
    assert len({tuple(texts(root)) for root in roots}) == 1
    assert len({tuple(paths(root, "v-grid")) for root in roots}) == 1
    (whole,) = {tuple(paths(root, "v-whole")) for root in roots}
    assert whole[0].count("M") == 2
    assert [(name, words) for name, words, _ in ALL[1].panel_svgs] == [
        ("Black or African American", "17.0 percent in 2022"),
        ("Pacific Islander", "All numbers are hidden, too few people."),
        ("White", "8.2 percent in 2022"),
    ]
    same = pictures.panels_picture(panels(lines=tuple(pictures.Line(name, points("2019=7 2020=9")) for name in "AB")))
    one, other = (marks(root, "v-dot") for root in drawings(same))
    assert one == other != []


def test_groups_keep_their_order_and_words_replace_hidden_values():
    for root, row in zip(drawings(ALL[3]), (34, 54), strict=True):
        rows = {text.text: float(text.get("y")) for text in root.iter("text")}
        names = [one.name for one in dots().groups]
        ys = [rows[name] for name in names]
        assert [round(b - a) for a, b in pairwise(ys)] == [row] * 4
        assert {"Not shown, too few people", "No data"} <= set(rows)
        assert (len(marks(root, "v-dot")), len(paths(root, "v-half")), len(paths(root, "v-whisker"))) == (2, 1, 3)
        (reference,) = paths(root, "v-reference")
        assert numbers(reference)[0] == marks(root, "v-dot")[-1][0]
        for x, y in marks(root, "v-dot"):
            assert any(numbers(d)[0] < x < numbers(d)[2] and numbers(d)[1] == y for d in paths(root, "v-whisker"))


def test_groups_beyond_sixty_are_in_the_table():
    picture = pictures.dots_picture(dots(groups=tuple(pictures.Group(f"G{n}", D(n)) for n in range(70))))
    assert (len(picture.rows), len(marks(drawings(picture)[0], "v-dot"))) == (70, 60)
    assert picture.notes == ("The chart shows the first 60 groups. The table has all 70.",)


def test_the_ratio_is_centered_on_the_same_rate():
    wide = drawings(ALL[2])[0]
    (base,) = paths(wide, "v-base")
    same = numbers(base)[1]
    heights = {text.text: float(text.get("y")) - 5 for text in wide.iter("text")}
    assert abs(heights["Same rate"] - same) < 0.2
    assert abs((same - heights["2 times"]) - (heights["0.5 times"] - same)) < 0.2
    assert all(y < same for _, y in marks(wide, "v-dot"))
    assert {"Gap, in percentage points:", "11.0 more", "9.5 more", "7.1 more"} <= set(heights)
    assert not any("77" in text for text in texts(wide))


def test_zero_times_has_no_place_and_breaks_the_line():
    rows = tuple(
        pictures.GroupDisparity(str(2020 + n), D(value), D(value) - 1) for n, value in enumerate(("0.5", "0", "0.5"))
    )
    picture = pictures.ratio_picture(disparity(points=rows))
    (d,) = paths(drawings(picture)[0], "v-series")
    assert (d.count("M"), d.count("L")) == (2, 0)
    assert picture.notes[-1] == "Zero can’t be shown on this scale: 2021."
    assert picture.rows[1] == ("2021", "0", "1 percentage point less")


# All pictures

values = st.one_of(
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=D("-1E15"), max_value=D("1E15"), places=4),
    st.sampled_from([D(0), D("1E-30"), D("1E300"), D("-1E300")]),
)
series = st.lists(st.tuples(values, st.sampled_from(["", "missing", "suppressed", "disputed"])), max_size=9)


@settings(max_examples=60)
@given(series, series, values)
def test_all_marks_are_in_the_picture_in_the_order_of_time(first, second, target):
    lines = tuple(
        pictures.Line(name, tuple(pictures.Point(f"Q{n}", value, state=state) for n, (value, state) in enumerate(some)))
        for name, some in (("A", first), ("B", second))
    )
    aimed = ("Later", target) if target is not None else None
    groups = tuple(pictures.Group(f"G{n}", value, state=state) for n, (value, state) in enumerate(first))
    for picture in (
        pictures.trend_picture(trend(lines=lines, target=aimed, baseline=None, forecast=())),
        pictures.panels_picture(panels(lines=lines)),
        pictures.dots_picture(dots(groups=groups)),
    ):
        for root in drawings(picture):
            _, _, width, height = numbers(root.get("viewBox"))
            circles = list(root.iter("circle"))
            assert all(0 <= float(one.get("cx")) <= width and 0 <= float(one.get("cy")) <= height for one in circles)
            for text in root.iter("text"):
                assert 0 < float(text.get("y")) <= height
            assert outside(root) == []
            for d in paths(root, "v-series"):
                xs = numbers(d)[::2]
                assert all(a < b for a, b in pairwise(xs))


def test_markup_in_names_is_escaped():
    wrong = [
        (place, name, found)
        for place, build in enumerate(BUILDS)
        for name in HOSTILE
        if (found := _not_words(build(name)))
    ]
    assert wrong == []


def _not_words(picture):
    """The tags, attributes and texts of this picture that no picture should have."""
    html = rendered(picture)
    allowed = (
        "p figure figcaption ul li span strong svg title desc path circle text details summary div table caption thead"
    )
    found = set(re.findall(r"<(\w+)", html)) - {*allowed.split(), *["tbody", "tr", "th", "td"]}
    for root in drawings(picture):
        found |= {one.tag for one in root.iter()} - {"svg", "title", "desc", "path", "circle", "text"}
        found |= set(outside(root))
    return found | set(re.findall(r"\son\w+=[^&]*?>|\sstyle=", re.sub(r">[^<]*<", "><", html)))


def test_names_are_cut_in_the_picture_and_whole_in_the_table():
    name = "Người Việt ở Thành phố " * 12
    picture = pictures.dots_picture(dots(groups=(pictures.Group(name.strip(), D(1)),)))
    assert picture.rows[0][0] == name.strip()
    wide, narrow = (next(text for text in texts(root) if text.startswith("Người")) for root in drawings(picture))
    assert (wide[-1], narrow[-1], len(wide) < 40, len(narrow) < 40) == ("…", "…", True, True)


@pytest.mark.parametrize("picture", ALL, ids=lambda one: one.ident)
def test_each_picture_says_what_it_is(picture):
    assert [outside(root) for root in drawings(picture)] == [[]] * len(drawings(picture))
    html = rendered(picture)
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 0
    for root in drawings(picture):
        named = root.get("aria-labelledby").split()
        assert (root.get("role"), [root.find("title").get("id"), root.find("desc").get("id")]) == ("img", named)
        assert (bool(root.find("title").text), bool(root.find("desc").text)) == (True, True)
    assert html.index(f"<p>{picture.sentence}</p>") < html.index("<svg") < html.index("The same as a table")
    for cell in (*picture.head, *(cell for row in picture.rows for cell in row)):
        assert cell in html
    assert not re.search(r"<(a|script|image|use)\b|\sstyle=", html)


def test_two_pictures_on_a_page_have_ids_of_their_own():
    both = [pictures.trend_picture(trend(), ident=ident) for ident in ("first", "second")]
    ids = [set(re.findall(r'id="([^"]+)"', rendered(one))) for one in both]
    assert ids[0].isdisjoint(ids[1])


def test_groups_of_people_have_no_colors_of_sides():
    rules = LOOK.read_text().split("/* Pictures of measures")[1].split("/* End of pictures of measures")[0]
    assert set(re.findall(r"var\(--([\w-]+)\)", rules)) == {"ink", "ink-soft", "line", "line-strong", "paper", "sand"}


def test_downloads_are_offered_where_something_is_drawn():
    links = [("/measures/1.png", "PNG"), ("/measures/1.svg", "SVG")]
    html = render_to_string("measures/_picture.html", {"picture": ALL[0], "downloads": links})
    assert re.findall(r'<a href="([^"]+)">(\w+)<', html) == links
    none = pictures.trend_picture(pictures.Trend("Calls", "", ()))
    assert "<a " not in render_to_string("measures/_picture.html", {"picture": none, "downloads": links})
