"""Pages of meetings: upcoming and past ones, their download, and one meeting."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.meetings import queries, recurrence, rules
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.exports import MEETINGS
from partnerships.registry.rules import may_read_all
from partnerships.web.csv import file_of
from partnerships.web.lists import ListPage
from partnerships.web.meetings.action_items import owner_words
from partnerships.web.partnerships.views import why_lines
from partnerships.web.public.home import dated_meeting
from partnerships.web.record_history import latest
from partnerships.web.words import checked_words, day, local_time

ORDER = "-starts"
COMING = 4
# A meeting of this evening is still upcoming when the next day has begun in UTC.
WESTERNMOST = ZoneInfo("Pacific/Honolulu")


@require_safe
def meeting_list(request):
    found = MEETINGS.listing(request.user, request.GET)
    page = ListPage(request, found, "Meetings", ("meeting", "meetings"), sheet=MEETINGS, api="meetings")
    context = page.context()
    today = clock.today(WESTERNMOST)
    here = reverse("meetings")
    context["rows"] = [_row(record, found.query) for record in context["rows"]]
    context["ahead_url"] = f"{here}?after={today}&ordering=starts"
    context["past_url"] = f"{here}?before={today - timedelta(days=1)}&ordering={ORDER}"
    is_front = not (context["is_filtered"] or context["pager"]["earlier_url"] or "ordering" in request.GET)
    context["coming"] = [dated_meeting(meeting) for meeting in queries.coming_up(most=COMING)] if is_front else []
    context["is_front"] = is_front
    return render(request, "meetings/list.html", context)


def _row(record, query):
    partnership, cancelled = record.partnership, record.status == MeetingStatus.CANCELLED
    texts = [("Title", record.title), ("Partnership", partnership.title), ("Place", record.place)]
    where = record.place or ("Online" if record.link else "")
    return {
        "url": record.get_absolute_url(),
        "title": record.title,
        "line": f"{day(record.date)}, {local_time(record)}",
        "facts": [partnership.title, *([where] if where else [])],
        "tags": [] if record.is_public else ["Internal"],
        "note": "Canceled" if cancelled else "",
        "is_illustration": record.is_illustration,
        "why": why_lines(query, texts) if query else [],
    }


@require_safe
def meeting_csv(request):
    return file_of(request, MEETINGS)


@require_safe
def meeting(request, public_id):
    person = request.user
    record = queries.meeting(person, public_id)
    partnership = record.partnership
    is_whole, agenda = may_read_all(person, partnership), list(record.agenda.all())
    series = record.series
    names_parties = record.closed_at or any(item.owner_id for item in agenda)
    parties = queries.parties_seen(person, partnership) if names_parties else {}
    came_of = queries.outcome_of(person, record, parties)
    context = {
        "record": record,
        "partnership": partnership,
        "agenda": [(item, parties.get(item.owner_id)) for item in agenda],
        "came_of": came_of,
        "to_do": [(action, owner_words(action)) for action in came_of["actions"]] if came_of else [],
        "again": recurrence.rule_words(series.rule, series.first_on) if series else "",
        "was_held": rules.was_held(record),
        "notes_are_out": rules.notes_are_public(record),
        "is_cancelled": record.status == MeetingStatus.CANCELLED,
        "is_past": record.starts_at < clock.now(),
        "is_whole": is_whole,
        "may_write": rules.may_write_meeting(person, record),
        "participants": queries.participants_of(record) if is_whole else [],
        "comes": queries.who_comes(person, record),
        "checked": checked_words(record, request.user),
        **latest(person, record),
        "crumbs": [
            ("Meetings", reverse("meetings")),
            (partnership.title, partnership.get_absolute_url()),
        ],
    }
    return render(request, "meetings/detail.html", context)
