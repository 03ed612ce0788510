"""Parts of the JSON Schemas of records."""

from partnerships.core import record_types
from partnerships.directory.choices import IdentifierScheme, Reader
from partnerships.directory.models import IssueArea, Term

ID = r"^[A-Z]-[0-9A-Z]{6}-[0-9A-Z]$"
KEY = r"^[a-z0-9_]+$"


def text(about, **more):
    return {"type": "string", "description": about} | more


def text_or_none(about):
    return {"type": ["string", "null"], "description": about}


def key(about, choices=None, *, empty=False):
    """The key of a closed vocabulary (`choices`) or of an open one."""
    if choices is None:
        return {"type": ["string", "null"] if empty else "string", "description": about}
    values = list(getattr(choices, "values", choices))
    return {
        "type": ["string", "null"] if empty else "string",
        "enum": [*values, None] if empty else values,
        "description": about,
    }


def public_id(about, *, empty=False):
    return {"type": ["string", "null"] if empty else "string", "pattern": ID, "description": about}


def day(about):
    return {"type": ["string", "null"], "format": "date", "description": about}


def moment(about):
    return {"type": "string", "format": "date-time", "description": about}


def number(about, kind="integer"):
    return {"type": [kind, "null"], "description": about}


def flag(about):
    return {"type": "boolean", "description": about}


def many(about, items):
    return {"type": "array", "description": about, "items": items}


def shape(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


def optional_object(**properties):
    """An object whose properties are optional."""
    return {"type": "object", "properties": properties}


def record(**properties):
    """A whole record. No property is required, since the `fields` parameter can leave out any."""
    return optional_object(**properties)


def amount(about):
    return {"type": ["string", "number", "null"], "description": about}


KEPT = {
    "source": text("Where the facts come from."),
    "is_illustration": flag("Made up to show how the registry works."),
    "last_verified_on": day("The day on which the record was last checked."),
    "version": {
        "type": "integer",
        "description": "Goes up with each change of the record that everyone can see. If you may change the record, with "
        "every change. Pulls with updated_since always have the first.",
    },
    "created_at": moment("When the record was added."),
    "updated_at": moment("When the record last changed, as far as everyone can see."),
}
ISSUES = many("Keys of issue areas.", {"type": "string"})
IDENTIFIERS = many(
    "What other systems call it.",
    shape(
        scheme=key("The system.", IdentifierScheme),
        value=text("As that system writes it; leading zeros count."),
        confirmed=flag(
            "Whether an office other than the one that entered it, or an official list, has confirmed it. Otherwise "
            "it’s a claim, and several records may have it. You can’t change this here."
        ),
    ),
)
CONTACTS = many(
    "Ways to reach someone. Only for its own people and the office that keeps the record.",
    shape(
        name=text("A name or a role."),
        role=key("A key of the open vocabulary of roles.", empty=True),
        email=text("An email address."),
        phone=text("A phone number."),
        note=text("When and how."),
        language=text("The language of emails."),
        visible_to=key("Who reads it on pages.", Reader),
    ),
)


def published(kind) -> dict:
    """The schemas of the published fields of a record type."""
    kind = record_types.get(kind)
    return {one.name: _shape_of(kind.model_field(one.name), one.published) for one in kind.fields if one.published}


def _shape_of(field, about):
    related = field.related_model
    if field.many_to_many:
        return many(about, {"type": "string"} if related in (Term, IssueArea) else {"type": "string", "pattern": ID})
    if related:
        return key(about, empty=field.null)
    values = [value for value, _ in field.flatchoices]
    values = ["", *values] if values and field.blank and not field.null else values
    if values and isinstance(values[0], int):
        limits = {"minimum": min(values), "maximum": max(values)}
        return {"type": ["integer", "null"] if field.null else "integer"} | limits | {"description": about}
    if values:
        return key(about, values)
    return {"DateField": day, "BooleanField": flag}.get(field.get_internal_type(), text)(about)
