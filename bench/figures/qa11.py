"""QA11: CSV injection. Naughty strings and everything that starts a formula, in every exported field: no active cell."""

from bench import trials

NAME = "Cells that a spreadsheet would run"


def run():
    found = trials.run("tests.formulas:figure")
    for words in found["active"]:
        print(f"  {words}")
    value = f"{len(found['active'])} active of {found['cells']:,} cells; {found['escaped']:,} made harmless"
    ok = not found["active"] and found["escaped"] > 500 and found["planted"] > 150
    return value, "0", found["planted"], ok
