"""Saves partnerships.

`by` is the person who does it, or SYSTEM for a command of the operator. All functions raise ValidationError (by field;
fields of a row as “parties-0-circle”), NotAllowed and, when a version is given, EditConflict. Nothing is written then.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.children import errors_by_field, replace_rows
from partnerships.core.errors import ValidationError
from partnerships.core.models import related_model
from partnerships.core.snapshots import clear_prefetched, prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.writing import ChangeContext, apply_values, change
from partnerships.directory.models import BODIES, Jurisdiction, body_key
from partnerships.mail import outbox
from partnerships.registry import (
    checks,
    confirmation_requests,
    confirmation_status,
    events,
    name_withholding,
    publication,
    seats,
    second_records,
)
from partnerships.registry.choices import ConsentWay, Kind, SeatState, Status
from partnerships.registry.models import (
    MANY_ROWS,
    ONE_ROW,
    Agreement,
    Confirmation,
    Partnership,
    PartnershipLink,
    Party,
    Reply,
    SeatConsent,
)
from partnerships.registry.party_rows import refuse_closed_holders, write_parties
from partnerships.registry.rules import latest_answers, may_add_partnership, may_lead_with, may_write_partnership

_RESET = (SeatState.CONFIRMED, SeatState.INVITED)
_PARTIES = ("parties", "seats__held_by", "practices__shared_by", "practices__adopted_by")


def read_for_snapshots(partnerships: Sequence[Partnership]) -> None:
    """Prefetch what the snapshots of these partnerships show in addition to their own fields."""
    parties = [_with_bodies(path) for path in _PARTIES]
    links = ("links_earlier__earlier", "links_later__later")
    prefetch_rows(partnerships, *parties, "parties__roles", *ONE_ROW, *MANY_ROWS, *links, "lead", "purpose", "origin")


def _with_bodies(path: str) -> Prefetch:
    return Prefetch(path, Party.objects.select_related(*BODIES))


def snapshot(partnership: Partnership) -> dict:
    """All of a partnership as JSON values, for the change log and for comparing versions."""
    read_for_snapshots([partnership])
    values = snapshot_fields(partnership, leave_out=("published_at",))
    values["parties"] = [_party_snapshot(party) for party in partnership.parties.all()]
    for name in ONE_ROW:
        row = getattr(partnership, name, None)
        values[name] = snapshot_fields(row, leave_out=("partnership",)) if row else None
    for name in MANY_ROWS:
        values[name] = snapshot_rows(getattr(partnership, name).all(), leave_out=("partnership",))
    values["grew_out_of"] = snapshot_rows(partnership.links_earlier.all(), leave_out=("later",))
    values["led_to"] = snapshot_rows(partnership.links_later.all(), leave_out=("earlier",))
    return values | confirmation_status.snapshot_of_others(partnership)


def _published_or_not(partnership: Partnership) -> dict:
    return {"is_published": partnership.is_published}


def _party_snapshot(party: Party) -> dict[str, Any]:
    roles = [snapshot_fields(role, leave_out=("partnership", "party")) for role in party.roles.all()]
    return snapshot_fields(party, leave_out=("partnership", "confirm_asked_on", "state", "unnamed")) | {"roles": roles}


@transaction.atomic
def save_partnership(
    *,
    partnership: Partnership | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    parties: Sequence[dict[str, Any]] | None = None,
    facts: dict[str, Any] | None = None,
    grew_out_of: Sequence[Partnership] | None = None,
    led_to: Sequence[dict[str, Any]] | None = None,
    request_id: UUID | None = None,
    words_leave: bool = False,
    reason: str | None = None,
) -> Partnership:
    """Add (as a draft) or change a partnership with its parties and the facts of its kind.

    `fields`: by model name, `issue_areas` as a list. `parties`: dicts of the Party fields plus `roles` (dicts of role,
    hours_per_month, starts_on, ends_on); None leaves them unchanged. `facts`: by name in ONE_ROW (a dict, or None to
    remove it) or MANY_ROWS (dicts; the party of a seat or practice is given by its index in `parties`, from 0).
    `grew_out_of`: earlier partnerships. `led_to`: dicts of later, came_of_it, url. `words_leave`: allow removing a
    party that has made statements about the record. `reason`: what the person said for it, where a program wrote `why`.
    """
    _require_lead(by, partnership, fields)
    partnership = partnership or Partnership()
    verb = "update" if partnership.pk else "create"
    with change(
        partnership, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        _write_fields(current, fields, by)
        if parties is not None:
            newcomers = write_parties(current, parties, words_leave=words_leave or by is SYSTEM)
            second_records.refuse_without_reason(current, newcomers, by=by, why=why if reason is None else reason)
        _write_facts(current, facts or {})
        linked = _write_links(current, grew_out_of, led_to)
        if current.is_published:
            checks.require_complete(current)
    if verb == "create":
        publication.prepare(writing.record)
    if writing.changed:
        _follow_changes(writing, linked, by)
    return writing.record


def _write_fields(partnership: Partnership, fields: dict[str, Any], by: Author) -> None:
    is_new = partnership.pk is None
    becomes_organizing = not is_new and partnership.kind != Kind.ORGANIZING == fields.get("kind")
    shown = name_withholding.public_among(partnership.parties.all()) if becomes_organizing else []
    apply_values(partnership, fields | _forgotten_end(partnership, fields))
    if is_new:
        prefetch_rows([partnership], "parties", "links_earlier", "links_later")  # it has none
    if becomes_organizing:
        events.confirmations_reset(partnership, by)
        ask_for_seats_again(partnership)
        name_withholding.exclude_from_figures(name_withholding.hidden_of(shown))


def _follow_changes(writing: ChangeContext[Partnership], linked: set[int], by: Author) -> None:
    """Hand over to a new lead, publish, and ask partners to confirm the record as it is now.

    `linked`: the primary keys of partnerships whose links to this one changed.
    """
    partnership, entries = writing.record, events.Entries()
    if "lead" in writing.before:
        _hand_over(writing, by)
    if "title" in writing.before:
        events.title_changed(partnership, entries)
    publication.publish({partnership.pk, *linked}, also=entries)
    if writing.snapshot["statements"]:
        confirmation_requests.request_after_change(partnership)


def _forgotten_end(partnership: Partnership, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say when and why it ended, emptied, if `fields` reopen it and leave them as they were.

    The record would go on to say both that it works and that it has ended. The history keeps what they said.
    """
    if not partnership.pk or partnership.status != Status.ENDED or fields.get("status", Status.ENDED) == Status.ENDED:
        return {}
    is_past = partnership.ends_on and partnership.ends_on < clock.today(clock.zone(partnership.lead.zone))
    emptied = {"status_reason": ""} | ({"ends_on": None} if is_past else {})
    return {
        name: value
        for name, value in emptied.items()
        if fields.get(name, getattr(partnership, name)) == getattr(partnership, name)
    }


