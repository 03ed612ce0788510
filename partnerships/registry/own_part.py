"""A party's own part of a record that its lead keeps, and its own note, which nobody else reads."""

from django.db import transaction

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Missing, Stale
from partnerships.core.writing import change, locked
from partnerships.registry import asking, publication
from partnerships.registry.actions import snapshot
from partnerships.registry.models import PartyNote
from partnerships.registry.rules import may_keep_note, may_keep_part


@transaction.atomic
def contribute(*, party, by, contribution, version=None, why=""):
    """Says what a party adds. Raises Stale: the lead's staff may have saved the record in between."""
    require(by is None or may_keep_part(by, party))
    with change(party.partnership, by=by, verb="contribute", snapshot=snapshot, version=version, why=why) as writing:
        # Of the same list that the snapshot reads, or it would be compared with how it was.
        row = next((row for row in writing.record.parties.all() if row.pk == party.pk), None)
        if row is None:
            raise Missing
        row.contribution = contribution
        row.full_clean()
        row.save(update_fields=["contribution"])
    if writing.changed:
        publication.publish({writing.record.pk})
        asking.ask_anew(writing.record)
    return writing.record


@transaction.atomic
def save_note(*, party, by, text, version):
    """Keeps a party's own note. `version` 0: there was none. Not in the change log, which the lead's staff read."""
    require(may_keep_note(by, party))
    locked(party.partnership, None)
    note = PartyNote.objects.filter(party=party).first() or PartyNote(party=party, version=0)
    if note.version != version:
        raise Stale(note, version)
    if note.text != text:
        note.text, note.version, note.by, note.at = text, note.version + 1, by, clock.now()
        note.full_clean(exclude=["by"])
        note.save()
    return note
