"""The respondent list of a round: each partner's own editors name its respondents within NAMING_DAYS. Then it closes,
and answering begins.

A partner without editors names them by a personal link (`naming_links`) or with a printed code (`round_codes`). An
office can propose people; the partner's yes makes them respondents. If no one was named, the round ends without
opening, and everyone is told why. All functions raise ValidationError and NotAllowed.
"""

from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.assessment import events
from partnerships.assessment.choices import CanceledAs
from partnerships.assessment.eligibility import (
    WhoCanAnswer,
    mailboxes_of_other_sides,
    may_name_respondents,
    of_other_sides,
    partner_refusal,
)
from partnerships.assessment.entered_organizations import vouching_party, who_may_vouch
from partnerships.assessment.models import (
    AskedParty,
    Cancellation,
    Objection,
    Respondent,
    Round,
    RoundSide,
    Vouch,
)
from partnerships.assessment.naming_links import partner_of_contact
from partnerships.assessment.round_codes import end_codes, mark_of, names_with, partner_by_code
from partnerships.assessment.rules import lost_reason, published_among
from partnerships.core import clock, codes
from partnerships.core.access import SYSTEM, Author, Viewer, account_of, require
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.core.models import type_key
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import apply_values, change, public_snapshot
from partnerships.directory.models import Contact
from partnerships.mail.message import mailbox_of
from partnerships.registry import seats
from partnerships.registry.models import Party
from partnerships.registry.rules import may_edit_own_part
from partnerships.registry.statement_links import BY_LINK

MOST_ASKED = 100  # people in one round
# In the history, in place of who did it.
WITH_CODE = "With the code of the partner."
NO_ONE = "No partner named anyone who answers, so the round didn’t start. Nothing was opened, and no answer is lost."


@dataclass(frozen=True)
class WithoutEmail:
    """A person with a phone number and no email address, named by a partner.

    They answer by `code`. Only its digest is kept: the person who names them prints it and gives it to them.
    """

    name: str
    phone: str
    code: str = field(default_factory=codes.generate)


def snapshot(survey_round: Round) -> dict:
    """A round with its sides and how many were asked; never who answered what."""
    values = snapshot_fields(survey_round, leave_out=("closes_at", "facts", "is_public", "checks_who_entered"))
    partners = AskedParty.objects.filter(side__round=survey_round, named_at__isnull=False).order_by("pk")
    return values | {
        "asked": [f"{side.key}: {side.asked}" for side in survey_round.sides.all()],
        "named": [partner.party_id for partner in partners],
    }


@public_snapshot(Round)
def _shown_of_round(survey_round: Round) -> Callable:
    """Of a public round: its dates, what partners say next to it, and the responses.

    Never who was asked or picked, nor when a response was written or which action item it led to.
    """
    is_public = SimpleLazyObject(lambda: bool(published_among([survey_round.pk])))

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if not is_public:
            return None
        rows = {name: row for name, row in values.items() if name not in ("asked", "named", "roll")}
        return {
            name: row | {"action": None, "at": None} if isinstance(row, dict) else row for name, row in rows.items()
        }

    return shown


def _with_people(survey_round: Round) -> dict:
    """The snapshot of the round, with the people on the respondent list by primary key."""
    respondents = survey_round.respondents.order_by("party", "pk").values_list(
        "party", "person", "contact", "pk", "mark"
    )
    return snapshot(survey_round) | {
        "roll": [[*respondent, pk] if mark else list(respondent) for *respondent, pk, mark in respondents]
    }


def require_running(survey_round: Round) -> None:
    if not survey_round.is_running:
        raise ValidationError(gettext("This round has closed. Start a new one."), code="closed")


