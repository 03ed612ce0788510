"""Clients that are generated from openapi.yaml, against a running registry, for bench/figures/qi1.py."""

import json
import subprocess
import threading
from pathlib import Path

from django.conf import settings
from waitress.server import create_server

from equity.wsgi import application
from partnerships.accounts.choices import Writable
from partnerships.accounts.token_actions import make_token
from partnerships.api.resources import RESOURCES
from tests.api.test_lists import make_all
from tests.naughty_bodies import bodies
from tests.people import make_people

PROGRAM = Path(__file__).with_name("generated_program.py")


def figure(python, generator):
    """Generate a client with this program, and run it with this Python. Returns what the client found."""
    people = make_people()
    for n in range(3):
        make_all(n)
    new = {body.path.strip("/"): body.data for body in bodies(people) if body.is_new}
    new["jurisdictions"] = people.office.public_id
    places = list(people.editor.memberships.all())
    _, token = make_token(by=people.editor, name="Generated", memberships=places, days=9, writes=Writable.values)
    folder = Path(settings.VAR_DIR) / "generated"
    folder.mkdir(parents=True)
    command = [generator, "generate", "--path", settings.BASE_DIR / "openapi.yaml", "--output-path", folder / "client"]
    subprocess.run([*command, "--meta", "none"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    server = create_server(application, host="127.0.0.1", port=0, threads=2)
    threading.Thread(target=server.run, daemon=True).start()
    done = subprocess.run(
        [python, PROGRAM, f"http://127.0.0.1:{server.effective_port}", token],
        input=json.dumps(new, default=str),
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    server.close()
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout.splitlines()[-1])
    if (found["lists"], found["written"]) != (len(RESOURCES), len(Writable)):
        found["wrong"].append(
            f"{found['lists']} of {len(RESOURCES)} lists, {found['written']} of {len(Writable)} written"
        )
    return found
