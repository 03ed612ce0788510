"""Reads circles: who has a seat as one person may see it, empty expected seats, partners without recent meetings, past
quarters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext

from partnerships.assessment.models import AskedParty, PublishingWord, Round
from partnerships.assessment.rules import COMPARED, published_rounds
from partnerships.core import clock
from partnerships.core.access import Viewer, get_or_not_found, jurisdictions_read_by, prepared_list
from partnerships.core.choices import Side, Vocabulary
from partnerships.core.models import Change, type_key
from partnerships.directory.models import BODIES, Body, Department, IssueArea, Jurisdiction, Organization, Term
from partnerships.directory.queries import Branch, departments_of, relations_of, terms
from partnerships.directory.rules import LISTED, fields_shown, searchable_by
from partnerships.insight import circles
from partnerships.insight.models import CircleSnapshot, ExpectedSeat
from partnerships.insight.rules import expected_seats_visible_to, may_expect, snapshots_visible_to
from partnerships.meetings.attention import LIVELY, QUIET_AFTER, WITHOUT_RHYTHM
from partnerships.meetings.models import Attendance
from partnerships.meetings.rules import check_in_plans_visible_to, notes_visible_to
from partnerships.registry.choices import GIVEN_UP, Kind, Status
from partnerships.registry.models import Partnership, Party
from partnerships.registry.party_queries import parties_seen
from partnerships.registry.queries import records_on
from partnerships.registry.rules import may_read_all, parties_visible_to, unnamed_seats
from partnerships.registry.seats import at_table, has_agreed, is_named

MOST_PARTNERSHIPS = 100  # of an issue area in a place: those that changed last
_SIDES = tuple(Side)


def key_of(body: Body) -> tuple[str, int]:
    return type_key(body), body.pk


@dataclass
class PartnerSeen:
    """A partner, once, at its innermost circle.

    `quiet_since`: the last meeting that it attended, if that is longer ago than the rhythm of check-ins.
    `is_confirmed`: it confirmed a seat here; the office recorded the others.
    """

    entity: Body
    side: str
    circle: str
    roles: list[str] = field(default_factory=list)
    partnerships: list = field(default_factory=list)
    quiet_since: date | None = None
    is_confirmed: bool = False
    fills: list = field(default_factory=list)  # expected seats

    @property
    def key(self) -> tuple[str, int]:
        return key_of(self.entity)


@dataclass
class SeatSeen:
    seat: ExpectedSeat
    filled_by: list[PartnerSeen]

    @property
    def wanted(self) -> Body | Term:
        """Who it expects: a department, a jurisdiction or a term."""
        wanted = self.seat.department or self.seat.jurisdiction or self.seat.term
        assert wanted is not None  # a constraint of the table
        return wanted

    @property
    def side(self) -> str:
        term = self.seat.term
        if term is None:
            return Side.GOVERNMENT
        is_kind = term.vocabulary == Vocabulary.ORGANIZATION_KIND
        return Side.INSTITUTION if is_kind and term.key in circles.INSTITUTION_KINDS else Side.COMMUNITY


@dataclass
class CirclesSeen:
    """The circles of one or several partnerships.

    `partners` and `seats` are in the order of rings, then of sides. `taken_back` is for people who manage expected
    seats.
    """

    partnerships: Sequence[Partnership]
    partners: list[PartnerSeen]
    seats: list[SeatSeen]
    is_more: bool = False  # partnerships that are left out
    may_expect: bool = False
    taken_back: list = field(default_factory=list)
    unnamed: list = field(default_factory=list)  # (side, circle, value of WithheldName) of each seat without a name
    of_several: bool = False  # several partnerships of an issue area, combined

    @property
    def empty(self) -> list[SeatSeen]:
        return [one for one in self.seats if not one.filled_by]

    @property
    def share(self) -> circles.Share:
        sitting = [(one.side, one.circle, one.is_confirmed) for one in self.partners]
        empty = [one.seat.circle for one in self.empty]
        return circles.share(sitting, empty, self.unnamed, of_several=self.of_several)

    @property
    def now(self) -> dict:
        return {one.key: one.circle for one in self.partners}


def circles_of(
    person: Viewer, partnership: Partnership, parties: Sequence[Party] | None = None, *, all_listed: bool = False
) -> CirclesSeen:
    """The circles of one partnership that the person may see.

    `parties`: its `parties_seen`, if they were read already. `all_listed`: whether its document says that it lists all.
    """
    scope = {"partnership": partnership}
    return _circles_seen(person, [partnership], partnership.lead, scope, parties, all_listed=all_listed)


def circles_in(person: Viewer, area: IssueArea, jurisdiction: Jurisdiction) -> CirclesSeen:
    """The circles of an issue area in a place.

    These combine the active partnerships at or below the area that the jurisdiction leads, or one within it.
    """
    found = records_on(person, area, most=MOST_PARTNERSHIPS + 1, within=jurisdiction)
    combined = _circles_seen(
        person, found[:MOST_PARTNERSHIPS], jurisdiction, {"issue_area": area, "office": jurisdiction}
    )
    combined.is_more = len(found) > MOST_PARTNERSHIPS
    return combined


def _circles_seen(
    person: Viewer,
    partnerships: Sequence[Partnership],
    office: Jurisdiction,
    scope: dict[str, Any],
    parties: Sequence[Party] | None = None,
    *,
    all_listed: bool = False,
) -> CirclesSeen:
    on_several = "issue_area" in scope
    shown = [one for one in partnerships if not on_several or one.status != Status.ENDED]
    parties = parties_seen(person, shown) if parties is None else parties
    parties = [party for party in parties if party.state not in GIVEN_UP and not _has_left(party)]
    partners = _partners_seen(
        parties, {one.pk: one for one in shown}, _last_met(person, parties), _limits(person, shown)
    )
    rows = expected_seats_visible_to(person).filter(**scope)
    rows = list(rows.select_related("department", "jurisdiction", "term", "declared_by", "office"))
    open_seats = [seat for seat in rows if seat.taken_back_on is None]
    sitting = [partner for partner in partners if circles.has_seat(partner.circle)]
    matching_keys = dict(enumerate(_matching_keys_of(person, sitting) if open_seats else ()))
    filled = circles.fill_seats({seat.pk: _wanted_key(seat) for seat in open_seats}, matching_keys)
    seats = [SeatSeen(seat, [sitting[n] for n in filled[seat.pk]]) for seat in open_seats]
    for one in seats:
        for partner in one.filled_by:
            partner.fills.append(one)
    found = CirclesSeen(
        partnerships, partners, sorted(seats, key=lambda one: _order(one.seat.circle, one.side, one.wanted))
    )
    found.unnamed, found.of_several = [] if all_listed else withheld_seats(person, shown), on_several
    if may_expect(person, office):
        found.may_expect = True
        found.taken_back = [SeatSeen(seat, []) for seat in rows if seat.taken_back_on]
    return found


def withheld_seats(person: Viewer, partnerships: Sequence[Partnership | int]) -> list[tuple]:
    """(side, circle, value of WithheldName) of each seat of these partnerships that lost its name.

    Each counts by itself: combining two of one holder would reveal something about the holder.
    """
    rows = unnamed_seats(person).filter(partnership__in=partnerships).order_by()
    return list(rows.values_list("side", "circle", "unnamed"))


def has_withdrawn_round(partnership: Partnership) -> bool:
    """Whether a public round is no longer shown because an asked partner lost its name, although all asked partners
    still agree.
    """
    asked = AskedParty.objects.filter(side__round=OuterRef("pk"), side__key__in=COMPARED)
    words = PublishingWord.objects.filter(round=OuterRef("side__round"), party=OuterRef("party"), agrees=True)
    rows = Round.objects.filter(partnership=partnership, opened_at__isnull=False)
    rows = rows.exclude(Exists(asked.exclude(Exists(words)))).exclude(pk__in=published_rounds().values("pk"))
    return rows.filter(Exists(asked.filter(party__in=unnamed_seats(None).values("pk")))).exists()


def _order(circle: str, side: str, name: Body | Term) -> tuple[int, int, str]:
    return circles.ORDER.index(circle), _SIDES.index(Side(side)), str(name)


def _has_left(party: Party) -> bool:
    return party.ends_on is not None and party.ends_on < clock.today()


def _partners_seen(
    parties: Sequence[Party], partnerships: dict[int, Partnership], last_met: dict[int, date], limits: dict[int, int]
) -> list[PartnerSeen]:
    """Each partner once.

    It is quiet if it attended none of its partnerships' meetings for as long as the shortest rhythm.
    """
    by_body: dict = {}
    for party in parties:
        by_body.setdefault(key_of(party.entity), []).append(party)
    today, partners = clock.today(), []
    for own in by_body.values():
        partner = PartnerSeen(own[0].entity, own[0].side, circles.innermost([party.circle for party in own]))
        partner.is_confirmed = any(has_agreed(party) for party in own if party.circle == partner.circle)
        seated = [party for party in own if circles.has_seat(party.circle)] or own
        partner.partnerships = [partnerships[party.partnership_id] for party in seated]
        partner.roles = list(dict.fromkeys(r.role for party in seated for r in party.roles.all() if r.ends_on is None))
        met = max((last_met[party.pk] for party in seated if party.pk in last_met), default=None)
        rhythms = [limits[party.partnership_id] for party in seated if party.partnership_id in limits]
        if rhythms and circles.has_seat(partner.circle):
            partner.quiet_since = circles.quiet_since(met, min(rhythms), today)
        partners.append(partner)
    return sorted(partners, key=lambda one: _order(one.circle, one.side, one.entity))


def _last_met(person: Viewer, parties: Sequence[Party]) -> dict[int, date]:
    """Party → the last meeting that it attended, if the person may read the attendance."""
    came = Attendance.objects.filter(came=True, party__in=parties, meeting__in=notes_visible_to(person).values("pk"))
    return dict(came.values_list("party").annotate(Max("meeting__date")).order_by())


def _limits(person: Viewer, partnerships: Sequence[Partnership]) -> dict[int, int]:
    """Partnership → days after which its parties count as quiet.

    By the shortest rhythm of its check-ins that the person may see. Paused and ended partnerships have no limit.
    """
    limits = {one.pk: WITHOUT_RHYTHM for one in partnerships if one.status in LIVELY}
    plans = check_in_plans_visible_to(person).filter(partnership__in=list(limits), is_active=True)
    rhythms: dict = {}
    for partnership, rhythm in plans.values_list("partnership", "rhythm"):
        rhythms.setdefault(partnership, []).append(QUIET_AFTER[rhythm])
    return limits | {partnership: min(days) for partnership, days in rhythms.items()}


def _wanted_key(seat: ExpectedSeat) -> tuple[str, int]:
    name = next(name for name in ("department", "jurisdiction", "term") if getattr(seat, f"{name}_id"))
    return name, getattr(seat, f"{name}_id")


def _matching_keys_of(person: Viewer, partners: Sequence[PartnerSeen]) -> list[set]:
    """The keys of expected seats that each partner matches, by what it shows to this reader.

    They are itself, the jurisdiction of a department, and an organization's kind, leadership and communities.
    """
    organizations = [partner.entity for partner in partners if isinstance(partner.entity, Organization)]
    shown, lists = fields_shown(person, organizations), _terms_of(organizations)
    return [
        _matching_keys(partner.entity, shown.get(partner.entity.pk, ()), partner.key, lists) for partner in partners
    ]


def _terms_of(organizations: Sequence[Organization]) -> dict[tuple[str, int], set[int]]:
    """(name of the list, organization) → the terms of its communities, and of who leads it. One query."""
    found: dict[tuple[str, int], set[int]] = {}
    tables = {"communities": Organization.communities.through, "led_by": Organization.led_by.through}
    rows = [
        table._default_manager.filter(organization__in=organizations).values_list(Value(name), "organization", "term")
        for name, table in tables.items()
    ]
    for name, organization, term in rows[0].union(rows[1], all=True):
        found.setdefault((name, organization), set()).add(term)
    return found


def _matching_keys(
    entity: Body, shown: Iterable[str], key: tuple[str, int], lists: dict[tuple[str, int], set[int]]
) -> set:
    if isinstance(entity, Department):
        return {key, ("jurisdiction", entity.jurisdiction_id)}
    if isinstance(entity, Jurisdiction):
        return {key}
    kind = {entity.kind_id} if "kind" in shown else set()
    terms = [lists.get((name, entity.pk), set()) for name in ("communities", "led_by") if name in shown]
    return {("term", pk) for pk in kind.union(*terms)}


# Expected seats


def empty_seats_of(person: Viewer, *, most: int) -> list[ExpectedSeat]:
    """Empty seats in the two inner rings that the person's own offices expect, oldest first. One query.

    A seat is empty as far as its possible holders are publicly visible.
    """
    return _empty_seats(person, most) if jurisdictions_read_by(person) else []


@prepared_list
def _empty_seats(person: Viewer, most: int) -> QuerySet[ExpectedSeat]:
    own = jurisdictions_read_by(person)
    mine = Q(partnership__lead__in=own) | Q(partnership=None, office__in=own)  # as in `rules.office_of`
    seats = expected_seats_visible_to(person).filter(mine, taken_back_on=None)
    return _unfilled_seats(person, seats.filter(circle__in=circles.INNER))[:most]


def empty_seats_at(
    person: Viewer, partnerships: Sequence[int], office: Jurisdiction, *, most: int
) -> list[ExpectedSeat]:
    """Empty seats in any ring that are expected in these partnerships, or by the office on an issue area."""
    at = Q(partnership__in=partnerships) | Q(office=office, partnership=None)
    return list(_unfilled_seats(person, expected_seats_visible_to(person).filter(at, taken_back_on=None))[:most])


def _unfilled_seats(person: Viewer, seats: QuerySet[ExpectedSeat]) -> QuerySet[ExpectedSeat]:
    """Those of these seats that no one holds, in partnerships that haven't ended, oldest first."""
    here = parties_visible_to(person).filter(at_table()).exclude(partnership__status=Status.ENDED)
    at_it = Q(partnership=OuterRef("partnership"))
    around = Q(
        partnership__lead=OuterRef("office"), partnership__issue_areas__path__startswith=OuterRef("issue_area__path")
    )
    who = Q(department=OuterRef("department")) | Q(jurisdiction=OuterRef("jurisdiction"))
    who |= Q(department__jurisdiction=OuterRef("jurisdiction"))
    for name in ("kind", "communities", "led_by"):
        shown = Organization.objects.filter(searchable_by(person, name)).values("pk")
        who |= Q(**{f"organization__{name}": OuterRef("term")}, organization__in=shown)
    here = here.filter(who)
    rows = seats.exclude(partnership__status=Status.ENDED)
    rows = rows.exclude(Exists(here.filter(at_it))).exclude(Exists(here.filter(around)))
    rows = rows.select_related("partnership__lead", "issue_area", "office", "department", "jurisdiction", "term")
    return rows.order_by("declared_on", "pk")


