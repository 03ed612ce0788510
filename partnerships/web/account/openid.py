"""Decides what to trust in the responses of the OpenID Connect provider. allauth handles the sign-in and its state.

The issuer must be the one of the settings, its endpoints must be on the hosts that the settings list, and redirects
aren't followed. The ID token must have the signature of the issuer and the nonce of this sign-in, be for our client,
and be valid now.
"""

from functools import cached_property
from urllib.parse import urlsplit

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.urls import reverse

PROVIDER = "oidc"  # the ID of the one provider, in URLs of allauth and in SocialAccount
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
NEEDED = ("iss", "aud", "exp", "iat", "sub")
LEEWAY = 60  # seconds by which the provider's clock may differ
LONGEST_SUBJECT = 191
_UNREADABLE = (jwt.PyJWTError, AttributeError, LookupError, TypeError, ValueError, UnsupportedAlgorithm)


class Distrusted(OAuth2Error):
    """A response that can't be trusted. The message goes to the log and contains no personal data."""


class OfficeAdapter(OpenIDConnectOAuth2Adapter):
    nonce = None  # the nonce of the sign-in that this response belongs to

    @cached_property
    def openid_config(self):
        found = _fetch_json(self.get_provider().server_url)
        if str(found.get("issuer", "")).rstrip("/") != settings.OIDC["issuer"].rstrip("/"):
            raise Distrusted("its discovery document names another issuer")
        for name in ENDPOINTS:
            _check_address(name, found.get(name))
        return found

    def get_callback_url(self, request, app):
        return settings.BASE_URL + reverse("openid_connect_callback")

    def get_access_token_data(self, request, app, client, pkce_code_verifier=None):
        try:
            given = super().get_access_token_data(request, app, client, pkce_code_verifier)
        except (LookupError, TypeError) as problem:
            raise Distrusted("its answer to the code cannot be read") from problem
        return {name: str(given.get(name, "")) for name in ("access_token", "id_token")}

    def complete_login(self, request, app, token, **kwargs):
        claims = self._claims(kwargs["response"]["id_token"], app.client_id)
        if "email_verified" not in claims:
            claims = claims | self._claims_of(claims["sub"], token.token)
        return self.get_provider().sociallogin_from_response(request, claims)

    def _claims(self, id_token, client_id) -> dict:
        keys = _fetch_json(self.openid_config["jwks_uri"])
        try:
            key = _key(jwt.PyJWKSet.from_dict(keys), jwt.get_unverified_header(id_token).get("kid"))
            claims = jwt.decode(
                id_token,
                key.key,
                algorithms=ALGORITHMS,
                audience=client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": [*NEEDED]},
            )
        except _UNREADABLE as problem:
            raise Distrusted(f"its ID token is refused ({type(problem).__name__})") from problem
        if not self.nonce or claims.get("nonce") != self.nonce:
            raise Distrusted("its ID token answers another sign-in")
        if claims.get("azp", client_id) != client_id:
            raise Distrusted("its ID token is for another client")
        if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
            raise Distrusted("the subject of its ID token is empty or too long")
        return claims

    def _claims_of(self, subject, access_token) -> dict:
        """The email address and whether it's verified, from the userinfo endpoint."""
        claims = _fetch_json(self.openid_config["userinfo_endpoint"], Authorization=f"Bearer {access_token}")
        if claims.get("sub") != subject:
            raise Distrusted("its userinfo is about someone else")
        return {name: claims[name] for name in ("email", "email_verified") if name in claims}


class OfficeProvider(OpenIDConnectProvider):
    """The provider of the settings."""

    pkce_enabled_default = True
    oauth2_adapter_class = OfficeAdapter

    def get_default_scope(self):
        return ["openid", "email"]

    def extract_email_addresses(self, data):
        address = data.get("email")
        if not isinstance(address, str):
            return []
        # Some providers send the string "true".
        return [EmailAddress(email=address, verified=data.get("email_verified") in (True, "true"), primary=True)]

    def extract_common_fields(self, data):
        return {}

    def extract_extra_data(self, data):
        return {}  # nothing but the subject of the provider's account is stored


def _fetch_json(address, **headers) -> dict:
    with get_adapter().get_requests_session() as session:
        answer = session.get(address, headers=headers)
        answer.raise_for_status()
        found = answer.json()
    if not isinstance(found, dict):
        raise Distrusted("a document of it is not an object")
    return found


def _check_address(name, address):
    parts, own = urlsplit(address if isinstance(address, str) else ""), urlsplit(settings.OIDC["issuer"])
    if parts.scheme not in ("https", own.scheme) or not parts.hostname:
        raise Distrusted(f"its {name} is no address that can be used")
    if parts.netloc not in (own.netloc, *settings.OIDC["hosts"]):
        raise Distrusted(f"its {name} is at {parts.netloc}, which OIDC_HOSTS does not name")


def _key(keys, kid):
    """The key for a token's key ID. A token without one must be signed by the only key."""
    if kid is None:
        (only,) = keys
        return only
    return keys[kid]
