"""The made-up case as data: a housing access strategy across four departments, which the guide only imagines.

All of it is marked as an illustration. Contacts are roles at example.org. Dates are days from the day of loading. There
is also a draft, and an advisory committee.
"""

from typing import Any

SOURCE = "Illustration. The guide imagines a strategy of this kind; the rest of this record is made up."
ZONE = "America/Chicago"

JURISDICTION = {
    "key": "illustration_city",
    "name": "Illustration City (made up)",
    "kind": "city",
    "about": "A made-up city that shows what a full record looks like.",
    "zone": ZONE,
}
# (days from today, stage)
STAGES = ((-900, "normalizing"), (-300, "organizing"))

# Contacts are (name of a role, key of the contact role, email address, who sees it if not only staff).
DEPARTMENTS = (
    {"key": "housing", "name": "Department of Housing", "kind": "department", "issue_areas": ["housing"],
     "contacts": [("Housing strategy desk", "partnership_lead", "housing@example.org")]},
    {"key": "renter_services", "name": "Renter Services", "kind": "unit", "parent": "housing",
     "issue_areas": ["renting"], "contacts": []},
    {"key": "planning", "name": "Planning Office", "kind": "office", "issue_areas": ["land_use"],
     "contacts": [("Planning desk", "partnership_lead", "planning@example.org")]},
    {"key": "economic_development", "name": "Economic Development Office", "kind": "office",
     "issue_areas": ["equitable_development"], "contacts": []},
    {"key": "human_services", "name": "Human Services", "kind": "department", "issue_areas": ["homelessness"],
     "contacts": []},
    {"key": "racial_equity", "name": "Office of Racial Equity", "kind": "office", "is_equity_office": True,
     "issue_areas": [], "contacts": [("Equity office desk", "equity_lead", "equity-office@example.org")]},
)  # fmt: skip

ORGANIZATIONS = (
    {"key": "tenants", "name": "Tenants’ association", "side": "community", "kind": "grassroots_group",
     "listing": "profiled", "aims": "Safe homes at rents that people can pay.", "issue_areas": ["renting"],
     "languages": ["english", "spanish", "somali"], "communities": ["renters", "immigrants_and_refugees"],
     "led_by": ["renters"], "open_fields": {"communities": "public", "led_by": "public"},
     "contacts": [("Tenants’ line", "front_desk", "tenants@example.org", "public")]},
    {"key": "neighborhoods", "name": "Neighborhood coalition", "side": "community", "kind": "coalition",
     "listing": "profiled", "aims": "Neighbors who help decide what is built.", "issue_areas": ["land_use"],
     "languages": ["english", "hmong", "vietnamese"], "communities": [], "led_by": [], "open_fields": {},
     "contacts": [("Coalition organizer", "organizer", "coalition@example.org")]},
    {"key": "block_club", "name": "Block club", "side": "community", "kind": "neighborhood_association",
     "listing": "unlisted", "aims": "", "issue_areas": [], "languages": [], "communities": [], "led_by": [],
     "open_fields": {}, "contacts": [("Block club desk", "front_desk", "block-club@example.org")]},
    {"key": "youth_council", "name": "Youth council", "side": "community", "kind": "grassroots_group",
     "listing": "profiled", "aims": "A voice for young people who rent.", "issue_areas": ["housing"],
     "languages": ["english"], "communities": ["youth"], "led_by": [], "open_fields": {}, "contacts": []},
    {"key": "college", "name": "Community college", "side": "institution", "kind": "university",
     "listing": "profiled", "aims": "", "issue_areas": ["education"], "languages": [], "communities": [],
     "led_by": [], "open_fields": {}, "contacts": [("Partnerships desk", "front_desk", "college@example.org")]},
)  # fmt: skip

STRATEGY = {
    "key": "housing_strategy",
    "title": "Housing access strategy (illustration)",
    "kind": "strategy",
    "purpose": "service",
    "origin": "shared_mandate",
    "origin_note": "No department can open the door to housing alone.",
    "status": "active",
    "status_reason": "",
    "summary": (
        "An illustration. Four departments and their community partners work on one aim: race should no longer decide "
        "who finds, affords and keeps a home."
    ),
    "common_agenda": (
        "In three years the share of renters who are turned away is the same for every group. Departments line up their "
        "programs. Community partners help to design each step, and see the numbers first."
    ),
    "engagement": 3,
    "lead": "illustration_city",
    "issue_areas": ["housing", "equitable_development"],
    "communities": ["renters", "youth"],
    "internal_notes": "An internal note. Only the staff of the lead jurisdiction read it.",
}
STRATEGY_STARTS, AGREEMENT_ENDS = -420, 75

