"""QU4: twenty daily jobs, their presses, fields and seconds (tests/browser/jobs.py), and what they were in November 2026.

Seconds are those of a practiced person by the keystroke-level model, not of this machine.
"""

from tests.browser import figures, jobs

NAME = "Twenty daily jobs: presses and fields"
# Job → presses, fields and seconds of the pages at commit 0c957768e, before they were rebuilt. The jobs were the same,
# with the words of those pages.
BEFORE = {
    "Find a partnership by a word of its title": (3, 1, 18),
    "Start a partnership with two partners": (8, 7, 78),
    "Publish a draft": (5, 1, 25),
    "Add a partner to a partnership": (6, 3, 44),
    "Change a partner’s circle": (6, 2, 33),
    "Schedule a meeting and invite someone": (6, 5, 50),
    "Move a meeting to another day": (6, 2, 38),
    "Record who came and what was decided": (7, 3, 54),
    "Give a partner an action item": (5, 3, 41),
    "Mark an action item as done": (6, 1, 28),
    "Record a check-in": (5, 2, 38),
    "Ask both sides how the work goes": (6, 3, 39),
    "Respond to a gap between both sides": (6, 2, 52),
    "Enter a year’s number of a measure": (5, 2, 25),
    "Create a report for the council": (5, 1, 27),
    "Decide a claim to an organization": (5, 0, 17),
    "Invite a colleague to the office": (5, 1, 26),
    "Confirm a record as a partner": (5, 1, 26),
    "Change the mission of one’s own organization": (4, 1, 26),
    "Answer one question of a round from its email": (3, 0, 10),
}


def run():
    worse, now, before = [], [0, 0, 0.0], [0, 0, 0]
    for words, effort in figures.efforts().items():
        measured, earlier = (effort.presses, effort.fields, effort.seconds), BEFORE[words]
        worse += [words] if sum(measured[:2]) > sum(earlier[:2]) else []
        now, before = (
            [a + b for a, b in zip(now, measured, strict=True)],
            [a + b for a, b in zip(before, earlier, strict=True)],
        )
        print(
            f"  {words}: {measured[0]} and {measured[1]}, {measured[2]:.0f} s; "
            f"before {earlier[0]} and {earlier[1]}, {earlier[2]} s"
        )
    total, half = now[0] + now[1], (before[0] + before[1]) / 2
    value = f"{total}, {now[2]:.0f} s; {len(worse)} worse; before {before[0] + before[1]}, {before[2]} s"
    return value, f"{half:.0f}, 0 worse", len(jobs.JOBS), total <= half and not worse
