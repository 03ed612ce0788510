"""A row of any model, made from the model's fields alone, so that a new model and a new field are in the tests at once."""

import itertools
from datetime import time, timedelta

from django.db import IntegrityError, models, transaction

from partnerships.core import clock, ids
from partnerships.core.models import Record
from partnerships.models import DistinctPair, Makeup, Merge, Partnership
from partnerships.registry import publication

numbers = itertools.count(1)
ORDERED = {
    Makeup: {"members": 10},
    Merge: {"lost_id": 2},
    DistinctPair: {"second_id": 2},
}  # values that constraints compare


class Rows:
    """One row of each model that is asked for."""

    def __init__(self):
        self.made = {}

    def of(self, model):
        """The row of this model: with the foreign keys that it needs, and up to two that a constraint asks for."""
        if model not in self.made:
            optional = [field for field in self._keys(model) if field.null]
            extras = [extra for size in range(3) for extra in itertools.combinations(optional, size)]
            for extra in extras:
                row = model(**self._values(model, extra))
                try:
                    with transaction.atomic():
                        row.save(force_insert=True)
                except IntegrityError as problem:
                    refused = problem
                    continue
                self.made[model] = row
                if model is Partnership:
                    publication.prepare(row)
                break
            else:
                raise AssertionError(f"{model.__name__}: {refused}")
        return self.made[model]

    def _keys(self, model):
        return [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]

    def _values(self, model, extra):
        values = {}
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                if (not field.null or field in extra) and field.related_model is not model:
                    values[field.name] = self.of(field.related_model)
            elif not (field.null or (field.primary_key and isinstance(field, models.AutoField))):
                values[field.name] = self._value(field)
        if issubclass(model, Record):
            values["public_id"] = ids.new_id(model.ID_PREFIX)
        return values | ORDERED.get(model, {})

    def _value(self, field):
        if field.choices:
            return "" if field.blank else field.get_default() or next(key for key, _ in field.flatchoices if key)
        if field.has_default():
            return field.get_default()
        made = {
            models.DateTimeField: clock.now() - timedelta(days=1),
            models.DateField: clock.today() - timedelta(days=1),
            models.TimeField: time(10),
            models.BooleanField: False,
            models.JSONField: {},
            models.BinaryField: b"",
            models.EmailField: f"{next(numbers)}@example.org",
        }
        for kind, value in made.items():
            if isinstance(field, kind):
                return value
        if isinstance(field, models.CharField | models.TextField):
            return f"t{next(numbers)}"[: field.max_length]
        return next(numbers) if field.unique else 1
