"""QA23: no insider can infer another person's answer from what a round shows, and neither can staff who recorded answers."""

from bench import trials

NAME = "No one side can read sealed answers"


def run():
    found = trials.run("tests.assessment.sealed_attack:figure")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    tried = found["tried"]
    return f"{len(found['wrong'])} of n = {tried:,} known", "0", tried, not found["wrong"] and tried >= 2000
