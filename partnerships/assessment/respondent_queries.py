"""Reads who answers in a round: the respondents of each partner, and who can be named."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from partnerships.accounts.models import Person
from partnerships.assessment.eligibility import WhoCanAnswer, may_name_respondents
from partnerships.assessment.entered_organizations import (
    entered_by_other_side,
    unvouched_parties,
    vouching_party,
    who_may_vouch,
)
from partnerships.assessment.models import AskedParty, Respondent, Round, RoundSide, Vouch
from partnerships.assessment.naming_links import emailed_partners
from partnerships.assessment.queries import PARTY
from partnerships.assessment.round_codes import party_ids_with_printable_code
from partnerships.assessment.rules import rounds_visible_to
from partnerships.core.access import Viewer, is_administrator
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.directory.models import BODIES, Contact, body_key, in_bodies
from partnerships.directory.queries import contacts_with_address
from partnerships.registry.models import Party
from partnerships.registry.representatives import people_of
from partnerships.registry.rules import may_read_all, parties_visible_to


@dataclass(frozen=True)
class RespondentCount:
    """How many people were asked on a side, for how many partners that the reader may see.

    `has_others`: also for partners that the reader may not see, whose numbers aren't revealed.
    """

    people: int
    partners: int
    has_others: bool


def count_respondents(person: Viewer, rounds: Sequence[Round]) -> dict[int, RespondentCount]:
    """Primary key of a side → who was asked on it, in numbers.

    If a side has partners that the reader may not see, pages don't show how many of the side have answered either,
    since that would count them.
    """
    respondents = list(Respondent.objects.filter(round__in=rounds).values_list("side", "party"))
    asked = {party for _, party in respondents}
    seen = set(parties_visible_to(person).filter(pk__in=asked - {None}).values_list("pk", flat=True))
    found = {}
    for side in {side for side, _ in respondents}:
        parties = [party for of, party in respondents if of == side]
        shown = [party for party in parties if party in seen]
        found[side] = RespondentCount(len(shown), len(set(shown)), len(shown) < len(parties))
    return found


@dataclass(frozen=True)
class PartnerSeen:
    """A partner that was picked for a round.

    `may_name`: the reader names its people while the respondent list is open. `may_print`: the reader prints a code for it, since
    it has no editors. `is_emailed`: its contact got a personal link and hasn't named anyone yet; only for readers who may print.
    `entered_by`: who of another side entered it, while its people don't count because of that; otherwise "".
    """

    party: Party
    has_named: bool
    asked: int
    may_name: bool
    may_print: bool
    is_emailed: bool
    entered_by: str


def partners_seen(person: Viewer, survey_round: Round) -> list[PartnerSeen]:
    """The partners that were picked, as far as the reader may see them."""
    rows = AskedParty.objects.filter(side__round=survey_round, party__in=parties_visible_to(person)).select_related(
        *PARTY
    )
    partners = list(rows.order_by("side", "party__position", "pk"))
    is_naming = survey_round.is_running and survey_round.answering_at is None
    may_print = party_ids_with_printable_code(person, survey_round, partners)
    emailed = emailed_partners([one for one in partners if one.party_id in may_print and one.named_at is None])
    unvouched = unvouched_parties(survey_round) if survey_round.is_running else {}
    return [
        PartnerSeen(
            one.party,
            one.named_at is not None,
            one.asked,
            is_naming and may_name_respondents(person, one.party),
            one.party_id in may_print,
            one.pk in emailed,
            unvouched.get(one.party.pk, ""),
        )
        for one in partners
        if one.party
    ]


@dataclass(frozen=True)
class EnteredPartner:
    """A partner of the reader's own side that another side entered (`entered_by`), in a running round.

    `known_to`: the partners that vouch for it. `counts`: whether its people count. `voucher`: the partner for which the
    reader can vouch, or withdraw that (`is_own`).
    """

    party: Party
    entered_by: str
    known_to: list[Party]
    counts: bool
    voucher: Party | None

    @property
    def is_own(self) -> bool:
        return self.voucher in self.known_to


def entered_partners(
    person: Viewer, survey_round: Round, keys: Collection[str], voucher: Party | None = None
) -> list[EnteredPartner]:
    """The partners of these sides that another side entered, as far as the reader may see them.

    `voucher`: the partner for which the reader acts by a link; otherwise one whose editor the reader is.
    """
    if not (survey_round.is_running and survey_round.checks_who_entered):
        return []
    rows = parties_visible_to(person).filter(pk__in=survey_round.sides.filter(key__in=keys).values("parties__party"))
    parties = list(
        rows.filter(organization__isnull=False).select_related("partnership", *BODIES).order_by("position", "pk")
    )
    entered = entered_by_other_side(survey_round.partnership, parties)
    unvouched = unvouched_parties(survey_round) if entered else {}
    vouches = Vouch.objects.filter(partnership=survey_round.partnership_id)
    vouches = vouches.select_related(*PARTY).order_by("pk")
    known_to: dict[int, list[Party]] = {}
    for vouch in vouches if entered else ():
        if vouch.party:
            known_to.setdefault(vouch.organization_id, []).append(vouch.party)
    found = []
    for party in parties:
        if party.pk in entered:
            if voucher is None:
                may_vouch = vouching_party(person, survey_round, party)
            else:
                may_vouch = voucher if voucher in who_may_vouch(survey_round, party) else None
            known = known_to.get(party.organization_id or 0, [])
            found.append(EnteredPartner(party, entered[party.pk], known, party.pk not in unvouched, may_vouch))
    return found


def who_may_be_named(
    person: Viewer, party: Party, *, along: Iterable[Contact] = ()
) -> list[tuple[str, Contact | Person]]:
    """(key, Person or Contact) for all who can answer for a partner, for its own editors.

    A reader with the partner's code gets only contacts that everyone sees, since the person who printed the code could
    use it. `along`: contacts that the reader knows of anyway.
    """
    members = people_of(party) if may_name_respondents(person, party) else people_of(party).none()
    people = [membership.person for membership in members.select_related("person").order_by("person__name", "pk")]
    contacts = contacts_with_address(person, {body_key(party)}).get(body_key(party), [])
    everyone: list[Contact | Person] = list(dict.fromkeys([*people, *along, *contacts]))
    asked = WhoCanAnswer(party, everyone)
    return [(f"{type_key(one)}:{one.pk}", one) for one in everyone if not asked.refusal(one)]


def contacts_known_to(contact: Contact, survey_round: Round, party: Party) -> list[Contact]:
    """The contacts of a partner that one of them may name by its personal link, besides those that everyone sees: itself, those
    that were proposed to the partner, and those that it named before.
    """
    rows = survey_round.respondents.filter(party=party, contact__isnull=False).select_related("contact").order_by("pk")
    return [contact, *(one.contact for one in rows if one.contact)]


def contact_with_address(party: Party, address: str) -> Contact | None:
    """The contact of a partner with this email address, for someone of that partner who typed it and so knows it."""
    rows = Contact.objects.filter(in_bodies({body_key(party)}), email__iexact=address.strip()).exclude(email="")
    return rows.order_by("pk").first()


def named_without_email(survey_round: Round, party: Party) -> list[tuple[str, Respondent]]:
    """(key, respondent) for people of a partner who answer with a code."""
    respondents = survey_round.respondents.filter(party=party).exclude(mark="").order_by("pk")
    return [(f"place:{one.pk}", one) for one in respondents]


def respondent_keys_of(survey_round: Round, party: Party, *, is_named: bool | None = None) -> list[str]:
    """The keys of the people who are named or proposed for a partner. `is_named`: only one of the two."""
    respondents = survey_round.respondents.filter(party=party).order_by("pk")
    return [_key_of(one) for one in respondents if is_named in (None, one.is_named)]


def _key_of(respondent: Respondent) -> str:
    if respondent.mark:
        return f"place:{respondent.pk}"
    return f"person:{respondent.person_id}" if respondent.person_id else f"contact:{respondent.contact_id}"


@dataclass(frozen=True)
class SideRespondents:
    """The respondent list as people of a side see it: `own`, each respondent of their side; `others`, (side's key, partner, how
    many).
    """

    own: list[Respondent]
    others: list[tuple[str, object, int]]


def side_respondents(person: Viewer, survey_round: Round, side: RoundSide, *, by_name: bool = True) -> SideRespondents:
    """The respondent list of the reader's own side by name, so that they can check it; of others, how many people each partner
    named.

    Only partners that the reader may see. `by_name` False: all in numbers, for a code that another side printed.
    """
    people = ("person", "contact", "follower_person", "follower_contact")
    own = survey_round.respondents.filter(side=side, is_named=True).select_related(*people, *PARTY)
    own = own.prefetch_related("objections")
    others = AskedParty.objects.filter(side__round=survey_round, asked__gt=0)
    own, others = (own, others.exclude(side=side)) if by_name else (own.none(), others)
    others = others.filter(party__in=parties_visible_to(person)).select_related("side", *PARTY)
    return SideRespondents(list(own), [(one.side.key, one.party, one.asked) for one in others.order_by("side", "pk")])


def respondents_seen(person: Viewer, survey_round: Round) -> list:
    """The respondents of a running round, for people who keep the record: never whether they have answered."""
    if not survey_round.is_answering or not (
        is_administrator(person) or may_read_all(person, survey_round.partnership)
    ):
        return []
    return list(survey_round.respondents.select_related("side", *PARTY))


def respondent(person: Viewer, pk: int) -> Respondent:
    """A respondent of a round that the person may see. Raises NotFound."""
    rows = Respondent.objects.filter(round__in=rounds_visible_to(person).values("pk"))
    respondent = rows.select_related("round__partnership__lead", "side", *PARTY).filter(pk=pk).first()
    if respondent is None:
        raise NotFound
    return respondent
