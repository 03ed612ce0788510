"""Parties that leave a record and return: their former statements and replies are restored from the change log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.snapshots import serialize
from partnerships.directory.models import BODIES, body_key
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, SeatState
from partnerships.registry.models import Confirmation, Partnership, Party, Remark, Reply
from partnerships.registry.rules import latest_answers

_LISTS = ("statements", "remarks")


def leaving(parties: Iterable[Party], rows: Sequence[dict[str, Any]]) -> list[Party]:
    """Those of these parties that would be removed, or lose their name outside the office by another circle.

    `rows`: dicts of Party fields, with `id` for one that stays.
    """
    circles = {row["id"]: row.get("circle") for row in rows if row.get("id")}
    return [
        party
        for party in parties
        if party.pk not in circles
        or (circles[party.pk] in OFFICE_ONLY_CIRCLES and party.circle not in OFFICE_ONLY_CIRCLES)
    ]


def refuse_to_drop_statements(parties: Iterable[Party]) -> None:
    """Raise ValidationError when one of these parties, which are `leaving`, has made statements outside the office."""
    gone = [party for party in parties if party.circle not in OFFICE_ONLY_CIRCLES]
    spoken = _with_statements(gone) if gone else set()
    names = ", ".join(str(party) for party in gone if party.pk in spoken)
    if names:
        words = gettext(
            "%(names)s said something about this record in its own words. Check the box to confirm that those words will be "
            "removed too."
        ) % {"names": names}
        raise ValidationError(words, code="has_spoken")


def _with_statements(parties: Sequence[Party]) -> set[int]:
    stated = Confirmation.objects.filter(party__in=parties).values_list("party", flat=True)
    replied = Reply.objects.filter(party__in=parties).exclude(text="").values_list("party", flat=True)
    return {*stated, *replied}


def restore_answers(partnership: Partnership, parties: Sequence[Party]) -> None:
    """Give new parties the last answer of their office or organization about its seat in this partnership.

    So removing a partner and adding it again changes neither its yes nor its no.
    """
    answers = latest_answers([partnership])
    for party in parties:
        answer = answers.get((partnership.pk, *body_key(party)))
        state = answer.state if answer else SeatState.RECORDED
        if party.state != state:
            party.state = state
            party.save(update_fields=["state"])


def restore_statements(partnership: Partnership, parties: Sequence[Party]) -> None:
    """Give new parties the last statement and the replies that their office or organization had here, with the old
    dates.

    The record that the statement was about is no longer known, so it counts as made before the record changed.
    """
    wanted = {serialize(party.entity): party for party in parties}
    statements, replies = _from_the_log(partnership, wanted)
    for key, row in statements.items():
        at = datetime.fromisoformat(row["at"])
        Confirmation.objects.create(party=wanted[key], verdict=row["verdict"], words=row["words"], at=at)
    remarks = {serialize(remark.shown_at): remark for remark in Remark.objects.filter(partnership=partnership)}
    for key, rows in replies.items():
        for shown_at, row in rows:
            remark, at = remarks.get(shown_at), row["at"] and datetime.fromisoformat(row["at"])
            if remark:
                party, text = wanted[key], row["text"]
                Reply.objects.create(remark=remark, party=party, text=text, at=at, invited_at=remark.shown_at)


def _from_the_log(partnership: Partnership, wanted: dict[str, Any]) -> tuple[dict, dict]:
    """(public id → last statement, public id → (moment of a remark, reply to it)) from the last log entries that have
    them.
    """
    statements: dict[str, dict | None] = {}  # None: it was removed while the party stayed, as by a merge
    replies: dict[str, list[tuple[str, dict]]] = {}
    named = Q()
    for name in _LISTS:
        named |= Q(**{f"before__{name}__isnull": False}) | Q(**{f"after__{name}__isnull": False})
    log = Change.objects.filter(named, record_type="partnership", record_id=partnership.pk).order_by("-pk")
    for before, after in log.values_list("before", "after").iterator(100):
        left = _bodies(before) - _bodies(after)
        for snapshot in (after, before):  # newest first: where it left, only `before` has it
            for row in snapshot.get("statements", ()):
                if row["party"] in wanted:
                    stays = snapshot is before and row["party"] not in left
                    statements.setdefault(row["party"], None if stays else row)
            here: dict[str, list[tuple[str, dict]]] = {}
            for remark in snapshot.get("remarks", ()):
                for row in remark["replies"]:
                    here.setdefault(row["party"], []).append((remark["shown_at"], row))
            for key in here.keys() & wanted.keys() - replies.keys():
                replies[key] = here[key]
        if len(statements) == len(replies) == len(wanted):
            break
    return {key: row for key, row in statements.items() if row}, replies


def _bodies(snapshot: dict[str, Any]) -> set[str]:
    """The public ids of the parties in a snapshot."""
    return {row[name] for row in snapshot.get("parties", ()) for name in BODIES if row.get(name)}
