"""The story of one partnership: asks, meetings, decisions, actions, check-ins, what each side said, and how it stood.

Each sort of entry is read from the rows that the person may see, so the story shows her nothing that its own page does not.
The number of queries does not depend on how much has happened.
"""

from dataclasses import dataclass, field
from datetime import date

from partnerships.communication.action_queries import shown_actions
from partnerships.communication.choices import ActionStatus, MeetingStatus, StoryKind
from partnerships.communication.models import CheckIn, Decision
from partnerships.communication.rules import check_in_plans_visible_to, meetings_visible_to, notes_visible_to
from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.core.errors import ValidationError
from partnerships.core.filters import SeveralKeys, refuse_unknown
from partnerships.core.models import Change
from partnerships.registry.choices import Kind, Status, Verdict
from partnerships.registry.models import Confirmation
from partnerships.registry.rules import may_read_whole, parties_visible_to
from partnerships.registry.sides import shown_remarks


@dataclass(frozen=True)
class Voice:
    """Words and whose they are; `side` is empty where no one side said them."""

    side: str
    name: str
    words: str


@dataclass
class Entry:
    """Something that happened on a day of the lead's calendar (None: nobody wrote down when). `link`: a route and an id."""

    on: date | None
    kind: str
    title: str
    voices: list[Voice] = field(default_factory=list)
    link: tuple = ()


@dataclass
class _Reader:
    """Who reads which story, with what several sorts of entries need."""

    person: object
    partnership: object
    parties: dict  # the parties that she may see, by primary key

    def day_of(self, moment):
        return moment.astimezone(clock.zone(self.partnership.lead.zone)).date()


def kinds_asked(params) -> list[str]:
    """The sorts of entries that a page or download is asked for (none: all). Raises UnknownParameters or ValidationError."""
    refuse_unknown(params, ["kind"])
    try:
        return SeveralKeys(choices=StoryKind.choices, required=False).clean(params.getlist("kind"))
    except ValidationError as problem:
        raise ValidationError({"kind": problem}) from None


def story(person, partnership, kinds=()) -> list[Entry]:
    """The entries of a partnership that the person may see, the latest first; those without a day stand last."""
    entities = ("partnership__lead", "jurisdiction", "department", "organization")
    parties = parties_visible_to(person).filter(partnership=partnership).select_related(*entities)
    reader = _Reader(person, partnership, {party.pk: party for party in parties.order_by("position", "pk")})
    # What happened on one day stands in one order, in whichever order it was asked for.
    entries = [entry for kind, sort in _SORTS.items() if not kinds or kind in kinds for entry in sort(reader)]
    return sorted(entries, key=lambda entry: entry.on or date.min, reverse=True)


def _asks(reader):
    if reader.partnership.kind != Kind.ORGANIZING:
        return
    for ask in reader.partnership.asks.all():
        asked = Voice(Side.COMMUNITY, "What community asked", ask.text)
        said = ". ".join(filter(None, [ask.get_answer_display(), ask.answer_reason])) or "Has not answered yet."
        answer = Voice(Side.GOVERNMENT, "What government answered", said)
        yield Entry(ask.asked_on, StoryKind.ASK, "Asked of government", [answer, asked])
        if ask.answer and ask.answered_on:
            yield Entry(ask.answered_on, StoryKind.ASK, "Answered by government", [answer, asked])
        if ask.delivered_on:
            yield Entry(
                ask.delivered_on, StoryKind.ASK, "Delivered by government", [Voice(Side.COMMUNITY, "The ask", ask.text)]
            )


def _meetings(reader):
    rows = meetings_visible_to(reader.person).filter(partnership=reader.partnership, starts_at__lte=clock.now())
    for meeting in rows:
        words = f"{meeting.title} (cancelled)" if meeting.status == MeetingStatus.CANCELLED else meeting.title
        yield Entry(meeting.date, StoryKind.MEETING, words, link=("meeting", meeting.public_id))


