"""QA31: a name in another spelling is the same name.

Forty spellings of each of ten names (look-alike and invisible characters, width, case, digits) × every way in: none passes
a guard without a question. Three hundred real names in ten scripts: none is refused or taken for another one.
"""

from bench import trials

NAME = "A name in another spelling is the same name"


def run():
    found = trials.run("tests.spellings:figure")
    for words in found["passed"][:20] + found["refused"][:20]:
        print(f"  {words}")
    value = f"{len(found['passed'])} passed of {found['spellings']} spellings by {found['ways']} ways; "
    value += f"{len(found['refused'])} of {found['names']} real names refused"
    n = found["spellings"] * found["ways"] + found["names"]
    return value, "0 passed, 0 refused", n, not found["passed"] and not found["refused"] and found["spellings"] >= 400
