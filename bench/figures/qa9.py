"""QA9: 515 naughty strings in every text input of every form, search and parameter: kept, or refused with an error."""

from concurrent.futures import ThreadPoolExecutor

from bench import trials

NAME = "Naughty texts in every input"
PARTS = 2


def run():
    with ThreadPoolExecutor(PARTS) as both:
        found = list(both.map(_part, range(PARTS)))
    wrong = [words for part in found for words in part["wrong"]]
    for words in wrong[:40]:
        print(f"  {words}")
    texts, inputs, pages = (
        found[0]["texts"],
        sum(part["inputs"] for part in found),
        sum(part["pages"] for part in found),
    )
    value = f"{len(wrong)} wrong; {texts} texts, {inputs} inputs, {pages:,} pages looked at"
    return value, "0", sum(part["typed"] for part in found), not wrong and texts == 515 and inputs > 200


def _part(part):
    rates = {"API_RATE_ANONYMOUS": "10000000", "API_RATE_PERSON": "10000000"}
    return trials.run("tests.naughty_strings:figure", PART=str(part), PARTS=str(PARTS), **rates)
