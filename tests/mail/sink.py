"""A real SMTP server for tests, which keeps what it accepted and answers as configured."""

import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.waiting import LIMIT


class Sink:
    """The server. `replies`: the answers to MAIL, RCPT and DATA, by step, where a list is used up one by one.

    `emails`: a list of (to, message).
    """

    def __init__(self):
        self.emails, self.replies, self.port = [], {}, None
        self.open, self.changed = 0, threading.Condition()

    def count(self, more):
        with self.changed:
            self.open += more
            self.changed.notify_all()

    def wait_until_idle(self):
        """Wait until no connection is open. An email from an interrupted connection is in `emails` then, or never will be."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.open, LIMIT)

    def _reply(self, step, ready):
        reply = self.replies.get(step)
        if isinstance(reply, list):
            reply = reply.pop(0) if reply else None
        return reply(self) if callable(reply) else reply or ready

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - the name that aiosmtpd calls
        reply = self._reply("mail", "250 OK")
        if reply.startswith("250"):
            envelope.mail_from = address
        return reply

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self._reply("rcpt", "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        reply = self._reply("dot", "250 taken")
        if reply.startswith("250"):
            self.emails.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        if reply == "250 and gone":
            server.transport.abort()
        return reply

    @property
    def ids(self):
        return [message["Message-ID"] for _, message in self.emails]


class _Line(SMTP):
    """One connection, which the sink counts while it's open."""

    def connection_made(self, transport):
        self.event_handler.count(1)
        super().connection_made(transport)

    def connection_lost(self, error):
        super().connection_lost(error)
        self.event_handler.count(-1)


class _Server(Controller):
    """aiosmtpd's own, on a free port."""

    def __init__(self, sink):
        self.listener = socket.create_server(("127.0.0.1", 0))
        sink.port = self.listener.getsockname()[1]
        super().__init__(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=LIMIT)

    def factory(self):
        return _Line(self.handler, **self.SMTP_kwargs)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


@contextmanager
def running():
    sink = Sink()
    controller = _Server(sink)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)
