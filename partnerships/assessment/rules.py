"""Which rounds a person may see, which sides they belong to, and who may start a round."""

from collections.abc import Sequence
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from partnerships.assessment.choices import LEAD, NATION, OTHERS, CanceledAs
from partnerships.assessment.models import (
    AskedParty,
    Portfolio,
    PortfolioPlace,
    PublishingWord,
    Respondent,
    Round,
    RoundSide,
)
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    departments_written_by,
    is_administrator,
    jurisdictions_read_by,
    may_write_somewhere,
    organizations_written_by,
)
from partnerships.core.choices import Side
from partnerships.core.fields import InList
from partnerships.core.prepared import Placeholder, prepared_by_ids
from partnerships.directory.choices import JurisdictionKind
from partnerships.directory.models import Jurisdiction, body_key
from partnerships.registry import seats
from partnerships.registry.choices import Role
from partnerships.registry.models import Partnership, Party
from partnerships.registry.representatives import people_of
from partnerships.registry.rules import (
    PUBLIC_PARTY,
    may_edit_own_part,
    may_write_partnership,
    parties_visible_to,
    seated_partnership_ids,
    seats_held_by,
)

_BODIES = ("jurisdiction", "department__jurisdiction", "organization")

AtTable = TypeVar("AtTable", bound=Model)


def rounds_visible_to(person: Viewer) -> QuerySet[Round]:
    """The rounds of a partnership, for its lead's staff and the people of its parties; never for the public."""
    return _in_own_partnerships(Round.objects.all(), person)


def may_read_round_history(person: Viewer, survey_round: Round) -> bool:
    """Whether the person may read the history of a round: all who see the round, each their part (`round_history`)."""
    return rounds_visible_to(person).filter(pk=survey_round.pk).exists()


def portfolio_places_visible_to(person: Viewer) -> QuerySet[PortfolioPlace]:
    """The partnerships of portfolios whose rounds the person may see. A portfolio is visible only through them."""
    return _in_own_partnerships(PortfolioPlace.objects.all(), person)


def portfolios_visible_to(person: Viewer) -> QuerySet[Portfolio]:
    return Portfolio.objects.filter(pk__in=portfolio_places_visible_to(person).values("portfolio"))


def _in_own_partnerships(rows: QuerySet[AtTable], person: Viewer) -> QuerySet[AtTable]:
    """Limit rows that refer to a partnership to those in which the person takes part, or whose lead is theirs."""
    if is_administrator(person):
        return rows
    if not belongs_somewhere(person):
        return rows.none()
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    return rows.filter(led | Q(partnership__in=seated_partnership_ids(person)))


def may_start_round(person: Viewer, partnership: Partnership) -> bool:
    """Whether the person may start a round: the lead's editors, and after publication the editors of a partner that
    holds a seat.
    """
    return partnership.pk in startable_by(person, [partnership])


def startable_by(person: Viewer, partnerships: Sequence[Partnership]) -> set[int]:
    """The primary keys of those of these partnerships in which the person may start a round."""
    others = [one.pk for one in partnerships if not may_write_partnership(person, one)]
    found = {one.pk for one in partnerships} - set(others)
    if not others or not belongs_somewhere(person):
        return found
    own = seats_held_by(person).filter(seats.AT_WORK, partnership__in=others)
    own = own.select_related("partnership", "department")
    return found | {party.partnership_id for party in own if may_edit_own_part(person, party)}


def starts_for(person: Viewer, partnership: Partnership) -> Party | None:
    """The partner for which a person starts a round; None for the lead agency."""
    if person is None or may_write_partnership(person, partnership):
        return None
    own = seats_held_by(person).filter(partnership=partnership)
    rows = own.select_related("partnership", "department").order_by("position", "pk")
    return next((party for party in rows if may_edit_own_part(person, party)), None)


def public_name(party: Party | None) -> str:
    """The name of a partner for anyone who reads it; "" of an unlisted one, which not everyone may know of."""
    return str(party) if party and Party.objects.filter(PUBLIC_PARTY, pk=party.pk).exists() else ""


def cancel_role(person: Viewer, survey_round: Round) -> str:
    """The role in which a person may move or cancel this round (CanceledAs); "" when they may not.

    Editors of the partner that started it may, while it holds a seat; so may those of the lead agency if it started
    it, and administrators.
    """
    if is_administrator(person):
        return CanceledAs.ADMINISTRATOR
    if survey_round.started_by_lead:
        return CanceledAs.LEAD if may_write_partnership(person, survey_round.partnership) else ""
    party = Party.objects.filter(seats.holds_seat(), pk__in=[survey_round.started_by_id]).select_related(
        "partnership", "department"
    )
    return CanceledAs.PARTNER if any(may_edit_own_part(person, one) for one in party) else ""


