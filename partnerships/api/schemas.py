"""The JSON Schemas of records, with an example each. A test validates what the API sends against them."""

from partnerships.api.shapes import (
    CONTACTS,
    ID,
    IDENTIFIERS,
    ISSUES,
    KEPT,
    amount,
    day,
    flag,
    key,
    many,
    moment,
    number,
    optional_object,
    public_id,
    published,
    record,
    shape,
    text,
    text_or_none,
)
from partnerships.core.choices import Side, Stage
from partnerships.directory.choices import DepartmentKind, JurisdictionKind, Listing, Reader
from partnerships.meetings.choices import ActionStatus, MeetingStatus
from partnerships.registry.choices import AskAnswer, Circle, Role, Status, Verdict

PARTY = shape(
    type={"type": "string", "enum": ["jurisdiction", "department", "organization"], "description": "What it is."},
    id=public_id("The id of that record."),
    name=text("Its name."),
    side=key("The side that it answers for.", Side),
    circle=key("How close it is to the decisions.", Circle, empty=True),
    roles=many("What it does here.", {"type": "string", "enum": Role.values}),
    starts_on=day("Since when."),
    ends_on=day("Until when."),
    contribution=text("Its contribution, in words."),
    confirmed=flag("Whether the partner confirmed its seat, or leads the partnership. If not, the office recorded it."),
)
PARTY["properties"]["backbone_hours_per_month"] = {"type": "integer", "description": "Only for a backbone with hours."}

TERMS = {
    "amount": amount("Money, as text with two digits after the point."),
    "currency": text("ISO 4217."),
    "starts_on": day("First day."),
    "ends_on": day("Last day."),
    "scope": text("What is agreed."),
    "payment_days": number("Days until a bill is paid."),
    "renewal": text("What happens at the end."),
}
FACTS = optional_object(
    agreement=shape(**TERMS),
    training=shape(audience=text("Who it’s for."), hours=amount("Hours."), evaluator=text("Who evaluates it.")),
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
        outcomes=text("What it should achieve."),
        budget=amount("Money, as text with two digits after the point."),
        budget_split=text("Who pays how much."),
    ),
    seats=many(
        "Seats of an advisory body.",
        shape(
            title=text("The seat."),
            held_by=public_id("The partner that holds it.", empty=True),
            chosen_by=text("Who chooses."),
            starts_on=day("Since when."),
            ends_on=day("Until when."),
        ),
    ),
    asks=many(
        "What the community asked of a government.",
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
            shared_by=public_id("The partner that shared it.", empty=True),
            shared_on=day("When."),
            adopted_on=day("When they adopted it."),
            adopted_by=many("The partners that adopted it.", {"type": "string", "pattern": ID}),
        ),
    ),
)
FACTS["description"] = "The facts of its kind. Only those that there are."

