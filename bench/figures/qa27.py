"""QA27: no parser of outside text takes more than a second or 50 MB for a megabyte of the worst input.

Each parser (tests/hostile/parsers.py) has its own process, and each input a fork of it. CPU seconds count, and memory
above what the process had before, whether the input is read or refused. An error that isn't a refusal counts as short.
Since the machine may be busy, an input that took too long is tried twice more, and the lowest value counts.
"""

from concurrent.futures import ThreadPoolExecutor

from tests.hostile.measuring import measured
from tests.hostile.parsers import PARSERS

NAME = "A megabyte of the worst input"
MOST_SECONDS, MOST_MEGABYTES = 1.0, 50.0


def run():
    n, wrong, slowest, largest = 0, [], (0.0, ""), (0.0, "")
    with ThreadPoolExecutor(10) as pool:
        found = dict(zip(PARSERS, pool.map(_rows, PARSERS), strict=True))
    for name, rows in found.items():
        n += len(rows)
        for title, _, seconds, megabytes, became in rows:
            slowest, largest = (
                max(slowest, (seconds, f"{name}: {title}")),
                max(largest, (megabytes, f"{name}: {title}")),
            )
            if seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES or became.startswith("BROKE"):
                wrong.append(f"{name}: {title}: {seconds:.2f} s, {megabytes:.0f} MB, {became}")
    for words in wrong:
        print(f"  {words}")
    print(f"  slowest: {slowest[1]}; largest: {largest[1]}")
    value = f"≤ {slowest[0]:.2f} s and ≤ {largest[0]:.0f} MB, {len(wrong)} over or broken; {len(PARSERS)} parsers"
    return value, "1 s and 50 MB", n, not wrong and n > 1_000


def _rows(name):
    rows = {row[0]: row for row in measured(name)}
    for _ in range(2):
        slow = [title for title, row in rows.items() if row[2] > MOST_SECONDS]
        for again in measured(name, *slow) if slow else ():
            rows[again[0]] = min(rows[again[0]], again, key=lambda row: row[2])
    return list(rows.values())
