"""Which rounds a person may see, which sides of one she reads from within, and who may start one."""

from django.db.models import Q

from partnerships.core import clock
from partnerships.core.access import belongs_somewhere, is_administrator, jurisdictions_read_by
from partnerships.core.choices import Side
from partnerships.directory.choices import JurisdictionKind
from partnerships.framework.choices import LEAD, NATION, OTHERS
from partnerships.framework.models import Round
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, Role
from partnerships.registry.models import Party
from partnerships.registry.rules import may_keep_part, may_write_partnership, own_parties_of
from partnerships.registry.speakers import people_of

_BODIES = ("jurisdiction", "department__jurisdiction", "organization")


def rounds_visible_to(person):
    """The rounds of a partnership for its lead's staff and for the people of its parties; never for the public."""
    if is_administrator(person):
        return Round.objects.all()
    if not belongs_somewhere(person):
        return Round.objects.none()
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    return Round.objects.filter(led | Q(partnership__in=own_parties_of(person).values("partnership")))


def may_start_round(person, partnership) -> bool:
    """The lead's editors; and, once it is published, whoever speaks for a party of it."""
    if may_write_partnership(person, partnership):
        return True
    own = own_parties_of(person).filter(partnership=partnership).select_related("partnership", "department")
    return any(may_keep_part(person, party) for party in own) if belongs_somewhere(person) else False


def at_the_table(partnership) -> list[Party]:
    """The parties that can be asked: those that have not left, and are not the office's secret."""
    rows = partnership.parties.exclude(circle__in=OFFICE_ONLY_CIRCLES).exclude(ends_on__lt=clock.today())
    return list(rows.select_related("partnership", *_BODIES).order_by("position", "pk"))


def sides_of(partnership, parties) -> tuple[dict[int, str], bool]:
    """(party's key → key of its side, whether the lead is compared with the others because all are of one side)."""
    keys = {party.pk: _side(party) for party in parties}
    if len(set(keys.values())) != 1 or len(parties) < 2:
        return keys, False
    lead = _lead(partnership, parties)
    return {party.pk: LEAD if party == lead else OTHERS for party in parties}, True


def _side(party) -> str:
    """A tribal nation, and every office of it, is a side of its own."""
    jurisdiction = party.jurisdiction or (party.department and party.department.jurisdiction)
    if jurisdiction and jurisdiction.kind == JurisdictionKind.TRIBAL_NATION:
        return f"{NATION}{jurisdiction.pk}"
    return str(party.side)


def _lead(partnership, parties):
    """Whoever has the role of the lead, else the lead jurisdiction itself, else who stands first."""
    roles = partnership.roles.filter(role=Role.LEAD, ends_on=None).values_list("party", flat=True)
    by_role = [party for party in parties if party.pk in set(roles)]
    by_place = [party for party in parties if party.jurisdiction_id == partnership.lead_id]
    return [*by_role, *by_place, *parties][0]


def pair_of(round) -> tuple[str, str]:
    """The two sides whose gap is measured, the first one less the second one."""
    return (LEAD, OTHERS) if round.compares_lead else (Side.GOVERNMENT.value, Side.COMMUNITY.value)


def sides_read_by(person, round) -> set[str]:
    """The sides to which the person belongs: those for which her own bodies were asked; the lead's staff are of its side."""
    if not belongs_somewhere(person):
        return set()
    own = own_parties_of(person).filter(partnership=round.partnership_id).values("pk")
    keys = set(round.sides.filter(respondents__party__in=own).values_list("key", flat=True))
    lead = round.partnership.lead
    if lead.pk in jurisdictions_read_by(person):
        is_nation = lead.kind == JurisdictionKind.TRIBAL_NATION and not round.compares_lead
        keys.add(f"{NATION}{lead.pk}" if is_nation else pair_of(round)[0])
    return keys


def lost_place(respondent) -> str:
    """Why someone who was asked has no say for their party any more; empty when they have."""
    party = respondent.party
    if party is None or party.circle in OFFICE_ONLY_CIRCLES or (party.ends_on and party.ends_on < clock.today()):
        return "The party that they answer for has left the partnership."
    if respondent.person_id and not people_of(party).filter(person=respondent.person_id).exists():
        return "They no longer belong to the party that they answer for."
    return ""


def may_take_down(person, place) -> bool:
    """May she write down what somebody answered: the lead's editors, and whoever speaks for the party itself."""
    if may_write_partnership(person, place.round.partnership):
        return True
    return place.party is not None and may_keep_part(person, place.party)
