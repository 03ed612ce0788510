"""QA14: headers of every kind of answer with production settings, by the rules of Mozilla's HTTP Observatory."""

from bench import trials
from bench.production import ENVIRONMENT

NAME = "Headers by the Observatory's rules"
BOUND = 130


def run():
    found = trials.run("bench.production:headers", on="PostgreSQL", **ENVIRONMENT)
    for address, (score, given) in found.items():
        if score < BOUND:
            print(f"  {address}: {score} {given}")
    least = min(score for score, _ in found.values())
    return (
        f"{least} at least, {max(score for score, _ in found.values())} at most",
        f"≥ {BOUND}",
        len(found),
        least >= BOUND,
    )
