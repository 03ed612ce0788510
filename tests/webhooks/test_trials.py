"""A small trial of webhooks: real processes, really killed. bench/figures/qi4.py has the large one."""

import json
import os
import subprocess
import sys

import pytest

from tests.servers import ROOT, folder

EVENTS, SECONDS, TURNS_A_MOOD = 30, 10, 1


@pytest.mark.slow
def test_a_receiver_that_fails_in_every_way_gets_each_change_in_order():
    function = ("tests.chaos.webhooks:figure", str(EVENTS), str(SECONDS), str(TURNS_A_MOOD))
    with folder() as home:
        own = {"DATABASE_URL": f"sqlite:///{home}/trial.sqlite3", "VAR_DIR": str(home / "var")}
        own |= {"DJANGO_SETTINGS_MODULE": "equity.settings", "WEBHOOKS_ALLOW_LOCAL": "yes"}
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        command = [sys.executable, "-m", "bench.trials", *function]
        done = subprocess.run(command, cwd=ROOT, env=keep | own, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    for name in ("requests", "came twice", "workers killed"):
        del found[name]
    assert {*found.pop("moods")} <= {"works", "slow", "flapping", "redirecting", "dying"}
    assert found.pop("restarts") >= 1
    assert found == {
        "events": EVENTS,
        "lost": 0,
        "not settled": 0,
        "out of order": 0,
        "wrong signature": 0,
        "redirects followed": 0,
        "unknown": 0,
        "crashed": 0,
    }
