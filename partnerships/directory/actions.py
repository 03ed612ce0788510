"""Saves records of the directory.

`by` is the person who does it, or SYSTEM for a command of the operator. All functions raise ValidationError (by field),
NotAllowed and, when a version is given, EditConflict. Nothing is written then.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock, sync
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.children import replace_rows
from partnerships.core.errors import ValidationError
from partnerships.core.models import TreeNode
from partnerships.core.trees import set_path
from partnerships.core.writing import (
    ChangeContext,
    apply_values,
    bump_version,
    change,
    diff_snapshots,
    is_public_change,
    log_change,
)
from partnerships.directory import hooks, label_overrides, relations
from partnerships.directory.choices import Listing
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.directory.duplicates import may_be_duplicate, refuse_duplicates
from partnerships.directory.identifying import stated
from partnerships.directory.models import Body, Department, IssueArea, Jurisdiction, Organization
from partnerships.directory.own_choices import (
    checked_mail_domain,
    hidden_namesakes,
    refuse_fields_of_the_organization,
    stored_readers,
    withdrawal_fields,
)
from partnerships.directory.rules import (
    LISTED,
    may_add_organization,
    may_write_department,
    may_write_jurisdiction,
    may_write_organization,
)
from partnerships.directory.same_names import keep_names, named_like, names_of
from partnerships.directory.search_entries import (
    department_entry,
    issue_area_entry,
    jurisdiction_entry,
    organization_entry,
)
from partnerships.directory.snapshots import snapshot
from partnerships.mail import outbox

Kept = TypeVar("Kept", Jurisdiction, Department, Organization, IssueArea)


def _save(
    model: type[Kept],
    record: Kept | None,
    *,
    by: Author,
    version: int | None,
    why: str,
    fields: dict[str, Any],
    request_id: UUID | None,
    children: Mapping[str, Sequence[dict[str, Any]] | None],
    related: dict[str, list[Jurisdiction]] | None = None,
) -> ChangeContext[Kept]:
    """The part that all four actions share. `related`: the neighboring and overlapping jurisdictions (`relations`)."""
    record = record or model()
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
        names = {} if current._state.adding else {name: getattr(current, name, "") for name in ("name", "other_names")}
        apply_values(current, fields)
        if isinstance(current, TreeNode):
            set_path(current)
        for name, rows in children.items():
            if rows is not None:
                if name == "contacts" and current.pk and not isinstance(current, IssueArea):
                    hooks.contacts_replaced(current.contacts.all(), rows)
                if name == "identifiers" and not isinstance(current, IssueArea):
                    rows = stated(rows, current, by=by)
                replace_rows(getattr(current, name), rows, name=name)
        if isinstance(current, Jurisdiction):
            relations.set_relations(current, related or {})
        elif isinstance(current, (Organization, Department)) and names != {
            "name": current.name,
            "other_names": current.other_names,
        }:
            keep_names(current)
    return writing


@transaction.atomic
def save_organization(
    *,
    organization: Organization | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    contacts: Sequence[dict[str, Any]] | None = None,
    identifiers: Sequence[dict[str, Any]] | None = None,
    request_id: UUID | None = None,
    not_duplicates: Iterable[Body] = (),
    distinct_because: str = "",
    may_count: bool = False,
    reason: str | None = None,
) -> Organization:
    """Add or change an organization.

    `fields` by model name, many-to-many ones as lists; `contacts` and `identifiers` are lists of dicts. `open_fields`
    (field → Reader) may name some of the fields: the others keep their readers. `not_duplicates`: organizations that the
    person said are not duplicates of this one, and `distinct_because` why: without them, PossibleDuplicates is raised for
    a new name that may be there already. `may_count`: after it is unlisted, its seats still count in figures, without its
    name. `reason`: what the person said for it, where a program wrote `why`.
    """
    require(by is SYSTEM or (may_write_organization(by, organization) if organization else may_add_organization(by)))
    not_duplicates = list(not_duplicates)
    if "mail_domain" in fields:
        fields = fields | {"mail_domain": checked_mail_domain(organization or Organization(), fields)}
    if "open_fields" in fields:
        current = organization.open_fields if organization else {}
        fields = fields | {"open_fields": stored_readers(current | fields["open_fields"])}
    distinct = {one.pk for one in not_duplicates} if distinct_because.strip() else set()
    if by is not SYSTEM:
        refuse_fields_of_the_organization(by, organization, fields, contacts or (), distinct=distinct)
    is_asked = may_be_duplicate(by, organization, fields)
    fields = fields | withdrawal_fields(by, organization, fields)
    writing = _save(
        Organization,
        organization,
        by=by,
        version=version,
        why=why or distinct_because,
        fields=fields,
        request_id=request_id,
        children={"contacts": contacts, "identifiers": identifiers},
    )
    saved = writing.record
    if is_asked:
        found: Sequence = refuse_duplicates(saved, by=by, not_duplicates=not_duplicates, reason=distinct_because)
    else:  # what unlisted itself under such a name, and was said to be a different one
        alike = Organization.objects.filter(named_like(names_of(saved)), pk__in=distinct)
        found = list(alike.distinct().order_by("pk")) if distinct else []
    if found:
        mark_distinct(saved, found, by=by, reason=distinct_because)
        hooks.said_to_differ(saved, found, by=by)
    if writing.changed:
        if namesakes := hidden_namesakes(by, saved, writing.after):
            hooks.said_to_differ(saved, namesakes, by=by)
        if "kept_by" in writing.before:
            about = {"suggestion": saved.suggestions.values("pk")}
            outbox.hand_over(about, was=writing.before["kept_by"], lead=saved.kept_by)
        was = writing.before.get("listing", saved.listing) if writing.before else Listing.UNLISTED
        said = why if reason is None else reason
        hooks.organization_saved(saved, by=by, before=writing.before, was=was, may_count=may_count, reason=said)
        sync.update_tombstone(
            "organization", saved.public_id, was_public=was in LISTED, is_public=saved.listing in LISTED
        )
        shown = bool({"name", "listing", "side"} & {*writing.before, *writing.after})
        hooks.record_changed(saved, shown=shown, entries={"organization": [organization_entry(saved)]})
    return saved


def verify_organization(*, organization: Organization, by: Author, version: int | None) -> Organization:
    """Confirm the whole record as current. Doing so again on the same day changes nothing."""
    fields = {"last_verified_on": clock.today()}
    return save_organization(
        organization=organization, by=by, fields=fields, version=version, why="Confirmed as current."
    )


@transaction.atomic
def save_jurisdiction(
    *,
    jurisdiction: Jurisdiction | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    identifiers: Sequence[dict[str, Any]] | None = None,
    contacts: Sequence[dict[str, Any]] | None = None,
    stages: Sequence[dict[str, Any]] | None = None,
    request_id: UUID | None = None,
    **related: Any,
) -> Jurisdiction:
    """Add or change a jurisdiction.

    With `stages` (dicts of stage, since, note), its stage becomes the latest of them. A new stage in `fields` is added
    to the history with today's date. `related`: `neighbors` and `overlaps`, lists of other jurisdictions, whose
    history records the change too.
    """
    require(by is SYSTEM or may_write_jurisdiction(by, jurisdiction))
    if stages is None and fields.get("stage") and fields["stage"] != getattr(jurisdiction, "stage", ""):
        stages = [*_stage_rows(jurisdiction), {"stage": fields["stage"], "since": clock.today()}]
    if stages:
        fields = fields | {"stage": max(stages, key=lambda row: row["since"])["stage"]}
    relations.validate_relations(jurisdiction or Jurisdiction(), related)
    others = relations.lock_others(jurisdiction or Jurisdiction(), related)
    before = [(other, snapshot(other)) for other in others]
    writing = _save(
        Jurisdiction,
        jurisdiction,
        by=by,
        version=version,
        why=why,
        fields=fields,
        request_id=request_id,
        children={"identifiers": identifiers, "contacts": contacts, "stages": stages},
        related=related,
    )
    saved = writing.record
    if writing.changed:
        for other, was in before:
            _log_relation(other, was, by, why)
        # Documents show its name, and dates of its calendar.
        shown = bool({"name", "zone"} & writing.after.keys())
        entries = {"jurisdiction": [jurisdiction_entry(saved)]}
        if "name" in writing.after:
            entries["department"] = [department_entry(row) for row in saved.departments.select_related("jurisdiction")]
        hooks.record_changed(saved, shown=shown, moved="parent" in writing.before, entries=entries)
    return saved


def _stage_rows(jurisdiction: Jurisdiction | None) -> list[dict[str, Any]]:
    """The stages so far, without one that began today: two changes on one day are one entry."""
    entries = jurisdiction.stages.exclude(since=clock.today()) if jurisdiction and jurisdiction.pk else []
    return [{"id": entry.pk, "stage": entry.stage, "since": entry.since, "note": entry.note} for entry in entries]


def _log_relation(other: Jurisdiction, before: dict[str, Any], by: Author, why: str) -> None:
    """Record in another jurisdiction's history that its relation to this one changed."""
    now = snapshot(other)
    was, became = diff_snapshots(before, now)
    bump_version(other, is_public=is_public_change(other, before, now))
    log_change(other, by=by, verb="update", before=was, after=became, why=why)


