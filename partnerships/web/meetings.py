"""Pages of meetings: what is coming and all there were, their download, and one meeting."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.communication import queries, recurrence, rules
from partnerships.communication.choices import MeetingStatus
from partnerships.core import clock
from partnerships.registry.queries import change_log
from partnerships.registry.rules import may_read_whole
from partnerships.web.actions import owner_words
from partnerships.web.csv import download
from partnerships.web.details import checked_words, day
from partnerships.web.history import changes_in_words
from partnerships.web.home import dated_meeting
from partnerships.web.lists import ListPage
from partnerships.web.partnerships import why_lines
from partnerships.web.words import local_time

ORDER = "-starts"
COMING = 4
# A meeting of this evening must not count as past because the day is over in UTC.
WESTERNMOST = ZoneInfo("Pacific/Honolulu")


@require_safe
def meeting_list(request):
    found = queries.meeting_list(request.user, request.GET, default=ORDER)
    page = ListPage(request, found, "Meetings", ("meeting", "meetings"), api="meetings")
    context = page.context()
    today = clock.today(WESTERNMOST)
    here = reverse("meetings")
    context["rows"] = [_row(record, found.query) for record in context["rows"]]
    context["ahead_url"] = f"{here}?after={today}&ordering=starts"
    context["past_url"] = f"{here}?before={today - timedelta(days=1)}&ordering={ORDER}"
    is_front = not (context["is_filtered"] or context["pager"]["earlier_url"] or "ordering" in request.GET)
    context["coming"] = [dated_meeting(meeting) for meeting in queries.coming_up(most=COMING)] if is_front else []
    context["is_front"] = is_front
    return render(request, "meetings.html", context)


def _row(record, query):
    partnership, cancelled = record.partnership, record.status == MeetingStatus.CANCELLED
    texts = [("Title", record.title), ("Partnership", partnership.title), ("Place", record.place)]
    where = record.place or ("Online" if record.link else "")
    return {
        "url": reverse("meeting", args=[record.public_id]),
        "title": record.title,
        "line": f"{day(record.date)}, {local_time(record)}",
        "facts": [partnership.title, *([where] if where else [])],
        "tags": [] if record.is_public else ["Internal"],
        "note": "Cancelled" if cancelled else "",
        "is_illustration": record.is_illustration,
        "why": why_lines(query, texts) if query else [],
    }


COLUMNS = (
    "id", "title", "date", "time", "time_zone", "minutes_long", "status", "place", "link", "access_notes", "agenda",
    "partnership_id", "partnership", "address_here",
)  # fmt: skip


@require_safe
def meeting_csv(request):
    found = queries.meeting_list(request.user, request.GET, default=ORDER)
    return download("meetings.csv", COLUMNS, _csv_rows(request, found))


def _csv_rows(request, found):
    plain = ("public_id", "title", "date", "time", "zone", "minutes_long", "status", "place", "link", "access_notes")
    for record in found.ordered().iterator(chunk_size=500):
        yield [
            *(getattr(record, name) for name in plain),
            "; ".join(item.title for item in record.agenda.all()),
            record.partnership.public_id,
            record.partnership.title,
            request.build_absolute_uri(reverse("meeting", args=[record.public_id])),
        ]


@require_safe
def meeting(request, public_id):
    person = request.user
    record = queries.meeting(person, public_id)
    partnership = record.partnership
    is_whole, agenda = may_read_whole(person, partnership), list(record.agenda.all())
    series = record.series
    names_parties = record.closed_at or any(item.owner_id for item in agenda)
    parties = queries.parties_seen(person, partnership) if names_parties else {}
    came_of = queries.came_of(person, record, parties)
    context = {
        "record": record,
        "partnership": partnership,
        "agenda": [(item, parties.get(item.owner_id)) for item in agenda],
        "came_of": came_of,
        "to_do": [(action, owner_words(action)) for action in came_of["actions"]] if came_of else [],
        "again": recurrence.rule_words(series.rule, series.first_on) if series else "",
        "was_held": rules.was_held(record),
        "notes_are_out": rules.notes_are_out(record),
        "is_cancelled": record.status == MeetingStatus.CANCELLED,
        "is_past": record.starts_at < clock.now(),
        "is_whole": is_whole,
        "may_write": rules.may_write_meeting(person, record),
        "participants": queries.participants_of(record) if is_whole else [],
        "comes": queries.who_comes(person, record),
        "checked": checked_words(record),
        "changes": changes_in_words(change_log(person, record)) if is_whole else [],
        "crumbs": [
            ("Meetings", reverse("meetings")),
            (partnership.title, reverse("partnership", args=[partnership.public_id])),
        ],
    }
    return render(request, "meeting.html", context)
