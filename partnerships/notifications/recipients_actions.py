"""Who may have a letter about an action: asked at the fence, as in `recipients`."""

from partnerships.mail.choices import LetterKind
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action
from partnerships.meetings.owners import OF_ACTION, owners_of
from partnerships.meetings.rules import actions_visible_to
from partnerships.notifications.account_readers import reader_of
from partnerships.registry.choices import Status


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