def relate_jurisdictions(*, one: Jurisdiction, other: Jurisdiction, key: str, by: Author) -> None:
    """Record that two jurisdictions touch or overlap (“neighbors”, “overlaps”). Doing so again changes nothing."""
    others = [*relations.related(one)[key], other]
    related: dict[str, Any] = {key: others}
    save_jurisdiction(jurisdiction=one, by=by, fields={}, **related)


@transaction.atomic
def save_department(
    *,
    department: Department | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    contacts: Sequence[dict[str, Any]] | None = None,
    identifiers: Sequence[dict[str, Any]] | None = None,
    request_id: UUID | None = None,
    not_duplicates: Iterable[Body] = (),
    distinct_because: str = "",
) -> Department:
    """Add or change a department, office, initiative or unit.

    `not_duplicates` and `distinct_because`: as in `save_organization`.
    """
    not_duplicates = list(not_duplicates)
    require(by is SYSTEM or department is None or may_write_department(by, department))
    owner = fields.get("jurisdiction")
    moves = owner and (department is None or owner.pk != department.jurisdiction_id)
    require(by is SYSTEM or not moves or may_write_jurisdiction(by, owner))
    _check_parent(department, fields)
    is_asked = may_be_duplicate(by, department, fields)
    writing = _save(
        Department,
        department,
        by=by,
        version=version,
        why=why or distinct_because,
        fields=fields,
        request_id=request_id,
        children={"contacts": contacts, "identifiers": identifiers},
    )
    saved = writing.record
    if is_asked:
        found = refuse_duplicates(saved, by=by, not_duplicates=not_duplicates, reason=distinct_because)
        mark_distinct(saved, found, by=by, reason=distinct_because)
    if writing.changed:
        moved = bool({"parent", "jurisdiction"} & writing.before.keys())
        entries = {"department": [department_entry(saved)]}
        hooks.record_changed(saved, shown="name" in writing.after, moved=moved, entries=entries)
    return saved


