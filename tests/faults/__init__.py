"""Faults of the product that the tests must catch. `make show FIG=QT4` puts in each of them, one at a time, and runs its tests.

A fault is found by its old text, never by path or line, so it survives files that move. The old text is in one file of
`partnerships`, `equity` or `templates`. `everywhere`: it is a rule that models and migrations both hold, and is replaced in each
of their files. When a rule is reworded, reword its fault as well; a fault whose text isn't found counts as missed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new`; then at least one of `tests` (pytest node ids or files) must fail.

    `database`: where they run, sqlite or postgresql.
    """

    kind: str
    what: str
    old: str
    new: str
    tests: tuple[str, ...]
    everywhere: bool = False
    database: str = "sqlite"