def _decisions(reader):
    read = notes_visible_to(reader.person).filter(partnership=reader.partnership)
    rows = (
        Decision.objects.filter(meeting__in=read.values("pk")).select_related("meeting").prefetch_related("decided_by")
    )
    for decision in rows:
        by = [str(reader.parties[party.pk]) for party in decision.decided_by.all() if party.pk in reader.parties]
        voices = [Voice("", f"Decided by {', '.join(by)}" if by else "What was decided", decision.outcome)]
        if decision.community_input:
            voices.append(Voice(Side.COMMUNITY, "What community input changed", decision.community_input))
        link = ("meeting", decision.meeting.public_id)
        yield Entry(decision.meeting.date, StoryKind.DECISION, decision.question, voices, link)


def _actions(reader):
    for action in shown_actions(reader.person).filter(partnership=reader.partnership).select_related("meeting"):
        link, owner = ("action", action.public_id), reader.parties.get(action.owner_party_id)
        whose = [Voice("", f"For {owner}", action.detail)] if owner else []
        yield Entry(reader.day_of(action.created_at), StoryKind.ACTION, f"To do: {action.title}", whose, link)
        if action.status == ActionStatus.DONE:
            yield Entry(action.done_on, StoryKind.ACTION, f"Done: {action.title}", link=link)


def _check_ins(reader):
    plans = check_in_plans_visible_to(reader.person).filter(partnership=reader.partnership)
    for row in CheckIn.objects.filter(plan__in=plans.values("pk")).select_related("plan"):
        party = reader.parties.get(row.plan.party_id)
        words = ("note", "changed", "needs")
        said = "\n".join(filter(None, [row.get_going_display(), *(getattr(row, name) for name in words)]))
        name = str(party) if party else "What came up"
        voices = [Voice(party.side if party else "", name, said)] if said else []
        yield Entry(row.done_on, StoryKind.CHECK_IN, "Check-in", voices)


def _statements(reader):
    last = {}
    if reader.partnership.is_published:
        for said in Confirmation.objects.filter(party__in=reader.parties).order_by("at", "pk"):
            last[said.party_id] = said
    for pk, said in last.items():
        party = reader.parties[pk]
        voices = [Voice(party.side, str(party), said.words)] if said.verdict == Verdict.DISPUTED else []
        title = f"{party}: {Verdict(said.verdict).label.lower()}"
        yield Entry(reader.day_of(said.at), StoryKind.STATEMENT, title, voices)
    lead = reader.partnership.lead
    for shown in shown_remarks(reader.person, reader.partnership, list(reader.parties.values())):
        if not shown.remark.withdrawn_at:
            voices = [Voice(Side.GOVERNMENT, lead.name, shown.remark.text)]
            voices += [Voice(reply.party.side, str(reply.party), reply.text) for reply in shown.replies]
            on = shown.remark.public_on if shown.is_public else reader.day_of(shown.remark.shown_at)
            yield Entry(on, StoryKind.STATEMENT, f"Said in public by {lead.name}", voices)


def _states(reader):
    record = reader.partnership
    if record.starts_on:
        yield Entry(record.starts_on, StoryKind.STATUS, "It began")
    if record.ends_on and record.status == Status.ENDED:
        yield Entry(record.ends_on, StoryKind.STATUS, "It ended")
    if not may_read_whole(reader.person, record):
        return
    for change in Change.objects.filter(record_type="partnership", record_id=record.pk, verb__in=("create", "update")):
        if "status" in change.after:
            title = f"Status: {Status(change.after['status']).label.lower()}"
            yield Entry(
                reader.day_of(change.at), StoryKind.STATUS, title, [Voice("", "Why", change.why)] if change.why else []
            )


_SORTS = {
    StoryKind.ASK: _asks,
    StoryKind.MEETING: _meetings,
    StoryKind.DECISION: _decisions,
    StoryKind.ACTION: _actions,
    StoryKind.CHECK_IN: _check_ins,
    StoryKind.STATEMENT: _statements,
    StoryKind.STATUS: _states,
}
