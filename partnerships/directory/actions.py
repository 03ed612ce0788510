"""Writing the directory: each action is the only way to do what its name says.

`by` is the person who does it, or None for a command of the operator. All raise ValidationError (by field), NotAllowed and,
where a version is given, Stale; nothing is written then.
"""

from django.db import transaction

from partnerships.core import clock, search, sync
from partnerships.core.access import organizations_of, require
from partnerships.core.children import replace_rows
from partnerships.core.errors import ValidationError
from partnerships.core.plain import fields_of, read_ahead, rows_of
from partnerships.core.stamps import next_stamp
from partnerships.core.trees import place
from partnerships.core.writing import change, store
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Department, IssueArea, Jurisdiction, JurisdictionRelation, Organization
from partnerships.directory.rules import (
    LISTED,
    may_add_organization,
    may_write_department,
    may_write_jurisdiction,
    may_write_organization,
)
from partnerships.registry import publication
from partnerships.registry.models import Partnership, Party

_ROWS = ("contacts", "identifiers", "stages")


def snapshot(record) -> dict:
    """All of a record as plain values, for the change log and for comparing two texts."""
    rows = [name for name in _ROWS if hasattr(record, name)]
    read_ahead(record, *rows, *(["contacts__role"] if "contacts" in rows else []))
    shot = fields_of(record)
    for name in rows:
        shot[name] = rows_of(getattr(record, name).all(), leave_out=("jurisdiction", "department", "organization"))
    return shot


def _save(model, record, *, by, version, why, fields, request_id, children):
    """The frame of all four: gives the Writing, with the record as it was before under `.was`."""
    record = record or model(**{k: v for k, v in fields.items() if k in ("is_sample", "is_illustration")})
    with change(
        record,
        by=by,
        verb="update" if record.pk else "create",
        snapshot=snapshot,
        why=why,
        version=version,
        request_id=request_id,
    ) as writing:
        current = writing.record
        store(current, fields)
        if hasattr(current, "path"):
            place(current)
        for name, rows in children.items():
            if rows is not None:
                replace_rows(getattr(current, name), rows, name=name)
    return writing


@transaction.atomic
def save_organization(
    *, organization=None, by, fields, version=None, why="", contacts=None, identifiers=None, request_id=None
):
    """Adds or changes an organization. `fields` by model name, many-to-many ones as lists; lists of dicts for the rest."""
    require(by is None or (may_write_organization(by, organization) if organization else may_add_organization(by)))
    if by is not None:
        _refuse_what_is_not_ours_to_say(by, organization, fields, contacts or ())
    writing = _save(
        Organization,
        organization,
        by=by,
        version=version,
        why=why,
        fields=fields,
        request_id=request_id,
        children={"contacts": contacts, "identifiers": identifiers},
    )
    saved = writing.record
    if writing.changed:
        if "side" in writing.before:
            Party.objects.filter(organization=saved).update(side=saved.side)
        was = writing.before.get("listing", saved.listing) if writing.before else Listing.UNLISTED
        sync.follow("organization", saved.public_id, was_public=was in LISTED, is_public=saved.listing in LISTED)
        shown = {"name", "listing", "side"} & {*writing.before, *writing.after}
        showing = publication.partnerships_showing(organization=saved) if shown else ()
        publication.publish(showing, also={"organization": [_entry(saved)]})
    return saved


def _refuse_what_is_not_ours_to_say(by, organization, fields, contacts):
    """A full profile and open contacts are the organization's own choice: an office may only keep or take back what it said."""
    wrong, is_own = {}, organization is not None and organization.pk in organizations_of(by)
    listing = organization.listing if organization else Listing.UNLISTED
    if fields.get("listing", listing) == Listing.PROFILED != listing and not is_own:
        wrong["listing"] = "Only the organization itself opens its profile. Choose “Named only” or “Unlisted”."
    kept_by = fields.get("kept_by")
    if kept_by and kept_by.pk != getattr(organization, "kept_by_id", None) and not may_write_jurisdiction(by, kept_by):
        wrong["kept_by"] = f"You are not an editor of {kept_by}. Pick a jurisdiction that you write for."
    opening = [] if is_own else [n for n, row in enumerate(contacts) if row.get("visible_to") == Reader.PUBLIC]
    opened = organization.contacts.filter(visible_to=Reader.PUBLIC) if organization and opening else ()
    open_already = {contact.pk for contact in opened}
    for number in opening:
        if contacts[number].get("id") not in open_already:
            words = "Only the organization itself opens a contact to everyone. Choose another reader."
            wrong[f"contacts-{number}-visible_to"] = words
    if wrong:
        raise ValidationError(wrong, code="not_yours")


