"""Who asks the API: nobody in particular, someone who is signed in, or someone by a token."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse

from partnerships.accounts.choices import Scope
from partnerships.accounts.models import ApiToken, Person
from partnerships.accounts.token_actions import note_use
from partnerships.accounts.token_queries import person_by_token
from partnerships.api.errors import Problem
from partnerships.api.throttle import seconds_to_wait


@dataclass(frozen=True)
class Caller:
    """`person`: whose request it is, None for strangers. `reader`: as whom it reads; None reads what everyone may."""

    person: Person | None = None
    reader: Person | None = None
    token: ApiToken | None = None


def caller_of(request) -> Caller:
    """Counts the request, too. Raises Problem: the token does not hold, or there were too many requests."""
    header = request.META.get("HTTP_AUTHORIZATION")
    caller = _signed_in(request) if header is None else _by_token(header)
    wait = seconds_to_wait(request.META, caller and caller.person)
    if wait:
        raise Problem("too_many_requests", retry_after=wait)
    if caller is None:
        raise Problem("bad_token")
    return caller


def _signed_in(request):
    # Without the cookie nobody is signed in, and neither session nor person need be looked for.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return Caller()
    return Caller(request.user, request.user)


def _by_token(header):
    """A token counts before a cookie, and one that does not hold is never taken for nobody."""
    scheme, _, secret = header.partition(" ")
    found = person_by_token(secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        return None
    person, token = found
    return Caller(person, None if token.scope == Scope.PUBLIC else person, token)


class Answered(HttpResponse):
    """An answer that notes the use of its token once it has been sent.

    The server closes an answer after its last byte, outside any transaction. So asking writes nothing before it is
    answered, and no reader waits for a writer.
    """

    token = None

    def close(self):
        if self.token:
            note_use(self.token)
        super().close()
