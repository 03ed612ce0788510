"""QP3: page 10,000 costs the same as page 1, in the API and on the list page."""

from statistics import median

from django.http import QueryDict

from bench import load, servers
from partnerships.core import listing
from partnerships.registry import queries

PAGE, ROUNDS, EACH = 10_000, 5, 40
MOST_TIMES = 1.2
# Interface, address, rows a page, order. Of a million partnerships, 10,000 pages of 50 are half.
LISTS = (("API", "/api/v1/partnerships/?page_size=50", 50, "id"), ("page", "/partnerships/", 25, "-updated"))


def main(name):
    values, ok, n = [], True, 0
    with servers.serving(servers.REGISTRY, name) as port:
        for what, path, size, ordering in LISTS:
            sign = "&" if "?" in path else "?"
            number = min(PAGE, _pages(size))
            deep = f"{path}{sign}cursor={cursor_of(number, size, ordering)}"
            times = {where: [] for where in (path, deep)}
            for where in times:
                load.keep_busy(port, [where], requests=10)
            for _ in range(ROUNDS):
                for where, found in times.items():
                    run = load.keep_busy(port, [where], requests=EACH)
                    if run.refused:
                        raise RuntimeError(f"{where} answered {run.refused[:3]}")
                    found.append(run.percentile(0.5))
                    n += len(run.times)
            ratio = median(b / a for a, b in zip(*times.values(), strict=True))
            first, last = (median(found) for found in times.values())
            values.append(f"{what} {last:.1f} ms against {first:.1f} ({ratio:.2f} ×)")
            ok = ok and ratio <= MOST_TIMES and number == PAGE
    return f"page {number:,}: {', '.join(values)}", f"≤ {MOST_TIMES} × page 1", n, ok


def _pages(size):
    return queries.partnership_list(None, QueryDict()).rows.count() // size


def cursor_of(number, size, ordering):
    """The cursor that the page before would link to."""
    found = queries.partnership_list(None, QueryDict(f"ordering={ordering}"))
    sort = found.orderings[ordering.lstrip("-")]
    place = (number - 1) * size
    ((pk, key),) = found.ordered().values_list("pk", sort.field)[place - 1 : place]
    return listing.encode_cursor(ordering, [key, pk], place + 1, False)
