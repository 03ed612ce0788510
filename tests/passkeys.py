"""A passkey in software, which answers as a browser's script would, so that tests of pages don't need a browser.

The answers follow WebAuthn (ES256, no attestation). They are made with `cryptography` and fido2's own encoding.
"""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Passkey:
    """A passkey of one person for one site. `verifies`: whether it asks for a finger, face or PIN. `count`: how often it was
    used, as a security key counts; 0 for one that doesn't count.
    """

    def __init__(self, host="testserver", *, verifies=True):
        self.host, self.origin, self.verifies = host, f"https://{host}", verifies
        self.id, self.key = secrets.token_bytes(16), ec.generate_private_key(ec.SECP256R1())
        self.person, self.count = b"", 0

    def made(self, options, *, alone=True) -> str:
        """Answer the options of a page that adds a passkey, in the format of its field `credential`."""
        asked = options["creation_options"]["publicKey"]
        self.person = websafe_decode(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = self._data(ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        answer = self._answer(
            {
                "clientDataJSON": self._client("webauthn.create", asked["challenge"]),
                "attestationObject": attestation,
            }
        )
        return json.dumps(answer | {"clientExtensionResults": {"credProps": {"rk": alone}}})

    def used(self, options, **other) -> str:
        """Answer the options of a page that asks for a passkey. `other` replaces parts of the answer."""
        client = self._client("webauthn.get", options["request_options"]["publicKey"]["challenge"])
        data = self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return json.dumps(self._answer(parts | {"userHandle": self.person} | other))

    def _data(self, flags=0):
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, parts):
        own = websafe_encode(self.id)
        return {"type": "public-key", "id": own, "rawId": own} | {
            "response": {name: websafe_encode(value) for name, value in parts.items()},
            "clientExtensionResults": {},
        }


def passkey_options(page: str) -> dict:
    """Return the options that a page gives to the passkey."""
    return json.loads(page.partition('<script id="js_data" type="application/json">')[2].partition("</script>")[0])