@transaction.atomic
def name_people(
    *,
    survey_round: Round,
    by: Author,
    party: Party,
    people: Sequence[Contact | Person | Respondent | WithoutEmail],
    with_code: str = "",
    contact: Contact | None = None,
) -> Round:
    """Name everyone who answers for a partner; again, to change the whole list.

    `people`: Persons and Contacts of the partner, new people WithoutEmail, and existing Respondents without email who
    stay. An empty list: no one answers for it. After each partner has named its people, the respondent list closes. `with_code`:
    the partner's own code, or `contact`: its contact with a personal link, instead of a signed-in person.
    """
    require(bool(with_code or contact) or by is SYSTEM or may_name_respondents(by, party))
    why = WITH_CODE if with_code else BY_LINK if contact else ""
    with change(survey_round, by=by, verb="name", snapshot=_with_people, why=why) as writing:
        current = writing.record
        require_running(current)
        if current.answering_at:
            raise ValidationError(gettext("The respondent list is closed because people are answering."), code="closed")
        partner = AskedParty.objects.filter(side__round=current, party=party).select_related("side").first()
        if partner is None or (with_code and not names_with(partner, with_code)):
            raise NotFound
        if contact:
            partner, contact = partner_of_contact(partner.pk, contact.pk)
        stay = [one.pk for one in people if isinstance(one, Respondent)]
        current.respondents.filter(party=party).exclude(Q(pk__in=stay) & ~Q(mark="")).delete()
        printer: dict[str, Any] = (
            {"code_by": partner.code_by, "code_by_other_side": partner.code_by_other_side} if with_code else {}
        )
        new = [one for one in people if not isinstance(one, Respondent)]
        add_people(current, partner, new, **printer)
        of_others = current.respondents.filter(side=partner.side_id, code_by_other_side=True)
        RoundSide.objects.filter(pk=partner.side_id).update(has_recorded=of_others.exists())
        named: dict[str, Any] = {"named_at": clock.now(), "named_by": account_of(by)}
        if contact and partner.code_by_other_side:  # its printer changes nothing of what the partner itself says
            named |= {"code": "", "code_by": None, "code_by_other_side": False}
        AskedParty.objects.filter(pk=partner.pk).update(**named)
    if writing.changed and people:
        events.people_named(partner)
    if is_complete(writing.record):
        _close_list(writing.record)
    return writing.record


def add_people(
    survey_round: Round,
    partner: AskedParty,
    people: Sequence[Contact | Person | WithoutEmail],
    *,
    is_named: bool = True,
    **printer: Any,
) -> None:
    """Add people to the respondent list of a partner. `printer`: who printed the code used for naming them
    (`Respondent.code_by`).

    Raises ValidationError under “asked” with all problems.
    """
    taken, wrong = addresses_taken(survey_round), []
    assert partner.party is not None  # it is at the table
    of_others = mailboxes_of_other_sides(partner.party)
    with_email = WhoCanAnswer(partner.party, [one for one in people if not isinstance(one, WithoutEmail)])
    numbers = numbers_of_other_sides(partner.party) if any(isinstance(one, WithoutEmail) for one in people) else set()
    for someone in people:
        if isinstance(someone, WithoutEmail):
            refusal, own = _why_cannot_answer(someone, numbers, taken), mark_of(someone.phone)
        else:
            refusal, own = _refusal_with_email(with_email, someone, taken, of_others), mailbox_of(someone.email)
        wrong += [refusal] if refusal else []
        taken.add(own)
    if survey_round.respondents.count() + len(people) > MOST_ASKED:
        wrong.append(gettext("A round asks at most %(most)d people. Choose fewer.") % {"most": MOST_ASKED})
    if wrong:
        raise ValidationError({"asked": [ValidationError(words, code="not_possible") for words in wrong]})
    for someone in people:
        respondent: dict[str, Any] = {"party": partner.party, "side": partner.side, "is_named": is_named}
        if isinstance(someone, WithoutEmail):
            respondent |= {
                "name": someone.name,
                "mark": mark_of(someone.phone),
                "code": codes.digest_of(someone.code),
            }
        else:
            respondent[type_key(someone)] = someone
        row = Respondent(round=survey_round, **respondent | printer)
        row.clean_fields(exclude={one.name for one in Respondent._meta.fields} - {"name"})
        row.save()


def addresses_taken(survey_round: Round, *, but: Respondent | None = None) -> set[str]:
    """What distinguishes the respondents of a round (`Respondent.addresses`, and the phone numbers of contacts).

    `but`: one whose own doesn't count.
    """
    people = ("person", "contact", "follower_person", "follower_contact")
    others = survey_round.respondents.exclude(pk=but.pk if but else 0).select_related(*people)
    numbers = {mark_of(one.contact.phone) for one in others if one.contact} - {""}
    return set().union(numbers, *(one.addresses for one in others))


def follower_refusal(respondent: Respondent, someone: Contact | Person) -> str:
    """Why this one can't answer in place of a respondent who leaves, as a message; "" when they can.

    It's the same whether or not the respondent has answered.
    """
    party = respondent.party
    if party is None or not seats.is_seated(party):
        return gettext("The partner doesn’t hold a seat in this partnership today.")
    taken, of_others = addresses_taken(respondent.round, but=respondent), mailboxes_of_other_sides(party)
    return _refusal_with_email(WhoCanAnswer(party, [someone]), someone, taken, of_others)


