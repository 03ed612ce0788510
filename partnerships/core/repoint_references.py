"""Merges one row into another: every foreign key to the lost row is pointed at the kept one, and each step is recorded
for undo.

Where both have a row of their own for the same thing (a seat in the same partnership), those two rows are merged
first, and so on below them. The foreign keys are read from the models, so that no table is forgotten. This module
knows no rights and no user-facing text.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models import Field, ForeignObjectRel, Model, Q
from django.utils.translation import gettext

from partnerships.core.errors import ValidationError
from partnerships.core.models import model_field, related_model, type_key

# What a step did: pointed a foreign key at the kept row; deleted a row; set another field.
MOVED, DROPPED, PUT = "moved", "dropped", "put"


Join = Mapping[type[Model], Sequence[str | tuple[str, Sequence[str]]]]
Steps = list[dict[str, Any]]


def merge_rows(
    kept: Model,
    lost: Model,
    *,
    join: Join | None = None,
    drop: Collection[type[Model]] = (),
    ties: Collection[type[Model]] = (),
) -> Steps:
    """Point every row that names `lost` at `kept`, delete `lost`, and return the steps as JSON values.

    Call it inside a transaction that has locked both rows.

    `join`: model → text fields. A kept row takes the text of the deleted row, after its own text or in place of an
    empty one. A pair (field, values) instead of a name keeps whichever of the two values comes first in `values`.

    `drop`: models whose rows are deleted with the lost row. `ties`: models that connect two rows; a row that would
    connect the kept row with itself is deleted.
    """
    steps: Steps = []
    _merge_row(kept, lost, join or {}, drop, ties, steps)
    return steps


def repoint(kept: Model, lost: Model, *, join: Join | None = None) -> None:
    """Point every row that names `lost` at `kept`, without deleting `lost` and without recording steps."""
    _repoint_all(kept, lost, join or {}, (), (), [])


def _merge_row(
    kept: Model,
    lost: Model,
    join: Join,
    drop: Collection[type[Model]],
    ties: Collection[type[Model]],
    steps: Steps,
) -> None:
    """Merge the row `lost` into `kept` and delete it. Arguments as in `merge_rows`."""
    _repoint_all(kept, lost, join, drop, ties, steps)
    _join_values(kept, lost, join.get(type(kept), ()), steps)
    delete_row(lost, steps)


def _repoint_all(
    kept: Model,
    lost: Model,
    join: Join,
    drop: Collection[type[Model]],
    ties: Collection[type[Model]],
    steps: Steps,
) -> None:
    """Point each foreign key to `lost` at `kept`. Arguments as in `merge_rows`."""
    for field in foreign_keys_to(type(kept)):
        for row in field.model._base_manager.filter(**{field.name: lost.pk}).order_by("pk"):
            if field.model in drop:
                delete_row(row, steps)
            else:
                _move(row, field, kept, lost, join, drop, ties, steps)


def foreign_keys_to(model: type[Model]) -> list[Field]:
    """All foreign keys that refer to this model, including those behind many-to-many fields."""
    relations = model._meta.get_fields(include_hidden=True)
    return [one.field for one in relations if isinstance(one, ForeignObjectRel) and not one.many_to_many]


def set_foreign_key(row: Model, field: Field, pk: int, steps: Steps) -> None:
    """Point this foreign key of the row at another primary key, and record the step."""
    record_move(row, field.name, getattr(row, field.attname), pk, steps)
    setattr(row, field.attname, pk)
    type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: pk})


def record_move(row: Model, name: str, was: int | None, now: int | None, steps: Steps) -> None:
    """Record that a foreign key of the row was changed."""
    steps.append({"do": MOVED, "model": _model_name(row), "pk": row.pk, "field": name, "was": was, "now": now})


def _move(
    row: Model,
    field: Field,
    kept: Model,
    lost: Model,
    join: Join,
    drop: Collection[type[Model]],
    ties: Collection[type[Model]],
    steps: Steps,
) -> None:
    """Point one row's foreign key at `kept` instead of `lost`. `join`, `drop` and `ties` as in `merge_rows`.

    A row that unique constraints keep from this is merged into the row in its way; a tie of `kept` with itself is
    deleted.
    """
    if type(row) is type(kept) and row.pk == kept.pk:  # in a tree: the kept row was below the lost one
        set_foreign_key(row, field, getattr(lost, field.attname), steps)
        setattr(kept, field.attname, getattr(lost, field.attname))
        return
    twin = _conflicting_row(row, field, kept)
    if twin is not None:
        _merge_row(twin, row, join, drop, ties, steps)
    elif type(row) in ties and kept.pk in [
        getattr(row, one.attname) for one in _fields_to_same_model(row, field) if one is not field
    ]:
        delete_row(row, steps)
    else:
        set_foreign_key(row, field, kept.pk, steps)


def _fields_to_same_model(row: Model, field: Field) -> list[Field]:
    """The foreign keys of the row to the model that this field refers to: both ends of a tie."""
    return [one for one in row._meta.concrete_fields if one.related_model is field.related_model]


def _conflicting_row(row: Model, field: Field, kept: Model) -> Model | None:
    """The row that already holds the unique values which this row would get, if there is one."""
    model = type(row)
    for names, condition in _unique_constraints(model):
        if field.name not in names:
            continue
        values = {name: kept.pk if name == field.name else row.serializable_value(name) for name in names}
        if None in values.values():
            continue
        rows = model._base_manager.exclude(pk=row.pk)
        if condition is not None:
            if not model._base_manager.filter(condition, pk=row.pk).exists():
                continue
            rows = rows.filter(condition)
        if found := rows.filter(**values).first():
            return found
    return None


def _unique_constraints(model: type[Model]) -> Iterator[tuple[Sequence[str], Q | None]]:
    for one in model._meta.total_unique_constraints:
        yield one.fields, None
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint) and one.fields and one.condition is not None:
            yield one.fields, one.condition
    for names in model._meta.unique_together:
        yield names, None
    for one in model._meta.concrete_fields:
        if one.unique:
            yield (one.name,), None


def _join_values(kept: Model, lost: Model, names: Iterable[str | tuple[str, Sequence[str]]], steps: Steps) -> None:
    """Complete the kept row's fields `names` with the values of the lost one.

    Texts are joined, if they fit; other values fill empty fields. A tuple is a field whose first value in the given
    order is kept.
    """
    for name in names:
        if isinstance(name, tuple):
            field, order = name
            _keep_first(kept, lost, field, order, steps)
            continue
        mine, other = getattr(kept, name), getattr(lost, name)
        if not other or mine == other:
            continue
        is_text = isinstance(mine, str) and not model_field(kept._meta.model, name).choices
        value = f"{mine}\n\n{other}" if mine and is_text else mine or other
        longest = model_field(kept._meta.model, name).max_length
        if not (longest and len(value) > longest):  # text that doesn't fit is still kept in the steps
            set_field(kept, name, value, steps)


def _keep_first(kept: Model, lost: Model, name: str, order: Sequence[str], steps: Steps) -> None:
    mine, other = getattr(kept, name), getattr(lost, name)
    if order.index(other) < order.index(mine):
        set_field(kept, name, other, steps)


def set_field(row: Model, name: str, value: Any, steps: Steps) -> None:
    """Set a field that isn't a foreign key, and record the step."""
    was = serialize_value(row, name)
    setattr(row, name, value)
    steps.append(
        {
            "do": PUT,
            "model": _model_name(row),
            "pk": row.pk,
            "field": name,
            "was": was,
            "now": serialize_value(row, name),
        }
    )
    type(row)._base_manager.filter(pk=row.pk).update(**{name: value})