def seat_of(person: Viewer, public_id: str) -> ExpectedSeat:
    """One expected seat with its partnership. Raises NotFound or MistypedId."""
    rows = expected_seats_visible_to(person).select_related("partnership__lead", "issue_area", "office")
    return get_or_not_found(rows.select_related("department", "jurisdiction", "term"), public_id)


def who_may_be_expected(office: Jurisdiction) -> list[tuple[str, list]]:
    """Who this office can expect, in groups: (group name, rows). Never a named organization."""
    near = [other for rows in relations_of(office).values() for other in rows]
    parent = office.parent
    near += [parent] if isinstance(parent, Jurisdiction) and parent not in near else []
    branches = departments_of(office)
    return [
        (
            gettext("Departments of %(office)s") % {"office": office},
            [one for branch in branches for one in _departments_in(branch)],
        ),
        (gettext("Neighboring governments"), near),
        (gettext("A kind of organization"), list(terms(Vocabulary.ORGANIZATION_KIND))),
        (gettext("A community"), list(terms(Vocabulary.COMMUNITY))),
    ]


def _departments_in(branch: Branch) -> Iterator[Department]:
    yield branch.record
    for below in branch.below:
        yield from _departments_in(below)


# Earlier quarters


def quarters_of(person: Viewer, partnerships: Sequence[Partnership]) -> list[date]:
    """The quarters with snapshots that the person may see, latest first."""
    rows = snapshots_visible_to(person).filter(partnership__in=partnerships, quarter_on__lt=clock.today())
    return list(rows.order_by("-quarter_on").values_list("quarter_on", flat=True).distinct())


