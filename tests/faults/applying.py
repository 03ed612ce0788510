"""Where a fault goes in the product: its old text is found by content, not by path or line."""

from pathlib import Path

PRODUCT = ("partnerships", "equity", "templates")
SOURCES = (".py", ".html", ".txt")


def places(root, fault) -> list[Path]:
    """The product files in this folder that hold the fault's old text.

    Empty if the text should be in exactly one file, once, and isn't.
    """
    files = [path for part in PRODUCT for path in sorted((root / part).rglob("*")) if path.suffix in SOURCES]
    if fault.everywhere:
        return [path for path in files if with_fault(fault, path.read_text()) != path.read_text()]
    found = [path for path in files if path.parent.name != "migrations" and fault.old in path.read_text()]
    return found if len(found) == 1 and found[0].read_text().count(fault.old) == 1 else []


def with_fault(fault, text) -> str:
    """The text with the fault in it. Migrations that Django generated have single quotes."""
    pairs = {(fault.old, fault.new)}
    if fault.everywhere:
        pairs.add((fault.old.replace('"', "'"), fault.new.replace('"', "'")))
    for old, new in pairs:
        text = text.replace(old, new)
    return text
