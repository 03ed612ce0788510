"""What becomes of the seats of two merged records, and of what both said as partners.

Where both take part in a partnership, the stricter of their two answers counts.
"""

from datetime import datetime
from typing import Any

from partnerships.assessment.models import AskedParty, PublishingWord
from partnerships.core import repoint_references
from partnerships.core.models import type_key
from partnerships.directory.models import Body
from partnerships.registry import name_withholding
from partnerships.registry.choices import GIVEN_UP, OFFICE_ONLY_CIRCLES, ConsentWay, SeatState, Verdict, WithheldName
from partnerships.registry.models import Confirmation, Party, SeatConsent
from partnerships.registry.rules import latest_answers

# Of two answers about a seat, the first in this list wins.
STRICTEST = (SeatState.DECLINED, SeatState.WITHDRAWN, SeatState.RECORDED, SeatState.INVITED, SeatState.CONFIRMED)

Steps = list[dict[str, Any]]


def keep_names(kept: Body, lost: Body, steps: Steps) -> None:
    """If only one of both seats in a partnership is for the office only, the merged seat is named as the other was."""
    for one, other in _pairs(kept, lost):
        for seat, named in ((one, other), (other, one)):
            if seat.circle in OFFICE_ONLY_CIRCLES and named.circle not in OFFICE_ONLY_CIRCLES:
                repoint_references.set_field(seat, "circle", named.circle, steps)


def _pairs(kept: Body, lost: Body) -> list[list[Party]]:
    """The seats of both, where both take part in a partnership."""
    at: dict[int, list[Party]] = {}
    for seat in Party.objects.filter(**{f"{type_key(kept)}__in": [kept.pk, lost.pk]}):
        at.setdefault(seat.partnership_id, []).append(seat)
    return [pair for pair in at.values() if len(pair) > 1]


def delete_overruled_agreements(kept: Body, lost: Body, steps: Steps) -> None:
    """Delete the yes of one of the two to publishing a round in which the other was asked, too, and didn't say yes."""
    name = type_key(kept)
    asked = AskedParty.objects.filter(asked__gt=0, side__round__opened_at__isnull=False)
    asked_in: dict[int, dict[int, int]] = {}  # round → kept or lost record → its party
    rows = asked.filter(**{f"party__{name}__in": [kept.pk, lost.pk]})
    for round_id, body_id, party_id in rows.values_list("side__round", f"party__{name}", "party"):
        asked_in.setdefault(round_id, {})[body_id] = party_id
    both = {round_id: {*parties.values()} for round_id, parties in asked_in.items() if len(parties) > 1}
    yeses: dict[int, list[PublishingWord]] = {}
    for word in PublishingWord.objects.filter(round__in=both, agrees=True):
        if word.party_id in both[word.round_id]:
            yeses.setdefault(word.round_id, []).append(word)
    for words in yeses.values():
        if len(words) == 1:
            repoint_references.delete_row(words[0], steps)


class SeatsAfterMerge:
    """What has to be known of the seats before the merge moves them, and what follows from it afterwards."""

    def __init__(self, kept: Body, lost: Body) -> None:
        name = type_key(kept)
        self._kept: dict[str, Any] = {name: kept}
        self._shown = name_withholding.public_among(Party.objects.filter(**{f"{name}__in": [kept.pk, lost.pk]}))
        self._refusals = _remembered_refusals(kept, lost)
        self._overruled = _overruled_statements(kept, lost)

    def keep_answers(self, steps: Steps) -> None:
        """A no also holds for the seat of the other record, if the seat that it was said about was removed since. Delete the
        statements that the merged partner doesn't make.
        """
        seats = Party.objects.filter(**self._kept, partnership__in=self._refusals).exclude(state__in=GIVEN_UP)
        for seat in seats:
            no = self._refusals[seat.partnership_id]
            repoint_references.set_field(seat, "state", no, steps)
            if no == SeatState.WITHDRAWN and seat.pk in self._shown:
                repoint_references.set_field(seat, "unnamed", WithheldName.WITHHELD, steps)
        for statement in Confirmation.objects.filter(pk__in=self._overruled):
            repoint_references.delete_row(statement, steps)

    def withhold_names(self, steps: Steps) -> None:
        """Withhold the names that the public doesn't see anymore from figures, too, and show those that it sees again."""
        for seat in name_withholding.hidden_of(self._shown):
            repoint_references.set_field(seat, "unnamed", WithheldName.WITHHELD, steps)
        for seat in name_withholding.shown_again(Party.objects.filter(**self._kept)):
            repoint_references.set_field(seat, "unnamed", "", steps)

    def record_answers(self, at: datetime) -> None:
        """Record the answer that counts about each seat, where it isn't the latest one after the merge."""
        partnership_ids = Party.objects.filter(**self._kept).values("partnership")
        latest = {pk: answer.state for (pk, *_rest), answer in latest_answers(partnership_ids, **self._kept).items()}
        for seat in Party.objects.filter(**self._kept, partnership__in=latest):
            if latest[seat.partnership_id] != seat.state:
                SeatConsent.objects.create(
                    partnership_id=seat.partnership_id, state=seat.state, way=ConsentWay.MERGE, at=at, **self._kept
                )


def _remembered_refusals(kept: Body, lost: Body) -> dict[int, str]:
    """Primary key of a partnership → the stricter no that either record last said there, with or without a seat in it."""
    name = type_key(kept)
    refusals: dict[int, str] = {}
    for one in (kept, lost):
        partnership_ids = SeatConsent.objects.filter(**{name: one}).values("partnership")
        body: dict[str, Any] = {name: one}
        for (pk, *_rest), answer in latest_answers(partnership_ids, **body).items():
            if answer.state in GIVEN_UP:
                refusals[pk] = min(answer.state, refusals.get(pk, answer.state), key=STRICTEST.index)
    return refusals


def _overruled_statements(kept: Body, lost: Body) -> list[int]:
    """The statements of the two on records in which both are partners that the merged partner doesn't make: it confirms a
    record only if both did, and disputes it if either does. The primary keys; the change log keeps their words.
    """
    pairs = [[one.pk, other.pk] for one, other in _pairs(kept, lost)]
    statements: dict[int, list[Confirmation]] = {pk: [] for pair in pairs for pk in pair}
    for statement in Confirmation.objects.filter(party__in=statements).order_by("at", "pk"):
        statements[statement.party_id].append(statement)
    found: list[int] = []
    for one, other in pairs:
        for mine, theirs in ((statements[one], statements[other]), (statements[other], statements[one])):
            confirms = bool(mine) and mine[-1].verdict == Verdict.CONFIRMED
            if confirms and not (theirs and theirs[-1].verdict == Verdict.CONFIRMED):
                found += [row.pk for row in mine if not theirs or (row.at, row.pk) > (theirs[-1].at, theirs[-1].pk)]
    return found
