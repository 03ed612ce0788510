"""The shapes of results, measures, their numbers, activities and plans in the API."""

from partnerships.api.shapes import ID, ISSUES, KEPT, day, flag, key, many, number, public_id, record, shape, text
from partnerships.core.choices import Side
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

RESULT = record(
    id=public_id("Its id, for good."),
    title=text("What shall be different."),
    population=text("For whom."),
    detail=text("More about it."),
    jurisdiction=public_id("The jurisdiction that keeps it."),
    issue_areas=ISSUES,
    is_published=flag("False only for its own staff and partners, who also see what is not published."),
    **KEPT,
)

NUMBER = shape(
    starts_on={"type": "string", "format": "date", "description": "First day of its period."},
    group=text("Of which group: “dimension=key”, several joined by “&”; empty for everyone together."),
    state={
        "type": "string",
        "enum": ["shown", "counts_only", "suppressed"],
        "description": "“counts_only”: a rate of fewer than 20 people, its rounded counts come without it. “suppressed”: of too "
        "few people, or would give such a number away, or a group’s rate without counts. Then nothing else is said.",
    },
    value=number(
        "In the measure’s unit. Counts of people and events are rounded to the nearest 5. Rates are made of rounded counts, in "
        "whole units.",
        "number",
    ),
    numerator=number("The count above the line, rounded to the nearest 5 unless other things are counted.", "number"),
    denominator=number("The count below the line, rounded alike.", "number"),
    low=number(
        "Where the number lies at least, 95 times of 100, if counts allow to say so. It includes the rounding.",
        "number",
    ),
    high=number("Where it lies at most.", "number"),
    story=text("The story behind it."),
    source=text("Where it comes from."),
    published_by=text(
        "Of a number that is quoted from a public table, and so not rounded: who published it. Else empty."
    ),
    link=text("Where that table can be read."),
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
    counted=key("What is counted above the line. Null counts as people.", Counted, empty=True),
    direction=key("Which way is better.", Direction),
    period=key("How long its periods are.", PeriodKind),
    first_month={"type": "integer", "description": "The month in which its school or fiscal year begins."},
    lowest=number("The lowest possible score.", "number"),
    highest=number("The highest possible score.", "number"),
    baseline_value=number("Where it began, rounded as its numbers are.", "number"),
    target_value=number("Where it shall be.", "number"),
    baseline_on=day("First day of the period where it began."),
    target_on=day("First day of the period until when."),
    smallest={"type": "integer", "description": "Groups of fewer people aren’t shown."},
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
    numbers=many("Its numbers of the last 24 periods, the earliest first.", NUMBER),
    **KEPT,
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
    results=many("Ids of the results that it is for.", {"type": "string", "pattern": ID}),
    parties=many(
        "Who leads and who adds.",
        shape(id=public_id("The party."), side=key("Its side.", Side), part=key("What it does in it.", Part)),
    ),
    all_partners_listed=flag("Whether every partner with a part in it is named."),
    **KEPT,
)

PLAN = record(
    id=public_id("Its id, for good."),
    title=text("Its name."),
    jurisdiction=public_id("The jurisdiction whose plan it is."),
    link=text("Where it can be read."),
    starts_on=day("First day."),
    ends_on=day("Last day."),
    is_published=flag("False only for its own staff."),
    outcomes=many(
        "Its outcomes, in order.",
        shape(
            number=text("Its number in the plan."),
            goal=text("The goal or area that it belongs to."),
            title=text("The outcome."),
            actions=text("What will be done."),
            measured_by=text("How it is measured."),
            accountable=text("Who is accountable."),
            due=text("By when, as the plan says it."),
            progress=text("Progress, as the plan says it."),
            result=public_id("The result that it is for.", empty=True),
            partnerships=many("Ids of the partnerships that serve it.", {"type": "string", "pattern": ID}),
        ),
    ),
    **KEPT,
)
