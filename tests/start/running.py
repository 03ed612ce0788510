"""The registry in a separate process with its own data, for tests of starting and stopping."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

from tests.servers import free_port
from tests.waiting import LIMIT, until

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = {
    *("ALLOWED_HOSTS", "BASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG"),
    *(
        "DJANGO_SETTINGS_MODULE",
        "EMAIL_URL",
        "HOST",
        "LOCAL_ZONE",
        "LOG_LEVEL",
        "MAIL_COMES_IN",
        "MAIL_FROM",
        "PORT",
        "PRODUCTION",
        "SAMPLE",
    ),
    *("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_HOSTS", "OIDC_ISSUER", "OIDC_NAME", "OIDC_SECOND_FACTOR"),
    *("SECRET_KEY", "SSL_REDIRECT", "STATIC_ROOT", "TRUSTED_PROXIES", "VAR_DIR"),
}


def environment(**ours):
    """This process's environment with these variables of the registry, and none of its others."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | {
        k: str(v) for k, v in ours.items()
    }


def manage(*arguments, **ours):
    """Run manage.py until it ends. Returns the CompletedProcess."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment(**ours),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * LIMIT,  # migrating takes minutes on a busy machine
        check=False,
    )


class Printing:
    """A process whose output is read while it runs."""

    def __init__(self, command, environment, stdin=subprocess.DEVNULL):
        self.read, self.has_ended, self.changed = b"", False, threading.Condition()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    @property
    def text(self):
        """The output so far."""
        return self.read.decode(errors="replace")

    def wait_for_text(self, words):
        """Wait until it has printed these words."""
        with self.changed:
            self.changed.wait_for(lambda: words in self.text or self.has_ended, LIMIT)
        assert words in self.text, self.text

    def _read(self):
        with self.process.stdout as output:
            while more := output.read1():
                self._note(more)
        self._note(b"", has_ended=True)

    def _note(self, more, has_ended=False):
        with self.changed:
            self.read, self.has_ended = self.read + more, has_ended
            self.changed.notify_all()


class Registry(Printing):
    """`manage.py serve` on a free port."""

    def __init__(self, var, stdin=subprocess.DEVNULL, **ours):
        self.port = free_port()
        ours = environment(VAR_DIR=var, PORT=self.port, **ours)
        super().__init__([sys.executable, "manage.py", "serve"], ours, stdin)

    def get(self, path):
        """Return (status, JSON or None) of a page. The status is 0 while nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LIMIT) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            status, body = answer.code, answer.read()
        except OSError:
            return 0, None
        try:
            return status, json.loads(body)
        except ValueError:
            return status, None

    def wait_for(self, path, seconds=LIMIT):
        """Wait until a path answers 200, and return its JSON."""

        def answer():
            assert self.process.poll() is None, self.text
            status, body = self.get(path)
            return status == 200 and (body,)

        return until(answer, seconds)[0]

    def stop(self, number=signal.SIGINT):
        """End the process. Returns after `text` has everything that it printed."""
        self.process.send_signal(number)
        self.process.wait(LIMIT)
        self.reader.join(LIMIT)
