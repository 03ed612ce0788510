"""QR12: PostgreSQL is restarted twenty times while emails are sent (tests/chaos/restarts.py)."""

from tests.chaos import restarts

NAME = "PostgreSQL restarted while sending"


def run():
    found = restarts.run()
    print("  " + ", ".join(f"{key} {value}" for key, value in found.items()))
    longest = found["pauses"][-1]
    value = (
        f"{found['lost']} lost, {found['doubled outside the window']} doubled outside the SMTP window, sending again "
        f"after {longest} s at most"
    )
    faults = found["lost"], found["not sent"], found["doubled outside the window"]
    ok = not any(faults) and longest <= restarts.BOUND and len(found["pauses"]) == restarts.RESTARTS
    return value, f"0 lost, again ≤ {restarts.BOUND} s", len(found["pauses"]), ok