def changes_since(person: Viewer, circles_seen: CirclesSeen, quarter: date) -> tuple[circles.CircleChanges, dict]:
    """What changed since the first day of a quarter, and the office or organization by key.

    A seat whose party the person can't see now has no name. It only counts for its own office, or if everyone could
    see it then.
    """
    rows = snapshots_visible_to(person).filter(partnership__in=circles_seen.partnerships, quarter_on=quarter)
    rows = list(rows.select_related("partnership", "party"))
    seen = parties_visible_to(person).filter(pk__in=[row.party_id for row in rows]).select_related(*BODIES)
    entities = {party.pk: party.entity for party in seen}
    before: dict = {}
    hidden = []
    for row in rows:
        if row.party_id in entities:
            before.setdefault(key_of(entities[row.party_id]), []).append(row.circle)
        else:
            hidden.append(row)
    before = {key: circles.innermost(rings) for key, rings in before.items()}
    names = {
        key_of(body): body for body in [*entities.values(), *(partner.entity for partner in circles_seen.partners)]
    }
    return circles.compare(before, circles_seen.now, gone=len(_counted_though_hidden(person, hidden, quarter))), names


def _counted_though_hidden(person: Viewer, hidden: Sequence[CircleSnapshot], quarter: date) -> set:
    """Of seats whose party the person can't see, those that they may know were there: one key for each that counts.

    The staff of the lead know of all. Of other organizations, only those count that were listed then and unlisted
    themselves since, once each.
    """
    own = {one.pk for one in {row.partnership for row in hidden} if may_read_all(person, one)}
    others = [(row, row.party) for row in hidden if row.partnership_id not in own and row.party is not None]
    named = {
        party.organization_id
        for row, party in others
        if party.organization_id and row.partnership.kind != Kind.ORGANIZING and is_named(party)
    }
    withdrawn = _listed_then(named, quarter)
    counted = {("seat", row.pk) for row in hidden if row.partnership_id in own}
    return counted | {("body", pk) for pk in named & withdrawn}


def _listed_then(organizations: set[int], quarter: date) -> set[int]:
    """Of organizations that are unlisted now, those listed on that day, by the first change since."""
    log = Change.objects.filter(
        Q(before__has_key="listing"), record_type="organization", record_id__in=organizations, at__date__gte=quarter
    )
    first: dict = {}
    for pk, before in log.order_by("pk").values_list("record_id", "before"):
        first.setdefault(pk, before["listing"])
    return {pk for pk, listing in first.items() if listing in LISTED}
