"""QP12: a timeline of 5,000 entries opens as fast as one of 50 (tests/interactions/timeline_costs.py)."""

from bench import trials

NAME = "A timeline of 5,000 entries against one of 50"
BOUND = 1.2  # times the time with 50 entries


def run():
    found = {on: trials.run("tests.interactions.timeline_costs:figure", on=on) for on in ("SQLite", "PostgreSQL")}
    words = "; ".join(
        f"{on}: " + ", ".join(f"{name} {n:.2f} ×" for name, n in pages.items()) for on, pages in found.items()
    )
    worst = max(n for pages in found.values() for n in pages.values())
    return words, f"≤ {BOUND} ×", sum(map(len, found.values())), worst <= BOUND
