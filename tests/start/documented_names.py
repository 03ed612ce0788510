"""Whether a name in the docs exists in the code."""

from importlib import import_module
from pathlib import Path

import partnerships

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {path.name for path in (ROOT / "partnerships").iterdir() if path.is_dir()}


def is_there(name: str) -> bool:
    """Whether this path, or this dotted name of a package, module, class, function or attribute, exists."""
    if "/" in name:
        return (ROOT / name).exists() or (ROOT / "partnerships" / name).exists()
    first, _, rest = name.partition(".")
    found, parts = (import_module(first), rest) if first == "equity" else (partnerships, name)
    for part in parts.split("."):
        if not hasattr(found, part):
            try:
                import_module(f"{found.__name__}.{part}")
            except (AttributeError, ModuleNotFoundError):
                return False
        found = getattr(found, part)
    return True
