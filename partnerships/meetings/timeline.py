"""The timeline of one partnership, or of all on an issue area.

It has asks, meetings, decisions, action items, check-ins, statements, status changes, rounds
(`assessment.round_timeline`), results and activities (`measurement.goal_timeline`) and numbers
(`measurement.measure_timeline`). Each kind of entry is read from rows that the person may see, so the timeline shows
nothing that its own page doesn't. The number of queries depends neither on the number of entries nor on that of
partnerships.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.assessment import round_timeline
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.choices import Side
from partnerships.core.errors import ValidationError
from partnerships.core.filters import MultipleKeys, refuse_unknown
from partnerships.core.models import Change
from partnerships.core.types import Params
from partnerships.directory.models import Jurisdiction
from partnerships.measurement import goal_timeline, measure_timeline
from partnerships.meetings.action_queries import shown_actions
from partnerships.meetings.choices import ActionStatus, MeetingStatus
from partnerships.meetings.models import CheckIn, Decision
from partnerships.meetings.rules import check_in_plans_visible_to, meetings_visible_to, notes_visible_to
from partnerships.registry.choices import Kind, Status, TimelineKind, Verdict
from partnerships.registry.models import Ask, Confirmation, Partnership
from partnerships.registry.rules import may_read_all, parties_visible_to
from partnerships.registry.sides import shown_remarks
from partnerships.registry.timeline_entries import Entry, TimelineReader, Voice, day_of


def kinds_asked(params: Params) -> list[str]:
    """The kinds of entries that a page or download asks for (empty: all).

    Raises UnknownParameters or ValidationError.
    """
    refuse_unknown(params, ["kind"])
    try:
        return MultipleKeys(choices=TimelineKind.choices, required=False).clean(params.getlist("kind"))
    except ValidationError as problem:
        raise ValidationError({"kind": problem}) from None


def timeline(person: Viewer, partnerships: Sequence[Partnership], kinds: Collection[str] = ()) -> list[Entry]:
    """The entries of partnerships that the person may see (each with its lead), latest first; those without a day
    last.
    """
    records = {record.pk: record for record in partnerships}
    entities = ("partnership__lead", "jurisdiction", "department", "organization")
    parties = parties_visible_to(person).filter(partnership__in=records).select_related(*entities)
    reader = TimelineReader(person, records, {party.pk: party for party in parties.order_by("position", "pk")})
    # Entries of one day are always in the same order.
    entries = [entry for kind, sort in _SORTS.items() if not kinds or kind in kinds for entry in sort(reader)]
    return sorted(entries, key=lambda entry: entry.on or date.min, reverse=True)


def _asks(reader: TimelineReader) -> Iterator[Entry]:
    organizing = [pk for pk, record in reader.records.items() if record.kind == Kind.ORGANIZING]
    for ask in Ask.objects.filter(partnership__in=organizing):
        record = reader.records[ask.partnership_id]
        asked = Voice(Side.COMMUNITY, gettext("What the community asked"), ask.text)
        answer = ". ".join(filter(None, [ask.get_answer_display(), ask.answer_reason])) or gettext("No answer yet.")
        both = [Voice(Side.GOVERNMENT, gettext("What the government answered"), answer), asked]
        yield Entry(record, ask.asked_on, TimelineKind.ASK, gettext("Ask"), both)
        if ask.answer and ask.answered_on:
            yield Entry(record, ask.answered_on, TimelineKind.ASK, gettext("Answer"), both)
        if ask.delivered_on:
            voices = [Voice(Side.COMMUNITY, gettext("The ask"), ask.text)]
            yield Entry(record, ask.delivered_on, TimelineKind.ASK, gettext("Delivered"), voices)


def _meetings(reader: TimelineReader) -> Iterator[Entry]:
    for meeting in reader.of(meetings_visible_to(reader.person)).filter(starts_at__lte=clock.now()):
        record = reader.records[meeting.partnership_id]
        title = meeting.title
        if meeting.status == MeetingStatus.CANCELLED:
            title = gettext("%(meeting)s (canceled)") % {"meeting": title}
        yield Entry(record, meeting.date, TimelineKind.MEETING, title, link=("meeting", meeting.public_id))


def _decisions(reader: TimelineReader) -> Iterator[Entry]:
    read = reader.of(notes_visible_to(reader.person))
    rows = Decision.objects.filter(meeting__in=read.values("pk"))
    for decision in rows.select_related("meeting").prefetch_related("decided_by"):
        by = [str(reader.parties[party.pk]) for party in decision.decided_by.all() if party.pk in reader.parties]
        who = gettext("Decided by %(partners)s") % {"partners": ", ".join(by)} if by else gettext("Decision")
        voices = [Voice("", who, decision.outcome)]
        if decision.community_input:
            voices.append(Voice(Side.COMMUNITY, gettext("What community input changed"), decision.community_input))
        record, link = reader.records[decision.meeting.partnership_id], ("meeting", decision.meeting.public_id)
        yield Entry(record, decision.meeting.date, TimelineKind.DECISION, decision.question, voices, link)


def _actions(reader: TimelineReader) -> Iterator[Entry]:
    for action in reader.of(shown_actions(reader.person)).select_related("meeting"):
        record, owner = reader.records[action.partnership_id], reader.parties.get(action.owner_party_id)
        whose = [Voice("", gettext("For %(party)s") % {"party": owner}, action.detail)] if owner else []
        given, link = day_of(record, action.created_at), ("action", action.public_id)
        title = gettext("To do: %(action)s") % {"action": action.title}
        yield Entry(record, given, TimelineKind.ACTION, title, whose, link)
        if action.status == ActionStatus.DONE:
            title = gettext("Done: %(action)s") % {"action": action.title}
            yield Entry(record, action.done_on, TimelineKind.ACTION, title, link=link)


def _check_ins(reader: TimelineReader) -> Iterator[Entry]:
    plans = reader.of(check_in_plans_visible_to(reader.person))
    for row in CheckIn.objects.filter(plan__in=plans.values("pk")).select_related("plan"):
        party = reader.parties.get(row.plan.party_id)
        words = ("note", "changed", "needs")
        text = "\n".join(filter(None, [row.get_going_display(), *(getattr(row, name) for name in words)]))
        name = str(party) if party else gettext("What came up")
        voices = [Voice(party.side if party else "", name, text)] if text else []
        yield Entry(
            reader.records[row.plan.partnership_id], row.done_on, TimelineKind.CHECK_IN, gettext("Check-in"), voices
        )


def _words_on_the_record(reader: TimelineReader) -> Iterator[Entry]:
    last = {}
    published = [party.pk for party in reader.parties.values() if party.partnership.is_published]
    for statement in Confirmation.objects.filter(party__in=published).order_by("at", "pk"):
        last[statement.party_id] = statement
    for pk, statement in last.items():
        party = reader.parties[pk]
        voices = [Voice(party.side, str(party), statement.words)] if statement.verdict == Verdict.DISPUTED else []
        title = f"{party}: {Verdict(statement.verdict).label.lower()}"
        yield Entry(party.partnership, day_of(party.partnership, statement.at), TimelineKind.STATEMENT, title, voices)


def _statements(reader: TimelineReader) -> Iterator[Entry]:
    yield from _words_on_the_record(reader)
    for shown in shown_remarks(reader.person, reader.records.values(), reader.parties):
        if not shown.remark.withdrawn_at:
            record = reader.records[shown.remark.partnership_id]
            lead = shown.remark.lead or record.lead
            voices = [Voice(Side.GOVERNMENT, lead.name, shown.remark.text)]
            voices += [Voice(reply.party.side, str(reply.party), reply.text) for reply in shown.replies]
            on = shown.remark.public_on if shown.is_public else day_of(record, shown.remark.shown_at)
            yield Entry(record, on, TimelineKind.STATEMENT, _by(lead), voices)


def _by(lead: Jurisdiction) -> str:
    return gettext("Public statement by %(lead)s") % {"lead": lead.name}


def _states(reader: TimelineReader) -> Iterator[Entry]:
    for record in reader.records.values():
        if record.starts_on:
            yield Entry(record, record.starts_on, TimelineKind.STATUS, gettext("It started"))
        if record.ends_on and record.status == Status.ENDED:
            yield Entry(record, record.ends_on, TimelineKind.STATUS, gettext("It ended"))
    whole = {pk for pk, record in reader.records.items() if may_read_all(reader.person, record)}
    ended: dict[int, Change] = {}  # the latest change that ended each partnership
    for change in _status_changes(reader):
        record, status = reader.records[change.record_id], change.after["status"]
        if status == Status.ENDED:
            ended[record.pk] = change
        elif change.before.get("status") == Status.ENDED and (record.pk in whole or _was_public(record, change)):
            on = _last_day(record, change, ended.get(record.pk, change))
            yield Entry(record, on, TimelineKind.STATUS, gettext("It ended"))
            yield Entry(record, day_of(record, change.at), TimelineKind.STATUS, gettext("It was reopened"))
        if record.pk in whole:
            title = gettext("Status: %(status)s") % {"status": Status(status).label.lower()}
            why = [Voice("", gettext("Why"), change.why)] if change.why and change.verb == "update" else []
            yield Entry(record, day_of(record, change.at), TimelineKind.STATUS, title, why)


def _status_changes(reader: TimelineReader) -> QuerySet[Change]:
    """The changes of status of these partnerships, in their order."""
    rows = Change.objects.filter(record_type="partnership", record_id__in=reader.records)
    return rows.filter(verb__in=("create", "update"), after__has_key="status").order_by("pk")


def _was_public(record: Partnership, change: Change) -> bool:
    """Whether everyone could read the record at this change, and can now."""
    return record.published_at is not None and change.at >= record.published_at


def _last_day(record: Partnership, reopening: Change, ending: Change) -> date:
    """The end date that the record had until it was reopened, or else the day when someone entered that it ended."""
    ends_on = reopening.before.get("ends_on") or ending.after.get("ends_on")
    return date.fromisoformat(ends_on) if ends_on else day_of(record, ending.at)


_SORTS = (
    {
        TimelineKind.ASK: _asks,
        TimelineKind.MEETING: _meetings,
        TimelineKind.DECISION: _decisions,
        TimelineKind.ACTION: _actions,
        TimelineKind.CHECK_IN: _check_ins,
        TimelineKind.STATEMENT: _statements,
        TimelineKind.STATUS: _states,
    }
    | round_timeline.SORTS
    | goal_timeline.SORTS
    | measure_timeline.SORTS
)
