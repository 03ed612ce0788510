"""The fields that a file may hold for each kind of record, with the texts of the template."""

from dataclasses import dataclass, field

from partnerships.accounts.choices import ImportKind
from partnerships.core import record_types
from partnerships.core.choices import Vocabulary
from partnerships.core.importing import Field
from partnerships.core.languages import choices as languages
from partnerships.directory.models import IssueArea, Term
from partnerships.measurement.choices import Dimension
from partnerships.registry.choices import Circle, Role

# Ways to read a cell that give one value, and those that give several records.
SINGLE, LISTS = ("text", "choice", "term", "yes", "date"), ("issues", "terms", "bodies")
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

    def names(self, model, *reads: str) -> tuple[str, ...]:
        """The fields of this model that are read in one of these ways."""
        own = {field.name for field in model._meta.get_fields()}
        return tuple(one.key for one in self.fields if one.key in own and one.reads in reads)


def _id(letter, what):
    words = f"The registry’s id of the {what}. With it the row changes that record; without it we look for the name."
    return Field("id", "Id", "id", words, f"{letter}-7KQ4MX-2", letter, ("registry id", "public id"))


def _columns(kind: record_types.RecordType) -> tuple[Field, ...]:
    """The fields of a kind of record that a file may set."""
    return tuple(_field(kind.model_field(one.name), one, one.column) for one in kind.fields if one.column)


def _field(field, one, column):
    reads, of = _reading_of(field, one)
    return Field(
        one.name, column.label, reads, column.help, column.example, column.choices or of, column.also, column.is_needed
    )


def _reading_of(field, one) -> tuple[str, object]:
    """How the cells of a model's field are read, and from which words or kinds of record."""
    related = field.related_model
    if related is Term:
        return "terms" if field.many_to_many else "term", one.vocabulary
    if related is IssueArea:
        return "issues", ""
    if related:
        return "bodies" if field.many_to_many else "body", related.LETTER
    if field.choices:
        return "choice", field.choices
    return {"BooleanField": "yes", "DateField": "date"}.get(field.get_internal_type(), "text"), ""


ORGANIZATIONS = Described(
    ImportKind.ORGANIZATIONS,
    "Each row is one organization.",
    (
        _id("G", "organization"),
        *_columns(record_types.get("organization")),
        Field(
            "ein",
            "EIN",
            "ein",
            "Nine digits, as text.",
            "12-3456789",
            also=("e i n", "tax id", "employer identification number"),
        ),
        Field("uei", "UEI", "uei", "Twelve letters and digits.", "ABCDEFGH1234", also=("unique entity id",)),
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
        *_columns(record_types.get("department")),
        Field("parent", "Part of", "parent", "The department above it, by name or id. It may stand in this file.",
              "Human Services", "D", ("parent", "parent department", "belongs to")),
    ),
)  # fmt: skip
PARTNERSHIPS = Described(
    ImportKind.PARTNERSHIPS,
    "Each row is one party of a partnership. Rows with the same id, or the same title, are one partnership: what is said of it"
    " may stand in its first row alone. A party that is not in the file stays.",
    (
        _id("P", "partnership"),
        *_columns(record_types.get("partnership")),
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
