"""Runs the trials of figures, each as a separate process, on a temporary database and folder of its own.

`run("tests.hidden_records:figure")` calls that function with an empty migrated registry and returns what it returned (plain
values). `python -m bench.trials MODULE:FUNCTION ARGUMENT…` is what the process runs.
"""

import json
import logging
import os
import subprocess
import sys
from importlib import import_module

from tests.servers import ROOT, folder, postgres

PASSED_ON = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")


def run(function: str, *arguments: str, on="SQLite", **environment):
    """Return what the function returned for these arguments.

    `on`: SQLite, or PostgreSQL on a server of its own. Raises CalledProcessError.
    """
    with folder() as home:
        if on == "SQLite":
            return _run([function, *arguments], home, f"sqlite:///{home}/trial.sqlite3", environment)
        with postgres(home) as url:
            return _run([function, *arguments], home, url, environment)


def _run(asked, home, database, environment):
    own = {"DATABASE_URL": database, "VAR_DIR": str(home / "var"), "DJANGO_SETTINGS_MODULE": "equity.settings"}
    rates = dict.fromkeys(("PAGE_RATE_ANONYMOUS", "API_RATE_ANONYMOUS", "API_RATE_PERSON"), "10000000")
    own |= {"ALLOWED_HOSTS": "testserver,127.0.0.1"} | rates | environment
    keep = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    done = subprocess.run(
        [sys.executable, "-m", "bench.trials", *asked],
        cwd=ROOT,
        env=keep | own,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(function, *arguments):
    # Standard output is for the result alone, not for what the registry prints (where it wrote an email, for example).
    answer, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    logging.disable()  # refusals are intended, so they aren't logged
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    module, _, name = function.partition(":")
    print(json.dumps(getattr(import_module(module), name)(*arguments)), file=answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
