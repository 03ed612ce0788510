"""Progress of a long transaction, saved outside it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from partnerships.core import progress
from partnerships.core.progress import ProgressReporter, read_progress

pytestmark = pytest.mark.both


def test_it_is_known_in_this_process_while_the_work_goes_on():
    with ProgressReporter("import", 7, None) as work:
        work.threads = None
        work.report(3)
        assert (read_progress("import", 7), read_progress("import", 8)) == (3, 0)
    assert read_progress("import", 7) == 0


def test_progress_is_saved_where_possible_and_no_failure_stops_the_work(monkeypatch, caplog):
    monkeypatch.setattr(progress, "EVERY", -1)
    noted = []

    def note(done):
        noted.append(done)
        raise RuntimeError("planted")

    with ProgressReporter("import", 7, note) as work:
        work.threads = ThreadPoolExecutor(1)
        work.report(3)
        work.end()
    assert noted == [3]
    assert "could not be noted" in caplog.text
