"""Describes what happened to a record for someone who follows it: only what they may read now.

For a change, it lists the names of the changed fields and the new state. Texts are only on the record's page. It
mentions no office notes, no drafts of others and no one that the public doesn't see, even for a reader who sees more
there. What a reader did, or got a separate email about, isn't news to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from partnerships.accounts.models import Person
from partnerships.core import clock, record_types
from partnerships.core.access import Viewer
from partnerships.core.models import Change, type_key
from partnerships.core.snapshots import serialize
from partnerships.directory.models import BODIES, IssueArea, Jurisdiction
from partnerships.directory.rules import (
    LISTED,
    fields_shown,
)
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import moment_words
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import Meeting
from partnerships.meetings.rules import meetings_visible_to, notes_visible_to
from partnerships.notifications.choices import NewsKind
from partnerships.notifications.models import Follow
from partnerships.notifications.news_words import STATEMENT_NEWS, STATES, labels
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES
from partnerships.registry.models import Confirmation, Partnership, Party, Remark, Reply
from partnerships.registry.rules import (
    PUBLIC_PARTY,
    may_read_all,
    parties_visible_to,
    partnerships_visible_to,
    remarks_visible_to,
)

_OF_PARTY = ("circle", "roles", "contribution", "starts_on", "ends_on")
_OF_MEETING = {"date", "time", "zone", "place", "link", "title", "minutes_long"}
_CAME_OF_MEETING = {"notes", "notes_are_public", "closed_at", "decisions"}
# Emails that repeat or gather other emails, and so aren't about a change.
_NOT_OF_A_CHANGE = (EmailKind.MEETING_REMINDER, EmailKind.FOLLOWED, EmailKind.DIGEST)
_SAME_CHANGE = timedelta(minutes=1)  # an email that was planned this soon after a change is about it
Subject = Change | Remark  # what news is about


@dataclass(frozen=True)
class News:
    """What happened to one record.

    `version`: the one that everyone reads. `facts`: pairs of NewsKind and line. `reasons`: the names of the followed records
    that it is sent for. `page`: the path of the record's page.
    """

    record_type: str
    public_id: str
    title: str
    page: str
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    is_illustration: bool = False
    version: int | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line for _, line in self.facts))


@dataclass(frozen=True)
class _Reader:
    """The reader of news: `person` is whose rights apply.

    `follows`: (type, id) of the records whose news they get; None for every record that they may see. `account`: the
    primary key of a person whose own changes are left out, and changes that they got a separate email about; None if
    there is none.
    """

    person: Any
    follows: set | None
    account: int | None = None


def describe_changes(person: Person, subjects: Sequence[Subject]) -> list[News]:
    """What these changes and remarks (rows of Change and Remark) mean to this person: one News for each record, or
    none.
    """
    follows = set(person.follows.values_list("record_type", "record_id"))
    return _describe(_Reader(person, follows, person.pk), subjects)


def describe_changes_for_program(reader: Viewer, subjects: Sequence[Subject], follows: set | None) -> list[News]:
    """`describe_changes` for a program that acts for no single person.

    `reader`: whose rights apply (a person, a MemberView, or None for the public). `follows`: as in _Reader.
    """
    return _describe(_Reader(reader, follows), subjects)


def _describe(reader: _Reader, subjects: Sequence[Subject]) -> list[News]:
    records: dict = {}
    of_meetings = meetings_of(subjects)
    for subject in subjects:
        if record := record_of(subject, of_meetings):
            records.setdefault(record, []).append(subject)
    found = [
        _news_of_partnership(reader, pk, rows) if kind == "partnership" else _news_of_body(reader, kind, pk, rows)
        for (kind, pk), rows in records.items()
    ]
    return [news for news in found if news]


def meetings_of(subjects: Sequence[Subject]) -> dict:
    """Id of the meeting → id of its partnership, for changes of meetings."""
    ids = {row.record_id for row in subjects if isinstance(row, Change) and row.record_type == "meeting"}
    return dict(Meeting.objects.filter(pk__in=ids).values_list("pk", "partnership_id")) if ids else {}


def record_of(subject: Subject, of_meetings: dict) -> tuple[str, int] | None:
    """(type, id) of the record that a change or remark belongs to; None if its meeting no longer exists."""
    if isinstance(subject, Remark):
        return "partnership", subject.partnership_id
    if subject.record_type != "meeting":
        return subject.record_type, subject.record_id
    partnership = of_meetings.get(subject.record_id)
    return ("partnership", partnership) if partnership else None


# Partnerships


def _news_of_partnership(reader: _Reader, pk: int, rows: Sequence[Subject]) -> News | None:
    person = reader.person
    record = partnerships_visible_to(person).filter(pk=pk).select_related("lead").first()
    is_whole = record is not None and may_read_all(person, record)
    if record is None or not (record.is_published or is_whole):
        return None
    parties = parties_visible_to(person).filter(PUBLIC_PARTY, partnership=pk)
    parties = list(parties.select_related(*BODIES))
    reasons = () if reader.follows is None else _reasons(record, parties, reader.follows)
    rows = _by_others(reader, rows)
    if not is_whole:  # only the office sees what happened to a draft before it was published
        rows = [
            row for row in rows if isinstance(row, Remark) or (record.published_at and row.at >= record.published_at)
        ]
    if not rows or not (reasons or reader.follows is None):
        return None
    if reader.account:
        rows = _without_own_emails(person, pk, rows)
    names = {serialize(party.entity): str(party) for party in parties}
    facts = [fact for row in rows for fact in _facts(person, record, names, row)]
    return _news(record, record.title, facts, reasons)


def _by_others(reader: _Reader, rows: Sequence[Subject]) -> list[Subject]:
    return [row for row in rows if reader.account is None or row.by_id != reader.account]


def _news(
    record: Jurisdiction | Partnership, title: str, facts: Sequence[tuple[str, str]], reasons: Iterable[str]
) -> News | None:
    if not facts:
        return None
    page = settings.BASE_URL + record.get_absolute_url()
    facts = tuple(dict.fromkeys((str(kind), line) for kind, line in facts))
    kind = type_key(record)
    return News(
        kind, record.public_id, title, page, facts, tuple(reasons), record.is_illustration, record.public_version
    )


def _reasons(record: Partnership, parties: Sequence[Party], follows: set[tuple[str, int]]) -> list[str]:
    """The names of the followed records that this partnership's news is sent for."""
    names = {("partnership", record.pk): record.title, ("jurisdiction", record.lead_id): record.lead.name}
    names |= {(type_key(party.entity), party.entity.pk): str(party) for party in parties}
    areas = {pk for kind, pk in follows if kind == "issuearea"}
    if areas:
        paths = record.issue_areas.values_list("path", flat=True)
        above = areas & {int(pk) for path in paths for pk in path.strip("/").split("/")}
        names |= {("issuearea", area.pk): area.name for area in IssueArea.objects.filter(pk__in=above)}
    return sorted({name for key, name in names.items() if key in follows})


