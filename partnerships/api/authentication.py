"""Who asks the API: a person by a token, someone who is signed in, or the public."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS

from partnerships.accounts.choices import Scope
from partnerships.accounts.token_queries import person_by_token
from partnerships.api.throttling import TooMany, counted, sender


class TokenAuthentication(BaseAuthentication):
    """A token counts before a cookie, and one that isn't valid is never taken for a stranger."""

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
    """Who is signed in reads as that person. Changes take a token, so a cookie that another site's page made a browser send
    along changes nothing. Without the cookie, neither session nor person is looked for.
    """

    def authenticate(self, request):
        if request.method in SAFE_METHODS and settings.SESSION_COOKIE_NAME in request.COOKIES:
            return super().authenticate(request)
        return None


def person_of(request):
    """Whose request it is; None for strangers."""
    return request.user if request.user.is_authenticated else None


def reader_of(request):
    """The person whose rights count; None reads what everyone may."""
    return None if request.auth and request.auth.scope == Scope.PUBLIC else person_of(request)
