"""QD2: a file of 10,000 rows with one error, an import killed with kill -9, and the same file again.

Each step is a separate process (`python -m tests.chaos.imports STEP …`), as a worker is. The process after a kill finds
the import interrupted, counts the records, compares the file again and imports it.
"""

import json
import os
import random
import subprocess
import sys
import time
from datetime import timedelta

from tests import servers

ROWS, ROWS_KILLED = 10_000, 2_000
KILLS = 20
WRONG = (7_354, "EIN", "12345678")  # row, column, value: a leading zero was lost
_WORDS = ("Lantern", "Harbor", "Meadow", "Copper", "Juniper", "Willow", "Granite", "Prairie", "Juncture", "Cedar")
_DOES = (
    "readers",
    "tenants",
    "gardeners",
    "parents",
    "riders",
    "makers",
    "neighbors",
    "singers",
    "healers",
    "builders",
)


def on(name) -> dict:
    """Return the result on this database (“SQLite” or “PostgreSQL”)."""
    return {"database": name} | _with_a_database(name, _of_all_rows) | _with_a_database(name, _killed_often)


def _with_a_database(name, trial):
    with servers.folder() as home:
        if name == "SQLite":
            return trial(home, f"sqlite:///{home}/trial.sqlite3")
        with servers.postgres(home) as url:
            return trial(home, url)


def _of_all_rows(home, database):
    return _ended(home, database, "one-wrong") | _ended(home, database, "whole")


def _killed_often(home, database):
    _ended(home, database, "prepare", ROWS_KILLED)
    moments, there = random.Random(7), []
    for kill in range(1, KILLS + 1):
        there.append(_killed(home, database, ROWS_KILLED * kill // (KILLS + 1), moments.uniform(0, 0.05)))
    found = _ended(home, database, "write")
    there.append(found.pop("there"))
    return found | {"kills": KILLS, "after kills": max(there)}


def _start(home, database, *arguments):
    own = {"DATABASE_URL": database, "VAR_DIR": str(home / "var"), "DJANGO_SETTINGS_MODULE": "equity.settings"}
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    command = [sys.executable, "-m", "tests.chaos.imports", *map(str, arguments)]
    return subprocess.Popen(command, cwd=servers.ROOT, env=keep | own, stdout=subprocess.PIPE, text=True)


def _ended(home, database, *arguments):
    lines = _start(home, database, *arguments).communicate()[0].splitlines()
    return json.loads(lines[-1])


def _killed(home, database, rows, pause):
    """Kill an import after this many rows. Returns how many records there were when it started."""
    with _start(home, database, "write") as process:
        there = 0
        for line in process.stdout:
            word, _, number = line.strip().partition(" ")
            there = int(number) if word == "there" else there
            if word == "done" and int(number) >= rows:
                time.sleep(pause)
                process.kill()
                break
    if process.returncode != -9:
        raise RuntimeError(f"the write ended by itself before row {rows}")
    return there


# In a separate process


def main(step, *arguments):
    import django

    django.setup()
    import logging

    from django.core.management import call_command

    logging.disable()
    call_command("migrate", verbosity=0)
    steps = {"one-wrong": one_wrong, "prepare": prepare, "write": write, "whole": whole}
    print(json.dumps(steps[step](*map(int, arguments))), flush=True)


def _file(rows, wrong=None):
    lines = ["Name,Side,Website,EIN"]
    for n in range(2, rows + 2):
        ein = wrong[2] if wrong and n == wrong[0] else ""
        lines.append(
            f"{_WORDS[n % 10]} {_DOES[n // 10 % 10]} of block {n:05},Community,https://block-{n}.example.org,{ein}"
        )
    return "\n".join(lines).encode()


def _office_and_editor():
    from partnerships.models import Jurisdiction, Membership, Person
    from tests.factories import make_jurisdiction, make_person

    person = Person.objects.filter(email="editor@example.org").first()
    if person is None:
        office, person = make_jurisdiction("Trial City"), make_person("editor@example.org")
        Membership.objects.create(person=person, jurisdiction=office, role="editor")
    return person, Jurisdiction.objects.get(name="Trial City")


def _bring(content):
    from partnerships.models import Import
    from partnerships.records.imports import files as importing
    from partnerships.records.imports import work as import_work

    person, office = _office_and_editor()
    file_import = importing.add_file(
        by=person, jurisdiction=office, kind="organizations", filename="trial.csv", content=content
    )
    importing.match(one=file_import, by=person, columns={int(place): key for place, key in file_import.columns.items()})
    import_work.process_next()
    return person, Import.objects.select_related("jurisdiction").get(pk=file_import.pk)


def _records():
    from partnerships.models import Organization

    return Organization.objects.count()


def one_wrong():
    from django.core.exceptions import ValidationError

    from partnerships.records.imports import files as importing

    began = time.monotonic()
    person, file_import = _bring(_file(ROWS, WRONG))
    took = time.monotonic() - began
    try:
        importing.start_writing(one=file_import, by=person)
        refused = False
    except ValidationError:
        refused = True
    located = [row[:2] for row in file_import.result["problems"]] == [list(WRONG[:2])]
    importing.delete_import(one=file_import, by=person)
    return {
        "rows": ROWS,
        "located": located,
        "refused": refused,
        "imported": _records(),
        "compared in s": round(took, 1),
    }


def prepare(rows):
    _, file_import = _bring(_file(rows))
    return {"state": file_import.state}


def write():
    """Import the file and report progress. An interrupted import is compared again first."""
    from partnerships.core import clock
    from partnerships.core.progress import ProgressReporter
    from partnerships.models import Import
    from partnerships.records.imports import files as importing
    from partnerships.records.imports import work as import_work

    person, _ = _office_and_editor()
    file_import = Import.objects.select_related("jurisdiction").get()
    print("there", _records(), flush=True)
    if file_import.state == "writing":
        Import.objects.update(claimed_until=clock.now() - timedelta(seconds=1))  # as if three minutes had passed
        import_work.process_next()
        file_import.refresh_from_db()
        importing.compare_again(one=file_import, by=person)
        import_work.process_next()
        file_import.refresh_from_db()
    importing.start_writing(one=file_import, by=person)
    report = ProgressReporter.report

    def print_progress(self, done):
        print("done", done, flush=True)
        report(self, done)

    there, ProgressReporter.report = _records(), print_progress
    import_work.process_next()
    file_import.refresh_from_db()
    state = file_import.state
    importing.delete_import(one=file_import, by=person)
    return {"there": there, "written at last": _records(), "state": state}


def whole():
    """Import 10,000 rows, and the same file again."""
    from partnerships.models import Change
    from partnerships.records.imports import files as importing
    from partnerships.records.imports import work as import_work

    person, file_import = _bring(_file(ROWS))
    importing.start_writing(one=file_import, by=person)
    began = time.monotonic()
    import_work.process_next()
    took, changes = time.monotonic() - began, Change.objects.count()
    _, again = _bring(_file(ROWS))
    return {
        "written in s": round(took, 1),
        "records": _records(),
        "same": again.result["counts"]["same"],
        "changed again": Change.objects.count() - changes,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
