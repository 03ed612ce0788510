"""What makes a migration: a change of tables. A change of words that people read, such as a label, makes none.

Nor does a change of validators, which Django runs before a row is saved and which hold words, too.
"""

from typing import Any

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.models import Field

LEFT_OUT = ("choices", "verbose_name", "help_text", "error_messages", "validators")


class Autodetector(MigrationAutodetector):
    """The autodetector of `makemigrations` and `migrate`, which leaves words and validators out."""

    def deep_deconstruct(self, obj: Any) -> int | list[tuple[str, str]] | str | tuple[Any, ...]:
        """Return the field's path and arguments without those left out. Other objects are deconstructed as in Django."""
        found = super().deep_deconstruct(obj)
        if isinstance(obj, Field):
            path, args, kwargs = found
            return path, args, {name: value for name, value in kwargs.items() if name not in LEFT_OUT}
        return found

    def generate_altered_constraints(self) -> None:
        """Add no operations: all that is altered in place is the error message of a constraint."""
