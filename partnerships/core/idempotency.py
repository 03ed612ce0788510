"""Forms that were sent: sending one twice returns the answer of the first time, and nothing is saved twice.

Each form is rendered with a one-time key. The answer is stored in the transaction that saves the form, so a second
post, whether later or at the same moment, finds it or is rolled back by the unique constraint. The key itself isn't
stored: `mark` is a digest of it and of everything it belongs to, such as who sent it and where. An API that accepts an
Idempotency-Key can use the same rows.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.core.files import File

from partnerships.core import clock
from partnerships.core.models import SubmittedForm

KEPT = timedelta(days=7)
SHOWN_AGAIN = timedelta(minutes=10)


def digest(*parts: Any) -> str:
    """A digest of texts, numbers and lists of them. Different sequences of parts give different digests."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def digest_of_file(file: File) -> str:
    """A digest of a file's content. The file can be read from its beginning afterwards."""
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def store_answer(mark: str, *, content: str, answer: str, is_shown_once: bool = False, page: bytes = b"") -> None:
    """Store the answer. Call it inside the transaction that saves what the form asks for.

    `content`: a digest of what was sent. `answer`: the URL that its sender was redirected to. `is_shown_once`: the
    first answer showed a secret. `page`: that answer, for `repeated_page`, encrypted. Raises IntegrityError when the form was
    sent before.
    """
    SubmittedForm.objects.create(
        mark=mark, content=content, answer=answer, is_shown_once=is_shown_once, page=page, at=clock.now()
    )


def find_submission(mark: str) -> SubmittedForm | None:
    """The earlier submission with this mark, if there was one."""
    return SubmittedForm.objects.filter(mark=mark).first()


def repeated_page(first: SubmittedForm) -> bytes:
    """The encrypted page that a submission was answered with, for SHOWN_AGAIN after it; otherwise b""."""
    return bytes(first.page) if first.at > clock.now() - SHOWN_AGAIN else b""


def delete_expired() -> int:
    """Delete submissions that are older than KEPT, and pages that aren't shown again. Returns how many submissions."""
    SubmittedForm.objects.filter(at__lte=clock.now() - SHOWN_AGAIN).exclude(page=b"").update(page=b"")
    return SubmittedForm.objects.filter(at__lte=clock.now() - KEPT).delete()[0]
