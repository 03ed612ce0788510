"""Managers create, renew, take over and revoke the service accounts of their office or organization."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from partnerships.accounts import token_actions as tokens
from partnerships.accounts.choices import READS_UNANSWERED, SERVICE_VERBS, Scope
from partnerships.accounts.events import rights_changed
from partnerships.accounts.models import ApiToken, Person
from partnerships.accounts.rules import may_connect_programs
from partnerships.accounts.service_rules import (
    ROLES,
    is_answered,
    managers_of,
    people_told,
    service_tokens_visible_to,
)
from partnerships.core import clock
from partnerships.core.access import Author, Viewer, is_administrator, manages, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change, type_key
from partnerships.core.writing import lock, log_change
from partnerships.directory.models import Body
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind

MADE, REPLACED, TAKEN_OVER, REVOKED = SERVICE_VERBS
ANSWERED = gettext_noop("Someone answers for the service account again.")
MOST = 20


def accounts_of(person: Viewer, body: Body) -> list[ApiToken]:
    """The tokens of the service accounts of an office or organization: live ones first. Raises NotAllowed."""
    require(manages(person, body))
    found = service_tokens_visible_to(person).filter(**{type_key(body): body})
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
    rows = Change.objects.filter(record_type=type_key(body), record_id=body.pk, verb__in=SERVICE_VERBS)
    return list(rows.select_related("by")[:most])


def known_to_others(body: Body, changes: Iterable[Change]) -> dict[str, Person]:
    """Name of a service account → who was shown its secret, where they no longer manage the office or organization.

    `changes`: those of `changes_of`. One query.
    """
    shown: dict[str, Person] = {}
    for change in changes:  # newest first
        if change.verb in (MADE, REPLACED) and change.by:
            shown.setdefault(change.after["service"]["name"], change.by)
    managing = set(managers_of(body).values_list("pk", flat=True))
    return {
        name: person for name, person in shown.items() if person.pk not in managing and not is_administrator(person)
    }


def waiting_for(person: Viewer) -> list[ApiToken]:
    """The live service accounts for which no one answers, for those who are told of them (`people_told`)."""
    rows = service_tokens_visible_to(person).filter(ApiToken.live_at(clock.now()), unanswered_since__isnull=False)
    return [token for token in rows.order_by("unanswered_since", "pk") if person in people_told(token.body)]


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
    `role`. It never speaks for a partner. `by` answers for it. Raises NotAllowed, and ValidationError by field.
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
        answerable=by,
        **{type_key(body): body},
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
    """A new secret for the same service account, as `token_actions.replace_secret` gives one to a person's token.

    From then on `by` answers for it.
    """
    require(may_connect_programs(by, lock(token.body, None)))
    token, secret = tokens.renew(token, overlap_days)
    _answer_for(token, by)
    _log(REPLACED, token, by, after={"name": token.name})
    return token, secret


@transaction.atomic
def take_over(*, by: Person, token: ApiToken) -> bool:
    """Answer for a service account for which no one does: with its whole role, it works again from its next request on.

    Returns False when someone answers for it. Raises NotAllowed, and NotFound when it has expired or was revoked.
    """
    require(may_connect_programs(by, lock(token.body, None)))
    at = clock.now()
    token = _of_services().select_for_update(of=("self",)).get(pk=token.pk)
    if not token.is_live(at):
        raise NotFound
    if is_answered(token, at):
        return False
    _answer_for(token, by)
    _log(TAKEN_OVER, token, by, after={"name": token.name})
    return True


def pass_on_to(person: Person, *, tokens: Iterable[ApiToken], by: Author) -> None:
    """Let this manager answer for service accounts in place of someone who leaves."""
    for token in tokens:
        _answer_for(token, person)
        _log(TAKEN_OVER, token, by, after={"name": token.name})


def _answer_for(token: ApiToken, person: Person) -> None:
    token.answerable, token.unanswered_since = person, None
    token.save(update_fields=["answerable", "unanswered_since"])
    outbox.withdraw(token, why=ANSWERED)


@rights_changed.register
def follow_people(people: Collection[int]) -> None:
    """Note whether someone still answers for the service accounts of these people, and email managers if no one does."""
    _follow(_of_services().filter(answerable__in=people))


def follow_all() -> None:
    """`follow_people` for all, in a sweep: a command can end a right, too."""
    _follow(_of_services())


def _of_services() -> QuerySet[ApiToken]:
    bodies = ("jurisdiction", "department__jurisdiction", "organization")
    return ApiToken.objects.exclude(role="").select_related("answerable", *bodies)


def _follow(tokens: QuerySet[ApiToken]) -> None:
    at = clock.now()
    for token in tokens.filter(ApiToken.live_at(at)).order_by("pk"):
        is_noted, answered = token.unanswered_since is not None, is_answered(token, at)
        if answered and is_noted:
            _note(token, None)
        elif not answered:
            with transaction.atomic():
                if is_noted or _note(token, at):
                    _email_people_told(token)


def _note(token: ApiToken, since: datetime | None) -> bool:
    """Returns False when someone took it over in the meantime."""
    unchanged = {"answerable": token.answerable_id, "unanswered_since": token.unanswered_since}
    token.unanswered_since = since
    done = bool(ApiToken.objects.filter(pk=token.pk, **unchanged).update(unanswered_since=since))
    if done and since is None:
        outbox.withdraw(token, why=ANSWERED)
    return done


def _email_people_told(token: ApiToken) -> None:
    """Plan one email to each of them, also to those who are told only since another manager left. No one gets two."""
    since = token.unanswered_since
    assert since is not None
    occurrence = f"service/{token.pk}/{since:%Y%m%dT%H%M%S}"
    people = people_told(token.body).order_by("pk")
    outbox.plan(EmailKind.SERVICE_UNANSWERED, occurrence, people, token, expires_at=since + READS_UNANSWERED)


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
    verb: str, token: ApiToken, by: Author, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Under one key, so that no news takes it for a field of the office or organization."""
    before, after = ({"service": values} if values else {} for values in (before, after))
    log_change(token.body, by=by, verb=verb, before=before, after=after)
