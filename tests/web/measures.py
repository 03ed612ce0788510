"""Made-up measures to draw. Nothing in them is about a real place or group."""

from decimal import Decimal

from partnerships.web.charts import measures as pictures

D = Decimal
_STATES = {"s": "suppressed", "d": "disputed", "m": "missing"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</text></svg><svg onload=alert(1)>",
    "</style><script>alert(1)</script>",
    '<image href="file:///etc/passwd"/>',
    "&lt;b&gt; &amp; ]]> <![CDATA[",
    "{{ 7|add:7 }} {% csrf_token %} {0} {}",
    "x" * 300,
    "Người Việt ở Thành phố " * 13,
    "Cov neeg Hmoob",
    "الأسر العربية",
    "\u202eoverride\u202c",
    "a\x00b\x1b\ud800\ufffe",
    "界" * 60,
    "",
    " ",
)


def points(text):
    """Parse “2019=14.2 2020=m 2021=13~2 2022=12d 2023=3s”: periods with values, their margins, and a final state."""
    return tuple(_point(*one.split("=")) for one in text.split())


def _point(label, value):
    state = _STATES.get(value[-1:], "")
    value, _, around = value.rstrip("sdm").partition("~")
    low, high = (D(value) - D(around), D(value) + D(around)) if around else (None, None)
    return pictures.Point(label, D(value) if value else None, low, high, state)


def trend(**fields):
    lines = (
        pictures.Line("All families", points("2017=15.1 2019=14.2 2020=m 2021=13.0d 2022=12.4~1 2023=3s 2024=11.0")),
    )
    given = {
        "title": "Families who had to move",
        "unit_words": "percent",
        "lines": lines,
        "target": ("2027", D(8)),
        "baseline": ("2019", D("14.2")),
        "forecast": points("2025=10.5 2026=10.0 2027=9.5~1"),
    }
    return pictures.Trend(**(given | fields))


def panels(**fields):
    lines = (
        pictures.Line("Black or African American", points("2019=21.0 2020=m 2021=19.0 2022=17.0d")),
        pictures.Line("Pacific Islander", points("2019=2s 2020=2s 2021=2s 2022=2s")),
        pictures.Line("White", points("2019=10.0 2020=m 2021=9.5~1 2022=8.2")),
    )
    whole = pictures.Line("All families", points("2019=14.2 2020=m 2021=13.0 2022=11.0"))
    return pictures.Panels(**({"title": "Moves", "unit_words": "percent", "lines": lines, "whole": whole} | fields))


def disparity(**fields):
    rows = (
        pictures.GroupDisparity("2019", D("2.1"), D("11.0")),
        pictures.GroupDisparity("2020", None, state="missing"),
        pictures.GroupDisparity("2021", D("2.0"), D("9.5"), D("1.7"), D("2.4")),
        pictures.GroupDisparity("2022", D("7"), D("77"), state="suppressed"),
        pictures.GroupDisparity("2023", D("1.8"), D("7.1"), state="disputed"),
    )
    given = {"title": "Moves", "group": "Black families", "reference": "White families", "points": rows}
    return pictures.Disparity(**(given | {"gap_words": "percentage points"} | fields))


def dots(**fields):
    groups = (
        pictures.Group("American Indian or Alaska Native", D("17.0"), D(12), D(22)),
        pictures.Group("Black or African American", D("16.2"), D(15), D("17.4"), "disputed"),
        pictures.Group("Pacific Islander", D("47"), D(40), D(50), "suppressed"),
        pictures.Group("Two or more races", None, state="missing"),
        pictures.Group("White", D("8.2"), D("7.7"), D("8.7"), is_reference=True),
    )
    return pictures.Dots(**({"title": "Moves", "period": "2024", "unit_words": "percent", "groups": groups} | fields))


ALL = (
    pictures.trend_picture(trend()),
    pictures.panels_picture(panels()),
    pictures.ratio_picture(disparity()),
    pictures.dots_picture(dots()),
)
