"""Version 1 stays as it is: requests are repeated, and their answers equal the recorded ones to the byte.

After an intended change, RECORD_ANSWERS=yes writes the file again. Read the differences before you commit it. Signed
cursors depend on the machine's key, and as_of on the number of versions, so both are left out, and so are the ETag and
the length of an answer with one of them.
"""

import json
import os
import re
from pathlib import Path

import pytest
import time_machine

from tests.api.recorded_world import RecordedWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.sqlite]

FILE = Path(__file__).parent / "recorded.json"
HEADERS = (
    "Content-Type", "Content-Length", "ETag", "Link", "Location", "Allow", "Cache-Control", "Vary", "Retry-After",
    "WWW-Authenticate", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers",
)  # fmt: skip
_DIFFERS = re.compile(r'(cursor=|"as_of":")[^&"<> ]+')


@time_machine.travel("2026-11-24T12:00:10Z", tick=False)
def test_recorded_answers_are_still_given(monkeypatch, generous_limits):
    found = {name: compared_parts(answer) for name, answer in RecordedWorld(monkeypatch).answers()}
    if os.environ.get("RECORD_ANSWERS") == "yes":
        FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(found) == set(recorded)
    assert {name: found[name] for name in found if found[name] != recorded[name]} == {}


def compared_parts(answer) -> dict:
    """Return the parts of an answer that are compared."""
    body = answer.content.decode()
    headers = {name: _DIFFERS.sub(r"\1…", answer[name]) for name in HEADERS if name in answer}
    if _DIFFERS.search(body):
        for name in ("ETag", "Content-Length"):
            headers.pop(name, None)
    if "yaml" in answer.get("Content-Type", ""):
        headers, body = {"Content-Type": answer["Content-Type"]}, "(the file)"
    return {"status": answer.status_code, "headers": headers, "body": _DIFFERS.sub(r"\1…", body)}
