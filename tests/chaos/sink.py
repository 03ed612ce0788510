"""An SMTP server that records safely on disk which emails it accepts, before it accepts them.

python -m tests.chaos.sink PORT FILE SECONDS. It writes a line for each email: Message-ID, recipient, the Unix times
when it had arrived whole and when it was accepted. SECONDS is the time that it takes for each.
"""

import asyncio
import os
import re
import sys
import time

from aiosmtpd.smtp import SMTP

MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*(<[^>]+>)")


class Sink:
    def __init__(self, path, reply_time):
        self.reply_time = reply_time
        self.file = open(path, "ab", buffering=0)  # noqa: SIM115 (open as long as the process lives)

    async def handle_DATA(self, server, session, envelope):
        came = time.time()
        if self.reply_time:
            await asyncio.sleep(self.reply_time)
        message_id = MESSAGE_ID.search(envelope.content)[1].decode()
        self.file.write(f"{message_id}\t{envelope.rcpt_tos[0]}\t{came}\t{time.time()}\n".encode())
        os.fdatasync(self.file.fileno())
        return "250 taken"


async def serve(port, path, reply_time):
    sink = Sink(path, reply_time)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=False), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
