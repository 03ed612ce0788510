"""`make show`: the figures of the registry, each one line: code, name, value, bound, n, seconds, pass or short.

A figure is a module of bench/figures named after its code in small letters, with NAME and `run() -> (value, bound, n, ok)`.
Showing never fails: a figure that breaks is short, and says how. Of several, the lines stand together at the end.
"""

import importlib
import os
import pkgutil
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")

from bench import figures


def main(codes):
    known = sorted((module.name.upper() for module in pkgutil.iter_modules(figures.__path__)), key=_order)
    known = [code for code in known if not code.startswith("_")]
    if not codes:
        for code in known:
            print(f"{code:6} {_name(code)}")
        print("\nOne of them: make show FIG=CODE")
    lines = []
    for code in (code.upper() for code in codes):
        if code in known:
            lines.append(show(code))
            print(lines[-1], flush=True)
        else:
            print(f"{code}: there is no such figure. Known: {', '.join(known) or 'none yet'}")
    if len(lines) > 1:
        print("", *lines, sep="\n")


def show(code):
    """Measures, and gives the line."""
    started = time.perf_counter()
    try:
        name = _name(code)
        value, bound, n, ok = importlib.import_module(f"bench.figures.{code.lower()}").run()
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
        traceback.print_exc()
        name, value, bound, n, ok = name, f"broke: {type(problem).__name__}", "-", 0, False
    seconds = time.perf_counter() - started
    return f"{code} | {name} | {value} | {bound} | n={n} | {seconds:.1f} s | {'pass' if ok else 'short'}"


def _name(code):
    try:
        return importlib.import_module(f"bench.figures.{code.lower()}").NAME
    except Exception as problem:
        return f"cannot be read: {type(problem).__name__}: {problem}"


def _order(code):
    digits = "".join(c for c in code if c.isdigit())
    return code.rstrip("0123456789"), int(digits or 0)


if __name__ == "__main__":
    main(sys.argv[1:])
