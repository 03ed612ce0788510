"""QA21: no one can find out a respondent's answers from rounds, filters, files, history and refusals together."""

from bench import trials

NAME = "No single answer can be told"


def run():
    found = trials.run("tests.assessment.portfolio_attack:figure")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    return f"{len(found['wrong'])} told", "0", found["tried"], not found["wrong"] and found["tried"] >= 2000
