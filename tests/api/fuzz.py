"""schemathesis over HTTP against a running registry, as several users, for bench/figures/qa8.py."""

import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import yaml
from django.conf import settings
from django.test import Client
from waitress.server import create_server

from equity.wsgi import application
from partnerships.models import Membership
from tests import factories
from tests.api.fuzzing import (
    LISTS,
    PUBLISHED,
    REFUSED_TOO,
    REFUSED_WRITES,
    STATEFUL,
    SYNC,
    WRITES,
    described,
    make_known,
    make_more,
    make_writers,
)

EXAMPLES, SCENARIOS = 40, 150
REFUSED_WITHOUT = [400, 401, 403, 406, 415, 422, 428]
COMMAND = str(Path(sys.executable).parent / "schemathesis")


def users(city):
    """Return name → the cookie of someone signed in. The stranger has none."""
    editor, administrator = factories.make_person("editor@example.org"), factories.make_person(is_administrator=True)
    Membership.objects.create(person=editor, jurisdiction=city, role="editor")
    found = {"stranger": None}
    for name, person in (("editor", editor), ("administrator", administrator)):
        client = Client()
        client.force_login(person)
        found[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def ask(port, turn, headers, *, staff=False):
    """Return (number of requests, lines that name failures, exit code, output) of one run."""
    with tempfile.TemporaryDirectory() as folder:
        api, settings_file = Path(folder, "api.yaml"), Path(folder, "schemathesis.toml")
        api.write_text(yaml.safe_dump(described(turn, staff=staff)), encoding="utf-8")
        settings_file.write_text(_settings(turn), encoding="utf-8")
        command = [COMMAND, "--config-file", str(settings_file), "run", str(api), "--url", f"http://127.0.0.1:{port}"]
        phases, most = ("stateful", SCENARIOS) if turn == STATEFUL else ("examples,coverage,fuzzing", EXAMPLES)
        command += ["--max-examples", str(most), "--phases", phases]
        command += ["--no-color", "--generation-database", "none", "--suppress-health-check", "all"]
        command += ["--request-timeout", "20"]
        for header in headers:
            command += ["-H", header]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
    cases = re.search(r"([\d,]+) generated", done.stdout)
    failures = re.findall(r"^- (.+)$|^\s+\[(5\d\d)\]", done.stdout, re.MULTILINE)
    named = [name or status for name, status in failures]
    return int(cases[1].replace(",", "")) if cases else 0, named, done.returncode, done.stdout


def _settings(turn):
    """The settings of schemathesis, as TOML: all checks except these.

    A turn leaves methods out of the description, so test_openapi.py compares `Allow`, and methods that aren't described
    are tried in the turns of reads. Without If-Match, 428 is right.
    """
    checks = "[checks]\nallow_header_conformance.enabled = false\n"
    if turn in (WRITES, STATEFUL):
        checks += "unsupported_method.enabled = false\n"
        checks += f"positive_data_acceptance.expected-statuses = {REFUSED_WRITES}\n"
        checks += f"missing_required_header.expected-statuses = {REFUSED_WITHOUT}\n"
    if turn == STATEFUL:  # a body that is wrong, under an ETag that is old, is refused for the latter
        return f"{checks}negative_data_rejection.expected-statuses = {REFUSED_WRITES[1:]}\n"
    if turn == WRITES:
        return f"{checks}negative_data_rejection.enabled = false\n"  # numbers may be sent as text
    if turn == PUBLISHED:
        return f"{checks}positive_data_acceptance.expected-statuses = {REFUSED_TOO}\n"
    return checks


def figure():
    city = make_known()
    make_more(city)
    cookies = users(city)
    server = create_server(application, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    asked, wrong = 0, []
    runs = [
        (name, turn, [f"Cookie: {settings.SESSION_COOKIE_NAME}={cookie}"] if cookie else [], cookie is not None)
        for name, cookie in cookies.items()
        for turn in (LISTS, SYNC, PUBLISHED)
    ]
    secrets = make_writers(city)
    runs += [
        (f"{name}’s token", turn, [f"Authorization: Bearer {secret}"], True)
        for name, secret in secrets.items()
        for turn in (WRITES, STATEFUL)
    ]
    for name, turn, headers, staff in runs:
        cases, failures, code, output = ask(server.effective_port, turn, headers, staff=staff)
        asked += cases
        wrong += [f"{name}, {turn}: {failure}" for failure in failures]
        if failures:
            print(output, file=sys.stderr)
        if code and not failures:
            wrong.append(f"{name}, {turn}: ended with {code}: {output[-2000:]}")
    server.close()
    return {"asked": asked, "wrong": wrong, "users": len(cookies) + len(secrets)}
