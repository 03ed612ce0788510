"""Codes that are printed or read out once: made, put into groups, and read again however someone types them. Pure.

Only a digest is kept of one, so no one can read it again. It is long and random: a quick digest without salt gives nothing to
guess.
"""

import hashlib
import secrets

LENGTH, GROUP = 12, 4
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another one


def make() -> str:
    """A new code as it is printed, such as “K7Q2-MX9P-3TDA”."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest_of(code: str) -> str:
    """What is kept of a code, the same for every way to type it; empty for what holds no letter or digit."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest() if plain else ""
