"""A second record of an organization that said no to a partnership.

A no stays with the record of the organization that gave it. A duplicate record has none, so anyone who adds one as a partner
reads the earlier no and says why it is another organization.
"""

from collections.abc import Callable, Iterable, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import SYSTEM, Author
from partnerships.core.errors import ValidationError
from partnerships.directory.distinct_pairs import distinct_from
from partnerships.directory.duplicates import known_facts
from partnerships.directory.hooks import said_to_differ
from partnerships.directory.matching import PERHAPS, similarity
from partnerships.directory.models import Organization
from partnerships.directory.rules import organizations_visible_to
from partnerships.registry.choices import SeatState
from partnerships.registry.models import Partnership, Party, SeatConsent
from partnerships.registry.rules import latest_answers, may_write_partnership
from partnerships.registry.timeline_entries import day_of

REFUSAL_TEXTS = {
    SeatState.DECLINED: _("%(new)s looks like %(former)s, which declined a seat in this partnership on %(day)s."),
    SeatState.WITHDRAWN: _("%(new)s looks like %(former)s, which withdrew from this partnership on %(day)s."),
}
RENAMED_TEXTS = {
    SeatState.DECLINED: _(
        "%(new)s is a partner in “%(partnership)s” and would look like %(former)s, which declined a seat there on %(day)s."
    ),
    SeatState.WITHDRAWN: _(
        "%(new)s is a partner in “%(partnership)s” and would look like %(former)s, which withdrew from it on %(day)s."
    ),
}
_WHAT_TO_DO_NOW = _(
    "If it’s the same organization, remove the partner there first. If it’s another one, give the reason when you change its "
    "name."
)
_WHAT_TO_DO = _(
    "If it’s the same organization, remove it. If it’s another one, add it on the partnership’s page, with the reason for this "
    "change."
)


def refuse_without_reason(partnership: Partnership, newcomers: Iterable[Party], *, by: Author, why: str) -> None:
    """Raise ValidationError under “why” if a new partner may be an organization that declined or withdrew here, and there's
    no reason. It names only organizations that the person may know of. With a reason, that organization is told.
    """
    _refuse(partnership, newcomers, _refusal_words, by=by, why=why)


def refuse_renamed(organization: Organization, *, by: Author, why: str) -> None:
    """`refuse_without_reason` for a partner that got another name, in the partnerships that the person keeps.

    Otherwise, it could be added under any name, and get that of the organization that said no afterwards.
    """
    refused = SeatConsent.objects.filter(state__in=REFUSAL_TEXTS).exclude(organization=organization)
    seats = Party.objects.filter(organization=organization, partnership__in=refused.values("partnership"))
    for party in seats.exclude(state__in=REFUSAL_TEXTS).select_related("partnership", "organization"):
        if by is SYSTEM or may_write_partnership(by, party.partnership):
            _refuse(party.partnership, [party], _renamed_words, by=by, why=why)


def _refuse(partnership: Partnership, parties: Iterable[Party], words: Callable, *, by: Author, why: str) -> None:
    added = [party.organization for party in parties if party.organization]
    if by is SYSTEM or not added:
        return
    refusals = _refusals(partnership, exclude=added)
    known_of = set(
        organizations_visible_to(by).filter(pk__in=[one.pk for one in refusals]).values_list("pk", flat=True)
    )
    apart = distinct_from("organization", [one.pk for one in added]) if refusals else {}
    known = known_facts(by, [*added, *refusals]) if refusals else {}  # type: ignore[arg-type]  # SYSTEM has left above
    for new in added:
        alike = [
            former
            for former in refusals
            if former.pk not in apart.get(new.pk, ()) and similarity(known[new.pk], known[former.pk]).score >= PERHAPS
        ]
        for former in alike:
            if former.pk in known_of and not why.strip():
                answer = refusals[former]
                raise ValidationError({"why": ValidationError(words(partnership, new, former, answer), code="said_no")})
        if alike:
            said_to_differ(new, alike, by=by)


def _refusals(partnership: Partnership, exclude: Sequence[Organization]) -> dict[Organization, SeatConsent]:
    """The organizations that said no here, with their answers."""
    refused = [row for row in latest_answers([partnership]).values() if row.state in REFUSAL_TEXTS]
    answers = {row.organization_id: row for row in refused if row.organization_id}
    pks = answers.keys() - {one.pk for one in exclude}
    rows = Organization.objects.filter(pk__in=pks).order_by("pk") if pks else ()
    return {one: answers[one.pk] for one in rows}


def _refusal_words(partnership: Partnership, new: Organization, former: Organization, answer: SeatConsent) -> str:
    refusal = REFUSAL_TEXTS[SeatState(answer.state)] % {"new": new, "former": former, "day": _day(partnership, answer)}
    return f"{refusal} {_WHAT_TO_DO}"


def _renamed_words(partnership: Partnership, new: Organization, former: Organization, answer: SeatConsent) -> str:
    names = {"new": new, "former": former, "partnership": partnership, "day": _day(partnership, answer)}
    return f"{RENAMED_TEXTS[SeatState(answer.state)] % names} {_WHAT_TO_DO_NOW}"


def _day(partnership: Partnership, answer: SeatConsent) -> str:
    return date_format(day_of(partnership, answer.at), gettext("F j, Y"))
