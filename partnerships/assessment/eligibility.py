"""Who can be a respondent.

With n answers, no display protects the last one from n − 1 people who compare theirs. So this protects it: the partner
confirmed its seat some time ago, and its respondents are its own people, each with an address of their own, who don't
belong to another side of the same partnership.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q, prefetch_related_objects
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext

from partnerships.accounts.models import Membership, Person
from partnerships.assessment.choices import CONFIRMED_DAYS, LEAD, OTHERS
from partnerships.assessment.rules import side_of, side_of_jurisdiction, sides_at_table
from partnerships.core import clock
from partnerships.core.access import Viewer, is_administrator
from partnerships.core.models import Change
from partnerships.directory.models import Contact, body_key, in_bodies, is_closed
from partnerships.mail.message import mailbox_of
from partnerships.registry import seats
from partnerships.registry.choices import ConsentWay
from partnerships.registry.models import Partnership, Party, SeatConsent
from partnerships.registry.representatives import people_of
from partnerships.registry.rules import latest_answers, may_edit_own_part


def partner_refusal(party: Party, day: date) -> str:
    """Why no one can be asked for this partner in a round that starts on this day, as a message; "" when they can."""
    return partner_refusals([party], day)[party.pk]


def partner_refusals(parties: Sequence[Party], day: date) -> dict[int, str]:
    """`partner_refusal` for many partners: primary key → message, with as many queries as for one.

    Each needs its partnership, department and organization.
    """
    asked = [party for party in parties if seats.is_seated(party) and not seats.needs_no_consent(party)]
    partnership_ids = {party.partnership_id for party in asked}
    latest = latest_answers(partnership_ids, along=("by",)) if partnership_ids else {}
    prefetch_related_objects([consent.by for consent in latest.values() if consent.by], "memberships")
    others = _bodies_by_side(partnership_ids) if any(consent.by for consent in latest.values()) else {}
    led = [consent for consent in latest.values() if consent.way == ConsentWay.LED]
    took_over = _took_over({consent.partnership_id for consent in led}) if led else []
    found = {party.pk: "" for party in parties}
    for party in parties:
        if is_closed(party.department or party.organization, day):
            found[party.pk] = gettext("%(party)s has closed.") % {"party": party}
        elif not seats.has_agreed(party):
            found[party.pk] = gettext("%(party)s hasn’t confirmed its seat yet.") % {"party": party}
        elif not seats.is_seated(party):
            words = gettext("%(party)s doesn’t hold a seat in this partnership today.")
            found[party.pk] = words % {"party": party}
    for party in asked:
        consent = latest.get((party.partnership_id, *body_key(party)))
        if consent is not None and not _is_without_asking(consent, party, took_over):
            found[party.pk] = _why_consent_does_not_count(consent, party, day, others.get(party.partnership_id, []))
    return found


def _took_over(partnership_ids: set[int]) -> list[tuple[int, str, datetime]]:
    """(partnership's key, public id of the government that became its lead agency, when), for each hand-over."""
    rows = Change.objects.filter(record_type="partnership", record_id__in=partnership_ids, before__has_key="lead")
    return list(rows.values_list("record_id", "after__lead", "at"))


def _is_without_asking(consent: SeatConsent, party: Party, took_over: Sequence[tuple[int, str, datetime]]) -> bool:
    """Whether a seat was confirmed without anyone asking, when there was no one who could have made up the partner.

    Not that of a government that was the lead agency for a few days only: handing over and back would be a way to
    confirm any of its departments at once.
    """
    if consent.way != ConsentWay.LED:
        return consent.way == ConsentWay.EARLIER
    home = party.department.jurisdiction if party.department else party.jurisdiction
    here = (party.partnership_id, home.public_id if home else "")
    since = consent.at - timedelta(days=CONFIRMED_DAYS)
    return not any((pk, lead) == here and since < at <= consent.at for pk, lead, at in took_over)


def _bodies_by_side(partnership_ids: set[int]) -> dict[int, list[tuple[str, tuple[str, int]]]]:
    """Partnership's key → (its side, its office or organization as `body_key`) for each party at the table."""
    rows = Party.objects.filter(seats.at_table(), partnership__in=partnership_ids)
    found: dict = {}
    for one in rows.select_related("partnership", "jurisdiction", "department__jurisdiction"):
        found.setdefault(one.partnership_id, []).append((side_of(one), body_key(one)))
    return found


def _why_consent_does_not_count(
    consent: SeatConsent, party: Party, day: date, bodies: Iterable[tuple[str, tuple[str, int]]]
) -> str:
    """Why the consent to a seat doesn't count for rounds on this day, as a message; "" if it does.

    It has to be some time old, and not from a person of another side.
    """
    if clock.day_of(consent.at) > day - timedelta(days=CONFIRMED_DAYS):
        first = date_format(clock.day_of(consent.at) + timedelta(days=CONFIRMED_DAYS), gettext("F j, Y"))
        words = gettext(
            "%(party)s confirmed its seat less than %(days)s days ago. It can take part in rounds from %(day)s on."
        )
        return words % {"party": party, "days": CONFIRMED_DAYS, "day": first}
    others = {body for side, body in bodies if side != side_of(party)} | {("jurisdiction", party.partnership.lead_id)}
    if consent.by and any(body_key(membership) in others for membership in consent.by.memberships.all()):
        words = gettext(
            "Someone of another side agreed to the seat of %(party)s. It can take part once its own people have."
        )
        return words % {"party": party}
    return ""


def bodies_of_other_sides(party: Party) -> set[tuple]:
    """The offices and organizations at the table of other sides than this partner's, including the lead agency if it
    is one.
    """
    sides, rows = _sides_and_bodies(party.partnership)
    own = {body for side, body in rows if side == sides.get(party)}
    return {body for _, body in rows} - own


def _sides_and_bodies(partnership: Partnership) -> tuple[dict[Party, str], list[tuple[str, tuple[str, int]]]]:
    """(party → its side, [(side, an office or organization of it as `body_key`)]): all at the table, and the lead agency
    unless it could be compared with the others.
    """
    sides = sides_at_table(partnership)
    rows = [(side, body_key(party)) for party, side in sides.items()]
    side_of_lead = side_of_jurisdiction(partnership.lead)
    if not any(side in (LEAD, OTHERS) and side_of(party) == side_of_lead for party, side in sides.items()):
        rows.append((side_of_lead, ("jurisdiction", partnership.lead_id)))
    return sides, rows


def of_other_sides(party: Party) -> Q:
    """A Q for members and contacts of other sides at the table, including the lead agency and all of its departments if
    it is another side.
    """
    bodies, lead = bodies_of_other_sides(party), party.partnership.lead
    is_other = ("jurisdiction", lead.pk) in bodies and side_of_jurisdiction(lead) != side_of(party)
    departments = Q(department__jurisdiction=lead) if is_other else Q(pk__in=())
    return in_bodies(bodies) | departments


def mailboxes_of_other_sides(party: Party) -> set[str]:
    """The mailboxes of members and contacts of other sides (`of_other_sides`).

    Variants of one address reach the same mailbox, so mailboxes are compared.
    """
    others = of_other_sides(party)
    members = Membership.objects.filter(others).values_list("person__email", flat=True)
    contacts = Contact.objects.filter(others).exclude(email="").values_list("email", flat=True)
    return {mailbox_of(address) for address in {*members, *contacts}}


def person_refusal(someone: Contact | Person, party: Party) -> str:
    """Why this Person or Contact can't answer for a partner, as a message; "" when they can."""
    return WhoCanAnswer(party, [someone]).refusal(someone)


class WhoCanAnswer:
    """Who of these people can answer for a partner. Asks the database as often for many as for one."""

    def __init__(self, party: Party, people: Sequence[Contact | Person]):
        self.party = party
        ids = {one.pk for one in people if isinstance(one, Person)}
        self.members = set(people_of(party).filter(person__in=ids).values_list("person", flat=True)) if ids else set()
        addresses = {one.email.lower() for one in people if isinstance(one, Contact)} - {""}
        rows = Person.objects.annotate(address=Lower("email")).filter(address__in=addresses) if addresses else []
        self.accounts = {one.email.lower(): one for one in rows}
        ids |= {one.pk for one in self.accounts.values()}
        self.bodies: dict[int, set] = {}
        for membership in Membership.objects.filter(person__in=ids) if ids else ():
            self.bodies.setdefault(membership.person_id, set()).add(body_key(membership))
        sides, self.at_table = _sides_and_bodies(party.partnership) if self.bodies else ({}, [])
        self.own_side = sides.get(party)

    def refusal(self, someone: Contact | Person, taken: Container[str] = ()) -> str:
        """Why this one of them can't answer, as a message; "" when they can. `taken`: the mailboxes of other respondents."""
        account: Person | None
        if isinstance(someone, Contact):
            if body_key(someone) != body_key(self.party) or not someone.email:
                words = gettext("%(who)s isn’t a contact of %(party)s with an email address.")
                return words % {"who": someone, "party": self.party}
            account = self.accounts.get(someone.email.lower())
        else:
            if someone.pk not in self.members:
                return gettext("%(who)s doesn’t belong to %(party)s.") % {"who": someone, "party": self.party}
            account = someone
        if mailbox_of(someone.email) in taken:
            words = gettext(
                "%(who)s has the same email address as someone else who is asked. Each person needs their own."
            )
            return words % {"who": someone}
        if account and self._belongs_to_another_side(account):
            words = gettext(
                "%(who)s also belongs to another side of this partnership, so they can’t answer for %(party)s."
            )
            return words % {"who": someone, "party": self.party}
        return ""

    def _belongs_to_another_side(self, account: Person) -> bool:
        bodies = self.bodies.get(account.pk, set())
        if is_administrator(account):
            return bool(bodies)
        return bool({side for side, body in self.at_table if body in bodies} - {self.own_side})


def may_name_respondents(person: Viewer, party: Party) -> bool:
    """Whether the person names the respondents of a partner: its own editors who belong to no other side."""
    return may_edit_own_part(person, party) and is_on_this_side_only(person, party)


def is_on_this_side_only(person: Viewer, party: Party) -> bool:
    """Whether the person belongs to the side of this partner and to no other side."""
    if is_administrator(person) or not isinstance(person, Person):
        return False
    sides, rows = _sides_and_bodies(party.partnership)
    bodies = {body_key(row) for row in person.memberships.all()}
    return {side for side, body in rows if body in bodies} == {sides.get(party)}