# (key, roles, circle, contribution). Only the backbone role has hours a month.
STRATEGY_PARTIES: tuple[tuple[str, list[str], str, str], ...] = (
    ("housing", ["lead"], "decides", "Rent help and the waiting list."),
    ("planning", ["member"], "decides", "Where homes may be built."),
    ("racial_equity", ["backbone", "convenor"], "co_designs", "Keeps the group together and shares its notes."),
    ("human_services", ["member"], "co_designs", "Help for families who may lose their home."),
    ("economic_development", ["member"], "consulted", "Loans for builders of fair-priced homes."),
    ("tenants", ["member", "advisor"], "co_designs", "What renters meet when they look for a home."),
    ("neighborhoods", ["member"], "consulted", "Talks with neighbors, block by block."),
    ("block_club", ["advisor"], "consulted", ""),
    ("college", ["member"], "informed", "Students who count the results."),
    ("youth_council", [], "not_approached", ""),
)
BACKBONE_HOURS = 60
INVITED, INVITED_BY = "college", "Its website"  # the invited partner, and where its email address is from
BY_LINK = "neighborhoods"  # a partner without an account: its contact confirmed its seat by a link

STRATEGY_FACTS: dict[str, Any] = {
    "agreement": {
        "amount": "48000",
        "scope": "Pays community members for their time in the working group.",
        "payment_days": 30,
        "renewal": "In writing, by both sides, before it ends.",
    },
    "documents": [{"title": "The strategy on one page", "url": "https://example.org/housing-strategy"}],
}

# What the partner BY_LINK says about the record
DISPUTE = (
    "Illustration. We were told of this aim when it was written already. Our neighbors had asked for one thing first: homes "
    "near the train."
)
# The partners see it first. It becomes public after the days that the jurisdiction has set.
STATEMENT = "Illustration. The city has paid its share on time since the strategy began."

DRAFT = {
    "key": "hiring_review",
    "title": "Review of hiring rules (illustration, draft)",
    "kind": "joint_project",
    "purpose": "internal_policy",
    "origin": "shared_mandate",
    "origin_note": "",
    "status": "forming",
    "status_reason": "",
    "summary": "A draft shows how a record looks before it is published. Only the staff of its jurisdiction see it.",
    "lead": "illustration_city",
    "issue_areas": ["fair_hiring"],
}
DRAFT_PARTIES = (("racial_equity", ["lead"], "", ""), ("human_services", ["member"], "", ""))
DRAFT_FACTS = {"joint_project": {"outcomes": "Job ads that ask only for what the job needs."}}

COMMITTEE = {
    "key": "renters_committee",
    "title": "Renters’ advisory committee (illustration)",
    "kind": "advisory_body",
    "purpose": "oversight",
    "origin": "community_expertise",
    "origin_note": "",
    "status": "active",
    "status_reason": "",
    "summary": "An illustration. Renters advise the city on its housing strategy.",
    "lead": "illustration_city",
    "issue_areas": ["housing"],
}
COMMITTEE_PARTIES = (
    ("racial_equity", ["lead"], "", ""),
    ("tenants", ["advisor"], "", "Names renters who want to join."),
)
COMMITTEE_FACTS = {"advisory_body": {"seat_count": 22, "term_months": 24}}

# Week 0 is this week, and meetings are on Tuesdays. `who` has (email address of a person or contact, key of its party).
MEETINGS = (
    {"key": "working_group_past", "title": "Housing working group", "week": -4, "is_public": True},
    {"key": "leads_past", "title": "Department leads", "week": -2, "is_public": False},
    {"key": "working_group_next", "title": "Housing working group", "week": 1, "is_public": True},
    {"key": "leads_next", "title": "Department leads", "week": 3, "is_public": False},
    {"key": "working_group_later", "title": "Housing working group: what the numbers say", "week": 5, "is_public": True},
)  # fmt: skip
PUBLIC_MEETING: dict[str, Any] = {
    "time": "17:30",
    "minutes_long": 90,
    "place": "Meeting room of the community college",
    "access_notes": "Step-free. Food, child care, and interpreters for Spanish and Somali.",
    "agenda": [("Welcome and news from each side", 15), ("Who was turned away, and why", 45), ("Next steps", 30)],
    "who": [
        ("staff@example.org", None),
        ("housing@example.org", "housing"),
        ("partner@example.org", "tenants"),
        ("coalition@example.org", "neighborhoods"),
    ],
}
INTERNAL_MEETING: dict[str, Any] = {
    "time": "10:00",
    "minutes_long": 60,
    "place": "Office of Racial Equity",
    "access_notes": "",
    "agenda": [("What each department did", 30), ("What is in the way", 30)],
    "who": [
        ("staff@example.org", None),
        ("housing@example.org", "housing"),
        ("planning@example.org", "planning"),
        ("equity-office@example.org", "racial_equity"),
    ],
}

