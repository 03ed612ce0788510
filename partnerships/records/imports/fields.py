"""The fields that a file may hold for each kind of record, with the texts of the template."""

from dataclasses import dataclass, field

from partnerships.accounts.choices import ImportKind
from partnerships.core.choices import Side, Vocabulary
from partnerships.core.importing import Field
from partnerships.core.languages import choices as languages
from partnerships.directory.choices import DepartmentKind, Listing
from partnerships.measurement.choices import Dimension
from partnerships.registry.choices import Circle, Engagement, Kind, Role, Status

LEFT_OUT = ""  # a column that is not read
MANY = "Several with a semicolon between them."
BODY = "By its name, or by its id."


@dataclass(frozen=True)
class Described:
    """A kind of record in a file. `rows`: a sentence that says what each row is."""

    kind: str
    rows: str
    fields: tuple[Field, ...] = field(default_factory=tuple)

    @property
    def by_key(self) -> dict[str, Field]:
        return {one.key: one for one in self.fields}


_SIDES = [(s.value, s.label) for s in (Side.COMMUNITY, Side.INSTITUTION)]
# An office names an organization where a published source does; the full profile is the organization's own to open.
_LISTINGS = [(s.value, s.label) for s in (Listing.NAMED, Listing.UNLISTED)]


def _id(letter, what):
    words = f"The registry’s id of the {what}. With it the row changes that record; without it we look for the name."
    return Field("id", "Id", "id", words, f"{letter}-7KQ4MX-2", letter, ("registry id", "public id"))


_SOURCE = Field(
    "source", "Source", help="Where the facts come from.", example="Annual report 2025", also=("source of the facts",)
)
_ISSUES = Field(
    "issue_areas", "Issue areas", "issues", f"By name. {MANY}", "Housing; Health", also=("issues", "issue area")
)
_WEBSITE = Field("website", "Website", example="https://example.org", also=("web site", "url", "web", "homepage"))

