"""The headings that offices use in their own lists, folded. A field's own label and key come before all of these."""

ORGANIZATION = (
    "organization", "organization name", "organisation", "org", "org name", "name of organization", "name of org", "agency",
    "agency name", "partner", "partner name", "partner organization", "partner agency", "partner org", "group", "group name",
    "name of group", "nonprofit", "nonprofit name", "company", "company name", "institution", "entity", "vendor", "grantee",
    "grantee name", "provider", "provider name", "member organization", "community partner", "community organization",
    "legal name", "cbo", "cbo name", "agency partner", "agency partner name", "agency organization", "organization agency",
)  # fmt: skip
CONTACT = (
    "contact", "contact person", "contact full name", "full name", "point of contact", "poc", "representative", "rep",
    "contact name s", "contact s", "liaison", "staff contact", "lead contact", "key contact", "program contact",
)  # fmt: skip
CONTACT_ROLE = (
    "contact role",
    "title",
    "position",
    "contact title",
    "contact position",
    "job title",
    "role title",
    "title role",
)
EMAIL = (
    "email", "e mail", "mail", "mail address", "email address", "e mail address", "contact e mail", "contact email address",
    "email s", "e mail s", "emails", "email addresses", "work email", "contact s email", "poc email", "remit email",
    "billing email",
)  # fmt: skip
PHONE = (
    "phone", "telephone", "phone number", "telephone number", "tel", "phone s", "cell", "cell phone", "mobile", "work phone",
    "office phone", "contact phone number", "contact telephone", "phone ext", "ph", "contact number", "poc phone",
    "daytime phone",
)  # fmt: skip
ADDRESS_LINE = ("address 2", "address line 2", "street 2", "suite", "unit", "ste", "apt", "suite unit", "floor")
CITY = ("city town", "town", "municipality", "mailing city")
STATE = ("st", "state province", "mailing state")
ZIP = ("zip", "zipcode", "zip code", "postal code", "zip 4", "mailing zip")
EIN = (
    "e i n", "tax id", "employer identification number", "tax id number", "tax id ein", "ein tax id", "federal tax id", "fein",
    "irs number", "federal id",
)  # fmt: skip
INTERACTION_KIND = (
    "activity type", "type of contact", "contact type", "method", "method of contact", "contact method", "how", "mode",
    "task subtype", "task type", "event type", "activity", "interaction type", "communication type",
)  # fmt: skip
INTERACTION_SUMMARY = (
    "subject",
    "topic",
    "about",
    "regarding",
    "re",
    "purpose",
    "title",
    "reason",
    "purpose of contact",
)
INTERACTION_TEXT = (
    "note", "details", "detail", "description", "comments", "comment", "full comments", "full description", "body",
    "discussion", "message", "summary of conversation", "what was said", "outcome", "activity details",
)  # fmt: skip
INTERACTION_CONTACTS = (
    *CONTACT, "contact name", "contacts", "name", "display name", "sort name", "with contact", "with contacts",
    "target contact", "target contacts", "spoke with", "attendees", "participants",
)  # fmt: skip
# (model, field) → other headings of a field that `record_types` describes.
ALSO: dict[tuple[str, str], tuple[str, ...]] = {
    ("organization", "name"): ORGANIZATION,
    ("organization", "other_names"): ("dba", "d b a", "doing business as", "former name", "short name", "abbreviation"),
    ("organization", "side"): ("sector", "community or institution"),
    ("organization", "kind"): (
        "type of organization", "type of org", "org type", "organization type", "kind of organization", "agency type",
        "partner type", "vendor type", "type of partner", "type of agency", "type of group", "category", "organization category",
        "nonprofit type", "type of nonprofit", "entity type", "group type", "sector", "classification",
    ),
    ("organization", "aims"): (
        "mission statement", "purpose", "what they do", "services", "services provided", "summary", "description of services",
        "organization description", "mission purpose", "about the organization", "work",
    ),
    ("organization", "website"): (
        "website url", "web address", "web page", "webpage", "website address", "site", "internet", "home page", "link", "www",
        "organization website",
    ),
    ("organization", "issue_areas"): (
        "focus", "focus area", "focus areas", "topic", "topics", "issue", "area of focus", "areas of focus", "issue s",
        "program area", "program areas", "sectors", "priority area", "priority areas",
    ),
    ("organization", "area"): ("jurisdiction", "jurisdictions", "jurisdictions served", "cities served", "city served"),
    ("organization", "area_note"): (
        "neighborhood", "neighborhoods", "service area", "geographic area", "neighborhoods served", "geography",
        "neighborhood s", "district", "ward", "region", "part of town",
    ),
    ("organization", "languages"): ("languages spoken", "language s", "language s spoken", "languages served"),
    ("organization", "led_by"): ("leadership", "led by community", "poc led"),
    ("organization", "communities"): (
        "population served", "populations served", "population", "who they serve", "community served", "target population",
        "clients served",
    ),
    ("organization", "address"): (
        "street", "address 1", "address line 1", "street address 1", "location", "physical address", "office address",
        "mailing street", "address street",
    ),
    ("organization", "source"): ("data source", "source of information", "where we got it"),
    ("organization", "last_verified_on"): (
        "last updated", "updated", "date updated", "last update", "verified on", "date verified", "last contact",
        "last confirmed", "as of", "date last verified", "last checked",
    ),
    ("department", "name"): ("dept", "dept name", "division", "office", "unit", "bureau", "name of department"),
    ("department", "kind"): ("department type", "type of department", "dept type"),
    ("department", "about"): ("what it does", "mission", "purpose", "responsibilities"),
    ("partnership", "title"): ("partnership", "partnership name", "name", "initiative", "project", "name of partnership"),
    ("partnership", "starts_on"): ("start", "start date", "began", "date started", "since"),
    ("partnership", "ends_on"): ("end", "end date", "ended", "expires", "expiration date"),
}  # fmt: skip