def serialize_value(row: Model, name: str) -> Any:
    """A field's value as JSON. A many-to-many field gives a sorted list of primary keys."""
    field = model_field(row._meta.model, name)
    if field.many_to_many:
        return sorted(getattr(row, name).values_list("pk", flat=True))
    return None if getattr(row, field.attname) is None else field.value_to_string(row)


def deserialize_value(field: Field, plain: Any) -> Any:
    """The column value for what `serialize_value` returned."""
    return None if plain is None else field.to_python(plain)


def _model_name(row: Model) -> str:
    return type_key(row)


def delete_row(row: Model, steps: Steps) -> None:
    """Delete a row that no other row refers to, and record the step."""
    steps.append({"do": DROPPED, "model": _model_name(row), "pk": row.pk, "row": serializers.serialize("json", [row])})
    type(row)._base_manager.filter(pk=row.pk).delete()


def undo_steps(steps: Steps) -> None:
    """Undo the steps, last first.

    What was changed again since keeps its new value, and a row whose required references are gone doesn't return.
    Raises ValidationError when a new row is in the way of one that would return.
    """
    known = {type_key(model): model for model in apps.get_models(include_auto_created=True)}
    try:
        with transaction.atomic():
            for step in reversed(steps):
                _undo_step(step, known[step["model"]])
    except IntegrityError:
        words = gettext("Something that was added since then prevents this. The merge can’t be undone anymore.")
        raise ValidationError(words, code="in_the_way") from None


def _undo_step(step: dict[str, Any], model: type[Model]) -> None:
    """Reverse one step on a row of this model. A field that has another value since then stays as it is."""
    if step["do"] == DROPPED:
        for row in serializers.deserialize("json", step["row"]):
            if _references_exist(row.object):
                row.object.save_base(raw=True, force_insert=True)
        return
    field = model_field(model, step["field"])
    was, now = (step[key] if step["do"] == MOVED else deserialize_value(field, step[key]) for key in ("was", "now"))
    model._base_manager.filter(pk=step["pk"], **{field.attname: now}).update(**{field.attname: was})


def _references_exist(row: Model) -> bool:
    """Whether all rows exist that this row must refer to. Optional references to missing rows are set to None."""
    for field in row._meta.concrete_fields:
        pk = getattr(row, field.attname)
        if (
            not field.is_relation
            or pk is None
            or related_model(row._meta.model, field.name)._base_manager.filter(pk=pk).exists()
        ):
            continue
        if not field.null:
            return False
        setattr(row, field.attname, None)
    return True
