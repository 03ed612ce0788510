"""The shapes of the API's records, as JSON Schema with an example each. A test compares them with what is sent."""

from partnerships.communication.choices import MeetingStatus
from partnerships.core.choices import Side, Stage
from partnerships.directory.choices import DepartmentKind, IdentifierScheme, JurisdictionKind, Listing
from partnerships.measurement.choices import (
    ActivityKind,
    ActivityStatus,
    Counted,
    Dimension,
    Direction,
    MeasureKind,
    Part,
    PeriodKind,
    Unit,
)
from partnerships.registry.choices import AskAnswer, Circle, Kind, Role, Status, Verdict

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


_KEPT = {
    "source": text("Where the facts come from."),
    "is_illustration": flag("Made up to show how the registry works."),
    "last_verified_on": day("The day on which the record was last checked."),
    "version": {"type": "integer", "description": "Goes up with each change of the record."},
    "created_at": moment("When the record was added."),
    "updated_at": moment("When the record last changed."),
}
_ISSUES = many("Keys of issue areas.", {"type": "string"})
_IDENTIFIERS = many(
    "What other systems call it.",
    shape(scheme=key("The system.", IdentifierScheme), value=text("As that system writes it; leading zeros count.")),
)

PARTY = shape(
    type={"type": "string", "enum": ["jurisdiction", "department", "organization"], "description": "What it is."},
    id=public_id("The id of that record."),
    name=text("Its name."),
    side=key("The side that it answers for.", Side),
    circle=key("How close it sits to the decisions.", Circle, empty=True),
    roles=many("What it does here.", {"type": "string", "enum": Role.values}),
    starts_on=day("Since when."),
    ends_on=day("Until when."),
    contribution=text("What it adds, in words."),
)
PARTY["properties"]["backbone_hours_per_month"] = {"type": "integer", "description": "Only for a backbone with hours."}

FACTS = loose(
    agreement=shape(
        amount=amount("Money, as text with two digits after the point."),
        currency=text("ISO 4217."),
        starts_on=day("First day."),
        ends_on=day("Last day."),
        scope=text("What is agreed."),
        payment_days=number("Days until a bill is paid."),
        renewal=text("What happens at the end."),
    ),
    training=shape(audience=text("For whom."), hours=amount("Hours."), evaluator=text("Who looks at how it went.")),
    advisory_body=shape(
        seat_count=number("Seats."),
        term_months=number("Months of a term."),
        position=text("Its place in the government."),
        chosen_how=text("How members are chosen."),
        decides_what=text("What it decides."),
        decides_how=text("How it decides."),
        compensation=text("What members are paid."),
    ),
    joint_project=shape(
        outcomes=text("What it should bring about."),
        budget=amount("Money, as text with two digits after the point."),
        budget_split=text("Who carries how much."),
    ),
    seats=many(
        "Seats of an advisory body.",
        shape(
            title=text("The seat."),
            held_by=public_id("The party that holds it.", empty=True),
            chosen_by=text("Who chooses."),
            starts_on=day("Since when."),
            ends_on=day("Until when."),
        ),
    ),
    asks=many(
        "What community asked of a government.",
        shape(
            text=text("The ask."),
            asked_on=day("When."),
            answer={"type": "string", "enum": ["", *AskAnswer.values], "description": "Empty: not answered yet."},
            answer_reason=text("Why."),
            answer_due_on=day("When an answer is due."),
            answered_on=day("When it was answered."),
            delivered_on=day("When it was done."),
        ),
    ),
    practices=many(
        "Practices that one jurisdiction shared with the others.",
        shape(
            title=text("The practice."),
            shared_by=public_id("The party that shared it.", empty=True),
            shared_on=day("When."),
            adopted_by=many("The parties that took it up.", {"type": "string", "pattern": ID}),
        ),
    ),
)
FACTS["description"] = "The facts of its kind. Only those that there are."

PARTNERSHIP = record(
    id=public_id("Its id, for good."),
    title=text("Its name."),
    kind=key("What kind of partnership.", Kind),
    purpose=key("A key of the open vocabulary of purposes."),
    origin=key("Why it formed: a key of an open vocabulary.", empty=True),
    origin_note=text("Why it formed, in words."),
    status=key("How it stands.", Status),
    status_reason=text("Why it stands so."),
    lessons=text("What was learned."),
    summary=text("What it is for."),
    common_agenda=text("The agenda that all share."),
    engagement={
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": 5,
        "description": "How much say community is promised, from 0 (none) to 5 (community decides).",
    },
    starts_on=day("First day."),
    ends_on=day("Last day."),
    lead=shape(id=public_id("The lead jurisdiction."), name=text("Its name.")),
    issue_areas=_ISSUES,
    parties=many("Who is at the table.", {"$ref": "#/components/schemas/Party"}),
    statements=many(
        "What the parties say of this record, each its last word, in their own words.",
        shape(
            party=public_id("The party that says it."),
            verdict=key("Whether it confirms the record or disputes it.", Verdict),
            words=text("What it sees another way; empty when it confirms."),
            on={"type": "string", "format": "date", "description": "The day, where the lead is."},
            is_current=flag("False when the record has changed since."),
        ),
    ),
    grew_out_of=many("Ids of earlier partnerships.", {"type": "string", "pattern": ID}),
    led_to=many(
        "What came of it.",
        shape(
            id=public_id("A later partnership.", empty=True),
            came_of_it=text("A policy or tool."),
            url=text("Where to read it."),
        ),
    ),
    facts=FACTS,
    documents=many("Links to documents.", shape(title=text("What it is."), url=text("Where it is."))),
    **_KEPT,
)

