"""Saves records of the directory.

`by` is the person who does it, or SYSTEM for a command of the operator. All functions raise ValidationError (by field),
NotAllowed and, when a version is given, EditConflict. Nothing is written then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock, record_types, search, sync
from partnerships.core.access import SYSTEM, Author, Viewer, require, role_in, speaks_for_itself
from partnerships.core.children import replace_rows
from partnerships.core.errors import ValidationError
from partnerships.core.models import Record, TreeNode
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.trees import set_path
from partnerships.core.writing import (
    ChangeContext,
    apply_values,
    bump_version,
    change,
    diff_snapshots,
    is_public_change,
    log_change,
    public_snapshot,
)
from partnerships.directory import hooks, relations
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.directory.domains import own_domain
from partnerships.directory.identifying import confirm_first_claims, confirmed
from partnerships.directory.matching import names_of_line
from partnerships.directory.models import Body, Department, IssueArea, Jurisdiction, Organization
from partnerships.directory.rules import (
    LISTED,
    fields_shown,
    may_add_organization,
    may_speak_for_organization,
    may_write_department,
    may_write_jurisdiction,
    may_write_organization,
    organizations_visible_to,
)
from partnerships.mail import outbox

_ROWS = ("contacts", "identifiers", "stages")
_NOT_OF_ROWS = ("jurisdiction", "department", "organization", "is_confirmed")


Kept = TypeVar("Kept", Jurisdiction, Department, Organization, IssueArea)


def _rows_of(record: Record) -> list[str]:
    return [name for name in _ROWS if hasattr(record, name)]


def read_for_snapshots(records: list) -> None:
    """Prefetch what the snapshots of these records, all of one kind, show."""
    rows = _rows_of(records[0]) if records else []
    prefetch_rows(records, *rows, *(["contacts__role"] if "contacts" in rows else []))


def snapshot(record: Record) -> dict:
    """All of a record as JSON values, for the change log and for comparing versions."""
    read_for_snapshots([record])
    values = snapshot_fields(record)
    for name in _rows_of(record):
        values[name] = snapshot_rows(getattr(record, name).all(), leave_out=_NOT_OF_ROWS)
    return values | (relations.related_ids(record) if isinstance(record, Jurisdiction) else {})


@public_snapshot(Organization)
def _shown_of_organization(record: Organization) -> Callable:
    """Of a named-only organization, its name, side and source; of a full profile, what is open to everyone."""

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if values["listing"] == Listing.UNLISTED:
            return None
        names = {"name", "side", "closed_on", "listing", "listing_source", "is_illustration"}
        if values["listing"] == Listing.PROFILED:
            own = Organization(open_fields=values["open_fields"])
            fields = own.PROFILE_FIELDS + own.PRIVATE_FIELDS
            names |= {name for name in fields if own.reader_of(name) == Reader.PUBLIC}
            names |= {"identifiers", "contacts", "source", "last_verified_on"}
        return _public_values({name: values[name] for name in names})

    return shown


@public_snapshot(Jurisdiction)
@public_snapshot(Department)
def _shown_of_place(record: Body) -> Callable:
    return _public_values


def _public_values(values: dict[str, Any]) -> dict[str, Any]:
    """The snapshot without the contacts that not everyone may read."""
    return values | {"contacts": [row for row in values.get("contacts", ()) if row["visible_to"] == Reader.PUBLIC]}


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
        apply_values(current, fields)
        if isinstance(current, TreeNode):
            set_path(current)
        for name, rows in children.items():
            if rows is not None:
                if name == "contacts" and current.pk and not isinstance(current, IssueArea):
                    hooks.contacts_replaced(current.contacts.all(), rows)
                if name == "identifiers" and not isinstance(current, IssueArea):
                    rows = confirmed(rows, current, by=by)
                replace_rows(getattr(current, name), rows, name=name)
        if isinstance(current, Jurisdiction):
            relations.set_relations(current, related or {})
    confirm_first_claims(_removed_identifiers(writing))
    return writing


def _removed_identifiers(writing: ChangeContext) -> list[tuple[str, str]]:
    """(scheme, value) of the identifiers that the record no longer has."""
    was, now = (
        {(row["scheme"], row["value"]) for row in values.get("identifiers", ())}
        for values in (writing.before, writing.after)
    )
    return sorted(was - now)


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
    not_duplicates: Iterable[Record] = (),
    may_count: bool = False,
    reason: str | None = None,
) -> Organization:
    """Add or change an organization.

    `fields` by model name, many-to-many ones as lists; `contacts` and `identifiers` are lists of dicts. `open_fields`
    (field → Reader) may name some of the fields: the others keep their readers. `not_duplicates`: organizations that the
    person said are not duplicates of this one. `may_count`: after it is unlisted, its seats still count in figures,
    without its name. `reason`: what the person said for it, where a program wrote `why`.
    """
    require(by is SYSTEM or (may_write_organization(by, organization) if organization else may_add_organization(by)))
    if "mail_domain" in fields:
        fields = fields | {"mail_domain": _mail_domain(organization or Organization(), fields)}
    if "open_fields" in fields:
        current = organization.open_fields if organization else {}
        fields = fields | {"open_fields": _stored_readers(current | fields["open_fields"])}
    if by is not SYSTEM:
        _refuse_fields_of_the_organization(by, organization, fields, contacts or ())
    fields = fields | _withdrawal_fields(by, organization, fields)
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
    mark_distinct(saved, not_duplicates, by=by)
    if writing.changed:
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


def _refuse_fields_of_the_organization(
    by: Author, organization: Organization | None, fields: dict[str, Any], contacts: Iterable[dict[str, Any]]
) -> None:
    """Refuse choices that belong to the organization itself: a full profile, open fields and open contacts.

    An office or an administrator may only keep or narrow what the organization chose.
    """
    wrong, is_own = {}, organization is not None and may_speak_for_organization(by, organization)
    listing = organization.listing if organization else Listing.UNLISTED
    if fields.get("listing", listing) == Listing.PROFILED != listing and not is_own:
        wrong["listing"] = gettext(
            "Only the organization itself can open its profile. Choose “Named only” or “Unlisted”."
        )
    if fields.get("listing", listing) in LISTED and not is_own:
        if listing not in LISTED:
            wrong |= unlisted_error(by, organization, fields)
        elif _is_renamed(organization, fields):
            wrong |= unlisted_error(by, organization, fields, at="name")
    if fields.get("listing", listing) != listing and organization is not None and not speaks_for_itself(by):
        wrong["listing"] = gettext(
            "A service account can’t change how an organization is listed. A person decides that."
        )
    kept_by = fields.get("kept_by")
    if kept_by and kept_by.pk != getattr(organization, "kept_by_id", None) and not may_write_jurisdiction(by, kept_by):
        wrong["kept_by"] = gettext(
            "You aren’t an editor at %(office)s. Choose a jurisdiction where you’re an editor."
        ) % {"office": kept_by}
    domain = getattr(organization, "mail_domain", "")
    if fields.get("mail_domain", domain) != domain and not (organization and role_in(by, organization) == "manager"):
        wrong["mail_domain"] = gettext("Only a manager of the organization can set its email domain.")
    if not is_own:
        was = organization or Organization()
        wrong |= _opened_fields(was, fields.get("open_fields", was.open_fields))
        wrong |= _opened_contacts(organization, contacts)
    if wrong:
        raise ValidationError({name: ValidationError(words, code="not_yours") for name, words in wrong.items()})


def _is_renamed(organization: Organization | None, fields: dict[str, Any]) -> bool:
    was = getattr(organization, "name", "")
    return str(fields.get("name", was)).strip().casefold() != was.casefold()


def unlisted_error(
    by: Viewer, organization: Organization | None, fields: dict[str, Any], *, at: str = "listing"
) -> dict[str, str]:
    """The error, if any, for listing an organization that unlisted itself, under the field `at`.

    It also applies to another record with the same name, if the person may know of the unlisted one.
    """
    name = str(fields.get("name") or getattr(organization, "name", ""))
    alike = organizations_visible_to(by).filter(has_withdrawn=True).values_list("pk", "name")
    same = any(
        pk == getattr(organization, "pk", None) or name.strip().casefold() == other.casefold() for pk, other in alike
    )
    words = gettext(
        "This organization unlisted itself. Only its own users can list it again. Invite them, or leave it unlisted."
    )
    return {at: words} if same else {}


def _withdrawal_fields(by: Author, organization: Organization | None, fields: dict[str, Any]) -> dict[str, bool]:
    """`has_withdrawn` when the listing changes: whether the organization itself chose to be unlisted."""
    if organization is None or fields.get("listing", organization.listing) == organization.listing:
        return {}
    is_own = by is not SYSTEM and may_speak_for_organization(by, organization)
    return {"has_withdrawn": fields["listing"] == Listing.UNLISTED and (is_own or organization.has_withdrawn)}


def _mail_domain(organization: Organization, fields: dict[str, str]) -> str:
    """The email domain in its stored form. When it changes, it must match the website. Raises ValidationError."""
    domain = fields["mail_domain"].strip().lower().removeprefix("@")
    if domain == organization.mail_domain:
        return domain
    return own_domain(domain, fields.get("website", organization.website))


def _opened_fields(was: Organization, asked: dict[str, str]) -> dict[str, str]:
    words, then = (
        gettext("Only the organization itself can show a field to more people."),
        Organization(open_fields=asked),
    )
    names = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS
    return {f"open-{name}": words for name in names if _is_wider(then.reader_of(name), was.reader_of(name))}


def _opened_contacts(organization: Organization | None, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    words = gettext("Only the organization itself can show a contact to more people. Choose another option.")
    opening = {index: row for index, row in enumerate(rows) if _is_wider(row.get("visible_to"), Reader.STAFF)}
    was = dict(organization.contacts.values_list("pk", "visible_to")) if organization and opening else {}
    return {
        f"contacts-{index}-visible_to": words
        for index, row in opening.items()
        if _is_wider(row["visible_to"], was.get(row["id"], Reader.STAFF) if row.get("id") else Reader.STAFF)
    }


def _is_wider(reader: str | None, than: str) -> bool:
    return reader in Reader.values and Reader.values.index(reader) < Reader.values.index(than)


def _stored_readers(asked: dict) -> dict:
    """The readers of fields as they are stored: without the default ones. Raises ValidationError."""
    known = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS
    if any(name not in known or reader not in Reader.values for name, reader in asked.items()):
        raise ValidationError({"open_fields": gettext("Choose who can see each field.")})
    usual = Organization()
    return {name: str(reader) for name, reader in sorted(asked.items()) if reader != usual.reader_of(name)}


def organization_entry(organization: Organization) -> search.Entry:
    """The search entry of an organization: its name if it is listed, and what its profile shows everyone."""
    shown = fields_shown(None, [organization])[organization.pk]
    other_names = organization.other_names if "other_names" in shown else ""
    searched = [
        one.name for one in record_types.for_record(organization).fields if one.is_searched and one.name in shown
    ]
    words = " ".join(filter(None, (getattr(organization, name) for name in searched)))
    return search.Entry(organization.pk, organization.listing in LISTED, organization.name, other_names, words)


def department_entry(department: Department) -> search.Entry:
    """The search entry of a department."""
    names = "\n".join((department.jurisdiction.name, *names_of_line(department.other_names)))
    return search.Entry(department.pk, True, department.name, names, department.about)


def jurisdiction_entry(jurisdiction: Jurisdiction) -> search.Entry:
    """The search entry of a jurisdiction."""
    names = "\n".join((jurisdiction.get_kind_display(), *names_of_line(jurisdiction.other_names)))
    return search.Entry(jurisdiction.pk, True, jurisdiction.name, names, jurisdiction.about)


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
    not_duplicates: Iterable[Record] = (),
) -> Department:
    """Add or change a department, office, initiative or unit.

    `not_duplicates`: departments that the person said are not duplicates of this one.
    """
    require(by is SYSTEM or department is None or may_write_department(by, department))
    owner = fields.get("jurisdiction")
    moves = owner and (department is None or owner.pk != department.jurisdiction_id)
    require(by is SYSTEM or not moves or may_write_jurisdiction(by, owner))
    _check_parent(department, fields)
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
    mark_distinct(saved, not_duplicates, by=by)
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
    """Add or change an issue area. Moving one in the tree updates the counts of partnerships below it."""
    require(by is SYSTEM or by.is_administrator)
    old_path = issue_area.path if issue_area else None
    writing = _save(
        IssueArea, issue_area, by=by, version=version, why=why, fields=fields, request_id=request_id, children={}
    )
    saved = writing.record
    if writing.changed:
        moved, renamed = old_path is not None and old_path != saved.path, "name" in writing.before
        entries = {"issue_area": [search.Entry(saved.pk, True, saved.name, "", saved.about)]}
        hooks.record_changed(saved, shown=renamed, moved=moved, entries=entries)
    return saved
