"""A real SMTP server for tests: keeps what it accepted, and answers as told."""

import socket
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller


class Sink:
    """`replies` says what RCPT and DATA answer, by step; a list is used up one by one. `letters` are (to, message)."""

    def __init__(self):
        self.letters, self.replies, self.port = [], {}, None

    def _reply(self, step, ready):
        reply = self.replies.get(step)
        if isinstance(reply, list):
            reply = reply.pop(0) if reply else None
        return reply(self) if callable(reply) else reply or ready

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self._reply("rcpt", "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        reply = self._reply("dot", "250 taken")
        if reply.startswith("250"):
            self.letters.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        if reply == "250 and gone":
            server.transport.abort()
        return reply

    @property
    def ids(self):
        return [message["Message-ID"] for _, message in self.letters]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running():
    sink = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)