def _refusal_with_email(
    asked: WhoCanAnswer, someone: Contact | Person, taken: Container[str], of_others: Container[str]
) -> str:
    """Why this one can't answer, as a message. `taken`: the addresses of other respondents; `of_others`: of other sides."""
    refusal = asked.refusal(someone, taken)
    if not refusal and mailbox_of(someone.email) in of_others:
        words = gettext("The email address of %(who)s belongs to another side of this partnership. Name someone else.")
        refusal = words % {"who": someone}
    return refusal


def _why_cannot_answer(someone: WithoutEmail, of_others: Container[str], taken: Container[str]) -> str:
    """Why a person without an email address can't answer for a partner, as a message; "" when they can.

    `of_others`: the `numbers_of_other_sides`.
    """
    mark = mark_of(someone.phone)
    if not someone.name.strip() or not mark:
        words = gettext("Enter a name and a full phone number for %(who)s.")
        return words % {"who": someone.name.strip() or someone.phone}
    if mark in taken:
        words = gettext("%(who)s has the same phone number as someone else who is asked. Each person needs their own.")
        return words % {"who": someone.name}
    if mark in of_others:
        words = gettext(
            "The phone number of %(who)s belongs to another side of this partnership. Enter their own number."
        )
        return words % {"who": someone.name}
    return ""


def numbers_of_other_sides(party: Party) -> set[str]:
    """The marks of phone numbers of contacts of other sides (`of_other_sides`)."""
    rows = Contact.objects.filter(of_other_sides(party)).exclude(phone="")
    return {mark_of(phone) for phone in rows.values_list("phone", flat=True)} - {""}


def is_complete(survey_round: Round) -> bool:
    """Whether each partner has named its people."""
    return not AskedParty.objects.filter(side__round=survey_round, named_at=None).exists()


def close_due() -> int:
    """Close every respondent list whose time is over. Returns how many."""
    due = Round.objects.filter(answering_at=None, opened_at=None, cancelled_at=None)
    due = list(due.filter(roll_closes_at__lte=clock.shared()()).order_by("roll_closes_at", "pk"))
    for survey_round in due:
        _close_list(survey_round)
    return len(due)


@transaction.atomic
def _close_list(survey_round: Round) -> None:
    """Close the respondent list once: answering begins for everyone who counts. People who were only proposed are removed."""
    with change(survey_round, by=SYSTEM, verb="roll", snapshot=snapshot) as writing:
        current = writing.record
        if current.answering_at or not current.is_running:
            return
        begin_answering(current)
    events.round_changed(writing.record)
    if writing.record.cancelled_at:
        events.round_canceled(writing.record)


def begin_answering(survey_round: Round) -> None:
    """Begin answering with everyone on the respondent list who counts, or end the round if there is no one.

    Call it within a change of the round.
    """
    _leave_who_counts(survey_round)
    if survey_round.respondents.exists():
        apply_values(survey_round, {"answering_at": clock.now()})
    else:
        apply_values(survey_round, {"cancelled_at": clock.now()})
        end_codes(survey_round)
        Cancellation.objects.create(round=survey_round, role=CanceledAs.REGISTRY, why=NO_ONE, at=clock.now())


def _leave_who_counts(survey_round: Round) -> None:
    day, respondents = (
        clock.day_of(survey_round.created_at),
        survey_round.respondents.select_related("party__partnership", "party__department", "party__organization"),
    )
    gone = [
        respondent.pk
        for respondent in respondents
        if not respondent.is_named
        or respondent.party is None
        or lost_reason(respondent)
        or partner_refusal(respondent.party, day)
    ]
    survey_round.respondents.filter(pk__in=gone).delete()
    sides = Counter(survey_round.respondents.values_list("side", flat=True))
    for partner in AskedParty.objects.filter(side__round=survey_round):
        of_party = survey_round.respondents.filter(party=partner.party)
        AskedParty.objects.filter(pk=partner.pk).update(asked=of_party.count())
        of_party.update(of_party=of_party.count())
    for side in survey_round.sides.all():
        side.asked = sides[side.pk]
        side.save(update_fields=["asked"])


