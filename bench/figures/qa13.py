"""QA13: files sent with a claim, each under several names. Harmful ones are refused, and the rest is served as a download."""

from bench import trials

NAME = "Uploads do no harm"


def run():
    found = trials.run("tests.accounts.test_uploads:figure")
    for words in found["wrong"]:
        print(f"  {words}")
    return f"{len(found['wrong'])} wrong", "0", found["tried"], not found["wrong"]
