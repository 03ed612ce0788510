"""Compares two records before a merge: where they differ, and what the kept one will say. Writes nothing."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Field as ModelField

from partnerships.core import record_types
from partnerships.core.models import TreeNode
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Body, Organization

KEPT, OTHER, BOTH = "kept", "other", "both"


@dataclass(frozen=True)
class Difference:
    """A field in which two records differ.

    `mine` and `other` are values, or lists of related records. `usual` is the default choice.
    """

    field: ModelField
    mine: Any
    other: Any
    usual: str

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def takes(self) -> tuple[str, ...]:
        return (KEPT, OTHER, BOTH) if self.field.many_to_many and self.mine and self.other else (KEPT, OTHER)


def differences(kept: Body, other: Body) -> list[Difference]:
    """The fields in which the records differ, in the order of the form.

    Listing, readers and the office that keeps the record stay as they are on the kept record.
    """
    kind, found = record_types.for_record(kept), []
    for name in [one.name for one in kind.fields if one.is_merged]:
        field = kind.model_field(name)
        mine, theirs = _value(kept, field), _value(other, field)
        if mine != theirs and theirs not in ("", None, []):
            # A record can't be below itself or below the record that is deleted.
            if isinstance(theirs, TreeNode) and theirs.path.startswith(_paths(kept, other)):
                continue
            found.append(Difference(field, mine, theirs, KEPT if mine not in ("", None, []) else OTHER))
    return found


def _paths(*records: Body) -> tuple[str, ...]:
    return tuple(one.path for one in records if isinstance(one, TreeNode))


def _value(record: Body, field: Any) -> Any:
    value = getattr(record, field.name)
    return sorted(value.all(), key=str) if field.many_to_many else value


def fields_after(kept: Body, other: Body, take: dict) -> dict:
    """The new field values of the kept record. `take`: field → KEPT, OTHER or BOTH; other fields get their default.

    A value that fewer people could read on the other record isn't shown to more people afterwards. If one of two
    organizations unlisted itself, only its own people can list the kept one.
    """
    fields = {}
    for one in differences(kept, other):
        taken = take.get(one.name) or one.usual
        if taken == KEPT or taken not in one.takes:
            continue
        fields[one.name] = sorted({*one.mine, *one.other}, key=str) if taken == BOTH else one.other
    if isinstance(kept, Organization) and isinstance(other, Organization):
        if other.has_withdrawn and not kept.has_withdrawn:
            fields["has_withdrawn"] = True
        readers = dict(kept.open_fields)
        for name in fields:
            if name in kept.PROFILE_FIELDS + kept.PRIVATE_FIELDS:
                readers[name] = max(kept.reader_of(name), reader_of(other, name), key=Reader.values.index)
        usual = type(kept)()
        fields["open_fields"] = {
            name: str(who) for name, who in sorted(readers.items()) if who != usual.reader_of(name)
        }
    return fields


def reader_of(organization: Organization, name: str) -> str:
    """Who may read a field of the profile: only its office, as long as the profile isn't open."""
    return organization.reader_of(name) if organization.listing == Listing.PROFILED else Reader.STAFF
