"""The closed vocabularies of partnerships whose labels staff can change (`directory.label_overrides`)."""

from partnerships.directory.label_overrides import CLOSED, ClosedVocabulary, key_to_label
from partnerships.registry.choices import Circle, Engagement, Kind, Role, Status
from partnerships.registry.models import Partnership, Party, PartyRole

CLOSED["side"].counted.insert(0, (Party, "side"))
CLOSED["kind"] = ClosedVocabulary(
    "Types of partnership",
    key_to_label(Kind),
    ("partnerships, their list and its filter", "the start of a new one"),
    "{}, led by the city.",
    [(Partnership, "kind")],
)
CLOSED["status"] = ClosedVocabulary(
    "Statuses",
    key_to_label(Status),
    ("partnerships, their list and its filter", "stories"),
    "Status: {}.",
    [(Partnership, "status")],
)
CLOSED["role"] = ClosedVocabulary(
    "Roles of a partner",
    key_to_label(Role),
    ("who is at the table", "the form of a partnership", "filters"),
    "Housing Department: {}.",
    [(PartyRole, "role")],
)
CLOSED["circle"] = ClosedVocabulary(
    "Circles",
    key_to_label(Circle),
    ("circles and their picture", "who is at the table", "expected seats"),
    "How close to the decisions: {}.",
    [(Party, "circle")],
)
CLOSED["engagement"] = ClosedVocabulary(
    "Promise to the community",
    key_to_label(Engagement),
    ("partnerships and their filter", "community influence"),
    "Influence promised to the community: {}.",
    [(Partnership, "engagement")],
)