def ask_for_seats_again(partnership: Partnership, **body: Any) -> None:
    """Reset confirmed seats when a partnership becomes organizing: who agreed to another type hasn't agreed to this one,
    or to being named in it. Also those of former partners, whose answer would count if they're added again.

    `body`: only that of this office or organization.
    """
    rows = partnership.parties.filter(state__in=_RESET, **body).exclude(seats.LEADS_OWN)
    answers = latest_answers([partnership], **body)
    former = {(name, pk) for (_, name, pk), answer in answers.items() if answer.state in _RESET}
    for name, pk in sorted({body_key(party) for party in rows} | former):
        more = {f"{name}_id": pk, "state": SeatState.RECORDED, "way": ConsentWay.KIND}
        SeatConsent.objects.create(partnership=partnership, at=clock.now(), **more)
    Party.objects.filter(pk__in=[party.pk for party in rows]).update(state=SeatState.RECORDED)
    clear_prefetched(partnership)


def _hand_over(writing: ChangeContext, by: Author) -> None:
    """Keep the former lead at the table, and its name at what it said. Show the emails about the record to the staff of
    the new lead instead of its own.
    """
    partnership, was = writing.record, writing.before["lead"]
    _confirm_seats_of_former_lead(partnership, was, by)
    partnership.remarks.filter(lead=None).update(lead=Jurisdiction.objects.get(public_id=was))
    about: dict[str, Any] = {
        "partnership": [partnership.pk],
        "agreement": Agreement.objects.filter(partnership=partnership).values("pk"),
        "seatconsent": partnership.seat_consents.values("pk"),
        "confirmation": Confirmation.objects.filter(party__partnership=partnership).values("pk"),
        "reply": Reply.objects.filter(remark__partnership=partnership).values("pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)
    events.lead_changed(partnership, was)


def _confirm_seats_of_former_lead(partnership: Partnership, was: str, by: Author) -> None:
    """Confirm the seats of the former lead and its departments, which needed no yes as long as it kept the record.

    Otherwise they would lose every right of a seat, also their places in a running round.
    """
    rows = partnership.parties.filter(seats.of_government(was), seats.NAMED).exclude(state=SeatState.CONFIRMED)
    for party in rows:
        SeatConsent.objects.create(
            partnership=partnership,
            state=SeatState.CONFIRMED,
            way=ConsentWay.LED,
            by=account_of(by),
            at=clock.now(),
            **{name: getattr(party, name) for name in BODIES},
        )
    Party.objects.filter(pk__in=[party.pk for party in rows]).update(state=SeatState.CONFIRMED)
    clear_prefetched(partnership)


def _require_lead(by: Author, partnership: Partnership | None, fields: dict[str, Any]) -> None:
    if by is SYSTEM:
        return
    require(may_write_partnership(by, partnership) if partnership else may_add_partnership(by))
    lead = fields.get("lead")
    if lead is not None and not may_lead_with(by, lead) and (partnership is None or partnership.lead_id != lead.pk):
        words = gettext("You aren’t an editor at %(lead)s. Choose a jurisdiction where you’re an editor.") % {
            "lead": lead
        }
        raise ValidationError({"lead": ValidationError(words, code="not_yours")})


def _write_facts(partnership: Partnership, facts: dict[str, Any]) -> None:
    prefetch_related_objects([partnership], _with_bodies("parties"), "parties__roles")
    parties = list(partnership.parties.all())

    def party(index: Any) -> Party | None:
        return parties[index] if isinstance(index, int) and 0 <= index < len(parties) else None

    for name, value in facts.items():
        if name in ONE_ROW:
            _write_one_row(partnership, name, value)
            continue
        rows = [dict(row) for row in value]
        for row in rows:
            if name == "seats":
                row["held_by"] = party(row.get("held_by"))
            if name == "practices":
                row["shared_by"] = party(row.get("shared_by"))
                row["adopted_by"] = [party(index) for index in row.get("adopted_by", ()) if party(index)]
        if name == "seats":
            refuse_closed_holders(partnership, rows)
        replace_rows(getattr(partnership, name), rows, name=name)


def _write_one_row(partnership: Partnership, name: str, values: dict[str, Any] | None) -> None:
    model = related_model(Partnership, name)
    row = getattr(partnership, name, None)
    if values is None:
        if row:
            row.delete()
            setattr(partnership, name, None)
        return
    try:
        apply_values(row or model(partnership=partnership), values)
    except ValidationError as problem:
        raise ValidationError({f"{name}-{field}": found for field, found in errors_by_field(problem).items()}) from None


def _write_links(
    partnership: Partnership,
    grew_out_of: Sequence[Partnership] | None,
    led_to: Sequence[dict[str, Any]] | None,
) -> set[int]:
    """Return the primary keys of partnerships whose links changed: their documents show it and must be published
    again.

    The caller publishes them in one call together with this one, since documents are locked in order only within one
    call.
    """
    touched = set()
    if grew_out_of is not None:
        old = {link.earlier_id: link.pk for link in partnership.links_earlier.all()}
        rows = [{"earlier": p} | ({"id": old[p.pk]} if p.pk in old else {}) for p in grew_out_of]
        replace_rows(partnership.links_earlier, rows, name="grew_out_of")
        touched |= set(old) ^ {p.pk for p in grew_out_of}
    if led_to is not None:
        old = {link.later_id for link in partnership.links_later.all() if link.later_id}
        replace_rows(partnership.links_later, led_to, name="led_to")
        touched |= old ^ {row["later"].pk for row in led_to if row.get("later")}
    return touched


def publish_partnership(
    *, partnership: Partnership, by: Author, version: int | None = None, why: str = ""
) -> Partnership:
    """Publish a draft. Raises ValidationError with what is missing."""
    return _set_published(partnership, True, by=by, version=version, why=why)


def withdraw_partnership(
    *, partnership: Partnership, by: Author, version: int | None = None, why: str = ""
) -> Partnership:
    """Unpublish a partnership. It leaves pages, search, API and sync at once."""
    return _set_published(partnership, False, by=by, version=version, why=why)


@transaction.atomic
def _set_published(partnership: Partnership, wanted: bool, *, by: Author, version: int | None, why: str) -> Partnership:
    require(by is SYSTEM or may_write_partnership(by, partnership))
    verb = "publish" if wanted else "withdraw"
    with change(partnership, by=by, verb=verb, snapshot=_published_or_not, why=why, version=version) as writing:
        current = writing.record
        if current.is_published and not wanted:
            events.confirmations_reset(current, by)
        current.is_published = wanted
        current.published_at = clock.now() if wanted else None
        if wanted:
            checks.require_complete(current)
        current.save()
    if writing.changed:
        later = PartnershipLink.objects.filter(earlier=current).values_list("later_id", flat=True)
        earlier = PartnershipLink.objects.filter(later=current).values_list("earlier_id", flat=True)
        entries: events.Entries = {}
        events.visibility_changed(current, wanted, entries)
        publication.publish({current.pk, *filter(None, later), *earlier}, also=entries)
        confirmation_requests.request_confirmation(current)
    return writing.record


def end_partnership(
    *,
    partnership: Partnership,
    by: Author,
    ends_on: date | str | None,
    reason: str,
    lessons: str = "",
    version: int | None = None,
    why: str = "",
) -> Partnership:
    """Close a partnership with its last day, the reason and the lessons learned."""
    if not ends_on or not reason.strip():
        missing = {} if ends_on else {"ends_on": gettext("Enter the end date.")}
        missing |= {} if reason.strip() else {"status_reason": gettext("Give a short reason why it’s ending.")}
        raise ValidationError(missing)
    fields = {"status": Status.ENDED, "ends_on": ends_on, "status_reason": reason, "lessons": lessons}
    return save_partnership(partnership=partnership, by=by, fields=fields, version=version, why=why)
