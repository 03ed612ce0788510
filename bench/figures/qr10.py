"""QR10: lateness of emails and sign-in codes under load, while documents are rebuilt (tests/chaos/lateness.py)."""

from tests.chaos import lateness

NAME = "Lateness of emails and sign-in codes"
LATE, SHARE = 30, 0.99  # seconds; share of the codes sent within 10 s


def run():
    load = lateness
    print(
        f"  the load: {load.A_SECOND} emails and {load.CODES_A_SECOND} codes a second for {load.SECONDS} s, "
        f"{load.PARTNERSHIPS} documents made anew again and again, a mail server that takes {load.REPLY_TIME * 1000:.0f} ms"
    )
    results = {"SQLite": lateness.on_sqlite(), "PostgreSQL": lateness.on_postgres()}
    for name, found in results.items():
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    value = "; ".join(
        f"{name} p99 {found['p99']} s, codes {found['codes in 10 s'] / found['codes']:.1%} in 10 s"
        for name, found in results.items()
    )
    crash = results["PostgreSQL"]
    value += f"; after a crash {crash['after the crash']} emails, the latest {crash['latest of them']} s"
    n = sum(found["emails"] + found["codes"] for found in results.values())
    ok = all(
        found["p99"] <= LATE and found["codes in 10 s"] >= SHARE * found["codes"] and found["made anew"] >= 5
        for found in results.values()
    )
    return value, f"p99 ≤ {LATE} s, ≥ {SHARE:.0%} of codes in 10 s", n, ok
