"""Checks of survey rounds. A finding is (public id, sentence)."""

from collections.abc import Iterator
from functools import cache

from partnerships.assessment.models import Round
from partnerships.assessment.rules import published_rounds
from partnerships.core.prepared import PreparedRows


def rounds_out_of_sync() -> Iterator[tuple[str, str]]:
    """Rounds that everyone may read and sync doesn't know of, or the other way round."""
    for public_id in _out_of_sync().given({}):
        yield public_id, "isn’t in sync as it is for everyone. Run `manage.py publish --all`."


@cache
def _out_of_sync() -> PreparedRows:
    public = published_rounds().values("pk")
    wrong = Round.objects.filter(is_public=True).exclude(pk__in=public) | Round.objects.filter(
        is_public=False, pk__in=public
    )
    return PreparedRows(wrong.order_by("pk").values_list("public_id", flat=True)[:100])
