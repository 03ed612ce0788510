"""The schemas of results, measures, their numbers, activities and plans."""

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
    id=public_id("Its ID. It never changes."),
    title=text("What should be different."),
    population=text("Who it’s for."),
    detail=text("More about it."),
    jurisdiction=public_id("The jurisdiction that keeps it."),
    issue_areas=ISSUES,
    is_published=flag("False only for its own staff and partners, who also see what isn’t published."),
    **KEPT,
)

NUMBER = shape(
    starts_on={"type": "string", "format": "date", "description": "First day of its period."},
    group=text("The group: “dimension=key”, several joined by “&”; empty for everyone together."),
    state={
        "type": "string",
        "enum": ["shown", "counts_only", "suppressed"],
        "description": "“counts_only”: a rate of fewer than 20 people, its rounded counts come without it. “suppressed”: of too "
        "few people, or would give such a number away, or a group’s rate without counts. Nothing else is given then.",
    },
    value=number(
        "In the measure’s unit. Counts of people and events are rounded to the nearest 5. Rates are made of rounded counts, in "
        "whole units.",
        "number",
    ),
    numerator=number("The numerator, rounded to the nearest 5 if it counts people or events.", "number"),
    denominator=number("The denominator, rounded the same way.", "number"),
    low=number(
        "Lower end of the 95% interval, if the counts allow one. It includes rounding.",
        "number",
    ),
    high=number("Upper end of that interval.", "number"),
    story=text("The story behind it."),
    source=text("Where it comes from."),
    published_by=text(
        "Who published it, if the number is quoted from a public table and so isn’t rounded. Otherwise empty."
    ),
    link=text("Where that table can be read."),
    is_disputed=flag("Whether a partner disputes it."),
    definition_changed_on=day(
        "When the definition of the measure last changed, if the number was entered before that: it may follow the earlier one."
    ),
)

MEASURE = record(
    id=public_id("Its ID. It never changes."),
    title=text("What is measured."),
    kind=key("An indicator of a result, or how well a partnership does its part.", MeasureKind),
    jurisdiction=public_id("The jurisdiction that keeps it."),
    result=public_id("The result that it is an indicator of.", empty=True),
    partnership=public_id("The partnership that it is of.", empty=True),
    definition=text("What is counted, and how."),
    unit=key("Its unit.", Unit),
    per=number("Of a rate, per how many."),
    counted=key("What the numerator counts. Null means people.", Counted, empty=True),
    direction=key("Which way is better.", Direction),
    period=key("How long its periods are.", PeriodKind),
    first_month={"type": "integer", "description": "The month in which its school or fiscal year begins."},
    lowest=number("The lowest possible score.", "number"),
    highest=number("The highest possible score.", "number"),
    baseline_value=number("Its baseline, rounded like its numbers.", "number"),
    target_value=number("Its target.", "number"),
    baseline_on=day("First day of the baseline period."),
    target_on=day("First day of the target period."),
    last_on=day("First day of its last period, if it has ended."),
    smallest={"type": "integer", "description": "Groups of fewer people aren’t shown."},
    groups=many(
        "What it is broken out by.",
        shape(
            dimension=key("What kind of group.", Dimension),
            key=text("Its key. It never changes."),
            name=text("Its name."),
            is_reference=flag("Whether the others are compared with it."),
        ),
    ),
    is_published=flag("False only for its own staff and partners."),
    numbers=many("Its numbers for the last 24 periods, earliest first.", NUMBER),
    **KEPT,
)

ACTIVITY = record(
    id=public_id("Its ID. It never changes."),
    partnership=public_id("The partnership that it is part of."),
    title=text("What is done, or stopped."),
    detail=text("More about it."),
    kind=key("Whether it’s something to do or something to stop.", ActivityKind),
    status=key("Its status.", ActivityStatus),
    starts_on=day("First day."),
    ends_on=day("Last day."),
    is_public=flag("False only for its own staff and partners."),
    results=many("IDs of the results that it works toward.", {"type": "string", "pattern": ID}),
    parties=many(
        "Who leads and who contributes.",
        shape(id=public_id("The partner."), side=key("Its side.", Side), part=key("Its part.", Part)),
    ),
    all_partners_listed=flag("Whether every partner with a part in it is named."),
    **KEPT,
)

PLAN = record(
    id=public_id("Its ID. It never changes."),
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
