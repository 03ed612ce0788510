"""Codes that are printed or read aloud once: how they are generated, grouped and read again. Secrets for programs.

Only a digest of a code is stored, so no one can read it again. Codes are long and random, so a fast digest without a
salt is enough.
"""

import base64
import hashlib
import secrets

LENGTH, GROUP = 12, 4
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without characters that look like another one


def generate() -> str:
    """A new code in its printed form, such as “K7Q2-MX9P-3TDA”."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def random_base32(size: int) -> str:
    """A secret of so many random bytes in base 32, for programs: a multiple of five needs no padding."""
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def digest_of(code: str) -> str:
    """The digest that is stored for a code.

    It is the same for every way to type the code, and "" for a text without letters or digits.
    """
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest() if plain else ""
