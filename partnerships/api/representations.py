"""Representations of records that have no stored document: field names, dates, and the ids and keys of related records.

They have no labels, since programs compare keys. The packages below decide what a reader may see
(`directory.queries.organization_facts`).
"""

from django.db.models import prefetch_related_objects

from partnerships.directory import queries as directory
from partnerships.directory.choices import RelationKind
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
    return {
        "id": record.public_id,
        "name": record.name,
        "other_names": record.other_names,
        "kind": record.kind,
        "state": record.state,
        "parent": record.parent.public_id if record.parent else None,
        "neighbors": sorted(other for kind, other in related if kind == RelationKind.NEIGHBOR),
        "overlaps": sorted(other for kind, other in related if kind == RelationKind.OVERLAP),
        "stage": record.stage or None,
        "stages": [{"stage": entry.stage, "since": entry.since} for entry in record.stages.all()],
        "about": record.about,
        "website": record.website,
        "population": record.population,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "zone": record.zone,
        "identifiers": _identifiers(record),
    } | metadata(record)


def departments(person, records) -> list[dict]:
    """With contacts only for people who may read all of it: its own people and those of its jurisdiction."""
    records = directory.prefetch_facts(records)
    whole = {record.pk for record in records if may_read_all_of_place(person, record)}
    prefetch_related_objects([record for record in records if record.pk in whole], "contacts__role")
    return [_department(record, record.pk in whole) for record in records]


def _department(record, is_whole):
    contacts = {"contacts": _contacts(record)} if is_whole else {}
    return {
        "id": record.public_id,
        "name": record.name,
        "other_names": record.other_names,
        "kind": record.kind,
        "jurisdiction": record.jurisdiction.public_id,
        "parent": record.parent.public_id if record.parent else None,
        "is_equity_office": record.is_equity_office,
        "about": record.about,
        "website": record.website,
        "closed_on": record.closed_on,
        "issue_areas": _keys(record.issue_areas.all()),
        "identifiers": _identifiers(record),
        **contacts,
    } | metadata(record)


def issue_areas(person, records) -> list[dict]:
    return [_issue_area(record) for record in directory.prefetch_facts(records)]


def _issue_area(record):
    return {
        "id": record.public_id,
        "key": record.key,
        "name": record.name,
        "parent": record.parent.key if record.parent else None,
        "about": record.about,
        "position": record.position,
    } | metadata(record)


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
    return {
        "id": record.public_id,
        "partnership": record.partnership.public_id,
        "title": record.title,
        "date": record.date,
        "time": record.time.strftime("%H:%M"),
        "zone": record.zone,
        "starts_at": record.starts_at,
        "minutes_long": record.minutes_long,
        "place": record.place,
        "link": record.link_shown,
        "access_notes": record.access_notes,
        "interpretation": record.interpretation,
        "agenda": [_point(item, shows_notes) for item in record.agenda.all()],
        "notes": record.notes if shows_notes else None,
        "decisions": [_decision(decision) for decision in record.decisions.all()] if shows_notes else [],
        "status": record.status,
        "sequence": record.public_version - 1,
        "is_public": record.is_public,
    } | metadata(record)


def action_items(person, records) -> list[dict]:
    """Without people: neither the owner nor the authors of its log."""
    records = list(records)
    prefetch_related_objects(records, "meeting", "log")
    return [_action_item(record) for record in records]


def _action_item(record):
    owner = record.owner_party.entity.public_id if record.owner_party and record.sees_party else None
    return {
        "id": record.public_id,
        "partnership": record.partnership.public_id,
        "meeting": record.meeting.public_id if record.sees_meeting else None,
        "activity": record.activity.public_id if record.sees_activity else None,
        "title": record.title,
        "detail": record.detail,
        "owner": owner,
        "due_on": record.due_on,
        "status": record.status,
        "done_on": record.done_on,
        "log": [{"at": entry.at, "status": entry.status, "text": entry.text} for entry in record.log.all()],
    } | metadata(record)


def agreements(person, records) -> list[dict]:
    return [_agreement(record) for record in records]


def _agreement(record):
    """An agreement under the id of its partnership, which it's a part of."""
    terms = record.agreement
    return {
        "id": record.public_id,
        "title": record.title,
        "jurisdiction": record.lead.public_id,
        "status": record.status,
        "is_published": record.is_published,
        "amount": None if terms.amount is None else str(terms.amount),
        **{name: getattr(terms, name) for name in _TERMS},
    } | metadata(record)


_TERMS = ("currency", "starts_on", "ends_on", "scope", "payment_days", "renewal")


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
