"""Reading API tokens: which a person has, and for whom a secret stands."""

import hashlib
import hmac
import re

from django.db import connection
from django.db.models import Prefetch

from partnerships.accounts.choices import Scope
from partnerships.accounts.models import ApiToken, Membership, Person
from partnerships.core import clock
from partnerships.core.access import MEMBERSHIP_COLUMNS, narrow
from partnerships.core.errors import Missing

# “reg_”, the prefix that lists show, and 160 random bits, in base 32.
SHAPE = re.compile(r"reg_([a-z2-7]{8})_[a-z2-7]{32}")
_NO_DIGEST = "0" * 64


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a quick digest without salt gives nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tokens_of(person) -> list[ApiToken]:
    """The person's own tokens with the bodies that each one reads: those still good first, the newest of each first."""
    bodies = Membership.objects.select_related("jurisdiction", "department", "organization").order_by("id")
    found = person.tokens.prefetch_related(Prefetch("memberships", bodies))
    at = clock.now()
    return sorted(found, key=lambda token: not token.is_live(at))


def token_of(person, pk: int) -> ApiToken:
    """One of the person's own tokens. Raises Missing, for another's too."""
    token = person.tokens.filter(pk=pk).first()
    if token is None:
        raise Missing
    return token


def person_by_token(secret: str):
    """(person, token) that the secret stands for, or None: it is unknown, expired or revoked, or its person suspended.

    The person is narrowed to what the token names of her memberships as they stand now, and is no administrator.
    """
    shape = SHAPE.fullmatch(secret)
    if not shape:
        return None
    token = _row(ApiToken, "prefix", shape[1])
    # Compared in any case, so that time does not tell which prefixes there are.
    is_same = hmac.compare_digest(digest_of(secret), token.digest if token else _NO_DIGEST)
    if not (token and is_same and token.is_live(clock.now())):
        return None
    token.person = _row(Person, "id", token.person_id)
    if not token.person.is_active:
        return None
    return narrow(token.person, _memberships(token) if token.scope == Scope.BODIES else ()), token


# By hand: making these statements of querysets takes ten times as long as the database takes to answer them, and every
# request with a token asks them.
def _row(model, column, value):
    statement = f"SELECT * FROM {model._meta.db_table} WHERE {column} = %s"  # noqa: S608
    return next(iter(model.objects.raw(statement, [value])), None)


_MEMBERSHIPS = (
    f"SELECT {', '.join(MEMBERSHIP_COLUMNS)} FROM partnerships_membership WHERE person_id = %s AND id IN"  # noqa: S608
    " (SELECT membership_id FROM partnerships_apitoken_memberships WHERE apitoken_id = %s)"
)


def _memberships(token):
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERSHIPS, [token.person_id, token.pk])
        return cursor.fetchall()
