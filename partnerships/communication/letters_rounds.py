"""What the letters about rounds say: the partnership, the party that is asked, days and the personal link. Never an answer.

`ROUND_CONTEXTS`: kind → the context of its three templates, which `letters.render` fills.
"""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from partnerships.communication import links
from partnerships.communication.choices import LetterKind
from partnerships.communication.recipients_rounds import PLACE
from partnerships.communication.schedule import day_words
from partnerships.core.errors import Missing
from partnerships.framework import catalogue
from partnerships.framework.models import Respondent, Round

READABLE = timedelta(days=90)  # how long after its last day a personal link still leads to what both sides said


def _of_place(letter, recipient, context):
    place = context.get("subject") or Respondent.objects.select_related(*PLACE).filter(pk=letter.subject_id).first()
    if place is None or place.party is None:
        raise Missing
    token = links.make(links.ROUND, recipient, place.pk, place.round.closes_at + READABLE)
    answer = settings.BASE_URL + reverse("answer_round", args=[token])
    return _about(place.round) | {"party": str(place.party), "answer": answer}


def _opened(letter, recipient, context):
    if letter.subject_type == "respondent":
        return _of_place(letter, recipient, context)
    round = context.get("subject") or Round.objects.select_related("partnership").filter(pk=letter.subject_id).first()
    if round is None:
        raise Missing
    page = f"{settings.BASE_URL}{reverse('account_login')}?next={reverse('round', args=[round.public_id])}"
    return _about(round) | {"party": "", "answer": "", "page": page}


def _about(round):
    partnership = round.partnership
    page = reverse("partnership", args=[partnership.public_id]) if partnership.is_published else "/"
    return {
        "partnership": partnership.title,
        "page": settings.BASE_URL + page,
        "closes": day_words(round.closes_on),
        "is_short": round.asks == catalogue.ENGAGEMENT,
        "is_illustration": round.is_illustration,
    }


ROUND_CONTEXTS = {
    LetterKind.ROUND_ASKED: _of_place,
    LetterKind.ROUND_REMINDER: _of_place,
    LetterKind.ROUND_TAKEN: _of_place,
    LetterKind.ROUND_OPENED: _opened,
}
