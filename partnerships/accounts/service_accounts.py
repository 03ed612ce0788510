"""Managers create, renew and revoke the service accounts of their office or organization."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts import token_actions as tokens
from partnerships.accounts.choices import SERVICE_VERBS, Scope
from partnerships.accounts.models import ApiToken, Person
from partnerships.accounts.rules import may_connect_programs
from partnerships.accounts.service_rules import ROLES, managers_of, service_tokens_visible_to
from partnerships.core import clock
from partnerships.core.access import Author, Viewer, is_administrator, manages, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change
from partnerships.core.writing import lock, log_change
from partnerships.directory.models import Body

MADE, REPLACED, REVOKED = SERVICE_VERBS
MOST = 20


def accounts_of(person: Viewer, body: Body) -> list[ApiToken]:
    """The tokens of the service accounts of an office or organization: live ones first. Raises NotAllowed."""
    require(manages(person, body))
    found = service_tokens_visible_to(person).filter(**{str(body._meta.model_name): body})
    at = clock.now()
    return sorted(found, key=lambda token: not token.is_live(at))


def account(person: Viewer, pk: int) -> ApiToken:
    """The token of a service account. Raises NotFound, also for one that the person may not see."""
    found = service_tokens_visible_to(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def changes_of(body: Body, most: int = 50) -> list[Change]:
    """What managers did with the service accounts of an office or organization, newest first."""
    rows = Change.objects.filter(record_type=body._meta.model_name, record_id=body.pk, verb__in=SERVICE_VERBS)
    return list(rows.select_related("by")[:most])


def known_to_others(body: Body, changes: Iterable[Change]) -> dict[str, Person]:
    """Name of a service account → who was shown its secret, where they no longer manage the office or organization.

    `changes`: those of `changes_of`. One query.
    """
    shown: dict[str, Person] = {}
    for change in changes:  # newest first
        if change.verb != REVOKED and change.by:
            shown.setdefault(change.after["service"]["name"], change.by)
    managing = managers_of(body)
    return {
        name: person for name, person in shown.items() if person.pk not in managing and not is_administrator(person)
    }


@transaction.atomic
def add_service_account(
    *,
    by: Person,
    body: Body,
    name: str,
    role: str,
    days: int,
    writes: Iterable[str] = (),
    reads: Iterable[str] = (),
    addresses: Iterable[str] = (),
    rate: int | None = None,
) -> tuple[ApiToken, str]:
    """A new service account and the secret of its token, which no one can read again.

    It reads what a viewer there reads, and changes records of the kinds in `writes` as an editor there may, if that is its
    `role`. It never speaks for a partner. Raises NotAllowed, and ValidationError by field.
    """
    body = lock(body, None)  # so that two that are added at once are counted one after the other
    require(may_connect_programs(by, body))
    if role not in ROLES:
        raise ValidationError({"role": gettext("Choose from the options.")})
    live = body.service_tokens.filter(ApiToken.live_at(clock.now()))
    if live.filter(name=name).exists():
        raise ValidationError(
            {"name": gettext("A service account here already has this name. Choose a different one.")}
        )
    if live.count() >= MOST:
        words = gettext("%(name)s has %(number)s service accounts. Revoke one that you no longer need.")
        raise ValidationError(words % {"name": body, "number": MOST})
    person = Person(
        email=f"{secrets.token_hex(16)}@service.invalid", name=f"{name} (service account)"[:120], is_service=True
    )
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save(force_insert=True)
    token, secret = tokens.new_token(
        person,
        name=name,
        scope=Scope.BODIES,
        days=days,
        writes=writes,
        reads=reads,
        addresses=addresses,
        rate=rate,
        role=role,
        **{str(body._meta.model_name): body},
    )
    if token.writes and role == ROLES[0]:
        raise ValidationError(
            {"writes": gettext("A viewer can’t change anything. Choose the role “Editor”, or clear these.")}
        )
    token.save(force_insert=True)
    _log(MADE, token, by, after=_history_values(token))
    return token, secret


@transaction.atomic
def replace_secret(*, by: Person, token: ApiToken, overlap_days: int) -> tuple[ApiToken, str]:
    """A new secret for the same service account, as `token_actions.replace_secret` gives one to a person's token."""
    require(may_connect_programs(by, lock(token.body, None)))
    token, secret = tokens.renew(token, overlap_days)
    _log(REPLACED, token, by, after={"name": token.name})
    return token, secret


@transaction.atomic
def revoke(*, by: Person, token: ApiToken) -> bool:
    """End the service account: the next request with its token is refused. What it did stays under its name.

    Returns False when it was revoked before. Raises NotAllowed.
    """
    require(manages(by, lock(token.body, None)))
    revoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
    if revoked:
        log_end(token, body=token.body, by=by)
    return bool(revoked)


def live_accounts_of(body: Body) -> list[ApiToken]:
    """Those that aren't revoked, for a caller that ends them with the office or organization itself."""
    return list(body.service_tokens.filter(revoked_at=None).order_by("pk"))


def log_end(token: ApiToken, *, body: Body, by: Author) -> None:
    """Write into the history that a service account ended."""
    log_change(body, by=by, verb=REVOKED, before={"service": {"name": token.name}}, after={})


def _history_values(token: ApiToken) -> dict[str, Any]:
    """What the history says of it. Nothing of its secret, and not its prefix."""
    limits = {name: getattr(token, name) for name in ("writes", "reads", "addresses", "rate") if getattr(token, name)}
    return {"name": token.name, "role": token.role, "ends": token.expires_at.isoformat()} | limits


def _log(
    verb: str, token: ApiToken, by: Person, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Under one key, so that no news takes it for a field of the office or organization."""
    before, after = ({"service": values} if values else {} for values in (before, after))
    log_change(token.body, by=by, verb=verb, before=before, after=after)