# Results of past meetings. `came`: (key of a party, number of people). `actions`: (title, key of the owner, days from
# today until it's due).
CAME_OF = {
    "working_group_past": {
        "is_public": True,
        "notes": "Renters told how long they wait for an answer. Housing brought the number of people turned away.",
        "came": (("housing", 2), ("planning", 1), ("tenants", 6), ("neighborhoods", 4)),
        "decisions": (
            {
                "question": "Which numbers does Housing share each month?",
                "options": "All who apply, or those who are turned away, with the reasons or without.",
                "outcome": "Housing shares how many are turned away, by reason and by neighborhood.",
                "decided_by": ("housing", "tenants", "neighborhoods"),
                "could_block": ("tenants",),
                "community_input": "Tenants asked for the reasons. The first draft had the number alone.",
            },
        ),
        "actions": (
            ("Share last month’s numbers", "housing", 5),
            ("Ask ten renters what the numbers leave out", "tenants", 20),
        ),
    },
    "leads_past": {
        "is_public": False,
        "notes": "Housing and Planning count in different ways.",
        "came": (("housing", 1), ("planning", 1), ("racial_equity", 2)),
        "decisions": (),
        "actions": (("Record how each department counts", "planning", -3),),
    },
}

# (key of the party, rhythm, days from today until the first one is due, who answers, whether the first one was held)
CHECK_INS = (
    ("tenants", "monthly", -24, "partner@example.org", True),
    ("neighborhoods", "quarterly", -4, "coalition@example.org", False),
    ("housing", "quarterly", 20, "staff@example.org", False),
)
CHECK_IN_NOTE = "Renters wait too long for an answer. Housing will look at why."

# Days from today. The office alone reads those that aren't shared.
INTERACTIONS: tuple[dict[str, Any], ...] = (
    {"day": -33, "time": "10:00", "with": "tenants", "kind": "visit", "direction": "from_us", "is_shared": True,
     "summary": "Visit to the tenants’ line", "contact": "tenants@example.org", "is_of_strategy": True,
     "text": "We listened to calls for an hour. Most are about repairs that take weeks. "
     "The association wants one phone number for all repairs."},
    {"day": -19, "time": "15:30", "with": "block_club", "kind": "call", "direction": "to_us",
     "summary": "Who pays for interpreters?", "contact": "block-club@example.org",
     "text": "The club isn’t in the strategy yet. It would come to a meeting if someone interprets into Somali."},
    {"day": -12, "with": "college", "kind": "email", "direction": "from_us", "contact": "college@example.org",
     "summary": "Room for the summer meetings", "text": "They offer a room for 60 people. We answer when dates are set."},
    {"day": -6, "time": "09:15", "with": "tenants", "kind": "call", "direction": "to_us", "is_of_strategy": True,
     "summary": "Repair times by building", "contact": "tenants@example.org", "follow_up": 2,
     "text": "They ask for repair times by building. Housing has the list; we promised it this week."},
    {"day": -3, "with": "housing", "kind": "message", "direction": "from_us", "is_of_strategy": True,
     "summary": "List of repair times", "contact": "housing@example.org", "text": ""},
)  # fmt: skip

