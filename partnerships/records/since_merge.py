"""Undoing a merge keeps what the merged organization decided since then, in both records.

Otherwise, someone who may undo the merge could restore a seat, a listing or a role that the organization ended.
"""

from typing import Any

from django.core import serializers
from django.db.models import QuerySet

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.models import FormerMember
from partnerships.assessment.models import PublishingWord
from partnerships.core import clock, repoint_references
from partnerships.core.models import Change, Merge, type_key
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Body, Organization
from partnerships.registry import name_withholding
from partnerships.registry.actions import ask_for_seats_again
from partnerships.registry.choices import GIVEN_UP, ConsentWay, Kind, SeatState, Verdict
from partnerships.registry.models import Confirmation, Partnership, Party, SeatConsent
from partnerships.registry.rules import latest_answers

_RANK = MemberRole.values.index
_READERS = Reader.values.index  # from those who read most to those who read least
# From the one that shows most to the one that shows nothing.
_WIDEST = (Listing.PROFILED, Listing.NAMED, Listing.UNLISTED)


def facts_of(kept: Body, lost: Body) -> dict[str, Any]:
    """What this module stores in `Merge.before`. Call it before the merge changes anything."""
    roles = {str(pk): role for pk, role in kept.memberships.values_list("person", "role")}
    organizing = sorted(row.pk for row in _organizing_partnerships_of(lost))
    facts = {"roles": roles, "listing": getattr(kept, "listing", ""), "organizing": organizing}
    if isinstance(kept, Organization):
        facts["former"] = sorted(kept.former_members.values_list("pk", flat=True))
    return facts


def _organizing_partnerships_of(body: Body) -> QuerySet[Partnership]:
    named: dict[str, Any] = {f"parties__{type_key(body)}": body}
    return Partnership.objects.filter(**named, kind=Kind.ORGANIZING)


def steps_to_undo(kept: Body, merge: Merge) -> list[dict[str, Any]]:
    """The steps, without memberships of people who were removed since, and with no higher role for those whose role was
    lowered. A number that one of the two had, too, comes back unconfirmed.
    """
    before, now = merge.before.get("roles", {}), dict(kept.memberships.values_list("person", "role"))
    steps = []
    for step in merge.steps:
        if step["do"] == repoint_references.DROPPED and step["model"] == "membership":
            row: Any = next(serializers.deserialize("json", step["row"])).object
            role = now.get(row.person_id)
            if role is None:
                continue
            if _RANK(role) < _RANK(before.get(str(row.person_id), role)):
                row.role = min(row.role, role, key=_RANK)
                step = step | {"row": serializers.serialize("json", [row])}
        elif step["do"] == repoint_references.DROPPED and step["model"] == "identifier":
            row = next(serializers.deserialize("json", step["row"])).object
            row.is_confirmed = False
            step = step | {"row": serializers.serialize("json", [row])}
        steps.append(step)
    return steps


def keep_former_members(kept: Body, lost: Body, merge: Merge) -> None:
    """Record who left the kept record since, so that no automatic rule adds them to the restored one."""
    if isinstance(kept, Organization) and isinstance(lost, Organization):
        since = kept.former_members.exclude(pk__in=merge.before.get("former", ()))
        rows = [FormerMember(organization=lost, digest=row.digest) for row in since]
        FormerMember.objects.bulk_create(rows, ignore_conflicts=True)


def keep_answers(kept: Body, lost: Body, merge: Merge) -> None:
    """Give the restored record the answers about its own seats that were given since, and each no about a seat that both
    have or had. Where a partnership became organizing since, a seat that the merge had joined to another one is asked again.
    """
    name = type_key(kept)
    by_kept: dict[str, Any] = {name: kept}
    by_lost: dict[str, Any] = {name: lost}
    of_lost = {party.partnership_id: party for party in Party.objects.filter(**by_lost)}
    dropped = {
        step["pk"] for step in merge.steps if step["do"] == repoint_references.DROPPED and step["model"] == "party"
    }
    joined = {pk for pk, party in of_lost.items() if party.pk in dropped}
    was_organizing = merge.before.get("organizing", ())
    for partnership in _organizing_partnerships_of(lost).filter(pk__in=joined).exclude(pk__in=was_organizing):
        ask_for_seats_again(partnership, **by_lost)
    given = SeatConsent.objects.filter(**by_kept, at__gt=merge.at)
    given.filter(partnership__in=of_lost.keys() - joined).update(**by_lost)
    latest = latest_answers(given.values("partnership"), **by_kept)
    noes = {pk: no for (pk, *_rest), no in latest.items() if no.state in GIVEN_UP and no.at > merge.at}
    of_its_own = latest_answers(list(noes), **by_lost) if noes else {}
    for pk, no in noes.items():
        own = of_its_own.get((pk, name, lost.pk))
        if own and own.state in GIVEN_UP:
            continue
        if party := of_lost.get(pk):
            if no.state == SeatState.WITHDRAWN:
                name_withholding.remove_name(party, may_count=no.may_count)
            Party.objects.filter(pk=party.pk).update(state=no.state)
        SeatConsent.objects.create(
            partnership_id=pk,
            state=no.state,
            way=ConsentWay.MERGE,
            at=clock.now(),
            may_count=no.may_count,
            **by_lost,
        )


