"""docs/security.md names the rules and tests behind each promise, and they exist."""

import re

import pytest

from tests.start.documented_names import ROOT, is_there

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w/.]+)`", PAGE)))


def is_in_the_code(name) -> bool:
    if name.isupper() or name.startswith("make") or name == "rules":  # a setting or command, or in every package
        return True
    return is_there(f"models.{name}" if name[0].isupper() else name)


@pytest.mark.parametrize("name", NAMED)
def test_what_it_names_is_there(name):
    assert is_in_the_code(name)


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md"])
def test_the_page_is_linked(page):
    assert "(docs/security.md)" in (ROOT / page).read_text()


def test_the_address_to_write_to_is_a_role():
    assert re.findall(r"[\w.]+@[\w.]+\w", (ROOT / "SECURITY.md").read_text()) == ["security@example.org"]