def _without_own_emails(person: Person, partnership_id: int, rows: Sequence[Subject]) -> list[Subject]:
    """These changes and remarks of a partnership, except those that the person got a separate email about."""
    about = Q(subject_type="meeting", subject_id__in=Meeting.objects.filter(partnership=partnership_id).values("pk"))
    about |= Q(subject_type="party", subject_id__in=Party.objects.filter(partnership=partnership_id).values("pk"))
    about |= Q(
        subject_type="confirmation",
        subject_id__in=Confirmation.objects.filter(party__partnership=partnership_id).values("pk"),
    )
    about |= Q(
        subject_type="reply", subject_id__in=Reply.objects.filter(remark__partnership=partnership_id).values("pk")
    )
    emails = Email.objects.filter(about, recipient=f"person:{person.pk}").exclude(kind__in=_NOT_OF_A_CHANGE)
    own = list(emails.values_list("subject_type", "subject_id", "created_at"))
    replies = dict(
        Reply.objects.filter(pk__in=[pk for kind, pk, _ in own if kind == "reply"]).values_list("pk", "remark")
    )

    def was_emailed(row: Subject) -> bool:
        if isinstance(row, Remark):
            return any(kind == "reply" and pk is not None and replies.get(pk) == row.pk for kind, pk, _ in own)
        is_meeting = row.record_type == "meeting"
        return any(
            (kind == "meeting") == is_meeting
            and (not is_meeting or pk == row.record_id)
            and row.at <= at <= row.at + _SAME_CHANGE
            for kind, pk, at in own
        )

    return [row for row in rows if not was_emailed(row)]