def _entry(organization):
    """What search may know of an organization: its name when it is listed, its aims when it is profiled."""
    open_texts = (organization.other_names, organization.aims) if organization.listing == Listing.PROFILED else ("", "")
    return search.Entry(organization.pk, organization.listing in LISTED, organization.name, *open_texts)


def _department_entry(department):
    return search.Entry(department.pk, True, department.name, department.jurisdiction.name, department.about)


@transaction.atomic
def save_jurisdiction(
    *,
    jurisdiction=None,
    by,
    fields,
    version=None,
    why="",
    identifiers=None,
    contacts=None,
    stages=None,
    request_id=None,
):
    """Adds or changes a jurisdiction. With `stages` (dicts of stage, since, note) its stage becomes the latest of them;
    a new stage in `fields` joins the history with today's date."""
    require(by is None or may_write_jurisdiction(by, jurisdiction))
    if stages is None and fields.get("stage") and fields["stage"] != getattr(jurisdiction, "stage", ""):
        stages = [*_stage_rows(jurisdiction), {"stage": fields["stage"], "since": clock.today()}]
    if stages:
        fields = fields | {"stage": max(stages, key=lambda row: row["since"])["stage"]}
    writing = _save(
        Jurisdiction,
        jurisdiction,
        by=by,
        version=version,
        why=why,
        fields=fields,
        request_id=request_id,
        children={"identifiers": identifiers, "contacts": contacts, "stages": stages},
    )
    saved = writing.record
    if writing.changed:
        showing = publication.partnerships_showing(jurisdiction=saved) if "name" in writing.after else ()
        if "parent" in writing.before:  # found by other places than before
            showing = publication.partnerships_at(saved)
        entries = {"jurisdiction": [search.Entry(saved.pk, True, saved.name, saved.get_kind_display(), saved.about)]}
        if "name" in writing.after:
            entries["department"] = [_department_entry(row) for row in saved.departments.select_related("jurisdiction")]
        publication.publish(showing, also=entries)
    return saved


def _stage_rows(jurisdiction):
    """The stages so far, without one that began today: a change of mind on one day is one entry."""
    entries = jurisdiction.stages.exclude(since=clock.today()) if jurisdiction and jurisdiction.pk else []
    return [{"id": entry.pk, "stage": entry.stage, "since": entry.since, "note": entry.note} for entry in entries]


@transaction.atomic
def relate_jurisdictions(*, one, other, kind, by) -> None:
    """Says that two jurisdictions touch or overlap; saying it twice changes nothing."""
    require(by is None or may_write_jurisdiction(by, one))
    first, second = sorted((one, other), key=lambda jurisdiction: jurisdiction.pk)
    _, is_new = JurisdictionRelation.objects.get_or_create(first=first, second=second, kind=kind)
    if is_new:
        Jurisdiction.objects.filter(pk__in=(first.pk, second.pk)).update(stamp=next_stamp())


@transaction.atomic
def save_department(
    *, department=None, by, fields, version=None, why="", contacts=None, identifiers=None, request_id=None
):
    """Adds or changes a department, office, initiative or unit."""
    require(by is None or department is None or may_write_department(by, department))
    owner = fields.get("jurisdiction")
    moves = owner and (department is None or owner.pk != department.jurisdiction_id)
    require(by is None or not moves or may_write_jurisdiction(by, owner))
    writing = _save(
        Department,
        department,
        by=by,
        version=version,
        why=why,
        fields=fields,
        request_id=request_id,
        children={"contacts": contacts, "identifiers": identifiers},
    )
    saved = writing.record
    if writing.changed:
        showing = publication.partnerships_showing(department=saved) if "name" in writing.after else ()
        if {"parent", "jurisdiction"} & writing.before.keys():  # found by other places than before
            showing = publication.partnerships_at(saved)
        publication.publish(showing, also={"department": [_department_entry(saved)]})
    return saved


@transaction.atomic
def save_issue_area(*, issue_area=None, by, fields, version=None, why="", request_id=None):
    """Adds or changes an issue area. Moving one in the tree recounts the partnerships below it."""
    require(by is None or by.is_administrator)
    old_path = issue_area.path if issue_area else None
    writing = _save(
        IssueArea, issue_area, by=by, version=version, why=why, fields=fields, request_id=request_id, children={}
    )
    saved = writing.record
    if writing.changed:
        counted = Partnership.objects.none()
        if old_path is not None and old_path != saved.path:
            below = IssueArea.objects.filter(path__startswith=saved.path)
            counted = Partnership.objects.filter(issue_areas__in=below)
        entries = {"issue_area": [search.Entry(saved.pk, True, saved.name, "", saved.about)]}
        publication.publish(counted.values_list("pk", flat=True), also=entries)
    return saved
