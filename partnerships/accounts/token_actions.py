"""Creates and revokes API tokens, and records that one was used."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext

from partnerships.accounts.choices import Readable, Scope, Writable
from partnerships.accounts.models import ApiToken, Membership, Person
from partnerships.accounts.token_queries import digest_of
from partnerships.core import clock
from partnerships.core.access import Author, account_of, require
from partnerships.core.codes import random_base32
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change
from partnerships.core.snapshots import serialize

MADE, REVOKED, REPLACED = "token", "untoken", "retoken"  # verbs of the change log
MOST_LIVE, MOST_DAYS, MOST_OVERLAP, MOST_NETWORKS = 20, 366, 7, 20
NOTED_EVERY = timedelta(hours=1)


def make_token(
    *,
    by: Person,
    name: str,
    memberships: Iterable[Membership] = (),
    days: int,
    writes: Iterable[str] = (),
    reads: Iterable[str] = (),
    addresses: Iterable[str] = (),
    rate: int | None = None,
) -> tuple[ApiToken, str]:
    """A new token of this person and its secret, which no one can read again. Raises ValidationError by field.

    It can read published records, and what the person may read through these memberships of theirs. `writes`: the kinds of
    record that it can also change, as far as the person may through the same memberships. `reads`: the only lists that it
    reads; `addresses`: the only networks that it is used from. Empty means all. `rate`: requests a minute, if fewer than all of
    the person's.
    """
    with transaction.atomic():
        # so that the person's tokens are counted and created one at a time
        Person.objects.select_for_update().get(pk=by.pk)
        scope = Scope.BODIES if memberships else Scope.PUBLIC
        limits: dict[str, Any] = {"writes": writes, "reads": reads, "addresses": addresses, "rate": rate}
        token, secret = new_token(by, name=name, scope=scope, days=days, **limits)
        _check_person(token, memberships, token.made_at)
        token.save(force_insert=True)
        token.memberships.set(memberships)
        _log(MADE, token, after=_in_the_log(token))
    return token, secret


def new_token(
    person: Person,
    *,
    days: int,
    writes: Iterable[str],
    reads: Iterable[str],
    addresses: Iterable[str],
    **fields: Any,
) -> tuple[ApiToken, str]:
    """A token that isn't saved yet, and its secret. Raises ValidationError by field."""
    prefix, secret = _new_secret()
    now = clock.now()
    limits = {"writes": sorted(writes), "reads": sorted(reads), "addresses": _networks(addresses)}
    ends = now + timedelta(days=_checked_days(days))
    own = {"prefix": prefix, "digest": digest_of(secret), "made_at": now, "expires_at": ends}
    token = ApiToken(person=person, **fields, **limits, **own)
    token.full_clean()
    _check(token)
    return token, secret


def _in_the_log(token: ApiToken) -> dict:
    """What it is for, what it can read and until when. Nothing of its secret, and not its prefix."""
    bodies = sorted(serialize(membership.body) for membership in token.memberships.all())
    found = {"name": token.name, "scope": token.scope, "bodies": bodies, "ends": serialize(token.expires_at)}
    limits = {name: getattr(token, name) for name in ("writes", "reads", "addresses", "rate")}
    return found | {name: values for name, values in limits.items() if values}


def replace_secret(*, by: Author, token: ApiToken, overlap_days: int) -> tuple[ApiToken, str]:
    """A new secret for the same token, good for as many days as the one before, which works for `overlap_days` more.

    Raises NotAllowed, NotFound when it is no longer live, and ValidationError by field.
    """
    require(token.person_id == by.pk)
    with transaction.atomic():
        token, secret = renew(token, overlap_days)
        _log(REPLACED, token, after=_in_the_log(token))
    return token, secret