def _facts(person: Viewer, record: Partnership, names: dict[str, str], row: Subject) -> list[tuple[str, str]]:
    """The `News.facts` of one change or remark. `names`: office or organization, as in snapshots → its name."""
    if isinstance(row, Remark):
        return _remark_facts(record, row)
    if row.record_type == "meeting":
        return [(NewsKind.MEETINGS, line) for line in _meeting_lines(person, row)]
    changed = {**row.before, **row.after}
    facts: list[tuple[str, str]] = []
    if row.verb == "publish" and record.is_published:
        facts.append((NewsKind.PUBLISHED, _("It is public now.")))
    if row.verb == "create":
        return facts
    if "status" in changed:
        facts.append((NewsKind.STATUS, str(STATES[record.status])))
    partnership = record_types.get("partnership")
    facts += _changed_facts(partnership, [field.name for field in partnership.fields if field.name in changed])
    if "parties" in changed:
        facts += [(NewsKind.PARTNERS, line) for line in _party_lines(row, names)]
    statements = _statement_lines(row, names) + _reply_lines(record, row, names)
    return facts + [(NewsKind.STATEMENTS, line) for line in statements]


def _changed_facts(kind: record_types.RecordType, names: Sequence[str]) -> list[tuple[str, str]]:
    """One pair (NewsKind, line) with the labels of these changed fields, or none if news announce none of them."""
    found = labels(kind, names)
    return [(NewsKind.DETAILS, _("Changed: %(what)s.") % {"what": ", ".join(found)})] if found else []


def _rows(change: Change, name: str) -> list[dict]:
    """A list of the audit log by party, before and after, without parties that have no name outside the office."""
    return [
        {
            body: row
            for row in snapshot.get(name) or ()
            if row.get("circle") not in OFFICE_ONLY_CIRCLES
            if (body := _body(row))
        }
        for snapshot in (change.before, change.after)
    ]


def _body(row: dict[str, Any]) -> str | None:
    return row.get("party") or row.get("jurisdiction") or row.get("department") or row.get("organization")


def _party_lines(change: Change, names: dict[str, str]) -> list:
    was, now = _rows(change, "parties")
    new = [_("New partner: %(party)s.") % {"party": names[body]} for body in now if body in names and body not in was]
    both = [body for body in now if body in names and body in was]
    other = [body for body in both if any(was[body].get(key) != now[body].get(key) for key in _OF_PARTY)]
    return new + [_("Changed: the role of %(party)s.") % {"party": names[body]} for body in other]


def _statement_lines(change: Change, names: dict[str, str]) -> list:
    was, now = _rows(change, "statements")
    return [
        STATEMENT_NEWS[row["verdict"]] % {"party": names[body]}
        for body, row in now.items()
        if body in names and row != was.get(body)
    ]


def _reply_lines(record: Partnership, change: Change, names: dict[str, str]) -> list:
    if change.verb != "reply":
        return []
    today = clock.today(clock.zone(record.lead.zone))
    public_since = {
        serialize(remark.shown_at) for remark in remarks_visible_to(None, today).filter(partnership=record.pk)
    }
    was, now = (
        {
            (row["shown_at"], reply["party"]): reply["at"]
            for row in snapshot.get("remarks") or ()
            for reply in row["replies"]
        }
        for snapshot in (change.before, change.after)
    )
    return [
        _("%(party)s replied to a statement by %(lead)s.") % {"party": names[body], "lead": record.lead.name}
        for (shown_at, body), at in now.items()
        if at and at != was.get((shown_at, body)) and shown_at in public_since and body in names
    ]


def _remark_facts(record: Partnership, remark: Remark) -> list[tuple[str, str]]:
    today = clock.today(clock.zone(record.lead.zone))
    is_public = remarks_visible_to(None, today).filter(pk=remark.pk).exists()
    words = _("%(lead)s made a public statement, and the partners can reply.") % {
        "lead": (remark.lead or record.lead).name
    }
    return [(NewsKind.STATEMENTS, words)] if is_public else []


