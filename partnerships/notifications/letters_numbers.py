"""What the letters about numbers say: of the measure its title, the period, the party. Never a number, and nobody's words.

`NUMBER_CONTEXTS`: kind → the context of its three templates, which `letters.render` fills.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from partnerships.core.errors import Missing
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import day_words, in_words
from partnerships.measurement.models import MeasureOwner, Reading
from partnerships.measurement.owed import due_on
from partnerships.measurement.periods import MONTH, label
from partnerships.notifications.recipients_numbers import OWNER, READING, period_of


def _due(letter, recipient, context):
    owner = context.get("subject") or MeasureOwner.objects.select_related(*OWNER).filter(pk=letter.subject_id).first()
    if owner is None:
        raise Missing
    period = period_of(letter)
    return _about(owner) | {
        "period": _period_words(owner.measure, period),
        "due": day_words(due_on(owner.measure, period)),
        "is_late": letter.occurrence.endswith("-late"),
    }


def _said(letter, recipient, context):
    said = context.get("subject") or Reading.objects.select_related(*READING).filter(pk=letter.subject_id).first()
    if said is None:
        raise Missing
    return _about(said) | {"period": _period_words(said.measure, said.starts_on)}


def _period_words(measure, start):
    """In the language that is being written: months have names."""
    if start is None:
        return ""
    return in_words(start, gettext("F Y")) if measure.period == MONTH else label(measure.period, start)


def _about(row):
    measure = row.measure
    address = reverse("measure", args=[measure.public_id])
    return {
        "measure": measure.title,
        "party": str(row.party),
        "page": f"{settings.BASE_URL}{reverse('account_login')}?next={address}",
        "is_illustration": measure.is_illustration,
    }


NUMBER_CONTEXTS = {
    LetterKind.NUMBERS_DUE: _due,
    LetterKind.NUMBER_DISPUTED: _said,
    LetterKind.NUMBER_ANSWERED: _said,
}
