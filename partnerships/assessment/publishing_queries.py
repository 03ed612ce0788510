"""Reads published rounds, and what the parties of a round have decided about publishing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from partnerships.assessment import catalog
from partnerships.assessment.filters import PublishedRoundFilter
from partnerships.assessment.models import PublishingWord, Round
from partnerships.assessment.rules import (
    asked_parties,
    compared_sides,
    may_agree_to_publish,
    published_rounds,
)
from partnerships.assessment.score_queries import RoundSeen, Scores, SideSeen, item_seen, scores_of_rounds, sides_seen
from partnerships.core import listing
from partnerships.core.access import Viewer, get_or_not_found, is_staff
from partnerships.core.listing import Listing, Ordering
from partnerships.core.types import Params
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import parties_visible_to

ORDERINGS = {
    "opened": Ordering("opened_at", "Date of opening"),
    "id": Ordering("pk", "Oldest record"),
}
_PARTY = ("party__partnership", "party__jurisdiction", "party__department", "party__organization")


@dataclass(frozen=True)
class PublishingDecision:
    """What one asked party decided; None: nothing yet. `is_own`: the reader may decide for this party."""

    party: Party
    word: PublishingWord | None
    is_own: bool


def published_round(public_id: str) -> Round:
    """One round that everyone may read. Raises NotFound or MistypedId."""
    return get_or_not_found(published_rounds().select_related("partnership__lead"), public_id)


def published_of(partnership: Partnership) -> Round | None:
    """The latest round of the ten items that everyone may read."""
    rows = published_rounds().filter(partnership=partnership, asks=catalog.TEN)
    return rows.select_related("partnership__lead").order_by("-opened_at", "-pk").first()


def published_list(person: Viewer, params: Params, *, default: str = "-opened", allow: Collection[str] = ()) -> Listing:
    """The rounds that everyone may read, filtered by these parameters (a QueryDict)."""
    return listing.make_listing(
        PublishedRoundFilter, published_rounds().select_related("partnership"), params, person=person,
        orderings=ORDERINGS, default=default, resource="round", is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def seen_by_all(survey_round: Round) -> RoundSeen:
    """What everyone may read of a round: the scores of the two sides that agreed, and the responses.

    Comments, other sides and what records suggest stay with the people at the table.
    """
    return seen_by_all_of([survey_round])[0]


def seen_by_all_of(rounds: Sequence[Round]) -> list[RoundSeen]:
    """`seen_by_all` for several rounds, with as many queries as for one."""
    prefetch_related_objects(rounds, "notes")
    sides, scores = sides_seen(rounds), scores_of_rounds(rounds)
    return [_seen_by_all(one, sides[one.pk], scores[one.pk]) for one in rounds]


def _seen_by_all(survey_round: Round, sides: Iterable[SideSeen], scores: dict[str, Scores]) -> RoundSeen:
    pair = compared_sides(survey_round)
    notes = {note.item: note for note in survey_round.notes.all()}
    seen = RoundSeen(survey_round, [side for side in sides if side.side.key in pair], pair)
    for item in survey_round.items.values():
        one = item_seen(item, {key: scores[item.key][key] for key in pair}, pair)
        one.note = notes.get(item.key)
        seen.items.append(one)
    return seen


def replies_to(person: Viewer, survey_round: Round) -> list[PublishingWord]:
    """The comments of parties on a published round (`reply` of each row), of those that the reader may know of."""
    return replies_to_each(person, [survey_round])


def replies_to_each(person: Viewer, rounds: Iterable[Round]) -> list[PublishingWord]:
    """`replies_to` for several published rounds."""
    rows = PublishingWord.objects.filter(round__in=rounds, agrees=True, party__in=parties_visible_to(person))
    return list(rows.exclude(reply="").select_related(*_PARTY).order_by("at", "pk"))


def publishing_status(person: Viewer, survey_round: Round) -> tuple[list[PublishingDecision], int]:
    """The state of publishing: (each asked party of the compared sides that the person sees, how many others were
    asked).
    """
    asked = Party.objects.filter(pk__in=asked_parties(survey_round).values("party"))
    seen = set(parties_visible_to(person).filter(partnership=survey_round.partnership_id).values_list("pk", flat=True))
    words = {word.party_id: word for word in survey_round.publishing_words.all()}
    parties = list(asked.select_related("partnership", "jurisdiction", "department", "organization"))
    shown = [
        PublishingDecision(party, words.get(party.pk), may_agree_to_publish(person, survey_round, party))
        for party in parties
        if party.pk in seen
    ]
    return shown, len(parties) - len(shown)
