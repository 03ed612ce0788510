"""QI3: every write of the API, as every role: let in as the table of pages says, and refused without the ETag that was read.

QD1, QD10 and QA8 say more of writes.
"""

from bench import trials

NAME = "Writes of the API by the rights of pages"


def run():
    found = trials.run("tests.api_writes:figure", API_RATE_PERSON="10000000")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    value = (
        f"{len(found['wrong'])} wrong; {found['by right']} writes by right, {found['unseen']} without the current ETag"
    )
    return value, "0", found["by right"] + found["unseen"], not found["wrong"] and found["unseen"] > 0
