"""The office's provider sends wrong answers, fails, or is away: no one is signed in, and nothing breaks."""

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from urllib3.util import connection

from tests.openid import KEY, OTHER_KEY, OpenIdProvider
from tests.signing_in import is_signed_in
from tests.web import test_provider as way
from tests.web.test_provider import EDITOR, START, at_provider, sign_in, text, to_provider

running, provider = way.running, way.provider


def hashed_with_public_key(claims):
    """Sign a token with the public key as a shared secret, a classic algorithm confusion."""
    key = jwt.utils.base64url_decode(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)["n"])
    return jwt.encode(claims, key, "HS256", headers={"kid": "1"})


LIES = {
    "another key": {"sign": lambda provider: lambda claims: provider.signed(claims, OTHER_KEY)},
    "no signature": {"sign": lambda provider: lambda claims: provider.signed(claims, None, "none")},
    "a shared secret": {"sign": lambda provider: hashed_with_public_key},
    "an unknown key": {"sign": lambda provider: lambda claims: provider.signed(claims, kid="2")},
    "no token": {"sign": lambda provider: lambda claims: ""},
    "no JSON": {"sign": lambda provider: lambda claims: "a.b.c"},
    "another nonce": {"claims": {"nonce": "x"}},
    "no nonce": {"claims": {"nonce": None}},
    "another audience": {"claims": {"aud": "somebody"}},
    "several audiences": {"claims": {"aud": ["registry", "somebody"], "azp": "somebody"}},
    "another issuer": {"claims": {"iss": "https://elsewhere.example.org"}},
    "too old": {"claims": {"exp": 1_700_000_000}},
    "from the future": {"claims": {"iat": 4_000_000_000}},
    "without end": {"claims": {"exp": None}},
    "nobody": {"claims": {"sub": ""}},
    "a number": {"claims": {"sub": 7}},
    "too long a number": {"claims": {"sub": "x" * 192}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_wrong_token_signs_no_one_in(provider, lie):
    for name, value in LIES[lie].items():
        setattr(provider, name, value(provider) if callable(value) else value)
    client, answer = sign_in()
    assert (answer.status_code, "couldn’t verify" in text(answer)) == (403, True)
    assert (is_signed_in(client), SocialAccount.objects.count()) == (False, 0)


JSON, PAGE = {"Content-Type": "application/json"}, {"Content-Type": "text/html"}
GARBLED = {
    "an error": (500, PAGE, b"broken"),
    "a page": (200, PAGE, b"<h1>Down for the night</h1>"),
    "a list": (200, JSON, b"[1]"),
    "text": (200, JSON, b'"yes"'),
    "nothing": (200, {}, b""),
    "half": (200, JSON, b'{"access_token": 7, "keys": 1}'),
}


@pytest.mark.parametrize("garbled", GARBLED)
@pytest.mark.parametrize("document", ["openid-configuration", "token", "keys", "userinfo"])
def test_a_provider_that_is_broken_breaks_nothing(provider, document, garbled):
    client, provider.thin = Client(), True
    address = to_provider(client)
    provider.answers = {document: GARBLED[garbled]}
    answer = client.get(at_provider(address))
    assert answer.status_code in (403, 503)
    assert "Nothing was changed." in text(answer)
    started = client.post(START)
    assert started.status_code == (200 if document != "openid-configuration" else answer.status_code)
    assert not is_signed_in(client)


def test_a_provider_that_is_away_shows_a_message(provider, settings, caplog):
    client = Client()
    back = at_provider(to_provider(client))
    settings.OIDC = provider.settings(issuer="http://127.0.0.1:9/city")  # no server there
    for answer in (client.post(START), client.get(back)):
        assert (answer.status_code, "City sign-in isn’t responding" in text(answer)) == (503, True)
    assert "Signing in through the provider failed: ConnectionError." in caplog.text
    assert "editor@" not in caplog.text


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"issuer": "https://elsewhere.example.org"}, "its discovery document names another issuer"),
        ({"token_endpoint": "https://elsewhere.example.org/token"}, "its token_endpoint is at elsewhere.example.org"),
        ({"jwks_uri": "http://127.0.0.1:1/keys"}, "its jwks_uri is at 127.0.0.1:1, which OIDC_HOSTS does not name"),
        ({"userinfo_endpoint": None}, "its userinfo_endpoint is no address that can be used"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "its authorization_endpoint is no address"),
    ],
)
def test_no_address_is_asked_that_was_not_set_up(provider, caplog, config, reason):
    provider.config = config
    answer = Client().post(START)
    assert answer.status_code == 403
    assert reason in caplog.text


def test_further_hosts_can_be_named(provider, settings):
    other = OpenIdProvider()
    other.person, other.codes = EDITOR, provider.codes
    provider.config = {"userinfo_endpoint": f"{other.issuer}/userinfo"}
    other.tokens = provider.tokens
    provider.thin = True
    settings.OIDC = provider.settings(hosts=[other.host])
    client, _ = sign_in()
    other.stop()
    assert (is_signed_in(client), other.asked) == (True, ["userinfo"])


def test_no_redirect_of_the_provider_is_followed(provider):
    other = OpenIdProvider()
    for document in ("openid-configuration", "keys", "token"):
        provider.answers = {}
        client = Client()
        address = to_provider(client)
        provider.answers = {document: (307, {"Location": f"{other.issuer}/{document}"}, b"")}
        assert client.get(at_provider(address)).status_code == 503
    other.stop()
    assert other.asked == []


def test_only_the_provider_is_asked(provider, monkeypatch):
    reached, connect = set(), connection.create_connection
    monkeypatch.setattr(
        connection, "create_connection", lambda to, *rest, **more: reached.add(to) or connect(to, *rest, **more)
    )
    provider.thin = True
    client, _ = sign_in()
    assert is_signed_in(client)
    assert reached == {("127.0.0.1", provider.server.server_port)}