@transaction.atomic
def object_to(*, respondent: Respondent, by: Author, wanted: bool = True) -> None:
    """Object to a respondent, for a partner of the same side that holds a seat.

    The respondent can still answer, but doesn't count toward the three answers that a score needs. `wanted` False
    withdraws that partner's own objection.
    """
    party = objecting_party(by, respondent)
    if party is None:
        raise NotAllowed
    _object(respondent, party, wanted, by=by)


@transaction.atomic
def object_with_code(*, respondent: Respondent, code: str, wanted: bool = True) -> None:
    """`object_to` with the code of a partner without editors, unless a person from another side printed it, who could use
    it.
    """
    partner = partner_by_code(code)
    if partner.side_id != respondent.side_id or partner.party_id == respondent.party_id or partner.code_by_other_side:
        raise NotFound
    assert partner.party is not None  # a code of one that left isn’t found
    _object(respondent, partner.party, wanted, by=SYSTEM, why=WITH_CODE)


@transaction.atomic
def object_by_link(*, respondent: Respondent, pk: int, contact: Contact, wanted: bool = True) -> None:
    """`object_to` by the personal link of a contact. `pk`: of its partner (AskedParty)."""
    partner, _ = partner_of_contact(pk, contact.pk)
    if partner.side_id != respondent.side_id or partner.party_id == respondent.party_id:
        raise NotFound
    assert partner.party is not None  # it takes part
    _object(respondent, partner.party, wanted, by=SYSTEM, why=BY_LINK)


def _object(respondent: Respondent, party: Party, wanted: bool, **more: Any) -> None:
    with change(respondent.round, verb="object", snapshot=_with_objections, **more) as writing:
        require_running(writing.record)
        if wanted:
            Objection.objects.get_or_create(respondent=respondent, party=party)
        else:
            Objection.objects.filter(respondent=respondent, party=party).delete()


def objects_to(party: Party | None, respondent: Respondent) -> bool:
    """Whether this partner objects to the respondent, and so can withdraw that."""
    return party is not None and any(one.party_id == party.pk for one in respondent.objections.all())


@transaction.atomic
def vouch_for(*, survey_round: Round, party: Party, by: Author, wanted: bool = True) -> None:
    """Say, for another partner of its side, that the side knows an organization that another side entered.

    Its people then count (`entered_organizations`). `wanted` False withdraws that partner's own vouch.
    """
    voucher = vouching_party(by, survey_round, party)
    if voucher is None:
        raise NotAllowed
    _vouch(survey_round, party, voucher, wanted, by=by)


@transaction.atomic
def vouch_by_link(*, pk: int, contact: Contact, party: Party, wanted: bool = True) -> None:
    """`vouch_for` by the personal link of a contact. `pk`: of its partner (AskedParty)."""
    partner, _ = partner_of_contact(pk, contact.pk)
    survey_round = partner.side.round
    if partner.party is None or partner.party not in who_may_vouch(survey_round, party):
        raise NotFound
    _vouch(survey_round, party, partner.party, wanted, by=SYSTEM, why=BY_LINK)


def _vouch(survey_round: Round, party: Party, voucher: Party, wanted: bool, **more: Any) -> None:
    given = {"organization": party.organization, "party": voucher}
    with change(survey_round, verb="vouch", snapshot=_with_vouches, **more) as writing:
        require_running(writing.record)
        if wanted:
            made = {"partnership": survey_round.partnership, "by": account_of(more["by"]), "at": clock.now()}
            Vouch.objects.get_or_create(**given, defaults=made)
        else:
            Vouch.objects.filter(**given).delete()


def _with_vouches(survey_round: Round) -> dict:
    rows = Vouch.objects.filter(partnership=survey_round.partnership_id).order_by("pk")
    return snapshot(survey_round) | {"vouches": [list(row) for row in rows.values_list("organization", "party")]}


def _with_objections(survey_round: Round) -> dict:
    rows = Objection.objects.filter(respondent__round=survey_round).order_by("respondent", "pk")
    return snapshot(survey_round) | {
        "objections": [list(row) for row in rows.values_list("respondent__party", "party")]
    }


def objecting_party(person: Viewer, respondent: Respondent) -> Party | None:
    """The partner for which the person may object to this respondent, or None.

    It is another partner of the same side that was asked, too, and holds a seat.
    """
    rows = Party.objects.filter(seats.holds_seat(), pk__in=respondent.side.parties.values("party")).exclude(
        pk__in=[respondent.party_id]
    )
    rows = rows.select_related("partnership", "department").order_by("position", "pk")
    return next((party for party in rows if may_edit_own_part(person, party)), None)
