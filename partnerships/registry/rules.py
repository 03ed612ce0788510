"""Which partnerships and parties a person may see, and which they may change."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet

from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    departments_of,
    departments_written_by,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
    may_write_somewhere,
    of_own_bodies,
    organizations_of,
    organizations_written_by,
    speaks_for_itself,
)
from partnerships.core.models import Record
from partnerships.directory.choices import Listing
from partnerships.directory.hooks import partners_of
from partnerships.directory.models import Contact, Jurisdiction, Organization, body_key
from partnerships.registry import seats
from partnerships.registry.choices import GIVEN_UP, OFFICE_ONLY_CIRCLES, ConsentWay, Kind, SeatState, Status
from partnerships.registry.models import DraftShare, Partnership, Party, PartyNote, Remark, SeatConsent

# What everyone may see of the parties of a published partnership: a government always, a tribal nation after its own
# yes; an organization when it is listed, and in outside organizing only after its own yes to this seat. Parties not
# yet approached, or that said no, are named only in the office.
PUBLIC_IF_LISTED = ~Q(partnership__kind=Kind.ORGANIZING) | Q(state=SeatState.CONFIRMED)
PUBLIC_PARTY = (
    Q(organization__isnull=True) & (~seats.OF_NATION | seats.AGREED)
    | Q(organization__listing__in=(Listing.PROFILED, Listing.NAMED)) & PUBLIC_IF_LISTED
) & seats.NAMED


def partnerships_visible_to(person: Viewer) -> QuerySet[Partnership]:
    """Published records for everyone; drafts for the staff of the lead, and for those they are shared with."""
    if is_administrator(person):
        return Partnership.objects.all()
    if not belongs_somewhere(person):
        return Partnership.objects.filter(is_published=True)
    return Partnership.objects.filter(
        Q(is_published=True) | Q(lead__in=jurisdictions_read_by(person)) | Q(pk__in=_shared_drafts(person))
    )


def _shared_drafts(person: Viewer) -> QuerySet[DraftShare, Any]:
    """The partnerships whose draft is shared with an office or organization of the person."""
    return DraftShare.objects.filter(of_own_bodies(person)).values("partnership")


def parties_visible_to(person: Viewer) -> QuerySet[Party]:
    """Parties of the partnerships that the person may see. A party that they may not see is left out completely.

    Members see the seat of their own office or organization as long as it is at the table, listed or not. Parties not
    yet approached or declined are visible to the lead's staff only.
    """
    if is_administrator(person):
        return Party.objects.all()
    if not belongs_somewhere(person):
        return Party.objects.filter(Q(partnership__is_published=True) & PUBLIC_PARTY)
    own_place = of_own_bodies(person) & seats.at_table()
    whole = Q(partnership__lead__in=jurisdictions_read_by(person))
    return Party.objects.filter(whole | (_open_to(person) & (PUBLIC_PARTY | own_place)))


def _open_to(person: Viewer) -> Q:
    """Parties of partnerships that everyone sees, or whose draft is shared with an office or organization of the
    person.
    """
    return Q(partnership__is_published=True) | Q(partnership__in=_shared_drafts(person))


def unnamed_seats(person: Viewer) -> QuerySet[Party]:
    """Seats of published partnerships whose name was removed after it was public, without those that the person sees
    by name.

    Figures count them or are withheld (`Party.unnamed`); nothing else may be revealed about them.
    """
    named = parties_visible_to(person).filter(seats.NAMED).exclude(unnamed="")
    rows = Party.objects.filter(seats.before_last_day(), partnership__is_published=True).exclude(unnamed="")
    return rows.exclude(circle__in=OFFICE_ONLY_CIRCLES).exclude(pk__in=named.values("pk"))


def own_parties_of(person: Viewer) -> QuerySet[Party]:
    """The current seats of the person's own offices and organizations, in partnerships that they may see.

    For the rights that come with a seat, use `seats_held_by` instead.
    """
    own = Party.objects.filter(of_own_bodies(person) & seats.at_table())
    if is_administrator(person):
        return own
    return own.filter(_open_to(person) | Q(partnership__lead__in=jurisdictions_read_by(person)))


def own_party_ids(person: Viewer) -> QuerySet[Party, Any]:
    """`own_parties_of` by primary key, for `__in`."""
    return own_parties_of(person).values("pk")


def own_partnership_ids(person: Viewer) -> QuerySet[Party, Any]:
    """The partnerships of `own_parties_of` by primary key, for `__in`."""
    return own_parties_of(person).values("partnership")


def seats_held_by(person: Viewer) -> QuerySet[Party]:
    """The seats that the person's own offices and organizations hold today: every right of a seat starts here."""
    return own_parties_of(person).filter(seats.holds_seat())


def held_seat_ids(person: Viewer) -> QuerySet[Party, Any]:
    """`seats_held_by` by primary key, for `__in`."""
    return seats_held_by(person).values("pk")


