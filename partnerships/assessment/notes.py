"""Responses of the government (or the lead) to a flagged gap, with or without a joint action item."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.assessment.hooks import save_action
from partnerships.assessment.models import ResponseNote, Round
from partnerships.assessment.rounds import snapshot as of_round
from partnerships.assessment.score_queries import flags_of
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.children import errors_by_field
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import change
from partnerships.registry.rules import may_write_partnership


def snapshot(survey_round: Round) -> dict:
    return of_round(survey_round) | {
        note.item: snapshot_fields(note, leave_out=("round", "by")) for note in survey_round.notes.all()
    }


@transaction.atomic
def save_response(
    *,
    survey_round: Round,
    by: Author,
    item: str,
    text: str,
    action: dict[str, Any] | None = None,
    version: int | None = None,
    also: Collection[str] = (),
) -> Round:
    """Save or change the response to a flagged item of an opened round. `action`: fields of a new action item.

    `also`: other flagged items that get the same text.
    """
    require(by is SYSTEM or may_write_partnership(by, survey_round.partnership))
    if not {item, *also} <= flags_of(survey_round):
        raise ValidationError(gettext("No response is needed here."), code="not_flagged")
    with change(survey_round, by=by, verb="respond", snapshot=snapshot, version=version) as writing:
        current = writing.record
        note = ResponseNote.objects.filter(round=current, item=item).first() or ResponseNote(round=current, item=item)
        if note.text != text or action:
            note.text, note.by, note.at = text, account_of(by), clock.now()
            note.full_clean(exclude=["by"])
            note.action = _add_action(current, by, action) if action else note.action
            note.save()
        for other in sorted({*also} - {item}):
            more = ResponseNote.objects.filter(round=current, item=other).first()
            more = more or ResponseNote(round=current, item=other)
            more.text, more.by, more.at = text, account_of(by), clock.now()
            more.full_clean(exclude=["by"])
            more.save()
    return writing.record


def _add_action(survey_round: Round, by: Author, fields: dict[str, Any]) -> Any:  # of a model that meetings has
    about = {
        "partnership": survey_round.partnership,
        "is_sample": survey_round.is_sample,
        "is_illustration": survey_round.is_illustration,
    }
    try:
        return save_action(by=by, fields=about | fields)
    except ValidationError as problem:
        raise ValidationError({f"action-{name}": errors for name, errors in errors_by_field(problem).items()}) from None
