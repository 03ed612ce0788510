"""The one rule for who has a seat: every right that comes with a seat uses `at_table` or `holds_seat`.

A partner is *at the table* as long as it hasn't left, hasn't said no, and isn't known to the office only. It may then
confirm or dispute the record and answer about its seat. It *holds a seat* after it has said yes, from its first day to
its last. The lead jurisdiction and its own departments need no yes. Other governments are named without one, except
tribal nations. A day is that of the registry's offices (LOCAL_ZONE), whatever the time zone of the lead agency is.
"""

from datetime import date

from django.db.models import F, Q

from partnerships.core import clock
from partnerships.directory.choices import JurisdictionKind
from partnerships.directory.rules import has_closed
from partnerships.registry.choices import GIVEN_UP, OFFICE_ONLY_CIRCLES, SeatState, Status
from partnerships.registry.models import Party

# May be named outside the office: it was approached and hasn't said no.
NAMED = ~Q(circle__in=OFFICE_ONLY_CIRCLES) & ~Q(state__in=GIVEN_UP)

# Needs no yes: the lead jurisdiction, which keeps the record, and its departments.
LEADS_OWN = Q(jurisdiction=F("partnership__lead")) | Q(department__jurisdiction=F("partnership__lead"))

# A tribal nation or one of its offices: another government's record names it only after its own yes.
OF_NATION = Q(jurisdiction__kind=JurisdictionKind.TRIBAL_NATION) | Q(
    department__jurisdiction__kind=JurisdictionKind.TRIBAL_NATION
)

# Has said yes, or needs no yes. Everyone else is marked as recorded by the office.
AGREED = Q(state=SeatState.CONFIRMED) | LEADS_OWN


def of_government(public_id: str) -> Q:
    """A Q for the parties of a government: itself and its departments."""
    return Q(jurisdiction__public_id=public_id) | Q(department__jurisdiction__public_id=public_id)


def at_table(day: date | None = None) -> Q:
    """Parties that are at the table on this day, by default today."""
    return NAMED & before_last_day(day)


def closed_partner() -> Q:
    """Parties whose department or organization has closed. They keep their seat until someone gives it an end date."""
    return has_closed("department__", "organization__")


def before_last_day(day: date | None = None) -> Q:
    """Parties whose last day hasn't passed on this day, by default today."""
    return Q(ends_on=None) | Q(ends_on__gte=day or clock.today())


def seated_between(first: date, last: date) -> Q:
    """Parties whose dates include a day from `first` to `last`. An unknown date is no limit."""
    began = Q(starts_on=None) | Q(starts_on__lte=last)
    return began & (Q(ends_on=None) | Q(ends_on__gte=first)) & NAMED


def holds_seat(day: date | None = None) -> Q:
    """Parties that hold a seat on this day, by default today."""
    day = day or clock.today()
    return at_table(day) & (Q(starts_on=None) | Q(starts_on__lte=day)) & AGREED


# Partners read what is meant for partners as long as they work together: the partnership is published and hasn't
# ended.
AT_WORK = Q(partnership__is_published=True) & ~Q(partnership__status=Status.ENDED)


def is_named(party: Party) -> bool:
    """`NAMED` for one party."""
    return party.circle not in OFFICE_ONLY_CIRCLES and party.state not in GIVEN_UP


def is_at_table(party: Party, day: date | None = None) -> bool:
    """`at_table` for one party."""
    return is_named(party) and (party.ends_on is None or party.ends_on >= (day or clock.today()))


def is_seated(party: Party, day: date | None = None) -> bool:
    """`holds_seat` for one party with its partnership and department."""
    day = day or clock.today()
    has_begun = party.starts_on is None or party.starts_on <= day
    return is_at_table(party, day) and has_begun and has_agreed(party)


def has_agreed(party: Party) -> bool:
    """`AGREED` for one party with its partnership and department."""
    return party.state == SeatState.CONFIRMED or needs_no_consent(party)


def needs_no_consent(party: Party) -> bool:
    """Whether a party is the lead jurisdiction itself or a department of it (`LEADS_OWN`, for one party)."""
    home = party.department.jurisdiction_id if party.department else party.jurisdiction_id
    return home == party.partnership.lead_id


def may_decline(party: Party) -> bool:
    """Whether this partner can refuse to be named in the record: an organization or a tribal nation.

    Other governments are named without a yes, and can dispute the record.
    """
    if party.organization_id:
        return True
    office = party.department.jurisdiction if party.department else party.jurisdiction
    return office is not None and office.kind == JurisdictionKind.TRIBAL_NATION


def possible_answers(party: Party) -> tuple:
    """The answers that this partner can give now, as the states they lead to. After a no, a yes is possible again."""
    if party.state in GIVEN_UP:
        return (SeatState.CONFIRMED,)
    if party.state == SeatState.CONFIRMED:
        return (SeatState.WITHDRAWN if may_decline(party) else SeatState.RECORDED,)
    return (SeatState.CONFIRMED, SeatState.DECLINED) if may_decline(party) else (SeatState.CONFIRMED,)