def seated_partnership_ids(person: Viewer) -> QuerySet[Party, Any]:
    """The partnerships of `seats_held_by` by primary key, for `__in`."""
    return seats_held_by(person).values("partnership")


def hidden_parties_of(person: Viewer) -> QuerySet[Party]:
    """The parties that the person sees and the public doesn't: there, their documents differ from the stored ones."""
    return parties_visible_to(person).exclude(PUBLIC_PARTY)


def may_speak_for(person: Viewer, party: Party) -> bool:
    """Whether the person may edit this party's own part of the record, its notes and statements: its own editors, and no
    service account.
    """
    if not speaks_for_itself(person):
        return False
    if party.organization_id:
        return party.organization_id in organizations_written_by(person)
    if party.department:
        written = departments_written_by(person)
        return party.department_id in written or party.department.jurisdiction_id in jurisdictions_written_by(person)
    return party.jurisdiction_id in jurisdictions_written_by(person)


def may_edit_own_part(person: Viewer, party: Party) -> bool:
    """Whether the person may write what this party contributes, in a published record. A draft belongs to its lead."""
    return party.partnership.is_published and seats.is_seated(party) and may_speak_for(person, party)


def may_make_statement(person: Viewer, party: Party) -> bool:
    """Whether the person may make a statement on the record for this party, and reply to its lead.

    The lead can't answer itself. Being named is enough: the party doesn't need to have confirmed its seat.
    """
    lead = party.partnership.lead_id
    if party.jurisdiction_id == lead or not (party.partnership.is_published and seats.is_at_table(party)):
        return False
    if party.department and party.department.jurisdiction_id == lead:
        return party.department_id in departments_written_by(person)
    return may_speak_for(person, party)


def may_answer_seat(person: Viewer, party: Party) -> bool:
    """Whether the person may answer about this party's seat: its own editors. The lead's own seats need no answer."""
    if seats.needs_no_consent(party) or party.circle in OFFICE_ONLY_CIRCLES or not party.partnership.is_published:
        return False
    return may_speak_for(person, party)


def latest_answers(partnerships: Iterable, *, along: Iterable[str] = (), **body: Any) -> dict[tuple, SeatConsent]:
    """Each partner's last answer about its seat, or the office's later invitation: (partnership's key, *body_key) →
    row.

    It also holds for a seat that was removed and added again. One query. `along`: those of `by` and `contact` to fetch
    with it. `body`: only this office or organization.
    """
    rows = SeatConsent.objects.filter(partnership__in=partnerships, **body).select_related(*along)
    return {(row.partnership_id, *body_key(row)): row for row in rows.order_by("at", "id")}


def organizations_that_said_no(organizations: Iterable[Organization]) -> set[int]:
    """The primary keys of those of these organizations that declined a seat somewhere, or withdrew from one. One query."""
    rows = SeatConsent.objects.filter(organization__in=list(organizations)).order_by("at", "id")
    latest = {(row.partnership_id, row.organization_id): row.state for row in rows}
    return {pk for (_, pk), state in latest.items() if pk and state in GIVEN_UP}


def contacts_who_confirmed(parties: Sequence[Party]) -> dict[int, Contact]:
    """Party's primary key → its contact that confirmed its seat by a personal link. One query.

    None where anyone else confirmed the seat, too, as after two records were merged: either could be the wrong one. Nor
    if the contact doesn't have the mailbox anymore that the link went to. Only the partner itself ends what it said:
    after its seat was reset, as by another type of partnership or a merge, a yes of someone else is a second one.
    """
    rows = SeatConsent.objects.filter(partnership__in={party.partnership_id for party in parties})
    # The yeses that nothing has ended, each with how it was given. None in place of a contact that can't act by a link.
    given: dict[tuple, list[tuple[Contact | None, str]]] = {}
    for row in rows.exclude(state=SeatState.INVITED).select_related("contact").order_by("at", "id"):
        yeses = given.setdefault((row.partnership_id, *body_key(row)), [])
        if row.state == SeatState.CONFIRMED:
            is_theirs = row.way == ConsentWay.LINK and row.has_same_mailbox()
            yeses.append((row.contact if is_theirs else None, row.way))
        elif row.way == ConsentWay.ACCOUNT:
            yeses.clear()
        elif row.way in (ConsentWay.LINK, ConsentWay.CODE):  # ends its own yes, and those by a code
            mine = row.contact_id
            yeses[:] = [(one, way) for one, way in yeses if way != ConsentWay.CODE and (one is None or one.pk != mine)]
    found = {}
    for party in parties:
        contacts = {one for one, _ in given.get((party.partnership_id, *body_key(party)), ())}
        for contact in contacts if len(contacts) == 1 else ():
            if contact and contact.email and body_key(contact) == body_key(party):
                found[party.pk] = contact
    return found


