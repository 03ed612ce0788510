"""Authentication of the API: a token, the session of a person who signed in, or the public."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS

from partnerships.accounts.choices import Scope
from partnerships.accounts.token_queries import person_by_token
from partnerships.api.throttling import TooMany, counted
from partnerships.core.quotas import sender


class TokenAuthentication(BaseAuthentication):
    """A token takes precedence over the session cookie. An invalid token gets 401, and is never treated as the public."""

    def authenticate(self, request):
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _, secret = header.partition(" ")
        found = person_by_token(secret.strip(), sender(request.META)) if scheme.lower() == "bearer" else None
        if found is None:
            # Guesses are counted by address. Throttles come later, and only for those who were let in.
            quota = counted(request.META, None)
            if quota.wait:
                raise TooMany(quota)
            raise AuthenticationFailed
        return found

    def authenticate_header(self, request):
        return 'Bearer realm="Partnership Registry"'


class ReadOnlySessionAuthentication(SessionAuthentication):
    """The session of a person who signed in on the pages, for reading only.

    Changes need a token, so a request that another website makes the browser send with its cookie can't change
    anything. Without the cookie, neither the session nor the person is looked up.
    """

    def authenticate(self, request):
        if request.method in SAFE_METHODS and settings.SESSION_COOKIE_NAME in request.COOKIES:
            return super().authenticate(request)
        return None


def person_of(request):
    """The person who sent the request; None for the public."""
    return request.user if request.user.is_authenticated else None


def reader_of(request):
    """The person whose rights apply to reading; None for what everyone may read, also with a token of that scope."""
    return None if request.auth and request.auth.scope == Scope.PUBLIC else person_of(request)
