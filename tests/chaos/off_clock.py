"""python -m tests.chaos.off_clock SECONDS ARGUMENTS…: Celery, in a process whose clock is wrong by this many seconds."""

import sys
from datetime import UTC, datetime, timedelta

import time_machine
from celery.__main__ import main

# time_machine loads pytest where it's installed, and the settings take its presence for a test run.
sys.modules.pop("pytest", None)

if __name__ == "__main__":
    off, sys.argv[1:] = float(sys.argv[1]), sys.argv[2:]
    if off:
        time_machine.travel(datetime.now(UTC) + timedelta(seconds=off), tick=True).start()
    main()
