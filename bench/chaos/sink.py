"""An SMTP server that writes the Message-ID and the recipient of each letter down, safely on disk, before it says yes.

python -m bench.chaos.sink PORT FILE
"""

import asyncio
import os
import re
import sys

from aiosmtpd.smtp import SMTP

MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*(<[^>]+>)")


class Sink:
    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)  # noqa: SIM115 (open as long as the process lives)

    async def handle_DATA(self, server, session, envelope):
        message_id = MESSAGE_ID.search(envelope.content)[1].decode()
        self.file.write(f"{message_id}\t{envelope.rcpt_tos[0]}\n".encode())
        os.fdatasync(self.file.fileno())
        return "250 taken"


async def serve(port, path):
    sink = Sink(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=False), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