def partners_of_side(side: RoundSide) -> QuerySet[Party]:
    """The partners of a side of a round that hold a seat today: those whose yes a cancellation needs."""
    return Party.objects.filter(seats.holds_seat(), pk__in=side.parties.filter(asked__gt=0).values("party"))


def agrees_for(person: Viewer, survey_round: Round) -> list[Party]:
    """The partners of a running round for which the person, as their editor, can agree to its cancellation."""
    rows = [party for side in survey_round.sides.all() for party in partners_of_side(side)]
    rows = Party.objects.filter(pk__in=[party.pk for party in rows]).select_related("partnership", "department")
    return [party for party in rows if person is not None and may_edit_own_part(person, party)]


def may_start_somewhere(person: Viewer) -> bool:
    """Whether the person is an editor of any office or organization."""
    return may_write_somewhere(person) or bool(departments_written_by(person) or organizations_written_by(person))


def askable_parties(*partnerships: Partnership) -> list[Party]:
    """The parties that can be asked: those that hold a seat today."""
    rows = Party.objects.filter(seats.holds_seat(), partnership__in=[one.pk for one in partnerships])
    return list(rows.select_related("partnership", *_BODIES).order_by("position", "pk"))


def sides_of(partnership: Partnership, parties: Sequence[Party]) -> tuple[dict[int, str], bool]:
    """(party's key → key of its side, whether the lead is compared with the others because all are of one side)."""
    keys = {party.pk: side_of(party) for party in parties}
    if len(set(keys.values())) != 1 or len(parties) < 2:
        return keys, False
    lead = _lead_party(partnership, parties)
    return {party.pk: LEAD if party == lead else OTHERS for party in parties}, True


def sides_at_table(partnership: Partnership) -> dict[Party, str]:
    """Party → key of its side, for all at the table, confirmed or not.

    The sides are those of a round that starts now, or of the running one that compares the lead: partners that are added
    while it is running change no one's side.
    """
    rows = Party.objects.filter(seats.at_table(), partnership=partnership).select_related("partnership", *_BODIES)
    parties = list(rows.order_by("position", "pk"))
    seated = [party for party in parties if seats.is_seated(party)]
    keys = dict(_sides_asked([partnership.pk]))
    if not keys:
        keys, compares_lead = sides_of(partnership, seated)
        if not compares_lead:
            return {party: side_of(party) for party in parties}
    compared = {side_of(party) for party in parties if party.pk in keys}
    lead = _lead_party(partnership, seated) if seated else None

    def side(party: Party) -> str:
        if side_of(party) not in compared:
            return side_of(party)
        return LEAD if party == lead else OTHERS

    return {party: keys.get(party.pk) or side(party) for party in parties}


@prepared_by_ids
def _sides_asked(ids: Placeholder) -> QuerySet:
    asked = AskedParty.objects.filter(InList("side__round__partnership", ids), side__round__compares_lead=True)
    asked = asked.filter(side__round__opened_at=None, side__round__cancelled_at=None)
    return asked.values_list("party", "side__key")


def side_of_jurisdiction(jurisdiction: Jurisdiction) -> str:
    """The side of a government: a tribal nation is a side of its own."""
    is_nation = jurisdiction.kind == JurisdictionKind.TRIBAL_NATION
    return f"{NATION}{jurisdiction.pk}" if is_nation else Side.GOVERNMENT.value


def side_of(party: Party) -> str:
    """The side of a party: a tribal nation and all its offices are a side of their own."""
    jurisdiction = party.jurisdiction or (party.department and party.department.jurisdiction)
    if jurisdiction and jurisdiction.kind == JurisdictionKind.TRIBAL_NATION:
        return f"{NATION}{jurisdiction.pk}"
    return str(party.side)


def _lead_party(partnership: Partnership, parties: Sequence[Party]) -> Party:
    """The party with the role of lead; otherwise the lead jurisdiction itself; otherwise the first party."""
    roles = partnership.roles.filter(role=Role.LEAD, ends_on=None).values_list("party", flat=True)
    by_role = [party for party in parties if party.pk in set(roles)]
    by_place = [party for party in parties if party.jurisdiction_id == partnership.lead_id]
    return [*by_role, *by_place, *parties][0]


# The two sides whose gap is measured, first minus second, by whether the lead is compared.
PAIRS = {True: (LEAD, OTHERS), False: (Side.GOVERNMENT.value, Side.COMMUNITY.value)}
COMPARED = (*PAIRS[True], *PAIRS[False])


def compared_sides(survey_round: Round) -> tuple[str, str]:
    return PAIRS[survey_round.compares_lead]


