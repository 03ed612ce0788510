"""The guide's real cases as data. A case contains only what the guide says about it.

Records refer to each other by key. A party is (key of a record, roles, contribution). No text contains the name of an
organization. The name is only on its party, so it disappears everywhere when the organization withdraws.
"""

from typing import Any

from partnerships.sample import CHAPTER, GUIDE

AS_THE_GUIDE_TELLS_IT = "As the guide tells it. Nothing later is recorded here."

# Coordinates, population and time zone of a place come from the reference file, by its OCD division ID.
JURISDICTIONS = (
    {"key": "minnesota", "name": "Minnesota", "kind": "state", "state": "MN", "geoid": "27",
     "ocd": "ocd-division/country:us/state:mn", "parent": None},
    {"key": "washington", "name": "Washington", "kind": "state", "state": "WA", "geoid": "53",
     "ocd": "ocd-division/country:us/state:wa", "parent": None},
    {"key": "oregon", "name": "Oregon", "kind": "state", "state": "OR", "geoid": "41",
     "ocd": "ocd-division/country:us/state:or", "parent": None},
    {"key": "minneapolis", "name": "Minneapolis", "kind": "city", "state": "MN", "geoid": "2743000",
     "ocd": "ocd-division/country:us/state:mn/place:minneapolis", "parent": "minnesota"},
    {"key": "park_board", "name": "Minneapolis Park and Recreation Board", "kind": "park_district", "state": "MN",
     "geoid": "", "ocd": "", "parent": "minnesota"},
    {"key": "saint_paul", "name": "Saint Paul", "kind": "city", "state": "MN", "geoid": "2758000",
     "ocd": "ocd-division/country:us/state:mn/place:st_paul", "parent": "minnesota"},
    {"key": "ramsey", "name": "Ramsey County", "kind": "county", "state": "MN", "geoid": "27123",
     "ocd": "ocd-division/country:us/state:mn/county:ramsey", "parent": "minnesota"},
    {"key": "saint_paul_schools", "name": "Saint Paul Public Schools", "kind": "school_district", "state": "MN",
     "geoid": "", "ocd": "", "parent": "minnesota"},
    {"key": "seattle", "name": "Seattle", "kind": "city", "state": "WA", "geoid": "5363000",
     "ocd": "ocd-division/country:us/state:wa/place:seattle", "parent": "washington"},
    {"key": "multnomah", "name": "Multnomah County", "kind": "county", "state": "OR", "geoid": "41051",
     "ocd": "ocd-division/country:us/state:or/county:multnomah", "parent": "oregon"},
)  # fmt: skip

RELATIONS = (
    ("saint_paul", "ramsey", "overlaps"),
    ("saint_paul", "saint_paul_schools", "overlaps"),
    ("minneapolis", "park_board", "overlaps"),
    ("minneapolis", "saint_paul", "neighbors"),
)

DEPARTMENTS = (
    {"key": "saint_paul_mayor", "jurisdiction": "saint_paul", "name": "Mayor’s Office", "kind": "office",
     "source": CHAPTER},
    {"key": "seattle_rsji", "jurisdiction": "seattle", "name": "Race and Social Justice Initiative",
     "kind": "initiative", "source": CHAPTER},
    {"key": "multnomah_equity", "jurisdiction": "multnomah", "name": "Office on Diversity and Equity",
     "kind": "office", "is_equity_office": True, "source": GUIDE,
     "about": "The guide opens with words of its director: racial equity is an important value of the organization."},
)  # fmt: skip

ORGANIZATIONS = (
    {"key": "vrj", "name": "Voices for Racial Justice", "side": "community", "kind": None},
    {"key": "pacific_educational_group", "name": "Pacific Educational Group", "side": "institution", "kind": "trainer"},
)