def keep_noes(kept: Body, lost: Body, merge: Merge) -> None:
    """Copy refusals since the merge to the restored record, in partnerships where both are partners: disputes of the
    partnership's record, and refusals to publish a round.
    """
    name = type_key(kept)
    of_lost = {party.partnership_id: party for party in Party.objects.filter(**{name: lost})}
    for party in Party.objects.filter(**{name: kept}, partnership__in=of_lost):
        own, said = of_lost[party.partnership_id], Confirmation.objects.filter(party=party).first()
        if said and said.verdict == Verdict.DISPUTED and said.at > merge.at:
            said.pk, said.party = None, own
            said.save(force_insert=True)
        noes = PublishingWord.objects.filter(party=party, agrees=False, at__gt=merge.at)
        yeses = PublishingWord.objects.filter(party=own, agrees=True, round__in=noes.values("round"))
        yeses.update(agrees=False, at=clock.now())


def keep_readers(kept: Body, lost: Body, merge: Merge) -> None:
    """If who reads the profile or the contacts of the kept record was changed since, show no more of the restored one: no
    field to more people, and no contact that both had.
    """
    if not (isinstance(kept, Organization) and isinstance(lost, Organization)):
        return
    rows = Change.objects.filter(record_type="organization", record_id=kept.pk, at__gt=merge.at)
    rows = rows.exclude(verb__in=("merge", "unmerge"))
    changed = {name for values in rows.values_list("before", "after") for one in values for name in one}
    if "open_fields" in changed:
        names = (*Organization.PROFILE_FIELDS, *Organization.PRIVATE_FIELDS)
        readers = {name: (lost.reader_of(name), kept.reader_of(name)) for name in names}
        narrower = {name: now for name, (own, now) in readers.items() if _READERS(now) > _READERS(own)}
        lost.open_fields = lost.open_fields | narrower
        lost.save(update_fields=["open_fields"])
    if "contacts" in changed:
        dropped = [step for step in merge.steps if step["do"] == repoint_references.DROPPED]
        back = {step["pk"] for step in dropped if step["model"] == "contact"}
        for contact in lost.contacts.filter(pk__in=back).exclude(email=""):
            twin = kept.contacts.filter(email__iexact=contact.email).first()
            contact.visible_to = max(contact.visible_to, twin.visible_to if twin else Reader.STAFF, key=_READERS)
            contact.save(update_fields=["visible_to"])


def unconfirm_numbers(kept: Body, lost: Body, merge: Merge) -> None:
    """Unconfirm the numbers that were confirmed since, for a record that was both."""
    for record in (kept, lost):
        record.identifiers.filter(confirmed_at__gt=merge.at).update(
            is_confirmed=False, confirmed_for=None, confirmed_source="", confirmed_at=None
        )


def keep_listing(kept: Body, lost: Body, merge: Merge) -> None:
    """Show the restored record to no more people than the kept one, if that was shown to fewer since."""
    if not (isinstance(kept, Organization) and isinstance(lost, Organization)):
        return
    narrowed = _WIDEST.index(kept.listing) > _WIDEST.index(merge.before.get("listing", Listing.PROFILED))
    if not narrowed or _WIDEST.index(lost.listing) >= _WIDEST.index(kept.listing):
        return
    shown = name_withholding.public_among(Party.objects.filter(organization=lost))
    lost.listing = kept.listing
    lost.has_withdrawn = lost.has_withdrawn or kept.has_withdrawn
    lost.save(update_fields=["listing", "has_withdrawn"])
    name_withholding.exclude_from_figures(name_withholding.hidden_of(shown))
