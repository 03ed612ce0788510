"""QA17: CSRF, host headers, open redirects and framing, at every address of the registry."""

from concurrent.futures import ThreadPoolExecutor

from bench import trials

NAME = "Forms, hosts, redirects and frames from elsewhere"
PARTS = 2  # processes


def run():
    with ThreadPoolExecutor(PARTS) as both:
        found = {name: count for part in both.map(_part, range(PARTS)) for name, count in part.items()}
    wrong = [f"{part}: {words}" for part, count in found.items() for words in count["wrong"]]
    for words in wrong[:30]:
        print(f"  {words}")
    tried = {part: count["tried"] for part, count in found.items()}
    value = f"{len(wrong)} wrong of " + ", ".join(f"{n:,} {part}" for part, n in tried.items())
    return value, "0", sum(tried.values()), not wrong and all(tried.values())


def _part(part):
    rates = {"API_RATE_ANONYMOUS": "10000000", "API_RATE_PERSON": "10000000"}
    return trials.run("tests.csrf:figure", PART=str(part), PARTS=str(PARTS), **rates)