def _meeting_lines(person: Viewer, change: Change) -> list:
    meeting = meetings_visible_to(person).filter(pk=change.record_id).first()
    if meeting is None:
        return []
    changed, is_ahead = {*change.before, *change.after}, meeting.starts_at > clock.now()
    words = {"meeting": f"{meeting.title}, {moment_words(meeting.starts_at, meeting.zone)}"}
    if meeting.status == MeetingStatus.CANCELLED:
        return [_("Meeting canceled: %(meeting)s.") % words] if "status" in changed else []
    lines = []
    if is_ahead and (change.verb == "create" or "is_public" in changed):
        lines.append(_("New meeting: %(meeting)s.") % words)
    elif is_ahead and changed & (_OF_MEETING if meeting.link_shown else _OF_MEETING - {"link"}):
        lines.append(_("Meeting changed: %(meeting)s.") % words)
    if changed & _CAME_OF_MEETING and notes_visible_to(person).filter(pk=meeting.pk).exists():
        lines.append(_("Meeting notes and decisions: %(meeting)s.") % words)
    return lines


# Offices and organizations


def _news_of_body(reader: _Reader, kind: str, pk: int, rows: Sequence[Subject]) -> News | None:
    if reader.follows is not None and (kind, pk) not in reader.follows:
        return None
    of_kind = record_types.get(kind)
    record = of_kind.visible_to(reader.person).filter(pk=pk).first()
    if record is None or (kind == "organization" and record.listing not in LISTED):
        return None
    rows = _by_others(reader, rows)
    changes = [row for row in rows if isinstance(row, Change) and row.verb != "create"]
    changed = {name for row in changes for name in {**row.before, **row.after}}
    if kind == "organization":
        changed &= fields_shown(reader.person, [record])[pk] | {"name", "side"}
    reasons = () if reader.follows is None else (record.name,)
    return _news(record, record.name, _changed_facts(of_kind, sorted(changed)), reasons)


# Who may be interested


def followers(subjects: Sequence[Subject]) -> dict[Subject, set[int]]:
    """Change or remark → ids of those who followed something that it affects when it happened.

    Some may not see it: that is checked when it is sent.
    """
    of_meetings = meetings_of(subjects)
    record = {subject: key for subject in subjects if (key := record_of(subject, of_meetings))}
    reached = _records_by_followed(set(record.values()))
    wanted = Q()
    for kind in record_types.followable():
        wanted |= Q(record_type=kind.key, record_id__in={pk for name, pk in reached if name == kind.key})
    follows: dict = {}
    rows = Follow.objects.filter(wanted, person__is_active=True) if reached else Follow.objects.none()
    for person, at, *key in rows.values_list("person", "at", "record_type", "record_id"):
        for reaching in reached[tuple(key)]:
            follows.setdefault(reaching, []).append((person, at))
    found = {
        subject: {person for person, at in follows.get(key, ()) if _came_after(subject, at)}
        for subject, key in record.items()
    }
    return {subject: people - {subject.by_id} for subject, people in found.items() if people}


def records_reached(subjects: Sequence[Subject]) -> dict:
    """Change or remark → (type, id) of each record whose followers get it as news."""
    of_meetings = meetings_of(subjects)
    record = {subject: key for subject in subjects if (key := record_of(subject, of_meetings))}
    reached = _records_by_followed(set(record.values()))
    return {
        subject: {followed for followed, reaching in reached.items() if key in reaching}
        for subject, key in record.items()
    }


def _came_after(subject: Subject, at: datetime) -> bool:
    return isinstance(subject, Remark) or subject.at >= at


def _records_by_followed(records: set[tuple[str, int]]) -> dict:
    """Followed record → the records whose changes are its news: itself; the partnerships of an office or organization;
    those on an issue area.
    """
    reached: dict = {}
    for key in records:
        reached.setdefault(key, set()).add(key)
    ids = [pk for kind, pk in records if kind == "partnership"]
    pairs = [("jurisdiction", *row) for row in Partnership.objects.filter(pk__in=ids).values_list("lead", "pk")]
    for kind in BODIES:
        seats = Party.objects.filter(partnership__in=ids).exclude(**{kind: None})
        pairs += [(kind, *row) for row in seats.values_list(kind, "partnership")]
    areas = Partnership.issue_areas.through.objects.filter(partnership__in=ids)
    for path, pk in areas.values_list("issuearea__path", "partnership"):
        pairs += [("issuearea", int(area), pk) for area in path.strip("/").split("/")]
    for kind, body, pk in pairs:
        reached.setdefault((kind, body), set()).add(("partnership", pk))
    return reached
