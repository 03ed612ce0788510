"""Draws faults from mechanical changes of the product's source: `python -m tests.faults.draw [COUNT] [SEED]`.

It alternates between four kinds of change: an `exclude(...)` dropped, a `Q` negated, a row lock dropped, a comparison
swapped. The seed is printed, and the same source and seed give the same draw. What is drawn is copied to `drawn.py`
with the tests that catch it. A draw that changes no behavior is listed there with the reason, and the next of its kind
replaces it.
"""

import ast
import random
import sys
from itertools import islice, zip_longest

from tests.servers import ROOT

SEED = 900839
PRODUCT = ("partnerships", "equity")
LEFT_OUT = ("migrations", "sample")
SWAPPED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="}
SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def files():
    """Return path → source of every file that may be changed."""
    paths = [path for part in PRODUCT for path in sorted((ROOT / part).rglob("*.py"))]
    return {path: path.read_text() for path in paths if not {*path.relative_to(ROOT).parts} & {*LEFT_OUT}}


def changes(source):
    """Yield (kind, start, end, new text) for each possible change, as positions in the source."""
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def at(row, column):
        start = lines[row - 1]
        return start + len(source[start : lines[row]].encode()[:column].decode())

    tree = ast.parse(source)
    inverted = [node for node in ast.walk(tree) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)]
    negated = {node.operand for node in inverted}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            start, end = at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)
            if isinstance(node.func, ast.Attribute):
                kind = {"exclude": "exclude", "select_for_update": "lock"}.get(node.func.attr)
                if kind:
                    yield kind, at(node.func.value.end_lineno, node.func.value.end_col_offset), end, ""
            elif isinstance(node.func, ast.Name) and node.func.id == "Q":
                yield "Q", start - (node in negated), end, ("" if node in negated else "~") + source[start:end]
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
            start = at(node.left.end_lineno, node.left.end_col_offset)
            end = at(node.comparators[0].lineno, node.comparators[0].col_offset)
            between = source[start:end].replace(SIGNS[type(node.ops[0])], SWAPPED[type(node.ops[0])], 1)
            yield "comparison", start, end, between


def draw(seed):
    """Yield (kind, path, old text, new text), one after the other."""
    sources, found = files(), {"exclude": [], "Q": [], "lock": [], "comparison": []}
    for path, source in sources.items():
        for kind, *change in changes(source):
            found[kind].append((path, *change))
    chance = random.Random(seed)
    for sites in found.values():
        chance.shuffle(sites)
    for turn in zip_longest(*found.values()):
        for kind, site in zip(found, turn, strict=True):
            if site:
                yield kind, site[0], *_texts(sources, *site)


def _texts(sources, path, start, end, text):
    """Return old and new text: the changed lines, and as many lines above as make them unique in the product."""
    source = sources[path]
    first, last = source.rfind("\n", 0, start) + 1, source.find("\n", end)
    while sum(other.count(source[first:last]) for other in sources.values()) > 1 and first:
        first = source.rfind("\n", 0, first - 1) + 1
    return source[first:last].strip(), (source[first:start] + text + source[end:last]).strip()


def main(count="20", seed=str(SEED)):
    print(f"# Drawn with seed {seed}")
    for number, (kind, path, old, new) in enumerate(islice(draw(int(seed)), int(count)), 1):
        print(f"\n# {number} {kind}: {path.relative_to(ROOT)}\n{old}\n# becomes\n{new}")


if __name__ == "__main__":
    main(*sys.argv[1:])
