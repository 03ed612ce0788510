"""The terms and issue areas that a new registry starts with.

Staff can add to them, change their labels and retire them.
"""

from collections.abc import Iterable
from typing import Any

OMB = "OMB SPD 15, 2024"

# (key, label, help) in the order in which they are shown. `edition` is that of a published vocabulary.
_PURPOSES = (
    (
        "equity_tool",
        "Racial equity tool or assessment",
        "To look at a policy, budget or service through racial equity.",
    ),
    ("internal_policy", "Internal policy", "To change how the government itself works, such as how it hires."),
    ("law_or_policy", "Law or policy change", "To pass or change a law, ordinance or public policy."),
    ("service", "Service or program", "To run or improve a service for residents."),
    (
        "cross_border",
        "Condition that crosses borders",
        "To change something that no one jurisdiction can change alone.",
    ),
    ("learning", "Learning", "To learn from each other’s work."),
    ("training", "Training", "To build skills and a shared understanding."),
    ("oversight", "Oversight", "To watch over what a government does, from outside or inside."),
)
_ORIGINS = (
    ("community_pressure", "Community pressure", "People outside government organized and pushed for it."),
    ("community_expertise", "Need for community expertise", "Government needed knowledge that lives in the community."),
    ("shared_mandate", "Shared mandate", "The partners were given the same task, or share one."),
    ("funder_requirement", "Funder requirement", "A funder asked for it."),
    ("peer_learning", "Peer learning", "Peers met and began to learn from each other."),
    ("other", "Other", ""),
)
_ORGANIZATION_KINDS = (
    ("grassroots_group", "Grassroots group", "Led by the people it serves, often without paid staff or a tax number."),
    ("community_nonprofit", "Community nonprofit", "A nonprofit that answers to a community."),
    ("coalition", "Coalition", "Several groups that act together."),
    ("faith_body", "Faith community", ""),
    ("cultural_organization", "Cultural organization", ""),
    ("tribal_organization", "Tribal organization", "An organization of Native people. Tribal nations are governments."),
    ("labor_union", "Labor union", ""),
    ("neighborhood_association", "Neighborhood association", ""),
    ("funder", "Funder", ""),
    ("business", "Business", ""),
    ("university", "University or college", ""),
    ("hospital", "Hospital or clinic", ""),
    ("trainer", "Outside trainer or consultant", ""),
)
_CONTACT_ROLES = (
    ("director", "Director", ""),
    ("equity_lead", "Equity lead", "Leads racial equity work."),
    ("partnership_lead", "Partnership lead", "First person to ask about a partnership."),
    ("organizer", "Organizer", ""),
    ("scheduling", "Scheduling", "Sets up meetings."),
    ("data", "Data", "Keeps the numbers."),
    ("contracts", "Contracts and payment", ""),
    ("front_desk", "Front desk", "A shared email address or phone number."),
)
_RACES_AND_ETHNICITIES = (
    ("american_indian_or_alaska_native", "American Indian or Alaska Native", ""),
    ("asian", "Asian", ""),
    ("black_or_african_american", "Black or African American", ""),
    ("hispanic_or_latino", "Hispanic or Latino", ""),
    ("middle_eastern_or_north_african", "Middle Eastern or North African", ""),
    ("native_hawaiian_or_pacific_islander", "Native Hawaiian or Pacific Islander", ""),
    ("white", "White", ""),
)
_OTHER_COMMUNITIES = (
    ("immigrants_and_refugees", "Immigrants and refugees", ""),
    ("renters", "Renters", ""),
    ("people_with_disabilities", "People with disabilities", ""),
    ("youth", "Youth", ""),
    ("elders", "Elders", ""),
    ("people_with_records", "People with an arrest or conviction record", ""),
)
# The help text is the language's own name.
_LANGUAGES = (
    ("english", "English", "English"),
    ("spanish", "Spanish", "Español"),
    ("hmong", "Hmong", "Hmoob"),
    ("somali", "Somali", "Soomaali"),
    ("vietnamese", "Vietnamese", "Tiếng Việt"),
    ("chinese", "Chinese", "中文"),
    ("karen", "Karen", "ကညီ"),
    ("oromo", "Oromo", "Afaan Oromoo"),
    ("amharic", "Amharic", "አማርኛ"),
    ("tigrinya", "Tigrinya", "ትግርኛ"),
    ("arabic", "Arabic", "العربية"),
    ("russian", "Russian", "Русский"),
    ("tagalog", "Tagalog", "Tagalog"),
    ("korean", "Korean", "한국어"),
    ("khmer", "Khmer", "ខ្មែរ"),
    ("lao", "Lao", "ລາວ"),
    ("french", "French", "Français"),
    ("swahili", "Swahili", "Kiswahili"),
    ("ojibwe", "Ojibwe", "Anishinaabemowin"),
    ("dakota", "Dakota", "Dakhótiyapi"),
    ("american_sign_language", "American Sign Language", "ASL"),
)


