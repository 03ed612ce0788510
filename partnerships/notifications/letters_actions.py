"""What the letters about actions say: what is to be done, in which partnership, until when. No notes, and nobody's name.

`ACTION_CONTEXTS`: kind → the context of its three templates, which `letters.render` fills.
"""

from django.conf import settings
from django.urls import reverse

from partnerships.core.errors import Missing
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import day_words
from partnerships.meetings.models import Action


def _about(letter, recipient, context):
    action = context.get("subject") or Action.objects.select_related("partnership").filter(pk=letter.subject_id).first()
    if action is None:
        raise Missing
    page = reverse("action", args=[action.public_id])
    return {
        "action": action.title,
        "partnership": action.partnership.title,
        "due": day_words(action.due_on) if action.due_on else "",
        "done": day_words(action.done_on) if action.done_on else "",
        "page": f"{settings.BASE_URL}{reverse('account_login')}?next={page}",
        "is_illustration": action.is_illustration,
    }


_KINDS = (LetterKind.ACTION_ASSIGNED, LetterKind.ACTION_DUE, LetterKind.ACTION_OVERDUE, LetterKind.ACTION_DONE)
ACTION_CONTEXTS = dict.fromkeys(_KINDS, _about)
