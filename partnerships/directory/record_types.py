"""The kinds of record of the directory."""

from partnerships.core.record_types import RecordType, register
from partnerships.directory import actions, queries, rules, undo_fields
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Organization

_WRITING = {"read_for_snapshots": actions.read_for_snapshots, "snapshot": actions.snapshot} | {
    "undo_argument": undo_fields.argument
}
_VOCABULARIES = {"contacts.role": "contact_role", "contacts.visible_to": "reader", "identifiers.scheme": "identifier"}

register(
    RecordType(
        model=Organization,
        label="Organization",
        visible_to=rules.organizations_visible_to,
        find=queries.organization,
        listed_in="organizations",
        list_of=queries.organization_list,
        office="kept_by",
        is_followed=True,
        is_named=True,
        hidden="An organization that is not shown to you",
        prefetch=("kind", "area", "languages", "issue_areas", "led_by", "communities"),
        may_write=rules.may_write_organization,
        may_read_history=rules.may_read_whole,
        save=actions.save_organization,
        **_WRITING,
        vocabularies=_VOCABULARIES
        | {"kind": "organization_kind", "side": "side", "listing": "listing", "languages": "language"}
        | {"led_by": "community", "communities": "community"},
    ),
    RecordType(
        model=Department,
        label="Department",
        visible_to=rules.departments_visible_to,
        find=queries.department,
        listed_in="departments",
        list_of=queries.department_list,
        office="jurisdiction",
        is_followed=True,
        is_named=True,
        prefetch=("jurisdiction", "parent", "identifiers", "issue_areas"),
        may_write=rules.may_write_department,
        may_read_history=rules.may_read_whole_place,
        save=actions.save_department,
        **_WRITING,
        vocabularies=_VOCABULARIES | {"kind": "department_kind"},
    ),
    RecordType(
        model=Jurisdiction,
        label="Jurisdiction",
        visible_to=rules.jurisdictions_visible_to,
        find=queries.jurisdiction,
        listed_in="jurisdictions",
        is_followed=True,
        is_named=True,
        prefetch=("parent", "identifiers", "stages", "relations_as_first__second", "relations_as_second__first"),
        may_write=rules.may_write_jurisdiction,
        may_read_history=rules.may_read_whole_place,
        save=actions.save_jurisdiction,
        **_WRITING,
        vocabularies=_VOCABULARIES | {"kind": "jurisdiction_kind", "stage": "stage", "stages.stage": "stage"},
    ),
    RecordType(
        model=IssueArea,
        label="Issue area",
        visible_to=rules.issue_areas_visible_to,
        find=queries.issue_area,
        listed_in="issue_areas",
        is_followed=True,
        is_named=True,
        prefetch=("parent",),
    ),
)
