"""QR11: the time of an email between the commit that marks the start of its data and the server's acceptance.

python -m tests.chaos.fence ACCEPTED EMAILS, with DATABASE_URL and EMAIL_URL set. Prints one line of JSON: this time
without the server's own response time, in milliseconds. All clocks are this machine's.
"""

import json
import sys
import time
from pathlib import Path

from tests.chaos import ground


def main(path, count):
    ground.prepare()
    from partnerships.mail import outbox
    from partnerships.models import Email
    from partnerships.notifications import emails as rendering

    ground.plan_emails(count, -60, 30)
    ground.warm_up(Email.objects.filter(state="planned").first())
    accepted = []

    def at(step):
        if step == "accepted":
            accepted.append(time.time())

    while outbox.send_due(render=rendering.render, at=at):
        pass
    lines = [line.split("\t") for line in Path(path).read_text().splitlines()]
    started = {row.message_id: row.data_started_at.timestamp() for row in Email.objects.filter(state="sent")}
    beyond = sorted(
        (yes - started[message_id] - (float(said) - float(came))) * 1000
        for (message_id, _, came, said), yes in zip(lines, accepted, strict=True)
    )
    server = sorted((float(said) - float(came)) * 1000 for _, _, came, said in lines)
    p99 = int(len(beyond) * 0.99)
    summary = {"emails": len(beyond), "p50": beyond[len(beyond) // 2], "p99": beyond[p99], "server p99": server[p99]}
    print(json.dumps({name: round(value, 1) for name, value in summary.items()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