ORGANIZATION = record(
    id=public_id("Its id, for good."),
    name=text("Its name."),
    side={"type": "string", "enum": ["community", "institution"], "description": "The side that it answers for."},
    listing=key("How it wants to stand here. “named” shows its name and side, and nothing else.", Listing),
)
ORGANIZATION["properties"] |= {
    "kind": key("A key of the open vocabulary of kinds of organization.", empty=True),
    "other_names": text("Other names."),
    "aims": text("What it works for."),
    "website": text("Its website."),
    "area": many("Ids of the jurisdictions that it serves.", {"type": "string", "pattern": ID}),
    "area_note": text("The area that it serves, in words."),
    "languages": many("Keys of languages.", {"type": "string"}),
    "issue_areas": _ISSUES,
    "address": text("Only where the organization opened it."),
    "led_by": many("Keys of communities. Only where the organization opened it.", {"type": "string"}),
    "communities": many("Keys of communities served. Only where it opened them.", {"type": "string"}),
    **_KEPT,
}

JURISDICTION = record(
    id=public_id("Its id, for good."),
    name=text("Its name."),
    kind=key("What kind of government.", JurisdictionKind),
    state=text("Two letters, or empty."),
    parent=public_id("The jurisdiction that it lies in.", empty=True),
    neighbors=many("Ids of neighbors.", {"type": "string", "pattern": ID}),
    overlaps=many("Ids of jurisdictions that it overlaps.", {"type": "string", "pattern": ID}),
    stage=key("How far it has come in racial equity work.", Stage, empty=True),
    stages=many("Its stages, the latest first.", shape(stage=key("The stage.", Stage), since=day("Since when."))),
    about=text("About it."),
    website=text("Its website."),
    population=number("People who live there."),
    latitude=number("Degrees north.", "number"),
    longitude=number("Degrees east.", "number"),
    zone=text("Its time zone."),
    identifiers=_IDENTIFIERS,
    **_KEPT,
)

DEPARTMENT = record(
    id=public_id("Its id, for good."),
    name=text("Its name."),
    kind=key("What kind of unit.", DepartmentKind),
    jurisdiction=public_id("The jurisdiction that it belongs to."),
    parent=public_id("The department above it.", empty=True),
    is_equity_office=flag("Whether it leads racial equity work."),
    about=text("About it."),
    website=text("Its website."),
    issue_areas=_ISSUES,
    identifiers=_IDENTIFIERS,
    **_KEPT,
)

ISSUE_AREA = record(
    id=public_id("Its id, for good."),
    key=text("Its key, for good. Filters take it."),
    name=text("Its name."),
    parent=key("The key of the area above it.", empty=True),
    about=text("About it."),
    position={"type": "integer", "description": "Its place among the areas beside it."},
    **_KEPT,
)

MEETING = record(
    id=public_id("Its id, for good."),
    partnership=public_id("The partnership that meets."),
    title=text("Its name."),
    date={"type": "string", "format": "date", "description": "The day, where it takes place."},
    time=text("The time on the clock there, such as 18:30."),
    zone=text("The time zone there."),
    starts_at=moment("The moment that these three name."),
    minutes_long={"type": "integer", "description": "Minutes."},
    place=text("Where."),
    link=text("Where to join."),
    access_notes=text("Access, food, child care."),
    interpretation=text("Languages and interpretation."),
    agenda=many(
        "What it is about.",
        shape(
            title=text("The point."),
            minutes=number("Minutes."),
            notes=text_or_none("What was said, where the notes are public."),
        ),
    ),
    notes=text_or_none("What was said in all, where the notes are public."),
    decisions=many(
        "What was decided, where the notes are public.",
        shape(
            question=text("What was asked."),
            options=text("What was weighed."),
            outcome=text("What was decided."),
            community_input=text("What community input changed."),
        ),
    ),
    status=key("Whether it takes place.", MeetingStatus),
    sequence={"type": "integer", "description": "Goes up when time, place or status change."},
    is_public=flag("False only for its own staff, who also see internal meetings."),
    **_KEPT,
)

