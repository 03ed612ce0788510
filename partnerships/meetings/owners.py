"""The owners of an action item, who get its emails."""

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.meetings.models import Action
from partnerships.registry.representatives import belongs_to, representatives_of

OF_ACTION = (
    *("partnership__lead", "owner_person"),
    *(f"owner_party__{name}" for name in ("partnership", "jurisdiction", "department", "organization")),
)


def owners_of(action: Action) -> list[Person]:
    """The person who owns it; the party's editors if only a party does, or if the person who did it for the party left."""
    person = action.owner_person
    if person and not (action.owner_party and _is_gone(person, action)):
        return [person] if person.is_active else []
    if not action.owner_party:
        return []
    return [
        membership.person
        for membership in representatives_of(action.owner_party).select_related("person").order_by("person")
    ]


def _is_gone(person: Person, action: Action) -> bool:
    return not (person.is_active and belongs_to(person, action.partnership, clock.today()))