def _terms(vocabulary: str, rows: Iterable, *, first: int = 10, edition: str = "") -> list[dict[str, Any]]:
    return [
        {
            "vocabulary": vocabulary,
            "key": key,
            "label": label,
            "help": help_text,
            "edition": edition,
            "position": first + 10 * index,
        }
        for index, (key, label, help_text) in enumerate(rows)
    ]


TERMS = [
    *_terms("purpose", _PURPOSES),
    *_terms("origin", _ORIGINS),
    *_terms("organization_kind", _ORGANIZATION_KINDS),
    *_terms("contact_role", _CONTACT_ROLES),
    *_terms("community", _RACES_AND_ETHNICITIES, edition=OMB),
    *_terms("community", _OTHER_COMMUNITIES, first=200),
    *_terms("language", _LANGUAGES),
]

# (key, name, description, children as (key, name)).
_AREAS = (
    ("housing", "Housing", "Who can find, afford and keep a home.", (
        ("renting", "Renting"),
        ("home_ownership", "Home ownership"),
        ("homelessness", "Homelessness"),
    )),
    ("equitable_development", "Equitable development", "Growth that lets people stay and share in it.", (
        ("land_use", "Land use and zoning"),
        ("anti_displacement", "Keeping people in place"),
    )),
    ("jobs_and_workforce", "Jobs and workforce", "Who gets work, and on what terms.", (
        ("fair_hiring", "Fair hiring"),
        ("job_training", "Job training"),
    )),
    ("contracting_and_procurement", "Contracting and procurement", "Who government buys from.", ()),
    ("criminal_justice", "Criminal justice", "Policing, courts, jail, and coming home.", (
        ("policing", "Policing"),
        ("reentry", "Coming home from jail or prison"),
    )),
    ("health", "Health", "Who lives long and well.", (
        ("maternal_health", "Birth and maternal health"),
        ("mental_health", "Mental health"),
    )),
    ("education", "Education", "Learning from the early years on.", (
        ("early_learning", "Early learning"),
        ("schools", "Schools"),
    )),
    ("environment", "Environment and sustainability", "Air, water, heat, and who bears the harm.", ()),
    ("parks_and_recreation", "Parks and recreation", "Green space and programs near home.", ()),
    ("transportation", "Transportation", "Getting around safely and at a fair price.", ()),
    ("arts_and_culture", "Arts and culture", "", ()),
    ("libraries", "Libraries", "", ()),
    ("civic_engagement", "Civic engagement", "Who is heard when government decides.", ()),
    ("immigration", "Immigration", "", ()),
    ("food", "Food", "Enough good food, close to home.", ()),
)  # fmt: skip


def _area(key: str, name: str, about: str, position: int, parent: str | None = None) -> dict[str, Any]:
    return {"key": key, "name": name, "about": about, "position": position, "parent": parent}


# Parents come before their children.
ISSUE_AREAS = [
    area
    for place, (key, name, about, children) in enumerate(_AREAS)
    for area in (
        _area(key, name, about, 10 * (place + 1)),
        *(_area(child, child_name, "", 10 * (n + 1), key) for n, (child, child_name) in enumerate(children)),
    )
]
