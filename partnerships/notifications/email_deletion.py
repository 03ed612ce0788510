"""Deletes rows of the outbox, with the files that have their text."""

import email
from collections.abc import Iterable
from datetime import timedelta
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from partnerships.core import clock
from partnerships.mail.choices import EmailKind
from partnerships.mail.message import ascii_address
from partnerships.mail.models import Email
from partnerships.mail.transport import path_of
from partnerships.notifications.models import DigestEntry

SIGN_IN = (EmailKind.SIGN_IN_CODE, EmailKind.UNKNOWN_ADDRESS)
SIGN_IN_KEPT_FOR = timedelta(days=30)


def delete_emails(rows: QuerySet[Email]) -> int:
    """Delete these emails, and their files after the commit. Returns how many."""
    files = [path_of(settings.MAIL_DIR, message_id) for message_id in rows.values_list("message_id", flat=True)]
    transaction.on_commit(lambda: _delete_files(files))
    DigestEntry.objects.filter(sent_in__in=rows).delete()  # or they would wait for another email
    return rows.delete()[0]


def _delete_files(paths: Iterable[Path]) -> None:
    for path in paths:
        for file in _with_drafts(path):
            file.unlink()


def _with_drafts(path: Path) -> list[Path]:
    """The file, and what a crash left of writing it."""
    return list(path.parent.glob(f"{path.stem}.*"))


def delete_sign_in_emails() -> int:
    """Sign-in emails belong to no office, so no office decides how long they are kept."""
    return delete_emails(Email.objects.filter(kind__in=SIGN_IN, due_at__lt=clock.now() - SIGN_IN_KEPT_FOR))


def delete_files_to(addresses: set[str]) -> None:
    """Delete, after the commit, all files of emails that went to one of these addresses or contain it.

    The rows of such emails may not show that: people without an account appear in none.
    """
    wanted = {form.lower() for address in addresses for form in (address, ascii_address(address))}
    transaction.on_commit(lambda: _delete_files_with(wanted))


def _delete_files_with(addresses: set[str]) -> None:
    for path in Path(settings.MAIL_DIR).glob("*"):
        text = _reader_and_text(path).lower()
        if any(address in text for address in addresses):
            path.unlink(missing_ok=True)


def _reader_and_text(path: Path) -> str:
    """The reader and the text part of an email, which has everything. A damaged file is read as it is."""
    content = path.read_bytes()
    message = email.message_from_bytes(content, policy=default)
    body = message.get_body(("plain",))
    return f"{message['To']}\n{body.get_content()}" if body else content.decode("utf-8", "replace")
