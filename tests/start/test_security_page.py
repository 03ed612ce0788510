"""docs/security.md names the rules and tests behind each promise, and they exist."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w/.]+)`", PAGE)))


def is_there(name) -> bool:
    if "/" in name:
        return (ROOT / name).exists()
    if name.isupper() or name.startswith("make") or name == "rules":  # a setting or command, or in every package
        return True
    package, _, rest = name.partition(".")
    if package == "Organization":
        return hasattr(import_module("partnerships.models").Organization, rest)
    module, _, attribute = rest.partition(".")
    found = import_module(f"partnerships.{package}.{module}")
    return not attribute or hasattr(found, attribute)


@pytest.mark.parametrize("name", NAMED)
def test_what_it_names_is_there(name):
    assert is_there(name)


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md"])
def test_it_is_led_to(page):
    assert "(docs/security.md)" in (ROOT / page).read_text()


def test_the_address_to_write_to_is_a_role():
    assert re.findall(r"[\w.]+@[\w.]+\w", (ROOT / "SECURITY.md").read_text()) == ["security@example.org"]
