"""Parts of a long form that people open when they need them: `<details>`, shown by forms/fold.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.forms.formsets import BaseFormSet

from partnerships.core.types import Text


@dataclass
class Fold:
    """Fields or rows of a form that open together. It's open from the start if something in it is wrong."""

    title: Text
    fields: Sequence[Any] = ()  # bound fields, or what has their `errors`, `value` and `as_field_group`
    rows: BaseFormSet | None = None

    @property
    def is_open(self) -> bool:
        return any(field.errors for field in self.fields) or bool(self.rows and self.rows.total_error_count())

    @property
    def filled(self) -> int:
        """How many fields have a value that isn't only their default, or how many rows are saved."""
        if self.rows:
            return self.rows.initial_form_count()
        return sum(field.value() not in (None, "", [], False, _default(field)) for field in self.fields)


def _default(field):
    bound = field if isinstance(field, BoundField) else field.field
    return bound.field.initial
