"""QR4: Redis and RabbitMQ killed, paused and flushed while people save (tests/chaos/broker_faults.py)."""

from tests.chaos import broker_faults, brokers

NAME = "The broker killed, paused, flushed"


def run():
    rounds = [found for kind in (brokers.Redis, brokers.RabbitMQ) for found in broker_faults.run(kind)]
    for found in rounds:
        print("  " + ", ".join(f"{key} {value}" for key, value in found.items()))
    total = {key: sum(found[key] for found in rounds) for key in ("saved", "not saved", "lost", "doubled")}
    value = (
        f"{total['lost']} lost, {total['doubled']} doubled, {total['not saved']} saves failed, sent after "
        f"{max(found['seconds until sent'] for found in rounds)} s at most"
    )
    faults = [total[key] for key in ("not saved", "lost", "doubled")]
    ok = not any(faults) and len(rounds) == 6 and total["saved"] >= 6 * broker_faults.SAVES
    return value, "0 lost, 0 doubled, 0 saves failed", total["saved"], ok
