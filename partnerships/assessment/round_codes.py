"""Printed codes with which a partner without editors takes part in a round.

One code is for the partner, which names its people and objects to respondents; and one for each of its people without
an email address, who answer with it. They stop working when the round ends. The person who prints a code could use it.
So what comes by a code that a person from another side printed never counts toward the three answers that a score
needs, keeps no score back, and objects to no one.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.eligibility import is_on_this_side_only
from partnerships.assessment.models import AskedParty, Respondent, Round
from partnerships.assessment.naming_links import OF_PARTNER, emailed_partners, takes_part
from partnerships.assessment.rules import cancel_role, lost_reason
from partnerships.core import clock, codes
from partnerships.core.access import SYSTEM, Author, Viewer, account_of, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.writing import log_change
from partnerships.mail.schedule import day_words
from partnerships.registry import seats
from partnerships.registry.models import Party
from partnerships.registry.representatives import representatives_by_party, representatives_of
from partnerships.registry.rules import may_edit_own_part, may_write_partnership

LEAST_DIGITS = 7  # of a phone number
_PARTY = ("jurisdiction", "department__jurisdiction", "organization")
HAS_EDITORS = _("This partner has editors of its own here. They get an email and name its people.")
NOT_BEGUN = _(
    "It’s too early to answer. Keep your code: it works once every partner has named its people, or after %(day)s."
)
NOT_READ = _("Enter who you call or meet, and how they get the code.")


def mark_of(phone: str) -> str:
    """A keyed digest that identifies a person by phone number; "" if this isn't a phone number."""
    digits = "".join(one for one in phone if one.isdecimal())
    if len(digits) < LEAST_DIGITS:
        return ""
    return salted_hmac("partnerships.round.number", digits[-10:]).hexdigest()[:40]


def party_ids_with_printable_code(person: Viewer, survey_round: Round, partners: Sequence[AskedParty]) -> set[int]:
    """Primary keys of the parties of these partners whose code the person may print. A fixed number of queries.

    Editors of another partner of the same side may; so may the people who keep the record and the one who started the
    round, until a person of that side has printed a code or the partner has named its people. Partners with editors
    get no code, nor do those that named their people by a personal link.
    """
    if not survey_round.is_running or not getattr(person, "is_active", False):
        return set()
    present = [(one, one.party) for one in partners if one.party]
    representatives = representatives_by_party([party for _, party in present])
    own_partners = [one for one, party in present if seats.is_seated(party) and may_edit_own_part(person, party)]
    may_print_any = survey_round.answering_at is None and bool(
        may_write_partnership(person, survey_round.partnership) or cancel_role(person, survey_round)
    )
    own_side_only: dict = {}  # side → whether the person belongs to no other side
    found, by_link = set(), emailed_partners([one for one, _ in present if one.named_at and not one.code])
    for one, party in present:
        speaks_for_mate = any(other.side_id == one.side_id and other.pk != one.pk for other in own_partners)
        awaits_code = one.named_at is None and (not one.code or one.code_by_other_side)
        if representatives[party.pk] or one.pk in by_link:
            continue
        if speaks_for_mate and one.side_id not in own_side_only:
            own_side_only[one.side_id] = is_on_this_side_only(person, party)
        if (may_print_any and awaits_code) or (speaks_for_mate and own_side_only[one.side_id]):
            found.add(party.pk)
    return found


def may_print_code(person: Viewer, survey_round: Round, party: Party) -> bool:
    """Whether the person may print the code of this partner. See `party_ids_with_printable_code`."""
    partners = AskedParty.objects.filter(side__round=survey_round, party__isnull=False).select_related(
        "party__partnership", "party__department"
    )
    return party.pk in party_ids_with_printable_code(person, survey_round, list(partners))


@transaction.atomic
def print_partner_code(*, survey_round: Round, party: Party, by: Author, source: str) -> str:
    """The code of a partner, to be printed. No one can read it again, and an earlier one stops working.

    `source`: who gets it, and how. The round's history says who printed it.
    """
    Round.objects.select_for_update(no_key=True, of=("self",)).get(pk=survey_round.pk)
    partner = AskedParty.objects.filter(side__round=survey_round, party=party).first()
    if partner is None:
        raise NotFound
    if representatives_of(party).exists():
        raise ValidationError(HAS_EDITORS, code="has_editors")
    require(by is SYSTEM or may_print_code(by, survey_round, party))
    if not source.strip():
        raise ValidationError({"source": NOT_READ})
    code = codes.generate()
    partner.code, partner.code_by = codes.digest_of(code), account_of(by)
    partner.code_by_other_side = by is not SYSTEM and not is_on_this_side_only(by, party)
    partner.save(update_fields=["code", "code_by", "code_by_other_side"])
    log_change(survey_round, by=by, verb="code", before={}, after={"code_for": party.pk}, why=source.strip()[:300])
    return code


def partner_by_code(code: str) -> AskedParty:
    """The partner with this code, in a running round, if it holds its seat in a published partnership and has no
    editors.

    Raises NotFound.
    """
    rows = AskedParty.objects.exclude(code="").filter(code=codes.digest_of(code)).select_related(*OF_PARTNER)
    partner = rows.first()
    if partner is None or not takes_part(partner):
        raise NotFound
    return partner


def respondent_by_code(code: str) -> Respondent:
    """The respondent with this code, while they can answer. Raises NotFound, or ValidationError before answering begins."""
    rows = Respondent.objects.exclude(code="").filter(code=codes.digest_of(code), is_named=True)
    rows = rows.select_related(
        "round__partnership__lead", "side", "party__partnership", *(f"party__{n}" for n in _PARTY)
    )
    respondent = rows.first()
    if respondent is None:
        raise NotFound
    survey_round = respondent.round
    if not survey_round.is_running or survey_round.closes_at <= clock.now() or lost_reason(respondent):
        raise NotFound
    if not survey_round.is_answering:
        until = survey_round.roll_closes_on
        raise ValidationError(NOT_BEGUN, code="not_begun", params={"day": day_words(until)})
    return respondent


def names_with(partner: AskedParty, code: str) -> bool:
    """Whether this code still names the people of a partner. Checked again under the lock of the round."""
    return bool(partner.code) and partner.code == codes.digest_of(code)


def end_codes(survey_round: Round) -> None:
    """Disable the codes of a round that has closed or was canceled, and erase names that only a partner entered."""
    AskedParty.objects.filter(side__round=survey_round).exclude(code="").update(code="")
    survey_round.respondents.exclude(mark="").update(code="", name="")
