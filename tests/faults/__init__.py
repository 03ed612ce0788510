"""Faults of the product that the tests must catch. `make show FIG=QT4` tries each and runs its tests.

A fault is found by its old text, never by path or line, so it survives when files move. The old text is in one file of
`partnerships`, `equity` or `templates`. `everywhere`: it's a rule that models and migrations both contain, and is
replaced in each of their files. When you reword a rule, reword its fault as well. A fault whose text isn't found counts
as missed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new`. At least one of `tests` (pytest node ids or files) must then fail.

    `database`: where the tests run, sqlite or postgresql.
    """

    kind: str
    what: str
    old: str
    new: str
    tests: tuple[str, ...]
    everywhere: bool = False
    database: str = "sqlite"
