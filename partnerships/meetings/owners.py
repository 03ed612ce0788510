"""Who owes an action and is written to about it; asked when it is planned and, by `of_action`, again at the fence."""

from partnerships.accounts.models import Person
from partnerships.mail.choices import LetterKind
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action
from partnerships.meetings.rules import actions_visible_to
from partnerships.notifications.account_readers import reader_of
from partnerships.registry.choices import Status
from partnerships.registry.speakers import speakers_of

OF_ACTION = (
    *("partnership__lead", "owner_person"),
    *(f"owner_party__{name}" for name in ("partnership", "jurisdiction", "department", "organization")),
)


def owners_of(action) -> list[Person]:
    """The person who owes it; where it is a party's alone, the party's editors."""
    if action.owner_person_id:
        return [action.owner_person] if action.owner_person.is_active else []
    if not action.owner_party_id:
        return []
    return [place.person for place in speakers_of(action.owner_party).select_related("person").order_by("person")]


def of_action(letter):
    """The person, the action, and why the letter may not go (`recipients.look`)."""
    action = Action.objects.select_related(*OF_ACTION).filter(pk=letter.subject_id).first()
    if action is None:
        return None, None, "The action is gone."
    person = reader_of(letter)
    if person is None or not actions_visible_to(person).filter(pk=action.pk).exists():
        return person, action, "They may no longer see this action."
    return person, action, _refused(letter, action, person)


def _refused(letter, action, person) -> str:
    if letter.kind == LetterKind.ACTION_DONE:
        return "" if action.status == ActionStatus.DONE else "The action was opened again."
    if action.status != ActionStatus.OPEN:
        return "The action is done, or was let go."
    if action.partnership.status == Status.ENDED:
        return "The partnership has ended."
    if letter.kind != LetterKind.ACTION_ASSIGNED and letter.occurrence.split("/")[1] != str(action.due_on):
        return "The day of the action was moved after this letter was planned."
    return "" if person in owners_of(action) else "They no longer owe this action."
