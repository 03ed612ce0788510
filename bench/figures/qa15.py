"""QA15: `manage.py check --deploy` finds nothing in the production settings."""

import os
import subprocess
import sys

from bench.production import ENVIRONMENT
from tests.servers import ROOT, folder

NAME = "check --deploy"
COMMAND = (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING")


def run():
    with folder() as home:
        own = {"VAR_DIR": str(home / "var"), "DATABASE_URL": "postgres://registry@db.example.org:5432/registry"}
        keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=keep | ENVIRONMENT | own, capture_output=True, text=True, check=False
        )
    output = (done.stdout + done.stderr).strip()
    clean = done.returncode == 0 and "System check identified no issues (0 silenced)." in output
    return "clean" if clean else output.splitlines()[-1], "clean, 0 silenced", 1, clean
