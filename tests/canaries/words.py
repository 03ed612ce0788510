"""Canary words: each is derived from the name of its canary, so it's the same in every world."""

import hashlib
import re

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
NUMBERS = ("contact.phone", "identifier.value", "retentionrun.erased")


def word(name: str) -> str:
    """A word of twelve characters that appears in no text of the registry and isn't similar to any."""
    digest, letters = hashlib.sha256(name.encode()).digest(), ""
    for first, second in zip(digest[::2], digest[1::2], strict=True):
        letters += CONSONANTS[first % len(CONSONANTS)] + VOWELS[second % len(VOWELS)]
    return letters[:12].capitalize()


def digits(name: str) -> str:
    """Nine digits that appear nowhere else, for phone numbers and identifiers."""
    return str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[-9:].replace("0", "7")


# The format of the word in fields that don't accept a plain word.
SHAPES = {
    **dict.fromkeys(("contact.email", "person.email", "suggestion.address"), "{}@example.org"),
    **dict.fromkeys(("organization.website", "claim.website"), "https://{}.example.org/"),
    **dict.fromkeys(
        ("document.url", "partnershiplink.url", "meeting.link", "plan.link", "datapoint.link"),
        "https://{}.example.org/there",
    ),
    "organization.mail_domain": "{}.example.org",
}


def sign(name: str) -> str:
    """What to search for in answers, in lower case: the word or the number."""
    return digits(name) if name.startswith(NUMBERS) else word(name).lower()


def written(name: str) -> str:
    """The canary in the format of its field."""
    shape = SHAPES.get(name.partition(" ")[0])
    return shape.format(sign(name)) if shape else digits(name) if name.startswith(NUMBERS) else word(name)


class Finder:
    """Finds which canaries with these names are in a text."""

    def __init__(self, names):
        self.names = {sign(name): name for name in names}
        assert len(self.names) == len(set(names)), "two canaries are alike"
        self.any_of = re.compile("|".join(self.names))

    def __call__(self, text: str) -> set[str]:
        return {self.names[found] for found in self.any_of.findall(text.lower())}
