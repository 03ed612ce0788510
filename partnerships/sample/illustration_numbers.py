"""Made-up numbers of the made-up case: how many renters were turned away, and how fast families got help.

One row per group, with "" for all people together. A row has one (numerator, denominator) pair per year.
"""

from typing import Any

YEARS, REFERENCE = 4, "white"
# (key of the party, whether it supplies the data). Both own the measures.
OWNERS = (("housing", True), ("tenants", False))
RESULT: dict[str, Any] = {
    "title": "Race no longer decides who finds a home (illustration)",
    "population": "Renters who look for a home in the made-up city",
    "detail": "An illustration. The same share of every group finds a home, and can afford to stay.",
    "issue_areas": ["housing"],
    "is_published": True,
}
_SHARED = {"unit": "percent", "counted": "people", "period": "year", "is_published": True}
MEASURES: tuple[dict[str, Any], ...] = (
    {
        "fields": _SHARED | {
            "kind": "indicator",
            "title": "Renters who were turned away (illustration)",
            "definition": "An illustration. Of all renters who applied for a home in a year, those who got no offer.",
            "direction": "down",
            "baseline_value": 21,
            "target_value": 12,
        },
        "numbers": {
            "": [(399, 1900), (396, 1900), (371, 1890), (347, 1884)],
            "american-indian": [(4, 16), (3, 17), (6, 16), (4, 15)],
            "asian": [(34, 200), (31, 198), (29, 196), (27, 199)],
            "black": [(188, 610), (184, 604), (170, 598), (157, 602)],
            "hispanic": [(98, 380), (97, 386), (92, 390), (88, 388)],
            "white": [(75, 694), (81, 695), (74, 690), (71, 680)],
        },
        "story": "An illustration. Two large landlords dropped their credit rule this year. Tenants had asked for that first.",
    },
    {
        "fields": _SHARED | {
            "kind": "how_well",
            "title": "Families who got help within ten days (illustration)",
            "definition": "An illustration. Of all families who asked for rent help, those who had an answer in ten days.",
            "direction": "up",
            "baseline_value": 41,
            "target_value": 80,
        },
        "numbers": {
            "": [(205, 500), (247, 512), (298, 530), (356, 540)],
            "black": [(74, 190), (90, 196), (115, 204), (140, 210)],
            "hispanic": [(45, 120), (58, 126), (72, 130), (88, 134)],
            "white": [(86, 190), (99, 190), (111, 196), (128, 196)],
        },
        "story": "",
    },
)  # fmt: skip

# The population of the made-up city, and the composition of its made-up committee.
_NOTE = "An illustration. No one was asked, and no one lives there."
POPULATIONS: tuple[dict[str, Any], ...] = (
    {
        "fields": {"dimension": "race", "total": 60_000, "several": False, "note": _NOTE},
        "counts": {
            "american-indian": 900,
            "asian": 5_100,
            "black": 15_600,
            "hispanic": 9_600,
            "middle-eastern": 1_200,
            "pacific-islander": 0,
            "white": 25_200,
            "several": 2_400,
        },
    },
    {
        "fields": {"dimension": "gender", "total": 60_000, "several": False, "note": _NOTE},
        "counts": {"women": 30_600, "men": 29_400},
    },
)
_ASKED = {"asked_how": "Each member answered on paper, without a name.", "note": _NOTE, "several": False}
MAKEUPS: tuple[dict[str, Any], ...] = (
    {"days": -200,
     "fields": _ASKED | {"dimension": "race", "members": 21, "prefer_not": 1, "no_answer": 0, "changed": None},
     "counts": {"american-indian": 0, "asian": 0, "black": 8, "hispanic": 5, "middle-eastern": 0, "pacific-islander": 0,
                "white": 7, "several": 0}},
    {"days": -20,
     "fields": _ASKED | {"dimension": "race", "members": 22, "prefer_not": 1, "no_answer": 0, "changed": 1},
     "counts": {"american-indian": 0, "asian": 0, "black": 8, "hispanic": 6, "middle-eastern": 0, "pacific-islander": 0,
                "white": 7, "several": 0}},
    {"days": -20,
     "fields": _ASKED | {"dimension": "gender", "members": 22, "prefer_not": 0, "no_answer": 0, "changed": None},
     "counts": {"women": 13, "men": 9, "another": 0}},
)  # fmt: skip
