"""`make show`: measures the figures of the registry and keeps each result in docs/figures.md.

A figure is a module of bench/figures with its code in lower case as its name, a NAME, and `run() -> (value, bound, n,
ok)`. Showing never fails: a figure that raises an exception is short, and its row says how. `--all` measures every
figure without a row of this commit, so an interrupted run continues where it stopped.
"""

import datetime
import importlib
import os
import pkgutil
import subprocess
import sys
import time
import traceback
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")

from bench import figures

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "figures.md"
HEAD = """# Figures

What the registry was measured at. `make show FIG=QR7` measures one figure and replaces its row; `make show ALL=yes` measures
every figure that has no row of the current commit. What each figure means and its bound: the module of its name in
`bench/figures`.

| figure | what | value | bound | n | result | seconds | commit | date |
|---|---|---|---|---|---|---|---|---|
"""
BY_HAND = {"QT1": "it runs the whole of .ci/run"}  # `--all` leaves these out


def main(arguments):
    django.setup()  # figures read tables of the tests, which name models
    known = sorted((module.name.upper() for module in pkgutil.iter_modules(figures.__path__)), key=order)
    known = [code for code in known if not code.startswith("_")]
    codes = [code.upper() for code in arguments if code != "--all"]
    if "--all" in arguments:
        codes = [code for code in known if code not in BY_HAND and stored_rows().get(code, [""] * 9)[7] != _commit()]
    elif not codes:
        for code in known:
            print(f"{code:6} {_name(code)}")
        print("\nOne of them: make show FIG=CODE. All of them: make show ALL=yes")
    lines = []
    for code in codes:
        if code in known:
            lines.append(show(code))
            print(lines[-1], flush=True)
        else:
            print(f"{code}: there is no such figure. Known: {', '.join(known) or 'none yet'}")
    if len(lines) > 1:
        print("", *lines, sep="\n")


def show(code):
    """Measure the figure, keep its row and return its line."""
    started = time.perf_counter()
    try:
        name = _name(code)
        value, bound, n, ok = importlib.import_module(f"bench.figures.{code.lower()}").run()
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
        traceback.print_exc()
        name, value, bound, n, ok = name, f"broke: {type(problem).__name__}", "-", 0, False
    seconds, result = time.perf_counter() - started, "pass" if ok else "short"
    keep(code, name, value, bound, n, result, f"{seconds:.0f}", _commit(), datetime.datetime.now(datetime.UTC).date())
    return f"{code} | {name} | {value} | {bound} | n={n} | {seconds:.1f} s | {result}"


def keep(*cells):
    """Write this row into docs/figures.md in place of the figure's last one."""
    row = [str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells]
    rows = stored_rows() | {row[0]: row}
    lines = [f"| {' | '.join(rows[code])} |\n" for code in sorted(rows, key=order)]
    KEPT.write_text(HEAD + "".join(lines), encoding="utf-8")


def stored_rows():
    """Return code → the cells of its row."""
    text = KEPT.read_text(encoding="utf-8") if KEPT.exists() else ""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| Q")]
    return {row[0]: row for row in rows}


def _commit():
    """The short commit id, with a + if the product has uncommitted changes."""
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run([*git, "rev-parse", "--short=9", "HEAD"], capture_output=True, text=True, check=False)
    if commit.returncode:
        return "no git"
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", ".", ":!docs/figures.md"], capture_output=True, check=True
    )
    return commit.stdout.strip() + ("+" if changed.stdout else "")


def _name(code):
    try:
        return importlib.import_module(f"bench.figures.{code.lower()}").NAME
    except Exception as problem:
        return f"cannot be read: {type(problem).__name__}: {problem}"


def order(code):
    digits = "".join(c for c in code if c.isdigit())
    return code.rstrip("0123456789"), int(digits or 0)


if __name__ == "__main__":
    main(sys.argv[1:])
