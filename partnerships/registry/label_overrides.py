"""The closed vocabularies of partnerships whose labels staff can change (`directory.label_overrides`)."""

from django.utils.translation import gettext_lazy as _

from partnerships.directory.label_overrides import CLOSED, ClosedVocabulary, key_to_label
from partnerships.registry.choices import Circle, Engagement, Kind, Role, Status
from partnerships.registry.models import Partnership, Party, PartyRole

CLOSED["side"].counted.insert(0, (Party, "side"))
CLOSED["kind"] = ClosedVocabulary(
    _("Types of partnership"),
    key_to_label(Kind),
    (_("partnerships, their list and its filter"), _("the start of a new one")),
    "{}, led by the city.",
    [(Partnership, "kind")],
)
CLOSED["status"] = ClosedVocabulary(
    _("Statuses"),
    key_to_label(Status),
    (_("partnerships, their list and its filter"), _("timelines")),
    "Status: {}.",
    [(Partnership, "status")],
)
CLOSED["role"] = ClosedVocabulary(
    _("Roles of a partner"),
    key_to_label(Role),
    (_("who is at the table"), _("the form of a partnership"), _("filters")),
    "Housing Department: {}.",
    [(PartyRole, "role")],
)
CLOSED["circle"] = ClosedVocabulary(
    _("Circles"),
    key_to_label(Circle),
    (_("circles and their picture"), _("who is at the table"), _("expected seats")),
    "How close to the decisions: {}.",
    [(Party, "circle")],
)
CLOSED["engagement"] = ClosedVocabulary(
    _("Promise to the community"),
    key_to_label(Engagement),
    (_("partnerships and their filter"), _("community influence")),
    "Influence promised to the community: {}.",
    [(Partnership, "engagement")],
)
