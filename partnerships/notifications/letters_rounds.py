"""What emails about rounds say: the partnership, the partner that is asked, dates and the personal link. Never an answer.

`ROUND_CONTEXTS`: kind of email → the function that gives the context of its three templates, for `letters.render`.
"""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from partnerships.assessment import catalogue
from partnerships.assessment.choices import CanceledAs
from partnerships.assessment.models import AskedParty, Cancellation, Respondent, Round
from partnerships.core import clock
from partnerships.core.errors import Missing
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import day_words
from partnerships.notifications import links
from partnerships.notifications.recipients_rounds import PARTNER, PLACE
from partnerships.registry.models import Party
from partnerships.registry.rules import PUBLIC_PARTY

BODIES = ("party__organization", "party__department", "party__jurisdiction", "party__partnership")
READABLE = timedelta(days=90)  # after the deadline, a personal link still opens what both sides said


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


def _to_name(letter, recipient, context):
    partner = context.get("subject") or AskedParty.objects.select_related(*PARTNER).filter(pk=letter.subject_id).first()
    if partner is None or partner.party is None:
        raise Missing
    round = partner.side.round
    page = settings.BASE_URL + reverse("round_name", args=[round.public_id, partner.party_id])
    until = round.roll_closes_at.astimezone(clock.zone(round.zone)).date()
    return _about(round) | {"party": str(partner.party), "until": day_words(until), "answer": page}


def _canceled(letter, recipient, context):
    """Who canceled the round, or wants to, and why. There is no link for people who were asked: they may have no account."""
    subject = context.get("subject")
    if letter.subject_type == "respondent":
        place = subject or Respondent.objects.select_related(*PLACE).filter(pk=letter.subject_id).first()
        round = place and place.round
    else:
        round = subject or Round.objects.select_related("partnership").filter(pk=letter.subject_id).first()
    cancellation = round and Cancellation.objects.filter(round=round).select_related("by", *BODIES).first()
    if cancellation is None:
        raise Missing
    link = "" if letter.subject_type == "respondent" else settings.BASE_URL + reverse("round", args=[round.public_id])
    return _about(round) | {
        "title": round.title,
        "who": _who(cancellation),
        "reason": cancellation.why,
        "round_page": link,
    }


def _who(cancellation) -> str:
    """The name of an unlisted partner is left out, since the reader may not be allowed to see it."""
    if cancellation.role == CanceledAs.REGISTRY:
        return gettext("the registry")
    if cancellation.role == CanceledAs.ADMINISTRATOR:
        return gettext("an administrator of this registry")
    if cancellation.role == CanceledAs.LEAD:
        return cancellation.round.partnership.lead.name
    party = cancellation.party
    is_public = party and Party.objects.filter(PUBLIC_PARTY, pk=party.pk).exists()
    return str(party) if is_public else gettext("a partner")


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
    LetterKind.ROUND_NAME: _to_name,
    LetterKind.ROUND_CANCEL_ASKED: _canceled,
    LetterKind.ROUND_CANCELED: _canceled,
}
