"""QA19: every rate limit, reached again and again after the time that it names."""

from bench import trials

NAME = "Too often is answered 429 with a Retry-After that holds"


def run():
    found = trials.run("tests.rate_limits:figure", PAGE_RATE_ANONYMOUS="600")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} wrong; {found['limits']} limits"
    return value, "0 wrong", found["tried"], not found["wrong"] and found["tried"] >= 1000
