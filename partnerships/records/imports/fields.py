"""The fields that a file may hold for each kind of record, with the texts of the template."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field as ModelField
from django.db.models import Model
from django.utils.translation import gettext_noop as _

from partnerships.accounts.choices import ImportKind
from partnerships.core import record_types
from partnerships.core.choices import Vocabulary
from partnerships.core.importing import Field
from partnerships.core.languages import choices as languages
from partnerships.core.models import Record, type_key
from partnerships.directory.models import IssueArea, Term
from partnerships.interactions.choices import InteractionDirection, InteractionKind
from partnerships.measurement.choices import Dimension
from partnerships.records.imports import headings, synonyms
from partnerships.registry.choices import Circle, Role

# Ways to read a cell that give one value, and those that give several records.
SINGLE, LISTS = ("text", "choice", "term", "yes", "date"), ("issues", "terms", "bodies")
LEFT_OUT = ""  # a column that is not read
MANY = _("Separate several with semicolons.")
_BODY = _("An organization, department or jurisdiction. By name or ID.")
_OTHER_TITLES = _("Other titles are kept as the contact’s note.")


@dataclass(frozen=True)
class Described:
    """A kind of record in a file. `rows`: a sentence that says what each row is.

    `has_blanks`: whether a cell such as “N/A” is empty, and a row of totals isn't a record.
    """

    kind: str
    rows: str
    fields: tuple[Field, ...] = field(default_factory=tuple)
    has_blanks: bool = True

    @property
    def by_key(self) -> dict[str, Field]:
        return {one.key: one for one in self.fields}

    def names(self, model: type[Model], *reads: str) -> tuple[str, ...]:
        """The fields of this model that are read in one of these ways."""
        own = {field.name for field in model._meta.get_fields()}
        return tuple(one.key for one in self.fields if one.key in own and one.reads in reads)


def _id(prefix: str) -> Field:
    words = _(
        "The registry ID of the record. With an ID, the row changes that record. Without one, we look for the name."
    )
    return Field(
        "id", _("ID"), "id", words, f"{prefix}-7KQ4MX-2", prefix, ("registry id", "public id", "identificador")
    )


def _columns(kind: record_types.RecordType) -> tuple[Field, ...]:
    """The fields of a kind of record that a file may set."""
    return tuple(_field(kind.model_field(one.name), one, one.column) for one in kind.fields if one.column)


def _field(field: ModelField, one: record_types.Field, column: record_types.Column) -> Field:
    reads, of = _reading_of(field, one)
    also = (*column.also, *headings.ALSO.get((type_key(field.model), one.name), ()))
    return Field(
        one.name, column.label, reads, column.help, column.example, column.choices or of, also, column.is_needed
    )


def _reading_of(field: ModelField, one: record_types.Field) -> tuple[str, Any]:
    """How the cells of a model's field are read, and from which words or kinds of record."""
    related = field.related_model
    if related is Term:
        return "terms" if field.many_to_many else "term", one.vocabulary
    if related is IssueArea:
        return "issues", ""
    if related and issubclass(related, Record):
        return "bodies" if field.many_to_many else "body", related.ID_PREFIX
    if field.choices:
        return "choice", field.choices
    return {"BooleanField": "yes", "DateField": "date"}.get(field.get_internal_type(), "text"), ""


