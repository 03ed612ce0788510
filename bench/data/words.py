"""Made-up names and texts for the benchmark's registry. Places are real, from the reference file. No organization is."""

from partnerships.directory.reference import all_places

PEOPLE = (
    "Neighbors", "Renters", "Families", "Youth", "Elders", "Workers", "Mothers", "Students", "Riders", "Gardeners",
    "Immigrants", "Artists", "Teachers", "Homeowners", "Caregivers", "Drivers", "Vendors", "Farmers", "Nurses", "Organizers",
    "Vecinos", "Familias", "Jóvenes", "Trabajadoras", "Hmoob", "Soomaali", "Người Việt", "Oromoo", "Karen", "Dakhóta",
)  # fmt: skip
CAUSES = (
    "Housing Justice", "Fair Work", "Clean Air", "Safe Streets", "Good Food", "Open Parks", "Early Learning", "Birth Care",
    "Fair Lending", "Second Chances", "Public Transit", "Language Access", "Water Rights", "Tenant Power", "Land Return",
    "Living Wages", "School Voice", "Shared Harvest", "Health Access", "Creek Restoration", "Vivienda Digna",
    "Justicia Racial", "Caafimaad", "Kev Ncaj Ncees", "Công Bằng",
)  # fmt: skip
FORMS = (
    "Alliance", "Coalition", "Collective", "Network", "Project", "Union", "Council", "Circle", "Fund", "Center", "Association",
    "Cooperative", "Institute", "Table", "Partnership", "Initiative", "Congregation", "Foundation",
)  # fmt: skip
PARTS = (
    "Brook", "Cedar", "Dover", "East", "Fern", "Glen", "Hazel", "Iron", "Juniper", "Kings", "Lark", "Maple", "North", "Oak",
    "Pine", "Quarry", "River", "South", "Thorn", "Upper", "Valley", "West", "Yarrow", "Zion", "Ash", "Birch", "Clay", "Drift",
)  # fmt: skip
ENDS = (
    "side",
    "wood",
    "field",
    "ridge",
    "gate",
    "haven",
    "bank",
    "hill",
    "mont",
    "crest",
    "town",
    "way",
    "more",
    "dale",
)
DEPARTMENTS = (
    "Department of Housing", "Planning Office", "Economic Development", "Human Services", "Public Health", "Parks Department",
    "Human Resources", "Office of Equity", "Transportation Department", "Public Works", "Libraries", "City Attorney",
    "Budget Office", "Procurement Office", "Workforce Office", "Office of the Mayor", "Civil Rights Office", "Police Oversight",
    "Arts and Culture", "Sustainability Office",
)  # fmt: skip
WORK = {
    "contract": ("Racial equity assessment", "Outreach contract", "Community research", "Language services"),
    "training": ("Training for leaders", "Workshop series", "Learning for managers", "Equity training"),
    "advisory_body": ("Community advisory committee", "Advisory board", "Equity commission", "Residents’ council"),
    "organizing": ("Campaign", "Community demands", "Open letter and rallies", "Pressure on the council"),
    "learning": ("Peer learning", "Learning circle", "Exchange of practice", "Regional cohort"),
    "strategy": ("Strategy across departments", "Shared plan", "Joint work program", "Interdepartmental team"),
    "joint_project": ("Joint project", "Pilot", "Shared center", "Neighborhood program"),
}
TOPICS = (
    "on renting", "on fair hiring", "on safe crossings", "on park access", "on school meals", "on birth outcomes", "on bail",
    "on land use", "on lending", "on heat and shade", "on lead pipes", "on bus service", "on interpreters", "on small business",
    "on youth jobs", "on coming home", "on evictions", "on contracting", "on budgets", "on libraries", "on mental health",
    "on elder care", "on food access", "on public art", "on broadband",
)  # fmt: skip
WHY = (
    "Residents asked for a say before the plan was written.", "The office needed knowledge that only the community has.",
    "The numbers by race had not moved in ten years.", "Organizers had pressed the council for a decade.",
    "A funder asked for a shared plan.", "Two offices were doing the same work apart.",
)  # fmt: skip
AIMS = (
    "It sets targets by race and checks them each quarter.", "Both sides read the numbers together and change course.",
    "Families decide how half of the money is spent.", "The departments share one list of who was reached.",
    "Members are paid for their time.", "What was learned goes to the next budget.", "It ends when the gap is closed.",
    "Meetings are held in four languages, with child care.",
)  # fmt: skip
ADDS = (
    "Brings people to the table.", "Pays for staff time.", "Holds the numbers.", "Opens its rooms.", "Trains both sides.",
    "Writes the agreement.", "Speaks for renters.", "Keeps the minutes.",
)  # fmt: skip


def places(n):
    """The states, and then as many counties and cities as add up to n."""
    found = all_places()
    states = [place for place in found if place.kind == "state"]
    others = [place for place in found if place.kind != "state"]
    step = max(1, len(others) // max(1, n - len(states)))
    return (states + others[::step])[:n]


def organization(number):
    """The name of an organization. All are different."""
    number, form = divmod(number, len(FORMS))
    number, cause = divmod(number, len(CAUSES))
    number, people = divmod(number * 7 + form * 3 + cause, len(PEOPLE))
    quarter, end = divmod(number * 5 + form + cause, len(ENDS))
    part = PARTS[quarter % len(PARTS)]
    again = f" {quarter // len(PARTS) + 1}" if quarter >= len(PARTS) else ""
    return f"{part}{ENDS[end]} {PEOPLE[people]} {CAUSES[cause]} {FORMS[form]}{again}"
