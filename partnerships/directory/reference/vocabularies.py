"""The terms and issue areas that a new registry starts with.

Staff can add to them, change their labels and retire them.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.core.label_overrides import translation_of

OMB = "OMB SPD 15, 2024"

# (key, label, help) in the order in which they are shown. `edition` is that of a published vocabulary.
_PURPOSES = (
    (
        "equity_tool",
        _("Racial equity tool or assessment"),
        _("To look at a policy, budget or service through racial equity."),
    ),
    ("internal_policy", _("Internal policy"), _("To change how the government itself works, such as how it hires.")),
    ("law_or_policy", _("Law or policy change"), _("To pass or change a law, ordinance or public policy.")),
    ("service", _("Service or program"), _("To run or improve a service for residents.")),
    (
        "cross_border",
        _("Condition that crosses borders"),
        _("To change something that no one jurisdiction can change alone."),
    ),
    ("learning", _("Learning"), _("To learn from each other’s work.")),
    ("training", _("Training"), _("To build skills and a shared understanding.")),
    ("oversight", _("Oversight"), _("To watch over what a government does, from outside or inside.")),
)
_ORIGINS = (
    ("community_pressure", _("Community pressure"), _("People outside government organized and pushed for it.")),
    (
        "community_expertise",
        _("Need for community expertise"),
        _("Government needed knowledge that lives in the community."),
    ),
    ("shared_mandate", _("Shared mandate"), _("The partners were given the same task, or share one.")),
    ("funder_requirement", _("Funder requirement"), _("A funder asked for it.")),
    ("peer_learning", _("Peer learning"), _("Peers met and began to learn from each other.")),
    ("other", _("Other"), ""),
)
_ORGANIZATION_KINDS = (
    (
        "grassroots_group",
        _("Grassroots group"),
        _("Led by the people it serves, often without paid staff or a tax number."),
    ),
    ("community_nonprofit", _("Community nonprofit"), _("A nonprofit that answers to a community.")),
    ("coalition", _("Coalition"), _("Several groups that act together.")),
    ("faith_body", _("Faith community"), ""),
    ("cultural_organization", _("Cultural organization"), ""),
    (
        "tribal_organization",
        _("Tribal organization"),
        _("An organization of Native people. Tribal nations are governments."),
    ),
    ("labor_union", _("Labor union"), ""),
    ("neighborhood_association", _("Neighborhood association"), ""),
    ("funder", _("Funder"), ""),
    ("business", _("Business"), ""),
    ("university", _("University or college"), ""),
    ("hospital", _("Hospital or clinic"), ""),
    ("trainer", _("Outside trainer or consultant"), ""),
)
_CONTACT_ROLES = (
    ("director", _("Director"), ""),
    ("equity_lead", _("Equity lead"), _("Leads racial equity work.")),
    ("partnership_lead", _("Partnership lead"), _("First person to ask about a partnership.")),
    ("organizer", _("Organizer"), ""),
    ("scheduling", _("Scheduling"), _("Sets up meetings.")),
    ("data", _("Data"), _("Keeps the numbers.")),
    ("contracts", _("Contracts and payment"), ""),
    ("front_desk", _("Front desk"), _("A shared email address or phone number.")),
)
_RACES_AND_ETHNICITIES = (
    ("american_indian_or_alaska_native", _("American Indian or Alaska Native"), ""),
    ("asian", _("Asian"), ""),
    ("black_or_african_american", _("Black or African American"), ""),
    ("hispanic_or_latino", _("Hispanic or Latino"), ""),
    ("middle_eastern_or_north_african", _("Middle Eastern or North African"), ""),
    ("native_hawaiian_or_pacific_islander", _("Native Hawaiian or Pacific Islander"), ""),
    ("white", _("White"), ""),
)
_OTHER_COMMUNITIES = (
    ("immigrants_and_refugees", _("Immigrants and refugees"), ""),
    ("renters", _("Renters"), ""),
    ("people_with_disabilities", _("People with disabilities"), ""),
    ("youth", _("Youth"), ""),
    ("elders", _("Elders"), ""),
    ("people_with_records", _("People with an arrest or conviction record"), ""),
)
# The help text is the language's own name.
_LANGUAGES = (
    ("english", _("English"), "English"),
    ("spanish", _("Spanish"), "Español"),
    ("hmong", _("Hmong"), "Hmoob"),
    ("somali", _("Somali"), "Soomaali"),
    ("vietnamese", _("Vietnamese"), "Tiếng Việt"),
    ("chinese", _("Chinese"), "中文"),
    ("karen", _("Karen"), "ကညီ"),
    ("oromo", _("Oromo"), "Afaan Oromoo"),
    ("amharic", _("Amharic"), "አማርኛ"),
    ("tigrinya", _("Tigrinya"), "ትግርኛ"),
    ("arabic", _("Arabic"), "العربية"),
    ("russian", _("Russian"), "Русский"),
    ("tagalog", _("Tagalog"), "Tagalog"),
    ("korean", _("Korean"), "한국어"),
    ("khmer", _("Khmer"), "ខ្មែរ"),
    ("lao", _("Lao"), "ລາວ"),
    ("french", _("French"), "Français"),
    ("swahili", _("Swahili"), "Kiswahili"),
    ("ojibwe", _("Ojibwe"), "Anishinaabemowin"),
    ("dakota", _("Dakota"), "Dakhótiyapi"),
    ("american_sign_language", _("American Sign Language"), "ASL"),
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
    ("housing", _("Housing"), _("Who can find, afford and keep a home."), (
        ("renting", _("Renting")),
        ("home_ownership", _("Home ownership")),
        ("homelessness", _("Homelessness")),
    )),
    ("equitable_development", _("Equitable development"), _("Growth that lets people stay and share in it."), (
        ("land_use", _("Land use and zoning")),
        ("anti_displacement", _("Keeping people in place")),
    )),
    ("jobs_and_workforce", _("Jobs and workforce"), _("Who gets work, and on what terms."), (
        ("fair_hiring", _("Fair hiring")),
        ("job_training", _("Job training")),
    )),
    ("contracting_and_procurement", _("Contracting and procurement"), _("Who government buys from."), ()),
    ("criminal_justice", _("Criminal justice"), _("Policing, courts, jail, and coming home."), (
        ("policing", _("Policing")),
        ("reentry", _("Coming home from jail or prison")),
    )),
    ("health", _("Health"), _("Who lives long and well."), (
        ("maternal_health", _("Birth and maternal health")),
        ("mental_health", _("Mental health")),
    )),
    ("education", _("Education"), _("Learning from the early years on."), (
        ("early_learning", _("Early learning")),
        ("schools", _("Schools")),
    )),
    ("environment", _("Environment and sustainability"), _("Air, water, heat, and who bears the harm."), ()),
    ("parks_and_recreation", _("Parks and recreation"), _("Green space and programs near home."), ()),
    ("transportation", _("Transportation"), _("Getting around safely and at a fair price."), ()),
    ("arts_and_culture", _("Arts and culture"), "", ()),
    ("libraries", _("Libraries"), "", ()),
    ("civic_engagement", _("Civic engagement"), _("Who is heard when government decides."), ()),
    ("immigration", _("Immigration"), "", ()),
    ("food", _("Food"), _("Enough good food, close to home."), ()),
)  # fmt: skip


def _area(key: str, name: str, about: str, position: int, parent: str | None = None) -> dict[str, Any]:
    return {"key": key, "name": name, "about": about, "position": position, "parent": parent}


# Parents come before their children.
ISSUE_AREAS = [
    area
    for index, (key, name, about, children) in enumerate(_AREAS)
    for area in (
        _area(key, name, about, 10 * (index + 1)),
        *(_area(child, child_name, "", 10 * (n + 1), key) for n, (child, child_name) in enumerate(children)),
    )
]

_TEXTS = [term["label"] for term in TERMS]
_TEXTS += [term["help"] for term in TERMS if term["vocabulary"] != "language"]
NAMES = {*_TEXTS, *(area[name] for area in ISSUE_AREAS for name in ("name", "about"))} - {""}


def term_name(text: Any) -> str:
    """The name or description of a term or an issue area, in the reader's language if staff entered it in that language or
    a new registry starts with it.

    Another name that staff chose is shown as they wrote it.
    """
    text = str(text)
    return translation_of(text) or (gettext(text) if text in NAMES else text)
