"""Forms that were sent: whoever sends one twice gets the answer of the first time, and nothing is made twice.

A form is drawn with a one-time key. What came of it is written in the transaction that made it, so a second post, in a row or at
once, finds it or is rolled back by the constraint. The key itself is stored nowhere: `mark` is a digest of it and of all that it
belongs to, such as who sent it and where. An API that takes an Idempotency-Key can use the same rows.
"""

import hashlib
import json
from datetime import timedelta

from partnerships.core import clock
from partnerships.core.models import SubmittedForm

KEPT = timedelta(days=7)


def digest(*parts) -> str:
    """Of texts, numbers and lists of them, so that no two sequences of parts give the same."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def digest_of_file(file) -> str:
    """Of what a file holds; it can be read from its beginning afterwards."""
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def remember(mark: str, *, content: str, answer: str, is_shown_once: bool = False) -> None:
    """Call it inside the transaction that makes what the form asks for. Raises IntegrityError where the form was sent before.

    `content`: a digest of what was sent. `answer`: the address that its sender was led to. `is_shown_once`: the first answer
    showed a secret, which no later one can show.
    """
    SubmittedForm.objects.create(mark=mark, content=content, answer=answer, is_shown_once=is_shown_once, at=clock.now())


def sent_before(mark: str) -> SubmittedForm | None:
    return SubmittedForm.objects.filter(mark=mark).first()


def forget_old() -> int:
    return SubmittedForm.objects.filter(at__lte=clock.now() - KEPT).delete()[0]
