"""Representations of results, measures with their numbers, activities with their partners, and plans.

Numbers come only from `measurement.number_queries`, so those about too few people are hidden here as on the pages.
"""

from partnerships.api.measure_schemas import ACTIVITY, PLAN, RESULT
from partnerships.api.representations import metadata, with_shape
from partnerships.measurement.number_kinds import baseline_of
from partnerships.measurement.number_queries import numbers_of_each, redefined_on

_AMOUNTS = ("lowest", "highest", "target_value")


def results(person, records) -> list[dict]:
    return [with_shape(RESULT, record, jurisdiction=record.lead.public_id) for record in records]


def measures(person, records) -> list[dict]:
    records = list(records)
    numbers = numbers_of_each(person, records)
    return [_measure(record) | {"numbers": _numbers(numbers[record.pk])} | metadata(record) for record in records]


def _measure(record):
    return {
        "id": record.public_id,
        "title": record.title,
        "kind": record.kind,
        "jurisdiction": record.lead.public_id,
        "result": record.result.public_id if record.result else None,
        "partnership": record.partnership.public_id if record.partnership else None,
        "definition": record.definition,
        "unit": record.unit,
        "per": record.per,
        "counted": record.counted or None,
        "direction": record.direction,
        "period": record.period,
        "first_month": record.first_month,
        **{name: _number(getattr(record, name)) for name in _AMOUNTS},
        "baseline_value": _number(baseline_of(record)),
        "baseline_on": record.baseline_on,
        "target_on": record.target_on,
        "last_on": record.last_on,
        "smallest": record.smallest,
        "groups": [
            {"dimension": group.dimension, "key": group.key, "name": group.name, "is_reference": group.is_reference}
            for group in record.groups.all()
        ],
        "is_published": record.is_published,
    }


def _numbers(found):
    return [
        {
            "starts_on": period,
            "group": cell,
            "state": number.state or "shown",
            **{name: _number(getattr(number, name)) for name in ("value", "numerator", "denominator", "low", "high")},
            "story": number.story,
            "source": number.source,
            "published_by": number.published_by,
            "link": number.link,
            "is_disputed": number.is_disputed,
            "definition_changed_on": redefined_on(found, period),
        }
        for (period, cell), number in sorted(
            found.at.items(), key=lambda one: (one[0][0], found.cells.index(one[0][1]))
        )
    ]


def _number(amount):
    return None if amount is None else round(float(amount), 6)


def activities(person, records) -> list[dict]:
    return [_activity(record) for record in records]


def _part(part):
    return {"id": part.party.entity.public_id, "side": part.party.side, "part": part.part}


def _activity(record):
    return with_shape(
        ACTIVITY,
        record,
        results=sorted(result.public_id for result in record.seen_results),
        parties=[_part(part) for part in record.seen_parts],
        all_partners_listed=not record.lost_part,
    )


_OUTCOME = ("number", "goal", "title", "actions", "measured_by", "accountable", "due", "progress")


def plans(person, records) -> list[dict]:
    return [_plan(record) for record in records]


def _plan(record):
    outcomes = [_outcome(one) for one in record.seen_outcomes]
    return with_shape(PLAN, record, jurisdiction=record.lead.public_id, outcomes=outcomes)


def _outcome(one):
    return {name: getattr(one, name) for name in _OUTCOME} | {
        "result": one.result.public_id if one.result else None,
        "partnerships": sorted(partnership.public_id for partnership in one.seen_partnerships),
    }
