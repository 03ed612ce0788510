"""The life of a letter's row while a sender holds it: claim, hold, start, and each end it can come to.

A claim is a lease and a token. Every later step repeats the token, so a sender that was too slow changes nothing.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from partnerships.core.patience import despite_restarts
from partnerships.mail.choices import OPEN_LETTERS, LetterState
from partnerships.mail.models import Letter

LEASE = timedelta(minutes=3)  # longer than the longest wait for one answer of a server
TWICE = "Twice the answer of the mail server was lost. The letter may have arrived once or twice; it is not sent again."
NOBODY = {"token": None, "claimed_until": None}


def claim(now: datetime, limit: int) -> list[Letter]:
    """Takes letters that are due, or whose sender is gone, under a fresh token until `now` + LEASE.

    SQLite lets one writer in at a time (IMMEDIATE); PostgreSQL skips the rows that another sender is claiming.
    """
    # A lease that ends far beyond what one can be given was given by a clock that has been put right since.
    free = Q(state=LetterState.PLANNED) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + 2 * LEASE)
    due = Letter.objects.filter(free, state__in=OPEN_LETTERS, next_attempt_at__lte=now)
    if not due.exists():  # an idle sender opens no write transaction
        return []
    with transaction.atomic():
        letters = list(due.select_for_update(skip_locked=True).order_by("next_attempt_at", "id")[:limit])
        late = [letter for letter in letters if letter.expires_at and letter.expires_at <= now]
        begun = [letter for letter in letters if letter.data_started_at and letter not in late]
        twice = [letter for letter in begun if letter.is_ambiguous]
        taken = [letter for letter in letters if letter not in late and letter not in twice]
        _rows(late).filter(data_started_at__isnull=False).update(is_ambiguous=True)
        _rows(late).update(state=LetterState.EXPIRED, **NOBODY)
        _rows(twice).update(state=LetterState.FAILED, last_reply=TWICE, **NOBODY)
        _rows(begun).update(is_ambiguous=True)
        _rows(taken).update(
            state=LetterState.CLAIMED,
            token=uuid.uuid4(),
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
            data_started_at=None,
        )
        return list(_rows(taken).order_by("next_attempt_at", "id"))


def holds(letter: Letter, now: datetime) -> bool:
    """Whether the lease is long enough for one more letter; made longer where it has come to half its length."""
    return letter.claimed_until - now > LEASE / 2 or bool(_held(letter).update(claimed_until=now + LEASE))


def start(letter: Letter, now: datetime, given=()) -> bool:
    """The fence: marks that the final dot is about to go. False when this sender no longer holds the letter, or when one of the
    conditions in `given` does not hold."""
    rows = _held(letter).filter(*given, data_started_at=None)
    return bool(rows.update(data_started_at=now, claimed_until=now + LEASE))


def mark_sent(letter: Letter, now: datetime, reply: str) -> None:
    """The server has it, and that is so whoever holds the row by now. A database that is away a moment is waited for."""
    row = _rows([letter]).filter(state__in=OPEN_LETTERS)
    despite_restarts(lambda: row.update(state=LetterState.SENT, sent_at=now, last_reply=reply, **NOBODY))


def close(letter: Letter, state: str, reply: str) -> bool:
    """Ends the letter without having sent it; False when this sender no longer holds it."""
    return bool(_held(letter).update(state=state, last_reply=reply, data_started_at=None, **NOBODY))


def wait(letter: Letter, until: datetime, reply: str) -> None:
    """To be taken up at that moment, from when on it counts as due; no try is counted."""
    _held(letter).update(
        state=LetterState.PLANNED,
        due_at=until,
        next_attempt_at=until,
        attempts=F("attempts") - 1,
        last_reply=reply,
        **NOBODY,
    )


def put_back(letter: Letter, now: datetime, reply: str) -> None:
    """To be tried again after 1, 2, 4, 8, then every 10 minutes, until it expires."""
    pause = timedelta(minutes=min(2 ** min(letter.attempts - 1, 4), 10))
    _held(letter).update(
        state=LetterState.PLANNED, next_attempt_at=now + pause, last_reply=reply, data_started_at=None, **NOBODY
    )


def not_known(letter: Letter, now: datetime, reply: str) -> None:
    """The answer to the final dot was lost: once more, counted as ambiguous; the second time it stops, visibly."""
    if letter.is_ambiguous:
        _held(letter).update(state=LetterState.FAILED, last_reply=TWICE, **NOBODY)
    else:
        _held(letter).update(
            state=LetterState.PLANNED,
            is_ambiguous=True,
            next_attempt_at=now + timedelta(minutes=1),
            last_reply=reply,
            data_started_at=None,
            **NOBODY,
        )


def _rows(letters):
    return Letter.objects.filter(pk__in=[letter.pk for letter in letters])


def _held(letter):
    return Letter.objects.filter(pk=letter.pk, token=letter.token, state=LetterState.CLAIMED)
