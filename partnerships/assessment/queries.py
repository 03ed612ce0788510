"""Reads rounds and what waits for a person in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from partnerships.accounts.models import Person
from partnerships.assessment.choices import CanceledAs
from partnerships.assessment.eligibility import may_name_respondents
from partnerships.assessment.models import AskedParty, PublishingWord, Respondent, ResponseNote, Round
from partnerships.assessment.rules import compared_sides, lost_reason, rounds_visible_to
from partnerships.core import clock
from partnerships.core.access import Viewer, get_or_not_found, prepared_list
from partnerships.core.prepared import Placeholder
from partnerships.directory.models import BODIES
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import may_edit_own_part, own_party_ids, parties_visible_to

# Related rows to fetch along with a round, and with a respondent or a partner that was picked.
CANCELLATION = ("cancellation",)
PARTY = ("party__partnership", *(f"party__{name}" for name in BODIES))
RECENT_DAYS = 90
MOST_PLACES = 20  # shown on one person's page
_LOOKED_AT = 100  # rows that `requests_to_partners` reads for both lists together


@dataclass(frozen=True)
class CancellationSeen:
    """Who canceled a round and why. `done_at` is None while partners are asked for their yes."""

    who: str
    why: str
    asked_at: datetime
    done_at: datetime | None


def round_of(person: Viewer, public_id: str) -> Round:
    """One round with its partnership. Raises NotFound or MistypedId."""
    rows = rounds_visible_to(person).select_related("partnership__lead", "portfolio_place__portfolio", *CANCELLATION)
    return get_or_not_found(rows, public_id)


def rounds_of(person: Viewer, partnership: Partnership) -> list[Round]:
    """The partnership's rounds that the person may see, including canceled ones, the one that closes last first."""
    rows = rounds_visible_to(person).filter(partnership=partnership)
    return list(rows.select_related("partnership__lead", *CANCELLATION))


def last_opened(rounds: Sequence[Round], asks: str) -> Round | None:
    """The round that opened last, of those that ask this. One that opened early may have a later deadline."""
    opened = [one for one in rounds if one.opened_at and one.asks == asks]
    return max(opened, key=lambda one: (one.opened_at, one.pk), default=None)


def cancellation_seen(
    person: Viewer, survey_round: Round, parties: dict[int, Party] | None = None
) -> CancellationSeen | None:
    """Who canceled a round, or wants to, and why, as far as the person may know; None if no one does.

    `parties`: those that the person sees, by primary key, if they were read already.
    """
    cancellation = getattr(survey_round, "cancellation", None)
    if cancellation is None:
        return None
    who = str(CanceledAs(cancellation.role).label)
    if cancellation.role == CanceledAs.LEAD:
        who = survey_round.partnership.lead.name
    elif cancellation.role == CanceledAs.PARTNER:
        who = str(_party_seen(person, cancellation.party_id, parties) or CanceledAs.PARTNER.label)
    return CancellationSeen(who, cancellation.why, cancellation.at, survey_round.cancelled_at)


def _party_seen(person: Viewer, pk: int, parties: dict[int, Party] | None) -> Party | None:
    if parties is not None:
        return parties.get(pk)
    return parties_visible_to(person).filter(pk=pk).select_related("partnership", *BODIES).first()


def _at_hand(rounds: QuerySet[Round]) -> QuerySet[Round]:
    return rounds.filter(cancelled_at=None).select_related("partnership__lead")


def recently_opened(person: Viewer, *, most: int) -> list[Round]:
    """The rounds whose answers opened within `RECENT_DAYS`, as far as the person may see them, latest first."""
    rows = _at_hand(rounds_visible_to(person)).filter(opened_at__gte=clock.now() - timedelta(days=RECENT_DAYS))
    return list(rows.order_by("-opened_at", "-pk")[:most])


def finished_by(person: Person, *, most: int) -> list[Respondent]:
    """Where this person has finished answering, latest first."""
    rows = Respondent.objects.filter(person=person.pk, finished_at__isnull=False, round__in=rounds_visible_to(person))
    return list(rows.select_related("round__partnership").order_by("-finished_at", "-pk")[:most])


def responses_to(person: Viewer, *, most: int) -> list[ResponseNote]:
    """The latest responses of leads to gaps in rounds in which the person's offices or organizations were asked."""
    asked = AskedParty.objects.filter(party__in=own_party_ids(person)).values("side__round")
    rows = ResponseNote.objects.filter(round__in=rounds_visible_to(person).filter(pk__in=asked))
    return list(rows.select_related("round__partnership__lead").order_by("-at", "-pk")[:most])


def rounds_to_answer(person: Person) -> list[Respondent]:
    """Where the person is a respondent and has neither finished nor declined, the round that closes first at the top."""
    return [respondent for respondent in _unfinished(person, now=clock.now()) if not lost_reason(respondent)]


@prepared_list
def _unfinished(person: Person) -> QuerySet[Respondent]:
    rows = Respondent.objects.filter(person=person.pk, finished_at=None, declined_at=None)
    rows = rows.filter(round__answering_at__isnull=False, round__opened_at=None, round__cancelled_at=None)
    rows = rows.filter(round__closes_at__gt=Placeholder("now"))
    rows = rows.select_related("round__partnership__lead", "side", "person", *PARTY)
    return rows.order_by("round__closes_at", "pk")[:MOST_PLACES]


def requests_to_partners(person: Person, **body: Any) -> tuple[list[AskedParty], list[AskedParty]]:
    """What rounds ask of the person's own partners (all, or those of one `body`), as far as this person answers it: which
    haven't named yet who answers for them, the round whose list closes first at the top; and which haven't decided
    about publishing a round to which another partner has agreed, the one that opened last at the top. One query for both.
    """
    found = _asked_parties(person, *body, now=clock.now(), **{name: value.pk for name, value in body.items()})
    naming = [one for one in found if one.side.round.opened_at is None][:MOST_PLACES]
    deciding = [one for one in found if one.side.round.opened_at and one.side.key in compared_sides(one.side.round)]
    return (
        [one for one in naming if one.party and may_name_respondents(person, one.party)],
        [one for one in deciding if one.party and may_edit_own_part(person, one.party)][:MOST_PLACES],
    )


@prepared_list
def _asked_parties(person: Person, *limits: str) -> QuerySet[AskedParty]:
    """`limits`: the names of `body`, if there is one."""
    asking = {"answering_at": None, "opened_at": None, "cancelled_at": None, "roll_closes_at__gt": Placeholder("now")}
    to_name = Q(named_at=None, **{f"side__round__{name}": value for name, value in asking.items()})
    words = PublishingWord.objects.filter(round=OuterRef("side__round"))
    to_decide = Q(Exists(words.filter(agrees=True)), ~Exists(words.filter(party=OuterRef("party"))), asked__gt=0)
    to_decide &= Q(side__round__opened_at__isnull=False)
    rows = AskedParty.objects.filter(to_name | to_decide, party__in=own_party_ids(person))
    rows = rows.filter(**{f"party__{name}": Placeholder(name) for name in limits})
    rows = rows.select_related("side__round", *PARTY)
    opened = F("side__round__opened_at").desc(nulls_first=True)
    return rows.order_by(opened, "side__round__roll_closes_at", "pk")[:_LOOKED_AT]