PARTNERSHIP = record(
    id=public_id("Its ID. It never changes."),
    **published("partnership"),
    lead=shape(id=public_id("The lead jurisdiction."), name=text("Its name.")),
    issue_areas=ISSUES,
    parties=many("Its partners.", {"$ref": "#/components/schemas/Party"}),
    all_partners_listed=flag("Whether every partner is named. If not, one that was named before no longer is."),
    statements=many(
        "What the partners say about this record, in their own words: the latest of each.",
        shape(
            party=public_id("The partner that says it."),
            verdict=key("Whether it confirms the record or disputes it.", Verdict),
            words=text("Where it disagrees. Empty if it confirms."),
            on={"type": "string", "format": "date", "description": "The date at the lead agency."},
            is_current=flag("False if the record has changed since then."),
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
    **KEPT,
)

ORGANIZATION = record(
    id=public_id("Its ID. It never changes."),
    name=text("Its name."),
    side={"type": "string", "enum": ["community", "institution"], "description": "The side that it answers for."},
    listing=key("How it’s listed. “named” shows only its name and side, and the day when it closed.", Listing),
    closed_on=day("Its last day, if it has closed."),
)
ORGANIZATION["properties"] |= {
    **published("organization"),
    "identifiers": IDENTIFIERS,
    "contacts": CONTACTS,
    "open_fields": {
        "type": "object",
        "description": "Who can see each field. Only for its own users and the office that keeps the record.",
        "additionalProperties": key("Who can see it.", Reader),
    },
    **KEPT,
}

JURISDICTION = record(
    id=public_id("Its ID. It never changes."),
    name=text("Its name."),
    other_names=text("Former names and short names, separated by semicolons."),
    kind=key("What kind of government.", JurisdictionKind),
    state=text("Two letters, or empty."),
    parent=public_id("The jurisdiction that it’s part of.", empty=True),
    neighbors=many("Ids of neighbors.", {"type": "string", "pattern": ID}),
    overlaps=many("Ids of jurisdictions that it overlaps.", {"type": "string", "pattern": ID}),
    stage=key("Its stage of racial equity work.", Stage, empty=True),
    stages=many("Its stages, latest first.", shape(stage=key("The stage.", Stage), since=day("Since when."))),
    about=text("About it."),
    website=text("Its website."),
    population=number("People who live there."),
    latitude=number("Degrees north.", "number"),
    longitude=number("Degrees east.", "number"),
    zone=text("Its time zone."),
    identifiers=IDENTIFIERS,
    **published("jurisdiction"),
    **KEPT,
)

DEPARTMENT = record(
    id=public_id("Its ID. It never changes."),
    name=text("Its name."),
    other_names=text("Former names and short names, separated by semicolons."),
    kind=key("What kind of unit.", DepartmentKind),
    jurisdiction=public_id("The jurisdiction that it belongs to."),
    parent=public_id("The department above it.", empty=True),
    is_equity_office=flag("Whether it leads racial equity work."),
    about=text("About it."),
    website=text("Its website."),
    closed_on=day("Its last day, if it has closed."),
    issue_areas=ISSUES,
    identifiers=IDENTIFIERS,
    contacts=CONTACTS,
    **published("department"),
    **KEPT,
)

ISSUE_AREA = record(
    id=public_id("Its ID. It never changes."),
    key=text("Its key. It never changes. Filters take it."),
    name=text("Its name."),
    parent=key("The key of the area above it.", empty=True),
    about=text("About it."),
    position={"type": "integer", "description": "Its place among its sibling areas."},
    **KEPT,
)

MEETING = record(
    id=public_id("Its ID. It never changes."),
    partnership=public_id("The partnership that meets."),
    title=text("Its name."),
    date={"type": "string", "format": "date", "description": "The local date."},
    time=text("The local time, such as 18:30."),
    zone=text("The time zone there."),
    starts_at=moment("The moment of these three."),
    minutes_long={"type": "integer", "description": "Minutes."},
    place=text("Where."),
    link=text("Where to join, for those who take part, and for everyone where the office chose so."),
    access_notes=text("Access, food, child care."),
    interpretation=text("Languages and interpretation."),
    agenda=many(
        "What it is about.",
        shape(
            title=text("The point."),
            minutes=number("Minutes."),
            notes=text_or_none("What was said, if you may read the notes."),
        ),
    ),
    notes=text_or_none("What was said in all, if you may read the notes."),
    decisions=many(
        "What was decided, if you may read the notes.",
        shape(
            question=text("What was asked."),
            options=text("What was weighed."),
            outcome=text("What was decided."),
            community_input=text("What community input changed."),
        ),
    ),
    status=key("Whether it takes place.", MeetingStatus),
    sequence={"type": "integer", "description": "Goes up with each change that everyone can see."},
    is_public=flag("False only for its own staff, who also see internal meetings."),
    **KEPT,
)

ACTION_ITEM = record(
    id=public_id("Its ID. It never changes."),
    partnership=public_id("The partnership that it is part of."),
    meeting=public_id("The meeting that it comes from, if you may know of it.", empty=True),
    activity=public_id("The activity that it is for, if you may know of it.", empty=True),
    title=text("What is to be done."),
    detail=text("More about it."),
    owner=public_id("The partner that owns it, if you may know of it.", empty=True),
    due_on=day("When it is due."),
    status=key("Whether it is open.", ActionStatus),
    done_on=day("When it was done."),
    log=many(
        "What was noted, the latest first.",
        shape(
            at=moment("When."),
            status=key("Its status after that.", ActionStatus),
            text=text("The note."),
        ),
    ),
    **KEPT,
)

AGREEMENT = record(
    id=public_id("The id of its partnership."),
    title=text("The title of its partnership."),
    jurisdiction=public_id("The lead agency."),
    status=key("The status of its partnership.", Status),
    is_published=flag("False only for its own staff and those it is shared with."),
    **TERMS,
    **KEPT,
)

VOCABULARY = record(
    id=text("Its name."),
    is_open=flag("Whether staff may add terms."),
    terms=many(
        "Its terms, in order.",
        shape(
            key={"type": ["string", "integer"], "description": "What records hold. It never changes."},
            label=text("What people read. Staff may change it."),
            help=text("What it means, where staff explain it."),
            is_retired=flag("Whether it’s retired: only on old records, and can no longer be chosen."),
        ),
    ),
)

PARTS = {"Party": PARTY}  # shapes that those of records refer to, by name
