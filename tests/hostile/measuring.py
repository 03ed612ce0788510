"""What a parser costs: each runs in a separate process, and each input in a fork of it after something small was read."""

import json
import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from django.core.exceptions import ValidationError

from partnerships.core.errors import NotFound

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 5  # CPU seconds after which a try is ended


def cost(parse, given, refusals) -> tuple[float, float, str]:
    """Return (CPU seconds, peak of additional megabytes, outcome). Runs in a child of this process."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        with os.fdopen(writing, "w") as out:
            json.dump(_in_this_process(parse, given, refusals), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as out:
        output = out.read()
    os.waitpid(pid, 0)
    return tuple(json.loads(output)) if output else (float("inf"), float("inf"), "BROKE: the process was ended")


def _in_this_process(parse, given, refusals):
    with open("/proc/self/clear_refs", "w") as marks:  # resets the peak of memory
        marks.write("5")
    before, started = _highest(), time.process_time()
    try:
        parse(given)
        became = "read"
    except (*refusals, ValidationError, NotFound) as refusal:
        became = f"refused: {type(refusal).__name__}"
    except BaseException as problem:
        became = f"BROKE: {type(problem).__name__}: {str(problem)[:100]}"
    children = sum(os.times()[2:4])
    return time.process_time() - started + children, (_highest() - before) / 1024, became


def _highest() -> int:
    """Return the peak of this process's memory in kilobytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def measured(name: str, *titles: str) -> list:
    """Return (input, bytes, seconds, megabytes, outcome) for each input of a parser, or those with these titles.

    The parser runs in a separate process.
    """
    command = [sys.executable, "-m", "tests.hostile.measuring", name, *titles]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def main(name: str, *titles: str) -> None:
    """Print a line for each input of a parser (tests.hostile.parsers): its name, seconds, megabytes, outcome."""
    import django

    django.setup()
    parser = import_module("tests.hostile.parsers").PARSERS[name]
    parse, refusals = parser.load()
    for given in parser.small:  # imports and tables aren't part of an input's cost
        with suppress(*refusals, ValidationError, NotFound):
            parse(given)
    for title, make in parser.inputs.items():
        if not titles or title in titles:
            given = make()
            print(json.dumps([title, len(given), *cost(parse, given, refusals)]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
