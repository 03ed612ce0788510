"""QI4: what a webhook connects to, as Python itself reports it, when its address is or becomes that of a private network.

For bench.trials. The setting for trials on one machine is off here, and production doesn't start with it.
"""

import os
import socket
import subprocess
import sys
from ipaddress import ip_address
from unittest.mock import patch

from django.db.models import TextField, Value

from partnerships.core.errors import ValidationError
from partnerships.models import Membership, Webhook
from partnerships.notifications.choices import NewsKind
from partnerships.webhooks import actions, delivery
from tests.factories import make_jurisdiction, make_person
from tests.servers import ROOT
from tests.webhooks.test_addresses import NOT_PUBLIC, PUBLIC, REFUSED

URL = "https://hooks.example.org/registry"
NUMBERS = ("2130706433", "0x7f000001", "127.1", "017700000001", "[::ffff:7f00:1]", "127.0.0.1.", "①②⑦.0.0.1")
PRODUCTION = {
    "PRODUCTION": "yes",
    "DATABASE_URL": "postgres://registry@db.example.org:5432/registry",
    "CELERY_BROKER_URL": "redis://broker.example.org:6379/0",
    "EMAIL_URL": "smtp://mail.example.org:587",
    "SECRET_KEY": "only-for-the-check-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": "registry.example.org",
    "BASE_URL": "https://registry.example.org",
    "MAIL_FROM": "registry@example.org",
}


def figure():
    """Return how many addresses were tried, and what went wrong."""
    connected = []
    sys.addaudithook(lambda event, arguments: _refuse(event, arguments, connected))
    office, manager = make_jurisdiction(), make_person("manager@example.org")
    Membership.objects.create(person=manager, jurisdiction=office, role="manager")
    fields = {"name": "Hook", "url": URL, "format": "registry", "reach": "own", "rights": "public"}
    hook, _ = actions.add_webhook(by=manager, body=office, fields=fields | {"kinds": NewsKind.values})
    tried, wrong = 0, []
    typed = [*REFUSED, *(f"https://{one}/" for one in NUMBERS)]
    for url in typed:
        tried += 1
        if url in REFUSED and _is_accepted(hook, manager, url):
            wrong.append(f"{url} was accepted")
        wrong += _wrong(hook, manager, url, connected, set())  # as if it had come into the table in another way
    for private in NOT_PUBLIC:
        for answers in ([[private]], [["8.8.8.8", private]], [["8.8.8.8"], [private]]):
            tried += 1
            with patch.object(socket, "getaddrinfo", _resolver(answers)):
                allowed = {"8.8.8.8"} if len(answers) == 2 else set()
                wrong += _wrong(hook, manager, URL, connected, allowed)
    for public in PUBLIC:
        with patch.object(socket, "getaddrinfo", _resolver([[public]])):
            _send(hook, manager, URL, connected)
        if connected != [ip_address(public)]:
            wrong.append(f"{public} is public, and {connected} was connected to")
    if _production_starts(WEBHOOKS_ALLOW_LOCAL="yes") or not _production_starts():
        wrong.append("production takes the setting for trials")
    return {"tried": tried, "wrong": wrong}


def _refuse(event, arguments, connected):
    """Record where a connection would go, and let none be made."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        connected.append(ip_address(arguments[1][0]))
        raise ConnectionRefusedError


def _resolver(answers):
    """Return a getaddrinfo that gives these answers one after another, and then the last one."""
    left, resolve = list(answers), socket.getaddrinfo

    def getaddrinfo(host, port, *arguments, **options):
        if host != "hooks.example.org":
            return resolve(host, port, *arguments, **options)  # the checked address, as a number
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    return getaddrinfo


def _is_accepted(hook, manager, url):
    Webhook.objects.filter(pk=hook.pk).update(url=URL)
    fields = {name: getattr(hook, name) for name in actions.FIELDS} | {"url": url}
    try:
        actions.save_webhook(by=manager, webhook=hook, fields=fields, version=None)
    except ValidationError:
        return False
    return True


def _send(hook, manager, url, connected):
    """Send a test to this address, and return its delivery."""
    connected.clear()
    Webhook.objects.filter(pk=hook.pk).update(url=Value(url, TextField()))  # the field itself would refuse some
    sent = actions.send_test(by=manager, webhook=hook)
    while delivery.send_due():
        pass
    sent.refresh_from_db()
    return sent


def _wrong(hook, manager, url, connected, allowed):
    """Describe what went wrong when this address was sent to, which may lead to the `allowed` ones at most."""
    sent = _send(hook, manager, url, connected)
    found = [f"{url} led to {one}" for one in connected if str(one) not in allowed]
    if (sent.state, sent.status) != ("failed", None):
        found.append(f"{url} ended as {sent.state} {sent.status}")
    return found


def _production_starts(**more):
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "VAR_DIR") if name in os.environ}
    command = [sys.executable, "manage.py", "check"]
    return not subprocess.run(command, cwd=ROOT, env=keep | PRODUCTION | more, capture_output=True).returncode
