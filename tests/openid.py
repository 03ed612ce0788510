"""A small OpenID provider on this machine: discovery, authorize, token, keys, userinfo, and ways to send wrong answers.

It never asks for a password. `person` holds the claims of the person who signs in, None if no one does, or “cancel” to
return to the registry.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "registry", "a secret of the test"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
OWN = "openid-configuration"


class OpenIdProvider:
    """The provider.

    `asked`: every requested path. `answers`: path → (status, headers, body) to send instead of the right answer.
    `claims`: what the ID token has instead (None leaves a claim out). `thin`: the email address and other details are
    in userinfo alone.
    """

    def __init__(self):
        self.person, self.codes, self.tokens = None, {}, {}
        self.honest()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"provider": self}))
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.issuer = f"http://{self.host}/city"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def honest(self):
        self.asked, self.answers, self.config, self.claims, self.userinfo = [], {}, {}, {}, {}
        self.sign, self.thin = self.signed, False

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def settings(self, **more):
        return {
            "issuer": self.issuer,
            "id": CLIENT,
            "secret": SECRET,
            "name": "City sign-in",
            "hosts": [],
            "domains": ["example.org"],
        } | more

    def environment(self):
        names = {
            "ISSUER": self.issuer,
            "CLIENT_ID": CLIENT,
            "CLIENT_SECRET": SECRET,
            "NAME": "City sign-in",
            "DOMAINS": "example.org",
        }
        return {f"OIDC_{name}": value for name, value in names.items()}

    def discovery(self):
        names = ("authorization", "token", "userinfo")
        found = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in names}
        return found | {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"} | self.config

    def keys(self):
        return {"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1", "use": "sig"}]}

    def signed(self, claims, key=KEY, algorithm="RS256", **headers):
        return jwt.encode(claims, key, algorithm, headers={"kid": "1"} | headers)

    def id_token(self, asked):
        now, whose = int(time.time()), {"sub": self.person["sub"]} if self.thin else self.person
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked.get("nonce")}
        claims |= whose | self.claims
        return self.sign({name: value for name, value in claims.items() if value is not None})


class _Answers(BaseHTTPRequestHandler):
    provider: OpenIdProvider

    def do_GET(self):
        self._answer({})

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(dict(urllib.parse.parse_qsl(text)))

    def log_message(self, *words):
        pass

    def _answer(self, sent):
        address = urllib.parse.urlsplit(self.path)
        name = address.path.rsplit("/", 1)[1]
        self.provider.asked.append(name)
        if name in self.provider.answers:
            return self._send(*self.provider.answers[name])
        asked = dict(urllib.parse.parse_qsl(address.query)) | sent
        return getattr(self, f"_{name.replace('-', '_')}", self._nothing)(asked)

    def _openid_configuration(self, asked):
        self._json(self.provider.discovery())

    def _keys(self, asked):
        self._json(self.provider.keys())

    def _authorization(self, asked):
        own, person = self.provider, self.provider.person
        right = (asked["client_id"], asked["response_type"], asked["code_challenge_method"])
        assert right == (CLIENT, "code", "S256"), right
        if person is None:
            return self._send(204, {}, b"")
        back = {"state": asked["state"]}
        if person == "cancel":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            own.codes[back["code"]] = asked
        return self._send(302, {"Location": f"{asked['redirect_uri']}?{urllib.parse.urlencode(back)}"}, b"")

    def _token(self, asked):
        began = self.provider.codes.pop(asked.get("code"), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        is_right = (
            began is not None
            and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == began["code_challenge"]
            and asked["redirect_uri"] == began["redirect_uri"]
            and (asked["client_id"], asked["client_secret"]) == (CLIENT, SECRET)
        )
        if not is_right:
            return self._json({"error": "invalid_grant"}, 400)
        token = secrets.token_urlsafe(16)
        self.provider.tokens[token] = self.provider.person
        return self._json({"access_token": token, "token_type": "Bearer", "id_token": self.provider.id_token(began)})

    def _userinfo(self, asked):
        person = self.provider.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        return self._json(person | self.provider.userinfo) if person else self._json({}, 401)

    def _nothing(self, asked):
        self._json({}, 404)

    def _json(self, value, status=200):
        self._send(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def _send(self, status, headers, body):
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
