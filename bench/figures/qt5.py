"""QT5: docs/figures.md has a row for each figure."""

import pkgutil

from bench import figures, show

NAME = "Figures that have a row in docs/figures.md"


def run():
    known = {module.name.upper() for module in pkgutil.iter_modules(figures.__path__) if module.name.startswith("q")}
    missing = sorted(known - {"QT5"} - set(show.stored_rows()), key=show.order)
    print(f"  missing: {', '.join(missing) or 'none'}")
    return f"{len(known) - len(missing)} of {len(known)}", f"{len(known)} of {len(known)}", len(known), not missing
