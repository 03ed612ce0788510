"""The calendar of all meetings that a person may see: a month as a table, with the filters of the list."""

import re
from calendar import Calendar
from datetime import date, timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.core.dates import require_year
from partnerships.core.errors import ValidationError
from partnerships.meetings import queries
from partnerships.meetings.choices import MeetingStatus
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.words import local_time
from partnerships.web.meetings.views import WESTERNMOST

MOST = 500  # meetings per month
SUNDAY = 6


def list_page(request):
    """The meetings of all months, with the filters of the calendar."""
    listing = queries.meeting_list(request.user, request.GET, allow=("month",))
    title = gettext("Calendar")
    return ListPage(request, listing, title, nouns.MEETING, api="meetings", size=1, keeps=("month",))


@require_safe
@tidy_address
def calendar(request):
    page = list_page(request)
    today = clock.today(WESTERNMOST)
    first = _first_day(request.GET.get("month", "").strip(), today)
    context = page.context()
    following = _months_on(first, 1)
    rows = page.listing.rows.filter(date__gte=first, date__lt=following).prefetch_related(None)
    rows = list(rows.order_by("date", "time", "pk")[: MOST + 1])
    context |= {
        "month": first,
        "month_format": gettext("F Y"),
        "crumbs": [(gettext("Meetings"), reverse("meetings"))],
        "weeks": _weeks(first, rows[:MOST], today),
        "count": len(rows[:MOST]),
        "is_cut": len(rows) > MOST,
        "earlier": _link(request, _months_on(first, -1)),
        "later": _link(request, following),
        "list_url": _list_url(request, first, following - timedelta(days=1)),
    }
    return render(request, "meetings/calendar.html", context)


def _first_day(text, today) -> date:
    """The first day of a month such as 2026-11. Raises ValidationError."""
    if not text:
        return today.replace(day=1)
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise ValidationError({"month": ValidationError(gettext("Enter a month, like 2026-11."), code="invalid")})
    first = date(max(1, int(text[:4])), int(text[5:]), 1)
    try:
        require_year(first)
    except ValidationError as problem:
        raise ValidationError({"month": problem}) from None
    return first


def _months_on(first, step) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
    return date(year, month + 1, 1)


def _link(request, first) -> dict:
    """The link to another month with the same filters. Empty outside the allowed years."""
    try:
        require_year(first)
    except ValidationError:
        return {}
    params = request.GET.copy()
    params["month"] = f"{first:%Y-%m}"
    return {"url": f"{request.path}?{params.urlencode()}", "month": first}


def _list_url(request, first, last):
    params = request.GET.copy()
    params.pop("month", None)
    params["after"], params["before"], params["ordering"] = first.isoformat(), last.isoformat(), "starts"
    return f"{reverse('meetings')}?{params.urlencode()}"


def _weeks(first, rows, today) -> list[list[dict]]:
    """The weeks of a month, from Sunday, with a dict for each day: date, is_in (this month), is_today, meetings."""
    on: dict[date, list] = {}
    for meeting in rows:
        on.setdefault(meeting.date, []).append(_entry(meeting))
    return [
        [
            {"date": day, "is_in": day.month == first.month, "is_today": day == today, "meetings": on.get(day, [])}
            for day in week
        ]
        for week in Calendar(SUNDAY).monthdatescalendar(first.year, first.month)
    ]


def _entry(meeting):
    return {
        "url": meeting.get_absolute_url(),
        "title": meeting.title,
        "when": local_time(meeting),
        "partnership": meeting.partnership.title,
        "is_cancelled": meeting.status == MeetingStatus.CANCELLED,
        "is_internal": not meeting.is_public,
    }
