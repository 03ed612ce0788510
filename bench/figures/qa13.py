"""QA13: files sent with a claim, each under several names: what may do harm is refused, the rest is served as a thing to save."""

from bench import trials

NAME = "Uploads do no harm"


def run():
    found = trials.run("tests.accounts.test_uploads:figure")
    for words in found["wrong"]:
        print(f"  {words}")
    return f"{len(found['wrong'])} wrong", "0", found["tried"], not found["wrong"]
