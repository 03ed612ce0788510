"""A party's own part of a record that its lead keeps, and its own note, which no one else reads."""

from django.db import transaction

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.errors import EditConflict, NotFound
from partnerships.core.writing import change, lock
from partnerships.registry import confirmation_requests, publication
from partnerships.registry.actions import snapshot
from partnerships.registry.models import Partnership, Party, PartyNote
from partnerships.registry.rules import may_edit_note, may_edit_own_part


@transaction.atomic
def contribute(*, party: Party, by: Author, contribution: str, version: int | None = None) -> Partnership:
    """Save what a party contributes. Raises EditConflict when the lead's staff saved the record in between."""
    require(by is SYSTEM or may_edit_own_part(by, party))
    with change(party.partnership, by=by, verb="contribute", snapshot=snapshot, version=version) as writing:
        # From the same list that the snapshot reads; otherwise the snapshot would show the old value.
        row = next((row for row in writing.record.parties.all() if row.pk == party.pk), None)
        if row is None:
            raise NotFound
        row.contribution = contribution
        row.full_clean()
        row.save(update_fields=["contribution"])
    if writing.changed:
        publication.publish({writing.record.pk})
        confirmation_requests.request_after_change(writing.record)
    return writing.record


@transaction.atomic
def save_note(*, party: Party, by: Person, text: str, version: int) -> PartyNote:
    """Save a party's own note. `version` 0: there was none. Not in the change log, which the lead's staff read."""
    require(may_edit_note(by, party))
    lock(party.partnership, None)
    note = PartyNote.objects.filter(party=party).first() or PartyNote(party=party, version=0)
    if note.version != version:
        raise EditConflict(note, version)
    saved, note.text = note.text, text
    note.full_clean(exclude=["by", "at"])
    if note.text != saved:
        note.version, note.by, note.at = note.version + 1, by, clock.now()
        note.save()
    return note
