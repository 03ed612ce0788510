"""Checks of trees and change stamps for every kind of record. A finding is (public id or name, sentence)."""

from collections.abc import Iterator

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet

from partnerships.core.models import Record, TreeNode
from partnerships.core.stamps import next_stamp


def misplaced_nodes() -> Iterator[tuple[str, str]]:
    """Tree nodes whose path doesn't lead through their parent."""
    for model in apps.get_models():
        if issubclass(model, TreeNode):
            rows: QuerySet = model._default_manager.all()
            paths = dict(rows.values_list("pk", "path"))
            for pk, parent, path, public_id in rows.values_list("pk", "parent_id", "path", "public_id"):
                if path != f"{paths.get(parent, '/')}{pk}/":
                    yield public_id, "is at the wrong place in its tree. Save its parent again."


def stamps_ahead() -> Iterator[tuple[str, str]]:
    """Records whose change stamp lies in the future. A sync wouldn't see their next change."""
    with transaction.atomic():
        now = next_stamp()
        transaction.set_rollback(True)
    for model in apps.get_models():
        if issubclass(model, Record):
            for public_id in model._default_manager.filter(stamp__gt=now).values_list("public_id", flat=True)[:100]:
                yield public_id, "has a stamp that was never issued. See “restore” in docs/operating.md."
