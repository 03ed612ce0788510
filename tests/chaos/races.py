"""QR9: meetings that are moved or canceled while a sender handles the email about their old time.

python -m tests.chaos.races ACCEPTED RACES, with DATABASE_URL and EMAIL_URL set. Prints one line of JSON.

A sender in a separate process claims one email. At a random moment while it works, the meeting is moved here, or
canceled every second time. All processes of a machine share the clock of time.monotonic. The sender starts to transmit
when it passes the fence, right before the final dot. That must be before the moment at which the commit of the change
returned. In every race, the sender also pauses at one of its steps, each time at another one.
"""

import json
import os
import random
import sys
import time
from datetime import time as wall

from tests.chaos import ground

AHEAD = 20  # maximum milliseconds between the claim and the change
CLAIMED = b"claimed\n"
STOP = 60  # maximum milliseconds of the sender's pause at a step


def main(path, races):
    ground.prepare()
    partnership, desks = ground.office_and_desks(1)
    count = {"races": 0, "went": 0, "stopped": 0, "begun_after": 0, "doubled": 0, "news_lost": 0, "crashed": 0}
    for n in range(races):
        _race(n, partnership, desks[0], path, count)
    print(json.dumps(count))


def _race(n, partnership, desk, path, count):
    from partnerships.core.access import SYSTEM
    from partnerships.meetings import meetings
    from partnerships.models import Email
    from tests.factories import cancel_meeting, make_meeting

    meeting = make_meeting(partnership, people=[desk], title=f"Table {n}")
    old = Email.objects.get(kind="meeting_planned", subject_id=meeting.pk)
    if not count["races"]:
        ground.warm_up(old)
    begun, child = _sender(n)
    assert os.read(begun, len(CLAIMED)) == CLAIMED
    time.sleep(random.Random(n).uniform(0, AHEAD) / 1000)
    if n % 2:
        cancel_meeting(meeting=meeting)
    else:
        meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"time": wall(15)})
    committed = time.monotonic()
    with os.fdopen(begun) as lines:
        moments = dict(line.split() for line in lines)
    count["crashed"] += ground.wait(child) != 0
    news = Email.objects.exclude(kind="meeting_reminder").exclude(pk=old.pk).get(subject_id=meeting.pk)
    news_id = news.message_id
    count["crashed"] += ground.wait(ground.fork(_drain)) != 0
    _note(count, ground.accepted(path), old.message_id, news_id, float(moments.get(old.message_id, 0)) - committed)


def _note(count, arrived, old_id, news_id, begun_after):
    count["races"] += 1
    count["went" if arrived[old_id] else "stopped"] += 1
    count["begun_after"] += bool(arrived[old_id]) and begun_after > 0
    count["doubled"] += arrived[old_id] > 1 or arrived[news_id] > 1
    count["news_lost"] += arrived[news_id] == 0


def _sender(n):
    """Start a sender.

    Returns a pipe on which it writes “Message-ID moment” when it starts with each email, and its process id.
    """
    from partnerships.mail import outbox
    from partnerships.notifications import emails

    begun, say = os.pipe()
    stop = outbox.STEPS[n // 2 % len(outbox.STEPS)]
    pause = random.Random(-n).uniform(0, STOP) / 1000

    def work():
        current = []

        def render(email, recipient, context=None):
            current[:] = [email.message_id]
            return emails.render(email, recipient, context)

        def at(step):
            if step == "claimed":
                os.write(say, CLAIMED)
            if step == "body":  # the fence is next
                os.write(say, f"{current[0]} {time.monotonic()}\n".encode())
            if step == stop:
                time.sleep(pause)

        outbox.send_due(render=render, at=at)

    child = ground.fork(work)
    os.close(say)
    return begun, child


def _drain():
    from partnerships.mail import outbox
    from partnerships.notifications import emails

    while outbox.send_due(render=emails.render):
        pass


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