RESULT = record(
    id=public_id("Its id, for good."),
    title=text("What shall be different."),
    population=text("For whom."),
    detail=text("More about it."),
    jurisdiction=public_id("The jurisdiction that keeps it."),
    issue_areas=_ISSUES,
    is_published=flag("False only for its own staff and partners, who also see what is not published."),
    **_KEPT,
)

NUMBER = shape(
    starts_on={"type": "string", "format": "date", "description": "First day of its period."},
    group=text("Of which group: “dimension=key”, several joined by “&”; empty for all together."),
    state={
        "type": "string",
        "enum": ["shown", "suppressed"],
        "description": "“suppressed”: of too few people, or would give such a number away. Then nothing else is said.",
    },
    value=number("In the measure’s unit.", "number"),
    numerator=number("The count above the line.", "number"),
    denominator=number("The count below the line.", "number"),
    low=number("Where the number lies at least, 95 times of 100, if counts allow to say so.", "number"),
    high=number("Where it lies at most.", "number"),
    story=text("The story behind it."),
    source=text("Where it comes from."),
    is_disputed=flag("Whether a party sees it differently."),
)

MEASURE = record(
    id=public_id("Its id, for good."),
    title=text("What is measured."),
    kind=key("An indicator of a result, or how well a partnership does its part.", MeasureKind),
    jurisdiction=public_id("The jurisdiction that keeps it."),
    result=public_id("The result that it is an indicator of.", empty=True),
    partnership=public_id("The partnership that it is of.", empty=True),
    definition=text("What is counted, and how."),
    unit=key("Its unit.", Unit),
    per=number("Of a rate, per how many."),
    counted=key("What is counted above the line.", Counted, empty=True),
    direction=key("Which way is better.", Direction),
    period=key("How long its periods are.", PeriodKind),
    first_month={"type": "integer", "description": "The month in which its school or fiscal year begins."},
    lowest=number("The lowest possible score.", "number"),
    highest=number("The highest possible score.", "number"),
    baseline_value=number("Where it began.", "number"),
    target_value=number("Where it shall be.", "number"),
    baseline_on=day("First day of the period where it began."),
    target_on=day("First day of the period until when."),
    smallest={"type": "integer", "description": "A group of fewer people is not shown."},
    groups=many(
        "What it is broken out by.",
        shape(
            dimension=key("What kind of group.", Dimension),
            key=text("Its key, for good."),
            name=text("Its name."),
            is_reference=flag("Whether the others are compared with it."),
        ),
    ),
    is_published=flag("False only for its own staff and partners."),
    numbers={
        "type": ["array", "null"],
        "description": "Its numbers of the last 24 periods, the earliest first. Null in lists.",
        "items": NUMBER,
    },
    **_KEPT,
)

ACTIVITY = record(
    id=public_id("Its id, for good."),
    partnership=public_id("The partnership that it is part of."),
    title=text("What is done, or stopped."),
    detail=text("More about it."),
    kind=key("Whether something is done, or not done any more.", ActivityKind),
    status=key("How it stands.", ActivityStatus),
    starts_on=day("First day."),
    ends_on=day("Last day."),
    is_public=flag("False only for its own staff and partners."),
    results={
        "type": ["array", "null"],
        "description": "Ids of the results that it is for. Null in lists.",
        "items": {"type": "string", "pattern": ID},
    },
    parties={
        "type": ["array", "null"],
        "description": "Who leads and who adds. Null in lists.",
        "items": shape(id=public_id("The party."), side=key("Its side.", Side), part=key("What it does in it.", Part)),
    },
    **_KEPT,
)

SCHEMAS = {
    "Partnership": PARTNERSHIP,
    "Party": PARTY,
    "Organization": ORGANIZATION,
    "Jurisdiction": JURISDICTION,
    "Department": DEPARTMENT,
    "IssueArea": ISSUE_AREA,
    "Meeting": MEETING,
    "Result": RESULT,
    "Measure": MEASURE,
    "Activity": ACTIVITY,
}
# Path → the top-level names that `fields` takes.
FIELDS = {
    "partnerships": tuple(PARTNERSHIP["properties"]),
    "organizations": tuple(ORGANIZATION["properties"]),
    "jurisdictions": tuple(JURISDICTION["properties"]),
    "departments": tuple(DEPARTMENT["properties"]),
    "issue-areas": tuple(ISSUE_AREA["properties"]),
    "meetings": tuple(MEETING["properties"]),
    "results": tuple(RESULT["properties"]),
    "measures": tuple(MEASURE["properties"]),
    "activities": tuple(ACTIVITY["properties"]),
}
