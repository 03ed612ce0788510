"""Compares imported files with the registry and saves them, in the background under a lease.

What is saved is what the preview showed: the file is compared again in the transaction that saves it, and if anything
differs by then or is refused, nothing is saved. A save that was interrupted doesn't restart: the person looks first.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from partnerships.accounts.choices import ImportState
from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import fingerprint
from partnerships.core.children import errors_by_field
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.core.importing import Problem
from partnerships.core.lease import Lease, LeaseLost
from partnerships.core.models import type_key
from partnerships.core.progress import ProgressReporter
from partnerships.core.retry import retry_on_deadlock
from partnerships.core.stored_texts import StoredText, stored_words
from partnerships.directory.rules import may_write_jurisdiction
from partnerships.records.imports import previews, undoing
from partnerships.records.imports.files import AT_WORK, file_part, picks_of, read_file, skipped_rows
from partnerships.records.imports.fixes import Fixes
from partnerships.records.imports.items import Job, accepted_values
from partnerships.records.imports.kinds import IMPORTERS
from partnerships.records.models import Import

LEASE = timedelta(minutes=3)
EVERY = 1  # seconds between two notes of how far it is
CUT_OFF = _("The import was interrupted, and nothing was imported. Compare the file again, then import it.")
FAULT = _("Something went wrong on our end, and we recorded the error. Nothing was imported.")
log = logging.getLogger(__name__)


class _Refused(Exception):
    """Nothing is saved. `problems`: why, by row."""

    def __init__(self, problems: Sequence[list]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def process_next() -> bool:
    """Compare or save the oldest file that no worker has; returns False if there is none. Errors stay with their file."""
    now = clock.shared()()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    waits = Import.objects.filter(free, state__in=AT_WORK).select_related("person", "jurisdiction")
    one = waits.order_by("asked_at", "pk").first()
    if one is None:
        return False
    as_read = Import.objects.filter(pk=one.pk, state=one.state, claimed_until=one.claimed_until)
    if one.state == ImportState.WRITING and one.claimed_until is not None:
        as_read.update(**_failed(one, [[0, "", CUT_OFF]]))  # its worker died, so the person looks at it first
        return True
    lease = _ImportLease(one, now + LEASE)
    if not as_read.update(claimed_until=lease.until, rows_done=0):
        return True  # another worker took it
    try:
        retry_on_deadlock(partial(_WORK[one.state], one, lease))
    except LeaseLost:
        log.warning("The import %s took too long, so another worker took it.", one.pk)
    except _Refused as refused:
        lease.held_row().update(**_failed(one, refused.problems))
    except Exception:  # whatever it is stays with its file: the others go on, and its person may ask again
        log.exception("The import %s was not made.", one.pk)
        lease.held_row().update(**_failed(one, [[0, "", FAULT]]))
    return True


def _failed(one: Import, problems: Sequence[list]) -> dict[str, Any]:
    problems = [
        [row, column, stored_words(words) if isinstance(words, str) else words] for row, column, words in problems
    ]
    if one.state == ImportState.UNDOING:  # what it imported is still there, and undoing can start again
        return {"state": ImportState.DONE, "claimed_until": None, "result": dict(one.result) | {"failed": problems}}
    return {"state": ImportState.FAILED, "claimed_until": None, "result": file_part(one) | {"failed": problems}}


def _job(one: Import) -> Job:
    person = Person.objects.get(pk=one.person_id)
    if not person.is_active or not may_write_jurisdiction(person, one.jurisdiction):
        raise _Refused([[0, "", _("You’re no longer an editor at this office, so nothing was imported.")]])
    try:
        table = read_file(one.kind, bytes(one.content), sheet=one.sheet)
    except ValidationError as problem:
        raise _Refused([[0, "", StoredText.of_error(error)] for error in problem.error_list]) from None
    answers, left = picks_of(one)
    return Job(
        person=person,
        jurisdiction=one.jurisdiction,
        kind=one.kind,
        table=table,
        columns={int(index): key for index, key in one.columns.items()},
        answers=answers,
        left=left,
        fixes=Fixes.of(one.fixes),
        why=f"Import of {one.filename}"[:300],
        request_id=one.request_id,
    )


def _compare_import(one: Import, lease: "_ImportLease") -> None:
    job = _job(one)
    lease.extend(rows_total=len(job.table.rows))
    known = one.result if "items" in one.result else None
    items = IMPORTERS[one.kind].compare(
        job, duplicates=previews.duplicates_in(known, one.kind, job.person) if known else None, report=lease.report
    )
    result = file_part(one) | previews.of_items(job, items)
    lease.end(state=ImportState.READY, result=result, reader=fingerprint(job.person), rows_done=len(job.table.rows))


def _write_import(one: Import, lease: "_ImportLease") -> None:
    job = _job(one)
    if fingerprint(job.person) != one.reader:
        raise _Refused([[0, "", _("Your permissions have changed. Compare the file again, then preview it.")]])
    with (
        ProgressReporter("import", one.pk, lambda done: lease.extend(rows_done=done)) as progress,
        transaction.atomic(),
    ):
        duplicates = previews.duplicates_in(one.result, one.kind, job.person)
        items = IMPORTERS[one.kind].compare(job, duplicates=duplicates)
        if rows := previews.differs(one.result, previews.of_items(job, items)):
            raise _Refused([[row, "", _MOVED] for row in rows[:200]])
        written, problems = _save_all(job, [item for item in items if item.is_new or item.differences], progress)
        if problems:
            raise _Refused(list(map(previews.stored_problem, sorted(problems, key=lambda one: one.row))))
        if one.numbers_source:
            changed = IMPORTERS[one.kind].confirm(job, items, one.numbers_source)
            there = {public_id for _verb, _kind, public_id, _name in written}
            written += [
                ["changed", type_key(saved), saved.public_id, str(saved)]
                for saved in changed
                if saved.public_id not in there
            ]
        progress.end()
        done = {"written": written, "counts": one.result["counts"], "same": one.result["counts"].get("same", 0)}
        done["skipped"] = skipped_rows(job.table, job.fixes)
        done |= {"points": job.points} if job.points else {}
        lease.end(state=ImportState.DONE, result=file_part(one) | done, done_at=clock.now(), content=b"", picked={}, fixes={},
                   rows_done=len(job.table.rows))  # fmt: skip


def _undo_import(one: Import, lease: "_ImportLease") -> None:
    person = Person.objects.get(pk=one.person_id)
    if not person.is_active or not may_write_jurisdiction(person, one.jurisdiction):
        raise _Refused([[0, "", _("You’re no longer an editor at this office, so nothing was undone.")]])
    result = dict(one.result) | {"undone": undoing.undo_all(one, person, report=lease.report)}
    lease.end(state=ImportState.UNDONE, result=result)


_WORK: dict[str, Callable[[Import, "_ImportLease"], None]] = {
    ImportState.CHECKING: _compare_import,
    ImportState.WRITING: _write_import,
    ImportState.UNDOING: _undo_import,
}
_MOVED = _("Someone changed this record after your preview, so nothing was imported. Compare the file again.")


def _save_all(job: Job, items: Sequence, progress: ProgressReporter) -> tuple[list[list[str]], list[Problem]]:
    """Save all units. Returns (what was saved, everything that was refused).

    Each refusal is rolled back on its own, so that the others can be tried and all errors are shown at once.
    """
    written, problems, done, importer = [], [], 0, IMPORTERS[job.kind]
    for unit in importer.units(items):
        done += sum(len(item.rows) for item in unit)
        if all(not item.is_new and not accepted_values(job, item) for item in unit):
            continue
        try:
            saved = importer.write(job, unit)
        except ValidationError as problem:
            problems += _errors_by_cell(job, unit, problem)
        except NotAllowed:
            problems.append(Problem(unit[0].row, "", _("You can no longer change this record.")))
        except EditConflict:
            problems.append(Problem(unit[0].row, "", _MOVED))
        else:
            verb = "added" if unit[0].is_new and unit[0].owner is None else "changed"
            written.append([verb, type_key(saved), saved.public_id, str(saved)])
        progress.report(done)
    return written, problems


def _errors_by_cell(job: Job, items: Sequence, problem: ValidationError) -> list[Problem]:
    """An action's errors at the rows and columns of the file, as far as they are known."""
    found = []
    for key, errors in errors_by_field(problem).items():
        name, _dash, rest = key.partition("-")
        index, _dash, inner = rest.partition("-")
        item, name = IMPORTERS[job.kind].locate_error(items, name, index, inner)
        label = job.label(name) if name in job.described.by_key else ""
        found += [Problem(item.row, label, StoredText.of_error(error)) for error in errors]
    return found


class _ImportLease(Lease):
    """A worker's lease on an import."""

    def __init__(self, one: Import, until: datetime) -> None:
        super().__init__(Import.objects.filter(pk=one.pk, state=one.state), until, length=LEASE)
        self.reported = time.monotonic()

    def report(self, done: int) -> None:
        """Write the progress, once a second."""
        if time.monotonic() > self.reported + EVERY:
            self.reported = time.monotonic()
            self.extend(rows_done=done)