def _check_parent(department: Department | None, fields: dict[str, Any]) -> None:
    """Refuses a parent of another jurisdiction."""
    owner = fields.get("jurisdiction") or (department and department.jurisdiction)
    parent = fields.get("parent")
    if parent and owner and parent.jurisdiction_id != owner.pk:
        words = gettext("%(parent)s belongs to another jurisdiction. Choose one from this jurisdiction.") % {
            "parent": parent
        }
        raise ValidationError({"parent": ValidationError(words, code="other_office")})


@transaction.atomic
def save_issue_area(
    *,
    issue_area: IssueArea | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> IssueArea:
    """Add or change an issue area. Moving one in the tree updates the counts of partnerships below it.

    `fields`: also `translations`, code of a language → its name there.
    """
    require(by is SYSTEM or by.is_administrator)
    old_path = issue_area.path if issue_area else None
    if "translations" in fields:
        fields = fields | {
            "translations": label_overrides.cleaned_translations(fields["translations"], IssueArea, "name")
        }
    before = (issue_area.name, issue_area.translations) if issue_area else ("", {})
    after = (fields.get("name", before[0]), fields.get("translations", before[1]))
    if before != after and (before[1] or after[1]):
        fields = fields | {"translated_at": clock.now()}
    writing = _save(
        IssueArea, issue_area, by=by, version=version, why=why, fields=fields, request_id=request_id, children={}
    )
    saved = writing.record
    if writing.changed:
        moved, renamed = old_path is not None and old_path != saved.path, "name" in writing.before
        entries = {"issue_area": [issue_area_entry(saved)]}
        hooks.record_changed(saved, shown=renamed, moved=moved, entries=entries)
        transaction.on_commit(label_overrides.load)
    return saved
