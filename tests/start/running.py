"""The registry as a process of its own, on its own data, for tests of starting and stopping."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = {
    *("ALLOWED_HOSTS", "BASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG"),
    *(
        "DJANGO_SETTINGS_MODULE",
        "EMAIL_URL",
        "HOST",
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
    """This process's environment with the registry's variables as given, and no others of them."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | {
        k: str(v) for k, v in ours.items()
    }


def manage(*arguments, seconds=120, **ours):
    """Runs manage.py to its end, which must come within so many seconds; gives the CompletedProcess."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment(**ours),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Registry:
    """`manage.py serve` on a free port."""

    def __init__(self, var, stdin=subprocess.DEVNULL, **ours):
        self.port = free_port()
        self.output = Path(var) / "output.txt"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment(VAR_DIR=var, PORT=self.port, **ours),
            stdin=stdin,
            stdout=self.output.open("w"),
            stderr=subprocess.STDOUT,
        )

    def get(self, path):
        """(status, JSON or None) of a page; status 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            status, body = answer.code, answer.read()
        except OSError:
            return 0, None
        try:
            return status, json.loads(body)
        except ValueError:
            return status, None

    def wait_for(self, path, seconds=60):
        """The JSON of a path once it answers 200."""
        until = time.monotonic() + seconds
        while True:
            status, body = self.get(path)
            if status == 200:
                return body
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, f"{path}: {status} {body}\n{self.output.read_text()}"
            time.sleep(0.2)

    def stop(self, number=signal.SIGINT):
        """Seconds until the process had ended."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - started
