"""Creates and revokes API tokens, and records that one was used."""

import base64
import secrets
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from partnerships.accounts.choices import Scope, Writable
from partnerships.accounts.models import ApiToken, Person
from partnerships.accounts.token_queries import digest_of
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.snapshots import serialize

MADE, REVOKED = "token", "untoken"  # verbs of the change log
MOST_LIVE, MOST_DAYS = 20, 366
NOTED_EVERY = timedelta(hours=1)


def make_token(*, by, name: str, memberships=(), days: int, writes=()) -> tuple[ApiToken, str]:
    """A new token of this person and its secret, which no one can read again. Raises ValidationError by field.

    It can read published records, and what the person may read through these memberships of theirs. `writes`: the kinds of
    record that it can also change, as far as the person may through the same memberships.
    """
    prefix, secret = _random(5), _random(20)
    secret = f"reg_{prefix}_{secret}"
    now = clock.now()
    with transaction.atomic():
        # so that the person's tokens are counted and created one at a time
        Person.objects.select_for_update().get(pk=by.pk)
        token = ApiToken(
            person=by,
            name=name,
            prefix=prefix,
            digest=digest_of(secret),
            scope=Scope.BODIES if memberships else Scope.PUBLIC,
            writes=sorted(writes),
            made_at=now,
            expires_at=now + timedelta(days=_checked_days(days)),
        )
        token.full_clean()
        _check(token, memberships, now)
        token.save(force_insert=True)
        token.memberships.set(memberships)
        _note(MADE, token, after=_in_the_log(token))
    return token, secret


def _in_the_log(token) -> dict:
    """What it is for, what it can read and until when. Nothing of its secret, and not its prefix."""
    bodies = sorted(serialize(membership.body) for membership in token.memberships.all())
    found = {"name": token.name, "scope": token.scope, "bodies": bodies, "ends": serialize(token.expires_at)}
    return found | {"writes": token.writes} if token.writes else found


def _note(verb, token, **values):
    """Add an entry to the history of the account, which administrators read."""
    Change.objects.create(
        at=clock.now(), by=token.person, verb=verb, record_type="person", record_id=token.person_id, **values
    )


def _random(size):
    """Random bytes in base 32; a multiple of five needs no padding."""
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def _checked_days(days):
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": f"Write a number from 1 to {MOST_DAYS}."})
    return days


def _check(token, memberships, now):
    if any(membership.person_id != token.person_id for membership in memberships):
        raise ValidationError({"memberships": "Pick from the choices."})
    if not set(token.writes) <= set(Writable.values):
        raise ValidationError({"writes": "Pick from the choices."})
    if token.writes and not memberships:
        raise ValidationError({"writes": "Pick a body above as well: a token changes only what you may change there."})
    live = token.person.tokens.filter(revoked_at=None, expires_at__gt=now)
    # A form that is sent twice, or loaded again, creates one token and shows one secret.
    if live.filter(name=token.name).exists():
        words = "You have a token of this name. Take another name, or revoke that token first."
        raise ValidationError({"name": words})
    if live.count() >= MOST_LIVE:
        raise ValidationError(f"You have {MOST_LIVE} tokens. Revoke one that you no longer need.")


def revoke_token(*, by, token: ApiToken) -> bool:
    """Revoke the token: the next request with it is refused.

    Returns False when it was revoked before. Raises NotAllowed.
    """
    require(token.person_id == by.pk)
    with transaction.atomic():
        revoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
        if revoked:
            _note(REVOKED, token, before=_in_the_log(token))
    return bool(revoked)


def record_use(token: ApiToken) -> None:
    """Record that the token was used, at most once an hour, by a single UPDATE that waits for no other writer.

    If the database is busy at this moment, it does nothing, and the next request records the use.
    """
    now = clock.now()
    if token.last_used_at and token.last_used_at > now - NOTED_EVERY:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    with without_lock_wait():
        ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)


@contextmanager
def without_lock_wait():
    """Don't wait for SQLite's only writer. PostgreSQL makes an UPDATE wait only for another one of the same row."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        except OperationalError:
            pass  # “database is locked”
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