def is_backed(invitation: SeatConsent) -> bool:
    """Whether an invitation still counts: only as long as its sender may write the partnership.

    One that a command made (`by` is None) always does.
    """
    return invitation.by is None or may_write_partnership(invitation.by, invitation.partnership)


def may_edit_note(person: Viewer, party: Party) -> bool:
    """Whether the person may write this party's own note: its own editors only, no one above it."""
    written = (
        party.jurisdiction_id in jurisdictions_written_by(person)
        or party.department_id in departments_written_by(person)
        or party.organization_id in organizations_written_by(person)
    )
    return written and party.partnership.is_published and seats.is_at_table(party)


def party_notes_visible_to(person: Viewer) -> QuerySet[PartyNote]:
    """The notes of the person's own offices and organizations; not for the lead's staff, nor for administrators."""
    own = (
        Q(party__jurisdiction__in=jurisdictions_read_by(person))
        | Q(party__department__in=departments_of(person))
        | Q(party__organization__in=organizations_of(person))
    )
    return PartyNote.objects.filter(own, party__in=Party.objects.filter(seats.NAMED))


def remarks_visible_to(person: Viewer, today: date) -> QuerySet[Remark]:
    """The leads' statements on published partnerships.

    Everyone sees one from its public day; before that the lead's staff and the parties' people, who also see withdrawn
    ones. `today`: in the time zone of the lead.
    """
    out = Q(partnership__is_published=True, public_on__lte=today, withdrawn_at=None)
    if is_administrator(person):
        return Remark.objects.all()
    if not belongs_somewhere(person):
        return Remark.objects.filter(out)
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    return Remark.objects.filter(out | led | Q(partnership__in=own_partnership_ids(person)))


@partners_of.register
def fellow_parties(person: Viewer) -> QuerySet[Party]:
    """The parties that share an active published partnership with the person: those who are meant when a field may be
    read by partners (`Reader.PARTNERS`).

    Both have said yes to their seats, and not only by a printed code, since the office that printed it could have used
    it. A yes that has ended, such as by a change of the partnership's type, doesn't count. Parties that the person may not
    know of, such as an unlisted organization in another office's partnership, aren't among them.
    """
    seated = Party.objects.filter(seats.holds_seat(), seats.AT_WORK).exclude(_BY_CODE_ALONE)
    at = seated.filter(of_own_bodies(person)).values("partnership")
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    known = PUBLIC_PARTY | of_own_bodies(person)
    return seated.filter(Q(partnership__in=at) & known | led)


_OF_SEAT = Q(organization=OuterRef("organization")) | Q(department=OuterRef("department"))
_OF_SEAT |= Q(jurisdiction=OuterRef("jurisdiction"))
_ANSWERS = SeatConsent.objects.filter(_OF_SEAT, partnership=OuterRef("partnership"))
_LATER = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
# The yeses that nothing has ended since, as another type of partnership or a merge does. An invitation ends none.
_ENDED = Exists(_ANSWERS.filter(_LATER).exclude(state__in=(SeatState.CONFIRMED, SeatState.INVITED)))
_YES = _ANSWERS.filter(~_ENDED, state=SeatState.CONFIRMED)
_BY_CODE_ALONE = Q(Exists(_YES.filter(way=ConsentWay.CODE))) & ~Q(Exists(_YES.exclude(way=ConsentWay.CODE)))


def sees_more_than_documents(person: Viewer) -> bool:
    """Whether the person may see drafts or parties that the stored documents leave out."""
    return belongs_somewhere(person)


class HasLead(Protocol):
    @property
    def lead_id(self) -> int | None: ...


def may_read_all(person: Viewer, partnership: HasLead) -> bool:
    """Whether the person may read drafts, notes and unlisted parties: the staff of the lead jurisdiction."""
    return is_administrator(person) or partnership.lead_id in jurisdictions_read_by(person)


def lead_reads_history(person: Viewer, record: Record) -> bool:
    """Whether the person may read the history of a record that belongs to a partnership or a lead: its full readers
    may.
    """
    home: HasLead = getattr(record, "partnership", None) or record  # type: ignore[assignment]  # kinds of record that have one
    return may_read_all(person, home)


def may_write_partnership(person: Viewer, partnership: Partnership) -> bool:
    return is_administrator(person) or partnership.lead_id in jurisdictions_written_by(person)


def may_plan(person: Viewer, partnership: Partnership) -> bool:
    """Whether the person may plan something new in a partnership, such as a meeting: not after it has ended."""
    return partnership.status != Status.ENDED and may_write_partnership(person, partnership)


def may_add_partnership(person: Viewer) -> bool:
    return may_write_somewhere(person)


def may_lead_with(person: Viewer, jurisdiction: Jurisdiction) -> bool:
    """Whether the person may keep records that this jurisdiction leads."""
    return is_administrator(person) or jurisdiction.pk in jurisdictions_written_by(person)
