"""Signing in as people do: ask for a code, read it in the email, enter it, and take the second step."""

import email
import re
import threading
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from partnerships.mail.choices import EmailKind
from partnerships.mail.transport import path_of
from partnerships.models import Email
from partnerships.web.account import sign_in
from tests.waiting import LIMIT

KNOWN = "editor@example.org"
APP = "/account/second-step/app/"


def wait_for_emails():
    """Wait until every email so far has been handled, which is when all four worker threads meet at a barrier."""
    barrier = threading.Barrier(sign_in.SENDERS)
    for task in [sign_in.post.submit(barrier.wait, LIMIT) for _ in range(sign_in.SENDERS)]:
        task.result(LIMIT)


def ask(client, address, *, REMOTE_ADDR="127.0.0.1", **extra):
    return client.post("/sign-in/", {"login": address} | extra, REMOTE_ADDR=REMOTE_ADDR)


def last_email(settings):
    wait_for_emails()
    row = Email.objects.order_by("-id").first()
    message = email.message_from_bytes(path_of(settings.MAIL_DIR, row.message_id).read_bytes())
    return row, message.get_payload(0).get_payload(decode=True).decode()


def code_for(client, settings, address=KNOWN, **extra):
    wait_for_emails()  # so that no email asked for earlier is written after this one
    ask(client, address, **extra)
    return newest_code(settings)


def newest_code(settings):
    row, text = last_email(settings)
    assert row.kind == EmailKind.SIGN_IN_CODE
    return re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", text).group(0)


def type_code(client, code):
    return client.post("/sign-in/code/", {"code": code})


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def app_code(secret, ahead=0):
    """Return the code that an app with this key shows now, or this many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def secret_on(page):
    return re.search(r"<code class=\"break\">(\w+)</code>", page.content.decode()).group(1)


def enroll(person):
    """Set up an authenticator app for the person. Returns its key."""
    client = Client()
    client.force_login(person)
    secret = secret_on(client.get(APP))
    client.post(APP, {"code": app_code(secret)})
    return secret
