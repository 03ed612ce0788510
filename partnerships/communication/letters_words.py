"""What the letters about statements say: of the partnership its title, the party's name and days; never anybody's words.

`CONTEXTS`: kind → the context of its three templates, which `letters.render` fills.
"""

from django.conf import settings
from django.urls import reverse

from partnerships.communication.choices import LetterKind
from partnerships.communication.schedule import day_words
from partnerships.core.errors import Missing
from partnerships.registry.models import Confirmation, Party, Reply


def _found(model, letter, context):
    found = context.get("subject") or model.objects.filter(pk=letter.subject_id).first()
    if found is None:
        raise Missing
    return found


def _about(party):
    partnership = party.partnership
    return {
        "partnership": partnership.title,
        "lead": partnership.lead.name,
        "party": str(party),
        "page": settings.BASE_URL + reverse("partnership", args=[partnership.public_id]),
        "is_illustration": partnership.is_illustration,
    }


def _confirmation_asked(letter, recipient, context):
    return _about(_found(Party, letter, context))


def _record_disputed(letter, recipient, context):
    return _about(_found(Confirmation, letter, context).party)


def _remark(letter, recipient, context):
    reply = _found(Reply, letter, context)
    return _about(reply.party) | {"public_on": day_words(reply.remark.public_on)}


CONTEXTS = {
    LetterKind.CONFIRMATION_ASKED: _confirmation_asked,
    LetterKind.RECORD_DISPUTED: _record_disputed,
    LetterKind.REMARK_SHOWN: _remark,
    LetterKind.REMARK_REPLIED: _remark,
}
