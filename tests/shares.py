"""Long trials run a part of their cases in `make test`, and all of them in `make show`.

The part is a fixed sample: the same in every run and at every commit. `TRIALS=whole` runs every case.
"""

import os
from random import Random

IS_WHOLE = os.environ.get("TRIALS") == "whole"


def share_of(cases, parts):
    """Return a fixed sample of the cases, one in `parts`, at least one, in their order."""
    cases = list(cases)
    if IS_WHOLE or not cases:
        return cases
    size = -(-len(cases) // parts)
    return [cases[place] for place in sorted(Random(f"{len(cases)}/{parts}").sample(range(len(cases)), size))]


def pytest_report_header():
    return f"trials: {'whole' if IS_WHOLE else 'a fixed share'} (TRIALS=whole for every case)"
