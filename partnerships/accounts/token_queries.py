"""Reads API tokens: those of a person, and the person for a secret."""

import hashlib
import hmac
import re
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Prefetch

from partnerships.accounts.choices import Scope
from partnerships.accounts.models import ApiToken, Membership, Person
from partnerships.accounts.service_rules import has_stopped, is_answered, membership_of
from partnerships.core import clock
from partnerships.core.access import MembershipRow, limit_to_memberships
from partnerships.core.errors import NotFound

# “reg_”, the prefix that lists show, and 160 random bits in base 32.
SHAPE = re.compile(r"reg_([a-z2-7]{8})_[a-z2-7]{32}")
_NO_DIGEST = "0" * 64


def digest_of(secret: str) -> str:
    """The digest that is stored for a secret.

    A secret is random and long, so a fast digest without a salt is enough.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def tokens_of(person: Person) -> list[ApiToken]:
    """The person's own tokens with their memberships: valid ones first, newest first."""
    bodies = Membership.objects.select_related("jurisdiction", "department", "organization").order_by("id")
    found = person.tokens.prefetch_related(Prefetch("memberships", bodies))
    at = clock.now()
    return sorted(found, key=lambda token: not token.is_live(at))


def token_of(person: Person, pk: int) -> ApiToken:
    """One of the person's own tokens. Raises NotFound, also for another person's."""
    token = person.tokens.filter(pk=pk).first()
    if token is None:
        raise NotFound
    return token


def person_by_token(secret: str, address: str = "") -> tuple[Person, ApiToken] | None:
    """(person, token) for this secret, or None when it is unknown, expired or revoked, or its person is suspended, or the
    request comes from an `address` that the token isn't for.

    The person is limited to those of the token's memberships that still exist, and is no administrator. A service account has
    its token's role, as long as someone answers for it (`service_rules`).
    """
    shape = SHAPE.fullmatch(secret)
    if not shape:
        return None
    token = _first_row(ApiToken, "prefix = %s OR old_prefix = %s", shape[1])
    is_old = token is not None and token.prefix != shape[1]
    # Compared even when there is no token, so that the response time doesn't reveal which prefixes exist.
    digest = (token.old_digest if is_old else token.digest) if token else _NO_DIGEST
    is_same = hmac.compare_digest(digest_of(secret), digest)
    at = clock.now()
    if not (token and is_same and (token.is_old_secret_live(at) if is_old else token.is_live(at))):
        return None
    if not token.may_be_used_from(address):
        return None
    person = _first_row(Person, "id = %s", token.person_id)
    if person is None or not person.is_active:
        return None
    token.person = person
    if person.is_service:
        if has_stopped(token, at):
            return None
        token.is_unanswered = not is_answered(token, at)
        return limit_to_memberships(person, [membership_of(token)]), token
    return limit_to_memberships(token.person, _memberships(token) if token.scope == Scope.BODIES else ()), token


# Written by hand: building these statements from querysets takes ten times as long as the database needs to run them,
# and every request with a token does.
Row = TypeVar("Row", bound=Model)


def _first_row(model: type[Row], condition: str, value: Any) -> Row | None:
    statement = f"SELECT * FROM {model._meta.db_table} WHERE {condition}"  # noqa: S608
    return next(iter(model._default_manager.raw(statement, [value] * condition.count("%s"))), None)


_MEMBERSHIPS = (
    f"SELECT {', '.join(MembershipRow._fields)} FROM partnerships_membership WHERE person_id = %s AND id IN"  # noqa: S608
    " (SELECT membership_id FROM partnerships_apitoken_memberships WHERE apitoken_id = %s)"
)


def _memberships(token: ApiToken) -> list[MembershipRow]:
    """The memberships that the token names and its person still has."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERSHIPS, [token.person_id, token.pk])
        return [MembershipRow(*row) for row in cursor.fetchall()]
