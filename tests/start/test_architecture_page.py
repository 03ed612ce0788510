"""docs/architecture.md and docs/names.md name modules, functions and files, and they exist."""

import re

import pytest

from tests.start.documented_names import PACKAGES, ROOT, is_there


@pytest.mark.parametrize("page", ["architecture", "names"])
def test_every_name_on_the_page_exists(page):
    text = (ROOT / "docs" / f"{page}.md").read_text()
    names = {name for name in re.findall(r"`([\w/.]+)[`(]", text) if "/" in name or name.split(".")[0] in PACKAGES}
    assert len(names) > 20
    assert [name for name in sorted(names) if not is_there(name)] == []


def test_the_page_is_short():
    assert len((ROOT / "docs" / "architecture.md").read_text().splitlines()) <= 150