def own_sides_of(person: Viewer, survey_round: Round) -> set[str]:
    """Keys of the sides to which the person belongs: those for which their own offices and organizations were asked.

    The lead's staff belong to its side.
    """
    if not belongs_somewhere(person):
        return set()
    own = seats_held_by(person).filter(partnership=survey_round.partnership_id).values("pk")
    keys = set(survey_round.sides.filter(respondents__party__in=own).values_list("key", flat=True))
    lead = survey_round.partnership.lead
    if lead.pk in jurisdictions_read_by(person) and not _led_by_another(survey_round):
        is_nation = lead.kind == JurisdictionKind.TRIBAL_NATION and not survey_round.compares_lead
        keys.add(f"{NATION}{lead.pk}" if is_nation else compared_sides(survey_round)[0])
    return keys


def sides_held_by(person: Viewer, survey_round: Round) -> set[str]:
    """Keys of the sides of a running round on which the person's own offices and organizations hold a seat today, asked
    or not.
    """
    own = set(seats_held_by(person).filter(partnership=survey_round.partnership_id))
    return {key for party, key in sides_at_table(survey_round.partnership).items() if party in own} if own else set()


def _led_by_another(survey_round: Round) -> bool:
    """Whether the lead agency was one of the others in a round that compares the lead with them: it leads since then."""
    if not survey_round.compares_lead:
        return False
    lead = survey_round.partnership.lead_id
    own = Q(parties__party__jurisdiction=lead) | Q(parties__party__department__jurisdiction=lead)
    keys = set(survey_round.sides.filter(own).values_list("key", flat=True))
    return bool(keys) and LEAD not in keys


NOT_OF_PARTY = "They no longer have a role at the partner that they answer for."


def lost_reason(respondent: Respondent) -> str:
    """Why a respondent may no longer answer for their partner, as a message; "" when they may."""
    party = respondent.party
    if party is None or not seats.is_seated(party):
        return "The partner that they answer for has left the partnership."
    if respondent.person_id and not people_of(party).filter(person=respondent.person_id).exists():
        return NOT_OF_PARTY
    # one of the two moved when a record was split
    if respondent.contact and body_key(respondent.contact) != body_key(party):
        return NOT_OF_PARTY
    # they left and no one follows, or they left their answer
    if respondent.left_at and not (respondent.person_id or respondent.contact_id):
        return NOT_OF_PARTY
    return ""


def other_parties(respondent: Respondent) -> list[Party]:
    """The other parties at the table that a respondent can be asked about: those that they may know of.

    Respondents who answer with a code, or were named with one that another side printed, aren't asked.
    """
    if not respondent.round.ties or not respondent.of_party or respondent.mark or respondent.code_by_other_side:
        return []
    seen = set(
        parties_visible_to(respondent.person or AnonymousUser())
        .filter(partnership=respondent.round.partnership_id)
        .values_list("pk", flat=True)
    )
    return [
        party for party in askable_parties(respondent.round.partnership) if party.pk in seen - {respondent.party_id}
    ]


def published_rounds() -> QuerySet[Round]:
    """The rounds that everyone may read.

    They belong to a published partnership and are opened; both compared sides were asked; and each party asked for
    these sides agrees and is publicly visible.
    """
    words = PublishingWord.objects.filter(round=OuterRef(OuterRef("side__round")), party=OuterRef("pk"), agrees=True)
    agreed = Party.objects.filter(PUBLIC_PARTY).filter(Exists(words))
    asked = AskedParty.objects.filter(side__round=OuterRef("pk"), side__key__in=COMPARED, asked__gt=0)
    rows = Round.objects.filter(partnership__is_published=True, opened_at__isnull=False)
    for keys in zip(*PAIRS.values(), strict=True):
        rows = rows.filter(Exists(RoundSide.objects.filter(round=OuterRef("pk"), key__in=keys, asked__gt=0)))
    return rows.exclude(Exists(asked.exclude(party__in=agreed)))


@prepared_by_ids
def published_among(ids: Placeholder) -> QuerySet:
    """The primary keys of those of these rounds that everyone may read."""
    return published_rounds().filter(InList("pk", ids)).values_list("pk", flat=True)


def asked_parties(survey_round: Round) -> QuerySet[AskedParty]:
    """The parties whose people were asked for one of the compared sides, whether or not they answered or left."""
    return AskedParty.objects.filter(side__round=survey_round, side__key__in=compared_sides(survey_round), asked__gt=0)


def may_agree_to_publish(person: Viewer, survey_round: Round, party: Party) -> bool:
    """Whether the person may decide for this party if everyone may read the round.

    Its own editors may, after answers opened, if it was asked for one of the compared sides.
    """
    return bool(
        survey_round.opened_at and asked_parties(survey_round).filter(party=party).exists()
    ) and may_edit_own_part(person, party)


def may_record_for(person: Viewer, respondent: Respondent) -> bool:
    """Whether the person may record what a respondent answered: the lead's editors, and people who speak for the party
    itself.
    """
    if may_write_partnership(person, respondent.round.partnership):
        return True
    return respondent.party is not None and may_edit_own_part(person, respondent.party)
