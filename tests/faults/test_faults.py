"""The figure QT4 can apply every fault and find its tests. Only the figure runs them."""

import re

import pytest

from tests.faults.all import FAULTS
from tests.faults.applying import places
from tests.servers import ROOT


@pytest.mark.slow
def test_there_are_so_many_and_each_is_found_in_the_product():
    assert len(FAULTS) == 79
    assert [fault.what for fault in FAULTS if not places(ROOT, fault)] == []


def test_the_tests_named_for_them_exist():
    missing = []
    for test in {test for fault in FAULTS for test in fault.tests}:
        file, *names = re.sub(r"\[.*\]$", "", test).split("::")
        text = (ROOT / file).read_text()
        missing += [test for name in names if not re.search(rf"(?m)^ *(?:def|class) {name}\b", text)]
    assert missing == []
