"""What emails about statements and seats say: the partnership's title, the partner's name and dates. Never anyone's own words.

`CONTEXTS`: kind of email → the function that gives the context of its three templates, for `letters.render`.
"""

from django.conf import settings
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.errors import Missing
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import day_words
from partnerships.notifications import links
from partnerships.registry.models import Confirmation, Party, Reply, SeatConsent


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


def _seat(letter, recipient, context):
    row = _found(SeatConsent, letter, context)
    party = row.find_party()
    if party is None:
        raise Missing
    return row, _about(party)


def _seat_invited(letter, recipient, context):
    row, said = _seat(letter, recipient, context)
    if row.contact_id:
        path = reverse("answer_seat", args=[links.make(links.SEAT, recipient, row.pk, row.until)])
    else:
        path = reverse("partnership_our_seat", args=[row.partnership.public_id])
    until = row.until.astimezone(clock.zone(row.partnership.lead.zone)).date()
    is_late = letter.occurrence.endswith("-late")
    return said | {"answer": settings.BASE_URL + path, "until": day_words(until), "is_late": is_late}


def _seat_answered(letter, recipient, context):
    row, said = _seat(letter, recipient, context)
    return said | {"state": row.state}


CONTEXTS = {
    LetterKind.SEAT_INVITED: _seat_invited,
    LetterKind.SEAT_ANSWERED: _seat_answered,
    LetterKind.CONFIRMATION_ASKED: _confirmation_asked,
    LetterKind.RECORD_DISPUTED: _record_disputed,
    LetterKind.REMARK_SHOWN: _remark,
    LetterKind.REMARK_REPLIED: _remark,
}
