"""Brokers for the trials, Redis and RabbitMQ, on free ports, which can be killed, paused, flushed and restarted."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from kombu import Connection

from tests.servers import free_port, wait_for, wait_until_free

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
RABBITMQ = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server")  # Debian's command on the path changes the user


class Broker:
    """A broker. `url` is its CELERY_BROKER_URL. `start` returns when it accepts connections."""

    def __init__(self, home: Path):
        self.home, self.port, self.process = home, free_port(), None
        self.home.mkdir()

    def kill(self):
        self._signal(signal.SIGKILL)
        self.process.wait(30)
        wait_until_free(self.port)

    def pause(self):
        self._signal(signal.SIGSTOP)

    def go_on(self):
        self._signal(signal.SIGCONT)

    def flush(self):
        """Delete every waiting message."""
        with Connection(self.url) as connection:
            connection.default_channel.queue_purge("celery")

    def close(self):
        if self.process and self.process.poll() is None:
            self.go_on()
            self.kill()

    def _signal(self, number):
        os.killpg(self.process.pid, number)  # the server and its child processes

    def _run(self, *command, **environment):
        own = {"PATH": os.environ["PATH"], "HOME": str(self.home)} | environment
        self.process = subprocess.Popen(command, env=own, cwd=self.home, start_new_session=True, **QUIET)
        wait_for(self.port, 60)


class Redis(Broker):
    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        # Nothing is kept on disk, so it's empty after a kill.
        listen = ("--bind", "127.0.0.1", "--port", str(self.port))
        self._run(shutil.which("redis-server"), *listen, "--save", "", "--appendonly", "no")


class RabbitMQ(Broker):
    def __init__(self, home):
        super().__init__(home)
        self.names, self.distribution = free_port(), free_port()
        # Its own name server, since RabbitMQ would start one that keeps running.
        epmd = next(iter(map(str, Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))), "epmd")
        command = [epmd, "-port", str(self.names), "-address", "127.0.0.1"]
        self.name_server = subprocess.Popen(command, env={"HOME": str(home)}, **QUIET)
        wait_for(self.names)

    def close(self):
        super().close()
        self.name_server.terminate()
        self.name_server.wait(10)

    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self):
        program = next(filter(None, map(shutil.which, RABBITMQ)))
        names = {"ERL_EPMD_PORT": str(self.names), "ERL_EPMD_ADDRESS": "127.0.0.1"}
        self._run(
            program,
            **names,
            RABBITMQ_NODENAME=f"trial{self.port}@localhost",
            RABBITMQ_NODE_IP_ADDRESS="127.0.0.1",
            RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(self.distribution),
            RABBITMQ_BASE=str(self.home),
            RABBITMQ_MNESIA_BASE=str(self.home / "mnesia"),
            RABBITMQ_LOG_BASE=str(self.home / "log"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(self.home / "plugins"),
            RABBITMQ_CONFIG_FILE=str(self.home / "none"),
        )


@contextlib.contextmanager
def running(kind, home: Path):
    broker = kind(home / kind.__name__.lower())
    try:
        broker.start()
        yield broker
    finally:
        broker.close()
