"""Which organizations another side entered, so that their people count in a round only after their own side knows them.

The person who enters an organization can enter one that doesn't exist. So until a partner of its own side vouches for it, its
people don't count toward the three answers that a score needs, and give bands only (`gaps.score`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from partnerships.accounts.choices import MEMBERS, InvitationState
from partnerships.accounts.models import ApiToken, Invitation, Membership, Person
from partnerships.assessment.choices import KNOWN_DAYS
from partnerships.assessment.eligibility import may_name_respondents, partner_refusals
from partnerships.assessment.models import AskedParty, Objection, Respondent, Round, Vouch
from partnerships.assessment.rules import sides_at_table
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.models import Change, Merge
from partnerships.directory.models import Contact, Department, Jurisdiction, body_key
from partnerships.registry import seats
from partnerships.registry.models import Partnership, Party, SeatConsent


def unvouched_parties(survey_round: Round) -> dict[int, str]:
    """Primary key of a partner that was picked for the round → who entered it, for those whose people don't count yet.

    Another side entered it (`entered_by_other_side`), and its own side doesn't know it (`_known`). Empty for a round
    from before this was checked, since its respondents were told that they count.
    """
    if not survey_round.checks_who_entered:
        return {}
    rows = Party.objects.filter(pk__in=survey_round.sides.values("parties__party"), organization__isnull=False)
    return needing_vouch(survey_round.partnership, list(rows.select_related("organization")))


def needing_vouch(partnership: Partnership, parties: Sequence[Party]) -> dict[int, str]:
    """Primary key → who entered it, for those of these partners that need a vouch and have none."""
    entered = entered_by_other_side(partnership, parties)
    known = _known(partnership, entered) if entered else set()
    return {pk: who for pk, who in entered.items() if pk not in known}


def vouching_party(person: Viewer, survey_round: Round, party: Party) -> Party | None:
    """The partner for which the person may vouch for this one, or None: as its editor, who belongs to no other side."""
    rows = who_may_vouch(survey_round, party)
    return next((one for one in rows if may_name_respondents(person, one)), None)


def who_may_vouch(survey_round: Round, party: Party) -> list[Party]:
    """The partners that may vouch for this one in a running round that asks it, if another side entered it.

    They are other partners of its side, asked or not, that confirmed their seat as partners must who are asked
    (`eligibility`), and that need no vouch themselves.
    """
    partnership = survey_round.partnership
    is_asked = survey_round.sides.filter(parties__party=party).exists()
    if not (survey_round.is_running and is_asked and entered_by_other_side(partnership, [party])):
        return []
    sides = sides_at_table(partnership)
    others = [one for one in sides if sides[one] == sides.get(party) and body_key(one) != body_key(party)]
    refused, unvouched = partner_refusals(others, clock.today()), needing_vouch(partnership, others)
    return [one for one in others if not refused[one.pk] and one.pk not in unvouched and seats.is_seated(one)]


def entered_by_other_side(partnership: Partnership, parties: Iterable[Party]) -> dict[int, str]:
    """Primary key → who entered it, for those of these partners of a partnership that another side entered.

    Only organizations can be: another government is public. The other side is the lead agency, each government and each
    department at the table, with all departments of their jurisdictions. To it belong the people who have or had a role
    there, as far as the history goes, its service accounts, and every administrator. It entered an organization if one
    of them

    - added its record, or one that was merged into it since (not so for a command, an import of one, or an office that
      isn't at the table);
    - let its first people in, or the first ones after it had none: approved their claim or sent their invitation;
    - let someone in, without a yes of its managers, who was named to answer for it in this partnership;
    - typed the email address of a contact who was named to answer for it in this partnership, or who confirmed its seat;
    - gave the address with which its first manager confirmed the seat (`Membership.address_given_by`).

    A person who wasn't logged, or was erased since, entered nothing.
    """
    of_organization = {party.organization_id: party for party in parties if party.organization_id}
    if not of_organization:
        return {}
    entering = list(_who_entered(partnership, of_organization))
    names = _names_of_other_side(partnership, {author for _, author in entering})
    found: dict[int, str] = {}
    for organization, author in entering:
        if author in names:
            found.setdefault(of_organization[organization].pk, names[author])
    governments = _governments(partnership)
    given = Membership.objects.filter(organization__in=of_organization, address_given_by__in=governments)
    for organization, government in given.values_list("organization", "address_given_by"):
        found.setdefault(of_organization[organization].pk, governments[government])
    return found


def _governments(partnership: Partnership) -> dict[int, str]:
    """Primary key → name of the lead agency and of each other government at the table."""
    parties = Party.objects.filter(seats.at_table(), partnership=partnership, organization=None)
    keys = {key for row in parties.values_list("jurisdiction", "department__jurisdiction") for key in row if key}
    return dict(Jurisdiction.objects.filter(pk__in=keys | {partnership.lead_id}).values_list("pk", "name"))


def _who_entered(partnership: Partnership, of_organization: dict[int, Party]) -> Iterator[tuple[int, int]]:
    """(organization, person) for each person who entered part of what `entered_by_other_side` looks at, on any side."""
    records = {pk: pk for pk in of_organization}
    while merged := {
        lost: records[kept]
        for kept, lost in Merge.objects.filter(
            record_type="organization", kept_id__in=records, undone_at=None
        ).values_list("kept_id", "lost_id")
        if lost not in records
    }:
        records |= merged
    rows = Change.objects.filter(record_type="organization", record_id__in=records)
    rows = rows.filter(Q(verb__in=("create", MEMBERS)) | Q(after__has_key="contacts"))
    changes = list(rows.order_by("pk"))
    joined = _inviters(of_organization)
    addresses = _addresses(partnership, of_organization)
    typed: dict[tuple[int, str], int | None] = {}
    for change in changes:
        organization = records[change.record_id]
        if change.verb == "create" and change.by_id:
            yield organization, change.by_id
        if change.verb == MEMBERS and not change.before.get("members"):
            yield from ((organization, pk) for pk in _who_let_in(change, organization, joined))
        for address in _emails(change.after) - _emails(change.before):
            typed[organization, address] = change.by_id  # the last to type it
    for key in typed.keys() & addresses:
        if author := typed[key]:
            yield key[0], author
    asked = _asked(partnership).values("person")
    let_in = Membership.objects.filter(organization__in=of_organization, person__in=asked, let_in_with__isnull=False)
    for membership in let_in.select_related("let_in_with"):
        assert membership.let_in_with is not None  # as filtered
        assert membership.organization_id is not None
        for pk in _who_let_in(membership.let_in_with, membership.organization_id, joined):
            yield membership.organization_id, pk


def _asked(partnership: Partnership) -> QuerySet[Respondent]:
    """The people that partners named in rounds of the partnership."""
    return Respondent.objects.filter(round__partnership=partnership, is_named=True).order_by()


def _who_let_in(change: Change, organization: int, inviters: dict[tuple[int, int], int | None]) -> set[int]:
    """Who let people in with this change: who sent their invitations, or else who made it."""
    new = {pk for pk, _ in change.after.get("members", ())} - {pk for pk, _ in change.before.get("members", ())}
    found = {inviters.get((organization, pk)) if change.by_id == pk else change.by_id for pk in new}
    return {pk for pk in found if pk}


def _inviters(organizations: Collection[int]) -> dict[tuple[int, int], int | None]:
    """(organization, person) → who sent the invitation that the person accepted last."""
    rows = Invitation.objects.filter(organization__in=organizations, state=InvitationState.ACCEPTED).order_by("pk")
    return {(one.organization_id, one.person_id): one.by_id for one in rows if one.organization_id}


def _addresses(partnership: Partnership, organizations: Collection[int]) -> set[tuple[int, str]]:
    """(organization, email address) of the contacts who are asked for it, or whose link confirmed its seat."""
    confirmed = SeatConsent.objects.filter(partnership=partnership, contact__isnull=False).values("contact")
    contacts = Contact.objects.filter(organization__in=organizations).exclude(email="")
    contacts = contacts.filter(Q(pk__in=_asked(partnership).values("contact")) | Q(pk__in=confirmed.order_by()))
    return {(one.organization_id, one.email.lower()) for one in contacts if one.organization_id}


def _emails(values: dict) -> set[str]:
    return {row.get("email", "").lower() for row in values.get("contacts", ())} - {""}


def _names_of_other_side(partnership: Partnership, people: Collection[int]) -> dict[int, str]:
    """Person → the government they belong or belonged to, for those of these people who are of the other side."""
    if not people:
        return {}
    governments = _governments(partnership)
    departments = dict(Department.objects.filter(jurisdiction__in=governments).values_list("pk", "jurisdiction"))
    found: dict[int, str] = dict.fromkeys(
        Person.objects.filter(pk__in=people, is_administrator=True).values_list("pk", flat=True),
        gettext("an administrator of this registry"),
    )
    for model in (Membership, ApiToken):
        rows = model.objects.filter(person__in=people).filter(
            Q(jurisdiction__in=governments) | Q(department__in=departments)
        )
        if model is ApiToken:
            rows = rows.filter(person__is_service=True)
        for person, jurisdiction, department in rows.values_list("person", "jurisdiction", "department"):
            found[person] = governments[jurisdiction or departments[department]]
    if missing := {*people} - found.keys():
        found |= _names_of_former(missing, governments, departments)
    return found


def _names_of_former(
    people: Collection[int], governments: dict[int, str], departments: dict[int, int]
) -> dict[int, str]:
    """`_names_of_other_side` for people who have no role there today, by the history of who belonged to it."""
    found: dict[int, str] = {}
    here = Q(record_type="jurisdiction", record_id__in=governments)
    rows = Change.objects.filter(here | Q(record_type="department", record_id__in=departments), verb=MEMBERS)
    for kind, pk, *members in rows.values_list("record_type", "record_id", "before__members", "after__members"):
        name = governments[pk if kind == "jurisdiction" else departments[pk]]
        found |= {person: name for one in members for person, _ in one or () if person in people}
    return found


def _known(partnership: Partnership, parties: Collection[int]) -> set[int]:
    """Those of these partners (by primary key) that their own side knows.

    Another partner of their side vouched for them in this partnership. Or one of their own accounts named their people
    in an earlier round here, at least KNOWN_DAYS ago, its answers opened, and no partner objected to any of them.
    """
    vouched = Vouch.objects.filter(partnership=partnership).values("organization")
    found = set(Party.objects.filter(pk__in=parties, organization__in=vouched).values_list("pk", flat=True))
    since = clock.now() - timedelta(days=KNOWN_DAYS)
    named = AskedParty.objects.filter(party__in=parties, named_at__lte=since, side__round__opened_at__isnull=False)
    named = named.filter(asked__gt=0, named_by__memberships__organization=F("party__organization"))
    objected = set(
        Objection.objects.filter(respondent__party__in=parties).values_list("respondent__round", "respondent__party")
    )
    rows = named.values_list("side__round", "party")
    return found | {party for survey_round, party in rows if (survey_round, party) not in objected and party}
