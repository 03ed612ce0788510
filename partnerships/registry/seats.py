"""The one rule for who has a seat: every right that a seat gives asks `at_table` or `holds_seat`.

A partner is *at the table* while it has not left, has not said no, and is not one of those that only the office knows of. It
may confirm or dispute the record then, and say yes or no to its seat. It *holds a seat* once it has said yes, from its first day
to its last. The lead jurisdiction and its own departments need no yes. Another government is named without one, but not a tribal
nation. Days are UTC's.
"""

from datetime import date

from django.db.models import F, Q

from partnerships.core import clock
from partnerships.directory.choices import JurisdictionKind
from partnerships.registry.choices import GIVEN_UP, OFFICE_ONLY_CIRCLES, SeatState, Status

# May be named outside the office: it was approached and has not said no.
NAMED = ~Q(circle__in=OFFICE_ONLY_CIRCLES) & ~Q(state__in=GIVEN_UP)

# Needs no yes: the lead jurisdiction, which keeps the record, and its departments.
LEADS_OWN = Q(jurisdiction=F("partnership__lead")) | Q(department__jurisdiction=F("partnership__lead"))

# A tribal nation, or an office of one: its own yes puts its name into another government's record.
OF_NATION = Q(jurisdiction__kind=JurisdictionKind.TRIBAL_NATION) | Q(
    department__jurisdiction__kind=JurisdictionKind.TRIBAL_NATION
)

# Has said yes, or needs no yes. Everyone else is marked as recorded by the office.
AGREED = Q(state=SeatState.CONFIRMED) | LEADS_OWN


def at_table(day=None) -> Q:
    """Parties that have a place at the table on this day, today by default."""
    return NAMED & not_left(day)


def not_left(day=None) -> Q:
    """Parties whose last day hasn't passed on this day, today by default."""
    return Q(ends_on=None) | Q(ends_on__gte=day or clock.today())


def seated_between(first: date, last: date) -> Q:
    """Parties that sit on some day from `first` to `last`, as far as their own days say. A day that is not known is no bound."""
    began = Q(starts_on=None) | Q(starts_on__lte=last)
    return began & (Q(ends_on=None) | Q(ends_on__gte=first)) & NAMED


def holds_seat(day=None) -> Q:
    """Parties that hold a seat on this day, today by default."""
    day = day or clock.today()
    return at_table(day) & (Q(starts_on=None) | Q(starts_on__lte=day)) & AGREED


# Partners read what is for partners as long as they work together: the partnership is published and has not ended.
AT_WORK = Q(partnership__is_published=True) & ~Q(partnership__status=Status.ENDED)


def is_named(party) -> bool:
    """`NAMED` of one party."""
    return party.circle not in OFFICE_ONLY_CIRCLES and party.state not in GIVEN_UP


def is_at_table(party, day=None) -> bool:
    """`at_table` of one party."""
    return is_named(party) and (party.ends_on is None or party.ends_on >= (day or clock.today()))


def is_seated(party, day=None) -> bool:
    """`holds_seat` of one party, which names its partnership and department."""
    day = day or clock.today()
    has_begun = party.starts_on is None or party.starts_on <= day
    return is_at_table(party, day) and has_begun and has_agreed(party)


def has_agreed(party) -> bool:
    """`AGREED` of one party, which names its partnership and department."""
    return party.state == SeatState.CONFIRMED or needs_no_yes(party)


def needs_no_yes(party) -> bool:
    """`LEADS_OWN` of one party."""
    home = party.department.jurisdiction_id if party.department_id else party.jurisdiction_id
    return home == party.partnership.lead_id


def may_say_no(party) -> bool:
    """Whether its name in the record is this partner's to refuse: that of an organization or a tribal nation. Another government
    is named without a yes, and may dispute the record."""
    if party.organization_id:
        return True
    return (party.jurisdiction or party.department.jurisdiction).kind == JurisdictionKind.TRIBAL_NATION


def answers_to(party) -> tuple:
    """The answers that this partner may give now, as the states that they lead to. One who said no may say yes again."""
    if party.state in GIVEN_UP:
        return (SeatState.CONFIRMED,)
    if party.state == SeatState.CONFIRMED:
        return (SeatState.WITHDRAWN if may_say_no(party) else SeatState.RECORDED,)
    return (SeatState.CONFIRMED, SeatState.DECLINED) if may_say_no(party) else (SeatState.CONFIRMED,)