def renew(token: ApiToken, overlap_days: int) -> tuple[ApiToken, str]:
    """`replace_secret` for a caller that has checked the right and writes the history. Call it inside a transaction."""
    if not 0 <= overlap_days <= MOST_OVERLAP:
        raise ValidationError({"overlap_days": _from_to(0, MOST_OVERLAP)})
    prefix, secret = _new_secret()
    now = clock.now()
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if not token.is_live(now):
        raise NotFound
    token.old_prefix, token.old_digest = token.prefix, token.digest
    token.old_until = min(now + timedelta(days=overlap_days), token.expires_at)
    token.prefix, token.digest = prefix, digest_of(secret)
    token.made_at, token.expires_at = now, now + (token.expires_at - token.made_at)
    token.save()
    return token, secret


def _new_secret() -> tuple[str, str]:
    """(prefix, secret)."""
    prefix = random_base32(5)
    return prefix, f"reg_{prefix}_{random_base32(20)}"


def _networks(addresses: Iterable[str]) -> list[str]:
    """IP addresses and networks, as networks. Raises ValidationError under “addresses”."""
    try:
        found = [str(ip_network(one, strict=False)) for one in addresses]
    except ValueError:
        words = gettext("Enter IP addresses or networks, such as 192.0.2.7 or 192.0.2.0/24.")
        raise ValidationError({"addresses": words}) from None
    if len(found) > MOST_NETWORKS:
        raise ValidationError({"addresses": gettext("Enter %(most)s at most.") % {"most": MOST_NETWORKS}})
    return found


def _log(verb: str, token: ApiToken, *, by: Author | None = None, **values: Any) -> None:
    """Add an entry to the history of the account, which administrators read. `by`: if it isn't the token's person."""
    who = account_of(by or token.person)
    Change.objects.create(at=clock.now(), by=who, verb=verb, record_type="person", record_id=token.person_id, **values)


def _from_to(least: int, most: int) -> str:
    return gettext("Enter a number from %(least)s to %(most)s.") % {"least": least, "most": most}


def _checked_days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _from_to(1, MOST_DAYS)})
    return days


def _check(token: ApiToken) -> None:
    if not set(token.writes) <= set(Writable.values):
        raise ValidationError({"writes": gettext("Choose from the options.")})
    if not set(token.reads) <= set(Readable.values):
        raise ValidationError({"reads": gettext("Choose from the options.")})
    if token.reads and not set(token.writes) <= set(token.reads):
        raise ValidationError(
            {"reads": gettext("Also check what it may change here. It has to read a record to change it.")}
        )


def _check_person(token: ApiToken, memberships: Iterable[Membership], now: datetime) -> None:
    if any(membership.person_id != token.person_id for membership in memberships):
        raise ValidationError({"memberships": gettext("Choose from the options.")})
    if token.writes and not memberships:
        raise ValidationError(
            {
                "writes": gettext(
                    "Choose an office or organization above too. A token can change only what you may change there."
                )
            }
        )
    live = token.person.tokens.filter(ApiToken.live_at(now))
    # A form that is sent twice, or loaded again, creates one token and shows one secret.
    if live.filter(name=token.name).exists():
        words = gettext("You already have a token with this name. Choose a different name, or revoke that token first.")
        raise ValidationError({"name": words})
    if live.count() >= MOST_LIVE:
        raise ValidationError(
            gettext("You have %(most)s tokens. Revoke one that you no longer need.") % {"most": MOST_LIVE}
        )


def revoke_token(*, by: Author, token: ApiToken) -> bool:
    """Revoke the token: the next request with it is refused.

    Returns False when it was revoked before. Raises NotAllowed.
    """
    require(token.person_id == by.pk)
    with transaction.atomic():
        revoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
        if revoked:
            _log(REVOKED, token, before=_in_the_log(token))
    return bool(revoked)


def revoke_tokens_of(*, by: Author, membership: Membership) -> None:
    """Revoke the tokens that read through this membership alone, which is about to end. Call it inside a transaction."""
    tokens = ApiToken.objects.filter(person=membership.person_id, role="", revoked_at=None, memberships=membership)
    for token in tokens.order_by("pk"):
        if token.memberships.count() == 1:
            before = _in_the_log(token)
            ApiToken.objects.filter(pk=token.pk).update(revoked_at=clock.now())
            _log(REVOKED, token, by=by, before=before)


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
def without_lock_wait() -> Iterator[None]:
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