# The respondents of rounds: (email address of a person or contact, key of its party).
ASKED = (
    ("housing@example.org", "housing"),
    ("planning@example.org", "planning"),
    ("equity-office@example.org", "racial_equity"),
    ("partner@example.org", "tenants"),
    ("organizer@example.org", "tenants"),
    ("coalition@example.org", "neighborhoods"),
)
ROUND: dict[str, Any] = {"title": "Spring round", "closes": 30, "opened_days_ago": 61, "agreed_days_ago": 120}
NEXT_ROUND = {"title": "Fall round", "closes": 21}
# A round whose partners still name their respondents. The office has named its own, and proposes one for a partner.
ROLL = {"title": "A year of influence", "asks": "engagement", "closes": 35, "by": "staff@example.org"}
ROLL_NAMED = (("housing@example.org", "housing"), ("coalition@example.org", "neighborhoods"))
ROLL_ASKED = ("tenants",)  # partners that name their respondents without a proposal
# For each respondent in ASKED, the levels for the ten items in the order of the catalog. None: prefers not to answer.
ANSWERS = (
    (3, 2, 3, 3, 2, 2, 3, 2, 2, 2),
    (3, 2, 2, 3, 2, 3, 2, 3, 2, 3),
    (2, 1, 3, 2, 3, 3, 3, 2, 3, 3),
    (2, 2, 2, 1, 2, 2, 1, 1, 2, 1),
    (3, 2, 2, 1, None, 2, 1, 0, 2, 1),
    (2, 1, 3, 2, 3, 3, 0, 1, 3, 2),
)
# Answers of the second page: indexes in ASKED, key of the rated party, then one tuple per tie item with a level for
# each index. The items are closeness, three of trust and three of value.
TIE_ANSWERS = (
    ((0, 1, 2), "tenants", (3, 2, 2), (3, 4, 3), (3, 3, 4), (3, 3, 2), (2, 3, 3), (4, 3, 4), (1, 2, 2)),
    ((3, 4, 5), "housing", (2, 2, 1), (2, 1, 3), (3, 2, 3), (2, 2, 3), (4, 4, 3), (2, 3, 3), (4, 3, 4)),
)
# The partners that agree to publish the round, each with its reply.
PUBLISHED_BY = (
    ("housing", ""),
    ("planning", ""),
    ("racial_equity", "We read this as a reason to change how we decide. The next round will show if we did."),
    ("tenants", "Being asked is a start. We want a voice before things are settled, and we will look at that again."),
    ("neighborhoods", ""),
)
RESPONSE = (
    "grassroots",
    "We heard that groups are asked and have no seat of their own. From next month two seats of the working group are paid and "
    "filled by the tenants’ association and the coalition. They tell us each quarter if that holds.",
)

# Expected seats: vocabulary, key of its term, circle, reason. The first one is filled, the others aren't.
SEATS = (
    ("community", "renters", "co_designs", "They live with what is decided here."),
    ("community", "youth", "co_designs", "Many of those who look for a first home are under 25."),
    ("organization_kind", "faith_body", "consulted", "Families in need turn to them first."),
)
SEATS_OF_AREAS = (
    ("housing", "organization_kind", "labor_union", "consulted", "Those who build and clean homes rent homes, too."),
)
# The circles of parties at the start of the previous quarter.
CIRCLES_BEFORE = (
    ("housing", "decides"),
    ("planning", "decides"),
    ("racial_equity", "co_designs"),
    ("human_services", "decides"),
    ("tenants", "consulted"),
    ("neighborhoods", "consulted"),
    ("college", "informed"),
)

# `starts` is in days from today. `parts` has (key of the party, its part).
ACTIVITIES: tuple[dict[str, Any], ...] = (
    {"title": "One help line for renters (illustration)", "kind": "does", "status": "under_way",
     "starts": -60, "detail": "Renters call one number. The person who answers knows what each partner can do.",
     "parts": (("tenants", "leads"), ("housing", "adds"), ("human_services", "adds"))},
    {"title": "Ask for no credit score (illustration)", "kind": "stops", "status": "planned",
     "starts": 30, "detail": "Homes that the city helps to pay for are let without one.",
     "parts": (("housing", "leads"), ("economic_development", "adds"))},
)  # fmt: skip
GAINS = (
    ("housing", "Illustration. We hear of a problem weeks before it appears in our numbers."),
    ("tenants", "Illustration. Our members are paid for their time, and get an answer to what they raise."),
)
PLAN = {"title": "Racial equity action plan (illustration)", "is_published": True}
OUTCOME = {
    "number": "1",
    "goal": "Housing",
    "title": "Renters of every group find a home at the same rate",
    "actions": "One help line. No credit score where the city helps to pay.",
    "measured_by": "Share of renters who are turned away, by group.",
    "accountable": "Department of Housing",
    "due": "In three years",
    "progress": "The help line has begun.",
}

# (email address, name, key of the jurisdiction or organization, role). The administrator has no membership.
PEOPLE = (
    ("staff@example.org", "Equity office staff (sample)", "illustration_city", "editor"),
    ("reader@example.org", "Colleague, viewer (sample)", "illustration_city", "reader"),
    ("manager@example.org", "Equity office manager (sample)", "illustration_city", "manager"),
    ("partner@example.org", "Partner (sample)", "tenants", "editor"),
    ("organizer@example.org", "Tenants’ organizer (sample)", "tenants", "manager"),
    ("administrator@example.org", "Administrator (sample)", None, ""),
)
