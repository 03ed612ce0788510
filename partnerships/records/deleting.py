"""Deletes records permanently, with everything that other tables keep about them. The callers decide whether that is allowed."""

from django.db.models import QuerySet

from partnerships.core import record_types, search, sync
from partnerships.core.merges import delete_merges
from partnerships.core.models import Change, type_key
from partnerships.directory.distinct_pairs import delete_pairs
from partnerships.records.drafts import delete_drafts_of
from partnerships.registry.models import Partnership


def delete_records(rows: QuerySet) -> None:
    """Delete these records with their history and search entries. Those that everyone could read get a tombstone.

    Records of a tree are deleted children first.
    """
    pks, kind = list(rows.values_list("pk", flat=True)), type_key(rows.model)
    named = list(rows.values_list("public_id", flat=True))
    delete_drafts_of(named)
    Change.objects.filter(record_type="wording", public_id__in=named).delete()  # the label overrides of its own pages
    if public_ids := _public_ids(rows):
        sync.add_tombstones(kind, public_ids)
    if pks:
        search.remove(kind, pks)
    Change.objects.filter(record_type=kind, record_id__in=pks + delete_merges(kind, pks)).delete()
    delete_pairs(kind, pks)
    if not hasattr(rows.model, "path"):
        rows.delete()
        return
    for record in sorted(rows, key=lambda node: -node.path.count("/")):
        record.delete()


def _public_ids(rows: QuerySet) -> list[str]:
    """Those of these records that everyone can read. Partnerships have tombstones of their own (`registry.publication`)."""
    kinds = [one for one in record_types.all_types() if one.model is rows.model and one.model is not Partnership]
    public = [one.public_rows() if one.public_rows else one.visible_to(None) for one in kinds]
    found = [some.filter(pk__in=rows.values("pk")).values_list("public_id", flat=True) for some in public]
    return [public_id for some in found for public_id in some]
