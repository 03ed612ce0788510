"""QA21: no one can find out a respondent's answers from rounds, filters, files, history and refusals together."""

from bench import trials

NAME = "No single answer can be worked out"


def run():
    found = trials.run("tests.assessment.portfolio_attack:figure")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    return f"{len(found['wrong'])} worked out", "0", found["tried"], not found["wrong"] and found["tried"] >= 2000
