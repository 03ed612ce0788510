"""What twenty daily jobs ask of a person, always the same third of them. Fewer presses and fields are better."""

import pytest

from tests.browser import jobs
from tests.shares import share_of


def test_there_are_twenty_jobs():
    assert len(jobs.JOBS) == 20


@pytest.mark.parametrize("title", share_of(list(jobs.JOBS), 3))
def test_presses_and_fields(title, task_site):
    effort = jobs.do(jobs.JOBS[title], task_site)
    assert (effort.presses, effort.fields) == jobs.JOBS[title].expected
