"""Representations of records that have no stored document: field names, dates, and the ids and keys of related records.

They have no labels, since programs compare keys. The packages below decide what a reader may see
(`directory.queries.organization_facts`).
"""

from django.db.models import prefetch_related_objects

from partnerships.api import schemas
from partnerships.core.models import Record
from partnerships.directory import queries as directory
from partnerships.directory.choices import RelationKind
from partnerships.directory.models import IssueArea, Term
from partnerships.directory.rules import may_read_all_of_place
from partnerships.meetings.rules import notes_are_public, notes_visible_to


def organizations(person, records) -> list[dict]:
    """With contacts, and who may read which field, only for people who may read all of it: its own people and the
    office that keeps it.
    """
    found = directory.organization_facts_many(person, records)
    prefetch_related_objects([facts.organization for facts in found if facts.is_profile], "identifiers")
    prefetch_related_objects([facts.organization for facts in found if facts.is_whole], "contacts__role")
    return [_organization(facts) for facts in found]


def _organization(facts):
    record = facts.organization
    values = {"id": record.public_id, "name": record.name, "side": record.side, "listing": record.listing}
    values["closed_on"] = record.closed_on
    if not facts.is_profile:
        return values
    for name, value in (facts.profile | facts.private).items():
        if name == "area":
            values[name] = sorted(place.public_id for place in value)
        elif name == "kind":
            values[name] = value.key if value else None
        else:
            values[name] = _keys(value) if isinstance(value, list) else value
    values["identifiers"] = _identifiers(record)
    if facts.is_whole:
        fields = record.PROFILE_FIELDS + record.PRIVATE_FIELDS
        values["contacts"] = _contacts(record)
        values["open_fields"] = {name: record.reader_of(name) for name in fields}
    return values | metadata(record)


def _contacts(record):
    names = ("name", "email", "phone", "note", "language", "visible_to")
    return [
        {name: getattr(contact, name) for name in names} | {"role": contact.role.key if contact.role else None}
        for contact in record.contacts.all()
    ]


def jurisdictions(person, records) -> list[dict]:
    return [_jurisdiction(record) for record in directory.prefetch_facts(records)]


def _jurisdiction(record):
    related = [(row.kind, row.second.public_id) for row in record.relations_as_first.all()]
    related += [(row.kind, row.first.public_id) for row in record.relations_as_second.all()]
    return with_shape(
        schemas.JURISDICTION,
        record,
        neighbors=sorted(other for kind, other in related if kind == RelationKind.NEIGHBOR),
        overlaps=sorted(other for kind, other in related if kind == RelationKind.OVERLAP),
        stage=record.stage or None,
        stages=[{"stage": entry.stage, "since": entry.since} for entry in record.stages.all()],
        identifiers=_identifiers(record),
    )


def departments(person, records) -> list[dict]:
    """With contacts only for people who may read all of it: its own people and those of its jurisdiction."""
    records = directory.prefetch_facts(records)
    whole = {record.pk for record in records if may_read_all_of_place(person, record)}
    prefetch_related_objects([record for record in records if record.pk in whole], "contacts__role")
    return [
        with_shape(schemas.DEPARTMENT, record, identifiers=_identifiers(record), contacts=_contacts(record))
        if record.pk in whole
        else with_shape(schemas.DEPARTMENT, record, "contacts", identifiers=_identifiers(record))
        for record in records
    ]


def issue_areas(person, records) -> list[dict]:
    return [with_shape(schemas.ISSUE_AREA, record) for record in directory.prefetch_facts(records)]


def meetings(person, records) -> list[dict]:
    """Without participants, who are people. With notes for people who may read them."""
    records = list(records)
    read = {record.pk for record in records if notes_are_public(record)}
    inside = [record.pk for record in records if record.closed_at and record.pk not in read] if person else []
    if inside:
        read |= {*notes_visible_to(person).filter(pk__in=inside).values_list("pk", flat=True)}
    prefetch_related_objects([record for record in records if record.pk in read], "decisions")
    return [_meeting(record, record.pk in read) for record in records]


def _point(item, shows_notes):
    return {"title": item.title, "minutes": item.minutes, "notes": item.notes if shows_notes else None}


def _decision(decision):
    """Without its partners: whether one may be named can change while the meeting doesn't."""
    names = ("question", "options", "outcome", "community_input")
    return {name: getattr(decision, name) for name in names}


def _meeting(record, shows_notes):
    return with_shape(
        schemas.MEETING,
        record,
        time=record.time.strftime("%H:%M"),
        link=record.link_shown,
        agenda=[_point(item, shows_notes) for item in record.agenda.all()],
        notes=record.notes if shows_notes else None,
        decisions=[_decision(decision) for decision in record.decisions.all()] if shows_notes else [],
        sequence=record.public_version - 1,
    )


def action_items(person, records) -> list[dict]:
    """Without people: neither the owner nor the authors of its log."""
    records = list(records)
    prefetch_related_objects(records, "meeting", "log")
    return [_action_item(record) for record in records]


def _action_item(record):
    return with_shape(
        schemas.ACTION_ITEM,
        record,
        meeting=record.meeting.public_id if record.sees_meeting else None,
        activity=record.activity.public_id if record.sees_activity else None,
        owner=record.owner_party.entity.public_id if record.owner_party and record.sees_party else None,
        log=[{"at": entry.at, "status": entry.status, "text": entry.text} for entry in record.log.all()],
    )


def agreements(person, records) -> list[dict]:
    return [_agreement(record) for record in records]


def _agreement(record):
    """An agreement under the id of its partnership, which it's a part of."""
    terms = {name: getattr(record.agreement, name) for name in schemas.TERMS}
    terms["amount"] = None if terms["amount"] is None else str(terms["amount"])
    return with_shape(schemas.AGREEMENT, record, jurisdiction=record.lead.public_id, **terms)


def with_shape(shape, record, /, *without, **given) -> dict:
    """The record as JSON: the values of its fields with the names of its schema, in this order.

    `given`: name → value, of what the record has no field for, and of what this reader may not see as it is. `without`:
    names that this reader doesn't get.
    """
    given = {"id": record.public_id} | metadata(record) | given
    return {
        name: given[name] if name in given else _value(getattr(record, name))
        for name in shape["properties"]
        if name not in without
    }


def _value(value):
    if hasattr(value, "all"):
        return sorted(_value(one) for one in value.all())
    if isinstance(value, (Term, IssueArea)):
        return value.key
    return value.public_id if isinstance(value, Record) else value


def metadata(record):
    return {
        "source": record.source,
        "is_illustration": record.is_illustration,
        "last_verified_on": record.last_verified_on,
        "version": record.public_version,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def _keys(terms):
    return sorted(term.key for term in terms)


def _identifiers(record):
    return [
        {"scheme": identifier.scheme, "value": identifier.value, "confirmed": identifier.is_confirmed}
        for identifier in record.identifiers.all()
    ]
