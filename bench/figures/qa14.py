"""QA14: headers of every kind of answer with production settings, by the rules of Mozilla's HTTP Observatory."""

from bench import trials
from bench.production import ENVIRONMENT

NAME = "Headers by the Observatory's rules"
BOUND = 130


def run():
    found = trials.run("bench.production:headers", on="PostgreSQL", **ENVIRONMENT)
    for address, (score, given, loose) in found.items():
        if score < BOUND or loose:
            print(f"  {address}: {score} {given} {loose}")
    scores = [score for score, _, _ in found.values()]
    loose = sum(len(cookies) for _, _, cookies in found.values())
    value = f"{min(scores)} at least, {max(scores)} at most; {loose} cookies for other hosts"
    return value, f"≥ {BOUND}; 0", len(found), min(scores) >= BOUND and not loose
