"""QX10: the reading grade of every text of twenty words or more is at most 8, and the median at most 6.

Words of the glossary (docs/words.md) count as one syllable.
"""

import django

django.setup()

from tests.web import test_reading_grade  # noqa: E402

NAME = "Texts that are easy to read"


def run():
    found = test_reading_grade.figure()
    for words in found["hard"]:
        print(f"  {words}")
    median, highest = found["median"], found["highest"]
    value = f"median {median:.1f}, highest {highest:.1f}; {len(found['hard'])} too hard"
    return (
        value,
        "median ≤ 6, each ≤ 8",
        found["texts"],
        not found["hard"] and median <= test_reading_grade.HIGHEST_MEDIAN,
    )
