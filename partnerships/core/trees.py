"""Trees by path: “/3/17/” is the node 17 under the root 3."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext

from partnerships.core.models import TreeNode

DEEPEST = 15
Node = TypeVar("Node", bound=Model)


def set_path(node: TreeNode) -> None:
    """Set the path of a saved node from its parent, and update all nodes below it.

    Raises ValidationError when the node would be below itself or deeper than DEEPEST.
    """
    parent_path = node.parent.path if node.parent else "/"
    path, old = f"{parent_path}{node.pk}/", node.path
    if old and parent_path.startswith(old):
        raise ValidationError(
            {"parent": gettext("A record can’t be part of itself. Choose another parent.")}, code="circle"
        )
    if path.count("/") - 1 > DEEPEST:
        raise ValidationError(
            {"parent": gettext("This tree can have %(number)s levels at most.") % {"number": DEEPEST}},
            code="too_deep",
        )
    if path == old:
        return
    if old:
        below = type(node)._default_manager.filter(path__startswith=old).exclude(pk=node.pk)
        below.update(path=Concat(Value(path), Substr("path", len(old) + 1)))
    node.path = path
    type(node)._default_manager.filter(pk=node.pk).update(path=path)


def subtree(nodes: QuerySet[Node]) -> QuerySet[Node]:
    """All nodes at or below the given ones, as a queryset. One query to read the paths."""
    model = nodes.model
    below = model._default_manager.none()
    for path in nodes.values_list("path", flat=True):
        below = below | model._default_manager.filter(path__startswith=path)
    return below


def ancestor_ids(path: str) -> list[int]:
    """The primary keys on a path, root first and the node itself last."""
    return [int(step) for step in path.split("/") if step]