PARTNERSHIPS: tuple[dict[str, Any], ...] = (
    {
        "key": "park_board_organizing",
        "title": "Thirty years of outside organizing for change in park board and city policy",
        "kind": "organizing",
        "purpose": "law_or_policy",
        "origin": "community_pressure",
        "origin_note": "People organized from outside government.",
        "summary": "For 30 years, organizing from the outside pushed for changes in park board and city policy.",
        "lead": "park_board",
        "issue_areas": ["parks_and_recreation"],
        "parties": [("park_board", [], ""), ("minneapolis", [], "")],
        "facts": {"asks": [{"text": "Changes in park board and city policy."}]},
    },
    {
        "key": "park_board_assessment",
        "title": "Contract for a racial equity assessment",
        "kind": "contract",
        "purpose": "equity_tool",
        "origin": "community_expertise",
        "origin_note": (
            "The contract came after 30 years of organizing from the outside. The guide draws the lesson that a "
            "jurisdiction may need expertise that comes from community knowledge and experience."
        ),
        "summary": (
            "The Minneapolis Park and Recreation Board decided to contract with a local community organization to "
            "conduct a racial equity assessment."
        ),
        "lead": "park_board",
        "issue_areas": ["parks_and_recreation"],
        "parties": [
            ("park_board", ["lead"], ""),
            ("vrj", ["contractor"], "Conducts the racial equity assessment."),
        ],
        "facts": {"agreement": {"scope": "A racial equity assessment."}},
        "grew_out_of": ["park_board_organizing"],
    },
    {
        "key": "park_board_committee",
        "title": "Community Advisory Committee of the park board",
        "kind": "advisory_body",
        "purpose": "oversight",
        "origin": "community_expertise",
        "origin_note": "A hybrid inside and outside strategy.",
        "summary": (
            "The Minneapolis Park and Recreation Board formed this committee. It works as part of the jurisdiction "
            "itself, and brings in community voices directly through its members."
        ),
        "lead": "park_board",
        "issue_areas": ["parks_and_recreation"],
        "parties": [("park_board", ["convenor"], "Formed the committee.")],
        "facts": {"advisory_body": {"position": "Part of the jurisdiction itself"}},
    },
    {
        "key": "saint_paul_training",
        "title": "Racial equity training for city leadership",
        "kind": "training",
        "purpose": "training",
        "origin": None,
        "origin_note": "The mayor’s office brought in an outside trainer.",
        "summary": (
            "The mayor’s office in Saint Paul brought in an outside trainer to lead racial equity trainings for city "
            "leadership."
        ),
        "lead": "saint_paul",
        "issue_areas": [],
        "parties": [
            ("saint_paul_mayor", ["lead"], "Brought in the trainer."),
            ("pacific_educational_group", ["trainer"], "Leads the trainings."),
        ],
        "facts": {"training": {"audience": "City leadership"}},
    },
    {
        "key": "saint_paul_learning",
        "title": "Saint Paul, Ramsey County and Saint Paul Public Schools learn from one another",
        "kind": "learning",
        "purpose": "learning",
        "origin": "peer_learning",
        "origin_note": "All three work on racial equity strategies, and each stands at a different place in the work.",
        "summary": (
            "Staff from each jurisdiction meet regularly to learn from one another’s work. Taking on projects together "
            "has not yet seemed feasible or a top priority, since each is at a different place."
        ),
        "lead": "saint_paul",
        "issue_areas": [],
        "parties": [
            ("saint_paul", ["member"], ""),
            ("ramsey", ["member"], ""),
            ("saint_paul_schools", ["member"], ""),
        ],
    },
    {
        "key": "seattle_ordinance",
        "title": "Job Assistance Ordinance (“Ban the Box”)",
        "kind": "organizing",
        "purpose": "law_or_policy",
        "origin": "community_pressure",
        "origin_note": "Community pressure came together with policy analysis inside the city.",
        "summary": (
            "Community pressure and internal policy analysis by the city’s Race and Social Justice Initiative inspired "
            "the Job Assistance Ordinance, known as “Ban the Box”, which the city council passed."
        ),
        "lead": "seattle",
        "issue_areas": ["jobs_and_workforce"],
        "parties": [
            ("seattle", [], "The city council passed the ordinance."),
            ("seattle_rsji", [], "Policy analysis inside the city."),
        ],
        "facts": {"asks": [{"text": "A job assistance ordinance, known as “Ban the Box”.", "answer": "adopted"}]},
        "led_to": ["Job Assistance Ordinance, passed by the city council"],
    },
)
