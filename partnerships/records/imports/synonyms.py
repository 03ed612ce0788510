"""Options that offices name in other words, and the option that a text most likely means. Suggestions only: people decide."""

from collections.abc import Sequence
from difflib import get_close_matches

from partnerships.core.choices import Vocabulary
from partnerships.core.tables import normalize_heading

# Vocabulary or field → label of an option → how lists of offices write it, folded.
_WRITTEN: dict[str, dict[str, tuple[str, ...]]] = {
    Vocabulary.ORGANIZATION_KIND: {
        "Community nonprofit": (
            "nonprofit", "non profit", "not for profit", "501c3", "501 c 3", "npo", "cbo", "community based organization",
            "community based org", "community organization", "ngo", "charity", "np",
        ),
        "Grassroots group": ("grassroots", "community group", "resident group", "volunteer group", "mutual aid"),
        "Faith community": ("faith", "faith based", "faith based organization", "church", "mosque", "synagogue", "temple",
                            "congregation", "religious"),
        "Labor union": ("union", "labor", "local union"),
        "Funder": ("foundation", "philanthropy", "grantmaker"),
        "Business": ("private", "private sector", "company", "for profit", "chamber of commerce", "chamber"),
        "University or college": ("university", "college", "higher ed", "higher education", "academic"),
        "Hospital or clinic": ("hospital", "clinic", "health center", "healthcare", "health care"),
        "Tribal organization": ("tribal", "tribe", "native organization"),
        "Neighborhood association": ("neighborhood", "neighborhood assn", "neighborhood assoc", "block club", "hoa",
                                     "neighborhood group"),
        "Cultural organization": ("cultural", "arts", "arts organization", "arts org"),
        "Outside trainer or consultant": ("consultant", "trainer", "contractor", "vendor"),
        "Coalition": ("alliance", "collaborative", "network"),
    },
    "side": {
        "Community": ("nonprofit", "non profit", "cbo", "community based", "grassroots", "resident"),
        "Institution": ("institutional", "anchor", "university", "hospital", "agency", "business"),
    },
}  # fmt: skip
# What other systems call a kind of interaction, folded → the kind. Unlike those above, these are certain.
INTERACTION_KINDS = tuple(
    (name, kind)
    for kind, names in {
        "call": ("phone", "phone call", "telephone", "telephone call", "inbound call", "outbound call", "voicemail",
                 "voice mail", "video call", "zoom", "teams"),
        "email": ("e mail", "inbound email", "outbound email", "bulk email", "mass email", "list email"),
        "visit": ("meeting", "in person", "in person meeting", "site visit", "home visit", "interview", "coffee", "lunch",
                  "one on one", "face to face"),
        "event": ("event registration", "event attendance", "event participation", "training", "workshop", "conference"),
        "message": ("text", "text message", "sms", "inbound sms", "outbound sms", "mass sms", "chat", "social media"),
        "letter": ("mail", "postal mail", "paper mail", "print pdf letter", "print merge document", "send letter", "fax"),
    }.items()
    for name in names
)  # fmt: skip
_CLOSE = 0.75  # how alike the two texts are, 0 to 1


def match_synonym(text: str, of: str, options: Sequence[str]) -> str:
    """The option that a text most likely means, or "". `of`: a vocabulary or a field."""
    asked = normalize_heading(text)
    by_name = {normalize_heading(option): option for option in options}
    for option, words in _WRITTEN.get(of, {}).items():
        if asked in words and option in options:
            return option
    for name, option in by_name.items():
        if asked and f" {asked} " in f" {name} ":
            return option
    close = get_close_matches(asked, by_name, n=1, cutoff=_CLOSE)
    return by_name[close[0]] if close else ""
