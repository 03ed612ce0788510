"""QA30: slow clients keep nobody out: `manage.py serve`, and gunicorn behind nginx as docs/operating.md has them.

Four kinds of slow connections (half-open, slow headers, slow bodies, slow readers), 600 of each at a time and opened again as
they are closed; meanwhile /healthz and a page are asked for over connections of their own. Needs nginx (apt install nginx-light).
"""

from bench import trials

NAME = "Slow clients keep nobody out"
LONGEST = 5  # seconds


def run():
    found = trials.run("bench.slow_clients:figure")
    for words in sorted(set(found["wrong"]))[:20]:
        print(f"  {words}")
    value = (
        f"{len(found['wrong'])} not answered; longest {found['worst']:.1f} s, of {found['opened']:,} slow connections"
    )
    ok = not found["wrong"] and found["worst"] <= LONGEST and found["opened"] >= 600 * found["kinds"]
    return value, f"0; {LONGEST} s", found["asked"], ok
