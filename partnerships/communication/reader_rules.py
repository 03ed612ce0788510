"""Which kinds of letters their readers have muted. Without a choice of theirs every letter goes out."""

from partnerships.communication.choices import Pace
from partnerships.communication.reader_models import LetterChoice


def wants(recipient: str, kind: str) -> bool:
    """Whether this recipient (“person:12”, “contact:7”) has not muted letters of this kind."""
    model, _, pk = recipient.partition(":")
    if model not in ("person", "contact"):
        return True
    return not LetterChoice.objects.filter(kind=kind, pace=Pace.NEVER, **{model: pk}).exists()


def muted(kinds) -> set[tuple[str, int]]:
    """(kind, id of a person) of all who have muted one of these kinds: for planning many letters at once."""
    rows = LetterChoice.objects.filter(kind__in=kinds, pace=Pace.NEVER, person__isnull=False)
    return set(rows.values_list("kind", "person_id"))