ORGANIZATIONS = Described(
    ImportKind.ORGANIZATIONS,
    _(
        "Each row is one organization, with its address and a contact if you have them. More rows with the same name "
        "add contacts."
    ),
    (
        _id("G"),
        *_columns(record_types.get("organization")),
        Field("ein", _("EIN"), "ein", _("Nine digits, as text."), "12-3456789", also=headings.EIN),
        Field("uei", _("UEI"), "uei", _("Twelve letters and digits."), "ABCDEFGH1234", also=("unique entity id",)),
        Field("address_line", _("Address, line 2"), help=_("Private, like the address."), also=headings.ADDRESS_LINE),
        Field("address_city", _("City"), also=headings.CITY),
        Field("address_state", _("State"), also=headings.STATE),
        Field("address_zip", _("ZIP code"), "zip", example="55401", also=headings.ZIP),
        Field("contact_name", _("Contact name"), help=_("For registry staff only."), example="Front desk", also=headings.CONTACT),
        Field("contact_first", _("Contact first name"), also=("first name", "first", "fname")),
        Field("contact_last", _("Contact last name"), also=("last name", "last", "surname", "lname")),
        Field("contact_role", _("Contact role"), "role", _OTHER_TITLES, "Director",
              Vocabulary.CONTACT_ROLE, headings.CONTACT_ROLE),
        Field("contact_email", _("Contact email"), "emails", example="desk@example.org", also=headings.EMAIL),
        Field("contact_phone", _("Contact phone"), "phone", example="555-0100", also=headings.PHONE),
        Field("contact_note", _("Contact note"), also=("contact notes",)),
    ),
)  # fmt: skip
CONTACTS = Described(
    ImportKind.CONTACTS,
    _(
        "Each row is one contact."
    ),
    (
        Field("owner", _("Belongs to"), "body", _BODY, "Example neighbors",
              "GDJ", ("organization id", "department", "owner", *headings.ORGANIZATION), is_needed=True),
        Field("name", _("Contact name"), help=_("A person or a desk."), example="Front desk",
              also=("name", *headings.CONTACT), is_needed=True),
        Field("role", _("Role"), "role", _OTHER_TITLES, "Director", Vocabulary.CONTACT_ROLE, headings.CONTACT_ROLE),
        Field("email", _("Email address"), "emails", example="desk@example.org", also=headings.EMAIL),
        Field("phone", _("Phone"), "phone", example="555-0100", also=headings.PHONE),
        Field("note", _("Note"), also=("notes",)),
        Field("language", _("Email language"), "choice", "", "English", languages(), ("language of letters",)),
    ),
)  # fmt: skip
DEPARTMENTS = Described(
    ImportKind.DEPARTMENTS,
    _(
        "Each row is one department, office, initiative or unit of your jurisdiction."
    ),
    (
        _id("D"),
        *_columns(record_types.get("department")),
        Field("parent", _("Part of"), "parent", _("The department that it’s part of, by name or ID. It can be in this file."),
              "Human Services", "D", ("parent", "parent department", "belongs to")),
    ),
)  # fmt: skip
PARTNERSHIPS = Described(
    ImportKind.PARTNERSHIPS,
    _(
        "Each row is one partner in a partnership. Rows with the same ID or title are the same partnership, and its facts "
        "need to be only in its first row. A partner that isn’t in the file stays."
    ),
    (
        _id("P"),
        *_columns(record_types.get("partnership")),
        Field("party", _("Partner"), "body", _BODY, "Example neighbors", "GDJ",
              ("party", "party name", *headings.ORGANIZATION)),
        Field("party_roles", _("Roles of the partner"), "choices", MANY, "Participant", Role.choices,
              ("role", "roles", "party role", "partner role", "partner roles", "roles of the party")),
        Field("party_circle", _("Circle of the partner"), "choice", "", "Co-designs", Circle.choices,
              ("circle", "party circle", "circle of the party")),
        Field("party_contribution", _("Contribution"), also=("party contribution", "what the party brings")),
        Field("party_starts_on", _("Partner since"), "date", "", "2026-01-31", also=("party starts on", "party from", "joined")),
        Field("party_ends_on", _("Partner until"), "date", also=("party ends on", "party until", "left")),
    ),
)  # fmt: skip
_SHORT = {Dimension.RACE: ("race", "race ethnicity", "ethnicity"), Dimension.DISABILITY: ("disability status",)}
NUMBERS = Described(
    ImportKind.NUMBERS,
    _(
        "Each row is one number: a measure, a period and a group. Name the group in one column, or use a column for each "
        "kind of group. Without a group, it’s the number for everyone together."
    ),
    (
        Field("measure", _("Measure"), help=_("By ID or title."), example="N-7KQ4MX-2",
              also=("id", "measure id", "title", "measure title", "indicator"), is_needed=True),
        Field("period", _("Period"), help=_("Written the way the measure has them."), example="2024",
              also=("year", "month", "quarter", "date", "school year", "fiscal year"), is_needed=True),
        Field("group", _("Group"), help=_("By its name on the measure’s page."), example="Black or African American",
              also=("category", "broken out by")),
        *(Field(one.value, str(one.label), also=_SHORT.get(one, ())) for one in Dimension),
        Field("value", _("Value"), example="12.5", also=("number", "percent", "rate", "amount")),
        Field("numerator", _("Numerator"), help=_("How many are counted."), example="45", also=("above the line", "count")),
        Field("denominator", _("Denominator"), help=_("Out of how many."), example="360",
              also=("below the line", "out of", "base")),
        Field("source", _("Source"), help=_("Where the number comes from."), example="Annual survey"),
        Field("published_by", _("Published by"), help=_("Only for a table that anyone can read. We show its numbers exactly.")),
        Field("link", _("Link"), help=_("To the published table."), also=("link to the published table",)),
        Field("story", _("Story"), help=_("The story behind the number."), also=("story behind it", "note", "notes")),
    ),
    has_blanks=False,
)  # fmt: skip
INTERACTIONS = Described(
    ImportKind.INTERACTIONS,
    _(
        "Each row is one call, email or visit of your office. Exports of CiviCRM and Salesforce also work. Rows that differ "
        "only in the contact become one. Only your office can read what you import."
    ),
    (
        Field("side", _("With"), "body", _BODY, "Example neighbors", "GDJ",
              ("with id", "organization id", "department", "company account", "account name", "account", "current employer",
               "employer", "household name", *headings.ORGANIZATION), is_needed=True),
        Field("date", _("Date"), "moment", _("With the time, if you have it."), "2026-01-31 10:30",
              also=("activity date", "activity date time", "date time", "when", "due date", "due date only", "call date",
                    "contact date", "date of contact", "date contacted", "start", "start date"), is_needed=True),
        Field("time", _("Time"), "clock", _("If it isn’t in the column with the date."), "10:30", also=("start time",)),
        Field("kind", _("Type"), "choice", _("Without a type, it’s a call."), "Call", InteractionKind.choices,
              headings.INTERACTION_KIND, same=synonyms.INTERACTION_KINDS),
        Field("direction", _("Who reached out"), "choice", "", "They reached out", InteractionDirection.choices,
              ("call type", "call direction"), same=(("inbound", "to_us"), ("outbound", "from_us"))),
        Field("summary", _("Summary"), help=_("What it was about, in a line. Without one, we use the first line of the notes."),
              example="Interpreters for the clinic", also=headings.INTERACTION_SUMMARY),
        Field("text", _("Notes"), also=headings.INTERACTION_TEXT),
        Field("contacts", _("Contacts"), help=_("By name or email address. Names that we don’t know go into the notes."),
              example="Front desk", also=headings.INTERACTION_CONTACTS),
        Field("contact_email", _("Contact email"), "emails", example="desk@example.org", also=headings.EMAIL),
        Field("staff", _("From your office"), help=_("By name or email address. Names that we don’t know go into the notes."),
              also=("staff", "added by", "source contact", "assigned", "assigned to", "assignee", "assignees", "logged by",
                    "created by", "activity owner", "owner")),
        Field("partnerships", _("Partnerships"), help=_("By title or ID. Titles that we don’t know go into the notes."),
              also=("partnership", "project", "campaign")),
        Field("follow_up_on", _("Follow up on"), "date", "", "2026-02-14",
              also=("follow up", "follow up date", "next step date", "next contact", "next contact date")),
    ),
)  # fmt: skip
KINDS = {one.kind: one for one in (ORGANIZATIONS, CONTACTS, DEPARTMENTS, PARTNERSHIPS, NUMBERS, INTERACTIONS)}
