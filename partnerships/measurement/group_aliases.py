"""What people call the groups of race and ethnicity, and the category of each standard that it means. Pure functions.

Names are compared without case, accents and punctuation (`normalize_heading`). A name of the other standard isn't an alias:
“Two or more races” doesn't count the same people as “More than one”.
"""

from partnerships.core.tables import normalize_heading
from partnerships.measurement.choices import Dimension, Race, Race1997

_BOTH = {
    "american-indian": (
        *("aian", "ai/an", "ai an", "American Indian", "Alaska Native", "American Indian/Alaska Native"),
        *("American Indian and Alaska Native", "Native American", "Native American or Alaska Native"),
        "American Indian or Alaskan Native",
    ),
    "asian": ("Asian American", "Asians"),
    "black": (
        "Black",
        "African American",
        "Black/African American",
        "Black and African American",
        "Black African American",
    ),
    "hispanic": (
        *("Hispanic or Latino", "Hispanic", "Latino", "Latina", "Latinx", "Latine", "Latino/a", "Latina/o"),
        *("Latina and Latino", "Latinos"),
        *("Hispanic/Latino", "Hispanic/Latina", "Hispanic/Latinx", "Latino/Hispanic", "Latinx/Hispanic"),
        *("Hispanic and Latino", "Latino or Hispanic", "Hispanic or Latinx", "Hispanic or Latina"),
    ),
    "pacific-islander": (
        *("nhpi", "nh/pi", "nhopi", "Pacific Islander", "Native Hawaiian", "Native Hawaiian/Pacific Islander"),
        *("Native Hawaiian or Pacific Islander", "Native Hawaiian or Other Pacific Islander"),
        *("Native Hawaiian and Pacific Islander", "Native Hawaiian and Other Pacific Islander"),
        *("Native Hawaiian/Other Pacific Islander", "Hawaiian or Pacific Islander"),
    ),
    "white": ("White", "Caucasian", "Whites"),
    "several": ("Multiracial", "Multi-racial", "Multiple races", "Mixed race"),
}
_OWN = {
    Dimension.RACE: {
        "middle-eastern": (
            *("mena", "Middle Eastern", "North African", "Middle Eastern/North African"),
            "Middle Eastern and North African",
        ),
        "several": ("More than one group", "More than one category"),
    },
    Dimension.RACE_1997: {
        "hispanic": ("Hispanic of any race", "Latino of any race", "Hispanic (any race)", "Latino (any race)"),
        "several": ("Two or more", "2 or more races", "2 or more", "2+ races", "More than one race"),
        "other": ("Other", "Other race", "Another race"),
    },
}
# Neither standard has a category for two of its categories together.
_TOGETHER = (
    *("API", "AAPI", "APIA", "Asian or Pacific Islander", "Asian/Pacific Islander", "Asian and Pacific Islander"),
    *("Asian American or Pacific Islander", "Asian American and Pacific Islander", "Asian American/Pacific Islander"),
    *("Asian or Native Hawaiian or Pacific Islander", "ANHPI", "AANHPI", "NHPI/Asian"),
)
TOGETHER = frozenset(map(normalize_heading, _TOGETHER))
_ALONE = ("{} alone", "{} only", "{} non-Hispanic", "{} not Hispanic", "{} (NH)", "Non-Hispanic {}", "NH {}")
_ALONE += ("{} non-Latino", "Non-Latino {}", "{} not Hispanic or Latino", "{} alone not Hispanic or Latino")
_NOT_ALONE = ("hispanic", "several", "other")


def _aliases(dimension: Dimension, labels: type[Race] | type[Race1997]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, label in labels.choices:
        names = [label, *_BOTH.get(key, ()), *_OWN[dimension].get(key, ())]
        if key not in _NOT_ALONE:
            names += [form.format(name) for name in names for form in _ALONE]
        found |= {normalize_heading(name): key for name in names}
    return found


# {dimension: {normalized name: key of the category}}, with the labels of the standard.
ALIASES = {Dimension.RACE: _aliases(Dimension.RACE, Race), Dimension.RACE_1997: _aliases(Dimension.RACE_1997, Race1997)}
