"""The pieces that the shapes of the API's records are made of, as JSON Schema."""

from partnerships.directory.choices import IdentifierScheme

ID = r"^[A-Z]-[0-9A-Z]{6}-[0-9A-Z]$"
KEY = r"^[a-z0-9_]+$"


def text(about, **more):
    return {"type": "string", "description": about} | more


def text_or_none(about):
    return {"type": ["string", "null"], "description": about}


def key(about, choices=None, *, empty=False):
    """A key of a closed vocabulary (`choices`) or of an open one."""
    if choices is None:
        return {"type": ["string", "null"] if empty else "string", "description": about}
    values = list(choices.values)
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


def loose(**properties):
    """Properties of which some may be missing."""
    return {"type": "object", "properties": properties}


def record(**properties):
    """A whole record. Nothing is required: `fields` may leave any name out."""
    return loose(**properties)


def amount(about):
    return {"type": ["string", "number", "null"], "description": about}


KEPT = {
    "source": text("Where the facts come from."),
    "is_illustration": flag("Made up to show how the registry works."),
    "last_verified_on": day("The day on which the record was last checked."),
    "version": {"type": "integer", "description": "Goes up with each change of the record that everyone can see."},
    "created_at": moment("When the record was added."),
    "updated_at": moment("When the record last changed, as far as everyone can see."),
}
ISSUES = many("Keys of issue areas.", {"type": "string"})
IDENTIFIERS = many(
    "What other systems call it.",
    shape(scheme=key("The system.", IdentifierScheme), value=text("As that system writes it; leading zeros count.")),
)
