"""A mail server that plays one fault at a time, and records the Message-ID of each email that it accepted."""

import contextlib
import datetime
import re
import socket
import ssl
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SILENT, GONE, SLOW = "silent", "gone", "slow"
SLOW_FOR = 20  # seconds, which a server may take for an email
NOBODY_SIGNED, NO_NAME, NOT_THERE = "nobody signed", "no name", "not there"
CODES = {
    **{code: f"{code} not now" for code in ("421", "432", "450", "452")},
    **{code: f"{code} never" for code in ("550", "552", "554")},
}

# Fault, as docs/operating.md names it → the places where it's played: (at which SMTP command, what is answered).
FAULTS = {
    "refuses the connection": [("CONNECT", NOT_THERE)],
    "its name is not found": [("CONNECT", NO_NAME)],
    "its certificate is not trusted": [("STARTTLS", NOBODY_SIGNED)],
    "silent at its banner": [("BANNER", SILENT)],
    "a banner that is not SMTP": [("BANNER", "hello there")],
    "refuses the sender, `MAIL_FROM`": [("MAIL", "553 not yours")],
    "silent at the recipient": [("RCPT", SILENT)],
    "silent after the final dot": [(".", SILENT)],
    "hangs up after the final dot": [(".", GONE)],
    "slow after the final dot": [(".", SLOW)],
    **{code: [("RCPT", reply), (".", reply)] for code, reply in CODES.items()},
}


class MailServer:
    """Listens on a free port. `fault` is (place, answer), or None without a fault."""

    def __init__(self, home: Path):
        self.fault, self.taken, self.slow_for = None, [], SLOW_FOR
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.certificate = _certificate(home)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self):
        answer = self.fault and self.fault[1]
        if answer == NO_NAME:
            return "smtp://no-such-host.invalid:25"
        return "smtp://127.0.0.1:1" if answer == NOT_THERE else f"smtp://127.0.0.1:{self.port}"

    def close(self):
        self.listener.close()

    def _listen(self):
        with contextlib.suppress(OSError):
            while True:
                link, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with contextlib.suppress(OSError, EOFError):
            self._talk(link)
        link.close()

    def _talk(self, link):
        lines = link.makefile("rb")
        self._answer(link, "BANNER", "220 ready")
        while line := lines.readline().decode("latin-1").strip():
            word = line.split()[0].partition(":")[0].upper()
            if word == "EHLO":
                offers_tls = self.fault and self.fault[0] == "STARTTLS"
                link.sendall(b"250-here\r\n250 STARTTLS\r\n" if offers_tls else b"250 here\r\n")
            elif word == "STARTTLS":
                link.sendall(b"220 go on\r\n")
                link = self.certificate.wrap_socket(link, server_side=True)
                lines = link.makefile("rb")
            elif word == "DATA":
                link.sendall(b"354 go on\r\n")
                self._take(link, lines)
            else:
                self._answer(link, word, "221 bye" if word == "QUIT" else "250 OK")

    def _take(self, link, lines):
        message = b""
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise EOFError
            message += line
        # An email without an answer was accepted all the same. Plain SMTP can't know about this case.
        if not (self.fault and self.fault[0] == "." and self.fault[1][:3] in CODES):
            self.taken.append(re.search(rb"(?mi)^Message-ID:\s*(<[^>]+>)", message)[1].decode())
        self._answer(link, ".", "250 taken")

    def _answer(self, link, place, usual):
        at, answer = self.fault or (None, None)
        if at != place:
            answer = usual
        elif answer == SILENT:
            link.recv(1)  # send nothing, and wait until the client gives up
            raise EOFError
        elif answer == GONE:
            raise EOFError
        elif answer == SLOW:
            time.sleep(self.slow_for)
            answer = usual
        link.sendall(f"{answer}\r\n".encode())


def _certificate(home):
    """A certificate that no one has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    path = home / "certificate.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