ORGANIZATIONS = Described(
    ImportKind.ORGANIZATIONS,
    "Each row is one organization.",
    (
        _id("G", "organization"),
        Field("name", "Name", example="Example neighbors", also=("organization", "organization name"), is_needed=True),
        Field("other_names", "Other names", help=MANY, example="EN", also=("also known as", "aka", "acronym")),
        Field("side", "Side", "choice", "Community or Institution. Without it: Community.", "Community", _SIDES),
        Field("kind", "Kind", "term", "", "Coalition", Vocabulary.ORGANIZATION_KIND, ("type", "organization kind")),
        Field("aims", "Aims", also=("mission", "about", "description"), example="Safe homes for all"),
        _WEBSITE,
        _ISSUES,
        Field(
            "area", "Area served", "bodies", f"Jurisdictions, by name, id or GEOID. {MANY}", "City of Saint Paul", "J"
        ),
        Field("area_note", "Area served, in words", example="The east side", also=("area note",)),
        Field("languages", "Languages", "terms", MANY, "Spanish; Hmong", Vocabulary.LANGUAGE, ("language",)),
        Field("led_by", "Led by", "terms", f"Private. {MANY}", "", Vocabulary.COMMUNITY),
        Field(
            "communities", "Communities served", "terms", f"Private. {MANY}", "", Vocabulary.COMMUNITY, ("communities",)
        ),
        Field(
            "address", "Address", help="Private.", example="1 Main Street", also=("street address", "mailing address")
        ),
        Field(
            "ein",
            "EIN",
            "ein",
            "Nine digits, as text.",
            "12-3456789",
            also=("e i n", "tax id", "employer identification number"),
        ),
        Field("uei", "UEI", "uei", "Twelve letters and digits.", "ABCDEFGH1234", also=("unique entity id",)),
        Field(
            "listing",
            "Listing",
            "choice",
            "Unlisted, or Named only with the source that names it.",
            "Unlisted",
            _LISTINGS,
        ),
        Field("listing_source", "Published source that names it", also=("listing source",)),
        _SOURCE,
        Field("last_verified_on", "Last verified", "date", "", "2026-03-31", also=("last verified on", "verified")),
    ),
)
CONTACTS = Described(
    ImportKind.CONTACTS,
    "Each row is one contact.",
    (
        Field("owner", "Belongs to", "body", f"An organization, department or jurisdiction. {BODY}", "Example neighbors", "GDJ",
              ("organization", "organization name", "organization id", "department", "owner"), is_needed=True),
        Field("name", "Contact name", help="A person, or a desk.", example="Front desk",
              also=("name", "contact", "full name"), is_needed=True),
        Field("role", "Role", "term", "", "", Vocabulary.CONTACT_ROLE, ("contact role", "title", "position")),
        Field("email", "Mail address", example="desk@example.org", also=("email", "e-mail", "mail", "email address")),
        Field("phone", "Phone", example="555-0100", also=("telephone", "phone number", "tel")),
        Field("note", "Note", also=("notes",)),
        Field("language", "Language of letters", "choice", "", "English", languages()),
    ),
)  # fmt: skip
DEPARTMENTS = Described(
    ImportKind.DEPARTMENTS,
    "Each row is one department, office, initiative or unit of your jurisdiction.",
    (
        _id("D", "department"),
        Field("name", "Name", example="Department of Housing", also=("department", "department name"), is_needed=True),
        Field("kind", "Kind", "choice", "Without it: Department.", "Office", DepartmentKind.choices, ("type",)),
        Field("parent", "Part of", "parent", "The department above it, by name or id. It may stand in this file.",
              "Human Services", "D", ("parent", "parent department", "belongs to")),
        Field("is_equity_office", "Leads racial equity work", "yes", "Yes or no.", "no", also=("equity office",)),
        Field("about", "About", also=("description",)),
        _WEBSITE,
        _ISSUES,
        _SOURCE,
    ),
)  # fmt: skip
PARTNERSHIPS = Described(
    ImportKind.PARTNERSHIPS,
    "Each row is one party of a partnership. Rows with the same id, or the same title, are one partnership: what is said of it"
    " may stand in its first row alone. A party that is not in the file stays.",
    (
        _id("P", "partnership"),
        Field("title", "Title", example="Safe homes", also=("partnership", "partnership title", "name"), is_needed=True),
        Field("kind", "Kind", "choice", "", "Joint project", Kind.choices, ("type", "partnership kind"), is_needed=True),
        Field("purpose", "Purpose", "term", "", "", Vocabulary.PURPOSE, is_needed=True),
        Field("origin", "Origin", "term", "", "", Vocabulary.ORIGIN),
        Field("origin_note", "Why it formed", also=("origin note",)),
        Field("status", "Status", "choice", "Without it: Forming.", "Active", Status.choices),
        Field("status_reason", "Reason for the status", also=("status reason",)),
        Field("summary", "What it is for", also=("summary", "description", "about")),
        Field("common_agenda", "Common agenda"),
        Field("lessons", "Lessons learned", also=("lessons",)),
        Field("engagement", "Promised to community", "choice", "", "Involve", Engagement.choices, ("engagement level",)),
        _ISSUES,
        Field("starts_on", "First day", "date", "", "2026-01-31", also=("start", "start date", "starts on", "starts")),
        Field("ends_on", "Last day", "date", "", "2027-12-31", also=("end", "end date", "ends on", "ends")),
        _SOURCE,
        Field("party", "Party", "body", f"An organization, department or jurisdiction. {BODY}", "Example neighbors", "GDJ",
              ("organization", "partner", "party name")),
        Field("party_roles", "Roles of the party", "choices", MANY, "Member", Role.choices, ("role", "roles", "party role")),
        Field("party_circle", "Circle of the party", "choice", "", "Co-designs", Circle.choices, ("circle", "party circle")),
        Field("party_contribution", "What the party brings", also=("contribution", "party contribution")),
        Field("party_starts_on", "Party from", "date", "", "2026-01-31", also=("party starts on", "joined")),
        Field("party_ends_on", "Party until", "date", also=("party ends on", "left")),
    ),
)  # fmt: skip
_SHORT = {Dimension.RACE: ("race", "race ethnicity", "ethnicity"), Dimension.DISABILITY: ("disability status",)}
NUMBERS = Described(
    ImportKind.NUMBERS,
    "Each row is one number: a measure, a period and a group. Name the group in one column, or give each kind of group a column"
    " of its own. Without a group it is the number of all together.",
    (
        Field("measure", "Measure", help="By its id, or by its title.", example="N-7KQ4MX-2",
              also=("id", "measure id", "title", "measure title", "indicator"), is_needed=True),
        Field("period", "Period", help="As the measure has them.", example="2024",
              also=("year", "month", "quarter", "date", "school year", "fiscal year"), is_needed=True),
        Field("group", "Group", help="By its name on the measure’s page.", example="Black or African American",
              also=("category", "broken out by")),
        *(Field(one.value, one.label, also=_SHORT.get(one, ())) for one in Dimension),
        Field("value", "Value", example="12.5", also=("number", "percent", "rate", "amount")),
        Field("numerator", "Above the line", help="How many are counted.", example="45", also=("numerator", "count")),
        Field("denominator", "Below the line", help="Out of how many.", example="360", also=("denominator", "out of", "base")),
        Field("source", "Source", help="Where the number comes from.", example="Annual survey"),
        Field("published_by", "Published by", help="Only for a table that anyone can read. Its numbers are shown exactly."),
        Field("link", "Link", help="To the published table.", also=("link to the published table",)),
        Field("story", "Story", help="The story behind the number.", also=("story behind it", "note", "notes")),
    ),
)  # fmt: skip
KINDS = {one.kind: one for one in (ORGANIZATIONS, CONTACTS, DEPARTMENTS, PARTNERSHIPS, NUMBERS)}
