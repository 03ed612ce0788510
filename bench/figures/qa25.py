"""QA25: no one can find out by trying whether the registry holds a record that they may not know of, or that it changed."""

from bench import trials

NAME = "What one may not know of can't be found out by trying"


def run():
    found, moved = trials.run("tests.existence:figure"), trials.run("tests.hidden_influence:figure")
    wrong = found["differ"] + moved["wrong"]
    for words in wrong:
        print(f"  {words}")
    value = f"{len(found['differ'])} of {found['compared']:,} pairs of answers differ "
    value += f"({found['probes']} probes, {found['roles']} roles); "
    value += f"{len(moved['wrong'])} of {moved['hidden']} hidden changes move one of {moved['answers']} public answers"
    return value, "0 that differ", found["compared"] + moved["hidden"] * moved["answers"], not wrong
