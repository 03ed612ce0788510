"""The owners of an action item, who get its emails."""

from partnerships.accounts.models import Person
from partnerships.meetings.models import Action
from partnerships.registry.representatives import representatives_of

OF_ACTION = (
    *("partnership__lead", "owner_person"),
    *(f"owner_party__{name}" for name in ("partnership", "jurisdiction", "department", "organization")),
)


def owners_of(action: Action) -> list[Person]:
    """The person who owns it; if only a party does, the party's editors."""
    if action.owner_person:
        return [action.owner_person] if action.owner_person.is_active else []
    if not action.owner_party:
        return []
    return [
        membership.person
        for membership in representatives_of(action.owner_party).select_related("person").order_by("person")
    ]
