"""Letting rows of the outbox go, with the files that hold what they said."""

from django.conf import settings
from django.db import transaction

from partnerships.communication.transport import path_of


def forget_letters(rows) -> int:
    """Deletes these letters, and their files once that is committed; gives how many."""
    files = [path_of(settings.MAIL_DIR, message_id) for message_id in rows.values_list("message_id", flat=True)]
    transaction.on_commit(lambda: [path.unlink(missing_ok=True) for path in files])
    return rows.delete()[0]
